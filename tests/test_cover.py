# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Cover: which procedures nobody can receive, and who is where when."""
import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests import tools
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc.worktime import Calendar, Day
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure)
from trytond.modules.tthcc_staffing.covering import (
    HALVES, Cover, Posting, collide, days, gaps, open_halves)

MONDAY = dt.date(2026, 11, 9)
SUNDAY = dt.date(2026, 11, 15)
DAY = dt.timedelta(days=1)
HALF_DAYS = ((dt.time(7), dt.time(11, 30)), (dt.time(13, 30), dt.time(17)))
WEEK = Calendar(week=(HALF_DAYS,) * 5 + (HALF_DAYS[:1], ()))


@st.composite
def postings(draw):
    "Postings of people 1 to 4 in the two weeks around MONDAY"
    start = MONDAY + draw(st.integers(-5, 10)) * DAY
    end = start + draw(st.integers(0, 14)) * DAY
    mode = draw(st.sampled_from([
                'full_time', 'weekdays', 'seasonal', 'on_call', 'shared']))
    slots = st.frozensets(st.tuples(
            st.integers(0, 6), st.sampled_from(HALVES)))
    return Posting(
        employee=draw(st.integers(1, 4)), mode=mode, start=start, end=end,
        slots=draw(slots) if mode in {'weekdays', 'shared'} else frozenset(),
        periods=((start, start + 2 * DAY),) if mode == 'seasonal' else (),
        response=30 if mode == 'on_call' else None)


covers = st.lists(st.builds(
        Cover, postings(), st.frozensets(st.integers(1, 3))), max_size=5)
absences = st.sets(st.tuples(
        st.integers(1, 4),
        st.integers(0, 6).map(lambda number: MONDAY + number * DAY),
        st.sampled_from(HALVES)))


@given(covers, absences)
def test_a_gap_is_where_nobody_is(covers, absent):
    found = {
        (g.date, g.half, g.procedure)
        for g in gaps(WEEK, covers, [1, 2, 3], absent, MONDAY, SUNDAY)}
    for date in days(MONDAY, SUNDAY):
        for half in HALVES:
            is_open = half in open_halves(WEEK, date)
            for procedure in [1, 2, 3]:
                somebody = any(
                    procedure in c.procedures
                    and c.posting.is_there(date, half)
                    and (c.posting.employee, date, half) not in absent
                    for c in covers)
                assert ((date, half, procedure) in found) == (
                    is_open and not somebody)


@given(covers, absences, st.builds(
        Cover, postings(), st.frozensets(st.integers(1, 3))))
def test_one_more_posting_never_adds_a_gap(covers, absent, another):
    def uncovered(covers, absent):
        return {
            g[:3] for g in gaps(
                WEEK, covers, [1, 2, 3], absent, MONDAY, SUNDAY)}
    before = uncovered(covers, absent)
    assert uncovered([*covers, another], absent) <= before
    assert uncovered(covers, set()) <= before


@given(postings(), postings())
def test_collide_finds_the_first_half_day_twice(one, other):
    both = [
        (date, half) for date in days(MONDAY - 5 * DAY, MONDAY + 24 * DAY)
        for half in HALVES
        if one.is_there(date, half) and other.is_there(date, half)]
    assert collide(one, other) == (both[0] if both else None)


def test_days_off_have_no_gaps_and_make_up_days_have():
    calendar = Calendar(week=WEEK.week, days={
            MONDAY: Day("Nghỉ"), SUNDAY: Day("Làm bù", HALF_DAYS)})
    found = gaps(calendar, [], [7], set(), MONDAY, SUNDAY)
    assert not [g for g in found if g.date == MONDAY]
    assert [g.half for g in found if g.date == SUNDAY] == list(HALVES)


@pytest.fixture(scope='module')
def office(database):
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        Secondment = Pool().get('tthcc.secondment')
        procedure = create_procedure()
        first = create_office('th_', "UBND huyện Thiệu Hóa", [procedure])
        create_office('lc_', "UBND huyện Lang Chánh", [procedure])
        sent, stand_in = [
            tools.create_user(
                f'th_{name}', ['processor'], first.company,
                department=first.department)
            for name in ['sent', 'stand_in']]
        secondment, = Secondment.create([{
                    'company': first.company.id,
                    'employee': sent.employee.id,
                    'department': first.department.id,
                    'centre': first.centre.id,
                    'counter': first.centre.counters[0].id,
                    'mode': 'weekdays',
                    'slots': [('create', [
                                {'weekday': weekday, 'half': 'morning'}
                                for weekday in ['0', '2']])],
                    'start_date': MONDAY,
                    'end_date': dt.date(2027, 11, 8),
                    'substitutes': [('add', [stand_in.employee.id])],
                    'state': 'active',
                    }])
        sent.employee.centre = first.centre
        sent.employee.save()
        return SimpleNamespace(
            company=first.company.id, centre=first.centre.id,
            secondment=secondment.id, procedure=procedure.id,
            sent=sent.employee.id, stand_in=stand_in.employee.id)


@pytest.fixture(autouse=True)
def monday():
    with clock.moved_to(dt.datetime(2026, 11, 9, 1)):
        yield


def shown(client, office, **context):
    "The gaps on the screen: weekday and half day by times"
    return {
        (g['weekday'], g['half']): g['times']
        for g in client.search(
            'tthcc.cover.gap', [], ['weekday', 'half', 'times'],
            **{'centre': office.centre, 'start_date': MONDAY, 'weeks': 2,
                **context})}


def test_gaps_by_weekday_and_half_day(server, office):
    director = server.client('th_director', PASSWORD)
    found = shown(director, office)
    assert found == {
        (str(weekday), half): 2
        for weekday in range(5) for half in HALVES
        if (weekday, half) not in {(0, 'morning'), (2, 'morning')}}
    rows = director.search(
        'tthcc.cover.gap', [('weekday', '=', '1')],
        ['procedure', 'first_date', 'proposals', 'on_call'],
        centre=office.centre, start_date=MONDAY, weeks=2)
    for row in rows:
        assert row['procedure'] == office.procedure
        assert row['first_date'] == MONDAY + DAY
        assert "th_stand_in" in row['proposals']
        assert not row['on_call']


def test_leave_opens_a_gap_that_a_substitute_closes(server, office, start):
    director = server.client('th_director', PASSWORD)
    sent = server.client('th_sent', PASSWORD)
    before = shown(director, office)
    for substitute in [None, office.stand_in]:
        leave, = director.create('tthcc.leave', {
                'company': office.company, 'employee': office.sent,
                'kind': 'annual', 'start_date': MONDAY, 'end_date': MONDAY,
                'substitute': substitute})
        sent.model('tthcc.leave', 'ask', [leave])
        if not substitute:
            # Asking proposes the substitute of the posting
            director.write('tthcc.leave', [leave], {'substitute': None})
        director.model('tthcc.leave', 'approve', [leave])
        gaps = shown(director, office)
        if substitute:
            assert gaps == before
        else:
            assert gaps == {**before, ('0', 'morning'): 1}
        sent.model('tthcc.leave', 'cancel', [leave])
    assert shown(director, office) == before


def test_who_stands_in_may_be_on_leave_as_well(server, office):
    director = server.client('th_director', PASSWORD)
    before = shown(director, office)
    leaves = []
    for name, substitute in [('sent', office.stand_in), ('stand_in', None)]:
        client = server.client(f'th_{name}', PASSWORD)
        leave, = client.create('tthcc.leave', {
                'company': office.company, 'employee': getattr(office, name),
                'kind': 'annual', 'start_date': MONDAY, 'end_date': MONDAY,
                'substitute': substitute})
        client.model('tthcc.leave', 'ask', [leave])
        leaves.append(leave)
    coordinator = server.client('th_processor', PASSWORD)
    coordinator.model('tthcc.leave', 'approve', leaves)
    assert shown(director, office) == {**before, ('0', 'morning'): 1}
    coordinator.model('tthcc.leave', 'cancel', leaves)


def test_who_could_cover_a_single_procedure(server, start, pool):
    with start(0):
        procedures = [create_procedure(f'2.{n:06}') for n in [1, 2]]
        office = create_office('nx_', "UBND huyện Như Xuân", procedures)
        finance = tools.create_department(office.company, 'finance')
        sent, stand_in = [
            tools.create_user(
                f'nx_{name}', ['processor'], office.company,
                department=finance).employee
            for name in ['sent', 'stand_in']]
        pool.get('tthcc.secondment').create([{
                    'company': office.company.id, 'employee': sent.id,
                    'department': finance.id, 'centre': office.centre.id,
                    'mode': 'weekdays',
                    'slots': [('create', [
                                {'weekday': '0', 'half': 'morning'}])],
                    'procedures': [('add', [procedures[0].id])],
                    'start_date': MONDAY, 'end_date': dt.date(2027, 11, 8),
                    'substitutes': [('add', [stand_in.id])],
                    'state': 'active'}])
        single, other = [p.id for p in procedures]
        centre = office.centre.id
    named = {
        gap['procedure']: 'nx_stand_in' in gap['proposals']
        for gap in server.client('nx_director', PASSWORD).search(
            'tthcc.cover.gap', [('weekday', '=', '1')],
            ['procedure', 'proposals'],
            centre=centre, start_date=MONDAY, weeks=1)}
    assert named == {single: True, other: False}


def test_a_posting_may_be_for_some_fields_only(server, office, start, pool):
    director = server.client('th_director', PASSWORD)
    before = shown(director, office)
    with start(0):
        Field = pool.get('tthcc.procedure.field')
        other, = Field.create([{'name': "Đất đai"}])
        secondment = pool.get('tthcc.secondment')(office.secondment)
        secondment.procedure_fields = [other]
        secondment.save()
    assert shown(director, office) == {
        (str(weekday), half): 2
        for weekday in range(5) for half in HALVES}
    with start(0):
        secondment = pool.get('tthcc.secondment')(office.secondment)
        secondment.procedures = [office.procedure]
        secondment.save()
    assert shown(director, office) == before


def test_cover_of_others_is_not_shown(server, office):
    for login in ['lc_director', 'lc_leader']:
        assert not shown(server.client(login, PASSWORD), office)
    with pytest.raises(Refused):
        shown(server.client('th_officer', PASSWORD), office)
