# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The working calendar: its hours, its days off, what it says, who changes it"
import datetime as dt
from types import SimpleNamespace

import pytest

from tests.server import Refused
from tests.test_worktime import DAYS, rows
from trytond.modules.tthcc import worktime
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_committee, create_user)

MONDAY = dt.datetime(2026, 6, 1, 9)
WORKING_DAY = worktime.Term(1, 'working_day')


@pytest.fixture(scope='module')
def committees(database):
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 1):
        Calendar = Pool().get('tthcc.calendar')
        shared, = Calendar.search([])
        result = {'shared': shared.id}
        for key in 'ab':
            company = create_committee(f"UBND huyện {key.upper()}")
            create_user(f'director_{key}', ['director'], company)
            create_user(f'officer_{key}', ['counter_officer'], company)
            calendar, = Calendar.copy([shared], {
                    'name': f"Lịch huyện {key.upper()}",
                    'company': company.id,
                    })
            result[key] = SimpleNamespace(
                company=company.id, calendar=calendar.id)
    return SimpleNamespace(**result)


@pytest.fixture
def log_in(committees, rpc):
    return lambda login: rpc(login, PASSWORD)


@pytest.fixture
def calendar(transaction, pool):
    "A calendar with office hours and no exceptional day"
    Calendar = pool.get('tthcc.calendar')
    shared, = Calendar.search([('company', '=', None)])
    calendar, = Calendar.copy([shared], {'days': None})
    return calendar


def test_office_hours_come_with_the_module(transaction, pool):
    Calendar = pool.get('tthcc.calendar')
    calendar, = Calendar.search([('company', '=', None)])

    with transaction.set_context(language='vi'):
        assert Calendar(calendar.id).rec_name == "Giờ hành chính"
    value = calendar.worktime()
    hours = (
        (dt.time(7), dt.time(11, 30)), (dt.time(13, 30), dt.time(17)))
    assert value.week == (hours,) * 5 + ((), ())
    assert (value.counting, value.day_length, value.rounding) == (
        'day', dt.timedelta(hours=8), dt.timedelta(minutes=15))


def test_filled_years_are_those_on_paper(calendar):
    years = {date.year for date in DAYS} - {2019}
    for year in years:
        calendar.fill([calendar], year)

    days = {
        date: bool(day.periods)
        for date, day in calendar.__class__(calendar.id)
            .worktime().days.items()
        if day.periods or date.weekday() < 5}
    assert days == {
        date: bool(day.periods)
        for date, day in DAYS.items() if date.year in years}


def test_filling_again_adds_nothing_and_changes_nothing(calendar, pool):
    Day = pool.get('tthcc.calendar.day')
    tet = dt.date(2026, 2, 17)
    Day.create([{
                'calendar': calendar.id,
                'date': tet,
                'name': "Trực Tết",
                'kind': 'working',
                'like_weekday': '0',
                'source': "Quyết định 15/QĐ-UBND",
                }])
    Calendar = calendar.__class__
    Calendar.fill([Calendar(calendar.id)], 2026)
    count = Day.search([('calendar', '=', calendar.id)], count=True)
    Calendar.fill([Calendar(calendar.id)], 2026)

    assert Day.search([('calendar', '=', calendar.id)], count=True) == count
    day, = Day.search(
        [('calendar', '=', calendar.id), ('date', '=', tet)])
    assert (day.name, day.kind) == ("Trực Tết", 'working')


def test_filled_days_say_their_source(calendar, pool):
    calendar.fill([calendar], 2026)
    sources = {
        d.date: d.source for d in calendar.__class__(calendar.id).days}

    assert sources[dt.date(2026, 8, 31)].startswith('holidays ')
    assert not sources[dt.date(2026, 1, 2)].startswith('holidays ')
    assert all(sources.values())


@pytest.mark.parametrize('year, decided', [
        (2018, True), (2022, True), (2026, True), (2027, False)])
def test_later_years_are_projections(transaction, pool, year, decided):
    assert pool.get('tthcc.calendar').swaps_decided(year) is decided


@pytest.mark.parametrize('change, due', [
        (lambda calendar, pool: pool.get('tthcc.calendar.day').create([{
                            'calendar': calendar.id,
                            'date': dt.date(2026, 6, 2),
                            'name': "Nghỉ",
                            }]),
            dt.datetime(2026, 6, 3, 17)),
        (lambda calendar, pool: pool.get('tthcc.calendar.period').delete(
                [p for p in calendar.periods
                    if p.weekday == '1' and p.start.hour > 12]),
            dt.datetime(2026, 6, 2, 11, 30)),
        (lambda calendar, pool: calendar.write(
                [calendar], {'counting': 'hour'}),
            dt.datetime(2026, 6, 2, 9)),
        ])
def test_changes_reach_the_cached_value(calendar, pool, change, due):
    def result():
        Calendar = pool.get('tthcc.calendar')
        value = Calendar(calendar.id).worktime()
        return worktime.deadline(value, WORKING_DAY, MONDAY).due

    assert result() == dt.datetime(2026, 6, 2, 17)
    change(calendar, pool)
    assert result() == due


def test_value_is_not_read_again(calendar, monkeypatch):
    value = calendar.worktime()
    monkeypatch.setattr(type(calendar), '_worktime', None)

    assert calendar.worktime().week == value.week


def test_make_up_day_has_the_hours_of_its_weekday(calendar, pool):
    Calendar = pool.get('tthcc.calendar')
    Day = pool.get('tthcc.calendar.day')
    Period = pool.get('tthcc.calendar.period')
    Period.delete([
            p for p in calendar.periods
            if p.weekday == '4' and p.start.hour > 12])
    saturday = dt.date(2026, 6, 6)
    Day.create([{
                'calendar': calendar.id,
                'date': saturday,
                'name': "Làm bù",
                'kind': 'working',
                'like_weekday': '4',
                }])

    assert Calendar(calendar.id).worktime().periods(saturday) == (
        (dt.time(7), dt.time(11, 30)),)


def refusal(action):
    from trytond.exceptions import UserError
    with pytest.raises(UserError) as error:
        action()
    return error.value.message


def test_hours_must_not_overlap(calendar, pool, transaction):
    Period = pool.get('tthcc.calendar.period')
    with transaction.set_context(language='vi'):
        message = refusal(lambda: Period.create([{
                        'calendar': calendar.id,
                        'weekday': '0',
                        'start': dt.time(11),
                        'end': dt.time(14),
                        }]))
    assert "Thứ Hai 07:00–11:30" in message


@pytest.mark.parametrize('model, values', [
        ('tthcc.calendar', {'day_length': dt.timedelta(0)}),
        ('tthcc.calendar', {'rounding': dt.timedelta(minutes=-5)}),
        ('tthcc.calendar.period', {'end': dt.time(6)}),
        ('tthcc.calendar.day', {'kind': 'working'}),
        ('tthcc.calendar.day', {'kind': 'working', 'like_weekday': '6'}),
        ('tthcc.calendar.day', {'date': dt.date(2026, 9, 2)}),
        ])
def test_what_makes_no_sense_is_refused(calendar, pool, model, values):
    calendar.fill([calendar], 2026)
    record = {
        'tthcc.calendar': calendar,
        'tthcc.calendar.period': calendar.periods[0],
        'tthcc.calendar.day': calendar.__class__(calendar.id).days[-1],
        }[model]

    assert refusal(lambda: record.write([record], values))


def test_calendar_without_hours_is_named(calendar, pool):
    Period = pool.get('tthcc.calendar.period')
    Period.delete(list(calendar.periods))

    assert calendar.rec_name in refusal(
        calendar.__class__(calendar.id).worktime)


def test_every_line_is_a_sentence(calendar, transaction):
    Calendar = calendar.__class__
    for language in ['vi', 'en']:
        with transaction.set_context(language=language):
            for row in rows():
                value, term, start, pauses, due = row.values
                text = Calendar.explain(
                    worktime.deadline(value, term, start, pauses).lines)
                assert 'msg_' not in text
                assert '%' not in text
                assert f'{due:%H:%M}' in text.splitlines()[-1]


def test_explanation_in_vietnamese(calendar, transaction):
    Calendar = calendar.__class__
    calendar.fill([calendar], 2026)
    pause = worktime.Pause(
        dt.datetime(2026, 2, 12, 10), dt.datetime(2026, 2, 13, 9),
        "bổ sung giấy tờ")
    with transaction.set_context(language='vi'):
        text = Calendar.explain(worktime.deadline(
                Calendar(calendar.id).worktime(),
                worktime.Term(2, 'working_day'),
                dt.datetime(2026, 2, 12, 6, 30), [pause]).lines)
    assert text.splitlines() == [
        "Nộp hồ sơ: 06:30 Thứ Năm 12/02/2026.",
        "Trước giờ làm việc: tính từ 07:00 Thứ Năm 12/02/2026.",
        "Thời hạn: 2 ngày làm việc, không tính ngày tiếp nhận "
        "Thứ Năm 12/02/2026; hẹn trả vào cuối giờ làm việc.",
        "Tạm dừng từ 10:00 Thứ Năm 12/02/2026 đến 09:00 Thứ Sáu 13/02/2026 "
        "(bổ sung giấy tờ): không tính 1 ngày làm việc.",
        "Nghỉ cuối tuần: Thứ Bảy 14/02/2026 đến Chủ Nhật 15/02/2026.",
        "Ngày nghỉ: Thứ Hai 16/02/2026, Giao thừa Tết Nguyên Đán.",
        "Ngày nghỉ: Thứ Ba 17/02/2026, Tết Nguyên Đán.",
        "Ngày nghỉ: Thứ Tư 18/02/2026, Mùng hai Tết Nguyên Đán.",
        "Ngày nghỉ: Thứ Năm 19/02/2026, Mùng ba Tết Nguyên Đán.",
        "Ngày nghỉ: Thứ Sáu 20/02/2026, Mùng bốn Tết Nguyên Đán.",
        "Nghỉ cuối tuần: Thứ Bảy 21/02/2026 đến Chủ Nhật 22/02/2026.",
        "Hẹn trả kết quả: 17:00 Thứ Ba 24/02/2026.",
        ]


def as_sent(days):
    "The days as a client sends them back, without names of records"
    return [
        {name: value for name, value in day.items() if name != 'calendar.'}
        for day in days]


def test_director_fills_the_calendar_of_the_committee(committees, log_in):
    director = log_in('director_a')
    with director.wizard(
            'tthcc.calendar.fill', 'tthcc.calendar',
            [committees.a.calendar]) as wizard:
        wizard.values['year'] = 2027
        wizard.execute('preview')
        assert "hoán đổi" in wizard.values['note']
        shown = {day['date']: day['name'] for day in wizard.values['days']}
        assert shown[dt.date(2027, 2, 6)] == "Tết Nguyên Đán"
        wizard.values['days'] = [
            day for day in as_sent(wizard.values['days'])
            if day['date'] != dt.date(2027, 11, 24)]
        wizard.execute('add')

    added = {
        d['date'] for d in director.search('tthcc.calendar.day', [
                ('calendar', '=', committees.a.calendar),
                ('date', '>=', dt.date(2027, 1, 1)),
                ], ['date'])}
    assert added == set(shown) - {dt.date(2027, 11, 24)}


def test_preview_says_when_there_is_nothing_to_add(committees, log_in):
    director = log_in('director_b')
    notes = []
    for _ in range(2):
        with director.wizard(
                'tthcc.calendar.fill', 'tthcc.calendar',
                [committees.b.calendar]) as wizard:
            wizard.values['year'] = 2024
            wizard.execute('preview')
            notes.append(wizard.values['note'])
            wizard.values['days'] = as_sent(wizard.values['days'])
            wizard.execute('add')
    assert "holidays" in notes[0]
    assert "2024" in notes[1]


@pytest.mark.parametrize('login', ['officer_a', 'director_b'])
def test_others_do_not_change_the_calendar(committees, log_in, login):
    client = log_in(login)
    with pytest.raises(Refused):
        client.write('tthcc.calendar', [committees.a.calendar], {'name': "X"})
    with pytest.raises(Refused):
        client.create('tthcc.calendar.day', {
                'calendar': committees.a.calendar,
                'date': dt.date(2030, 6, 3),
                'name': "Nghỉ",
                })


def test_shared_calendar_is_read_by_all_and_changed_by_administrators(
        committees, log_in, rpc):
    director = log_in('director_a')
    found = {c['id'] for c in director.search('tthcc.calendar', [])}
    assert {committees.shared, committees.a.calendar} <= found
    assert committees.b.calendar not in found
    with pytest.raises(Refused):
        director.write(
            'tthcc.calendar', [committees.shared], {'counting': 'hour'})
    with pytest.raises(Refused):
        director.create('tthcc.calendar', {'name': "X", 'company': None})

    admin = rpc()
    admin.write('tthcc.calendar', [committees.shared], {'counting': 'day'})
