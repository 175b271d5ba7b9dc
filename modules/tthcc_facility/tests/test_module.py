# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.modules.company.tests import CompanyTestMixin
from trytond.tests.test_tryton import ModuleTestCase


class TthccFacilityTestCase(CompanyTestMixin, ModuleTestCase):
    "Test TTHCC Facility module"
    module = 'tthcc_facility'


del ModuleTestCase
