# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.pool import Pool
from trytond.tests.test_tryton import ModuleTestCase, with_transaction


class LanguageViTestCase(ModuleTestCase):
    "Test the Vietnamese language"
    module = 'tthcc_language_vi'
    extras = ['company', 'country', 'currency', 'party']

    @with_transaction()
    def test_formats(self):
        "Test dates, numbers and amounts as they are written in Việt Nam"
        Lang = Pool().get('ir.lang')
        vi = Lang.get('vi')

        self.assertEqual(vi.strftime(dt.date(2026, 2, 7)), '07/02/2026')
        self.assertEqual(
            vi.format_number(Decimal('1234567.5'), digits=1), '1.234.567,5')
        self.assertEqual(vi.get_plural(7), 0)


del ModuleTestCase
