# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The moments at which the demo's people do things.

There are a few a day for each kind of act, the same ones everywhere, so that
what happens at one moment can be done with one call.
"""

import datetime as dt
from bisect import bisect, bisect_left
from random import Random

from trytond.modules.tthcc import worktime

# About when; up to _JITTER minutes later on each day
_TIMES = {
    'register': "7:10 7:50 8:30 9:15 10:00 10:45 13:40 14:20 15:05 15:55",
    'accept': "7:20 9:35 13:50 15:20",
    'pass_on': "7:45 9:30 10:50 14:00 15:00 16:20",
    'complete_step': "8:50 11:05 14:25 15:40",
    'resolve': "9:40 11:20 14:45 16:30",
    'return_': "7:30 10:15 14:00 16:45",
    'stop': "8:55 14:35 16:05",
    'resume': "8:10 10:30 15:45",
    }
_JITTER = 8


class Timetable:
    "The moments from the first day on that lie before now; all are local"

    def __init__(self, calendar, first_day, now):
        self.calendar = calendar
        self.now = now
        self.days = [
            day for day in (
                first_day + dt.timedelta(n)
                for n in range((now.date() - first_day).days + 1))
            if calendar.periods(day)]
        self._moments = {kind: self._make(kind) for kind in _TIMES}

    def _make(self, kind):
        moments = []
        for day in self.days:
            random = Random(f'{day} {kind}')
            for time in _TIMES[kind].split():
                hour, minute = map(int, time.split(':'))
                moment = dt.datetime.combine(
                    day, dt.time(hour, minute)) + dt.timedelta(
                        seconds=random.randrange(60 * _JITTER))
                if (moment < self.now
                        and worktime.is_working(self.calendar, moment)):
                    moments.append(moment)
        return moments

    def moments(self, kind):
        return self._moments[kind]

    def after(self, kind, moment):
        "The first moment after the given one, None when it has not come yet"
        moments = self._moments[kind]
        index = bisect(moments, moment)
        return moments[index] if index < len(moments) else None

    def by(self, kind, moment):
        "The last moment up to the given one"
        moments = self._moments[kind]
        return moments[max(bisect(moments, moment) - 1, 0)]

    def on(self, kind, day):
        "The moments of the day"
        moments = self._moments[kind]
        midnight = dt.datetime.combine(day, dt.time.min)
        return moments[
            bisect_left(moments, midnight):
            bisect_left(moments, midnight + dt.timedelta(1))]

    def later(self, moment, hours):
        "The moment so many working hours later"
        return worktime.add_working_time(
            self.calendar, moment, dt.timedelta(hours=hours))

    def hours(self, start, end):
        "The working hours between two moments"
        worked, _ = worktime.worked(self.calendar, start, end)
        return worked / dt.timedelta(hours=1)
