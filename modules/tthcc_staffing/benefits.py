# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a posting counts for in a month: pure functions, without database.

Work is counted by half days in which the centre opens: two make a day, and no
half day of a person counts twice, however many postings have it.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .covering import days, open_halves


class Count(NamedTuple):
    "The half days of a posting, as sets of (date, half)"
    present: set
    leave: set
    on_call: set


def allot(postings, calendar, first, last, absent=frozenset()):
    """Return a Count for each of the postings of one person, in their order,
    from first to last.

    calendar: a worktime.Calendar; absent: (date, half) of leave.  What two
    postings have belongs to the earlier one; who is at the centre in one is
    not on call in another."""
    counts = [Count(set(), set(), set()) for _ in postings]
    for date in days(first, last):
        for half in open_halves(calendar, date):
            there = next((
                    c for c, p in zip(counts, postings)
                    if p.is_there(date, half)), None)
            on_call = next((
                    c for c, p in zip(counts, postings)
                    if p.is_on_call(date)), None)
            if not (there or on_call):
                continue
            elif (date, half) in absent:
                (there or on_call).leave.add((date, half))
            elif there:
                there.present.add((date, half))
            else:
                on_call.on_call.add((date, half))
    return counts


def in_days(halves):
    "Return the number of days that the half days make, a Decimal"
    return Decimal(len(halves)) / 2


def working_days(calendar, first, last):
    "Return the number of days with half days open, from first to last"
    return in_days([
            half for date in days(first, last)
            for half in open_halves(calendar, date)])


def between(halves, first, last):
    "Return the half days of the dates from first to last"
    return {(date, half) for date, half in halves if first <= date <= last}


def allowance(basis, amount, percent, present, posted, month):
    """Return what an allowance comes to, in whole đồng.

    basis: 'day' for each day present, 'month' or 'share' (percent of the
    amount) for a month, of which the part counts that the posting had;
    present, posted, month: days present, working days of the posting and of
    the month"""
    if basis == 'day':
        total = amount * present
    else:
        total = amount * posted / month if month else Decimal(0)
        if basis == 'share':
            total *= percent / Decimal(100)
    return total.quantize(Decimal(1), ROUND_HALF_UP)
