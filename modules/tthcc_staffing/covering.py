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
