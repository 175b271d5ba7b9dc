# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The monthly statistics against a count by hand."""
import datetime as dt
from collections import Counter
from contextlib import suppress
from itertools import product
from urllib.error import HTTPError

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc_dossier.classes import CLASSES
from trytond.modules.tthcc_dossier.exceptions import (
    ExtensionError, SupplementError)
from trytond.modules.tthcc_dossier.months import (
    month_of, next_month, previous_month)
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.transaction import Transaction

START = dt.datetime(2026, 7, 27, 2, 0)
# What the lists of the month under way call the figures
FIGURES = {
    'not_due': 'in_term',
    'due_soon': 'in_term',
    'no_term': 'open_no_term',
    }
REASON = "Theo đơn"
# What may happen in each state, the likelier the oftener
ENDS = ['withdraw_for', 'void_for']
MOVES = {
    'received': ['pass_on', 'pass_on', 'recount', 'wait_for_payment', *ENDS],
    'processing': [
        'go_on', 'go_on', 'go_on', 'wait_for_supplement', 'wait_for_payment',
        'recount', 'extend', 'reject_for', 'ask_withdrawal', 'void_for'],
    'supplement': ['resume', 'resume', 'resume', 'give_up_for', *ENDS],
    'payment': ['resume', 'resume', 'resume', 'give_up_for', *ENDS],
    'withdrawal': ['keep', 'keep', 'recount', 'withdraw_for'],
    'resolved': ['return_'],
    }


@pytest.fixture
def offices(transaction):
    with transaction.set_user(0):
        procedures = [
            create_procedure(
                '1.000001', term_value=3, supplement_clock='restart'),
            create_procedure('1.000002', channel='online', term_value=20),
            create_procedure(
                '1.000003', channel='post', term_value=None, term_unit='none'),
            ]
        yield [
            create_office(f'm{n}_', f"UBND xã {n}", procedures)
            for n in [1, 2]], procedures


class History:
    """The dossiers of a random history, and what was seen at the end of each
    month"""

    def __init__(self, offices, procedures):
        self.offices, self.procedures = offices, procedures
        self.now = START
        self.dossiers = []
        self.received, self.finished = {}, {}
        self.at_end = {}

    def wait(self, hours):
        later = self.now + dt.timedelta(hours=hours)
        while True:
            month = self.month
            end = clock.to_utc(dt.datetime(
                    *divmod(next_month(month), 100), 1))
            if end > later:
                break
            self.now = end
            self.at_end[month] = self.classes(end)
        self.now = later

    @property
    def month(self):
        return month_of(clock.to_local(self.now))

    def classes(self, moment):
        "Return the class of each dossier now, found once by searching"
        Dossier = Pool().get('tthcc.dossier')
        ids = [d.id for d in self.dossiers]
        with clock.moved_to(moment):
            found = Counter(
                d.id for class_, _ in CLASSES
                for d in Dossier.search(
                    [('id', 'in', ids), ('class_', '=', class_)]))
            read = {
                row['id']: row['class_']
                for row in Dossier.read(ids, ['class_'])}
        assert found == {id: 1 for id, class_ in read.items() if class_}
        return read

    def file(self, office, procedure, button):
        Dossier = Pool().get('tthcc.dossier')
        with clock.moved_to(self.now):
            dossier, = Dossier.create([new_dossier(
                        self.offices[office], self.procedures[procedure])])
            if button == 'refuse_for':
                Dossier.refuse_for([dossier], REASON)
                self.finished[dossier.id] = self.month
            else:
                Dossier.register([dossier])
        self.dossiers.append(dossier)
        self.received[dossier.id] = self.month

    def move(self, number, choice):
        Dossier = Pool().get('tthcc.dossier')
        open_ = [d for d in self.dossiers if Dossier(d.id).state in MOVES]
        if not open_:
            return
        dossier = Dossier(open_[number % len(open_)].id)
        moves = MOVES[dossier.state]
        name = moves[choice % len(moves)]
        if name == 'go_on':
            name = 'resolve' if dossier.is_last_leg else 'complete_step'
        # Some are too early, too late or one too many
        with clock.moved_to(self.now), suppress(
                ExtensionError, SupplementError):
            if name == 'extend':
                Dossier.extend([dossier], REASON, self.now.replace(
                        hour=3, minute=0) + dt.timedelta(days=number + 1))
            elif name == 'recount':
                set_term(dossier.case, number + 1)
                Dossier.recount([Dossier(dossier.id)], REASON)
            elif name.endswith('_for') or name.startswith('wait_for_'):
                getattr(Dossier, name)([dossier], REASON)
            else:
                getattr(Dossier, name)([dossier])
        dossier = Dossier(dossier.id)
        if dossier.finished_at and dossier.id not in self.finished:
            self.finished[dossier.id] = self.month

    def count(self, first, last, ids):
        "Count the figures of the months by hand, of those dossiers"
        classes = self.classes(self.now)
        ids = [id for id in ids if classes[id]]
        figures = Counter()
        at_end = {**self.at_end, self.month: classes}
        before = at_end.get(previous_month(first), {})
        for id in ids:
            case = Pool().get('tthcc.dossier')(id).case
            if first <= self.received[id] <= last:
                figures['received'] += 1
                figures[case.channel] += 1
            if first <= self.finished.get(id, 0) <= last:
                figures['finished'] += 1
                figures[classes[id]] += 1
            if self._was_open(id, previous_month(first)):
                assert id in before
                figures['carried'] += 1
            if self._was_open(id, last):
                class_ = at_end[last][id]
                figures['open'] += 1
                figures[FIGURES.get(class_, class_)] += 1
        return figures

    def _was_open(self, id, month):
        return (self.received[id] <= month
            and self.finished.get(id, 999999) > month)


def set_term(case, days):
    "Change a published term, which nothing but a test can"
    table = case.__table__()
    transaction = Transaction()
    transaction.connection.cursor().execute(*table.update(
            [table.term_value, table.term_unit], [days, 'working_day'],
            where=table.id == case.id))
    transaction.cache.clear()


EVENTS = st.lists(st.tuples(
        st.integers(0, 250),
        st.one_of(
            st.tuples(
                st.just('file'), st.integers(0, 1), st.integers(0, 2),
                st.sampled_from(['register', 'register', 'refuse_for'])),
            *[st.tuples(
                    st.just('move'), st.integers(0, 20), st.integers(0, 100))
                ] * 3)),
    min_size=10, max_size=40)


@settings(
    max_examples=6, deadline=None,
    # A history takes too long to shrink it
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck))
@given(EVENTS)
def test_figures_are_those_seen_at_the_time(transaction, offices, events):
    history = History(*offices)
    with transaction.set_user(0):
        savepoint = transaction.connection.cursor()
        savepoint.execute('SAVEPOINT history')
        try:
            for office, procedure in product([0, 1], [0, 1, 2]):
                history.file(office, procedure, 'register')
            for hours, (what, *event) in events:
                history.wait(hours)
                getattr(history, what)(*event)
            check(transaction, history)
        finally:
            savepoint.execute('ROLLBACK TO SAVEPOINT history')
            transaction.cache.clear()


def test_figures_of_now_materialized_too(
        transaction, offices, monkeypatch):
    history = History(*offices)
    history.now = clock.now().replace(microsecond=0) - dt.timedelta(days=70)
    start = history.month
    with transaction.set_user(0):
        for office, procedure in product([0, 1], [0, 1, 2]):
            history.file(office, procedure, 'register')
        for number in range(14):
            history.wait(24 * 5)
            history.move(number, number)
        check(transaction, history, start)
        if transaction.database.has_materialized_views():
            Fact = Pool().get('tthcc.dossier.monthly.fact')
            monkeypatch.setattr(
                Fact, '_table_query_materialized', lambda: 3600)
            Fact.__register__('tthcc_dossier')
            Fact._table_query_refresh(concurrently=False, force=True)
            check(transaction, history, start)


def check(transaction, history, start=202607):
    second = next_month(start)
    for group_by, first, last in [
            ('month', start, history.month),
            ('centre', history.month, history.month),
            ('centre', second, next_month(second)),
            ('procedure', start, history.month)]:
        if first > last or last > history.month:
            continue
        with clock.moved_to(history.now), transaction.set_context(
                group_by=group_by,
                from_date=dt.date(*divmod(first, 100), 3),
                to_date=dt.date(*divmod(last, 100), 3)):
            check_rows(history, group_by, first, last)


def check_rows(history, group_by, first, last):
    pool = Pool()
    Statistics = pool.get('tthcc.dossier.monthly')
    Dossier = pool.get('tthcc.dossier')
    for row in Statistics.search([]):
        months = (row.group,) * 2 if group_by == 'month' else (first, last)
        dossiers = [
            d.id for d in history.dossiers if group_by == 'month'
            or getattr(Dossier(d.id), group_by).id == row.group]
        expected = history.count(*months, dossiers)
        for figure in [n[5:] for n in dir(row) if n.startswith('list_')]:
            number = getattr(row, figure)
            assert number == expected[figure], (figure, months)
            action = getattr(Statistics, 'list_' + figure)([row])
            found = Dossier.search_count(
                PYSONDecoder().decode(action['pyson_domain']))
            assert found == number, (figure, months)
        assert row.carried + row.received == row.finished + row.open
        in_time, late = row.early + row.on_time, row.late
        if in_time + late:
            assert row.rate_finished == pytest.approx(
                100 * in_time / (in_time + late), abs=.06)
        else:
            assert row.rate_finished is None


@pytest.fixture(scope='module')
def two_offices(database):
    "Two offices with a dossier each, of which the first one's is passed on"
    with Transaction().start(database, 0):
        Dossier = Pool().get('tthcc.dossier')
        procedure = create_procedure()
        offices = [
            create_office(f'r{n}_', f"UBND huyện {n}", [procedure])
            for n in [1, 2]]
        create_user(
            'r_supervisor', ['supervisor'], offices[0].company,
            companies=[('add', [o.company.id for o in offices])],
            company_filter='all', employees=[], employee=None)
        with clock.moved_to(START):
            dossiers = Dossier.create([
                    new_dossier(office, procedure) for office in offices])
            Dossier.register(dossiers)
        return [o.centre.id for o in offices]


def statistics(client, group_by='centre', **context):
    with clock.moved_to(START):
        return client.search(
            'tthcc.dossier.monthly', [], ['group', 'what', 'received'],
            group_by=group_by, **context)


@pytest.mark.parametrize('login, seen', [
        ('r1_officer', [0]),
        ('r1_processor', [0]),
        ('r1_director', [0]),
        ('r1_leader', [0]),
        ('r2_director', [1]),
        ('r_supervisor', [0, 1]),
        ])
def test_who_sees_which_centres(rpc, two_offices, login, seen):
    client = rpc(login, PASSWORD)
    rows = statistics(client)
    assert sorted((r['group'], r['received']) for r in rows) == [
        (two_offices[n], 1) for n in seen]
    # Nor by asking for another centre
    other = statistics(client, of_centre=two_offices[1])
    assert len(other) == (1 in seen)

    row = rows[0]
    with clock.moved_to(START):
        action = client.model(
            'tthcc.dossier.monthly', 'list_in_term', [row['id']],
            group_by='centre')
        dossiers = client.search(
            'tthcc.dossier', PYSONDecoder().decode(action['pyson_domain']),
            ['centre'])
    assert row['what'] in action['name']
    assert [d['centre'] for d in dossiers] == [row['group']]


def test_nobody_lists_what_they_do_not_see(rpc, two_offices):
    client = rpc('r2_director', PASSWORD)
    other, = statistics(rpc('r1_director', PASSWORD))
    with clock.moved_to(START):
        with pytest.raises(Refused):
            client.model(
                'tthcc.dossier.monthly', 'list_received', [other['id']],
                group_by='centre')
    with pytest.raises(HTTPError, match="FORBIDDEN"):
        client.search('tthcc.dossier.monthly.fact', [], ['number'])
