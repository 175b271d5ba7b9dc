# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Working time and lawful deadlines, as pure functions.

Nothing here reads a database or the clock.  Moments are naive local
datetimes, dates are local dates.  What is counted, and by which rule:

* An arrival outside opening hours counts from the next opening: before
  opening from that opening, in the lunch break from the afternoon, after
  closing and on a day off from the next working day.  The closing minute
  itself still belongs to the period it ends.
* A term in days does not count the day of reception (Civil Code 2015,
  art. 147.2) and is due at the closing time of its last day; when that is a
  day off, at the closing time of the next working day (art. 148.5).
* Working days are counted by day or by hour, as the calendar says.  By day,
  every day with any opening period is one working day, a Saturday morning
  too.  By hour, a working day is ``day_length`` of working time from the
  minute of reception: the same clock time so many working days later,
  rounded up.
* A term with a cut-off time is of the same-day kind, its value being 0 or 1:
  due at closing time of the day of reception, or of the next working day
  when received after the cut-off, whichever way the calendar counts.
* A term in months ends on the day of the same number, or on the last day of
  a month that has none.
* A term in hours runs from the moment of reception (art. 147.1).  Assumption:
  clock hours that end while the office is closed are due when it next opens,
  since art. 148.5 is about terms in days.
* A term of a day or more is never due on the day of the arrival.
* A pause moves a term counted by hour by exactly its working time (clock
  hours by its time on the clock), before the rounding; a term in working
  days by the number of working days after the day of the stop up to and
  including the day it resumes; a term in calendar days or months by the
  number of calendar days counted the same way.  What lies before the
  reception or in an earlier pause is not counted again, and a pause that
  begins after the due moment moves nothing: the term had run out.
* A pause that makes the term start again moves its start to where the pause
  ended, as if the dossier had arrived there; what was before counts no more.
* An extension puts the due moment off to the one it names.  Pauses after it
  move that one on; an extension from before the term started again lapsed.
* The warning comes so many working days before the due moment, at the same
  time of the day; when that is before the reception, after half of the
  working time the term has.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from dateutil.relativedelta import relativedelta

__all__ = [
    'COUNTINGS', 'UNITS', 'Calendar', 'Day', 'Deadline', 'Extension', 'Line',
    'NoWorkingTime', 'Pause', 'Term', 'add_working_days', 'add_working_time',
    'counted_from', 'deadline', 'is_working', 'last_closing', 'next_opening',
    'worked', 'working_days_between']

COUNTINGS = {'day', 'hour'}
UNITS = {
    'working_day', 'calendar_day', 'month', 'working_hour', 'clock_hour',
    'hour',  # stated as hours without saying which: counted as working hours
    'unstated',  # stated as a number without unit: nothing can be counted
    'none',
    }
_ONE_DAY = dt.timedelta(days=1)
_NOTHING = dt.timedelta(0)
# A calendar closed for longer than this is a mistake, not a holiday
_LONGEST_CLOSING = 400


class NoWorkingTime(ValueError):
    "The calendar has no opening period within reach."


@dataclass(frozen=True)
class Day:
    "An exception of the week; without periods it is a day off."
    name: str
    periods: tuple[tuple[dt.time, dt.time], ...] = ()


@dataclass(frozen=True)
class Calendar:
    "Opening periods per weekday, Monday first, and the exceptions by date."
    week: tuple[tuple[tuple[dt.time, dt.time], ...], ...]
    days: Mapping[dt.date, Day] = field(default_factory=dict)
    counting: str = 'day'
    day_length: dt.timedelta = dt.timedelta(hours=8)
    rounding: dt.timedelta = dt.timedelta(minutes=15)

    def __post_init__(self):
        if self.counting not in COUNTINGS:
            raise ValueError(f"unknown way of counting {self.counting!r}")
        if self.day_length <= _NOTHING or self.rounding < _NOTHING:
            raise ValueError(
                "a working day needs a length, and rounding goes up")
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        for periods in (*self.week, *(d.periods for d in self.days.values())):
            if (any(opening >= closing for opening, closing in periods)
                    or any(a[1] > b[0] for a, b in pairwise(periods))):
                raise ValueError(f"periods out of order: {periods}")

    def periods(self, day):
        "The opening periods of a date, in order."
        exception = self.days.get(day)
        if exception is None:
            return self.week[day.weekday()]
        return exception.periods


@dataclass(frozen=True)
class Term:
    "How long a procedure may take; `cutoff` only with 0 or 1 working day."
    value: int | None
    unit: str
    cutoff: dt.time | None = None

    def __post_init__(self):
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}")
        if not self.is_counted:
            return
        if self.value is None or self.value < 0:
            raise ValueError(f"a term in {self.unit} needs a value")
        if self.cutoff is not None and (
                self.unit != 'working_day' or self.value > 1):
            raise ValueError("a cut-off needs a term of one working day")

    @property
    def is_counted(self):
        return self.unit not in {'none', 'unstated'}


@dataclass(frozen=True)
class Pause:
    """The clock stands still; `end` is None while it does.

    When it `restarts`, the term starts again from the end."""
    start: dt.datetime
    end: dt.datetime | None
    reason: str = ''
    restarts: bool = False

    def __post_init__(self):
        if self.end is not None and self.end < self.start:
            raise ValueError("a pause cannot end before it starts")


@dataclass(frozen=True)
class Extension:
    "By an apology made at `start` the due moment is put off to `due`."
    start: dt.datetime
    due: dt.datetime
    reason: str = ''


@dataclass(frozen=True)
class Line:
    "One line of an explanation, for a sentence in any language."
    kind: str
    moment: dt.datetime | dt.date | None = None
    params: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Deadline:
    "`due` is None without a countable term, and while the clock is stopped."
    due: dt.datetime | None
    warn_at: dt.datetime | None
    lines: tuple[Line, ...]


def is_working(calendar, moment):
    "Whether the office is open at the moment."
    return any(
        opening <= moment.time() <= closing
        for opening, closing in calendar.periods(moment.date()))


def next_opening(calendar, moment):
    "The moment itself when the office is open, else when it next opens."
    for opening, closing in calendar.periods(moment.date()):
        if moment.time() <= closing:
            return max(moment, _at(moment, opening))
    day = add_working_days(calendar, moment.date(), 1)
    return _at(day, calendar.periods(day)[0][0])


def last_closing(calendar, day):
    "The last closing time of a working day."
    return _at(day, calendar.periods(day)[-1][1])


def add_working_days(calendar, day, count):
    "The count-th working day after the date, before it when negative."
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    closed = 0
    while count:
        day += step
        if calendar.periods(day):
            count -= step.days
            closed = 0
        else:
            closed += 1
            if closed > _LONGEST_CLOSING:
                raise NoWorkingTime(
                    f"no opening period in {closed} days until {day}")
    return day


def working_days_between(calendar, first, last):
    "How many working days d there are with first < d <= last."
    return sum(
        bool(calendar.periods(first + dt.timedelta(days=n)))
        for n in range(1, (last - first).days + 1))


def add_working_time(calendar, start, amount, at_opening=False):
    """The moment after so much working time.

    The end of one period and the start of the next are the same working
    time; the latter is given on `at_opening`.
    """
    moment = next_opening(calendar, start)
    while True:
        for opening, closing in calendar.periods(moment.date()):
            begin = max(moment, _at(moment, opening))
            left = _at(moment, closing) - begin
            if left < _NOTHING:
                continue
            if amount < left or (amount == left and not at_opening):
                return begin + amount
            amount -= left
        moment = next_opening(
            calendar, _at(moment.date() + _ONE_DAY, dt.time.min))


def worked(calendar, start, end, pauses=()):
    "The working time between two moments less the pauses, and its lines."
    total = _working_time(calendar, start, end)
    lines = []
    covered = start
    for pause in _in_order(pauses):
        begin = max(pause.start, covered)
        covered = max(covered, min(pause.end or end, end))
        amount = _working_time(calendar, begin, covered)
        total -= amount
        lines.append(_pause_line(pause, amount, 'working_hour'))
    lines += _exceptional_days(calendar, start.date(), end.date())
    return total, (
        Line('start', start), *_in_order_of_time(lines),
        Line('worked', end, {'amount': total}))


def counted_from(start, pauses):
    """Whence the term of a dossier that arrived at `start` counts now, and
    the pauses that belong to it."""
    restarts = [p.end for p in pauses if p.restarts and p.end is not None]
    if restarts:
        start = max(restarts)
        pauses = [
            p for p in pauses
            if p.start >= start and not (p.restarts and p.end is not None)]
    return start, _in_order(pauses)


def deadline(calendar, term, start, pauses=(), extensions=(), warn=1):
    """When a dossier that arrived at `start` is due, and why.

    `warn` is a number of working days.  Raises NoWorkingTime.
    """
    lines = [Line('start', start), *_restart_lines(pauses)]
    start, pauses = counted_from(start, pauses)
    lines += [
        Line('extension_lapsed', e.start, {'due': e.due, 'reason': e.reason})
        for e in extensions if e.start < start]
    extensions = [e for e in extensions if e.start >= start]
    if not term.is_counted:
        lines.append(Line(f'term_{term.unit}', None, {'value': term.value}))
        return Deadline(None, None, tuple(lines))

    received = next_opening(calendar, start)
    if received != start:
        lines.append(Line(
                f'received_{_why_closed(calendar, start)}', received))
    count = _count(calendar, term, start, received)
    lines.append(count.rule)

    for pause in pauses:
        if pause.end is None:
            kind = 'stopped_restarts' if pause.restarts else 'stopped'
            lines.append(Line(kind, pause.start, {'reason': pause.reason}))
            return Deadline(None, None, tuple(lines))

    end, covered = count.end, received
    due, notes = count.settle(end)
    during = []
    for pause in _in_order([*extensions, *pauses]):
        if isinstance(pause, Extension):
            during.append(Line('extension', pause.start, {
                        'before': due,
                        'due': pause.due,
                        'reason': pause.reason}))
            during += _exceptional_days(
                calendar, count.skips_from(received, end), due.date())
            count, end = _Extended(count, pause.due), pause.due
            due, notes = count.settle(end)
            continue
        if pause.start > due:
            during.append(
                Line('pause_after_due', pause.start, {'reason': pause.reason}))
            continue
        begin = max(pause.start, covered)
        covered = max(covered, pause.end)
        amount = count.between(begin, covered)
        during.append(_pause_line(pause, amount, count.unit))
        end = count.shift(end, amount)
        due, notes = count.settle(end)

    during += _exceptional_days(
        calendar, start.date(), received.date() - _ONE_DAY)
    during += _exceptional_days(
        calendar, count.skips_from(received, end), due.date())
    lines += _in_order_of_time(during)
    lines += notes
    lines.append(Line('due', due))
    return Deadline(
        due, _warn_at(calendar, received, due, pauses, warn), tuple(lines))


def _count(calendar, term, start, received):
    rule = f'term_{term.unit}'
    params = {'value': term.value}
    if term.unit == 'working_day':
        if term.cutoff is not None:
            late = received.time() > term.cutoff
            value = int(late)
            rule = 'after_cutoff' if late else 'by_cutoff'
            params['cutoff'] = term.cutoff
        elif not term.value:
            value = 0
            rule = 'same_day'
        elif calendar.counting == 'hour':
            amount = term.value * calendar.day_length
            return _WorkingTime(
                calendar, start, received, amount,
                Line(f'{rule}_by_hour', received, params | {'amount': amount}))
        else:
            value = term.value
        return _WorkingDays(
            calendar, add_working_days(calendar, received.date(), value),
            Line(rule, received.date(), params))
    elif term.unit in {'calendar_day', 'month'}:
        if term.unit == 'month':
            length = relativedelta(months=term.value)
        else:
            length = relativedelta(days=term.value)
        return _CalendarDays(
            calendar, received.date() + length,
            Line(rule, received.date(), params))
    amount = dt.timedelta(hours=term.value)
    rule = Line(rule, received, params)
    if term.unit == 'clock_hour':
        return _ClockTime(calendar, received + amount, rule)
    return _WorkingTime(calendar, start, received, amount, rule)


class _Count:
    """A way of counting: where the term ends before any pause, and the rule.

    `between` tells how much a pause takes away, `shift` puts that back, and
    `settle` makes the end a due moment with the lines that say how.
    """

    def __init__(self, calendar, end, rule):
        self.calendar = calendar
        self.end = end
        self.rule = rule


class _WorkingDays(_Count):
    unit = 'working_day'

    def between(self, start, end):
        return working_days_between(self.calendar, start.date(), end.date())

    def shift(self, end, amount):
        return add_working_days(self.calendar, end, amount)

    def settle(self, end):
        return last_closing(self.calendar, end), []

    def skips_from(self, received, end):
        return received.date()


class _CalendarDays(_Count):
    unit = 'calendar_day'

    def between(self, start, end):
        return (end.date() - start.date()).days

    def shift(self, end, amount):
        return end + dt.timedelta(days=amount)

    def settle(self, end):
        if self.calendar.periods(end):
            return last_closing(self.calendar, end), []
        day = add_working_days(self.calendar, end, 1)
        return last_closing(self.calendar, day), [
            Line('last_day_off', day, {'last': end})]

    def skips_from(self, received, end):
        return end


class _ClockTime(_Count):
    unit = 'clock_hour'

    def between(self, start, end):
        return end - start

    def shift(self, end, amount):
        return end + amount

    def settle(self, end):
        due, notes = end, []
        opening = next_opening(self.calendar, due)
        if opening != due:
            notes.append(Line('due_closed', opening, {'exact': due}))
            due = opening
        rounded = _round_up(self.calendar, due)
        if rounded != due:
            notes.append(Line('rounded', rounded, {'exact': due}))
        return rounded, notes

    def skips_from(self, received, end):
        return end.date()


class _WorkingTime(_ClockTime):
    unit = 'working_hour'

    def __init__(self, calendar, start, received, amount, rule):
        # A day from 07:00 is due at 07:00, not at the closing before it
        self.at_opening = (
            amount >= calendar.day_length
            and not _is_closing(calendar, received))
        self.earliest = dt.datetime.min
        if amount >= calendar.day_length:
            self.earliest = next_opening(
                calendar, _at(start.date() + _ONE_DAY, dt.time.min))
        end = add_working_time(calendar, received, amount, self.at_opening)
        super().__init__(calendar, end, rule)

    def between(self, start, end):
        return _working_time(self.calendar, start, end)

    def shift(self, end, amount):
        return add_working_time(self.calendar, end, amount, self.at_opening)

    def settle(self, end):
        due, notes = super().settle(end)
        if due < self.earliest:
            notes.append(Line('not_same_day', self.earliest, {'exact': due}))
            due = self.earliest
        return due, notes

    def skips_from(self, received, end):
        return received.date()


class _Extended(_Count):
    "From the moment that an extension names, pauses as before it."

    def __init__(self, count, due):
        super().__init__(count.calendar, due, count.rule)
        self.count = count
        self.unit = count.unit

    def between(self, start, end):
        return self.count.between(start, end)

    def shift(self, end, amount):
        if isinstance(amount, dt.timedelta):
            return self.count.shift(end, amount)
        return _at(self.count.shift(end.date(), amount), end.time())

    def settle(self, end):
        day = end.date()
        if not self.calendar.periods(day):
            due = last_closing(
                self.calendar, add_working_days(self.calendar, day, 1))
            return due, [Line('last_day_off', due, {'last': day})]
        return min(
            next_opening(self.calendar, end),
            last_closing(self.calendar, day)), []

    def skips_from(self, received, end):
        return end.date()


def _warn_at(calendar, received, due, pauses, days):
    day = add_working_days(calendar, due.date(), -days)
    warn_at = min(_at(day, due.time()), last_closing(calendar, day))
    if warn_at < received:
        left, _ = worked(calendar, received, due, pauses)
        total = _working_time(calendar, received, due)
        warn_at = add_working_time(
            calendar, received, total - left / 2).replace(microsecond=0)
    return warn_at


def _why_closed(calendar, moment):
    periods = calendar.periods(moment.date())
    if not periods:
        return 'day_off'
    elif moment.time() < periods[0][0]:
        return 'before_opening'
    elif moment.time() > periods[-1][1]:
        return 'after_closing'
    return 'in_break'


def _exceptional_days(calendar, first, last):
    "Lines of the days off and of the exceptional working days."
    lines = []
    for n in range((last - first).days + 1):
        day = first + dt.timedelta(days=n)
        if exception := calendar.days.get(day):
            kind = 'working_day_added' if exception.periods else 'holiday'
            lines.append(Line(kind, day, {'name': exception.name}))
        elif not calendar.periods(day):
            first_off = day
            if lines and lines[-1].params.get('last') == day - _ONE_DAY:
                first_off = lines.pop().moment
            lines.append(Line('weekend', first_off, {'last': day}))
    return lines


def _restart_lines(pauses):
    return [
        Line('restart', p.end, {'start': p.start, 'reason': p.reason})
        for p in _in_order(pauses) if p.restarts and p.end is not None]


def _pause_line(pause, amount, unit):
    return Line('pause' if pause.end else 'stopped', pause.start, {
            'end': pause.end,
            'reason': pause.reason,
            'amount': amount,
            'unit': unit,
            })


def _in_order(pauses):
    return sorted(pauses, key=lambda pause: pause.start)


def _in_order_of_time(lines):
    def key(line):
        if isinstance(line.moment, dt.datetime):
            return line.moment
        return _at(line.moment, dt.time.min)
    return sorted(lines, key=key)


def _working_time(calendar, start, end):
    total = _NOTHING
    for n in range((end.date() - start.date()).days + 1):
        day = start.date() + dt.timedelta(days=n)
        for opening, closing in calendar.periods(day):
            length = (
                min(_at(day, closing), end) - max(_at(day, opening), start))
            if length > _NOTHING:
                total += length
    return total


def _is_closing(calendar, moment):
    return any(
        moment.time() == closing
        for _, closing in calendar.periods(moment.date()))


def _round_up(calendar, moment):
    "Round up within the opening period, at most to its closing."
    if not calendar.rounding:
        return moment
    midnight = _at(moment, dt.time.min)
    rounded = moment + (midnight - moment) % calendar.rounding
    for _, closing in calendar.periods(moment.date()):
        if moment.time() <= closing:
            return min(rounded, _at(moment, closing))


def _at(day, time):
    return dt.datetime.combine(day, time)
