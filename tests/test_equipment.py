# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
# The fixtures of tests/facility.py are imported
# ruff: noqa: F401, F811
"The equipment of two districts: what there is, and what happens to it"
import base64
import datetime as dt
from decimal import Decimal

import pytest

from tests.facility import (
    NOW, at_ten, districts, log_in, new_item, press, record)
from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc_facility.depreciation import worth

PICTURE = base64.b64decode(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+k'
    'cQAAAABJRU5ErkJggg==')


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


def test_attention_names_what_it_is_about(log_in, new_item, record):
    new = {'purchase_date': dt.date(2018, 6, 1)}
    items = {
        'fine': new_item('desk', **new),
        'broken': new_item('desk', **new),
        'inspection': new_item(
            'desk', next_inspection=dt.date(2018, 9, 10), **new),
        'warranty': new_item(
            'desk', warranty_end=dt.date(2018, 11, 9), **new),
        'later': new_item(
            'desk', warranty_end=dt.date(2018, 11, 10), **new),
        'old': new_item('desk', purchase_date=dt.date(2010, 9, 9)),
        }
    record(items['broken'], 'damage', 'damaged')
    manager = log_in('facility_manager_a')

    def found(*clause):
        return {
            n for n, i in items.items() if i in {
                f['id'] for f in manager.search(
                    'tthcc.equipment', [('attention', *clause)])}}

    values = {
        v['id']: list(v['attention']) for v in manager.read(
            'tthcc.equipment', list(items.values()), ['attention'])}
    for name in ['broken', 'inspection', 'warranty', 'old']:
        assert values[items[name]] == [name]
        assert found('in', [name]) == {name}
    assert values[items['fine']] == []
    assert found('!=', None) == items.keys() - {'fine', 'later'}
    assert found('=', None) == {'fine', 'later'}
    record(items['broken'], 'loss', 'lost')
    assert found('in', ['broken']) == set()


def test_worth_follows_the_rate_in_force():
    bought = dt.date(2015, 1, 31)
    value = Decimal(12_000_000)

    def at(*date, rates=()):
        return worth(value, bought, dt.date(*date), 5, rates)

    assert at(2015, 1, 31) == value
    assert at(2015, 2, 27) == value
    assert at(2016, 1, 31) == Decimal(9_600_000)
    assert at(2019, 12, 31) == Decimal(200_000)
    assert at(2020, 1, 31) == at(2030, 1, 1) == 0
    rates = [(dt.date(2016, 1, 31), Decimal(50))]
    assert at(2016, 1, 31, rates=rates) == Decimal(9_600_000)
    assert at(2016, 7, 31, rates=rates) == Decimal(6_600_000)


def test_worth_takes_the_rates_of_the_type(log_in, new_item):
    item = new_item(
        'desk', purchase_date=dt.date(2017, 9, 10),
        value=Decimal(8_000_000))
    values, = log_in('counter_officer_a').read(
        'tthcc.equipment', [item], ['worth'])
    assert values['worth'] == Decimal(7_000_000)


def test_an_inspection_sets_the_next_one(log_in, new_item):
    item = new_item(purchase_date=dt.date(2018, 1, 1))
    manager = log_in('facility_manager_a')
    press(manager, 'tthcc.equipment.note', [item],
        condition='worn', note="Quạt kêu to", picture=PICTURE)
    values, = manager.read('tthcc.equipment', [item], [
            'condition', 'next_inspection', 'events.picture'])
    assert values['condition'] == 'worn'
    assert values['next_inspection'] == dt.date(2019, 9, 10)
    assert values['events.'][0]['picture'] == PICTURE

    with pytest.raises(Refused, match="ảnh JPEG"):
        press(manager, 'tthcc.equipment.note', [item], picture=b'no picture')
    press(manager, 'tthcc.equipment.note', [item], kind='loss')
    press(manager, 'tthcc.equipment.note', [item])
    values, = manager.read('tthcc.equipment', [item], [
            'condition', 'events.kind'])
    assert values['condition'] == 'good'
    assert [e['kind'] for e in values['events.']] == [
        'found', 'loss', 'inspection', 'intake']
    with pytest.raises(Refused):
        press(log_in('counter_officer_a'), 'tthcc.equipment.note', [item])


def test_moves_within_the_centre_are_in_the_history(
        districts, log_in, new_item):
    item = new_item()
    manager = log_in('facility_manager_a')
    press(manager, 'tthcc.equipment.move', [item],
        counter=districts.a.counter,
        employee=districts.a.staff['counter_officer_a'],
        reason="Quầy mới")
    values, = manager.read('tthcc.equipment', [item], [
            'counter', 'employee', 'events.kind', 'events.note',
            'events.origin.rec_name'])
    assert values['counter'] == districts.a.counter
    assert values['employee'] == districts.a.staff['counter_officer_a']
    event = values['events.'][0]
    assert (event['kind'], event['note']) == ('move', "Quầy số 1: Quầy mới")
    with pytest.raises(Refused):
        press(manager, 'tthcc.equipment.move', [item],
            counter=districts.b.counter)


def test_a_loan_goes_to_the_other_centre_and_back(
        districts, log_in, new_item):
    item = new_item(model="Epson DS-530")
    manager = log_in('facility_manager_a')
    with pytest.raises(Refused):
        press(manager, 'tthcc.equipment.move', [item], kind='transfer',
            to_centre=districts.b.centre)
    province = log_in('facility')
    press(province, 'tthcc.equipment.move', [item], kind='loan',
        to_centre=districts.b.centre, decision="Quyết định 12/QĐ-UBND")

    borrower = log_in('facility_manager_b')
    values, = borrower.read('tthcc.equipment', [item], [
            'centre', 'lent_by', 'events.kind'])
    assert values['centre'] == districts.b.centre
    assert "Quảng Xương" in values['lent_by']
    assert not manager.search('tthcc.equipment', [('id', '=', item)])
    for client in [manager, borrower]:
        slip, = client.search('tthcc.equipment.movement', [
                ('kind', '=', 'loan')], ['from_name', 'to_name', 'lines'])
        assert "Lang Chánh" in slip['to_name']
        extension, content, *_ = client.report(
            'tthcc.equipment.movement.slip', [slip['id']])
        assert content.startswith(b'%PDF')
    with pytest.raises(Refused, match="thuộc trung tâm khác"):
        press(province, 'tthcc.equipment.move', [item], kind='transfer',
            to_centre=districts.a.centre)

    press(borrower, 'tthcc.equipment.move', [item], kind='return')
    values, = manager.read('tthcc.equipment', [item], [
            'centre', 'lent_by', 'events.kind'])
    assert values['centre'] == districts.a.centre
    assert values['lent_by'] is None
    assert [e['kind'] for e in values['events.']] == [
        'return', 'transfer', 'intake']
    with pytest.raises(Refused, match="mượn"):
        press(manager, 'tthcc.equipment.move', [item], kind='return')


def test_what_is_gone_is_not_disposed_of_again(log_in, new_item):
    item = new_item()
    manager = log_in('facility_manager_a')
    for _ in range(2):
        press(manager, 'tthcc.equipment.dispose', [item], method='sale',
            council="Lê Văn Mẫu", proceeds=Decimal(1), reason="Hỏng")
    first, second = [m['id'] for m in manager.search(
            'tthcc.equipment.movement', [
                ('kind', '=', 'disposal'), ('lines.equipment', '=', item)])]
    director = log_in('director_a')
    director.model('tthcc.equipment.movement', 'approve', [first])
    with pytest.raises(Refused, match="không còn ở Trung tâm"):
        director.model('tthcc.equipment.movement', 'approve', [second])
    director.model('tthcc.equipment.movement', 'reject', [second])


def test_disposal_needs_somebody_else_s_approval(log_in, new_item):
    items = [new_item(), new_item('printer')]
    manager = log_in('facility_manager_a')
    press(manager, 'tthcc.equipment.dispose', items, method='sale',
        council="Lê Văn Mẫu, chủ tịch\nTrần Thị Thử, ủy viên",
        proceeds=Decimal(300_000), reason="Hỏng, quá hạn")
    minutes, = manager.search('tthcc.equipment.movement', [
            ('kind', '=', 'disposal'), ('lines.equipment', '=', items[1])])
    minutes = minutes['id']
    for client in [manager, log_in('director_b')]:
        with pytest.raises(Refused):
            client.model('tthcc.equipment.movement', 'approve', [minutes])
    with pytest.raises(Refused):
        manager.write('tthcc.equipment.movement', [minutes], {
                'state': 'done'})
    values = manager.read('tthcc.equipment', items, ['condition'])
    assert {v['condition'] for v in values} == {'good'}

    director = log_in('director_a')
    director.model('tthcc.equipment.movement', 'approve', [minutes])
    values = manager.read('tthcc.equipment', items, [
            'condition', 'events.kind', 'events.employee.rec_name'])
    for value in values:
        assert value['condition'] == 'disposed'
        event = value['events.'][0]
        assert event['kind'] == 'disposal'
        assert event['employee.']['rec_name'] == 'director_a'
    with pytest.raises(Refused, match="director_a"):
        director.model('tthcc.equipment.movement', 'reject', [minutes])
    with pytest.raises(Refused):
        press(manager, 'tthcc.equipment.move', items, kind='move')


def test_the_minimum_specification_has_dates(new_item, transaction, pool):
    Equipment = pool.get('tthcc.equipment')
    Property = pool.get('tthcc.equipment.property')
    memory, = Property.search([('code', '=', 'memory')])
    type_, = pool.get('tthcc.equipment.type').search([
            ('code', '=', 'computer')])
    unknown, four, sixteen = Equipment.create([{
                'type': type_.id,
                'centre': pool.get('tthcc.centre').search([], limit=1)[0].id,
                'purchase_date': dt.date(2017, 1, 1),
                'specs': [('create', [
                            {'property': memory.id, 'value': Decimal(v)}])]
                if v else None,
                } for v in [None, 4, 16]])

    def below(date):
        cursor = transaction.connection.cursor()
        cursor.execute(*Equipment.below_specification(date))
        return {id for id, in cursor} & {unknown.id, four.id, sixteen.id}

    assert below(dt.date(2017, 12, 31)) == set()
    assert below(dt.date(2018, 9, 10)) == {unknown.id}
    assert below(dt.date(2026, 1, 1)) == {unknown.id, four.id}
