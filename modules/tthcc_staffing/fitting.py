# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Which mode of posting fits the work of a department, as pure functions.

A half day (weekday, 'morning' or 'afternoon') is a queue of its own: those who
come in it share it with those of the same half day only, and wait as Erlang C
has it.  Who comes while nobody is there is lost.  Per mode:

* full time: somebody is there in every half day;
* fixed half days: in the given ones, by default those in which most people
  come, as few as leave no more lost than allowed;
* in season: in every half day of the given months, by default those in which
  many more people come than in a usual month;
* on call: nobody is lost, each waits the response time before the queue, and
  each visit costs the officer the way there and back besides;
* shared: one officer serves the queue of several departments, and the time
  open is divided among them by their work.

So many officers are there as the service level takes, at most ten.  Of the
modes that keep the service level the one that takes the fewest hours of
officers fits; whoever is busy for long enough is there full time.
"""

import math
from typing import NamedTuple, Optional

from .erlang import mean_wait, served_within

MODES = ['full_time', 'weekdays', 'seasonal', 'on_call', 'shared']
_MOST_OFFICERS = 10


class Demand(NamedTuple):
    """Who comes: visits and hours open of a half day by (weekday, half);
    minutes of a visit; per month of the year (1 to 12) how many come, of
    those of a mean month; weeks and visits the figures are taken from."""
    visits: dict
    hours: dict
    minutes: float
    months: dict
    weeks: int
    total: int

    @property
    def weekly(self):
        "The visits of a week"
        return sum(self.visits.values())

    @property
    def open_hours(self):
        "The hours open of a week"
        return sum(self.hours.values())

    @property
    def busy_hours(self):
        "The hours of service of a week"
        return self.weekly * self.minutes / 60


class Level(NamedTuple):
    """What is asked for: minutes to wait at most, and shares from 0 to 1 (of
    season: from 1)"""
    wait: int
    served: float
    lost: float
    response: int
    full_time: float
    shared: float
    season: float
    least_weeks: int
    least_visits: int


class Outcome(NamedTuple):
    """What a mode comes to: officers at once, their hours a week, the share
    of these they serve, of those who meet somebody the share served in time
    and their mean wait in minutes (infinite where the queue only grows), and
    the share of all who meet nobody."""
    mode: str
    slots: frozenset
    months: frozenset
    officers: int
    hours: float
    use: float
    served: float
    wait: float
    lost: float

    def keeps(self, level):
        return self.served >= level.served and self.lost <= level.lost


def outcome(demand, level, mode, slots=None, months=None, response=None,
        others=None):
    """Return the Outcome of the mode, None where it cannot be had.

    slots, months: when somebody is there, else those that fit best;
    response: minutes, else those of the level; others: the hours of service
    a week of the other departments that share the officer"""
    everything = frozenset(demand.hours)
    year = frozenset(demand.months)
    if mode == 'weekdays':
        slots = busiest_slots(demand, level) if slots is None else slots
    else:
        slots = everything
    if mode == 'seasonal':
        months = season(demand, level) if months is None else months
    else:
        months = year
    if (not slots or mode == 'seasonal' and not months
            or mode == 'shared' and not others):
        return None
    if response is None:
        response = level.response
    tried = [1] if mode in {'on_call', 'shared'} else range(
        1, _MOST_OFFICERS + 1)
    for officers in tried:
        result = _outcome(
            demand, level, mode, slots, months, response, others or 0,
            officers)
        if result.served >= level.served:
            break
    return result


def _outcome(
        demand, level, mode, slots, months, response, others, officers):
    met = served = waited = hours = 0
    on_call = mode == 'on_call'
    delay = response if on_call else 0
    for factor in [demand.months[m] for m in months] or [1]:
        for slot in slots:
            visits = demand.visits.get(slot, 0) * factor
            open_ = demand.hours[slot]
            own = visits * demand.minutes / 60 / open_
            load = own
            if mode == 'shared':
                load += others / demand.open_hours
            met += visits
            served += visits * served_within(
                officers, load, demand.minutes, level.wait - delay)
            if visits:
                waited += visits * (delay + mean_wait(
                        officers, load, demand.minutes))
            if on_call:
                hours += min(
                    open_, visits * (demand.minutes + 2 * response) / 60)
            elif mode == 'shared':
                hours += open_ * own / load if load else 0
            else:
                hours += open_ * officers
    share = len(demand.months) or 1
    hours, met, served, waited = (
        x / share for x in [hours, met, served, waited])
    busy = met * demand.minutes / 60
    return Outcome(
        mode, slots, months, officers, hours,
        use=min(1, busy / hours) if hours else 0,
        served=served / met if met else 1,
        wait=waited / met if met else 0,
        lost=max(0, 1 - met / demand.weekly) if demand.weekly else 0)


def covered(demand, outcome):
    """Return the share of the time open in which somebody is there, nobody
    having to be called."""
    if outcome.mode == 'on_call' or not demand.open_hours:
        return 0
    hours = sum(demand.hours[slot] for slot in outcome.slots)
    if demand.months:
        hours *= len(outcome.months) / len(demand.months)
    return hours / demand.open_hours


def busiest_slots(demand, level):
    "Return the fewest half days that leave no more lost than allowed"
    slots, left = set(), demand.weekly
    for slot in sorted(
            demand.hours, key=lambda s: (-demand.visits.get(s, 0), s)):
        if left <= level.lost * demand.weekly + 1e-9:
            break
        slots.add(slot)
        left -= demand.visits.get(slot, 0)
    return frozenset(slots)


def season(demand, level):
    """Return the months of the season; none without figures of the whole
    year.

    A usual month is the median one."""
    if len(demand.months) < 12:
        return frozenset()
    usual = sorted(demand.months.values())[5]
    return frozenset(
        m for m, factor in demand.months.items()
        if factor >= level.season * usual and factor > 0)


class Advice(NamedTuple):
    """What fits: the mode, None with too little data; why, as names of
    reasons; the outcomes of all modes that can be had"""
    mode: Optional[str]
    reasons: list
    outcomes: list

    @property
    def outcome(self):
        return next((o for o in self.outcomes if o.mode == self.mode), None)


def advise(demand, level, others=None):
    """Return the Advice for the department.

    others: the hours of service a week of the other departments of the centre
    whose work is little enough to share an officer"""
    outcomes = [
        o for mode in MODES
        if (o := outcome(demand, level, mode, others=others))]
    if demand.weeks < level.least_weeks:
        return Advice(None, ['few_weeks'], outcomes)
    elif demand.total < level.least_visits:
        return Advice(None, ['few_visits'], outcomes)
    full_time = outcomes[0]
    if demand.busy_hours >= level.full_time * demand.open_hours:
        return Advice('full_time', ['busy'], outcomes)
    reasons = ['little']
    fitting = [
        o for o in outcomes if o.keeps(level) and not (
            o.mode == 'shared' and
            demand.busy_hours + others > level.shared * demand.open_hours)]
    best = min(fitting, key=lambda o: o.hours, default=full_time)
    if best is full_time:
        reasons.append('nothing_else')
    else:
        reasons.append('fewest_hours')
    return Advice(best.mode, reasons, outcomes)


def finite(minutes):
    "Return the minutes, None where the queue only grows"
    return minutes if math.isfinite(minutes) else None
