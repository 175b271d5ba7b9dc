# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"How long items were out of order, from their events."

import datetime as dt
from itertools import groupby

from trytond.model import fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.transaction import Transaction

YEAR = dt.timedelta(days=365)


def time_out_of_order(events, start, end):
    """
    Return how long an item was out of order between two moments.

    events: its moments and the condition after each, in order of time
    """
    total = dt.timedelta()
    since = None
    for at, condition in [*events, (end, None)]:
        if since is not None:
            total += max(
                min(at, end) - max(since, start), dt.timedelta())
        since = at if condition == 'out_of_order' else None
    return total


def downtimes(items):
    "Return the days each item was out of order in the last year, by its id"
    Event = Pool().get('tthcc.equipment.event')
    event = Event.__table__()
    cursor = Transaction().connection.cursor()
    now = clock.now()
    days = {i.id: 0 for i in items}
    cursor.execute(*event.select(
            event.equipment, event.at, event.condition,
            where=fields.SQL_OPERATORS['in'](event.equipment, list(days)),
            order_by=[event.equipment, event.at, event.id]))
    for id, rows in groupby(cursor, lambda r: r[0]):
        days[id] = time_out_of_order(
            [r[1:] for r in rows], now - YEAR, now).days
    return days
