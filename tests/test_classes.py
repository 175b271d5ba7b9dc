# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The classes of dossiers at any moment, in the database."""
import datetime as dt

import pytest

from trytond.modules.tthcc import clock
from trytond.modules.tthcc_dossier.classes import CLASSES
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool

# The local day of the due moment is the 16th; warned a working day before
WARN = dt.datetime(2026, 11, 13, 10, 0)
DAY = dt.datetime(2026, 11, 15, 17, 0)
DUE = dt.datetime(2026, 11, 16, 10, 0)
SECOND = dt.timedelta(seconds=1)

# state, moment (of now, or for a result of when it was ready), class
RUNNING = [
    (WARN - SECOND, 'not_due'),
    (WARN, 'due_soon'),
    (DUE, 'due_soon'),
    (DUE + SECOND, 'overdue'),
    ]
FINISHED = [
    (DAY - SECOND, 'early'),
    (DAY, 'on_time'),
    (DUE, 'on_time'),
    (DUE + SECOND, 'late'),
    ]
TABLE = [
    *[(state, moment, class_)
        for state in ['received', 'processing', 'withdrawal', 'submitted']
        for moment, class_ in RUNNING],
    *[(state, moment, class_)
        for state in ['resolved', 'returned']
        for moment, class_ in FINISHED],
    *[(state, moment, class_)
        for state, class_ in [
            ('draft', None),
            ('voided', None),
            ('refused', 'not_eligible'),
            ('supplement', 'waiting'),
            ('payment', 'waiting'),
            ('rejected', 'not_resolved'),
            ('unsupplemented', 'not_resolved'),
            ('withdrawn', 'withdrawn'),
            ]
        for moment in [WARN, DUE, DUE + SECOND]],
    ]


@pytest.fixture
def dossier(transaction):
    with transaction.set_user(0):
        procedure = create_procedure()
        office = create_office('c_', procedures=[procedure])
        dossier, = Pool().get('tthcc.dossier').create(
            [new_dossier(office, procedure)])
        dossier.due, dossier.warn_at, dossier.due_day = DUE, WARN, DAY
        yield dossier


def classes_of(dossier, moment):
    """Return the class that reading gives, and all that searching gives."""
    Dossier = Pool().get('tthcc.dossier')
    with clock.moved_to(moment):
        read, = Dossier.read([dossier.id], ['class_'])
        found = [
            class_ for class_, _ in [(None, ''), *CLASSES]
            if Dossier.search(
                [('id', '=', dossier.id), ('class_', '=', class_)])]
        others = Dossier.search(
            [('id', '=', dossier.id), ('class_', '!=', read['class_'])])
    return read['class_'], found, others


def test_table(dossier):
    for state, moment, class_ in TABLE:
        dossier.state = state
        dossier.resolved_at = moment
        dossier.save()
        # What is finished keeps its class for good
        now = DUE + dt.timedelta(days=30) if state in {
            'resolved', 'returned'} else moment
        assert classes_of(dossier, now) == (class_, [class_], []), (
            state, moment)


def test_without_term(dossier):
    dossier.due = dossier.warn_at = dossier.due_day = None
    dossier.resolved_at = DUE
    for state, class_ in [
            ('submitted', 'not_due'),
            ('received', 'no_term'),
            ('processing', 'no_term'),
            ('supplement', 'waiting'),
            ('resolved', 'no_term'),
            ('returned', 'no_term'),
            ('withdrawn', 'withdrawn'),
            ]:
        dossier.state = state
        dossier.save()
        assert classes_of(dossier, DUE) == (class_, [class_], []), state


def test_due_today(dossier):
    Dossier = Pool().get('tthcc.dossier')
    dossier.state = 'processing'
    dossier.save()
    for moment, today in [
            (DAY - SECOND, False),
            (DAY, True),
            (DUE, True),
            (DAY + dt.timedelta(days=1) - SECOND, True),
            (DAY + dt.timedelta(days=1), False),
            ]:
        with clock.moved_to(moment):
            read, = Dossier.read([dossier.id], ['due_today'])
            assert bool(read['due_today']) == today
            for value in [True, False]:
                found = Dossier.search([
                        ('id', '=', dossier.id), ('due_today', '=', value)])
                assert bool(found) == (value == today)


def test_count_of_centre_is_that_of_the_list(dossier):
    Count = Pool().get('tthcc.dossier.centre_count')
    dossier.state = 'processing'
    dossier.save()
    for moment, column in [
            (WARN - SECOND, 'in_term'), (WARN, 'due_soon'),
            (DUE + SECOND, 'overdue')]:
        with clock.moved_to(moment):
            count, = Count.search([('centre', '=', dossier.centre.id)])
            numbers, = Count.read([count.id], [
                    'in_term', 'due_soon', 'overdue', 'waiting',
                    'done_in_time', 'done_late', 'not_done'])
            del numbers['id']
            assert {c for c, n in numbers.items() if n} == {column}
