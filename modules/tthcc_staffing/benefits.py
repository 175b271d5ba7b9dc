# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a posting counts for in a month: pure functions, without database.

Days are counted by half days in which the centre opens: two make a day, and no
half day of a person counts twice, however many postings have it.  Duty outside
of opening hours is counted by hours, of which none counts twice either.
Moments are naive local datetimes; a span is a pair of them.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Optional

from .covering import days, hours, open_halves


class Count(NamedTuple):
    "The half days of a posting, as sets of (date, half)"
    present: set
    leave: set
    on_call: set
    absent: set


class Known(NamedTuple):
    """What the centre of a posting knows of its person besides the mode.

    planned: the dates with a published roster; duties: the half days of the
    person in it; since: the date from which people sign in there, if they do;
    signed: the half days in which the person was signed in."""
    planned: frozenset = frozenset()
    duties: frozenset = frozenset()
    since: Optional[dt.date] = None
    signed: frozenset = frozenset()

    def signs(self, date):
        return self.since is not None and self.since <= date


def allot(postings, calendar, first, last, on_leave=frozenset(), known=None):
    """Return a Count for each of the postings of one person, in their order,
    from first to last.

    calendar: a worktime.Calendar; on_leave: (date, half); known: the Known of
    each posting.  Where there is a published roster it says who is to be
    there, else the mode; where people sign in only who did was present.  What
    two postings have belongs to the earlier one; who is at the centre in one
    is not on call in another."""
    counts = [Count(set(), set(), set(), set()) for _ in postings]
    rows = list(zip(counts, postings, known or [Known()] * len(postings)))
    for date in days(first, last):
        for half in open_halves(calendar, date):
            moment = date, half
            usual = [row for row in rows if row[1].is_there(*moment)]
            there = [
                row for row in usual + rows if _is_planned(*row[1:], *moment)]
            called = [row for row in rows if row[1].is_on_call(date)]
            due = there + called
            if moment in on_leave:
                # The roster is without who is on leave
                due = usual + due
            if not due:
                continue
            count, _, facts = due[0]
            signed = facts.signs(date) and moment in facts.signed
            if moment in on_leave:
                count.leave.add(moment)
            elif signed or there and not facts.signs(date):
                count.present.add(moment)
            elif there:
                count.absent.add(moment)
            else:
                count.on_call.add(moment)
    return counts


def _is_planned(posting, known, date, half):
    "Whether the posting is to have the person at the centre"
    if date in known.planned:
        return (
            posting.start <= date <= posting.end
            and (date, half) in known.duties)
    return posting.is_there(date, half)


def overtime(postings, calendar, duties):
    """Return for each of the postings of one person, in their order, the
    hours of duty outside of opening hours, as two Decimals: those on working
    days and those on days off.

    duties: for each posting the spans of duty at its centre."""
    taken, result = [], []
    for posting, spans in zip(postings, duties):
        mine = without([
                span for span in merged(spans)
                if posting.start <= span[0].date() <= posting.end], taken)
        taken += mine
        beyond = without(mine, openings(calendar, mine).values())
        result.append(tuple(
                in_hours(
                    span for span in beyond
                    if bool(calendar.periods(span[0].date())) == working)
                for working in [True, False]))
    return result


def merged(spans):
    "Return the spans in order, those that touch as one"
    result = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return result


def common(spans, others):
    "Return what of the spans lies in the others"
    return merged(
        (max(a, c), min(b, d))
        for a, b in spans for c, d in others if max(a, c) < min(b, d))


def without(spans, others):
    "Return what of the spans lies in none of the others"
    for start, end in others:
        spans = [
            (a, b) for span in spans
            for a, b in [
                (span[0], min(span[1], start)), (max(span[0], end), span[1])]
            if a < b]
    return spans


def opening(calendar, date, half):
    "Return the span in which the half day of the date is open"
    return tuple(
        dt.datetime.combine(date, time)
        for time in hours(calendar, date, half))


def openings(calendar, spans):
    "Return the spans of the half days open on the dates of the spans"
    dates = {
        date for start, end in spans
        for date in days(start.date(), end.date())}
    return {
        (date, half): opening(calendar, date, half)
        for date in dates for half in open_halves(calendar, date)}


def halves(calendar, spans):
    "Return the half days open, (date, half), in which a part of a span lies"
    return {
        half for half, span in openings(calendar, spans).items()
        if common([span], spans)}


def in_hours(spans):
    "Return the length of the spans in hours, a Decimal to the hundredth"
    length = sum((end - start for start, end in spans), dt.timedelta())
    return Decimal(length / dt.timedelta(hours=1)).quantize(
        Decimal('.01'), ROUND_HALF_UP)


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
