# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.modules.company.tests import CompanyTestMixin
from trytond.pool import Pool
from trytond.tests.test_tryton import ModuleTestCase, with_transaction
from trytond.transaction import Transaction


class TthccFacilityTestCase(CompanyTestMixin, ModuleTestCase):
    "Test TTHCC Facility module"
    module = 'tthcc_facility'

    @with_transaction()
    def test_wizards(self):
        "Test wizards, as a user who may start each"
        pool = Pool()
        Group = pool.get('res.group')
        User = pool.get('res.user')
        user = User(Transaction().user)
        user.groups = Group.search([])
        user.save()
        super().test_wizards.__wrapped__(self)


del ModuleTestCase
