# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Two districts with people who look after their equipment"
import datetime as dt
from types import SimpleNamespace

import pytest

from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_centre, create_committee, create_user)

# Monday 10 September 2018, 09:00 in Vietnam
NOW = dt.datetime(2018, 9, 10, 2)


@pytest.fixture(scope='module')
def districts(database):
    "Two districts, each with a facility manager, an officer and a director"
    from trytond.transaction import Transaction
    districts = {}
    companies = []
    with Transaction().start(database, 1):
        for key, name in [
                ('a', "Huyện Quảng Xương"), ('b', "Huyện Lang Chánh")]:
            company = create_committee(f"UBND {name}")
            centre = create_centre(company)
            for role in ['facility_manager', 'counter_officer', 'director']:
                create_user(f'{role}_{key}', [role], company, centre)
            create_user(f'leader_{key}', ['leader'], company)
            companies.append(company.id)
            districts[key] = SimpleNamespace(
                company=company.id, centre=centre.id,
                counter=centre.counters[0].id,
                staff={e.rec_name: e.id for e in centre.staff})
        create_user(
            'facility', ['facility_manager'], company,
            companies=[('add', companies)], company_filter='all')
    return SimpleNamespace(**districts)


@pytest.fixture(autouse=True)
def at_ten():
    with clock.moved_to(NOW):
        yield


@pytest.fixture
def log_in(districts, rpc):
    return lambda login: rpc(login, PASSWORD)


def take_in(manager, centre, type_='computer', **values):
    "Take in an item as the manager of its centre does"
    type_, = manager.search('tthcc.equipment.type', [('code', '=', type_)])
    item, = manager.create('tthcc.equipment', {
            'type': type_['id'],
            'centre': centre,
            'purchase_date': dt.date(2015, 5, 20),
            **values})
    return item


@pytest.fixture
def new_item(districts, log_in):
    "Take in an item of district A as its manager does"
    def new_item(type_='computer', **values):
        return take_in(
            log_in('facility_manager_a'), districts.a.centre, type_, **values)
    return new_item


@pytest.fixture
def record(start, pool):
    "Write down what happened to an item, as buttons do"
    def record(item, *args, **values):
        with start():
            Equipment = pool.get('tthcc.equipment')
            Equipment.record([Equipment(item)], *args, **values)
    return record


def press(client, wizard, items, **values):
    "Press a button of the items, fill in its form, return what it opens"
    with client.wizard(wizard, 'tthcc.equipment', items) as wizard:
        wizard.values.update(values)
        button = 'note' if wizard._name.endswith('note') else 'do'
        return wizard.execute(button).actions
