# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Legs: what they were promised, what they took, and who made it late."""
import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests import tools
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.lateness import attribute
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture(scope='module')
def office(database):
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        first = create_office('th_', "UBND huyện Thiệu Hóa", [procedure])
        other = create_office('lc_', "UBND huyện Lang Chánh", [procedure])
        second = tools.create_department(first.company, 'health')
        third = tools.create_department(first.company, 'land')
        for login, department in [('second', second), ('third', third)]:
            tools.create_user(
                f'th_{login}', ['processor'], first.company,
                department=department)
        return SimpleNamespace(
            values=new_dossier(first, procedure),
            procedure=procedure.id, company=first.company.id,
            centre=first.centre.id, department=first.department.id,
            second=second.id, third=third.id, elsewhere=other.department.id,
            other_centre=other.centre.id)


@pytest.fixture
def people(server, office):
    "The sessions of the people of the first office, by role"
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in ['officer', 'processor', 'leader', 'director']})


def press(client, button, id, at=None):
    with clock.moved_to(at or clock.now()):
        return client.model('tthcc.dossier', button, [id])


def read(client, id, *fields):
    return client.read('tthcc.dossier', [id], list(fields))[0]


def legs(client, id, *fields):
    return client.search(
        'tthcc.dossier.step', [('dossier', '=', id)], ['name', *fields])


def register(people, office, at=MONDAY):
    with clock.moved_to(at):
        id, = people.officer.create('tthcc.dossier', office.values)
    press(people.officer, 'register', id, at)
    return id


@given(
    st.integers(0, 10**7),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_parts_make_the_whole(lateness, excesses):
    lateness = dt.timedelta(seconds=lateness)
    excesses = [dt.timedelta(seconds=e) for e in excesses]
    parts = attribute(lateness, excesses)
    if any(excesses):
        assert sum(parts, dt.timedelta()) == lateness
    for part, excess in zip(parts, excesses):
        assert part >= dt.timedelta()
        if not excess:
            assert not part


def test_lateness_belongs_to_who_took_too_long(people, office):
    "40 h from Monday 08:00: the department has 24 h and some, and takes 49"
    id = register(people, office)
    press(people.officer, 'pass_on', id, MONDAY + HOUR)
    # Due on Monday 16 at 17:00; the department ends on Wednesday 18 at 09:00
    press(people.processor, 'complete_step', id, MONDAY + 9 * DAY + HOUR)
    press(people.leader, 'resolve', id, MONDAY + 9 * DAY + 3 * HOUR)

    dossier = read(
        people.leader, id, 'class_', 'lateness', 'lateness_text', 'due')
    assert dossier['class_'] == 'late'
    assert dossier['due'] == MONDAY + 7 * DAY + 9 * HOUR
    # Tuesday, and Wednesday from 07:00 to 11:00
    assert dossier['lateness'] == 12 * HOUR
    assert "12 giờ 00 phút" in dossier['lateness_text']
    assert "Thẩm định" in dossier['lateness_text']
    assert "Ký duyệt" not in dossier['lateness_text']
    reception, appraisal, approval, return_ = legs(
        people.leader, id, 'promised', 'worked', 'overrun', 'lateness',
        'bar')
    assert reception['worked'] == HOUR < reception['promised']
    assert appraisal['overrun'] == (
        appraisal['worked'] - appraisal['promised']) > 12 * HOUR
    assert appraisal['lateness'] == 12 * HOUR
    assert '█' in appraisal['bar']
    for leg in [reception, approval, return_]:
        assert not leg['overrun'] and not leg['lateness']
    # The citizen lets the result lie: nobody's lateness
    press(people.officer, 'return_', id, MONDAY + 60 * DAY)
    *_, return_ = legs(people.officer, id, 'overrun', 'lateness', 'worked')
    assert return_['worked'] > 40 * HOUR
    assert not return_['overrun'] and not return_['lateness']
    assert read(people.officer, id, 'lateness')['lateness'] == 12 * HOUR


def late_by_department(people, office, at=MONDAY):
    id = register(people, office, at)
    press(people.officer, 'pass_on', id, at + HOUR)
    press(people.processor, 'complete_step', id, at + 9 * DAY + HOUR)
    press(people.leader, 'resolve', id, at + 9 * DAY + 3 * HOUR)
    return id


def test_where_time_is_lost(people, office, server):
    id = late_by_department(people, office, MONDAY + 28 * DAY)
    appraisal = legs(people.leader, id, 'overrun')[1]
    period = {
        'start_date': dt.date(2026, 12, 1), 'end_date': dt.date(2026, 12, 31)}
    names = {}
    for by in ['work', 'procedure', 'department', 'centre', 'month']:
        row, = people.leader.search(
            'tthcc.dossier.lost_time', [], [
                'what', 'legs', 'overrun', 'late', 'lateness',
                'lateness_hours'], by=by, **period)
        assert row['legs'] == row['late'] == 1
        assert row['overrun'] == appraisal['overrun']
        assert row['lateness'] == 12 * HOUR
        assert row['lateness_hours'] == 12
        names[by] = row['what']
        with people.leader.wizard(
                'tthcc.dossier.lost_time.open', 'tthcc.dossier.lost_time',
                [row['id']], by=by, **period) as wizard:
            (action, _), = wizard.actions
        assert people.leader.search(
            'tthcc.dossier.step',
            PYSONDecoder().decode(action['pyson_domain'])
            ) == [{'id': appraisal['id']}]
    assert names['work'] == "Thẩm định"
    assert names['month'] == '12/2026'
    assert "Thiệu Hóa" in names['department']

    # Neither another committee nor a processor sees it
    other = server.client('lc_leader', PASSWORD)
    assert not other.search(
        'tthcc.dossier.lost_time', [], by='work', **period)
    with pytest.raises(Refused):
        people.processor.search('tthcc.dossier.lost_time', [])


def count(client, **domain):
    return client.model('tthcc.dossier', 'search_count', [
            (name, '=', value) for name, value in domain.items()])


QUEUES = {
    'to hand over': [('state', '=', 'received')],
    'to appraise': [
        ('here', '=', True), ('role', '=', 'processor'),
        ('state', '=', 'processing')],
    'to sign': [
        ('here', '=', True), ('role', '=', 'leader'),
        ('state', '=', 'processing')],
    'ready': [('state', '=', 'resolved')],
    'uncollected': [('uncollected', '=', True)],
    }


def test_queues(people, office, server):
    "A dossier is in the queue of whose turn it is"
    at = MONDAY + 56 * DAY

    def queues(client, moment):
        with clock.moved_to(moment):
            return {
                name for name, domain in QUEUES.items()
                if client.search(
                    'tthcc.dossier', [('id', '=', id), *domain])}
    id = register(people, office, at)
    assert queues(people.officer, at) == {'to hand over'}
    press(people.officer, 'pass_on', id, at)
    assert queues(people.processor, at) == {'to appraise'}
    assert not queues(people.officer, at)
    press(people.processor, 'complete_step', id, at)
    assert queues(people.leader, at) == {'to sign'}
    assert not queues(people.processor, at)
    press(people.leader, 'resolve', id, at)
    assert queues(people.officer, at) == {'ready'}
    assert queues(people.officer, at + 8 * DAY) == {'ready', 'uncollected'}
    other = server.client('lc_officer', PASSWORD)
    assert not queues(other, at + 8 * DAY)


def told(client):
    return client.search(
        'res.notification', [('user', '=', client.user)],
        ['label', 'description'])


def test_warned_once_before_and_once_after(people, office, start, pool):
    at = MONDAY + 63 * DAY
    id = register(people, office, at)
    press(people.officer, 'pass_on', id, at)
    leg = legs(people.leader, id, 'due')[1]
    code = read(people.leader, id, 'code')['code']

    def warn(moment):
        with clock.moved_to(moment), start(0):
            pool.get('tthcc.dossier.step').warn()
        return [
            sum(code in n['description'] for n in told(client))
            for client in [people.processor, people.leader]]
    # Nobody coordinates or heads the department: leaders are warned instead
    assert warn(leg['due'] - 3 * DAY) == [0, 0]
    assert warn(leg['due'] - 2 * HOUR) == [0, 1]
    assert warn(leg['due'] - HOUR) == [0, 1]
    assert warn(leg['due'] + HOUR) == [0, 2]
    assert warn(leg['due'] + 2 * HOUR) == [0, 2]
    assert "quá hạn" in told(people.leader)[0]['label']


def test_reassign(people, office, server, start, pool):
    at = MONDAY + 70 * DAY
    ids = [register(people, office, at) for _ in range(2)]
    for id in ids:
        press(people.officer, 'pass_on', id, at)
    employee = people.processor.context['employee']

    def reassign(client, employee):
        with client.wizard(
                'tthcc.dossier.reassign', 'tthcc.dossier', ids) as wizard:
            wizard.values.update(employee=employee, reason="Nghỉ phép")
            wizard.execute('reassign')
    with pytest.raises(Refused):
        reassign(people.officer, employee)
    with pytest.raises(Refused):
        reassign(people.director, employee)
    with pytest.raises(Refused, match="không làm việc"):
        reassign(people.leader, people.officer.context['employee'])
    reassign(people.leader, employee)
    for id in ids:
        assert read(people.leader, id, 'employee')['employee'] == employee
        assert legs(people.leader, id, 'employee')[1]['employee'] == employee
        row, = people.leader.search(
            'tthcc.dossier.assignment', [('dossier', '=', id)],
            ['new', 'reason', 'by', 'old'])
        assert row['new'] == 'th_processor' and row['by'] == 'th_leader'
        assert row['reason'] == "Nghỉ phép" and not row['old']
    assert "2" in told(people.processor)[0]['label']
    with pytest.raises(Refused):
        people.leader.model('tthcc.dossier.assignment', 'delete', [row['id']])
    other = server.client('lc_leader', PASSWORD)
    with pytest.raises(Refused):
        reassign(other, employee)


def test_substitute(people, office, server, start, pool):
    "The director signs for an absent leader's department, dated"
    at = MONDAY + 77 * DAY
    id = register(people, office, at)
    press(people.officer, 'pass_on', id, at)
    with pytest.raises(Refused, match="Thẩm định"):
        press(people.director, 'resolve', id, at)
    values = {
        'company': office.company,
        'employee': people.processor.context['employee'],
        'substitute': people.director.context['employee'],
        'start_date': dt.date(2027, 1, 26), 'end_date': dt.date(2027, 1, 27)}
    with pytest.raises(Refused):
        people.processor.create('tthcc.substitute', values)
    people.leader.create('tthcc.substitute', values)

    def mine(moment):
        with clock.moved_to(moment):
            return bool(people.director.search(
                    'tthcc.dossier', [('id', '=', id), ('mine', '=', True)]))
    assert [mine(at + n * DAY) for n in range(4)] == [
        False, True, True, False]
    other = server.client('lc_leader', PASSWORD)
    assert not other.search('tthcc.substitute', [])
    with pytest.raises(Refused):
        other.create('tthcc.substitute', values)
    # What belongs to the role of who is absent, and no more
    with pytest.raises(Refused, match="Ký duyệt"):
        press(people.director, 'resolve', id, at + DAY)
    leader = server.client('lc_director', PASSWORD)
    with pytest.raises(Refused):
        press(leader, 'resolve', id, at + DAY)


def ask(client, id, **values):
    with client.wizard('tthcc.dossier.ask', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update({'question': "Xác nhận nơi cư trú", **values})
        wizard.execute('ask')


def decide_step(client, name, id, **values):
    with client.wizard(
            f'tthcc.dossier.step.{name}', 'tthcc.dossier.step', [id]) as w:
        w.values.update(values)
        w.execute(name)


def test_coordination(people, office, server):
    """Three are asked side by side: one of the committee, one elsewhere, and
    the centre of another committee, which does not answer."""
    at = MONDAY + 84 * DAY
    id = register(people, office, at)
    press(people.officer, 'pass_on', id, at)
    elsewhere = people.processor.model(
        'tthcc.dossier.ask.start', 'get_elsewhere')
    assert any("Lang Chánh" in name for _, name in elsewhere)
    day = (at + 2 * DAY).date()
    with clock.moved_to(at):
        with pytest.raises(Refused, match="Chưa chọn"):
            ask(people.processor, id, day=day)
        with pytest.raises(Refused):
            ask(people.officer, id, day=day, departments=[office.second])
        ask(people.processor, id, day=day, departments=[office.second],
            elsewhere=[
                f'department,{office.elsewhere}',
                f'centre,{office.other_centre}'])
    requests = people.leader.search(
        'tthcc.dossier.step', [('dossier', '=', id), ('parent', '!=', None)],
        ['place', 'started_at', 'ended_at', 'due'])
    assert len(requests) == 3
    assert all(r['started_at'] == at and not r['ended_at'] for r in requests)
    # Who has the dossier does not change, and it is one dossier
    assert read(people.leader, id, 'department')['department'] == (
        office.department)
    with pytest.raises(Refused, match="Lang Chánh"):
        press(people.processor, 'complete_step', id, at)

    mine, other, centre = sorted(r['id'] for r in requests)
    second = server.client('th_second', PASSWORD)
    stranger = server.client('lc_processor', PASSWORD)
    officer = server.client('lc_officer', PASSWORD)

    def asked_of(client):
        return [s['id'] for s in client.search(
                'tthcc.dossier.step',
                [('asked_of_us', '=', True), ('ended_at', '=', None)])]
    assert asked_of(second) == [mine]
    assert asked_of(stranger) == [other]
    assert asked_of(officer) == [centre]
    assert second.search('tthcc.dossier', [('id', '=', id)])
    with pytest.raises(Refused):
        second.write('tthcc.dossier.step', [mine], {'assisting': None})
    # Elsewhere they see what they are asked, not the dossier and its people
    step, = stranger.search(
        'tthcc.dossier.step', [('id', '=', other)],
        ['code', 'procedure_name', 'question', 'place', 'papers_text'])
    assert step['question'] == "Xác nhận nơi cư trú"
    assert step['code'] and "Tờ khai" in step['papers_text']
    assert not stranger.search('tthcc.dossier', [('id', '=', id)])
    assert not stranger.search(
        'tthcc.dossier.applicant', [('dossier', '=', id)])
    assert not stranger.search('tthcc.dossier.step', [('id', '=', mine)])

    with clock.moved_to(at + DAY):
        with pytest.raises(Refused):
            decide_step(stranger, 'reply', mine, answer="Không")
        decide_step(stranger, 'reply', other, answer="Có cư trú")
        with pytest.raises(Refused):
            decide_step(stranger, 'reply', other, answer="Nhầm")
    with clock.moved_to(at + 3 * DAY):
        decide_step(second, 'reply', mine, answer="Đồng ý")
        with pytest.raises(Refused):
            decide_step(people.processor, 'waive', centre, reason="Gấp")
        with pytest.raises(Refused):
            decide_step(
                server.client('lc_leader', PASSWORD), 'waive', centre,
                reason="Gấp")
        decide_step(people.leader, 'waive', centre, reason="Gấp")
    press(people.processor, 'complete_step', id, at + 3 * DAY)
    steps = legs(people.leader, id, 'overrun', 'answer', 'waiver', 'parent')
    by_id = {s['id']: s for s in steps}
    assert by_id[other]['answer'] == "Có cư trú"
    assert not by_id[other]['overrun']
    # Asked for by Wednesday, answered on Thursday at 08:00
    assert by_id[mine]['overrun'] == HOUR
    assert by_id[centre]['waiver'] == "Gấp"
    press(people.leader, 'resolve', id, at + 4 * DAY)
    assert read(people.leader, id, 'class_')['class_'] == 'early'


def test_nobody_chooses_who_sees_a_draft(people, office):
    for name in ['lead_department', 'assisting_department']:
        with pytest.raises(Refused):
            people.officer.create(
                'tthcc.dossier', {**office.values, name: office.second})
        id, = people.officer.create('tthcc.dossier', office.values)
        with pytest.raises(Refused):
            people.officer.write(
                'tthcc.dossier', [id], {name: office.second})


def test_assisting_departments_of_a_database_of_before(
        people, office, server, database):
    from trytond.transaction import Transaction
    at = MONDAY + 98 * DAY
    id = register(people, office, at)
    press(people.officer, 'pass_on', id, at)
    with clock.moved_to(at):
        ask(people.processor, id, day=(at + 2 * DAY).date(),
            departments=[office.second, office.third],
            elsewhere=[f'department,{office.elsewhere}'])
    for login in ['th_processor', 'th_second', 'th_third']:
        assert server.client(login, PASSWORD).search(
            'tthcc.dossier', [('id', '=', id)])
    with Transaction().start(database, 0) as transaction:
        Step = Pool().get('tthcc.dossier.step')
        t = Step.__table__()
        d = Pool().get('tthcc.dossier').__table__()
        cursor = transaction.connection.cursor()

        def assisting():
            cursor.execute(*t.select(t.id, t.assisting, order_by=[t.id]))
            legs = cursor.fetchall()
            cursor.execute(
                *d.select(d.id, d.assisting_department, order_by=[d.id]))
            return legs, cursor.fetchall()
        before = assisting()
        for departments, rows in zip([office.third, office.second], before):
            assert departments in {a for _, a in rows}
        cursor.execute(*t.update([t.assisting], [None]))
        cursor.execute(*d.update([d.assisting_department], [None]))
        Step._fill_assisting()
        assert assisting() == before
        transaction.rollback()


def test_departments_are_those_of_the_legs(people, office, database):
    "Of every dossier of this module, whatever became of it"
    from trytond.transaction import Transaction
    at = MONDAY + 105 * DAY
    id = register(people, office, at)
    press(people.officer, 'pass_on', id, at)
    for departments in [
            [office.third], [office.second], [office.third, office.second],
            [office.department]]:
        with clock.moved_to(at):
            ask(people.processor, id, day=(at + 2 * DAY).date(),
                departments=departments)
    with Transaction().start(database, 0):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        dossier = Dossier(id)
        assert dossier.lead_department.id == office.department
        assert dossier.assisting_department.id == office.third
        Dossier.hand_over([dossier], pool.get('tthcc.centre')(
                office.other_centre))
        # The leg under way, and with it who resolves, has gone over
        assert dossier.lead_department.id == office.elsewhere
        for dossier in Dossier.search([]):
            named = [dossier.lead_department, dossier.assisting_department]
            further = {s.assisting for s in dossier.steps}
            assert {s.department for s in dossier.steps} - {None} == (
                {*named, *further} - {None})
            assert not further - {None} & set(named)


def test_who_was_asked_has_its_part_of_the_lateness(people, office, server):
    at = MONDAY + 112 * DAY
    id = register(people, office, at)
    press(people.officer, 'pass_on', id, at + HOUR)
    with clock.moved_to(at + HOUR):
        ask(people.processor, id, day=(at + 4 * DAY).date(),
            departments=[office.second])
    request, = people.leader.search(
        'tthcc.dossier.step', [('dossier', '=', id), ('parent', '!=', None)])
    with clock.moved_to(at + 7 * DAY + 3 * HOUR):
        decide_step(
            server.client('th_second', PASSWORD), 'reply', request['id'],
            answer="Đồng ý")
    press(people.processor, 'complete_step', id, at + 9 * DAY + HOUR)
    press(people.leader, 'resolve', id, at + 9 * DAY + 3 * HOUR)
    steps = legs(people.leader, id, 'lateness', 'overrun', 'parent')
    shares = {
        bool(s['parent']): s['lateness'] for s in steps if s['lateness']}
    # Monday from 07:00 to 11:00 is theirs, the rest of 12 hours is not
    assert shares == {True: 4 * HOUR, False: 8 * HOUR}
