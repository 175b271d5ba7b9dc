# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
# The fixtures of tests/facility.py are imported
# ruff: noqa: F401, F811
"Replacements: how urgent, approved by whom, from the request to the new item"
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.facility import NOW, at_ten, districts, log_in, take_in
from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_facility import urgency

SMALL, MIDDLE, GREAT = map(Decimal, [4_000_000, 12_000_000, 60_000_000])


@pytest.fixture
def manager(log_in):
    return log_in('facility_manager_a')


@pytest.fixture
def new_item(districts, manager):
    def new_item(**values):
        return take_in(manager, districts.a.centre, **{
                'counter': districts.a.counter,
                'value': Decimal(12_000_000),
                'purchase_date': dt.date(2015, 9, 10),
                **values})
    return new_item


def ask(client, item, estimate=MIDDLE):
    "Draft and submit a request, return it"
    request, = client.create('tthcc.replacement', {
            'equipment': item,
            'reason': "Hỏng nguồn, không còn linh kiện",
            'estimate': estimate,
            'estimate_source': "Báo giá của Máy tính An",
            })
    press(client, 'submit', request)
    return request


def press(client, button, request):
    client.model('tthcc.replacement', button, [request])


def decide(client, button, request, **values):
    with client.wizard(
            f'tthcc.replacement.{button}', 'tthcc.replacement',
            [request]) as wizard:
        wizard.values.update(values)
        wizard.execute('do')


def read(client, request, *fields):
    return client.read('tthcc.replacement', [request], list(fields))[0]


def state(client, request):
    return read(client, request, 'state')['state']


def test_from_the_fault_to_the_new_item(log_in, manager, new_item, districts):
    item = new_item()
    officer = log_in('counter_officer_a')
    with officer.wizard(
            'tthcc.equipment.report_damage', 'tthcc.equipment',
            [item]) as wizard:
        wizard.values.update(summary="Cháy bo mạch", stops_counter=True)
        wizard.execute('report')
    fault, = officer.search('tthcc.fault', [('equipment', '=', item)])
    with manager.wizard(
            'tthcc.fault.replace', 'tthcc.fault', [fault['id']]) as wizard:
        wizard.values.update(
            reason="Không sửa được", estimate=MIDDLE,
            estimate_source="Báo giá")
        wizard.execute('do')
    request = manager.search(
        'tthcc.replacement', [('fault', '=', fault['id'])])[0]['id']
    press(manager, 'submit', request)
    press(log_in('director_a'), 'approve', request)
    assert state(manager, request) == 'approved'

    with pytest.raises(Refused, match="13.000.000"):
        decide(manager, 'order', request, supplier="An",
            price=Decimal(13_000_000))
    decide(manager, 'order', request, supplier="Máy tính An",
        price=Decimal(11_500_000), due_on=dt.date(2018, 9, 20))
    with clock.moved_to(NOW + dt.timedelta(days=10)):
        with pytest.raises(Refused, match="ngày giao"):
            decide(manager, 'deliver', request, model="X",
                delivered_on=dt.date(2018, 9, 9))
        decide(manager, 'deliver', request, model="Dell OptiPlex 3060",
            serial='SN-1', warranty_end=dt.date(2020, 9, 20))
        decide(manager, 'put_in_service', request, method='dismantling',
            council="Đỗ Thị Vân")

    values = read(manager, request, 'state', 'new_item', 'delivered_on')
    assert values['state'] == 'in_service'
    assert values['delivered_on'] == dt.date(2018, 9, 20)
    (old,), (new,) = (
        manager.read(
            'tthcc.equipment', [id],
            ['condition', 'counter', 'value', 'supplier'])
        for id in [item, values['new_item']])
    assert old['condition'] == 'disposed'
    assert new['condition'] == 'good'
    assert new['counter'] == districts.a.counter
    assert new['value'] == Decimal(11_500_000)
    assert new['supplier'] == "Máy tính An"
    closed = officer.read('tthcc.fault', [fault['id']], [
            'state', 'outcome', 'stops_counter'])[0]
    assert (closed['state'], closed['outcome']) == ('closed', 'replaced')
    assert not closed['stops_counter']
    minutes, = manager.search('tthcc.equipment.movement', [
            ('kind', '=', 'disposal'), ('lines.equipment', '=', item)],
        ['state', 'approver_name'])
    assert minutes['state'] == 'done'
    assert minutes['approver_name'] == 'director_a'


@pytest.mark.parametrize('asks, amount, approve', [
        ('director', SMALL, ['facility_manager']),
        ('director', MIDDLE, ['facility_manager']),
        ('facility_manager', SMALL, ['director']),
        ('facility_manager', MIDDLE, ['director']),
        ('facility_manager', GREAT, ['director', 'leader']),
        ('director', GREAT, ['facility_manager', 'leader']),
        ])
def test_who_approves_depends_on_the_amount_and_on_who_asks(
        log_in, new_item, asks, amount, approve):
    asker = log_in(f'{asks}_a')
    request = ask(asker, new_item(), amount)
    others = {'facility_manager', 'director', 'leader'} - {*approve, asks}
    for role in others:
        with pytest.raises(Refused):
            press(log_in(f'{role}_a'), 'approve', request)
    with pytest.raises(Refused, match="tự duyệt"):
        press(asker, 'approve', request)
    for role in approve:
        assert state(asker, request) == 'submitted'
        press(log_in(f'{role}_a'), 'approve', request)
    assert state(asker, request) == 'approved'
    approvals = read(asker, request, 'approvals')['approvals']
    assert all(f'{role}_a' in approvals for role in approve)


def test_one_of_two_who_must_approves_only_once(log_in, manager, new_item):
    request = ask(manager, new_item(), GREAT)
    director = log_in('director_a')
    press(director, 'approve', request)
    with pytest.raises(Refused, match="Ủy ban nhân dân"):
        press(director, 'approve', request)
    assert state(manager, request) == 'submitted'


def test_two_who_must_approve_at_once(log_in, manager, new_item):
    requests = [ask(manager, new_item(), GREAT) for _ in range(3)]
    clients = [log_in('director_a'), log_in('leader_a')]
    with ThreadPoolExecutor(2) as executor:
        for request in requests:
            list(executor.map(
                    lambda client: press(client, 'approve', request), clients))
    assert {state(manager, r) for r in requests} == {'approved'}


def test_a_rejected_request_begins_again(log_in, manager, new_item):
    request = ask(manager, new_item(), GREAT)
    press(log_in('director_a'), 'approve', request)
    with pytest.raises(Refused, match="tự duyệt"):
        decide(manager, 'reject', request, reason="-")
    decide(log_in('leader_a'), 'reject', request, reason="Hết kinh phí")
    values = read(manager, request, 'state', 'reject_reason', 'decided_by')
    assert values['state'] == 'rejected'
    assert values['reject_reason'] == "Hết kinh phí"
    assert values['decided_by'] == 'leader_a'

    press(manager, 'revise', request)
    manager.write('tthcc.replacement', [request], {'estimate': GREAT - 1})
    press(manager, 'submit', request)
    press(log_in('leader_a'), 'approve', request)
    # What the director said of the first request no longer counts
    assert state(manager, request) == 'submitted'
    press(log_in('director_a'), 'approve', request)
    assert state(manager, request) == 'approved'


def test_an_item_is_asked_for_once_and_only_through_the_buttons(
        log_in, manager, new_item):
    item = new_item()
    request = ask(manager, item)
    with pytest.raises(Refused, match="Đã có đề nghị"):
        ask(manager, item)
    with pytest.raises(Refused, match="không sửa được"):
        manager.write('tthcc.replacement', [request], {'estimate': SMALL})
    with pytest.raises(Refused):
        manager.model('tthcc.replacement', 'delete', [request])
    with pytest.raises(Refused):
        ask(log_in('counter_officer_a'), new_item())
    values = {
        'equipment': new_item(), 'reason': "-", 'estimate': SMALL,
        'estimate_source': "-"}
    for forged in [
            {'state': 'approved'}, {'new_item': item}, {'price': SMALL}]:
        with pytest.raises(Refused):
            manager.create('tthcc.replacement', {**values, **forged})
    draft, = manager.create(
        'tthcc.replacement', {**values, 'urgency': 100})
    assert read(manager, draft, 'urgency')['urgency'] < 100
    for forged in [{'state': 'approved'}, {'for_director': False}]:
        with pytest.raises(Refused):
            manager.write('tthcc.replacement', [draft], forged)
    with pytest.raises(Refused):
        manager.write('tthcc.replacement', [draft], {'estimate': Decimal(0)})


def test_other_centres_neither_read_nor_decide(
        manager, new_item, rpc, districts):
    request = ask(manager, new_item())
    for role in ['facility_manager', 'director', 'leader']:
        other = rpc(f'{role}_b', PASSWORD)
        assert not other.search(
            'tthcc.replacement', [('id', '=', request)])
        with pytest.raises(Refused):
            press(other, 'approve', request)
    with pytest.raises(Refused):
        ask(rpc('facility_manager_b', PASSWORD), new_item())
    assert state(manager, request) == 'submitted'


def test_the_urgency_shows_how_it_is_counted(manager, new_item, start, pool):
    item = new_item()
    with start():
        Equipment = pool.get('tthcc.equipment')
        with clock.moved_to(NOW - dt.timedelta(days=30)):
            Equipment.record([Equipment(item)], 'damage', 'out_of_order')
    values = read(manager, ask(manager, item), 'age', 'useful_life',
        'downtime', 'urgency', 'formula')
    assert values['age'] == Decimal('3.0')
    assert values['useful_life'] == 5
    assert values['downtime'] == 30
    # 3 of 5 years, out of order, 30 of 60 days, no repair
    assert values['urgency'] == 18 + 30 + 10 + 0
    assert "58 trên 100" in values['formula']


def test_points():
    assert urgency.points() == (0, 0, 0, 0)
    assert urgency.points(10, 5, 'lost', 365, 9, 9) == (30, 30, 20, 20)
    assert urgency.points(2, 5, 'worn', 15, 3, 12) == (12, 10, 5, 10)
    # What is not known gives no points
    assert urgency.points(3, None, 'good', 0, 100, None) == (0, 0, 0, 0)
