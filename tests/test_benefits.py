# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a month comes to, as pure functions"
import datetime as dt
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.tthcc import worktime
from trytond.modules.tthcc_staffing import benefits
from trytond.modules.tthcc_staffing.covering import (
    HALVES, Posting, days, open_halves)

MARCH = dt.date(2026, 3, 1)
END_OF_MARCH = dt.date(2026, 3, 31)
MINUTE = dt.timedelta(minutes=1)
CALENDAR = worktime.Calendar(
    week=(((dt.time(7), dt.time(11, 30)), (dt.time(13, 30), dt.time(17))),)
    * 5 + (((dt.time(7), dt.time(11, 30)),), ()),
    days={dt.date(2026, 3, 10): worktime.Day("Nghỉ")})
DATES = st.dates(MARCH, END_OF_MARCH)
HALF_DAYS = st.frozensets(st.tuples(DATES, st.sampled_from(HALVES)))


@st.composite
def postings(draw):
    "Postings of one person, at once or not"
    result = []
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted([draw(DATES), draw(DATES)])
        mode = draw(st.sampled_from(
                ['full_time', 'weekdays', 'seasonal', 'on_call', 'shared']))
        result.append(Posting(
                1, mode, start, end,
                slots=draw(st.frozensets(st.sampled_from(
                            list(product(range(6), HALVES)))))
                if mode in {'weekdays', 'shared'} else frozenset(),
                periods=((start, draw(DATES)),)))
    return result


KNOWN = st.builds(
    benefits.Known, planned=st.frozensets(DATES), duties=HALF_DAYS,
    since=st.none() | DATES, signed=HALF_DAYS)


@st.composite
def people(draw):
    "The postings of a person, and what the centre of each knows"
    mine = draw(postings())
    return mine, [draw(KNOWN) for _ in mine]


@st.composite
def spans(draw):
    "Duties of an hour or more, at any time of the day, also at once"
    return [
        (dt.datetime.combine(date, dt.time(start)),
            dt.datetime.combine(date, dt.time(start + length)))
        for date, start, length in draw(st.lists(st.tuples(
                    DATES, st.integers(0, 17), st.integers(1, 6)),
                max_size=8))]


@given(people(), HALF_DAYS)
def test_no_half_day_twice(person, on_leave):
    mine, known = person
    counts = benefits.allot(
        mine, CALENDAR, MARCH, END_OF_MARCH, on_leave, known)
    flat = [
        half for count in counts for halves in count for half in halves]
    assert len(flat) == len(set(flat))
    for posting, facts, count in zip(mine, known, counts):
        for date, half in set().union(*count):
            assert posting.start <= date <= posting.end
            assert date != dt.date(2026, 3, 10)
        assert count.leave <= on_leave
        assert not on_leave & (
            count.present | count.on_call | count.absent)
        for date, half in count.present:
            assert (
                (date, half) in facts.signed if facts.signs(date)
                else (date, half) in facts.duties if date in facts.planned
                else posting.is_there(date, half))
        for date, half in count.absent:
            assert facts.signs(date) and (date, half) not in facts.signed


@given(postings(), HALF_DAYS)
def test_mode_alone(postings, on_leave):
    "Without rosters and attendance whoever is to be there counts, once"
    counts = benefits.allot(
        postings, CALENDAR, MARCH, END_OF_MARCH, on_leave)
    there = {
        (date, half) for date in days(MARCH, END_OF_MARCH)
        for half in open_halves(CALENDAR, date)
        if any(p.is_there(date, half) for p in postings)}
    assert there - on_leave == set().union(*(c.present for c in counts))
    assert not any(c.absent for c in counts)


@given(postings(), st.data())
def test_no_hour_twice(mine, data):
    "What several postings have is counted once, and never opening hours"
    duties = [data.draw(spans()) for _ in mine]
    hours = benefits.overtime(mine, CALENDAR, duties)

    def is_open(moment):
        return any(
            start <= moment.time() < end
            for start, end in CALENDAR.periods(moment.date()))
    minutes = {True: set(), False: set()}
    for posting, some in zip(mine, duties):
        for start, end in some:
            if not posting.start <= start.date() <= posting.end:
                continue
            for number in range(0, (end - start) // MINUTE, 30):
                moment = start + number * MINUTE
                if not is_open(moment):
                    working = bool(CALENDAR.periods(moment.date()))
                    minutes[working].add(moment)
    for number, working in enumerate([True, False]):
        assert sum(pair[number] for pair in hours) == Decimal(
            len(minutes[working])) / 2


@pytest.mark.parametrize('start, end, working, off', [
        # A Monday, before and after work and at noon
        ((2, 6, 30), (2, 18, 15), '3.75', 0),
        ((2, 7, 0), (2, 11, 30), 0, 0),
        # A Saturday, closed at noon; a Sunday; a day off of the calendar
        ((7, 13, 0), (7, 15, 0), 2, 0),
        ((8, 8, 0), (8, 11, 20), 0, '3.33'),
        ((10, 7, 0), (10, 9, 0), 0, 2),
        ])
def test_hours_outside_opening(start, end, working, off):
    posting = Posting(1, 'full_time', MARCH, END_OF_MARCH)
    duty = tuple(dt.datetime(2026, 3, *moment) for moment in [start, end])
    assert benefits.overtime([posting], CALENDAR, [[duty, duty]]) == [
        (Decimal(working), Decimal(off))]


@given(
    postings(), st.dates(MARCH, END_OF_MARCH - dt.timedelta(days=1)),
    st.integers(0, 5_000_000))
def test_days_add_up(postings, last, amount):
    "A month split in two comes to the same days, and the same money"
    after = last + dt.timedelta(days=1)
    halves = [
        benefits.allot(postings, CALENDAR, first, end)
        for first, end in [
            (MARCH, END_OF_MARCH), (MARCH, last), (after, END_OF_MARCH)]]
    for whole, one, two in zip(*halves):
        for name in whole._fields:
            assert getattr(whole, name) == (
                getattr(one, name) | getattr(two, name))
    month, one, two = [
        benefits.working_days(CALENDAR, first, end)
        for first, end in [
            (MARCH, END_OF_MARCH), (MARCH, last), (after, END_OF_MARCH)]]
    assert month == one + two
    parts = [
        benefits.allowance('month', Decimal(amount), None, 0, part, month)
        for part in [one, two]]
    # Each part is rounded to whole đồng
    assert abs(sum(parts) - amount) <= 1
