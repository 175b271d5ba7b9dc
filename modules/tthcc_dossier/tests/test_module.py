# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.tests.test_tryton import ModuleTestCase


class DossierTestCase(ModuleTestCase):
    "Test the module tthcc_dossier"
    module = 'tthcc_dossier'


del ModuleTestCase
