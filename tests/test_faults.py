# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
# The fixtures of tests/facility.py are imported
# ruff: noqa: F401, F811
"Damage: reported by anybody, decided by the facility manager, not forgotten"
import datetime as dt
import io
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal

import pytest
from PIL import Image

from tests.facility import NOW, at_ten, districts, take_in
from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_facility.downtime import time_out_of_order

DAY = dt.timedelta(days=1)


@pytest.fixture
def officer(districts, rpc):
    return rpc('counter_officer_a', PASSWORD)


@pytest.fixture
def manager(districts, rpc):
    return rpc('facility_manager_a', PASSWORD)


@pytest.fixture
def new_item(districts, manager):
    "Take in an item at the counter of district A"
    def new_item(type_='computer', **values):
        return take_in(manager, districts.a.centre, type_, **{
                'counter': districts.a.counter,
                'value': Decimal(12_000_000),
                **values})
    return new_item


def report(client, item, summary="Không lên nguồn", **values):
    "Report damage from the form of the item, return the fault"
    with client.wizard(
            'tthcc.equipment.report_damage', 'tthcc.equipment',
            [item]) as wizard:
        wizard.values.update(summary=summary, **values)
        wizard.execute('report')
    return faults_of(client, item)[0]['id']


def faults_of(client, item, *fields):
    return client.search(
        'tthcc.fault', [('equipment', '=', item)], ['state', *fields],
        [('id', 'DESC')])


def decide(client, button, fault, **values):
    "Press a button of the fault that asks for something"
    with client.wizard(
            f'tthcc.fault.{button}', 'tthcc.fault', [fault]) as wizard:
        wizard.values.update(values)
        wizard.execute('do')


def read(client, model, id, *fields):
    return client.read(model, [id], list(fields))[0]


def condition(client, item):
    return read(client, 'tthcc.equipment', item, 'condition')['condition']


def photograph():
    content = io.BytesIO()
    Image.new('RGB', (4, 3)).save(content, 'JPEG')
    return content.getvalue()


def out_of_service(client, counter):
    return bool(client.search('tthcc.counter', [
                ('out_of_service', '=', True), ('id', '=', counter)]))


def told(client):
    "The labels of what the user was told"
    return [n['label'] for n in client.search(
            'res.notification', [('user', '=', client.user)], ['label'])]


def test_an_officer_reports_what_stops_the_counter(
        officer, manager, new_item, districts):
    item = new_item()
    counter = districts.a.counter
    picture = photograph()

    with pytest.raises(Refused, match="ảnh"):
        report(officer, item, picture=b'MZ')
    fault = report(
        officer, item, stops_counter=True, details="Có mùi khét",
        picture=picture)

    values = read(
        manager, 'tthcc.fault', fault, 'state', 'summary', 'unusable',
        'stops_counter', 'centre', 'counter', 'reports.by',
        'reports.picture')
    assert values['state'] == 'reported'
    assert values['summary'] == "Không lên nguồn"
    assert values['unusable'] and values['stops_counter']
    assert values['centre'] == districts.a.centre
    assert values['counter'] == counter
    row, = values['reports.']
    assert row['by'] == 'counter_officer_a'
    assert row['picture'] == picture
    assert condition(officer, item) == 'out_of_order'
    assert out_of_service(officer, counter)
    event = manager.search(
        'tthcc.equipment.event', [('equipment', '=', item)],
        ['kind', 'origin'], [('id', 'DESC')])[0]
    assert event['kind'] == 'damage'
    assert event['origin'] == f'tthcc.fault,{fault}'
    assert "Có báo hỏng mới: 1" in told(manager)

    manager.model('tthcc.fault', 'restore_counter', [fault])
    assert not out_of_service(officer, counter)
    assert condition(officer, item) == 'out_of_order'


def test_the_window_knows_the_item_from_its_label_and_its_counter(
        officer, new_item, districts, manager):
    item = new_item()
    tag = read(officer, 'tthcc.equipment', item, 'tag')['tag']
    for code in [tag, f' https://mot-cua.example.vn/db/equipment/{tag} ']:
        values = officer.model(
            'tthcc.equipment.report_damage.start', 'on_change',
            {'code': code}, ['code'])
        assert values['equipment'] == item
        assert values['counter'] == districts.a.counter
    assert not officer.model(
        'tthcc.equipment.report_damage.start', 'on_change',
        {'code': 'TB9999999'}, ['code'])['equipment']
    with officer.wizard(
            'tthcc.equipment.report_damage', 'tthcc.counter',
            [districts.a.counter]) as wizard:
        assert wizard.values['at_counter'] == districts.a.counter
        wizard.values.update(equipment=item, summary="Bàn phím liệt")
        wizard.execute('report')
    assert condition(manager, item) == 'damaged'


def scan(server, client, tag, **form):
    "Open the address of a label as the user, or send its page"
    data = '&'.join(
        f'{name}={urllib.parse.quote(value)}'
        for name, value in form.items()).encode() or None
    request = urllib.request.Request(
        f'{server.url}{server.database}/tthcc/equipment/{tag}', data,
        {'Authorization': client._headers['Authorization']} if client else {})
    with urllib.request.urlopen(request) as response:
        return response.read().decode()


def test_a_phone_reports_from_the_label(
        server, officer, manager, new_item, rpc):
    item = new_item()
    tag = read(officer, 'tthcc.equipment', item, 'tag')['tag']
    assert f'{tag} Máy tính để bàn' in scan(server, officer, tag)
    page = scan(
        server, officer, tag, summary="Mực lem <b>", stops_counter='1')
    assert "đã nhận được" in page
    fault, = faults_of(manager, item, 'summary', 'stops_counter')
    assert fault['summary'] == "Mực lem <b>"
    assert fault['stops_counter']
    assert "Mực lem &lt;b&gt;" in scan(server, manager, tag)
    scan(server, manager, tag, summary="Vẫn lem", same='1')
    assert len(faults_of(manager, item)) == 1

    for client, status in [
            (rpc('counter_officer_b', PASSWORD), 404), (None, 401)]:
        with pytest.raises(urllib.error.HTTPError) as error:
            scan(server, client, tag, summary="-")
        assert error.value.code == status
    with pytest.raises(urllib.error.HTTPError) as error:
        scan(server, officer, tag, summary=' ')
    assert error.value.code == 422
    assert len(faults_of(manager, item)) == 1
    manager.model('tthcc.fault', 'restore_counter', [fault['id']])


def test_several_reports_of_one_fault_join(officer, manager, new_item):
    item = new_item()
    fault = report(officer, item)
    with manager.wizard(
            'tthcc.equipment.report_damage', 'tthcc.equipment',
            [item]) as wizard:
        assert wizard.values['fault'] == fault
        wizard.values['summary'] = "Vẫn không lên"
        wizard.execute('report')

    only, = faults_of(officer, item, 'number_reports')
    assert only['number_reports'] == 2

    # Something else is broken too, or so it seemed
    other = report(officer, item, "Màn hình đen", fault=None)
    assert other != fault
    decide(manager, 'join', other, into=fault)
    states = {f['id']: f for f in faults_of(
            officer, item, 'number_reports', 'outcome')}
    assert states[fault]['number_reports'] == 3
    assert states[other]['state'] == 'closed'
    assert states[other]['outcome'] == 'joined'
    assert condition(officer, item) == 'damaged'


def test_a_repair_that_works_closes_the_fault(
        officer, manager, new_item, districts):
    item = new_item()
    fault = report(officer, item, stops_counter=True)
    decide(
        manager, 'repair', fault, kind='supplier', supplier="Máy tính An",
        due_on=dt.date(2018, 9, 14))
    with clock.moved_to(NOW + 3 * DAY):
        decide(
            manager, 'finish_repair', fault, result='failed',
            cost=Decimal(100_000))
        assert faults_of(officer, item)[0]['state'] == 'reported'
        assert out_of_service(officer, districts.a.counter)
        decide(manager, 'repair', fault, kind='in_house', note="Thay nguồn")
    with clock.moved_to(NOW + 4 * DAY):
        decide(
            manager, 'finish_repair', fault, result='repaired',
            condition='worn', cost=Decimal(400_000))
        assert not out_of_service(officer, districts.a.counter)
        assert condition(officer, item) == 'worn'

    values = read(
        officer, 'tthcc.fault', fault, 'state', 'outcome', 'closed_at',
        'history.action', 'repairs.cost', 'repairs.result')
    assert values['state'] == 'closed'
    assert values['outcome'] == 'repaired'
    assert values['closed_at'] == NOW + 4 * DAY
    assert [h['action'] for h in values['history.']] == [
        'repaired', 'repair', 'failed', 'repair', 'reported']
    assert {r['result'] for r in values['repairs.']} == {
        'failed', 'repaired'}
    outage, = officer.search(
        'tthcc.counter.outage', [('fault', '=', fault)], ['since', 'until'])
    assert outage['since'] == NOW
    assert outage['until'] == NOW + 4 * DAY
    assert "Sự cố bạn đã báo, nay đã xong: 1" in told(officer)

    with clock.moved_to(NOW + 6 * DAY):
        decide(manager, 'reopen', fault, reason="Lại hỏng")
        assert condition(officer, item) == 'out_of_order'
    values = read(
        officer, 'tthcc.fault', fault, 'state', 'outcome', 'closed_at',
        'history.action')
    assert values['state'] == 'reported'
    assert values['outcome'] is None and values['closed_at'] is None
    assert len(values['history.']) == 6


def test_another_fault_of_the_item_keeps_it_broken(
        officer, manager, new_item):
    item = new_item()
    first = report(officer, item, "Loa rè", unusable=True)
    second = report(officer, item, "Kính vỡ", fault=None)
    decide(manager, 'close', first, outcome='no_fault', note="Loa tốt")
    assert condition(officer, item) == 'out_of_order'
    decide(manager, 'repair', second, kind='in_house')
    decide(manager, 'finish_repair', second, result='repaired')
    assert condition(officer, item) == 'good'


def test_what_makes_no_sense_is_refused(officer, manager, new_item):
    item = new_item(warranty_end=dt.date(2017, 5, 20))
    fault = report(officer, item)
    for values, message in [
            ({'kind': 'warranty', 'supplier': "An"}, "20/05/2017"),
            ({'kind': 'in_house', 'due_on': dt.date(2018, 9, 9)},
                "trước ngày"),
            ({'kind': 'in_house', 'started_on': dt.date(2018, 9, 11)},
                "tương lai"),
            ]:
        with pytest.raises(Refused, match=message):
            decide(manager, 'repair', fault, **values)
    decide(manager, 'repair', fault, kind='supplier', supplier="An")
    for values, message in [
            ({'cost': Decimal(-1)}, "âm"),
            ({'cost': None}, "Chi phí"),
            ({'cost': Decimal(1), 'ended_on': dt.date(2018, 9, 9)},
                "trước ngày"),
            ]:
        with pytest.raises(Refused, match=message):
            decide(
                manager, 'finish_repair', fault, result='repaired', **values)
    with pytest.raises(Refused, match="Đang sửa chữa"):
        decide(manager, 'close', fault, outcome='no_fault', note="-")
    assert faults_of(officer, item)[0]['state'] == 'repair'


def test_disposed_or_lost_items_take_no_report(
        officer, new_item, start, pool):
    item = new_item()
    with start():
        Equipment = pool.get('tthcc.equipment')
        Equipment.record([Equipment(item)], 'loss', 'lost')
    with pytest.raises(Refused, match="Mất"):
        report(officer, item)
    assert not faults_of(officer, item)


def test_only_the_facility_manager_decides(
        officer, new_item, rpc, districts):
    item = new_item()
    fault = report(officer, item)
    for button, values in [
            ('repair', {'kind': 'in_house'}),
            ('close', {'outcome': 'unrepaired', 'note': "-"}),
            ('replace', {
                    'reason': "-", 'estimate': Decimal(1),
                    'estimate_source': "-"}),
            ]:
        with pytest.raises(Refused):
            decide(officer, button, fault, **values)
    with pytest.raises(Refused):
        officer.model('tthcc.fault', 'restore_counter', [fault])
    for client in [officer, rpc('facility_manager_a', PASSWORD)]:
        with pytest.raises(Refused):
            client.write('tthcc.fault', [fault], {'state': 'closed'})
        with pytest.raises(Refused):
            client.create('tthcc.fault.step', {
                    'fault': fault, 'at': NOW, 'action': 'repaired'})
    assert faults_of(officer, item)[0]['state'] == 'reported'


def test_other_centres_read_and_report_nothing(
        officer, new_item, rpc, districts):
    item = new_item()
    fault = report(officer, item, stops_counter=True)
    for role in ['counter_officer', 'facility_manager', 'director']:
        other = rpc(f'{role}_b', PASSWORD)
        assert not faults_of(other, item)
        assert not other.search(
            'tthcc.fault.report', [('fault', '=', fault)])
        assert not other.search('tthcc.counter.outage', [
                ('counter', '=', districts.a.counter)])
        with pytest.raises(Refused):
            other.read('tthcc.fault', [fault], ['summary'])
        with pytest.raises(Refused):
            report(other, item)
    with pytest.raises(Refused):
        decide(rpc('facility_manager_b', PASSWORD), 'repair', fault,
            kind='in_house')


def test_nothing_broken_is_forgotten(
        officer, manager, new_item, start, pool):
    def forgotten():
        return {i['id'] for i in manager.search(
                'tthcc.equipment', [
                    ('forgotten', '=', True), ('id', 'in', items)])}

    def remind():
        with start(0):
            pool.get('tthcc.equipment').remind_forgotten()

    broken, reported, given_up = items = [new_item() for _ in range(3)]
    with start():
        Equipment = pool.get('tthcc.equipment')
        Equipment.record([Equipment(broken)], 'damage', 'out_of_order')
    report(officer, reported, unusable=True)
    fault = report(officer, given_up, unusable=True)
    decide(manager, 'close', fault, outcome='unrepaired', note="Hết tiền")
    message = "Thiết bị hỏng chưa ai xử lý: 2"

    with clock.moved_to(NOW + 6 * DAY):
        assert not forgotten()
    with clock.moved_to(NOW + 8 * DAY):
        assert forgotten() == {broken, given_up}
        remind()
        remind()
        assert told(manager).count(message) == 1
    with clock.moved_to(NOW + 16 * DAY):
        remind()
        assert told(manager).count(message) == 2
        report(manager, broken)
        decide(manager, 'reopen', fault, reason="Có tiền")
        assert not forgotten()


def test_the_calendar_and_the_figures_show_where_things_stand(
        officer, manager, new_item, districts, rpc):
    item = new_item(next_inspection=dt.date(2018, 10, 1))
    before = counts(manager, districts)
    fault = report(officer, item)
    decide(
        manager, 'repair', fault, kind='supplier', supplier="An",
        due_on=dt.date(2018, 9, 14))
    after = counts(manager, districts)
    assert after['good'] == before['good'] - 1
    assert after['damaged'] == before['damaged'] + 1
    found = {
        (a['kind'], a['date'], a['subject']) for a in manager.search(
            'tthcc.facility.appointment', [], ['kind', 'date', 'subject'])}
    assert {
        ('inspection', dt.date(2018, 10, 1), f'tthcc.equipment,{item}'),
        ('repair', dt.date(2018, 9, 14), f'tthcc.fault,{fault}'),
        } <= found
    other = rpc('facility_manager_b', PASSWORD)
    assert not other.search('tthcc.facility.appointment', [])
    assert not other.search('tthcc.equipment.condition_count', [])


def counts(client, districts):
    return client.search(
        'tthcc.equipment.condition_count',
        [('centre', '=', districts.a.centre)], ['good', 'damaged'])[0]


def test_time_out_of_order():
    def at(day):
        return dt.datetime(2018, 1, day)
    events = [
        (at(1), 'good'), (at(2), 'out_of_order'), (at(3), 'out_of_order'),
        (at(5), 'good'), (at(8), 'out_of_order')]
    assert time_out_of_order(events, at(1), at(10)) == 5 * DAY
    assert time_out_of_order(events, at(4), at(9)) == 2 * DAY
    assert time_out_of_order([], at(1), at(9)) == 0 * DAY
