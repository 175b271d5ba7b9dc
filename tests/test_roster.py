# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The week of a centre: made up, changed, published; who came."""
import datetime as dt
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests import tools
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import create_office

# Monday 9 November 2026, 07:00 in Vietnam, when the office opens
OPENING = dt.datetime(2026, 11, 9, 0)
MONDAY = dt.date(2026, 11, 9)
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(scope='module')
def office(database):
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        Secondment = Pool().get('tthcc.secondment')
        first = create_office('th_', "UBND huyện Thiệu Hóa")
        create_office('lc_', "UBND huyện Lang Chánh")
        full, mornings, stand_in = [
            tools.create_user(
                f'th_{name}', ['processor'], first.company,
                department=first.department)
            for name in ['full', 'mornings', 'stand_in']]
        for user, values in [
                (full, {'mode': 'full_time'}),
                (mornings, {
                        'mode': 'weekdays',
                        'slots': [('create', [
                                    {'weekday': '1', 'half': 'morning'},
                                    {'weekday': '3', 'half': 'morning'}])],
                        })]:
            Secondment.create([{
                        'company': first.company.id,
                        'employee': user.employee.id,
                        'department': first.department.id,
                        'centre': first.centre.id,
                        'counter': first.centre.counters[0].id,
                        'start_date': MONDAY - 30 * DAY,
                        'end_date': MONDAY + 365 * DAY,
                        'state': 'active',
                        **values}])
            user.employee.centre = first.centre
            user.employee.save()
        return SimpleNamespace(
            company=first.company.id, centre=first.centre.id,
            full=full.employee.id, mornings=mornings.employee.id,
            stand_in=stand_in.employee.id)


@pytest.fixture(autouse=True)
def opening():
    with clock.moved_to(OPENING):
        yield


@pytest.fixture
def director(server, office):
    return server.client('th_director', PASSWORD)


def duties(client, roster):
    return {
        (d['employee'], (d['date'] - MONDAY).days, d['half']): d['id']
        for d in client.search(
            'tthcc.roster.duty', [('roster', '=', roster)],
            ['employee', 'date', 'half'])}


@pytest.fixture
def roster(director, office):
    "The week, made up"
    roster, = director.create(
        'tthcc.roster', {'centre': office.centre, 'start_date': MONDAY})
    director.model('tthcc.roster', 'fill', [roster])
    yield roster
    if director.read(
            'tthcc.roster', [roster], ['state'])[0]['state'] != 'draft':
        director.model('tthcc.roster', 'reopen', [roster])
    director.model('tthcc.roster', 'delete', [roster])


def test_week_follows_the_modes(director, office, roster):
    expected = {
        (office.full, day, half)
        for day in range(5) for half in ['morning', 'afternoon']}
    expected |= {
        (office.mornings, 1, 'morning'), (office.mornings, 3, 'morning')}
    assert duties(director, roster).keys() == expected
    duty, = director.search(
        'tthcc.roster.duty', [
            ('roster', '=', roster), ('date', '=', MONDAY),
            ('half', '=', 'morning')], ['start', 'end'])
    assert (duty['start'], duty['end']) == (
        OPENING, OPENING + dt.timedelta(hours=4, minutes=30))


def test_leave_puts_the_substitute_in(director, office, roster, server):
    full = server.client('th_full', PASSWORD)
    leave, = full.create('tthcc.leave', {
            'company': office.company, 'employee': office.full,
            'kind': 'annual', 'start_date': MONDAY + 2 * DAY,
            'end_date': MONDAY + 2 * DAY, 'half': 'morning',
            'substitute': office.stand_in})
    full.model('tthcc.leave', 'ask', [leave])
    director.model('tthcc.leave', 'approve', [leave])
    director.model('tthcc.roster', 'fill', [roster])
    week = duties(director, roster)
    assert (office.full, 2, 'morning') not in week
    assert (office.full, 2, 'afternoon') in week
    assert (office.stand_in, 2, 'morning') in week
    with pytest.raises(Refused, match="nghỉ ngày 11/11/2026"):
        director.create('tthcc.roster.duty', {
                'roster': roster, 'employee': office.full,
                'start': OPENING + 2 * DAY,
                'end': OPENING + 2 * DAY + 60 * MINUTE})
    full.model('tthcc.leave', 'cancel', [leave])


def test_substitutes_are_there_or_not(director, office, roster, server):
    leaves = []
    for employee, day, half, substitute in [
            ('full', 2, 'morning', office.stand_in),
            ('full', 2, 'afternoon', office.mornings),
            ('full', 4, None, office.stand_in),
            ('stand_in', 4, None, None)]:
        client = server.client(f'th_{employee}', PASSWORD)
        leave, = client.create('tthcc.leave', {
                'company': office.company,
                'employee': getattr(office, employee), 'kind': 'annual',
                'start_date': MONDAY + day * DAY,
                'end_date': MONDAY + day * DAY, 'half': half,
                'substitute': substitute})
        client.model('tthcc.leave', 'ask', [leave])
        leaves.append(leave)
    coordinator = server.client('th_processor', PASSWORD)
    coordinator.model('tthcc.leave', 'approve', leaves)
    director.model('tthcc.roster', 'fill', [roster])
    week = duties(director, roster)
    # Each in the half day of the leave
    assert {key for key in week if key[1] == 2} == {
        (office.stand_in, 2, 'morning'), (office.mornings, 2, 'afternoon')}
    # On leave as well
    assert not [key for key in week if key[1] == 4]
    coordinator.model('tthcc.leave', 'cancel', leaves)


def test_a_duty_is_dragged_to_another_day(director, office, roster):
    "The calendar writes the day only"
    id = duties(director, roster)[office.mornings, 3, 'morning']
    before, = director.read('tthcc.roster.duty', [id], ['start', 'end'])
    director.write('tthcc.roster.duty', [id], {'day': MONDAY + 5 * DAY})
    moved, = director.read(
        'tthcc.roster.duty', [id],
        ['start', 'end', 'date', 'half', 'by_hand', 'label'])
    assert moved['start'] == before['start'] + 2 * DAY
    assert moved['end'] == before['end'] + 2 * DAY
    assert moved['date'] == MONDAY + 5 * DAY
    assert moved['half'] == 'morning' and moved['by_hand']
    assert moved['label'].startswith('07:00')
    found, = director.search('tthcc.roster.duty', [
            ('roster', '=', roster), ('day', '=', MONDAY + 5 * DAY)])
    assert found['id'] == id
    with pytest.raises(Refused, match="không thuộc tuần"):
        director.write('tthcc.roster.duty', [id], {'day': MONDAY + 7 * DAY})


def test_a_duty_that_was_moved_stays(director, office, roster):
    tuesday = duties(director, roster)[office.mornings, 1, 'morning']
    friday = OPENING + 4 * DAY + dt.timedelta(hours=6, minutes=30)
    director.write('tthcc.roster.duty', [tuesday], {
            'start': friday, 'end': friday + 210 * MINUTE})
    director.model('tthcc.roster', 'fill', [roster])
    week = duties(director, roster)
    assert week[office.mornings, 4, 'afternoon'] == tuesday
    with pytest.raises(Refused, match="cùng một buổi"):
        director.create('tthcc.roster.duty', {
                'roster': roster, 'employee': office.mornings,
                'start': friday, 'end': friday + 60 * MINUTE})
    with pytest.raises(Refused, match="không thuộc tuần"):
        director.write('tthcc.roster.duty', [tuesday], {
                'start': friday + 7 * DAY, 'end': friday + 8 * DAY})


def test_publishing_tells_those_on_duty(director, office, roster, server):
    with pytest.raises(Refused):
        server.client('th_full', PASSWORD).model(
            'tthcc.roster', 'publish', [roster])
    director.model('tthcc.roster', 'publish', [roster])
    for login, told in [
            ('th_full', True), ('th_mornings', True), ('th_stand_in', False)]:
        messages = server.client(login, PASSWORD).model(
            'res.notification', 'get')
        assert told == any(
            "Lịch trực" in str(message) for message in messages)
    with pytest.raises(Refused, match="đã công bố|Đã công bố"):
        director.write(
            'tthcc.roster', [roster], {'start_date': MONDAY + 7 * DAY})
    extension, content, _, _ = director.report('tthcc.roster.form', [roster])
    assert extension == 'pdf'


def test_others_neither_see_nor_change_the_week(roster, office, server):
    assert server.client('th_full', PASSWORD).search(
        'tthcc.roster', [('id', '=', roster)])
    for login in ['lc_director', 'lc_officer', 'lc_leader']:
        other = server.client(login, PASSWORD)
        assert not other.search('tthcc.roster', [('id', '=', roster)])
        assert not other.search(
            'tthcc.roster.duty', [('roster', '=', roster)])
    for login in ['th_full', 'th_officer', 'lc_director']:
        with pytest.raises(Refused):
            server.client(login, PASSWORD).create('tthcc.roster.duty', {
                    'roster': roster, 'employee': office.stand_in,
                    'start': OPENING, 'end': OPENING + MINUTE})


def test_a_week_begins_on_monday(director, office):
    with pytest.raises(Refused, match="Thứ Hai"):
        director.create('tthcc.roster', {
                'centre': office.centre, 'start_date': MONDAY + DAY})


def test_who_came_who_was_late_who_was_not_there(
        director, office, roster, server):
    director.model('tthcc.roster', 'publish', [roster])
    full = server.client('th_full', PASSWORD)

    def sign(type_, at):
        with clock.moved_to(at):
            full.create('attendance.line', {
                    'company': office.company, 'employee': office.full,
                    'at': at, 'date': MONDAY, 'type': type_})

    def presence(client, at):
        with clock.moved_to(at):
            return {
                ((r['date'] - MONDAY).days, r['half']): (
                    r['state'], r['late_minutes'])
                for r in client.search(
                    'tthcc.presence', [
                        ('employee', '=', office.full),
                        ('date', '<=', MONDAY + DAY)],
                    ['date', 'half', 'state', 'late_minutes'])}

    sign('in', OPENING - 5 * MINUTE)
    sign('out', OPENING + dt.timedelta(hours=4, minutes=31))
    afternoon = OPENING + dt.timedelta(hours=6, minutes=30)
    assert presence(director, afternoon)[0, 'afternoon'] == ('expected', None)
    sign('in', afternoon + 20 * MINUTE)
    assert presence(director, OPENING + DAY * 2) == {
        (0, 'morning'): ('present', None),
        (0, 'afternoon'): ('late', 20),
        (1, 'morning'): ('absent', None),
        (1, 'afternoon'): ('absent', None),
        }
    assert presence(full, OPENING + DAY * 2)
    for login in ['th_mornings', 'lc_director']:
        other = server.client(login, PASSWORD)
        assert not presence(other, OPENING + DAY * 2)
        assert not other.search(
            'attendance.line', [('employee', '=', office.full)])
    # Granted after the week was published
    leave, = full.create('tthcc.leave', {
            'company': office.company, 'employee': office.full,
            'kind': 'sick', 'start_date': MONDAY + DAY,
            'end_date': MONDAY + DAY, 'half': 'afternoon'})
    full.model('tthcc.leave', 'ask', [leave])
    director.model('tthcc.leave', 'approve', [leave])
    assert presence(director, OPENING + DAY * 2) == {
        (0, 'morning'): ('present', None),
        (0, 'afternoon'): ('late', 20),
        (1, 'morning'): ('absent', None),
        }
    director.model('tthcc.leave', 'cancel', [leave])
    with pytest.raises(Refused, match="đúng lúc"):
        sign_late = OPENING + DAY
        full.create('attendance.line', {
                'company': office.company, 'employee': office.full,
                'at': sign_late, 'date': MONDAY + DAY, 'type': 'in'})
    director.create('attendance.line', {
            'company': office.company, 'employee': office.full,
            'at': OPENING + DAY, 'date': MONDAY + DAY, 'type': 'in'})
    assert presence(director, OPENING + DAY * 2)[1, 'morning'] == (
        'present', None)
