# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The days and hours of posted people in a month, from what is known of
them: postings, leave, published rosters and attendance."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from trytond.modules.tthcc import clock
from trytond.pool import Pool

from . import benefits, covering

_MONTH = dt.timedelta(days=31)
_WEEK = dt.timedelta(days=6)


class Month(NamedTuple):
    """What a posting comes to: a benefits.Count, and hours of overtime, on
    days off, and of time off in lieu that was taken."""
    count: benefits.Count
    overtime: Decimal
    weekend: Decimal
    taken: Decimal


def count(employees, first, last):
    """Return the Month of each posting of the employees, by ids, from first
    to last, by the id of the posting.

    Postings at all centres are looked at, so that nothing counts twice."""
    pool = Pool()
    Leave = pool.get('tthcc.leave')
    postings = defaultdict(list)
    for posting in _posted('employee', employees, first, last):
        postings[posting.employee.id].append(posting)
    on_leave, in_lieu = defaultdict(set), defaultdict(set)
    for leave in Leave.approved(employees, first, last):
        halves = leave.halves(first, last)
        on_leave[leave.employee.id] |= halves
        if leave.kind == 'lieu':
            in_lieu[leave.employee.id] |= halves
    places = {
        posting.centre: _Place(posting.centre, first, last)
        for mine in postings.values() for posting in mine}
    months = {}
    for employee, mine in postings.items():
        values = [posting.posting() for posting in mine]
        calendar = mine[0].centre.worktime()
        at = [places[posting.centre] for posting in mine]
        counts = benefits.allot(
            values, calendar, first, last, on_leave[employee],
            [place.known(employee, calendar) for place in at])
        extra = benefits.overtime(
            values, calendar, [place.duties(employee) for place in at])
        for posting, counted, hours in zip(mine, counts, extra):
            taken = [
                benefits.opening(calendar, *half)
                for half in counted.leave & in_lieu[employee]]
            months[posting.id] = Month(
                counted, *hours, benefits.in_hours(taken))
    return months


def _posted(name, ids, first, last):
    Secondment = Pool().get('tthcc.secondment')
    return Secondment.search([
            (name, 'in', list(ids)),
            *Secondment.in_force(first, last),
            ], order=[('start_date', 'ASC'), ('id', 'ASC')])


class _Place:
    "The published rosters and the attendance of a centre in a month"

    def __init__(self, centre, first, last):
        self.timezone = centre.timezone
        people = {p.employee.id for p in _posted(
                'centre', [centre.id], first, last)}
        self._read_rosters(centre, first, last)
        self._read_attendance(people, centre, first, last)

    def _read_rosters(self, centre, first, last):
        Roster = Pool().get('tthcc.roster')
        self.planned, self._duties = set(), defaultdict(list)
        for roster in Roster.search([
                    ('centre', '=', centre.id),
                    ('state', '=', 'published'),
                    ('start_date', '>=', first - _WEEK),
                    ('start_date', '<=', last),
                    ]):
            self.planned.update(
                covering.days(roster.start_date, roster.end_date))
            for duty in roster.duties:
                if first <= duty.date <= last:
                    self._duties[duty.employee.id].append(
                        self._local(duty.start, duty.end))

    def _read_attendance(self, people, centre, first, last):
        """Since when people sign in, told by those of the centre only: a line
        of attendance does not say where."""
        Line = Pool().get('attendance.line')
        away = {
            p.employee.id for p in _posted('employee', people, first, last)
            if p.centre != centre}
        self._signed = defaultdict(list)
        signing, arrived = [], {}
        for line in Line.search([
                    ('employee', 'in', list(people)),
                    ('date', '>=', first),
                    ('date', '<=', last),
                    ], order=[('at', 'ASC'), ('id', 'ASC')]):
            employee, date = line.employee.id, line.date
            if employee not in away:
                signing.append(date)
            if line.type == 'in':
                arrived.setdefault((employee, date), line.at)
            elif start := arrived.pop((employee, date), None):
                self._signed[employee].append(self._local(start, line.at))
        for (employee, date), start in arrived.items():
            start = clock.to_local(start, self.timezone)
            # Who did not sign out stayed
            self._signed[employee].append(
                (start, dt.datetime.combine(date, dt.time.max)))

        self.since = signing[0] if signing else None
        if signing and Line.search([
                    ('employee', 'in', list(people - away)),
                    ('date', '>=', first - _MONTH),
                    ('date', '<', first)], limit=1):
            self.since = first

    def _local(self, *moments):
        return tuple(clock.to_local(m, self.timezone) for m in moments)

    def known(self, employee, calendar):
        "Return the benefits.Known of the employee here"
        return benefits.Known(
            planned=frozenset(self.planned),
            duties=frozenset(benefits.halves(
                    calendar, self._duties[employee])),
            since=self.since,
            signed=frozenset(benefits.halves(
                    calendar, self._signed[employee])))

    def duties(self, employee):
        "Return the spans of duty; only where signed in if people sign in"
        duties = benefits.merged(self._duties[employee])
        if self.since is None:
            return duties
        signed = self._signed[employee]
        return [
            span for duty in duties
            for span in (
                benefits.common([duty], signed)
                if duty[0].date() >= self.since else [duty])]
