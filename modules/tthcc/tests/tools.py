# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A small organisation to test with, made inside a transaction."""

import datetime as dt

from trytond.pool import Pool

__all__ = [
    'PASSWORD', 'create_committee', 'create_centre', 'create_department',
    'create_user']

PASSWORD = 'motcua-2018'


def get_id(name):
    "Return the id of the record with the XML id in tthcc"
    return Pool().get('ir.model.data').get_id('tthcc', name)


def get_currency():
    Currency = Pool().get('currency.currency')
    currencies = Currency.search([('code', '=', 'VND')])
    if not currencies:
        currencies = Currency.create([{
                    'name': "Vietnamese đồng",
                    'symbol': "₫",
                    'code': 'VND',
                    'numeric_code': '704',
                    'digits': 0,
                    'rounding': 1,
                    }])
    return currencies[0]


def create_committee(name="UBND huyện Thiệu Hóa"):
    "Create the People's Committee as company"
    pool = Pool()
    Company = pool.get('company.company')
    Party = pool.get('party.party')
    party, = Party.create([{
                'name': name,
                'addresses': [('create', [{}])],
                }])
    company, = Company.create([{
                'party': party.id,
                'currency': get_currency().id,
                }])
    return company


def create_centre(company, level='district', year=2018, **values):
    "Create an operating centre with a counter under the regime of the year"
    pool = Pool()
    Centre = pool.get('tthcc.centre')
    centre, = Centre.create([{
                'name': f"Trung tâm HCC {company.rec_name}",
                'company': company.id,
                'level': level,
                'parent_body': company.rec_name,
                'place': "Thanh Hóa",
                'legal_basis': "Quyết định 01/QĐ-UBND",
                'opening_date': dt.date(year, 7, 1),
                'state': 'operating',
                'regimes': [('create', [{
                                'start_date': dt.date(year, 7, 1),
                                'regime': get_id(f'regime_{year}'),
                                'unit_id': f'000.00.{company.id:02d}.H56',
                                }])],
                'counters': [('create', [{
                                'number': 1,
                                'name': "Quầy số 1",
                                }])],
                **values,
                }])
    return centre


def create_department(company, kind='justice', **values):
    "Create a department of the kind with the code"
    pool = Pool()
    Department = pool.get('tthcc.department')
    Kind = pool.get('tthcc.department.kind')
    kind, = Kind.search([('code', '=', kind)])
    department, = Department.create([{
                'name': kind.name,
                'company': company.id,
                'kind': kind.id,
                **values,
                }])
    return department


def create_user(
        login, groups, company, centre=None, department=None, **values):
    """
    Create a user with an employee.

    Groups are named without prefix, such as 'director'; the password is
    PASSWORD and the language Vietnamese where it exists.
    """
    pool = Pool()
    Employee = pool.get('company.employee')
    Lang = pool.get('ir.lang')
    Party = pool.get('party.party')
    User = pool.get('res.user')
    name = values.pop('name', login)
    party, = Party.create([{'name': name}])
    employee, = Employee.create([{
                'party': party.id,
                'company': company.id,
                'centre': centre.id if centre else None,
                'counter': (
                    centre.counters[0].id
                    if centre and centre.counters else None),
                'department': department.id if department else None,
                }])
    languages = Lang.search([('code', '=', 'vi')])
    user, = User.create([{
                'name': name,
                'login': login,
                'password': PASSWORD,
                'language': languages[0].id if languages else None,
                'groups': [('add', [get_id(f'group_{g}') for g in groups])],
                'companies': [('add', [company.id])],
                'company': company.id,
                'employees': [('add', [employee.id])],
                'employee': employee.id,
                **values,
                }])
    return user
