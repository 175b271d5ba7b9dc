# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Who is posted to the centres, in every mode; leave, rosters, attendance."""

import datetime as dt

from dateutil.relativedelta import relativedelta

from trytond.modules.tthcc import clock
from trytond.pool import Pool

from . import bulk

_MONTHS = 18
_MORE = 3
# Where somebody can log in on all sides
_SHOWN = {'thieuhoa', 'hacthanh'}
_WEEK = dt.timedelta(weeks=1)


def load(places):
    "Post people to the centres of the places, and make up this week"
    post(places)
    take_leave(places)
    make_up_weeks(places)
    sign_in(places)


def post(places):
    """Post the officers and a few people of further departments.

    The largest department sends full time, the last officer receives for all
    that are left, the others come on fixed mornings, in season or on call."""
    Employee = Pool().get('company.employee')
    values, posted = [], []
    for place in places:
        random = place.random('postings')
        departments = sorted(
            place.departments, key=lambda d: len(d.processors), reverse=True)
        last = place.officers[-1]
        sending = [
            (officer, department, 'full_time')
            for officer, department in zip(place.officers[:-1], departments)]
        sending += [
            (d.processors[-1], d, mode) for d, mode in zip(
                departments[len(sending):][:_MORE],
                ['weekdays', 'seasonal', 'on_call'])
            if len(d.processors) > 1]
        sending.append((last, departments[0], 'shared'))
        left = [
            d for d in departments
            if all(d is not department for _, department, _ in sending)]
        start = max(
            place.opening_date,
            clock.today() - dt.timedelta(days=random.randint(100, 400)))
        for employee, department, mode in sending:
            employee.field_since = start - relativedelta(
                years=random.randint(3, 15))
            if not employee.centre:
                employee.centre = place.centre
            posted.append(employee)
            values.append({
                    'company': place.company.id,
                    'employee': employee.id,
                    'department': department.record.id,
                    'centre': place.centre.id,
                    'counter': (
                        employee.counter or place.centre.counters[0]).id,
                    'mode': mode,
                    'start_date': start,
                    'end_date': start + relativedelta(
                        months=_MONTHS, days=-1),
                    'decision_number': (
                        f'{random.randint(100, 3000)}/QĐ-UBND'),
                    'decision_date': start - dt.timedelta(days=10),
                    'substitutes': [
                        ('add', [department.coordinator.id])],
                    'state': 'active',
                    **when(mode, start),
                    })
            if mode == 'shared':
                values[-1]['procedure_fields'] = [
                    ('add', fields_of(place, left))]
    Employee.save(posted)
    bulk.create('tthcc.secondment', values)


def fields_of(place, departments):
    "Return the ids of the fields on which the departments work"
    records = {d.record for d in departments}
    return list({
            procedure.field.id
            for procedure, working in place.centre.offered(
                clock.today()).items()
            if working & records})


def when(mode, start):
    "Return the half days, seasons or response time of the mode"
    if mode == 'weekdays':
        return {'slots': [('create', [
                        {'weekday': '1', 'half': 'morning'},
                        {'weekday': '3', 'half': 'morning'}])]}
    elif mode == 'seasonal':
        year = clock.today().year
        return {'periods': [('create', [
                        {'name': "Mùa tuyển sinh",
                            'start_date': dt.date(year, 6, 1),
                            'end_date': dt.date(year, 8, 31)},
                        {'name': "Cuối năm",
                            'start_date': dt.date(year, 11, 1),
                            'end_date': dt.date(year, 12, 31)}])]}
    elif mode == 'on_call':
        return {'response_minutes': 30}
    return {}


def take_leave(places):
    "Somebody is away next week, somebody asks to be"
    Leave = Pool().get('tthcc.leave')
    monday = clock.today() - dt.timedelta(days=clock.today().weekday())
    approved, asked = [], []
    for place in places:
        officer, other = place.officers[0], place.officers[-1]
        for leaves, employee, kind, start, days in [
                (approved, officer, 'annual', monday + _WEEK, 2),
                (asked, other, 'mission', monday + 2 * _WEEK, 1)]:
            leaves.append({
                    'company': place.company.id,
                    'employee': employee.id,
                    'kind': kind,
                    'start_date': start,
                    'end_date': start + dt.timedelta(days=days - 1),
                    })
    leaves = bulk.create('tthcc.leave', approved + asked)
    Leave.ask(leaves)
    Leave.approve(leaves[:len(approved)])


def make_up_weeks(places):
    "Publish this week everywhere; the last and the next where it is shown"
    Roster = Pool().get('tthcc.roster')
    monday = clock.today() - dt.timedelta(days=clock.today().weekday())
    shown = [p for p in places if p.key in _SHOWN]
    rosters = bulk.create('tthcc.roster', [
            {'centre': place.centre.id, 'start_date': start}
            for start, some in [
                (monday, places), (monday - _WEEK, shown),
                (monday + _WEEK, shown)]
            for place in some])
    for roster in rosters:
        Roster.fill([roster])
        if roster.start_date <= monday:
            Roster.publish([roster])


def sign_in(places):
    "Sign in for the duties that have begun, but not for all of them"
    pool = Pool()
    Duty = pool.get('tthcc.roster.duty')
    values = []
    for place in places:
        if place.key not in _SHOWN:
            continue
        random = place.random('attendance')
        for duty in Duty.search([
                    ('roster.centre', '=', place.centre.id),
                    ('start', '<', clock.now() - dt.timedelta(minutes=30)),
                    ]):
            if random.random() < .05:
                continue
            minutes = random.choice([-12, -8, -5, -4, -2, 0, 15])
            for type_, at in [
                    ('in', duty.start + dt.timedelta(minutes=minutes)),
                    ('out', duty.end)]:
                if at < clock.now():
                    values.append({
                            'company': place.company.id,
                            'employee': duty.employee.id,
                            'at': at,
                            'date': duty.date,
                            'type': type_,
                            })
    bulk.create('attendance.line', values)
