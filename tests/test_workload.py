# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Workload and peaks, against a count by hand"
import datetime as dt
from types import SimpleNamespace
from urllib.error import HTTPError

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

# A Monday
MONDAY = dt.datetime(2026, 3, 30, 1, 0)
WEEKS = {'start_date': dt.date(2026, 3, 30), 'end_date': dt.date(2026, 4, 12)}


def at(days=0, hour=8, minute=0):
    "The UTC moment of a local time so many days after the Monday"
    return clock.to_utc(dt.datetime(2026, 3, 30, hour, minute)
        + dt.timedelta(days=days))


@pytest.fixture(scope='module')
def office(database):
    """An office with a history:

    Monday      1 filed in person at 8:00, window open for 10 minutes
    Tuesday     2 in person, 14:00, window unknown; 1 by post
    Wednesday   the one of Monday passed on, appraised after 2 hours
    Monday after: it is signed and the result ready; Tuesday: returned
    """
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        procedures = [
            create_procedure('1.000001'),
            create_procedure('1.000002', channel='post')]
        office = create_office('w_', "UBND huyện Quan Hóa", procedures)
        other = create_office('v_', "UBND huyện Quan Sơn", procedures)
        create_user(
            'w_supervisor', ['supervisor'], office.company,
            companies=[('add', [office.company.id, other.company.id])],
            company_filter='all', employees=[], employee=None)
        create_user(
            'w_coordinator', ['coordinator'], office.company,
            department=office.department)

        def do(office, moment, procedure, **values):
            employee = office.users['officer'].employee
            with clock.moved_to(moment), \
                    Transaction().set_context(employee=employee.id):
                dossier, = Dossier.create([
                        new_dossier(office, procedure, **values)])
                Dossier.register([dossier])
                return dossier
        first = do(
            office, at(hour=8), procedures[0], opened_at=at(hour=7, minute=50))
        for procedure in [procedures[0], procedures[0], procedures[1]]:
            do(office, at(1, 14), procedure)
        do(other, at(1, 15), procedures[0], opened_at=at(1, 9))
        for moment, button in [
                (at(2, 8), 'pass_on'), (at(2, 10), 'complete_step'),
                (at(7, 9), 'resolve'), (at(8, 9), 'return_')]:
            with clock.moved_to(moment):
                getattr(Dossier, button)([first])
        return SimpleNamespace(
            centre=office.centre.id, other=other.centre.id,
            department=office.department.id, procedure=procedures[0].id)


@pytest.fixture
def ask(server, office):
    "Ask for rows of the report by name, at the end of the second Friday"
    def ask(login, fields, model='tthcc.workload', **context):
        with clock.moved_to(at(11, 16)):
            rows = server.client(login, PASSWORD).search(
                model, [], ['what', *fields], **{**WEEKS, **context})
        return {
            row['what']: tuple(row[name] for name in fields) for row in rows}
    return ask


FLOW = ['received', 'visits', 'finished', 'in_work']
TIMES = ['counter_minutes', 'counter_hours', 'legs', 'leg_hours']


def test_by_week(ask):
    assert ask('w_director', FLOW, by='week') == {
        '30/03/2026': (4, 3, 0, 4),
        '06/04/2026': (0, 0, 1, 3),
        }


def test_by_day_until_yesterday(ask):
    "What was in work at the end of a day, though more was finished since"
    assert ask('w_director', FLOW, by='day', end_date=dt.date(2026, 4, 5)) == {
        '30/03/2026': (1, 1, 0, 1),
        '31/03/2026': (3, 2, 0, 4),
        # A department ended a leg
        '01/04/2026': (0, 0, 0, 4),
        }


def test_by_month_and_year(ask):
    assert ask('w_director', FLOW, by='month') == {
        '03/2026': (4, 3, 0, 4), '04/2026': (0, 0, 1, 3)}
    assert ask('w_director', FLOW, by='year') == {'2026': (4, 3, 1, 3)}


def test_by_procedure_and_centre(ask, office):
    rows = ask('w_director', FLOW, by='procedure')
    assert sorted(rows.values()) == [(1, 0, 0, 1), (3, 3, 1, 2)]
    rows = ask('w_supervisor', FLOW, by='centre')
    assert sorted(rows.values()) == [(1, 1, 0, 1), (4, 3, 1, 3)]
    # A period that is over
    rows = ask('w_director', FLOW, by='centre', end_date=dt.date(2026, 4, 5))
    assert list(rows.values()) == [(4, 3, 0, 4)]


def test_minutes(ask, office):
    "10 minutes known, twice the 15 of the standard; at most 60"
    row, = ask('w_director', TIMES, by='centre').values()
    assert row == (
        pytest.approx(40 / 3), pytest.approx(40 / 60), 1, pytest.approx(2))
    rows = ask('w_supervisor', TIMES, by='centre', of_centre=office.other)
    assert list(rows.values()) == [(60, 1, 0, None)]
    # By officer: who ended the leg of the department is somebody else
    rows = ask('w_director', TIMES, by='officer')
    assert sorted(row[2] for row in rows.values()) == [0, 1]


def test_standard_of_the_day(ask, rpc, office):
    "A later standard changes what comes later only"
    admin = rpc()
    known = admin.search('tthcc.staffing.standard', [], [
            'reception_minutes', 'longest_minutes', 'return_minutes',
            'wait_minutes', 'served_percent', 'lost_percent',
            'response_minutes', 'full_time_percent', 'shared_percent',
            'season_percent', 'least_weeks', 'least_visits'])[0]
    del known['id']
    id, = admin.create('tthcc.staffing.standard', {
            **known, 'start_date': dt.date(2026, 3, 31), 'source': "QĐ 1",
            'reception_minutes': 25, 'longest_minutes': 5})
    rows = ask('w_director', ['counter_minutes'], by='day')
    assert rows['30/03/2026'] == (10,)
    assert rows['31/03/2026'] == (25,)
    admin.model('tthcc.staffing.standard', 'delete', [id])


def test_peaks(ask, office):
    figures = ['visits', 'hours']
    peak = 'tthcc.workload.peak'
    assert ask('w_director', figures, peak, by='weekday') == {
        "Thứ Hai": (1, pytest.approx(10 / 60)),
        # Two filed, one fetched a result
        "Thứ Ba": (3, pytest.approx(35 / 60)),
        }
    assert ask('w_director', ['visits'], peak, by='hour') == {
        '08:00': (1,), '14:00': (2,), '09:00': (1,)}
    assert ask('w_director', ['visits'], peak, by='season') == {
        '03': (3,), '04': (1,)}
    assert ask(
        'w_director', ['visits'], peak, by='month',
        end_date=dt.date(2026, 3, 31)) == {'03/2026': (3,)}


def test_groups_agree(transaction, pool, office, monkeypatch):
    "However the work is grouped it is as much, kept by PostgreSQL too"
    def ask(model, names, by, end):
        with clock.moved_to(at(11, 16)), transaction.set_context(
                start_date=WEEKS['start_date'], end_date=end, by=by):
            return pool.get(model).search_read(
                [], fields_names=['group', *names])

    def figures():
        return [
            ask(model, names, by, end)
            for model, names, groups in [
                ('tthcc.workload', [*FLOW, *TIMES], [
                        'department', 'procedure', 'officer', 'centre', 'day',
                        'week', 'month', 'year']),
                ('tthcc.workload.peak', ['visits', 'hours'], [
                        'weekday', 'hour', 'season', 'month'])]
            for by in groups
            for end in [WEEKS['end_date'], dt.date(2026, 4, 5)]]
    before = figures()
    numbers = {
        sum(row['received'] for row in rows) for rows in before
        if rows and 'received' in rows[0]}
    assert len(numbers) == 1 and numbers != {0}
    if not transaction.database.has_materialized_views():
        return
    for name in ['tthcc.workload.fact', 'tthcc.workload.peak.fact']:
        Fact = pool.get(name)
        monkeypatch.setattr(
            Fact, '_table_query_materialized', lambda: 3600)
        Fact.__register__('tthcc_staffing')
        Fact._table_query_refresh(concurrently=False, force=True)
    assert figures() == before


@pytest.fixture
def read(database, office):
    """Ask as a user in a transaction that only reads, as a call of a client
    does; return the answer and how often the dossiers were counted"""
    from trytond.modules.tthcc_staffing import asked
    from trytond.pool import Pool
    from trytond.transaction import Transaction, check_access
    asked._answers._clear(database)

    def read(login, model='tthcc.workload', fields=FLOW, **context):
        with Transaction().start(database, 0):
            user, = Pool().get('res.user').search([('login', '=', login)])
        with clock.moved_to(at(11, 16)), Transaction().start(
                database, user.id, readonly=True,
                context={**WEEKS, 'by': 'department', **context}
                ) as transaction:
            preferences = Pool().get('res.user').get_preferences(
                context_only=True)
            with transaction.set_context(preferences), check_access():
                missed = asked._answers.miss
                rows = Pool().get(model).search_read(
                    [], fields_names=['what', *fields])
                return (
                    sorted(tuple(row[f] for f in fields) for row in rows),
                    asked._answers.miss - missed)
    return read


@pytest.mark.parametrize('model, fields', [
        ('tthcc.workload', [*FLOW, *TIMES]),
        ('tthcc.workload.peak', ['visits', 'hours'])])
def test_counted_once(read, model, fields):
    """The second call of a client gets what the first has counted, another
    user and another period what is theirs"""
    rows, counted = read('w_director', model, fields)
    assert rows and counted == 1
    assert read('w_director', model, fields) == (rows, 0)
    for login, more in [
            ('v_director', {}), ('w_supervisor', {}),
            ('w_director', {'start_date': dt.date(2026, 4, 1)})]:
        others, counted = read(login, model, fields, **more)
        assert counted == 1
        assert others != rows
    # Nothing to see is an answer, too
    nobody = {'of_centre': 999}
    assert read('w_director', model, fields, **nobody) == ([], 1)
    assert read('w_director', model, fields, **nobody) == ([], 0)


def test_counted_again(read, start, database, office, monkeypatch):
    "Figures get old for seconds only, and not for who changes them"
    from trytond.modules.tthcc_staffing import asked
    from trytond.pool import Pool
    before, _ = read('v_director', fields=TIMES)

    def open_for(minutes):
        with start() as transaction:
            dossier = Pool().get('tthcc.dossier').__table__()
            transaction.connection.cursor().execute(*dossier.update(
                    [dossier.opened_at],
                    [at(1, 15) - dt.timedelta(minutes=minutes)],
                    where=dossier.centre == office.other))
            with clock.moved_to(at(11, 16)), transaction.set_context(
                    **WEEKS, of_centre=office.other):
                row, = Pool().get('tthcc.workload').search([])
                assert row.counter_minutes == min(minutes, 60)
            transaction.commit()
    open_for(20)
    assert read('v_director', fields=TIMES) == (before, 0)
    monkeypatch.setattr(
        asked._answers, 'duration', dt.timedelta(microseconds=1))
    asked._answers._clear(database)
    (row,), _ = read('v_director', fields=TIMES)
    assert row[0] == 20
    open_for(360)
    assert read('v_director', fields=TIMES)[0] == before


def test_rights(ask, rpc, office):
    fields = ['visits']
    for model in ['tthcc.workload', 'tthcc.workload.peak']:
        # Each committee and department its own
        assert ask('v_director', fields, model)
        assert not ask('v_director', fields, model, of_centre=office.centre)
        rows = ask('w_coordinator', fields, model)
        assert sum(row[0] for row in rows.values()) == (
            4 if model.endswith('peak') else 3)
        with pytest.raises(Refused):
            ask('w_officer', fields, model)
        # Not the facts either
        for login in ['w_director', 'w_supervisor']:
            with pytest.raises(HTTPError, match='403'):
                rpc(login, PASSWORD).search(
                    model.removesuffix('.peak') + '.fact', [], ['visits'])


def test_standard_rights(rpc, office):
    director = rpc('w_director', PASSWORD)
    standard, *_ = director.search(
        'tthcc.staffing.standard', [], ['source'])
    with pytest.raises(Refused):
        director.write(
            'tthcc.staffing.standard', [standard['id']],
            {'least_visits': 1})
    with pytest.raises(Refused, match="chỉ có thể có một định mức"):
        rpc().model('tthcc.staffing.standard', 'copy', [standard['id']])
