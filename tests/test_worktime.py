# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Deadlines worked out by hand on a paper calendar, and laws they obey."""

import datetime as dt
import re
from dataclasses import replace

import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trytond.modules.tthcc.worktime import (
    Calendar, Day, Extension, NoWorkingTime, Pause, Term, add_working_days,
    add_working_time, deadline, is_working, next_opening, worked,
    working_days_between)

MORNING = (dt.time(7), dt.time(11, 30))
AFTERNOON = (dt.time(13, 30), dt.time(17))
OPEN = (MORNING, AFTERNOON)

# The decided days off that are not already a weekend, and the Saturdays
# worked for some of them
DAYS_OFF = {
    "New Year": "2018-01-01 2019-01-01 2024-01-01 2025-01-01 2026-01-01",
    "Tết": """
        2018-02-14 2018-02-15 2018-02-16 2018-02-19 2018-02-20
        2024-02-08 2024-02-09 2024-02-12 2024-02-13 2024-02-14
        2025-01-27 2025-01-28 2025-01-29 2025-01-30 2025-01-31
        2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20""",
    "Hùng Kings": "2018-04-25 2024-04-18 2025-04-07 2026-04-27",
    "Reunification Day":
        "2018-04-30 2024-04-30 2025-04-30 2026-04-30",
    "Labour Day": "2018-05-01 2024-05-01 2025-05-01 2026-05-01",
    "National Day": """
        2018-09-03 2024-09-02 2024-09-03 2025-09-01 2025-09-02
        2026-09-01 2026-09-02""",
    "Culture Day": "2026-11-24",
    "Swapped": "2018-12-31 2024-04-29 2025-05-02 2026-01-02 2026-08-31",
    }
SATURDAYS_WORKED = "2019-01-05 2024-05-04 2025-04-26 2026-01-10 2026-08-22"

DAYS = {
    dt.date.fromisoformat(day): Day(name)
    for name, days in DAYS_OFF.items() for day in days.split()}
DAYS |= {
    dt.date.fromisoformat(day): Day("Make-up", OPEN)
    for day in SATURDAYS_WORKED.split()}

BY_DAY = Calendar((OPEN,) * 5 + ((), ()), DAYS)
BY_HOUR = replace(BY_DAY, counting='hour')
WITH_SATURDAY = replace(BY_DAY, week=(OPEN,) * 5 + ((MORNING,), ()))
CALENDARS = {
    'day': BY_DAY,
    'hour': BY_HOUR,
    'day+sat': WITH_SATURDAY,
    'hour+sat': replace(WITH_SATURDAY, counting='hour'),
    }

# way of counting, term, reception, due; the pauses; the count by hand.
# wd: working days, wh: working hours, cd: calendar days, mo: months,
# ch: clock hours, h: hours of which nobody said the kind; @: cut-off
TABLE = """
=== By day ===
day       1 wd        Mon 2026-06-01 09:00   Tue 2026-06-02 17:00
    # the day of reception does not count
day       5 wd        Wed 2026-06-03 10:20   Wed 2026-06-10 17:00
    # 4 5 | 8 9 10
day       10 wd       Mon 2026-06-01 08:00   Mon 2026-06-15 17:00
    # 2 3 4 5 | 8 9 10 11 12 | 15
day       3 wd        Mon 2026-06-01 06:30   Thu 2026-06-04 17:00
    # before opening, so still Monday: 2 3 4
day       3 wd        Mon 2026-06-01 12:15   Thu 2026-06-04 17:00
    # lunch: 2 3 4
day       3 wd        Mon 2026-06-01 17:00   Thu 2026-06-04 17:00
    # the closing minute is still Monday: 2 3 4
day       3 wd        Mon 2026-06-01 17:01   Fri 2026-06-05 17:00
    # after closing, received on 2: 3 4 5
day       3 wd        Fri 2026-06-05 17:20   Thu 2026-06-11 17:00
    # received on Monday 8: 9 10 11
day       1 wd        Sun 2026-06-07 21:00   Tue 2026-06-09 17:00
    # online on Sunday, received on 8: 9
day       2 wd        Fri 2026-04-24 08:00   Wed 2026-04-29 17:00
    # Hùng Kings on Sunday 26, in lieu Monday 27: 28 29
day       2 wd        Mon 2026-11-23 08:00   Thu 2026-11-26 17:00
    # Culture Day 24: 25 26

=== Tết 2018: Wednesday 14 to Tuesday 20 February ===
day       5 wd        Mon 2018-02-12 09:00   Mon 2018-02-26 17:00
    # 13 | 21 22 23 | 26
day       1 wd        Tue 2018-02-13 16:30   Wed 2018-02-21 17:00
    # 21
day       3 wd        Thu 2018-02-15 10:00   Mon 2018-02-26 17:00
    # arrived on a holiday, received on 21: 22 23 | 26
day       15 wd       Fri 2018-02-09 15:30   Fri 2018-03-09 17:00
    # 12 13 | 21 22 23 | 26 27 28 1 2 | 5 6 7 8 9
hour      5 wd        Mon 2018-02-12 09:00   Mon 2018-02-26 09:00
    # 13 | 21 22 23 | 26, same clock time
hour      1 wd        Tue 2018-02-13 16:50   Wed 2018-02-21 17:00
    # 0:10 on 13, 7:50 on 21: 16:50, rounded up
day       7 cd        Fri 2018-02-09 09:00   Wed 2018-02-21 17:00
    # the last day, 16, is Tết

=== Tết 2026: Monday 16 to Friday 20 February ===
day       5 wd        Wed 2026-02-11 14:00   Wed 2026-02-25 17:00
    # 12 13 | 23 24 25
day       20 wd       Mon 2026-02-02 08:00   Mon 2026-03-09 17:00
    # 3 4 5 6 | 9 10 11 12 13 | 23 24 25 26 27 | 2 3 4 5 6 | 9
day       3 wd        Sat 2026-02-14 08:00   Thu 2026-02-26 17:00
    # received on 23: 24 25 26
hour      2 wd        Fri 2026-02-13 10:07   Tue 2026-02-24 10:15
    # 23 24 at 10:07, rounded up
day       30 cd       Tue 2026-01-20 09:00   Mon 2026-02-23 17:00
    # 31 January is day 11, so 19 February is day 30: Tết
day       1 mo        Fri 2026-01-16 09:00   Mon 2026-02-23 17:00
    # 16 February is Tết

=== Make-up Saturdays ===
day       2 wd        Thu 2024-05-02 09:00   Sat 2024-05-04 17:00
    # 3, Saturday 4
day       3 wd        Fri 2024-04-26 09:00   Sat 2024-05-04 17:00
    # 29 swapped, 30, 1 off: 2 3, Saturday 4
day       1 wd        Sat 2024-05-04 09:00   Mon 2024-05-06 17:00
    # received on the Saturday: 6
day       5 wd        Mon 2025-04-21 09:00   Sat 2025-04-26 17:00
    # 22 23 24 25, Saturday 26
day       3 wd        Mon 2025-04-28 16:00   Tue 2025-05-06 17:00
    # 29; 30, 1 and 2 (swapped) off; 5 6
hour      1 wd        Fri 2025-04-25 15:20   Sat 2025-04-26 15:30
    # Saturday 26 at 15:20, rounded up
day       2 wd        Wed 2025-12-31 09:00   Tue 2026-01-06 17:00
    # 1 and 2 (swapped) off: 5 6
day       3 wd        Thu 2026-01-08 09:00   Mon 2026-01-12 17:00
    # 9, Saturday 10, 12
day       2 wd        Thu 2026-08-20 09:00   Sat 2026-08-22 17:00
    # 21, Saturday 22
day       4 wd        Thu 2026-08-27 09:00   Mon 2026-09-07 17:00
    # 28; 31 (swapped), 1, 2 off; 3 4 | 7
hour      3 wd        Fri 2026-08-28 07:00   Mon 2026-09-07 07:00
    # 3 4 | 7, same clock time
day       1 wd        Fri 2018-12-28 09:00   Wed 2019-01-02 17:00
    # 31 (swapped) and 1 off: 2
day       2 wd        Thu 2019-01-03 09:00   Sat 2019-01-05 17:00
    # 4, Saturday 5

=== By hour: 8 working hours a day, rounded up to the quarter ===
hour      1 wd        Mon 2026-06-01 07:00   Tue 2026-06-02 07:00
    # same clock time, not 17:00 on the day it was filed
hour      1 wd        Mon 2026-06-01 06:00   Tue 2026-06-02 07:00
    # counts from 07:00
hour      1 wd        Mon 2026-06-01 12:00   Tue 2026-06-02 13:30
    # counts from 13:30
hour      1 wd        Mon 2026-06-01 17:00   Tue 2026-06-02 17:00
    # same clock time
hour      2 wd        Thu 2026-06-04 16:59   Mon 2026-06-08 17:00
    # 5 | 8 at 16:59, rounded up
hour      1 wd        Fri 2026-06-05 18:00   Tue 2026-06-09 07:00
    # counts from Monday 8, 07:00
hour      2 wd        Fri 2026-06-05 11:31   Tue 2026-06-09 13:30
    # counts from 13:30: 8 9

=== Working hours ===
day       2 wh        Mon 2026-06-01 10:30   Mon 2026-06-01 14:30
    # 1:00 until lunch, 1:00 from 13:30
day       3 wh        Fri 2026-06-05 16:00   Mon 2026-06-08 09:00
    # 1:00 on Friday, 2:00 on Monday
hour      4 wh        Mon 2026-06-01 07:30   Mon 2026-06-01 11:30
    # ends with the morning
day       1 wh        Mon 2026-06-01 09:05   Mon 2026-06-01 10:15
    # 10:05, rounded up
day       8 wh        Mon 2026-06-01 07:00   Tue 2026-06-02 07:00
    # a day's worth is not due on the day it was filed
day       24 h        Mon 2026-06-01 08:00   Thu 2026-06-04 08:00
    # nobody said which hours: working hours, three days of eight
hour      28 h        Thu 2026-06-04 09:40   Tue 2026-06-09 15:45
    # 24: 5 | 8 9 at 09:40; 1:50 until lunch, 2:10 after: 15:40, rounded up

=== Clock hours ===
day       24 ch       Mon 2026-06-01 09:10   Tue 2026-06-02 09:15
    # 09:10, rounded up
day       4 ch        Mon 2026-06-01 08:00   Mon 2026-06-01 13:30
    # 12:00 is lunch
day       12 ch       Mon 2026-06-01 09:00   Tue 2026-06-02 07:00
    # 21:00 is closed
day       24 ch       Fri 2026-06-05 15:00   Mon 2026-06-08 07:00
    # Saturday 15:00 is closed
hour      48 ch       Fri 2026-02-13 10:00   Mon 2026-02-23 07:00
    # Sunday 15, then Tết

=== Same day, or the next working day when received after the cut-off ===
day       0 wd @15:00 Mon 2026-06-01 15:00   Mon 2026-06-01 17:00
    # by the cut-off
day       0 wd @15:00 Mon 2026-06-01 15:01   Tue 2026-06-02 17:00
    # after it
day       1 wd @15:00 Mon 2026-06-01 14:00   Mon 2026-06-01 17:00
    # 1 says the same as 0
day       1 wd @15:00 Mon 2026-06-01 15:30   Tue 2026-06-02 17:00
    # 1 says the same as 0
day       1 wd @15:00 Fri 2026-02-13 15:10   Mon 2026-02-23 17:00
    # the next working day comes after Tết
hour      1 wd @15:30 Mon 2026-06-01 16:00   Tue 2026-06-02 17:00
    # at closing time, though the calendar counts by hour
day       1 wd @15:00 Sat 2026-06-06 16:00   Mon 2026-06-08 17:00
    # received on Monday 8 at opening, so by the cut-off
day       1 wd @15:00 Mon 2026-06-01 17:10   Tue 2026-06-02 17:00
    # after closing: received on 2 at opening, so by the cut-off
hour      0 wd        Mon 2026-06-01 10:00   Mon 2026-06-01 17:00
    # no cut-off: within the day

=== Calendar days and months ===
day       10 cd       Mon 2026-06-01 09:00   Thu 2026-06-11 17:00
    # 1 + 10
day       5 cd        Mon 2026-06-01 09:00   Mon 2026-06-08 17:00
    # 6 is a Saturday
hour      3 cd        Fri 2026-06-05 18:00   Thu 2026-06-11 17:00
    # received on 8: 8 + 3, at closing time in either way of counting
day       1 mo        Fri 2026-01-30 09:00   Mon 2026-03-02 17:00
    # February ends on Saturday 28
day       12 mo       Thu 2024-02-29 09:00   Fri 2025-02-28 17:00
    # no 29 February in 2025
day       1 mo        Mon 2026-03-30 09:00   Mon 2026-05-04 17:00
    # 30 April, 1 May, weekend
day       3 mo        Mon 2025-08-25 09:00   Tue 2025-11-25 17:00
    # same number

=== Open on Saturday mornings ===
day+sat   2 wd        Thu 2026-06-04 09:00   Sat 2026-06-06 11:30
    # 5, Saturday 6: half a day is a day, due when it closes
day+sat   1 wd        Sat 2026-06-06 10:00   Mon 2026-06-08 17:00
    # received on the Saturday
day+sat   1 wd        Sat 2026-06-06 11:45   Tue 2026-06-09 17:00
    # after closing, received on 8: 9
day+sat   5 cd        Mon 2026-06-01 09:00   Sat 2026-06-06 11:30
    # 6 is open
hour+sat  1 wd        Fri 2026-06-05 16:00   Mon 2026-06-08 09:30
    # 1:00 on 5, 4:30 on 6, 2:30 on 8

=== Pauses, counting by day: days d with stop day < d <= resume day ===
day       5 wd        Mon 2026-06-01 09:00   Wed 2026-06-10 17:00
    pause             Wed 2026-06-03 10:00   Fri 2026-06-05 15:00
    # due on 8, and 4 5 do not count: 9 10
day       5 wd        Mon 2026-06-01 09:00   Mon 2026-06-08 17:00
    pause             Wed 2026-06-03 08:00   Wed 2026-06-03 16:00
    # stopped and resumed on one day
day       5 wd        Mon 2026-06-01 09:00   Tue 2026-06-09 17:00
    pause             Fri 2026-06-05 16:00   Mon 2026-06-08 08:00
    # due on 8, and 8 does not count: 9
day       5 wd        Mon 2026-06-01 09:00   Mon 2026-06-08 17:00
    pause             Fri 2026-06-05 17:30   Sun 2026-06-07 20:00
    # no working day in it
day       5 wd        Mon 2026-06-01 09:00   Wed 2026-06-10 17:00
    pause             Tue 2026-06-02 09:00   Wed 2026-06-03 09:00
    pause             Thu 2026-06-04 14:00   Fri 2026-06-05 08:00
    # due on 8, and 3 and 5 do not count: 9 10
day       5 wd        Mon 2026-06-01 09:00   Thu 2026-06-11 17:00
    pause             Wed 2026-06-03 15:00   Fri 2026-06-05 09:00
    pause             Tue 2026-06-02 09:00   Thu 2026-06-04 09:00
    # 3 4 and 5 do not count, 4 only once: 9 10 11
day       5 wd        Wed 2026-02-11 14:00   Mon 2026-03-02 17:00
    pause             Thu 2026-02-12 10:00   Tue 2026-02-24 09:00
    # due on 25, and 13 23 24 do not count: 26 27 | 2
day       1 wd        Mon 2026-06-01 09:00   Tue 2026-06-02 17:00
    pause             Wed 2026-06-03 09:00   Fri 2026-06-05 09:00
    # the term had run out
day       1 wd        Mon 2026-06-01 09:00   Wed 2026-06-03 17:00
    pause             Tue 2026-06-02 17:00   Wed 2026-06-03 10:00
    # due on 2 at this very minute, which is not too late: 3
day       5 wd        Wed 2026-06-03 10:00   Thu 2026-06-11 17:00
    pause             Mon 2026-06-01 09:00   Thu 2026-06-04 10:00
    # due on 10; of the pause only 4 lies after the reception: 11

=== Pauses, counting by hour: exactly their working time ===
hour      2 wd        Mon 2026-06-01 09:00   Thu 2026-06-04 11:00
    pause             Mon 2026-06-01 10:00   Tue 2026-06-02 14:00
    # Wednesday 09:00 and 1:30 + 3:30 + 4:30 + 0:30 = 10:00
hour      1 wd        Mon 2026-06-01 09:07   Tue 2026-06-02 09:30
    pause             Mon 2026-06-01 10:00   Mon 2026-06-01 10:20
    # 09:07 + 0:20 = 09:27, rounded up once
hour      1 wd        Mon 2026-06-01 09:00   Tue 2026-06-02 09:00
    pause             Mon 2026-06-01 11:30   Mon 2026-06-01 13:30
    # lunch is no working time
hour      1 wd        Mon 2026-06-01 09:00   Tue 2026-06-02 11:00
    pause             Mon 2026-06-01 10:00   Mon 2026-06-01 11:00
    pause             Mon 2026-06-01 10:30   Mon 2026-06-01 14:00
    # 1:00, and from 11:00 another 0:30 + 0:30
day       4 wh        Mon 2026-06-01 08:00   Mon 2026-06-01 15:30
    pause             Mon 2026-06-01 09:00   Mon 2026-06-01 10:30
    # 3:30 until lunch, 14:00, and 1:30
day       24 ch       Mon 2026-06-01 09:00   Tue 2026-06-02 15:00
    pause             Mon 2026-06-01 10:00   Mon 2026-06-01 16:00
    # 6:00 on the clock, lunch included

=== Pauses in calendar days and months ===
day       10 cd       Mon 2026-06-01 09:00   Mon 2026-06-15 17:00
    pause             Tue 2026-06-02 09:00   Fri 2026-06-05 09:00
    # 11 + 3 (3 4 5) is Sunday 14
day       1 mo        Mon 2026-06-01 09:00   Fri 2026-07-03 17:00
    pause             Wed 2026-06-10 08:00   Fri 2026-06-12 16:00
    # 1 July + 2 (11 12)
"""
UNIT_CODES = {
    'wd': 'working_day', 'cd': 'calendar_day', 'mo': 'month',
    'wh': 'working_hour', 'ch': 'clock_hour', 'h': 'hour'}
_MOMENT = r'(\w{3} \d{4}-\d\d-\d\d \d\d:\d\d)'
_ROW = re.compile(
    rf'(\S+) +(\d+) (\w+) *(?:@(\d\d:\d\d))? +{_MOMENT} +{_MOMENT}')
_PAUSE = re.compile(rf' +pause +{_MOMENT} +{_MOMENT}')


def moment(text):
    value = dt.datetime.strptime(text, '%a %Y-%m-%d %H:%M')
    assert value.strftime('%a') == text[:3], text
    return value


def rows():
    "The rows of the table, each to test with"
    rows = []
    for number, line in enumerate(TABLE.splitlines()):
        if match := _ROW.fullmatch(line):
            way, value, unit, cutoff, start, due = match.groups()
            term = Term(
                int(value), UNIT_CODES[unit],
                dt.time.fromisoformat(cutoff) if cutoff else None)
            pauses = []
            rows.append(pytest.param(
                    CALENDARS[way], term, moment(start), pauses, moment(due),
                    id=f"{number}: {' '.join(line.split())}"))
        elif match := _PAUSE.fullmatch(line):
            pauses.append(Pause(*map(moment, match.groups()), "Supplement"))
        else:
            assert not line or line.startswith(('===', '    #')), line
    return rows


def june(day, hour, minute=0):
    return dt.datetime(2026, 6, day, hour, minute)


@pytest.mark.parametrize('calendar,term,start,pauses,due', rows())
def test_table(calendar, term, start, pauses, due):
    result = deadline(calendar, term, start, pauses)
    assert result.due == due
    assert result.lines[0].moment == start
    assert (result.lines[-1].kind, result.lines[-1].moment) == ('due', due)


def test_days_off_are_those_of_the_holidays_package():
    years = [2018, 2024, 2025, 2026]
    package = holidays.country_holidays('VN', years=years)
    off = {day for day in package if day.weekday() < 5}
    ours = {day for day, value in DAYS.items() if not value.periods}
    # It does not know the swap of 2 January 2026
    assert ours - off == {dt.date(2019, 1, 1), dt.date(2026, 1, 2)}
    assert off <= ours


@pytest.mark.parametrize('unit', ['none', 'unstated'])
def test_nothing_to_count(unit):
    result = deadline(BY_DAY, Term(12, unit), june(1, 9))
    assert result.due is result.warn_at is None
    assert result.lines[-1].kind == f'term_{unit}'


def test_stopped_clock_has_no_due_moment():
    result = deadline(
        BY_DAY, Term(5, 'working_day'), june(1, 9), [
            Pause(june(2, 9), june(3, 9), "Payment"),
            Pause(june(4, 9), None, "Supplement")])
    assert result.due is result.warn_at is None
    last = result.lines[-1]
    assert (last.kind, last.moment, last.params['reason']) == (
        'stopped', june(4, 9), "Supplement")


@pytest.mark.parametrize('calendar,term,start,warn,expected', [
        # One working day before, at the same time of the day
        (BY_DAY, Term(5, 'working_day'), june(1, 9), 1, june(5, 17)),
        (BY_DAY, Term(5, 'working_day'), june(1, 9), 2, june(4, 17)),
        (BY_DAY, Term(5, 'working_day'), june(1, 9), 0, june(8, 17)),
        (BY_HOUR, Term(5, 'working_day'), june(1, 9), 1, june(5, 9)),
        (BY_HOUR, Term(1, 'working_day'), june(1, 9), 1, june(1, 9)),
        # At closing time when that day closes earlier: Saturday
        (WITH_SATURDAY, Term(4, 'working_day'), june(3, 9), 1,
            june(6, 11, 30)),
        # It would come before the reception: after half of the term
        (BY_DAY, Term(4, 'working_hour'), june(1, 8), 1, june(1, 10)),
        (BY_DAY, Term(0, 'working_day'), june(1, 8), 1, june(1, 11, 30)),
        (BY_DAY, Term(5, 'working_day'), june(1, 9), 9, june(4, 8)),
        ])
def test_warning(calendar, term, start, warn, expected):
    assert deadline(calendar, term, start, warn=warn).warn_at == expected


def test_warning_after_half_of_the_term_leaves_out_the_pause():
    # From 11:00 half an hour until lunch and 3:30 after it
    result = deadline(
        BY_DAY, Term(4, 'working_hour'), june(1, 8),
        [Pause(june(1, 8), june(1, 11))])
    assert result.due == june(1, 17)
    assert result.warn_at == june(1, 15)


def test_explanation():
    result = deadline(
        BY_DAY, Term(5, 'working_day'), dt.datetime(2026, 2, 7, 9),
        [Pause(
                dt.datetime(2026, 2, 9, 8), dt.datetime(2026, 2, 10, 8),
                "Supplement")])
    assert [
        (line.kind, line.moment.strftime('%m-%d %H:%M'))
        for line in result.lines] == [
        ('start', '02-07 09:00'),
        ('received_day_off', '02-09 07:00'),
        ('term_working_day', '02-09 00:00'),
        ('weekend', '02-07 00:00'),
        ('pause', '02-09 08:00'),
        ('weekend', '02-14 00:00'),
        ('holiday', '02-16 00:00'),
        ('holiday', '02-17 00:00'),
        ('holiday', '02-18 00:00'),
        ('holiday', '02-19 00:00'),
        ('holiday', '02-20 00:00'),
        ('weekend', '02-21 00:00'),
        ('due', '02-24 17:00'),
        ]
    pause, = (line for line in result.lines if line.kind == 'pause')
    assert pause.params == {
        'end': dt.datetime(2026, 2, 10, 8),
        'reason': "Supplement",
        'amount': 1,
        'unit': 'working_day',
        }
    assert result.lines[6].params == {'name': "Tết"}
    assert result.lines[5].params == {'last': dt.date(2026, 2, 15)}


@pytest.mark.parametrize('calendar,term,start,kind', [
        (BY_DAY, Term(1, 'working_day'), june(1, 6),
            'received_before_opening'),
        (BY_DAY, Term(1, 'working_day'), june(1, 12), 'received_in_break'),
        (BY_DAY, Term(1, 'working_day'), june(1, 18),
            'received_after_closing'),
        (BY_DAY, Term(1, 'working_day', dt.time(15)), june(1, 9),
            'by_cutoff'),
        (BY_DAY, Term(1, 'working_day', dt.time(15)), june(1, 16),
            'after_cutoff'),
        (BY_DAY, Term(0, 'working_day'), june(1, 9), 'same_day'),
        (BY_DAY, Term(24, 'hour'), june(1, 9), 'term_hour'),
        (BY_DAY, Term(5, 'calendar_day'), june(1, 9), 'last_day_off'),
        (BY_DAY, Term(4, 'clock_hour'), june(1, 9), 'due_closed'),
        (BY_HOUR, Term(1, 'working_day'), june(1, 9),
            'term_working_day_by_hour'),
        (BY_HOUR, Term(1, 'working_day'), june(1, 9, 1), 'rounded'),
        (BY_DAY, Term(1, 'working_day'), dt.datetime(2026, 8, 21, 9),
            'working_day_added'),
        ])
def test_explanation_says(calendar, term, start, kind):
    result = deadline(calendar, term, start)
    assert kind in [line.kind for line in result.lines]


def test_explanation_of_a_pause_that_came_too_late():
    result = deadline(
        BY_DAY, Term(1, 'working_day'), june(1, 9),
        [Pause(june(3, 9), june(5, 9), "Supplement")])
    assert 'pause_after_due' in [line.kind for line in result.lines]


def test_longer_day_is_not_due_on_the_day_of_arrival():
    # Open for ten hours, so that eight end on the same day
    long = replace(BY_HOUR, week=((((dt.time(7), dt.time(17)),),) * 5
            + ((), ())))
    result = deadline(long, Term(1, 'working_day'), june(1, 7))
    assert result.due == june(2, 7)
    assert 'not_same_day' in [line.kind for line in result.lines]


@pytest.mark.parametrize('start,end,pauses,hours', [
        (june(1, 7), june(1, 17), [], 8),
        (june(1, 12), june(1, 13), [], 0),
        (june(5, 16), june(8, 8), [], 2),
        (june(5, 18), june(7, 8), [], 0),
        (june(1, 9), june(1, 9), [], 0),
        (june(1, 7), june(1, 17), [Pause(june(1, 10), june(1, 14))], 6),
        (june(1, 7), june(1, 17), [Pause(june(1, 14), None)], 5),
        (june(1, 7), june(1, 17),
            [Pause(june(1, 8), june(1, 10)), Pause(june(1, 9), june(1, 11))],
            5),
        (june(2, 7), june(2, 17), [Pause(june(1, 8), june(2, 8))], 7),
        (june(1, 7), june(1, 17), [Pause(june(2, 8), june(3, 8))], 8),
        (dt.datetime(2026, 2, 13, 16), dt.datetime(2026, 2, 23, 8), [], 2),
        ])
def test_worked(start, end, pauses, hours):
    amount, lines = worked(BY_DAY, start, end, pauses)
    assert amount == dt.timedelta(hours=hours)
    assert lines[0].moment == start
    assert lines[-1].params == {'amount': amount}


def test_worked_names_the_days_off():
    _, lines = worked(
        BY_DAY, dt.datetime(2026, 4, 29, 9), dt.datetime(2026, 5, 4, 9))
    assert [line.kind for line in lines] == [
        'start', 'holiday', 'holiday', 'weekend', 'worked']


@pytest.mark.parametrize('make', [
        lambda: Term(None, 'working_day'),
        lambda: Term(-1, 'working_day'),
        lambda: Term(1, 'fortnight'),
        lambda: Term(1, 'month', dt.time(15)),
        lambda: Term(2, 'working_day', dt.time(15)),
        lambda: Pause(june(2, 9), june(1, 9)),
        lambda: replace(BY_DAY, week=(OPEN,)),
        lambda: replace(BY_DAY, counting='week'),
        lambda: replace(BY_DAY, day_length=dt.timedelta(0)),
        lambda: replace(BY_DAY, rounding=dt.timedelta(-1)),
        lambda: replace(BY_DAY, week=((AFTERNOON, MORNING),) * 7),
        lambda: replace(BY_DAY, week=((MORNING, MORNING),) * 7),
        lambda: replace(
            BY_DAY, days={dt.date(2026, 1, 1): Day("?", (MORNING[::-1],))}),
        ])
def test_what_makes_no_sense_is_refused(make):
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize('unit', [
        'working_day', 'calendar_day', 'month', 'working_hour', 'clock_hour'])
def test_calendar_that_never_opens(unit):
    closed = replace(BY_DAY, week=((),) * 7, days={})
    with pytest.raises(NoWorkingTime):
        deadline(closed, Term(1, unit), june(1, 9))


# Laws

moments = st.datetimes(
    dt.datetime(2026, 1, 1), dt.datetime(2026, 10, 1)).map(
        lambda moment: moment.replace(microsecond=0))
calendars = st.sampled_from(list(CALENDARS.values()))
UNITS = [
    'working_day', 'calendar_day', 'month', 'working_hour', 'clock_hour',
    'hour']
terms = st.builds(
    Term, st.integers(0, 40), st.sampled_from(UNITS)) | st.builds(
        Term, st.integers(0, 1), st.just('working_day'),
        st.sampled_from([dt.time(15), dt.time(10, 30)]))


@st.composite
def pause_lists(draw, after):
    "Some pauses that begin at the moment or later, in any order."
    pauses = []
    for begin, length in draw(st.lists(st.tuples(
                    st.integers(0, 40 * 24 * 60),
                    st.integers(0, 20 * 24 * 60)), max_size=4)):
        start = after + dt.timedelta(minutes=begin)
        pauses.append(Pause(start, start + dt.timedelta(minutes=length)))
    return pauses


@given(calendars, terms, moments, moments, st.data())
def test_later_arrival_is_never_due_earlier(
        calendar, term, first, second, data):
    first, second = sorted([first, second])
    # Nobody stops the clock of what is not yet received
    pauses = data.draw(pause_lists(next_opening(calendar, second)))
    assert (
        deadline(calendar, term, first, pauses).due
        <= deadline(calendar, term, second, pauses).due)


@given(
    calendars, terms, moments, st.integers(0, 24 * 60), st.data())
def test_arrival_soon_after_is_never_due_earlier(
        calendar, term, first, minutes, data):
    second = first + dt.timedelta(minutes=minutes)
    # Nobody stops the clock of what is not yet received
    pauses = data.draw(pause_lists(next_opening(calendar, second)))
    assert (
        deadline(calendar, term, first, pauses).due
        <= deadline(calendar, term, second, pauses).due)


@given(calendars, terms, moments, st.data())
def test_due_and_warning_come_at_a_working_moment_after_the_arrival(
        calendar, term, start, data):
    result = deadline(calendar, term, start, data.draw(pause_lists(start)))
    assert is_working(calendar, result.due)
    assert next_opening(calendar, start) <= result.warn_at <= result.due


@given(calendars, terms, moments)
def test_longer_term_is_never_due_earlier(calendar, term, start):
    assume(not (term.cutoff and term.value))
    longer = replace(term, value=term.value + 1)
    assert (
        deadline(calendar, term, start).due
        <= deadline(calendar, longer, start).due)


@given(calendars, terms, moments)
def test_term_of_a_day_is_never_due_on_the_day_of_arrival(
        calendar, term, start):
    assume(term.cutoff is None)
    length = {'working_hour': 8, 'hour': 8, 'clock_hour': 24}
    assume(term.value >= length.get(term.unit, 1))
    assert deadline(calendar, term, start).due.date() > start.date()


@given(calendars, st.integers(1, 30), moments)
def test_working_days_are_counted_after_the_day_of_reception(
        calendar, value, start):
    calendar = replace(calendar, counting='day')
    due = deadline(calendar, Term(value, 'working_day'), start).due
    received = next_opening(calendar, start)
    assert working_days_between(
        calendar, received.date(), due.date()) == value


@given(
    st.sampled_from([BY_HOUR, CALENDARS['hour+sat']]),
    st.sampled_from(['working_day', 'working_hour', 'hour']),
    st.integers(1, 20), moments, st.data())
def test_pause_by_hour_moves_by_exactly_its_working_time(
        calendar, unit, value, start, data):
    calendar = replace(calendar, rounding=dt.timedelta(0))
    term = Term(value, unit)
    before = deadline(calendar, term, start).due
    received = next_opening(calendar, start)
    assume(before > received)
    begin = data.draw(st.datetimes(received, before)).replace(microsecond=0)
    pause = Pause(max(begin, received), begin + dt.timedelta(
            minutes=data.draw(st.integers(1, 20 * 24 * 60))))
    after = deadline(calendar, term, start, [pause]).due
    moved, _ = worked(calendar, before, after)
    stopped, _ = worked(calendar, pause.start, pause.end)
    assert moved == stopped


@given(
    st.sampled_from([BY_DAY, WITH_SATURDAY]), st.integers(1, 20), moments,
    st.data())
def test_pause_by_day_moves_by_its_working_days(
        calendar, value, start, data):
    term = Term(value, 'working_day')
    before = deadline(calendar, term, start).due
    received = next_opening(calendar, start)
    begin = data.draw(st.datetimes(received, before)).replace(microsecond=0)
    begin = max(begin, received)
    pause = Pause(begin, begin + dt.timedelta(
            minutes=data.draw(st.integers(1, 20 * 24 * 60))))
    after = deadline(calendar, term, start, [pause]).due
    assert (
        working_days_between(calendar, before.date(), after.date())
        == working_days_between(
            calendar, pause.start.date(), pause.end.date()))


@given(calendars, terms, moments, st.data())
def test_pause_never_moves_it_earlier(calendar, term, start, data):
    pauses = data.draw(pause_lists(start - dt.timedelta(days=10)))
    assert (
        deadline(calendar, term, start).due
        <= deadline(calendar, term, start, pauses).due)


@given(calendars, terms, moments, st.data())
def test_pauses_count_once_in_any_order(calendar, term, start, data):
    pauses = data.draw(pause_lists(start))
    due = deadline(calendar, term, start, pauses).due
    again = data.draw(st.permutations(pauses + pauses))
    assert deadline(calendar, term, start, again).due == due


@given(calendars, moments, st.integers(0, 100 * 60), st.booleans())
def test_working_time_added_is_the_time_worked(
        calendar, start, minutes, at_opening):
    amount = dt.timedelta(minutes=minutes)
    end = add_working_time(calendar, start, amount, at_opening)
    assert is_working(calendar, end)
    assert worked(calendar, start, end)[0] == amount


@given(calendars, moments, st.integers(1, 60))
def test_working_days_there_and_back(calendar, start, count):
    day = next_opening(calendar, start).date()
    later = add_working_days(calendar, day, count)
    assert add_working_days(calendar, later, -count) == day
    assert working_days_between(calendar, day, later) == count


@given(calendars, st.integers(1, 40), moments, st.data())
def test_explanation_names_every_day_skipped(calendar, value, start, data):
    result = deadline(
        calendar, Term(value, 'working_day'), start,
        data.draw(pause_lists(start)))
    named = []
    for line in result.lines:
        if line.kind in {'holiday', 'weekend'}:
            named += dates(line.moment, line.params.get('last', line.moment))
    assert sorted(named) == [
        day for day in dates(start.date(), result.due.date())
        if not calendar.periods(day)]


def dates(first, last):
    return [
        first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


# A term that starts again, and extensions

FIVE_DAYS = Term(5, 'working_day')


@pytest.mark.parametrize('calendar, term, pauses, extensions, due', [
        # Complete on Thursday the 4th, five working days from there
        (BY_DAY, FIVE_DAYS,
            [Pause(june(2, 9), june(4, 9), "", True)], [], june(11, 17)),
        # What was before counts no more
        (BY_DAY, FIVE_DAYS, [
                Pause(june(1, 10), june(2, 8)),
                Pause(june(2, 9), june(4, 9), "", True)],
            [], june(11, 17)),
        # what comes after does
        (BY_DAY, FIVE_DAYS, [
                Pause(june(2, 9), june(4, 9), "", True),
                Pause(june(5, 9), june(8, 9))],
            [], june(12, 17)),
        (BY_DAY, FIVE_DAYS, [
                Pause(june(2, 9), june(3, 9), "", True),
                Pause(june(3, 10), june(4, 9), "", True)],
            [], june(11, 17)),
        (BY_HOUR, Term(8, 'working_hour'),
            [Pause(june(1, 10), june(2, 9), "", True)], [], june(3, 9)),
        (BY_DAY, FIVE_DAYS, [],
            [Extension(june(4, 9), june(12, 10))], june(12, 10)),
        # Not moved by what the first due moment already holds
        (BY_DAY, FIVE_DAYS, [Pause(june(2, 9), june(3, 9))],
            [Extension(june(4, 9), june(12, 10))], june(12, 10)),
        (BY_DAY, FIVE_DAYS, [Pause(june(5, 9), june(8, 9))],
            [Extension(june(4, 9), june(12, 10))], june(15, 10)),
        # A day off since, a Saturday
        (BY_DAY, FIVE_DAYS, [],
            [Extension(june(4, 9), june(13, 10))], june(15, 17)),
        (BY_DAY, Term(10, 'calendar_day'), [Pause(june(5, 9), june(8, 9))],
            [Extension(june(4, 9), june(12, 10))], june(15, 10)),
        (BY_HOUR, Term(8, 'working_hour'), [Pause(june(1, 15), june(1, 16))],
            [Extension(june(1, 14), june(2, 14))], june(2, 15)),
        (BY_DAY, FIVE_DAYS, [Pause(june(4, 10), june(5, 9), "", True)],
            [Extension(june(4, 9), june(26, 10))], june(12, 17)),
        ])
def test_restarts_and_extensions(calendar, term, pauses, extensions, due):
    result = deadline(calendar, term, june(1, 9), pauses, extensions)
    assert result.due == due
    kinds = [line.kind for line in result.lines]
    assert kinds.count('restart') == sum(p.restarts for p in pauses)
    assert ('extension' in kinds or 'extension_lapsed' in kinds) \
        == bool(extensions)


def test_clock_stopped_before_the_term_starts_again():
    result = deadline(
        BY_DAY, FIVE_DAYS, june(1, 9), [Pause(june(2, 9), None, "", True)])
    assert result.due is None
    assert result.lines[-1].kind == 'stopped_restarts'
