# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The equipment of two districts: what there is, and what happens to it"
import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_centre, create_committee, create_user)

NOW = dt.datetime(2018, 9, 10, 2)


@pytest.fixture(scope='module')
def districts(database):
    "Two districts, each with a facility manager, an officer and a director"
    from trytond.transaction import Transaction
    districts = {}
    with Transaction().start(database, 1):
        for key, name in [
                ('a', "Huyện Quảng Xương"), ('b', "Huyện Lang Chánh")]:
            company = create_committee(f"UBND {name}")
            centre = create_centre(company)
            for role in ['facility_manager', 'counter_officer', 'director']:
                create_user(f'{role}_{key}', [role], company, centre)
            districts[key] = SimpleNamespace(
                company=company.id, centre=centre.id,
                counter=centre.counters[0].id,
                staff={e.rec_name: e.id for e in centre.staff})
    return SimpleNamespace(**districts)


@pytest.fixture(autouse=True)
def at_ten():
    with clock.moved_to(NOW):
        yield


@pytest.fixture
def log_in(districts, rpc):
    return lambda login: rpc(login, PASSWORD)


@pytest.fixture
def new_item(districts, log_in):
    "Take in an item of district A as its manager does"
    def new_item(type_='computer', **values):
        manager = log_in('facility_manager_a')
        type_, = manager.search(
            'tthcc.equipment.type', [('code', '=', type_)])
        item, = manager.create('tthcc.equipment', {
                'type': type_['id'],
                'centre': districts.a.centre,
                'purchase_date': dt.date(2015, 5, 20),
                **values})
        return item
    return new_item


@pytest.fixture
def record(start, pool):
    "Write down what happened to an item, as buttons do"
    def record(item, *args, **values):
        with start():
            Equipment = pool.get('tthcc.equipment')
            Equipment.record([Equipment(item)], *args, **values)
    return record


def test_a_new_item_has_a_tag_a_life_and_the_begin_of_its_history(
        log_in, new_item):
    item = new_item(model="Dell OptiPlex 3020", value=Decimal(12_000_000))

    values, = log_in('counter_officer_a').read('tthcc.equipment', [item], [
            'tag', 'rec_name', 'life_end', 'next_inspection', 'condition',
            'events.kind', 'events.employee.rec_name'])
    assert values['tag'] == f'TB{item:07}'
    assert values['rec_name'] == (
        f'TB{item:07} Máy tính để bàn Dell OptiPlex 3020')
    assert values['life_end'] == dt.date(2020, 5, 20)
    assert values['next_inspection'] == dt.date(2016, 5, 20)
    assert values['condition'] == 'good'
    event, = values['events.']
    assert event['kind'] == 'intake'
    assert event['employee.']['rec_name'] == 'facility_manager_a'


def test_items_are_found_by_what_people_call_them(log_in, new_item):
    item = new_item(model="Canon LBP 2900", type_='printer', serial='MX-77')
    officer = log_in('counter_officer_a')
    for text in ['may in canon', 'mx-77', f'TB{item:07}']:
        found = officer.search(
            'tthcc.equipment', [('rec_name', 'ilike', f'%{text}%')])
        assert item in [f['id'] for f in found]


def test_only_events_change_condition_and_place(districts, log_in, new_item,
        record):
    item = new_item()
    manager = log_in('facility_manager_a')
    for values, reason in [
            ({'condition': 'disposed'}, "chỉ thay đổi theo sự việc"),
            ({'counter': districts.a.counter}, "Điều chuyển"),
            ({'centre': districts.a.centre}, "Điều chuyển")]:
        with pytest.raises(Refused, match=reason):
            manager.write('tthcc.equipment', [item], values)
    event = manager.search('tthcc.equipment.event', [
            ('equipment', '=', item)])
    with pytest.raises(Refused):
        manager.write('tthcc.equipment.event', [event[0]['id']], {
                'condition': 'worn'})
    with pytest.raises(Refused):
        manager.create('tthcc.equipment.event', {
                'equipment': item, 'at': NOW, 'kind': 'repair',
                'condition': 'good'})
    with pytest.raises(Refused):
        manager.model('tthcc.equipment', 'delete', [item])

    with clock.moved_to(NOW + dt.timedelta(days=1)):
        record(item, 'damage', 'out_of_order', note="Không lên nguồn")
    values, = manager.read('tthcc.equipment', [item], [
            'condition', 'condition_since', 'events.kind', 'events.condition',
            'events.note'])
    assert values['condition'] == 'out_of_order'
    assert values['condition_since'] == NOW + dt.timedelta(days=1)
    assert [(e['kind'], e['condition'], e['note'])
        for e in values['events.']] == [
            ('damage', 'out_of_order', "Không lên nguồn"),
            ('intake', 'good', None)]


def test_what_is_disposed_of_stays_so(log_in, new_item, record):
    from trytond.modules.tthcc_facility.exceptions import (
        EquipmentDisposedError)
    item = new_item()
    record(item, 'disposal', 'disposed')
    with pytest.raises(Refused, match="đã thanh lý"):
        log_in('facility_manager_a').write(
            'tthcc.equipment', [item], {'model': "khác"})
    with pytest.raises(EquipmentDisposedError):
        record(item, 'found', 'good')


@pytest.mark.parametrize('values', [
        {'purchase_date': dt.date(2018, 9, 11)},
        {'warranty_end': dt.date(2015, 5, 19)},
        {'value': Decimal(0)},
        {'value': Decimal(-5)},
        ])
def test_wrong_dates_and_values_are_refused(new_item, values):
    with pytest.raises(Refused):
        new_item(**values)


def test_equipment_is_the_centre_s_own(districts, log_in, new_item):
    item = new_item()
    other = log_in('facility_manager_b')
    assert not other.search('tthcc.equipment', [])
    assert not other.search('tthcc.equipment.event', [])
    for try_ in [
            lambda: other.read('tthcc.equipment', [item], ['tag']),
            lambda: other.write('tthcc.equipment', [item], {'model': "x"}),
            lambda: other.create('tthcc.equipment', {
                    'type': 1, 'centre': districts.a.centre,
                    'purchase_date': dt.date(2015, 1, 1)}),
            lambda: log_in('counter_officer_a').write(
                'tthcc.equipment', [item], {'model': "x"}),
            lambda: log_in('facility_manager_a').write(
                'tthcc.equipment.type', [1], {'useful_life': 99}),
            ]:
        with pytest.raises(Refused):
            try_()


def test_a_longer_useful_life_moves_the_ends(log_in, new_item, start, pool):
    item = new_item(type_='scanner')
    with start():
        Type = pool.get('tthcc.equipment.type')
        Type.write(Type.search([('code', '=', 'scanner')]), {
                'useful_life': 8})
    values, = log_in('counter_officer_a').read(
        'tthcc.equipment', [item], ['life_end'])
    assert values['life_end'] == dt.date(2023, 5, 20)


def test_the_minimum_specification_has_dates(new_item, transaction, pool):
    Equipment = pool.get('tthcc.equipment')
    Property = pool.get('tthcc.equipment.property')
    memory, = Property.search([('code', '=', 'memory')])
    type_, = pool.get('tthcc.equipment.type').search([
            ('code', '=', 'computer')])
    unknown, four, eight = Equipment.create([{
                'type': type_.id,
                'centre': pool.get('tthcc.centre').search([], limit=1)[0].id,
                'purchase_date': dt.date(2017, 1, 1),
                'specs': [('create', [
                            {'property': memory.id, 'value': Decimal(v)}])]
                if v else None,
                } for v in [None, 4, 8]])

    def below(date):
        cursor = transaction.connection.cursor()
        cursor.execute(*Equipment.below_specification(date))
        return {id for id, in cursor} & {unknown.id, four.id, eight.id}

    assert below(dt.date(2017, 12, 31)) == set()
    assert below(dt.date(2018, 9, 10)) == {unknown.id}
    assert below(dt.date(2026, 1, 1)) == {unknown.id, four.id}
