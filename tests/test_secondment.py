# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Postings to a centre: who may do what with them, and what they give."""
import datetime as dt
import itertools
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond import backend
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests import tools
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.modules.tthcc_staffing.exceptions import SecondmentDecisionError
from trytond.transaction import Transaction

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)
TODAY = dt.date(2026, 11, 9)
DAY = dt.timedelta(days=1)
MODEL = 'tthcc.secondment'


@pytest.fixture(scope='module')
def office(database):
    with Transaction().start(database, 0):
        procedure = create_procedure()
        first = create_office('th_', "UBND huyện Thiệu Hóa", [procedure])
        other = create_office('lc_', "UBND huyện Lang Chánh", [procedure])
        health = tools.create_department(first.company, 'health')
        stand_in = tools.create_user(
            'th_stand_in', ['processor'], first.company,
            department=first.department)
        tools.create_user(
            'th_health', ['coordinator', 'processor'], first.company,
            department=health)
        return SimpleNamespace(
            company=first.company.id, centre=first.centre.id,
            counter=first.centre.counters[0].id,
            department=first.department.id,
            officer=first.users['officer'].employee.id,
            stand_in=stand_in.employee.id, elsewhere=other.centre.id,
            dossier=new_dossier(first, procedure))


@pytest.fixture
def people(server, office):
    "The sessions of the people of the first office, by role"
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in [
                'officer', 'processor', 'leader', 'director', 'stand_in',
                'health']})


@pytest.fixture
def sent(start, pool, server, office, numbers=itertools.count()):
    "Somebody of the department nobody has posted yet"
    login = f'th_sent_{next(numbers)}'
    with start(0):
        user = tools.create_user(
            login, ['processor'],
            pool.get('company.company')(office.company),
            department=pool.get('tthcc.department')(office.department))
        user.employee.field_since = dt.date(2015, 1, 1)
        user.employee.save()
        employee = user.employee.id
    client = server.client(login, PASSWORD)
    client.employee = employee
    return client


@pytest.fixture(autouse=True)
def monday():
    with clock.moved_to(MONDAY):
        yield


@pytest.fixture
def values(office, sent):
    "Return the values of a posting of twelve months that begins today"
    def values(**changes):
        return {
            'company': office.company,
            'employee': sent.employee,
            'department': office.department,
            'centre': office.centre,
            'counter': office.counter,
            'mode': 'full_time',
            'start_date': TODAY,
            'end_date': dt.date(2027, 11, 8),
            'substitutes': [('add', [office.stand_in])],
            'decision_number': "12/QĐ-UBND",
            'decision_date': TODAY,
            **changes,
            }
    return values


def press(client, button, id):
    return client.model(MODEL, button, [id])


def read(client, id, *names):
    return client.read(MODEL, [id], list(names))[0]


def state(client, id):
    return read(client, id, 'state')['state']


def decide(people, values):
    "Bring a posting to its decision with the people whose turn it is"
    id, = people.director.create(MODEL, values)
    press(people.director, 'request', id)
    press(people.processor, 'agree', id)
    press(people.leader, 'decide', id)
    return id


def follow(start, pool, at):
    with clock.moved_to(at), start(0):
        pool.get(MODEL).follow()


def receive(client, office):
    "Register a dossier as whoever is at the counter"
    id, = client.create('tthcc.dossier', office.dossier)
    client.model('tthcc.dossier', 'register', [id])
    return id


def test_request_decision_and_end(people, values):
    id = decide(people, values())
    press(people.director, 'start', id)
    assert state(people.leader, id) == 'active'
    with pytest.raises(Refused, match="08/11/2027"):
        press(people.director, 'end', id)
    with clock.moved_to(MONDAY + 365 * DAY):
        press(people.director, 'end', id)
    assert state(people.leader, id) == 'ended'


def test_each_button_has_its_people(people, sent, values):
    id, = people.director.create(MODEL, values())
    for client in [people.officer, sent, people.processor]:
        with pytest.raises(Refused):
            press(client, 'request', id)
    press(people.director, 'request', id)
    for client in [people.director, sent, people.officer, people.health]:
        with pytest.raises(Refused):
            press(client, 'agree', id)
    press(people.processor, 'agree', id)
    for client in [people.director, people.processor, sent]:
        with pytest.raises(Refused):
            press(client, 'decide', id)
    assert state(people.leader, id) == 'agreed'


def test_decision_needs_number_and_date(people, values):
    id, = people.director.create(MODEL, values(decision_number=None))
    press(people.director, 'request', id)
    press(people.processor, 'agree', id)
    with pytest.raises(Refused, match="quyết định"):
        press(people.leader, 'decide', id)
    people.leader.write(MODEL, [id], {'decision_number': "9/QĐ-UBND"})
    press(people.leader, 'decide', id)
    for changes in [{'end_date': TODAY}, {'mode': 'on_call'}]:
        with pytest.raises(Refused, match="nút lệnh"):
            people.leader.write(MODEL, [id], changes)
    with pytest.raises(Refused, match="nút lệnh"):
        people.leader.model(MODEL, 'delete', [id])
    with pytest.raises(Refused, match="nút lệnh"):
        people.director.create('tthcc.secondment.slot', {
                'secondment': id, 'weekday': '0', 'half': 'morning'})


def test_states_are_only_for_buttons(people, sent, values):
    with pytest.raises(Refused, match="nút lệnh"):
        people.director.create(MODEL, values(state='active'))
    id, = people.director.create(MODEL, values())
    with pytest.raises(Refused, match="nút lệnh"):
        people.director.write(MODEL, [id], {'state': 'active'})
    with pytest.raises(Refused):
        sent.create(MODEL, values())
    with pytest.raises(Refused):
        sent.write(MODEL, [id], {'note': "Tôi"})


def test_who_sees_a_posting(people, office, server, sent, values):
    id, = people.director.create(MODEL, values())

    def sees(client):
        return id in [r['id'] for r in client.search(MODEL, [], ['id'])]
    for client in [
            sent, people.processor, people.director, people.leader]:
        assert sees(client)
    for client in [people.officer, people.health, people.stand_in]:
        assert not sees(client)
    for role in ['director', 'leader', 'processor']:
        other = server.client(f'lc_{role}', PASSWORD)
        assert not sees(other)
        with pytest.raises(Refused):
            other.read(MODEL, [id], ['employee'])
        with pytest.raises(Refused):
            press(other, 'request', id)


@pytest.mark.parametrize('mode', ['weekdays', 'seasonal'])
def test_mode_without_its_times(people, values, mode):
    with pytest.raises(Refused, match="buổi trực"):
        people.director.create(MODEL, values(mode=mode))


@pytest.mark.parametrize('since, end, message', [
        (None, dt.date(2027, 11, 8), "Chưa rõ"),
        (dt.date(2023, 11, 10), dt.date(2027, 11, 8), "3 năm"),
        (dt.date(2023, 11, 9), dt.date(2027, 11, 8), None),
        (dt.date(2010, 1, 1), dt.date(2027, 5, 7), "6 tháng"),
        (dt.date(2010, 1, 1), dt.date(2027, 5, 8), None),
        (dt.date(2010, 1, 1), dt.date(2028, 11, 8), None),
        (dt.date(2010, 1, 1), dt.date(2028, 11, 9), "24 tháng"),
        ])
def test_law_of_2018(people, start, pool, sent, values, since, end, message):
    with start(0):
        employee = pool.get('company.employee')(sent.employee)
        employee.field_since = since
        employee.save()
    id, = people.director.create(MODEL, values(end_date=end))
    if message:
        assert message in read(people.director, id, 'breaches')['breaches']
        with pytest.raises(Refused, match="trái quy định") as refused:
            press(people.director, 'request', id)
        assert message in refused.value.description
    else:
        press(people.director, 'request', id)


def test_law_is_data_of_the_regime_of_the_day(
        people, start, pool, office, values):
    with start(0) as transaction:
        Centre = pool.get('tthcc.centre')
        regime = pool.get('ir.model.data').get_id('tthcc', 'regime_2025')
        Centre.write([Centre(office.centre)], {'regimes': [('create', [{
                            'start_date': TODAY, 'regime': regime,
                            'unit_id': 'H56.1'}])]})
        try:
            Secondment = pool.get(MODEL)
            secondment, = Secondment.create([
                    values(end_date=dt.date(2027, 11, 7))])
            assert [r.minimum for r, _ in secondment.broken()] == [12]
            secondment.start_date -= DAY
            assert not list(secondment.broken())
        finally:
            transaction.rollback()


def test_warning_lets_go_on(people, values):
    id, = people.director.create(MODEL, values(substitutes=None))
    with pytest.raises(Refused, match="Vẫn tiếp tục") as warning:
        press(people.director, 'request', id)
    people.director.accept(warning.value)
    press(people.director, 'request', id)
    assert state(people.director, id) == 'requested'


def test_nobody_is_at_two_places_at_once(people, values):
    mornings = [('create', [{'weekday': '0', 'half': 'morning'}])]
    first, = people.director.create(
        MODEL, values(mode='weekdays', slots=mornings))
    press(people.director, 'request', first)
    second, = people.director.create(MODEL, values())
    with pytest.raises(Refused) as refused:
        press(people.director, 'request', second)
    assert "trong cùng thời gian" in refused.value.description
    afternoons = [('create', [{'weekday': '0', 'half': 'afternoon'}])]
    third, = people.director.create(
        MODEL, values(mode='weekdays', slots=afternoons))
    press(people.director, 'request', third)


def test_a_recalled_posting_counts_to_its_last_day(people, values):
    id = decide(people, values())
    press(people.director, 'start', id)
    last = TODAY + 7 * DAY
    with people.director.wizard(
            'tthcc.secondment.recall', MODEL, [id]) as wizard:
        wizard.values.update(date=last, reason="Phòng thiếu người")
        wizard.execute('recall')
    too_early, = people.director.create(MODEL, values(start_date=last))
    with pytest.raises(Refused) as refused:
        press(people.director, 'request', too_early)
    assert "trong cùng thời gian" in refused.value.description
    after, = people.director.create(MODEL, values(start_date=last + DAY))
    press(people.director, 'request', after)


def test_two_postings_of_one_person_at_once(
        people, start, pool, values):
    first, = people.director.create(MODEL, values())
    second, = people.director.create(MODEL, values())
    if backend.name == 'sqlite':
        # One writes after the other
        press(people.director, 'request', first)
        with pytest.raises(Refused):
            press(people.director, 'request', second)
        return
    Secondment = pool.get(MODEL)
    with start(0) as later:
        posting = Secondment(second)
        assert posting.state == 'draft'
        press(people.director, 'request', first)
        # It does not see the first one, so it must be tried again
        with pytest.raises(backend.DatabaseOperationalError):
            Secondment.request([posting])
        later.rollback()


def test_nobody_on_leave_is_posted(people, office, sent, values):
    leave, = sent.create('tthcc.leave', {
            'company': office.company, 'employee': sent.employee,
            'kind': 'maternity', 'start_date': TODAY - DAY,
            'end_date': TODAY + DAY})
    sent.model('tthcc.leave', 'ask', [leave])
    id, = people.director.create(MODEL, values())
    press(people.director, 'request', id)
    people.processor.model('tthcc.leave', 'approve', [leave])
    press(people.processor, 'agree', id)
    # Approved after the request, and before the decision
    with pytest.raises(Refused, match="trái quy định") as refused:
        press(people.leader, 'decide', id)
    assert "đang nghỉ" in refused.value.description
    sent.model('tthcc.leave', 'cancel', [leave])
    press(people.leader, 'decide', id)


def test_access_begins_and_ends_with_the_posting(
        people, office, start, pool, sent, values):
    id = decide(people, values(start_date=TODAY + DAY))
    with pytest.raises(Refused):
        receive(sent, office)
    with pytest.raises(Refused, match="10/11/2026"):
        press(people.director, 'start', id)
    follow(start, pool, MONDAY + DAY)
    assert state(people.leader, id) == 'active'
    with clock.moved_to(MONDAY + DAY):
        dossier = receive(sent, office)
        sent.model('tthcc.dossier', 'pass_on', [dossier])
    last = dt.datetime(2027, 11, 8, 1)
    with clock.moved_to(last):
        receive(sent, office)
    # Though nobody has pressed anything
    with clock.moved_to(last + DAY):
        with pytest.raises(Refused):
            receive(sent, office)
    assert state(people.leader, id) == 'active'
    follow(start, pool, last + DAY)
    assert state(people.leader, id) == 'ended'


def test_recall_hands_open_dossiers_over(
        people, office, sent, values):
    id = decide(people, values())
    press(people.director, 'start', id)
    dossier = receive(sent, office)

    def recall(successor):
        with people.director.wizard(
                'tthcc.secondment.recall', MODEL, [id]) as wizard:
            wizard.values.update(
                date=TODAY, reason="Phòng thiếu người",
                successor=successor)
            wizard.execute('recall')
    with pytest.raises(Refused, match="không làm việc tại"):
        recall(office.stand_in)
    assert state(people.leader, id) == 'active'
    recall(office.officer)
    recalled = read(
        people.leader, id, 'state', 'end_date', 'decided_end')
    assert recalled['state'] == 'recalled'
    assert recalled['end_date'] == TODAY
    assert recalled['decided_end'] == dt.date(2027, 11, 8)
    row, = people.director.read('tthcc.dossier', [dossier], ['employee'])
    assert row['employee'] == office.officer
    with clock.moved_to(MONDAY + DAY), pytest.raises(Refused):
        receive(sent, office)
    for client in [sent, people.processor]:
        with pytest.raises(Refused):
            with client.wizard(
                    'tthcc.secondment.recall', MODEL, [id]) as wizard:
                wizard.execute('recall')


def test_an_ending_is_settled_once(people, office, start, pool, sent, values):
    Employee, User = pool.get('company.employee'), pool.get('res.user')
    id = decide(people, values())
    press(people.director, 'start', id)
    with people.director.wizard(
            'tthcc.secondment.recall', MODEL, [id]) as wizard:
        wizard.values.update(date=TODAY, reason="Về làm giám đốc")
        wizard.execute('recall')
    with start(0):
        assert not Employee(sent.employee).centre
        Employee.write([Employee(sent.employee)], {'centre': office.centre})
    follow(start, pool, MONDAY + DAY)
    with clock.moved_to(MONDAY + DAY), start(sent.user):
        assert User.get_workplace()[0] == (office.centre,)
    with start(0):
        assert Employee(sent.employee).centre.id == office.centre


def test_a_decision_is_withdrawn(people, start, pool, sent, values):
    id = decide(people, values(start_date=TODAY + DAY))
    for client in [people.director, people.processor, sent]:
        with pytest.raises(Refused):
            press(client, 'withdraw', id)
    press(people.leader, 'withdraw', id)
    follow(start, pool, MONDAY + DAY)
    assert read(people.leader, id, 'state', 'decision_number') == {
        'id': id, 'state': 'draft', 'decision_number': None}
    people.director.write(MODEL, [id], {'start_date': TODAY + 2 * DAY})


def test_one_bad_posting_stops_no_other(
        people, start, pool, values, monkeypatch):
    Secondment = pool.get(MODEL)
    with start(0):
        good, bad = [
            s.id for s in Secondment.create([values(state='decided')] * 2)]
    arrive = Secondment._arrive

    def arrive_badly(secondments):
        arrive(secondments)
        if bad in map(int, secondments):
            Secondment.write(secondments, {'note': "Dở dang"})
            raise SecondmentDecisionError("Không nhận được")
    monkeypatch.setattr(Secondment, '_arrive', arrive_badly)
    follow(start, pool, MONDAY)
    assert state(people.leader, good) == 'active'
    assert read(people.leader, bad, 'state', 'note') == {
        'id': bad, 'state': 'decided', 'note': None}
    # Of no concern to others
    with start(0):
        Secondment.write(Secondment.browse([bad]), {'state': 'draft'})


def test_extension_by_decision(people, values):
    id = decide(people, values())
    press(people.director, 'start', id)

    def extend(client, date):
        with client.wizard(
                'tthcc.secondment.extend', MODEL, [id]) as wizard:
            wizard.values.update(date=date, decision_number="20/QĐ-UBND")
            wizard.execute('extend')
    for date, message in [
            (dt.date(2027, 11, 8), "08/11/2027"),
            (dt.date(2028, 11, 9), "trái quy định")]:
        with pytest.raises(Refused, match=message):
            extend(people.leader, date)
    with pytest.raises(Refused):
        extend(people.director, dt.date(2028, 6, 30))
    extend(people.leader, dt.date(2028, 6, 30))
    posting = read(people.leader, id, 'end_date', 'extensions')
    assert posting['end_date'] == dt.date(2028, 6, 30)
    assert len(posting['extensions']) == 1


def test_substitute_takes_over_during_leave(
        people, office, sent, values):
    id = decide(people, values())
    press(people.director, 'start', id)
    dossier = receive(sent, office)
    with pytest.raises(Refused):
        receive(people.stand_in, office)
    leave, = sent.create('tthcc.leave', {
            'company': office.company, 'employee': sent.employee,
            'kind': 'sick', 'start_date': TODAY,
            'end_date': TODAY + 2 * DAY})
    sent.model('tthcc.leave', 'ask', [leave])
    with pytest.raises(Refused):
        sent.model('tthcc.leave', 'approve', [leave])
    people.director.model('tthcc.leave', 'approve', [leave])
    with pytest.raises(Refused, match="người nghỉ"):
        people.stand_in.model('tthcc.leave', 'cancel', [leave])
    people.stand_in.model('tthcc.leave', 'take_over', [leave])
    row, = people.stand_in.read('tthcc.dossier', [dossier], ['employee'])
    assert row['employee'] == office.stand_in
    people.stand_in.model('tthcc.dossier', 'pass_on', [dossier])
    with clock.moved_to(MONDAY + 3 * DAY):
        with pytest.raises(Refused):
            receive(people.stand_in, office)
        with pytest.raises(Refused, match="không phải cho hôm nay"):
            people.stand_in.model('tthcc.leave', 'take_over', [leave])


def test_nobody_makes_leave_for_others(people, office, sent, server):
    values = {
        'company': office.company, 'employee': office.officer,
        'kind': 'annual', 'start_date': TODAY, 'end_date': TODAY,
        'substitute': sent.employee}
    with pytest.raises(Refused):
        sent.create('tthcc.leave', values)
    with pytest.raises(Refused):
        sent.create('tthcc.leave', {
                **values, 'employee': sent.employee, 'substitute': None,
                'state': 'approved'})
    leave, = people.officer.create('tthcc.leave', values)
    people.officer.model('tthcc.leave', 'ask', [leave])
    with pytest.raises(Refused):
        sent.write('tthcc.leave', [leave], {'substitute': None})
    assert not server.client('lc_director', PASSWORD).search(
        'tthcc.leave', [('id', '=', leave)])
    with pytest.raises(Refused):
        server.client('lc_director', PASSWORD).model(
            'tthcc.leave', 'approve', [leave])
