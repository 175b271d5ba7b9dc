# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The demo province: complete, plausible, loaded once and wholly"
import datetime as dt
from collections import Counter
from random import Random

import pytest

from demo.load import load
from demo.logins import PASSWORD, read_logins
from demo.names import People
from trytond.modules.tthcc import clock, worktime

STATES = {
    'draft', 'submitted', 'received', 'refused', 'processing', 'supplement',
    'payment', 'withdrawal', 'rejected', 'unsupplemented', 'withdrawn',
    'resolved', 'returned', 'voided'}
CLASSES = {
    'not_due', 'due_soon', 'overdue', 'waiting', 'no_term', 'early',
    'on_time', 'late', 'not_eligible', 'not_resolved', 'withdrawn'}
COUNTED = [
    'company.company', 'company.employee', 'party.party', 'res.user',
    'tthcc.calendar.day', 'tthcc.centre', 'tthcc.centre.procedure',
    'tthcc.dossier', 'tthcc.dossier.step', 'tthcc.procedure']


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


@pytest.fixture
def empty(databases, database):
    "The database without the demo, for one test"
    yield databases.restore()
    databases.restore('demo')


@pytest.fixture
def search(transaction, pool):
    def search(model, domain=()):
        return pool.get(model).search(list(domain))
    return search


@pytest.fixture
def dossiers(search):
    return search('tthcc.dossier')


def test_applicants_of_these_days_are_told(search):
    notices = search('tthcc.dossier.notice')

    assert {'received', 'resolved'} <= {n.event for n in notices}
    assert {n.state for n in notices} == {'waiting'}
    assert not [n for n in notices if not n.body]
    assert len(notices) < 1000
    assert not search(
        'tthcc.dossier.applicant', [('notify_by', '!=', 'both')])


def test_two_eras(search):
    centres = search('tthcc.centre')

    eras = Counter(
        (c.level, c.regime_at(clock.today()).regime.form_set)
        for c in centres)
    assert eras == {('district', '2018'): 27, ('commune', '2025'): 2}
    assert {c.state for c in centres} == {'operating'}


def test_every_centre_has_its_people(search):
    for centre in search('tthcc.centre'):
        company = [('company', '=', centre.company.id)]
        employees = search('company.employee', company)
        departments = search('tthcc.department', company)

        assert centre.director in employees
        assert len(centre.counters) >= 2
        assert {e.counter for e in employees} >= set(centre.counters)
        assert {d.head for d in departments} <= set(employees)
        assert {d.coordinator for d in departments} <= set(employees)
        assert all(len(d.employees) >= 3 for d in departments)


def test_centres_lack_nothing_but_rooms_and_computers(search):
    lacks = search('tthcc.centre.readiness', [('met', '=', False)])

    assert {lack.criterion for lack in lacks} == {'area', 'computer'}
    assert "Lang Chánh" in ', '.join(
        lack.centre.name for lack in lacks if lack.criterion == 'area')


def test_centres_offer_what_their_departments_can_do(search):
    for centre in search('tthcc.centre'):
        offers = search(
            'tthcc.centre.procedure', [('centre', '=', centre.id)])

        assert len(offers) > 30
        for offer in offers:
            for step in offer.procedure.current.steps:
                if kind := step.department_kind:
                    department, _ = offer.assignee(kind)
                    assert department.company == centre.company


def test_states_and_classes_are_all_there(dossiers):
    assert 1900 < len(dossiers) < 2300
    assert {d.state for d in dossiers} == STATES
    assert {d.class_ for d in dossiers} == CLASSES | {None}


def test_most_are_in_time_but_for_the_highlands(dossiers):
    def share_in_time(place=None):
        classes = Counter(
            d.class_ for d in dossiers if place in {None, d.centre.place})
        in_time = classes['early'] + classes['on_time']
        return in_time / (in_time + classes['late'])

    assert .85 < share_in_time() < .93
    assert share_in_time("Lang Chánh") < .75


def test_the_day_is_alive(dossiers):
    received = max(d.received_at for d in dossiers if d.received_at)
    day = clock.to_local(received).date()

    assert (clock.today() - day).days < 12
    assert any(
        d.state == 'received' and clock.to_local(d.received_at).date() == day
        for d in dossiers)
    assert len([d for d in dossiers if d.class_ == 'overdue']) > 5
    assert len([d for d in dossiers if d.class_ == 'due_soon']) > 5


def test_nothing_happens_at_night_or_in_the_future(dossiers):
    now = clock.now()
    calendar = dossiers[0].centre.calendar.worktime()
    moments = {
        moment for d in dossiers
        for moment in [
            d.received_at, d.resolved_at, d.returned_at, d.moved_at,
            *(s.started_at for s in d.steps), *(s.ended_at for s in d.steps),
            *(p.start for p in d.pauses), *(p.end for p in d.pauses)]
        if moment}

    assert max(moments) <= now
    assert all(
        worktime.is_working(calendar, clock.to_local(m)) for m in moments)


def test_legs_follow_one_another(dossiers):
    for dossier in dossiers:
        ended = [s.ended_at for s in dossier.steps if s.ended_at]
        started = [s.started_at for s in dossier.steps if s.started_at]

        assert started == sorted(started)
        assert started[1:] == ended[:len(started) - 1]


def test_who_acted_belongs_to_the_committee(dossiers):
    for dossier in dossiers:
        people = {dossier.received_by, dossier.returned_by, dossier.moved_by}
        for step in dossier.steps:
            people |= {step.employee, step.ended_by}
            assert bool(step.ended_by) == bool(step.ended_at)

        assert bool(dossier.received_by) == bool(dossier.received_at)
        assert {p.company for p in people if p} <= {dossier.company}


def test_some_come_together_or_send_somebody(dossiers):
    assert any(len(d.principals) > 1 for d in dossiers)
    assert any(d.proxy for d in dossiers)
    assert {d.channel for d in dossiers} == {'in_person', 'post', 'online'}


def test_people_are_posted_in_every_mode(search):
    modes = set()
    for centre in search('tthcc.centre'):
        postings = search('tthcc.secondment', [('centre', '=', centre.id)])
        modes |= {p.mode for p in postings}

        assert {'full_time', 'shared'} <= {p.mode for p in postings}
        assert {p.state for p in postings} == {'active'}
        assert all(p.substitutes for p in postings)
        # Whoever sends nobody is received for by the shared officer
        sending = {p.department for p in postings}
        small = search('tthcc.department', [
                ('company', '=', centre.company.id),
                ('id', 'not in', [d.id for d in sending])])
        shared, = (p for p in postings if p.mode == 'shared')
        assert not small or shared.procedure_fields

    assert modes == {'full_time', 'weekdays', 'seasonal', 'on_call', 'shared'}


def test_every_centre_has_its_week(search):
    for centre in search('tthcc.centre'):
        rosters = search('tthcc.roster', [
                ('centre', '=', centre.id), ('state', '=', 'published')])

        assert any(
            r.start_date <= clock.today() <= r.end_date for r in rosters)
        assert all(r.duties for r in rosters)


def test_gaps_are_rare_and_some_are_covered_on_call(search):
    today = clock.today()
    gaps = {
        centre: centre.cover_gaps(today, today + dt.timedelta(days=13))
        for centre in search('tthcc.centre')}

    assert any(gaps.values())
    assert not all(gaps.values())
    assert {g.on_call for found in gaps.values() for g in found} == {
        True, False}
    for centre, found in gaps.items():
        assert len({g.procedure for g in found}) < len(
            centre.offered(today)) / 2


def test_modes_are_recommended_where_there_is_enough_data(search):
    recommendations = search('tthcc.staffing.recommendation')

    assert {r.centre for r in recommendations} == set(search('tthcc.centre'))
    assert {r.mode for r in recommendations} >= {None, 'on_call'}
    for recommendation in recommendations:
        assert recommendation.reasons
        assert recommendation.mode or recommendation.visits < 30


def test_the_month_before_is_settled_in_part(search):
    statements = search('tthcc.staffing.statement')
    remarks = search('tthcc.staffing.remark')

    for records in [statements, remarks]:
        assert {r.centre for r in records} == set(search('tthcc.centre'))
    assert {s.state for s in statements} == {
        'draft', 'approved', 'confirmed'}
    assert {r.state for r in remarks} == {'draft', 'shown', 'sent'}
    assert all(s.amount > 0 for s in statements if s.days)
    assert max(s.days for s in statements) <= 23


@pytest.mark.parametrize('login', read_logins(), ids=lambda login: login.name)
def test_login(rpc, login):
    client = rpc(login.name, PASSWORD)

    user, = client.read('res.user', [client.user], ['name'])
    assert user['name'] == login.person
    assert client.context['language'] == 'vi'
    centres = client.search('tthcc.centre', [])
    assert len(centres) == (1 if login.place else 29)


@pytest.mark.parametrize('login', ['officer.langchanh', 'leader.samson'])
def test_other_centres_have_logins_too(rpc, login):
    client = rpc(login, PASSWORD)

    centres = {
        d['centre'] for d in client.search('tthcc.dossier', [], ['centre'])}
    assert len(centres) == 1


def test_every_centre_has_an_officer_and_a_leader_who_log_in(search):
    logins = {u.login for u in search('res.user')}

    centres = {login.partition('.')[2] for login in logins} - {''}
    assert len(centres) == 29
    assert logins >= {
        f'{role}.{c}' for c in centres for role in ['officer', 'leader']}


def test_second_load_changes_nothing(databases, database, start, pool):
    def count():
        with start():
            return {
                model: pool.get(model).search([], count=True)
                for model in COUNTED}
    before = count()

    assert not load(database)
    assert count() == before


def test_interrupted_load_leaves_nothing(empty, start, pool):
    class Interruption(Exception):
        pass

    def interrupt(share, text=''):
        if share > .3:
            raise Interruption

    with pytest.raises(Interruption):
        load(empty, progress=interrupt)

    with start():
        assert not pool.get('tthcc.centre').search([])
        assert not pool.get('tthcc.dossier').search([])


def test_people_are_the_same_ones_each_time():
    first, second = (People(Random(2018)) for _ in range(2))

    assert [first.citizen(n, "huyện Thiệu Hóa") for n in range(50)] == [
        second.citizen(n, "huyện Thiệu Hóa") for n in range(50)]
