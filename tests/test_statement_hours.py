# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Presence, overtime and time off in lieu in the statements of a month"
import datetime as dt
import io
import shutil
import subprocess
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.conftest import leave_out
from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc_dossier.tests.tools import create_office

STATEMENT = 'tthcc.staffing.statement'
# Its first is a Sunday; 22 working days, from 07:00 to 11:30 and from 13:30
# to 17:00
MARCH = dt.date(2026, 3, 1)
MAY = dt.datetime(2026, 5, 4, 2)
DAY = dt.timedelta(days=1)


def at(day, time, month=3):
    "The UTC moment of a local time"
    return clock.to_utc(dt.datetime.combine(
            dt.date(2026, month, day), dt.time.fromisoformat(time)))


@pytest.fixture(scope='module')
def office(database):
    """An office to which An is posted full time and Chi on call; people sign
    in from 16 March on, the week of the 16th has a published roster"""
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        pool = Pool()
        Attendance = pool.get('attendance.line')
        Leave = pool.get('tthcc.leave')
        Roster = pool.get('tthcc.roster')
        Secondment = pool.get('tthcc.secondment')
        office = create_office('h_', "UBND huyện Hoằng Hóa")
        create_office('o_', "UBND huyện Nga Sơn")
        an, chi = [
            create_user(
                f'h_{name}', ['counter_officer'], office.company,
                office.centre, office.department).employee
            for name in ['an', 'chi']]
        Secondment.create([{
                    'employee': employee.id,
                    'department': office.department.id,
                    'centre': office.centre.id,
                    'company': office.company.id,
                    'start_date': dt.date(2025, 7, 1),
                    'end_date': dt.date(2026, 12, 31),
                    'state': 'active', **mode}
                for employee, mode in [
                    (an, {'mode': 'full_time'}),
                    (chi, {'mode': 'on_call', 'response_minutes': 30})]])
        roster, = Roster.create([{
                    'centre': office.centre.id,
                    'start_date': dt.date(2026, 3, 16),
                    'duties': [('create', [{
                                'employee': an.id,
                                'start': at(day, start), 'end': at(day, end),
                                } for day, start, end in [
                                (16, '07:00', '11:30'),
                                # To late in the evening
                                (16, '13:30', '19:00'),
                                (17, '07:00', '11:30'),
                                (18, '13:30', '17:00'),
                                # Saturday and Sunday
                                (21, '08:00', '11:00'),
                                (22, '08:00', '10:00')]])],
                    'state': 'published'}])

        def sign(employee, day, *times):
            Attendance.create([{
                        'company': office.company.id,
                        'employee': employee.id, 'at': at(day, time),
                        'date': dt.date(2026, 3, day), 'type': type_}
                    for time, type_ in zip(times, ['in', 'out'] * 2)])
        # An hour less in the evening; not there on Sunday
        sign(an, 16, '06:55', '11:32', '13:40', '18:00')
        sign(an, 17, '06:50', '11:30')
        sign(an, 21, '07:50', '11:10')
        # Forgot to sign out
        for day in [23, 24, 25]:
            sign(an, day, '06:58')
        # Was called for a morning
        sign(chi, 19, '08:30', '11:00')
        Leave.create([{
                    'company': office.company.id, 'employee': an.id,
                    'kind': 'lieu', 'start_date': dt.date(2026, month, day),
                    'end_date': dt.date(2026, month, day),
                    'half': half, 'state': 'approved'}
                for month, day, half in [
                    (3, 18, 'afternoon'), (4, 2, 'morning')]])
        return SimpleNamespace(
            centre=office.centre.id, company=office.company.id, an=an.id,
            chi=chi.id)


def make(client, centre, month):
    with clock.moved_to(MAY), client.wizard(STATEMENT + '.make') as wizard:
        wizard.values.update({'centre': centre, 'month': month})
        wizard.execute('make')
        (_, data), = wizard.actions
    return {
        row['employee']: row['id'] for row in client.read(
            STATEMENT, data['res_id'], ['employee'])}


@pytest.fixture(scope='module')
def statements(server, office):
    "The statements of March by employee"
    return make(
        server.client('h_director', PASSWORD), office.centre, MARCH)


def quantities(client, id):
    return {
        line['kind']: line['quantity'] for line in client.search(
            STATEMENT + '.line', [('statement', '=', id)],
            ['kind', 'quantity'])}


def test_days_really_present(rpc, office, statements):
    """Ten days by the mode up to the 15th, then the roster for a week, then
    the mode; from the 16th on only where signed in."""
    director = rpc('h_director', PASSWORD)
    lines = quantities(director, statements[office.an])
    assert lines['present'] == 10 + Decimal('1.5') + 3
    assert lines['leave'] == Decimal('.5')
    # 26, 27, 30 and 31 March; by the roster not on the 19th and 20th
    assert lines['absent'] == 4
    chi = quantities(director, statements[office.chi])
    assert chi == {'present': Decimal('.5'), 'on_call': Decimal('21.5')}


def test_hours_and_time_off_in_lieu(rpc, office, statements):
    director = rpc('h_director', PASSWORD)
    lines = quantities(director, statements[office.an])
    assert (lines['overtime'], lines['weekend'], lines['lieu']) == (1, 3, 4)
    assert lines['lieu_taken'] == Decimal('3.5')
    april = make(director, office.centre, dt.date(2026, 4, 1))[office.an]

    def left():
        return [
            row['lieu_balance'] for row in director.read(
                STATEMENT, [statements[office.an], april], ['lieu_balance'])]
    assert left() == [Decimal('.5'), -4]
    # The duty of Sunday was signed in on paper
    director.model(STATEMENT, 'approve', [statements[office.an]])
    before = director.search(
        STATEMENT + '.line', [('statement', '=', statements[office.an])],
        ['kind', 'quantity'])
    with director.wizard(
            STATEMENT + '.correct', STATEMENT,
            [statements[office.an]]) as wizard:
        wizard.values.update(hours=2, reason="Trực Chủ nhật 22/3")
        wizard.execute('correct')
    assert left() == [Decimal('2.5'), -2]
    after = director.search(
        STATEMENT + '.line', [('statement', '=', statements[office.an])],
        ['kind', 'quantity'])
    assert [row for row in after if row in before] == before
    assert len(after) == len(before) + 1
    with pytest.raises(Refused):
        rpc('o_director', PASSWORD).read(
            STATEMENT, [april], ['lieu_balance'])


def test_hours_on_paper(rpc, office, statements, tmp_path):
    from openpyxl import load_workbook
    director = rpc('h_director', PASSWORD)
    ids = [statements[office.an]]
    _, content, *_ = director.report(STATEMENT + '.sheet', ids)
    _, *rows = load_workbook(io.BytesIO(content)).active.values
    assert {row[3]: row[6] for row in rows}.items() >= {
        "Giờ làm thêm": 1, "Giờ trực ngày nghỉ": 3, "Ngày vắng mặt": 4,
        "Giờ nghỉ bù đã dùng": 3.5}.items()
    _, content, *_ = director.report(STATEMENT + '.form', ids)
    if not shutil.which('pdftotext'):
        leave_out("pdftotext of poppler-utils")
    path = tmp_path / 'statement.pdf'
    path.write_bytes(content)
    text = subprocess.check_output(
        ['pdftotext', '-layout', path, '-'], text=True)
    for words in [
            "Giờ làm thêm", "Giờ trực ngày nghỉ", "Giờ được nghỉ bù",
            "Giờ nghỉ bù đã dùng", "3,5", "Số giờ nghỉ bù còn lại"]:
        assert words in text


def test_days_on_call_are_paid_where_the_allowance_says_so(
        rpc, office, start, pool):
    with start(0):
        pool.get('tthcc.allowance').create([{
                    'name': name, 'mode': 'on_call', 'basis': 'day',
                    'amount': 10_000, 'on_call': on_call,
                    'company': office.company, 'payer': 'department',
                    'legal_basis': "QĐ 6",
                    'start_date': dt.date(2026, 4, 1),
                    } for name, on_call in [
                    ("Có mặt", False), ("Thường trực", True)]])
    director = rpc('h_director', PASSWORD)
    id = make(director, office.centre, dt.date(2026, 4, 1))[office.chi]
    lines = {
        line['text']: (line['quantity'], line['amount'])
        for line in director.search(
            STATEMENT + '.line', [('statement', '=', id)],
            ['text', 'quantity', 'amount'])}
    called = quantities(director, id)['on_call']
    assert called > 0
    assert lines["Có mặt"] == (0, 0)
    assert lines["Thường trực"] == (called, called * 10_000)
