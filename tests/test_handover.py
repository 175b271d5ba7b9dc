# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Rounds of papers between centre and department, signed by both."""
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.server import Refused, Warned
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests import tools
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)


@pytest.fixture(scope='module')
def office(database):
    """An office whose procedure is appraised by the justice department, and
    whose centre works with the land department too; and another office"""
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        online = create_procedure('1.000002', channel='online')
        first = create_office(
            'th_', "UBND huyện Thiệu Hóa", [procedure, online])
        second = create_office(
            'lc_', "UBND huyện Lang Chánh", [procedure])
        land = tools.create_department(first.company, 'land')
        tools.create_user(
            'th_land', ['coordinator'], first.company, department=land)
        tools.create_user(
            'th_other_officer', ['counter_officer'], first.company,
            first.centre)
        both = tools.create_user(
            'th_both', ['counter_officer', 'coordinator'], first.company,
            first.centre)
        second_post = tools.create_user(
            'th_second_post', [], first.company,
            department=first.department).employee
        both.employees = [both.employee, second_post]
        both.company_filter = 'all'
        both.save()
        return SimpleNamespace(
            values=new_dossier(first, procedure),
            online=new_dossier(first, online),
            elsewhere=new_dossier(second, procedure),
            centre=first.centre.id, department=first.department.id,
            land=land.id,
            employees={
                role: user.employee.id for role, user in first.users.items()})


@pytest.fixture
def people(server, office):
    "The sessions of the people of the first office, by role"
    return SimpleNamespace(
        **{role: server.client(f'th_{role}', PASSWORD) for role in [
                'officer', 'processor', 'leader', 'director']},
        coordinator=server.client('th_processor', PASSWORD))


def receive(people, office, number=1, **values):
    "Receive dossiers, return their ids"
    ids = people.officer.create(
        'tthcc.dossier', *[{**office.values, **values}] * number)
    people.officer.model('tthcc.dossier', 'register', ids)
    return ids


def begin(client, office, direction='to_department', **values):
    id, = client.create('tthcc.handover', {
            'centre': office.centre,
            'department': office.department,
            'direction': direction,
            **values,
            })
    return id


def press(client, button, id):
    return client.model('tthcc.handover', button, [id])


def sign_away(client, office, direction='to_department', only=None):
    """Fill a round, tick all, or only some dossiers, and sign it as giver;
    return its id"""
    id = begin(client, office, direction)
    press(client, 'fill', id)
    if only is None:
        press(client, 'tick_all', id)
    else:
        to_tick = [
            r['id'] for r in lines(client, id, only).rows if not r['ticked']]
        client.write('tthcc.handover.line', to_tick, {'ticked': True})
    try:
        press(client, 'give', id)
    except Warned as warning:
        client.accept(warning)
        press(client, 'give', id)
    return id


def lines(client, id, dossiers=None):
    "Return the lines of the round, those of the dossiers or all"
    rows = client.search(
        'tthcc.handover.line', [('handover', '=', id)],
        ['dossier', 'code', 'ticked', 'discrepancy', 'applicant_name'])
    if dossiers is not None:
        rows = [r for r in rows if r['dossier'] in dossiers]
    return SimpleNamespace(
        rows=rows, ids=[r['id'] for r in rows],
        dossiers={r['dossier'] for r in rows})


def round_(client, id, *fields):
    return client.read('tthcc.handover', [id], list(fields))[0]


def dossier(client, id, *fields):
    return client.read('tthcc.dossier', [id], list(fields))[0]


def held_by(client, ids):
    "Return the sets of departments, employees and states of the dossiers"
    rows = client.read(
        'tthcc.dossier', ids,
        ['holder_department', 'holder_employee', 'state'])
    return tuple({r[n] for r in rows} for n in [
            'holder_department', 'holder_employee', 'state'])


def scan(client, id, *codes):
    "Scan the codes, return the last answer"
    with client.wizard(
            'tthcc.handover.scan', 'tthcc.handover', [id]) as wizard:
        for code in codes:
            wizard.values['code'] = code
            wizard.execute('tick')
            assert not wizard.values['code']
        return wizard.values['answer']


def test_round_to_the_department_and_back(people, office):
    with clock.moved_to(MONDAY):
        ids = receive(people, office, 3)
        code = dossier(people.officer, ids[0], 'code')['code']
        held = dossier(
            people.officer, ids[0], 'holder', 'held_since', 'electronic')
        assert "th_officer" in held['holder']
        assert held['held_since'] == MONDAY
        assert not held['electronic']

        there = sign_away(people.officer, office, only=ids)
        # The coordinator has not signed yet
        assert held_by(people.officer, ids) == (
            {None}, {office.employees['officer']}, {'received'})
    with clock.moved_to(MONDAY + dt.timedelta(hours=2)):
        scan(people.coordinator, there,
            *[r['code'] for r in lines(people.coordinator, there).rows])
        press(people.coordinator, 'receive', there)
    assert held_by(people.officer, ids) == (
        {office.department}, {office.employees['processor']}, {'processing'})
    assert round_(
        people.officer, there, 'state', 'number', 'given_by', 'received_by',
        'given_at', 'received_at') == {
            'id': there,
            'state': 'received',
            'number': 1,
            'given_by': office.employees['officer'],
            'received_by': office.employees['processor'],
            'given_at': MONDAY,
            'received_at': MONDAY + dt.timedelta(hours=2),
            }
    # The reception's leg ended with the round, by who gave
    leg = people.officer.search(
        'tthcc.dossier.step',
        [('dossier', '=', ids[0]), ('work', '=', 'reception')],
        ['ended_at', 'ended_by'])[0]
    assert leg['ended_at'] == MONDAY + dt.timedelta(hours=2)
    assert leg['ended_by'] == office.employees['officer']

    with clock.moved_to(MONDAY + dt.timedelta(days=1)):
        people.processor.model('tthcc.dossier', 'complete_step', ids[:2])
        people.leader.model('tthcc.dossier', 'resolve', ids[:2])
        # The result is with the department still
        with pytest.raises(Refused, match="th_processor"):
            people.officer.model('tthcc.dossier', 'return_', ids[:1])
        back = sign_away(people.coordinator, office, 'to_centre')
        assert lines(people.officer, back).dossiers == set(ids[:2])
        press(people.officer, 'tick_all', back)
        press(people.officer, 'receive', back)
        assert held_by(people.officer, ids[:2]) == (
            {None}, {office.employees['officer']}, {'resolved'})
        # Rounds are counted by direction
        assert round_(people.officer, back, 'number')['number'] == 1
        people.officer.model('tthcc.dossier', 'return_', ids[:2])
    assert dossier(
        people.officer, ids[0], 'holder', 'holder_employee')['holder'] == ''
    transfers = people.officer.search(
        'tthcc.dossier.transfer', [('dossier', '=', ids[0])],
        ['giver', 'taker', 'handover', 'at'])
    assert [(t['giver'], t['taker']) for t in transfers] == [
        (office.employees['officer'], office.employees['processor']),
        (office.employees['processor'], office.employees['officer'])]

    _, content, *_ = people.officer.report(
        'tthcc.dossier.control_slip', [ids[0]])
    assert content.startswith(b'%PDF')
    number = dossier(people.officer, ids[0], 'control_number')
    people.officer.report('tthcc.dossier.control_slip', [ids[0]])
    assert dossier(people.officer, ids[0], 'control_number') == number
    _, content, *_ = people.officer.report('tthcc.handover.list', [there])
    assert content.startswith(b'%PDF')
    assert code


def test_rounds_of_a_day_are_numbered(people, office):
    with clock.moved_to(MONDAY + dt.timedelta(days=2)):
        numbers = []
        for _ in range(2):
            ids = receive(people, office)
            id = sign_away(people.officer, office, only=ids)
            numbers.append(round_(people.officer, id, 'number')['number'])
            press(people.coordinator, 'cancel', id)
    assert numbers == [1, 2]


def test_what_is_not_ticked_stays(people, office):
    ids = receive(people, office, 2)
    id = begin(people.officer, office)
    press(people.officer, 'fill', id)
    going = lines(people.officer, id, ids[:1])
    people.officer.write(
        'tthcc.handover.line', going.ids, {'ticked': True})
    staying = lines(people.officer, id).dossiers - {ids[0]}
    assert ids[1] in staying
    with pytest.raises(Warned, match=str(len(staying))) as warned:
        press(people.officer, 'give', id)
    people.officer.accept(warned.value)
    press(people.officer, 'give', id)
    assert lines(people.officer, id).dossiers == {ids[0]}
    # It may go in the next one
    other = begin(people.officer, office)
    press(people.officer, 'fill', other)
    assert lines(people.officer, other).dossiers == staying
    for round_id in [id, other]:
        press(people.officer, 'cancel', round_id)


def test_discrepancies(people, office):
    ids = receive(people, office, 4)
    missing, damaged, fine, extra = ids
    id = sign_away(people.officer, office, only=ids[:3])
    people.coordinator.write(
        'tthcc.handover.line', lines(people.coordinator, id, [missing]).ids,
        {'discrepancy': 'missing'})
    damaged_line = lines(people.coordinator, id, [damaged]).ids
    with pytest.raises(Refused):
        # What is damaged has to be said
        people.coordinator.write(
            'tthcc.handover.line', damaged_line,
            {'discrepancy': 'damaged', 'ticked': True})
    people.coordinator.write(
        'tthcc.handover.line', damaged_line,
        {'discrepancy': 'damaged', 'ticked': True, 'note': "Rách trang 2"})
    codes = {
        d: dossier(people.officer, d, 'code')['code'] for d in [fine, extra]}
    assert codes[extra] in scan(people.coordinator, id, codes[extra])
    with pytest.raises(Refused, match=codes[fine]):
        press(people.coordinator, 'receive', id)
    scan(people.coordinator, id, codes[fine])
    press(people.coordinator, 'receive', id)

    assert round_(people.officer, id, 'amount', 'ticked', 'discrepancies') == {
        'id': id, 'amount': 4, 'ticked': 2, 'discrepancies': 3}
    assert held_by(people.officer, [damaged, fine]) == (
        {office.department}, {office.employees['processor']}, {'processing'})
    # Nobody signed for these
    assert held_by(people.officer, [missing, extra]) == (
        {None}, {office.employees['officer']}, {'received'})
    line, = lines(people.officer, id, [extra]).rows
    assert line['discrepancy'] == 'extra'
    assert line['code'] == codes[extra]
    assert not line['applicant_name']
    other = begin(people.officer, office)
    press(people.officer, 'fill', other)
    assert {missing, extra} <= lines(people.officer, other).dossiers
    press(people.officer, 'cancel', other)


def test_scanning(people, office):
    first, second = receive(people, office, 2)
    codes = [
        d['code'] for d in people.officer.read(
            'tthcc.dossier', [first, second], ['code'])]
    id = begin(people.officer, office)
    # The giver adds by scanning, the address of a QR code too
    assert codes[0] in scan(
        people.officer, id, f' https://motcua.example.vn/hs/{codes[0]}/ ')
    assert lines(people.officer, id).rows[0]['ticked']
    again = scan(people.officer, id, codes[0])
    assert codes[0] in again
    assert len(lines(people.officer, id).rows) == 1
    for text in ['khong-co', '', 'https://motcua.example.vn/', "'; --"]:
        scan(people.officer, id, text)
        assert len(lines(people.officer, id).rows) == 1
    assert 'khong-co' in scan(people.officer, id, 'khong-co')
    # A dossier of the land department does not go to that of justice
    other = begin(people.officer, office, department=office.land)
    answer = scan(people.officer, other, codes[1])
    assert codes[1] in answer
    assert not lines(people.officer, other).rows
    press(people.officer, 'cancel', id)
    press(people.officer, 'cancel', other)


def test_codes_of_another_centre_are_unknown(people, office, server):
    elsewhere = server.client('lc_officer', PASSWORD)
    theirs, = elsewhere.create('tthcc.dossier', office.elsewhere)
    elsewhere.model('tthcc.dossier', 'register', [theirs])
    code = dossier(elsewhere, theirs, 'code')['code']
    receive(people, office)
    id = begin(people.officer, office)
    scan(people.officer, id, code)
    assert not lines(people.officer, id).rows
    press(people.officer, 'fill', id)
    press(people.officer, 'tick_all', id)
    press(people.officer, 'give', id)
    scan(people.coordinator, id, code)
    assert theirs not in lines(people.officer, id).dossiers
    press(people.officer, 'cancel', id)


def test_a_dossier_is_in_one_round(people, office):
    ids = receive(people, office)
    code = dossier(people.officer, ids[0], 'code')['code']
    first = begin(people.officer, office)
    press(people.officer, 'fill', first)
    assert ids[0] in lines(people.officer, first).dossiers
    second = begin(people.officer, office)
    press(people.officer, 'fill', second)
    assert not lines(people.officer, second).rows
    assert code in scan(people.officer, second, code)
    assert not lines(people.officer, second).rows
    # Taken out of one it may go in the other
    people.officer.model(
        'tthcc.handover.line', 'delete',
        lines(people.officer, first, ids).ids)
    scan(people.officer, second, code)
    assert lines(people.officer, second).dossiers == set(ids)
    people.officer.model('tthcc.handover', 'delete', [first])
    press(people.officer, 'cancel', second)


def test_two_fill_at_once(people, office, server):
    ids = receive(people, office, 3)
    officers = [server.client(login, PASSWORD) for login in [
            'th_officer', 'th_other_officer']]
    rounds = [begin(officer, office) for officer in officers]
    with ThreadPoolExecutor(2) as executor:
        list(executor.map(
                lambda o, r: press(o, 'fill', r), officers, rounds))
    first, second = [lines(people.officer, r).dossiers for r in rounds]
    assert set(ids) <= first | second
    assert not first & second
    for id in rounds:
        press(people.officer, 'cancel', id)


def test_both_sides_sign_once(people, office, server):
    ids = receive(people, office)
    id = begin(people.officer, office)
    press(people.officer, 'fill', id)
    press(people.officer, 'tick_all', id)
    # Not the other side, nor who has no part in it
    for client in [
            people.coordinator, people.leader,
            server.client('th_land', PASSWORD),
            server.client('lc_officer', PASSWORD)]:
        for button in ['fill', 'tick_all', 'give', 'receive']:
            with pytest.raises(Refused):
                press(client, button, id)
    press(people.officer, 'give', id)
    with pytest.raises(Refused, match="th_officer"):
        press(people.officer, 'give', id)
    # The giver does not receive, nor a colleague or the director
    for client in [
            people.officer, people.director, people.leader,
            server.client('th_other_officer', PASSWORD),
            server.client('th_land', PASSWORD),
            server.client('lc_processor', PASSWORD)]:
        for button in ['tick_all', 'receive']:
            with pytest.raises(Refused):
                press(client, button, id)
    assert held_by(people.officer, ids)[0] == {None}
    press(people.coordinator, 'tick_all', id)
    press(people.coordinator, 'receive', id)
    with pytest.raises(Refused, match="th_processor"):
        press(people.coordinator, 'receive', id)
    for button in ['cancel', 'fill', 'tick_all']:
        with pytest.raises(Refused):
            press(people.coordinator, button, id)


def test_one_person_does_not_sign_for_both_sides(people, office, server):
    receive(people, office)
    both = server.client('th_both', PASSWORD)
    id = sign_away(both, office)
    press(people.coordinator, 'tick_all', id)
    with pytest.raises(Refused, match="th_both"):
        press(both, 'receive', id)
    press(people.coordinator, 'receive', id)


def test_nobody_signs_as_another(people, office):
    receive(people, office)
    id = begin(people.officer, office)
    press(people.officer, 'fill', id)
    press(people.officer, 'tick_all', id)
    people.officer.model(
        'tthcc.handover', 'give', [id],
        employee=office.employees['director'])
    assert round_(people.officer, id, 'given_by', 'moved_by') == {
        'id': id,
        'given_by': office.employees['officer'],
        'moved_by': office.employees['officer']}
    press(people.officer, 'cancel', id)


def test_two_sign_at_once(people, office, server):
    ids = receive(people, office, 2)
    id = sign_away(people.officer, office, only=ids)
    press(people.coordinator, 'tick_all', id)
    takers = [server.client('th_processor', PASSWORD) for _ in range(3)]

    def receive_(taker):
        try:
            return press(taker, 'receive', id)
        except Refused as refused:
            return refused.message
    with ThreadPoolExecutor(len(takers)) as executor:
        answers = list(executor.map(receive_, takers))
    assert sum(map(bool, answers)) == 2
    transfers = people.officer.search(
        'tthcc.dossier.transfer', [('dossier', 'in', ids)])
    assert len(transfers) == len(ids)


def test_empty_round(people, office):
    id = begin(people.officer, office)
    with pytest.raises(Refused, match="Lấy hồ sơ"):
        press(people.officer, 'give', id)
    press(people.officer, 'cancel', id)


def test_dossier_that_ended_meanwhile(people, office):
    first, second, third = receive(people, office, 3)
    id = begin(people.officer, office)
    press(people.officer, 'fill', id)
    press(people.officer, 'tick_all', id)
    withdraw(people, first)
    code = dossier(people.officer, first, 'code')['code']
    with pytest.raises(Refused, match=code):
        press(people.officer, 'give', id)
    press(people.officer, 'fill', id)
    assert first not in lines(people.officer, id).dossiers
    press(people.officer, 'give', id)

    # After the giver's signature the paper is on its way: it is received,
    # and comes back in the next round
    withdraw(people, second)
    press(people.coordinator, 'tick_all', id)
    press(people.coordinator, 'receive', id)
    assert held_by(people.officer, [second]) == (
        {office.department}, {office.employees['processor']}, {'withdrawn'})
    assert held_by(people.officer, [third])[2] == {'processing'}
    back = begin(people.coordinator, office, 'to_centre')
    press(people.coordinator, 'fill', back)
    assert second in lines(people.coordinator, back).dossiers
    assert third not in lines(people.coordinator, back).dossiers
    press(people.coordinator, 'cancel', back)


def withdraw(people, id):
    with people.officer.wizard(
            'tthcc.dossier.withdraw', 'tthcc.dossier', [id]) as wizard:
        wizard.values['reason'] = "Người dân rút hồ sơ"
        wizard.execute('decide')


def test_electronic_dossiers_pass_without_holder(people, office):
    id, = receive(people, office, **office.online)
    values = dossier(people.officer, id, 'electronic', 'holder', 'held_since')
    assert values == {
        'id': id, 'electronic': True, 'holder': '', 'held_since': None}
    there = sign_away(people.officer, office, only=[id])
    # There is nothing to tick
    press(people.coordinator, 'receive', there)
    assert held_by(people.officer, [id]) == ({None}, {None}, {'processing'})
    assert not people.officer.search(
        'tthcc.dossier.transfer', [('dossier', '=', id)])
    with clock.moved_to(clock.now() + dt.timedelta(days=9)):
        assert id not in unheld(people.officer)


def test_rounds_of_others_are_not_seen(people, office, server):
    receive(people, office)
    id = sign_away(people.officer, office)
    for login in ['th_land', 'lc_officer', 'lc_director', 'lc_processor']:
        client = server.client(login, PASSWORD)
        assert not client.search('tthcc.handover', [('id', '=', id)])
        assert not client.search(
            'tthcc.handover.line', [('handover', '=', id)])
        with pytest.raises(Refused):
            client.read('tthcc.handover', [id], ['state'])
        with pytest.raises(Refused):
            scan(client, id, 'khong-co')
        with pytest.raises(Refused):
            client.report('tthcc.handover.list', [id])
    press(people.officer, 'cancel', id)


def test_rounds_are_not_written_by_hand(people, office, server):
    ids = receive(people, office)
    id = sign_away(people.officer, office, only=ids)
    line, = lines(people.officer, id).ids
    coordinator = people.coordinator
    for client in [people.officer, coordinator, people.director]:
        for values in [
                {'state': 'received'}, {'number': 9}, {'direction':
                    'to_centre'}, {'given_by': None},
                {'received_by': office.employees['processor']}]:
            with pytest.raises(Refused):
                client.write('tthcc.handover', [id], values)
        with pytest.raises(Refused):
            client.create('tthcc.handover.line', {
                    'handover': id, 'dossier': ids[0]})
        with pytest.raises(Refused):
            client.model('tthcc.handover', 'delete', [id])
        with pytest.raises(Refused):
            client.model('tthcc.handover.line', 'delete', [line])
        with pytest.raises(Refused):
            client.write('tthcc.dossier', ids, {
                    'holder_department': office.department})
        with pytest.raises(Refused):
            client.create('tthcc.dossier.transfer', {
                    'dossier': ids[0], 'place': "Nhà", 'at': clock.now()})
    # Clients send some fields unchanged
    coordinator.write('tthcc.handover', [id], {
            'direction': 'to_department', 'centre': office.centre,
            'note': "Giao tại quầy"})
    # The giver has signed: only the taker ticks, and says what is true
    for write in [
            lambda: people.officer.write(
                'tthcc.handover.line', [line], {'ticked': True}),
            lambda: people.officer.write('tthcc.handover', [id], {
                    'lines': [('write', [line], {'ticked': True})]}),
            lambda: coordinator.write(
                'tthcc.handover.line', [line], {'discrepancy': 'extra'}),
            lambda: coordinator.write(
                'tthcc.handover.line', [line],
                {'discrepancy': 'missing', 'ticked': True}),
            lambda: coordinator.write(
                'tthcc.handover.line', [line], {'dossier': ids[0] + 1}),
            ]:
        with pytest.raises(Refused):
            write()
    with pytest.raises(Refused):
        begin(coordinator, office)
    with pytest.raises(Refused):
        begin(server.client('lc_officer', PASSWORD), office)
    press(people.officer, 'cancel', id)


def record_holder(client, id, **values):
    with client.wizard(
            'tthcc.dossier.change_holder', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update(values)
        wizard.execute('change')


def test_leader_records_the_holder_with_a_reason(people, office, server):
    ids = receive(people, office)
    id, = ids
    values = {
        'department': office.department,
        'employee': office.employees['processor'],
        'reason': "Phòng đã nhận trực tiếp",
        }
    for reason in [None, '', '   ']:
        with pytest.raises(Refused):
            record_holder(people.leader, id, **{**values, 'reason': reason})
    for client in [
            people.officer, people.coordinator, people.director,
            server.client('lc_leader', PASSWORD)]:
        with pytest.raises(Refused):
            record_holder(client, id, **values)
    with pytest.raises(Refused, match="th_officer"):
        # Who does not work there
        record_holder(people.leader, id, **{
                **values, 'employee': office.employees['officer']})
    round_id = sign_away(people.officer, office, only=ids)
    with pytest.raises(Refused):
        record_holder(people.leader, id, **values)
    press(people.officer, 'cancel', round_id)

    record_holder(people.leader, id, **values)
    assert held_by(people.officer, ids)[:2] == (
        {office.department}, {office.employees['processor']})
    transfer, = people.officer.search(
        'tthcc.dossier.transfer', [('dossier', '=', id)],
        ['giver', 'taker', 'ordered_by', 'reason', 'handover'])
    assert transfer == {
        'id': transfer['id'],
        'giver': office.employees['officer'],
        'taker': office.employees['processor'],
        'ordered_by': office.employees['leader'],
        'reason': "Phòng đã nhận trực tiếp",
        'handover': None,
        }


def unheld(client):
    return {
        d['id'] for d in client.search(
            'tthcc.dossier', [('unheld', '=', True)])}


def test_who_holds_the_paper_is_searched_for(people, office):
    with clock.moved_to(MONDAY):
        first, second = receive(people, office, 2)
        id = sign_away(people.officer, office, only=[first])
        assert not {first, second} & unheld(people.officer)
    with clock.moved_to(MONDAY + dt.timedelta(hours=25)):
        # Given a day ago, and nobody received it
        assert first in unheld(people.officer)
        assert second not in unheld(people.officer)
        assert first in unheld(people.coordinator)
        press(people.coordinator, 'tick_all', id)
        press(people.coordinator, 'receive', id)
        assert first not in unheld(people.officer)

    def found(text):
        return {
            d['id'] for d in people.officer.search(
                'tthcc.dossier', [('holder', 'ilike', f'%{text}%')])}
    assert first in found('th_processor')
    assert second in found('th_officer')
    assert second not in found('th_processor')


def test_holder_when_the_centre_closes(people, office, start, pool):
    ids = receive(people, office)
    id = sign_away(people.officer, office, only=ids)
    with start(0) as transaction:
        Centre = pool.get('tthcc.centre')
        Dossier = pool.get('tthcc.dossier')
        Handover = pool.get('tthcc.handover')
        successor, = Centre.search([('id', '!=', office.centre)])
        Centre(office.centre)._transfer_open_work(successor)
        assert Handover(id).state == 'cancelled'
        assert Dossier(ids[0]).holder_centre == successor
        assert not Dossier(ids[0]).handover
        transaction.rollback()
        transaction.tasks.clear()
    press(people.officer, 'cancel', id)
