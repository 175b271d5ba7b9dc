# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Monthly statements and remarks of posted people"
import datetime as dt
import io
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

STATEMENT = 'tthcc.staffing.statement'
REMARK = 'tthcc.staffing.remark'
# 22 working days
MARCH = dt.date(2026, 3, 1)
APRIL = dt.datetime(2026, 4, 1, 2, 0)


@pytest.fixture(scope='module')
def office(database):
    """An office to which two are posted in March: one full time, recalled on
    the 12th, and one on two mornings a week, who takes over full time on the
    13th; the one of the mornings was on leave for a morning."""
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        pool = Pool()
        Allowance = pool.get('tthcc.allowance')
        Leave = pool.get('tthcc.leave')
        Secondment = pool.get('tthcc.secondment')
        procedure = create_procedure('1.000001')
        office = create_office('s_', "UBND huyện Như Xuân", [procedure])
        other = create_office('t_', "UBND huyện Như Thanh", [procedure])
        people = [
            create_user(
                f's_{name}', ['counter_officer'], office.company,
                office.centre, office.department).employee
            for name in ['an', 'binh']]
        create_user(
            's_coordinator', ['coordinator'], office.company,
            department=office.department)
        create_user(
            's_supervisor', ['supervisor'], office.company,
            company_filter='all', employees=[], employee=None)
        # Is An too, of all that the client may choose from
        double = create_user(
            's_double', ['director', 'coordinator'], office.company,
            office.centre, office.department, company_filter='all')
        double.employees = [*double.employees, people[0]]
        double.employee = None
        double.save()

        def post(employee, mode, start, end, state='active', **values):
            secondment, = Secondment.create([{
                        'employee': employee.id,
                        'department': office.department.id,
                        'centre': office.centre.id,
                        'company': office.company.id,
                        'mode': mode, 'start_date': start, 'end_date': end,
                        'state': state, 'decision_number': '1/QĐ',
                        'decision_date': start,
                        'substitutes': [('add', [
                                    p.id for p in people if p != employee])],
                        **values}])
            return secondment
        an, binh = people
        with Transaction().set_context(_skip_warnings=True):
            postings = [
                post(an, 'full_time', dt.date(2025, 7, 1),
                    dt.date(2026, 3, 12), 'recalled'),
                post(binh, 'weekdays', dt.date(2026, 1, 1),
                    dt.date(2026, 3, 12), 'ended',
                    slots=[('create', [
                                {'weekday': '0', 'half': 'morning'},
                                {'weekday': '3', 'half': 'morning'}])]),
                post(binh, 'full_time', dt.date(2026, 3, 13),
                    dt.date(2027, 3, 12)),
                ]
        Leave.create([{
                    'company': office.company.id, 'employee': binh.id,
                    'kind': 'annual', 'start_date': dt.date(2026, 3, 5),
                    'end_date': dt.date(2026, 3, 5), 'state': 'approved'}])
        Allowance.create([
                {'name': "Bồi dưỡng theo ngày", 'basis': 'day',
                    'amount': 25000, 'payer': 'department',
                    'legal_basis': "QĐ 1", 'company': office.company.id,
                    'start_date': dt.date(2018, 1, 1),
                    'end_date': dt.date(2026, 3, 17)},
                {'name': "Bồi dưỡng theo ngày", 'basis': 'day',
                    'amount': 40000, 'payer': 'department',
                    'legal_basis': "QĐ 2", 'company': office.company.id,
                    'start_date': dt.date(2026, 3, 18)},
                {'name': "Trang phục", 'basis': 'month', 'amount': 220000,
                    'mode': 'full_time', 'payer': 'committee',
                    'legal_basis': "QĐ 3", 'company': None,
                    'start_date': dt.date(2018, 1, 1)},
                {'name': "Trách nhiệm", 'basis': 'share', 'percent': 10,
                    'amount': 2340000, 'mode': 'weekdays',
                    'payer': 'department', 'legal_basis': "QĐ 4",
                    'company': None, 'start_date': dt.date(2018, 1, 1)},
                ])
        return SimpleNamespace(
            company=office.company.id, centre=office.centre.id,
            department=office.department.id, an=an.id, binh=binh.id,
            dossier=new_dossier(office, procedure),
            elsewhere={
                'company': other.company.id, 'centre': other.centre.id,
                'department': other.department.id,
                'employee': other.users['officer'].employee.id},
            postings=[p.id for p in postings], other=other.centre.id)


def make(client, wizard, centre, month=MARCH, moment=APRIL):
    with clock.moved_to(moment), client.wizard(wizard) as session:
        session.values.update({'centre': centre, 'month': month})
        session.execute('make')
        (_, data), = session.actions
    return data['res_id']


@pytest.fixture(scope='module')
def statements(server, office):
    "The statements of March, of the postings in their order"
    director = server.client('s_director', PASSWORD)
    make(director, STATEMENT + '.make', office.centre)
    rows = director.search(STATEMENT, [], ['secondment'])
    ids = {row['secondment']: row['id'] for row in rows}
    return [ids[posting] for posting in office.postings]


def lines_of(client, id):
    return [
        (line['kind'], line['quantity'], line['amount'])
        for line in client.search(
            STATEMENT + '.line', [('statement', '=', id)],
            ['kind', 'quantity', 'amount'])]


def test_recalled_in_the_middle(rpc, statements):
    director = rpc('s_director', PASSWORD)
    # 2 to 12 March: 9 of 22 working days
    assert lines_of(director, statements[0]) == [
        ('present', 9, None),
        ('allowance', 9, 9 * 25000),
        ('allowance', 9, 90000),
        ]
    row, = director.read(
        STATEMENT, statements[:1],
        ['start_date', 'end_date', 'days', 'amount', 'state'])
    assert row == {
        'id': statements[0], 'start_date': MARCH,
        'end_date': dt.date(2026, 3, 12), 'days': 9,
        'amount': 9 * 25000 + 90000, 'state': 'draft'}


def test_half_days_and_leave(rpc, statements):
    "Mornings of 2, 9 and 12 March; that of the 5th was leave"
    director = rpc('s_director', PASSWORD)
    assert lines_of(director, statements[1]) == [
        ('present', Decimal('1.5'), None),
        ('leave', Decimal('.5'), None),
        ('allowance', Decimal('1.5'), 37500),
        # A tenth of 2.340.000 for 9 of 22 days
        ('allowance', 9, 95727),
        ]


def test_rule_changed_in_the_month(rpc, statements):
    "13 to 17 March at the old rate, 18 to 31 at the new one"
    director = rpc('s_director', PASSWORD)
    assert lines_of(director, statements[2]) == [
        ('present', 13, None),
        ('allowance', 3, 75000),
        ('allowance', 10, 400000),
        ('allowance', 13, 130000),
        ]


def test_made_again(rpc, office, statements):
    "Drafts are made anew, twice the same"
    director = rpc('s_director', PASSWORD)
    before = [lines_of(director, id) for id in statements]
    ids = make(director, STATEMENT + '.make', office.centre)
    assert set(ids) == set(statements)
    assert [lines_of(director, id) for id in statements] == before
    with pytest.raises(Refused, match="chưa kết thúc"):
        make(director, STATEMENT + '.make', office.centre,
            moment=APRIL - dt.timedelta(days=1))
    with pytest.raises(Refused, match="Không có ai được cử"):
        make(director, STATEMENT + '.make', office.centre,
            month=dt.date(2020, 1, 1))


def test_approved_confirmed_corrected(rpc, office, statements):
    director = rpc('s_director', PASSWORD)
    coordinator = rpc('s_coordinator', PASSWORD)
    id = statements[2]
    with pytest.raises(Refused):
        coordinator.model(STATEMENT, 'approve', [id])
    director.model(STATEMENT, 'approve', [id])
    with pytest.raises(Refused, match="không có thay đổi"):
        director.model(STATEMENT, 'approve', [id])
    with pytest.raises(Refused):
        director.model(STATEMENT, 'confirm', [id])
    coordinator.model(STATEMENT, 'confirm', [id])
    before = lines_of(director, id)

    def correct(client, **values):
        with client.wizard(
                STATEMENT + '.correct', STATEMENT, [id]) as wizard:
            wizard.values.update(values)
            wizard.execute('correct')
    with pytest.raises(Refused):
        correct(coordinator, amount=1, reason="x")
    with pytest.raises(Refused, match="lý do"):
        correct(director, days=None, amount=None, reason="x")
    correct(
        director, days=Decimal(-1), amount=Decimal(-40000),
        reason="Nghỉ không báo ngày 20/3")
    # A line more, nothing else changed, and to be confirmed anew
    assert lines_of(director, id) == before + [('correction', -1, -40000)]
    row, = director.read(
        STATEMENT, [id], ['days', 'amount', 'state', 'confirmed_by'])
    assert (row['days'], row['amount']) == (12, 565000)
    assert (row['state'], row['confirmed_by']) == ('approved', None)
    # What is approved is not made anew
    make(director, STATEMENT + '.make', office.centre)
    assert len(lines_of(director, id)) == len(before) + 1
    for client in [director, rpc('s_leader', PASSWORD)]:
        line = client.search(
            STATEMENT + '.line', [('statement', '=', id)], [])[0]['id']
        for model, record, values in [
                (STATEMENT, id, {'state': 'draft'}),
                (STATEMENT + '.line', line, {'amount': 0})]:
            with pytest.raises(Refused):
                client.write(model, [record], values)
            with pytest.raises(Refused):
                client.model(model, 'delete', [record])


def test_not_by_oneself(rpc, office, statements):
    double, an = rpc('s_double', PASSWORD), rpc('s_an', PASSWORD)
    with pytest.raises(Refused, match="của chính bạn"):
        double.model(STATEMENT, 'approve', statements[:1])
    double.model(STATEMENT, 'approve', statements[1:2])
    with pytest.raises(Refused, match="do chính bạn đã duyệt"):
        double.model(STATEMENT, 'confirm', statements[1:2])
    rpc('s_coordinator', PASSWORD).model(
        STATEMENT, 'confirm', statements[1:2])
    leave, = an.create('tthcc.leave', {
            'company': office.company, 'employee': office.an,
            'kind': 'annual', 'start_date': APRIL.date(),
            'end_date': APRIL.date()})
    an.model('tthcc.leave', 'ask', [leave])
    with pytest.raises(Refused, match="tự duyệt"):
        double.model('tthcc.leave', 'approve', [leave])
    an.model('tthcc.leave', 'cancel', [leave])


def test_recalled_before_the_month(rpc, office, start, pool):
    "What was found out after the statement had been made"
    director = rpc('t_director', PASSWORD)
    Secondment = pool.get('tthcc.secondment')
    with start(0):
        posting, = Secondment.create([{
                    **office.elsewhere, 'mode': 'full_time',
                    'start_date': dt.date(2026, 1, 1),
                    'end_date': dt.date(2026, 12, 31), 'state': 'active'}])
    assert len(make(director, STATEMENT + '.make', office.other)) == 1
    with start(0):
        Secondment.write([Secondment(posting.id)], {
                'state': 'recalled', 'end_date': dt.date(2026, 2, 27)})
    assert not make(director, STATEMENT + '.make', office.other)
    assert not director.search(STATEMENT, [])


def test_statement_rights(rpc, office, statements):
    assert {row['id'] for row in rpc('s_an', PASSWORD).search(
            STATEMENT, [])} == {statements[0]}
    assert {row['id'] for row in rpc('s_binh', PASSWORD).search(
            STATEMENT, [])} == set(statements[1:])
    for login in ['s_coordinator', 's_director', 's_supervisor']:
        assert len(rpc(login, PASSWORD).search(STATEMENT, [])) == 3
    for login in ['s_officer', 't_director', 't_leader']:
        assert not rpc(login, PASSWORD).search(STATEMENT, [])
        assert not rpc(login, PASSWORD).search(STATEMENT + '.line', [])
        with pytest.raises(Refused):
            rpc(login, PASSWORD).read(STATEMENT, statements, ['amount'])
    with pytest.raises(Refused):
        rpc('s_an', PASSWORD).model(STATEMENT, 'approve', statements[:1])
    with pytest.raises(Refused):
        make(rpc('t_director', PASSWORD), STATEMENT + '.make', office.centre)
    with pytest.raises(Refused):
        rpc('s_director', PASSWORD).create('tthcc.allowance', {
                'name': "X", 'basis': 'day', 'amount': 1,
                'payer': 'department', 'legal_basis': "X",
                'start_date': MARCH})


def test_printed(rpc, statements):
    from openpyxl import load_workbook
    director = rpc('s_director', PASSWORD)
    extension, content, *_ = director.report(STATEMENT + '.form', statements)
    assert extension == 'pdf' and content.startswith(b'%PDF')
    extension, content, *_ = director.report(
        STATEMENT + '.sheet', statements)
    assert extension == 'xlsx'
    head, *rows = load_workbook(io.BytesIO(content)).active.values
    assert head[0] == "Cán bộ" and head[7] == "Số tiền"
    assert sum(row[7] or 0 for row in rows) == sum(
        row['amount'] for row in director.read(
            STATEMENT, statements, ['amount']))


def test_figures_of_remarks(rpc, office):
    director, binh = rpc('s_director', PASSWORD), rpc('s_binh', PASSWORD)

    def receive(*days):
        for day in days:
            with clock.moved_to(dt.datetime(2026, 3, day, 2)):
                id, = binh.create('tthcc.dossier', office.dossier)
                binh.model('tthcc.dossier', 'register', [id])

    def received():
        make(director, REMARK + '.make', office.centre)
        figures = {
            row['secondment']: row['received']
            for row in director.search(
                REMARK, [('employee', '=', office.binh)],
                ['secondment', 'received'])}
        return [figures[posting] for posting in office.postings[1:]]
    with pytest.raises(Refused, match="chưa kết thúc"):
        make(director, REMARK + '.make', office.centre,
            moment=APRIL - dt.timedelta(days=1))
    receive(9, 12, 13)
    # Each of its own days
    assert received() == [2, 1]
    receive(31)
    assert received() == [2, 2]


def test_remarks(rpc, office):
    director = rpc('s_director', PASSWORD)
    make(director, REMARK + '.make', office.centre)
    remark, = director.search(
        REMARK, [('employee', '=', office.an)],
        ['lines', 'received', 'state'])
    id = remark['id']
    assert len(remark['lines']) == 5 and remark['received'] == 0
    an, coordinator = rpc('s_an', PASSWORD), rpc('s_coordinator', PASSWORD)
    # Nobody reads a draft
    assert not an.search(REMARK, [])
    assert not coordinator.search(REMARK, [])
    with pytest.raises(Refused, match="còn trống"):
        director.model(REMARK, 'show', [id])
    line = REMARK + '.line'
    director.write(line, remark['lines'][:1], {'points': 9})
    with pytest.raises(Refused):
        director.write(line, remark['lines'][:1], {'points': 11})
    director.write(REMARK, [id], {'text': "Hoàn thành tốt"})
    with pytest.raises(Refused):
        director.write(REMARK, [id], {'received': 100})
    # While An is at the centre
    with clock.moved_to(dt.datetime(2026, 3, 10, 2)), \
            pytest.raises(Refused, match="chính bạn"):
        rpc('s_double', PASSWORD).model(REMARK, 'show', [id])
    director.model(REMARK, 'show', [id])
    assert an.read(REMARK, [id], ['points'])[0]['points'] == 9
    assert not coordinator.search(REMARK, [])
    # Each their own part
    with pytest.raises(Refused):
        director.write(REMARK, [id], {'answer': "Tôi đồng ý"})
    with pytest.raises(Refused):
        an.write(REMARK, [id], {'text': "Xuất sắc"})
    with pytest.raises(Refused):
        an.write(line, remark['lines'][:1], {'points': 10})
    an.write(REMARK, [id], {'answer': "Đã đọc"})
    with pytest.raises(Refused):
        an.model(REMARK, 'send', [id])
    director.model(REMARK, 'send', [id])
    row, = coordinator.search(REMARK, [], ['answer', 'text'])
    assert row['answer'] == "Đã đọc"
    with pytest.raises(Refused):
        an.write(REMARK, [id], {'answer': "Không"})
    for login in ['s_binh', 's_officer', 't_director']:
        assert not rpc(login, PASSWORD).search(REMARK, [('id', '=', id)])
