# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Who is at the centre when: pure functions of postings, without database."""

import datetime as dt
from typing import NamedTuple, Optional

NOON = dt.time(12)
HALVES = ('morning', 'afternoon')


class Posting(NamedTuple):
    """When one person receives at a centre.

    slots are pairs of weekday (0 is Monday) and half day, periods pairs of
    the first and the last day of a season; response is in minutes."""
    employee: int
    mode: str
    start: dt.date
    end: dt.date
    slots: frozenset = frozenset()
    periods: tuple = ()
    response: Optional[int] = None

    def is_there(self, date, half):
        "Whether the posting has the person at the centre in that half day"
        if not self.start <= date <= self.end or self.mode == 'on_call':
            return False
        if self.mode == 'seasonal':
            return any(first <= date <= last for first, last in self.periods)
        if self.slots or self.mode == 'weekdays':
            return (date.weekday(), half) in self.slots
        return True

    def is_on_call(self, date):
        "Whether the person comes when called on the day"
        return self.mode == 'on_call' and self.start <= date <= self.end


def days(first, last):
    "Yield the dates from first to last"
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)


def open_halves(calendar, date):
    "Return the half days in which the worktime.Calendar opens on the date"
    return tuple(dict.fromkeys(
            'morning' if start < NOON else 'afternoon'
            for start, _ in calendar.periods(date)))


def collide(one, other):
    "Return the first date and half day in which both have the person there"
    first, last = max(one.start, other.start), min(one.end, other.end)
    for date in days(first, last):
        for half in HALVES:
            if one.is_there(date, half) and other.is_there(date, half):
                return date, half


class Cover(NamedTuple):
    "Who receives what: a posting and the ids of the procedures it receives"
    posting: Posting
    procedures: frozenset


class Gap(NamedTuple):
    "A procedure nobody at the centre can receive in that half day"
    date: dt.date
    half: str
    procedure: int
    on_call: bool


def gaps(calendar, covers, procedures, absent, first, last):
    """Return, in order, the gaps from the date first to last.

    calendar is the worktime.Calendar of the centre, covers are its Cover,
    procedures the ids of those it offers, absent a set of (employee, date,
    half).  A gap is on call when somebody comes when called."""
    found = []
    for date in days(first, last):
        for half in open_halves(calendar, date):
            there, called = set(), set()
            for posting, received in covers:
                if (posting.employee, date, half) in absent:
                    continue
                if posting.is_there(date, half):
                    there |= received
                elif posting.is_on_call(date):
                    called |= received
            found += [
                Gap(date, half, procedure, procedure in called)
                for procedure in sorted(set(procedures) - there)]
    return found


def hours(calendar, date, half):
    """Return the first and the last time the calendar is open in the half
    day of the date, which must be one of its open_halves."""
    periods = [
        (start, end) for start, end in calendar.periods(date)
        if (start < NOON) == (half == 'morning')]
    return periods[0][0], periods[-1][1]
