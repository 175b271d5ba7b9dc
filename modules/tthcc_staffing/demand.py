# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The figures that recommendations are made from, out of the peak facts."""

import datetime as dt
from collections import defaultdict

from dateutil.relativedelta import relativedelta
from sql.aggregate import Sum

from trytond.modules.tthcc import clock
from trytond.modules.tthcc_dossier.months import month_of
from trytond.pool import Pool
from trytond.transaction import Transaction

from .covering import open_halves
from .fitting import Demand, Level


def level(standard):
    "Return the fitting.Level that the standard asks for"
    return Level(
        wait=standard.wait_minutes,
        served=standard.served_percent / 100,
        lost=standard.lost_percent / 100,
        response=standard.response_minutes,
        full_time=standard.full_time_percent / 100,
        shared=standard.shared_percent / 100,
        season=standard.season_percent / 100,
        least_weeks=standard.least_weeks,
        least_visits=standard.least_visits)


def demands(centre, first, last):
    """Return the fitting.Demand of each department at the centre, by id,
    from the local days first to last; as facts are of whole months, all days
    of the months they lie in count, up to today."""
    calendar = centre.worktime()
    first = first.replace(day=1)
    last = min(
        last + relativedelta(day=31), clock.today(centre.timezone))
    days, hours, open_days = open_time(calendar, first, last)
    visits = defaultdict(lambda: defaultdict(int))
    months = defaultdict(lambda: defaultdict(int))
    spent = defaultdict(int)
    for department, month, weekday, hour, number, seconds in _rows(
            centre, first, last):
        slot = weekday, 'morning' if hour < 12 else 'afternoon'
        if slot not in days:
            # Out of hours: with the half day nearest to it
            slot = _nearest(days, slot)
        visits[department][slot] += number
        months[department][month] += number
        spent[department] += seconds
    weeks = (last - first).days // 7
    result = {}
    for department, by_slot in visits.items():
        total = sum(by_slot.values())
        result[department] = Demand(
            visits={s: n / days[s] for s, n in by_slot.items()},
            hours=hours,
            minutes=spent[department] / total / 60,
            months=_by_month(months[department], open_days),
            weeks=weeks, total=total)
    return result


def _nearest(days, slot):
    "Return the open half day of the same day or else the busiest one"
    same = [s for s in days if s[0] == slot[0]]
    return (same or sorted(days, key=lambda s: (-days[s], s)))[0]


def open_time(calendar, first, last):
    """Return how often each half day of the week was open from first to
    last, its mean hours, and the open days by month."""
    days, time, open_days = (
        defaultdict(int), defaultdict(dt.timedelta), defaultdict(int))
    day = first
    while day <= last:
        for half in open_halves(calendar, day):
            slot = day.weekday(), half
            days[slot] += 1
            for start, end in calendar.periods(day):
                if (start.hour < 12) == (half == 'morning'):
                    time[slot] += (
                        dt.datetime.combine(day, end)
                        - dt.datetime.combine(day, start))
        if calendar.periods(day):
            open_days[month_of(day)] += 1
        day += dt.timedelta(days=1)
    hours = {
        slot: time[slot] / dt.timedelta(hours=1) / number
        for slot, number in days.items()}
    # A Saturday worked in exchange is no half day of the week
    weeks = max(1, (last - first).days // 7)
    usual = {s: n for s, n in days.items() if n > weeks / 4}
    return usual, {s: hours[s] for s in usual}, dict(open_days)


def _by_month(visits, open_days):
    """Return how many came a day in each month of the year, of those of a
    mean month"""
    rates = defaultdict(list)
    for month, number in open_days.items():
        rates[month % 100].append(visits.get(month, 0) / number)
    rates = {m: sum(r) / len(r) for m, r in rates.items()}
    mean = sum(rates.values()) / len(rates)
    return {m: rate / mean for m, rate in rates.items()}


def _rows(centre, first, last):
    with Transaction().set_context(start_date=first, end_date=last):
        fact = Pool().get('tthcc.workload.peak.fact').__table__()
    cursor = Transaction().connection.cursor()
    group = [fact.department, fact.month, fact.weekday, fact.hour]
    cursor.execute(*fact.select(
            *group, Sum(fact.visits), Sum(fact.counter_seconds),
            where=(fact.centre == centre.id)
            & (fact.department > 0)
            & (fact.month >= month_of(first))
            & (fact.month <= month_of(last)),
            group_by=group))
    for *key, visits, seconds in cursor:
        yield *key, int(visits), int(seconds)


def first_day(centre):
    """Return the first day of the last twelve whole months and the month
    under way, or of those since the centre received its first dossier."""
    Dossier = Pool().get('tthcc.dossier')
    first = clock.today(centre.timezone) - relativedelta(years=1, day=1)
    oldest = Dossier.search([
            ('centre', '=', centre.id),
            ('received_month', '>=', month_of(first)),
            ], order=[('received_month', 'ASC')], limit=1)
    if oldest:
        received = oldest[0].received_month
        first = dt.date(*divmod(received, 100), 1)
    return first
