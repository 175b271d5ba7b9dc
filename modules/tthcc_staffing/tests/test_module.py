# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.modules.company.tests import CompanyTestMixin
from trytond.tests.test_tryton import ModuleTestCase


class TthccStaffingTestCase(CompanyTestMixin, ModuleTestCase):
    "Test TTHCC Staffing module"
    module = 'tthcc_staffing'


del ModuleTestCase
