# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Fees, payments and the cash of the day through the real server."""
import datetime as dt
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from tests.conftest import leave_out
from tests.server import Refused
from trytond.modules.tthcc import clock, vietqr
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc.words import in_words
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.modules.tthcc_procedure import import_, tariff
from trytond.modules.tthcc_procedure.exceptions import (
    PublishError, RevisionPublishedError)
from trytond.pool import Pool
from trytond.tools import file_open

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
PAGES = {
    'name': "Phí chứng thực bản sao",
    'unit': "trang",
    'item': "bản",
    'maximum': Decimal(200_000),
    'steps': [('create', [
                {'first': 1, 'price': Decimal(2000)},
                {'first': 3, 'price': Decimal(1000)},
                ])],
    'exemptions': [('create', [
                {'name': "Hộ nghèo"},
                {'name': "Nộp trực tuyến", 'reduction': 50},
                ])],
    }


@pytest.fixture(scope='module')
def office(database):
    "Two offices that certify copies; elsewhere is the values for the second"
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        copies = create_procedure(
            '1.900001', fee=2000, fees=[('create', [PAGES])],
            further_cases=[{
                    'channel': 'online', 'term_value': 5,
                    'term_unit': 'working_day', 'fee': 1500}])
        extract = create_procedure(
            '1.900002', payment_stops_clock='registration')
        free = create_procedure(
            '1.900003', fee=0, payment_stops_clock='never')
        unknown = create_procedure(
            '1.900004', fee=None, payment_stops_clock='never')
        offered = [copies, extract, free, unknown]
        offices = [
            create_office('th_', "UBND huyện Thiệu Hóa", offered,
                bank='970405', bank_account='3500201004321'),
            create_office('lc_', "UBND huyện Lang Chánh", offered),
            ]
        create_user(
            'th_second', ['counter_officer'], offices[0].company,
            offices[0].centre)
        create_user('th_admin', ['administrator'], offices[0].company)
        fee, = copies.revisions[0].cases[0].fees
        return SimpleNamespace(
            copies=new_dossier(offices[0], copies),
            extract=new_dossier(offices[0], extract),
            free=new_dossier(offices[0], free),
            unknown=new_dossier(offices[0], unknown),
            elsewhere=new_dossier(offices[1], copies),
            centre=offices[0].centre.id,
            tariff=fee.id,
            online_case=copies.revisions[0].cases[1].id,
            poor=fee.exemptions[0].id,
            online=fee.exemptions[1].id,
            offer=Pool().get('tthcc.centre.procedure').search([
                    ('centre', '=', offices[0].centre.id),
                    ('procedure', '=', copies.id),
                    ])[0].id)


@pytest.fixture
def people(server, office):
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in ['officer', 'second', 'processor', 'leader',
                'director']},
        stranger=server.client('lc_officer', PASSWORD))


def register(client, values, at=MONDAY, **more):
    with clock.moved_to(at):
        id, = client.create('tthcc.dossier', {**values, **more})
        client.model('tthcc.dossier', 'register', [id])
    return id


def copies(office, *lines):
    "The fees of a draft: pairs of pages and copies"
    return [('create', [{
                    'fee': office.tariff, 'name': "Chứng thực",
                    'quantity': pages, 'items': number,
                    } for pages, number in lines])]


def pay(client, id, at=MONDAY, **values):
    with clock.moved_to(at), client.wizard(
            'tthcc.dossier.pay', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update(values)
        wizard.execute('pay')
    return client.search(
        'tthcc.payment', [('dossier', '=', id), ('state', '=', 'paid')],
        ['number', 'year', 'amount', 'purpose', 'closing', 'method'])[0]


def cancel(client, payment, at=MONDAY, reason="Thu nhầm"):
    with clock.moved_to(at), client.wizard(
            'tthcc.payment.cancel', 'tthcc.payment', [payment]) as wizard:
        wizard.values['reason'] = reason
        wizard.execute('cancel')


def close(client, closing, counted, at=MONDAY, **values):
    with clock.moved_to(at):
        client.write(
            'tthcc.cash_closing', [closing], {'counted': counted, **values})
        client.model('tthcc.cash_closing', 'close', [closing])


def read(client, id, *fields, model='tthcc.dossier'):
    return client.read(model, [id], list(fields))[0]


# Counting

@pytest.mark.parametrize('pages, copies, amount', [
        (1, 1, 2_000),
        (2, 1, 4_000),
        (3, 1, 5_000),
        (5, 2, 14_000),
        (197, 1, 199_000),
        (198, 1, 200_000),
        (199, 1, 200_000),
        (5_000, 3, 600_000),
        ])
def test_tariff_of_certified_copies(pages, copies, amount):
    assert tariff.amount(
        [(1, 2000), (3, 1000)], pages, copies, 200_000) == amount


@given(
    st.dictionaries(
        st.integers(2, 60), st.integers(0, 10 ** 6), max_size=5),
    st.integers(0, 10 ** 6), st.integers(1, 80), st.integers(1, 9),
    st.none() | st.integers(1, 10 ** 7))
def test_tariff_adds_up_unit_by_unit(steps, first, quantity, items, maximum):
    prices = {1: first, **steps}
    one = sum(
        prices[max(f for f in prices if f <= unit)]
        for unit in range(1, quantity + 1))
    if maximum is not None and one > maximum:
        one = maximum
    assert tariff.amount(
        list(prices.items()), quantity, items, maximum) == one * items


@pytest.mark.parametrize('amount, reduction, left', [
        (15_000, 0, 15_000),
        (15_000, 100, 0),
        (8_001, 50, 4_001),
        (7_999, 50, 4_000),
        (999, 33, 669),
        ])
def test_reduction_rounds_half_a_dong_up(amount, reduction, left):
    assert tariff.reduced(Decimal(amount), reduction) == left


@pytest.mark.parametrize('number, words', [
        (0, "không"),
        (14_000, "mười bốn nghìn"),
        (21_515, "hai mươi mốt nghìn năm trăm mười lăm"),
        (1_000_005, "một triệu không trăm linh năm"),
        (2_024_000, "hai triệu không trăm hai mươi tư nghìn"),
        (3_001_000_000_000, "ba nghìn không trăm linh một tỷ"),
        ])
def test_amount_in_words(number, words):
    assert in_words(number) == words


# VietQR

def test_vietqr_has_fields_and_checksum():
    text = vietqr.payload(
        '970403', '0011012345678', 180_000, "H15.50.05.13-261008-0975")
    assert text.startswith(
        '00020101021238570010A000000727'
        '01270006970403011300110123456780208QRIBFTTA'
        '53037045406180000' '5802VN')
    assert '0824H15 50 05 13 261008 0975' in text
    assert text[-8:-4] == '6304'


def test_vietqr_checksum_is_that_of_the_specification():
    # The example of NAPAS, which names an order too
    assert vietqr.checksum(
        '00020101021238570010A00000072701270006970403011300110123456780208'
        'QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don '
        'hang6304') == '2E2E'


@pytest.mark.parametrize('bank, account, amount', [
        ('97040', '001', 1),
        ('97040a', '001', 1),
        ('970403', '', 1),
        ('970403', '00 1', 1),
        ('970403', '1' * 20, 1),
        ('970403', '001', 0),
        ('970403', '001', -5),
        ('970403', '001', Decimal('1.5')),
        ('970403', '001', 10 ** 13),
        ])
def test_vietqr_refuses(bank, account, amount):
    with pytest.raises(ValueError):
        vietqr.payload(bank, account, amount, "HS")


def test_purpose_of_a_transfer_keeps_what_tells_dossiers_apart():
    assert vietqr.plain("000.00.16.H56-261109-0001") == (
        "000 00 16 H56 261109 0001")
    assert vietqr.plain("Phí: 000.00.16.33.H56-261109-0001") == (
        "00 16 33 H56 261109 0001")


# What a dossier costs

def test_fees_of_the_case_are_charged_at_reception(people, office):
    id = register(people.officer, office.copies)
    dossier = read(
        people.officer, id, 'amount_due', 'paid', 'outstanding', 'fees',
        'state')
    assert dossier['amount_due'] == dossier['outstanding'] == 2000
    assert not dossier['paid']
    assert dossier['state'] == 'received'
    fee = read(
        people.officer, dossier['fees'][0], 'name', 'unit', 'amount', 'case',
        model='tthcc.dossier.fee')
    assert (fee['name'], fee['unit']) == ("Phí chứng thực bản sao", "trang")
    assert fee['case'] == office.copies['case']


def test_quantity_counts(people, office):
    id = register(
        people.officer, office.copies, fees=copies(office, (5, 2), (500, 3)))
    dossier = read(people.officer, id, 'amount_due', 'fees')
    assert dossier['amount_due'] == 14_000 + 600_000
    # The department counted again
    people.processor.write(
        'tthcc.dossier.fee', dossier['fees'][:1], {'quantity': 6})
    assert read(people.officer, id, 'amount_due')['amount_due'] == 616_000
    people.officer.model(
        'tthcc.dossier.fee', 'delete', dossier['fees'][1:])
    assert read(people.officer, id, 'amount_due')['amount_due'] == 16_000


def test_client_does_not_set_the_amount(people, office):
    id = register(people.officer, office.copies)
    fee, = read(people.officer, id, 'fees')['fees']
    people.officer.write(
        'tthcc.dossier.fee', [fee], {'amount': Decimal(1), 'quantity': 2})
    assert read(people.officer, id, 'amount_due')['amount_due'] == 4000
    for field in ['amount_due', 'paid']:
        with pytest.raises(Refused):
            people.officer.write('tthcc.dossier', [id], {field: Decimal(1)})


def test_exemptions(people, office):
    id = register(people.officer, office.copies, fees=copies(office, (5, 1)))
    fee, = read(people.officer, id, 'fees')['fees']

    def charge(**values):
        people.officer.write('tthcc.dossier.fee', [fee], values)
        return read(
            people.officer, fee, 'amount', 'reason', 'reduction',
            model='tthcc.dossier.fee')

    assert charge(exemption=office.online)['amount'] == 3500
    exempt = charge(exemption=office.poor)
    assert (exempt['amount'], exempt['reason']) == (0, "Hộ nghèo")
    # Cannot be made more of than it is
    assert charge(
        exemption=office.online, reduction=100)['reduction'] == 50
    with pytest.raises(Refused):
        charge(reduction=20, reason='')
    assert charge(reduction=20, reason="Nghị quyết 01")['amount'] == 5600
    for wrong in [-1, 101, 10 ** 12]:
        with pytest.raises(Refused, match="0"):
            charge(reduction=wrong, reason="Lý do")


@pytest.mark.parametrize('field', ['quantity', 'items'])
@pytest.mark.parametrize('number', [0, -1, 100_000, 10 ** 12, None])
def test_quantity_out_of_range(people, office, field, number):
    id = register(people.officer, office.copies)
    fee, = read(people.officer, id, 'fees')['fees']
    with pytest.raises(Refused) as refused:
        people.officer.write('tthcc.dossier.fee', [fee], {field: number})
    if number is not None:
        assert "99999" in refused.value.message
    assert read(people.officer, id, 'amount_due')['amount_due'] == 2000


def test_only_what_the_procedure_charges(people, office):
    def charge(id, **values):
        return people.officer.create('tthcc.dossier.fee', {
                'dossier': id, 'name': "Bồi dưỡng", **values})

    for values in [office.copies, office.extract, office.free]:
        id = register(people.officer, values)
        with pytest.raises(Refused, match="Bồi dưỡng"):
            charge(id, price=Decimal(50_000))
    with pytest.raises(Refused):
        # The tariff of another procedure
        charge(id, fee=office.tariff)

    # Where it states no fee the officer enters what the province decided
    id = register(people.officer, office.unknown)
    assert not read(people.officer, id, 'amount_due')['amount_due']
    with pytest.raises(Refused):
        charge(id, price=Decimal(-1))
    with pytest.raises(Refused, match="Bồi dưỡng"):
        charge(id, price=Decimal(10 ** 12), quantity=99_999, items=99_999)
    charge(id, name="Lệ phí cấp phép xây dựng", price=Decimal(75_000))
    assert read(people.officer, id, 'amount_due')['amount_due'] == 75_000


def test_another_case_costs_something_else(people, office):
    def correct(id):
        with people.officer.wizard(
                'tthcc.dossier.correct', 'tthcc.dossier', [id]) as wizard:
            wizard.values.update(case=office.online_case, reason="Nhầm")
            wizard.execute('correct')

    id = register(people.officer, office.copies, fees=copies(office, (5, 2)))
    correct(id)
    dossier = read(people.officer, id, 'amount_due', 'fees')
    assert dossier['amount_due'] == 1500
    assert len(dossier['fees']) == 1

    id = register(people.officer, office.copies)
    pay(people.officer, id)
    with pytest.raises(Refused):
        correct(id)
    assert read(people.officer, id, 'case')['case'] == office.copies['case']


# Paying

def test_pay_and_receipt(people, office):
    id = register(people.officer, office.copies, fees=copies(office, (5, 2)))
    payment = pay(people.officer, id)
    assert payment['amount'] == 14_000
    assert payment['year'] == 2026
    assert "5 trang × 2 bản = 14.000 đ" in payment['purpose']
    dossier = read(people.officer, id, 'paid', 'outstanding', 'state')
    assert (dossier['paid'], dossier['outstanding']) == (14_000, 0)
    assert dossier['state'] == 'received'
    # Another centre, its own numbers
    other = register(people.stranger, office.elsewhere)
    assert pay(people.stranger, other)['number'] == 1
    second = register(people.officer, office.copies)
    assert pay(people.officer, second)['number'] == payment['number'] + 1


def test_pay_in_parts(people, office):
    id = register(people.officer, office.copies, fees=copies(office, (5, 2)))
    for amount in [0, -1, Decimal('0.5'), 14_001, 10 ** 20]:
        with pytest.raises(Refused):
            pay(people.officer, id, amount=Decimal(amount))
    pay(people.officer, id, amount=Decimal(4000))
    pay(people.officer, id, method='transfer', reference="FT26313000001")
    assert read(people.officer, id, 'outstanding')['outstanding'] == 0


def test_pay_twice(people, office):
    id = register(people.officer, office.copies)
    payment = pay(people.officer, id)
    with pytest.raises(Refused, match=f"{payment['number']:07}/2026"):
        pay(people.second, id, amount=Decimal(2000))
    assert read(people.officer, id, 'paid')['paid'] == 2000


def test_two_officers_take_the_payment_at_once(people, office):
    for _ in range(3):
        id = register(people.officer, office.copies)
        with clock.moved_to(MONDAY), ThreadPoolExecutor(2) as threads:
            results = list(threads.map(
                    lambda client: _outcome(pay, client, id),
                    [people.officer, people.second]))
        assert sorted(results, key=str)[0] != 'paid', results
        assert results.count('paid') == 1
        payments = people.officer.search(
            'tthcc.payment', [('dossier', '=', id)], ['amount'])
        assert [p['amount'] for p in payments] == [2000]
        assert read(people.officer, id, 'paid')['paid'] == 2000


def _outcome(function, *args, **values):
    try:
        function(*args, **values)
    except Refused as refused:
        return refused.message
    return 'paid'


def test_paid_fees_are_fixed(people, office):
    id = register(people.officer, office.copies)
    payment = pay(people.officer, id)
    fee, = read(people.officer, id, 'fees')['fees']
    with pytest.raises(Refused):
        people.officer.write('tthcc.dossier.fee', [fee], {'quantity': 9})
    with pytest.raises(Refused):
        people.officer.model('tthcc.dossier.fee', 'delete', [fee])
    # In addition
    people.officer.create('tthcc.dossier.fee', {
            'dossier': id, 'fee': office.tariff, 'name': "Bản thứ hai",
            'quantity': 3})
    assert read(people.officer, id, 'outstanding')['outstanding'] == 5000
    cancel(people.officer, payment['id'])
    people.officer.write('tthcc.dossier.fee', [fee], {'quantity': 9})
    assert read(
        people.officer, id, 'outstanding')['outstanding'] == 11_000 + 5000


def test_payments_are_not_touched_by_hand(people, office):
    id = register(people.officer, office.copies)
    payment = pay(people.officer, id)
    stored = read(
        people.officer, payment['id'], 'centre', 'cashier', 'at',
        model='tthcc.payment')
    for client in [people.officer, people.director, people.leader]:
        with pytest.raises(Refused):
            client.write(
                'tthcc.payment', [payment['id']], {'amount': Decimal(1)})
        with pytest.raises(Refused):
            client.model('tthcc.payment', 'delete', [payment['id']])
        with pytest.raises(Refused):
            client.create('tthcc.payment', {
                    **{k: v for k, v in stored.items() if k != 'id'},
                    'dossier': id, 'year': 2026, 'number': 999,
                    'amount': Decimal(1), 'method': 'cash', 'state': 'paid',
                    'closing': payment['closing']})


def test_who_may_take_payments(people, office):
    id = register(people.officer, office.copies)
    for client in [people.processor, people.leader, people.director]:
        with pytest.raises(Refused):
            pay(client, id)
    with pytest.raises(Refused):
        pay(people.stranger, id)
    assert not read(people.officer, id, 'paid')['paid']


def test_another_district_sees_and_does_nothing(people, office):
    id = register(people.officer, office.copies)
    payment = pay(people.officer, id)
    fee, = read(people.officer, id, 'fees')['fees']
    stranger = people.stranger
    for model, record in [
            ('tthcc.dossier.fee', fee),
            ('tthcc.payment', payment['id']),
            ('tthcc.cash_closing', payment['closing'])]:
        assert not stranger.search(model, [('id', '=', record)])
        with pytest.raises(Refused):
            stranger.read(model, [record], ['id'])
    with pytest.raises(Refused):
        cancel(stranger, payment['id'])
    with pytest.raises(Refused):
        stranger.report('tthcc.payment.receipt', [payment['id']])
    with pytest.raises(Refused):
        stranger.report('tthcc.dossier.fee_slip', [id])
    with pytest.raises(Refused):
        stranger.write(
            'tthcc.cash_closing', [payment['closing']],
            {'counted': Decimal(0)})
    with pytest.raises(Refused):
        stranger.model('tthcc.cash_closing', 'close', [payment['closing']])
    assert read(people.officer, id, 'paid')['paid'] == 2000


# Waiting for payment

def test_clock_stands_until_all_is_paid(people, office):
    id = register(people.officer, office.extract)
    dossier = read(people.officer, id, 'state', 'class_', 'portal_code', 'due')
    assert (dossier['state'], dossier['class_']) == ('payment', 'waiting')
    assert dossier['portal_code'] == 6
    with pytest.raises(Refused):
        people.officer.model('tthcc.dossier', 'pass_on', [id])
    pay(people.officer, id, amount=Decimal(3000))
    assert read(people.officer, id, 'state')['state'] == 'payment'
    pay(people.officer, id, at=MONDAY + 2 * DAY)
    after = read(people.officer, id, 'state', 'due')
    assert after['state'] == 'received'
    # Two working days stopped, from Monday to Wednesday
    assert after['due'] == dossier['due'] + 2 * DAY
    with clock.moved_to(MONDAY + 3 * DAY):
        people.officer.model('tthcc.dossier', 'pass_on', [id])
    assert read(people.officer, id, 'state')['state'] == 'processing'


def test_clock_never_stops_for_a_payment(people, office):
    id = register(people.officer, office.unknown)
    people.officer.create('tthcc.dossier.fee', {
            'dossier': id, 'name': "Lệ phí", 'price': Decimal(75_000)})
    people.officer.model('tthcc.dossier', 'pass_on', [id])
    with pytest.raises(Refused, match="5 ngày làm việc"):
        with people.processor.wizard(
                'tthcc.dossier.ask_payment', 'tthcc.dossier',
                [id]) as wizard:
            wizard.values['reason'] = "Lý do"
            wizard.execute('decide')
    assert read(people.officer, id, 'state')['state'] == 'processing'


# The cash of the day

def totals(client, closing):
    return read(
        client, closing, 'expected', 'transferred', 'counted', 'difference',
        'state', 'day', model='tthcc.cash_closing')


_weeks = count(1)


@pytest.fixture
def day():
    "A Monday of its own for each test, at 08:00"
    return MONDAY + dt.timedelta(weeks=next(_weeks))


def test_close_the_cash_of_the_day(people, office, day):
    ids = [register(people.officer, office.copies, day) for _ in range(3)]
    payment = pay(people.officer, ids[0], day)
    pay(people.officer, ids[1], day, method='qr')
    wrong = pay(people.officer, ids[2], day)
    # Of another officer, whose cash it is
    other = pay(
        people.second, register(people.officer, office.copies, day), day)
    closing = payment['closing']
    assert other['closing'] != closing
    assert totals(people.officer, closing)['expected'] == 4000
    cancel(people.officer, wrong['id'], day)
    row = totals(people.officer, closing)
    assert (row['expected'], row['transferred']) == (2000, 2000)
    assert row['day'] == day.date()

    with pytest.raises(Refused):
        # Nothing counted yet
        people.officer.model('tthcc.cash_closing', 'close', [closing])
    with pytest.raises(Refused, match="-500"):
        close(people.officer, closing, Decimal(1500), day)
    with pytest.raises(Refused):
        close(people.officer, closing, Decimal(-1), day)
    close(people.officer, closing, Decimal(1500), day,
        reason="Trả thừa tiền lẻ")
    row = totals(people.officer, closing)
    assert (row['state'], row['difference']) == ('closed', -500)


def test_a_closed_day_is_fixed(people, office, day):
    id = register(people.officer, office.copies, day)
    late = register(people.officer, office.copies, day)
    payment = pay(people.officer, id, day)
    close(people.officer, payment['closing'], Decimal(2000), day)
    with pytest.raises(Refused):
        cancel(people.officer, payment['id'], day)
    with pytest.raises(Refused):
        cancel(people.director, payment['id'], day)
    with pytest.raises(Refused):
        pay(people.officer, late, day + 8 * HOUR)
    for client in [people.officer, people.director]:
        with pytest.raises(Refused):
            client.write(
                'tthcc.cash_closing', [payment['closing']],
                {'counted': Decimal(5000)})
        with pytest.raises(Refused):
            client.model(
                'tthcc.cash_closing', 'close', [payment['closing']])
        with pytest.raises(Refused):
            client.model(
                'tthcc.cash_closing', 'delete', [payment['closing']])
    assert read(people.officer, id, 'paid')['paid'] == 2000
    assert totals(people.officer, payment['closing'])['expected'] == 2000
    # Another officer, or the next morning
    pay(people.officer, late, day + 24 * HOUR)


def test_the_cash_of_somebody_else(people, office, day):
    payment = pay(
        people.officer, register(people.officer, office.copies, day), day)
    with pytest.raises(Refused, match="th_officer"):
        cancel(people.second, payment['id'], day)
    with pytest.raises(Refused):
        close(people.second, payment['closing'], Decimal(2000), day)
    with pytest.raises(Refused):
        close(people.leader, payment['closing'], Decimal(2000), day)
    for values in [{'expected': Decimal(0)}, {'state': 'closed'}]:
        with pytest.raises(Refused):
            people.officer.write(
                'tthcc.cash_closing', [payment['closing']], values)
    # The director does, when the officer is away
    close(people.director, payment['closing'], Decimal(2000), day)


def test_pay_while_the_day_is_closed(people, office, day):
    first = pay(
        people.officer, register(people.officer, office.copies, day), day)
    id = register(people.officer, office.copies, day)
    with clock.moved_to(day), ThreadPoolExecutor(2) as threads:
        paid = threads.submit(_outcome, pay, people.officer, id, day)
        closed = threads.submit(
            _outcome, close, people.director, first['closing'],
            Decimal(2000), day, reason="Chốt giữa giờ")
        paid.result(), closed.result()
    row = totals(people.officer, first['closing'])
    payments = people.officer.search(
        'tthcc.payment', [('closing', '=', first['closing'])], ['amount'])
    assert row['expected'] == sum(p['amount'] for p in payments)
    assert row['difference'] == 2000 - row['expected']


def test_cancel_twice_at_once(people, office, day):
    id = register(people.officer, office.copies, day)
    payment = pay(people.officer, id, day)
    with clock.moved_to(day), ThreadPoolExecutor(2) as threads:
        results = list(threads.map(
                lambda client: _outcome(cancel, client, payment['id'], day),
                [people.officer, people.director]))
    assert results.count('paid') == 1
    assert read(people.officer, id, 'paid')['paid'] == 0
    assert totals(people.officer, payment['closing'])['expected'] == 0
    # The number is not used again
    again = pay(people.officer, id, day)
    assert again['number'] == payment['number'] + 1


# The window and the slips

def test_paid_at_the_reception_window(people, office, day):
    with clock.moved_to(day), people.officer.wizard(
            'tthcc.dossier.receive') as wizard:
        wizard.values.update(
            centre=office.centre, procedure=office.offer,
            revision=office.copies['revision'], case=office.copies['case'],
            name="Lê Thị Hoa Mai", sets=1, return_method='centre',
            papers=office.copies['papers'][0][1],
            fees=copies(office, (5, 2))[0][1], paid_in_cash=True)
        wizard.execute('register')
        names = {a['report_name'] for a, _ in wizard.actions}
    assert names == {'tthcc.dossier.receipt', 'tthcc.payment.receipt'}
    dossier, = people.officer.search(
        'tthcc.dossier', [('applicant_name', '=', "Lê Thị Hoa Mai")],
        ['state', 'amount_due', 'outstanding', 'pauses'])
    assert dossier['state'] == 'received'
    assert (dossier['amount_due'], dossier['outstanding']) == (14_000, 0)


def test_window_counts(people, office):
    defaults = people.officer.model(
        'tthcc.dossier.receive.start', 'on_change', {
            'centre': office.centre, 'procedure': office.offer,
            'papers': [], 'fees': []}, ['procedure'])
    assert defaults['fee'] == "2.000 đ"
    (_, fee), = defaults['fees']['add']
    assert fee['amount'] == 2000
    changed = people.officer.model('tthcc.dossier.fee', 'on_change', {
            'fee': office.tariff, 'quantity': 198, 'items': 2,
            'reduction': 0}, ['quantity'])
    assert changed['amount'] == 400_000
    changed = people.officer.model('tthcc.dossier.fee', 'on_change', {
            'fee': office.tariff, 'quantity': -3, 'items': 2,
            'reduction': 0}, ['quantity'])
    assert changed['amount'] is None
    # A further line is of the same tariff
    assert people.officer.model(
        'tthcc.dossier.fee', 'default_get', ['fee'], False,
        fee_case=office.copies['case'])['fee'] == office.tariff


def pdf_text(content, tmp_path):
    if not shutil.which('pdftotext'):
        leave_out("pdftotext of poppler-utils")
    path = tmp_path / 'slip.pdf'
    path.write_bytes(content)
    return subprocess.check_output(
        ['pdftotext', '-layout', path, '-'], text=True)


def test_slips(people, office, day, tmp_path, pictures):
    id = register(
        people.officer, office.copies, day, fees=copies(office, (5, 2)))
    code = read(people.officer, id, 'code')['code']
    extension, content, _, name = people.officer.report(
        'tthcc.dossier.fee_slip', [id])
    assert extension == 'pdf'
    assert name.startswith("Phiếu nộp phí, lệ phí")
    text = pdf_text(content, tmp_path)
    assert code in text
    assert "5 trang × 2 bản" in text
    assert "Mười bốn nghìn đồng" in text
    assert "3500201004321" in text
    picture(content, pictures / 'fee_slip')

    payment = pay(people.officer, id, day, amount=Decimal(10_000))
    _, content, _, name = people.officer.report(
        'tthcc.payment.receipt', [payment['id']])
    text = pdf_text(content, tmp_path)
    assert f"{payment['number']:07}/2026" in text
    assert "10.000 đ" in text and "Mười nghìn đồng" in text
    assert "4.000 đ" in text
    picture(content, pictures / 'payment_receipt')
    pay(people.officer, id, day)
    _, content, _, _ = people.officer.report(
        'tthcc.payment.receipt', [payment['id']])
    # Nothing more to transfer
    assert "VietQR" not in pdf_text(content, tmp_path)
    cancel(people.officer, payment['id'], day)
    _, content, _, _ = people.officer.report(
        'tthcc.payment.receipt', [payment['id']])
    assert "ĐÃ HỦY" in pdf_text(content, tmp_path)


def picture(content, path):
    if shutil.which('pdftoppm'):
        subprocess.run(
            ['pdftoppm', '-png', '-r', '100', '-singlefile', '-', path],
            input=content, check=True)


def test_bank_account_of_a_centre(people, office, server):
    admin = server.client('th_admin', PASSWORD)
    for values in [
            {'bank': '97040', 'bank_account': '001'},
            {'bank': '970405', 'bank_account': '35 00'},
            {'bank': None, 'bank_account': '001'}]:
        with pytest.raises(Refused, match="970405"):
            admin.write('tthcc.centre', [office.centre], values)
    # Where the money goes is not the director's to say
    with pytest.raises(Refused):
        people.director.write(
            'tthcc.centre', [office.centre], {'bank_account': '999'})


# The catalogue

def test_tariffs_of_the_catalogue(transaction, pool):
    Procedure = pool.get('tthcc.procedure')
    Procedure.load_catalogue()
    assert not Procedure.load_catalogue()

    def tariff_of(code):
        procedure, = Procedure.search([('code', '=', code)])
        return procedure.revisions[0].cases[0].fees[0]

    copies, confirmation = map(tariff_of, ['2.000815', '2.002516'])
    assert copies.amount(5, 2) == 14_000
    assert copies.amount(1_000) == 200_000
    assert confirmation.amount(3) == 24_000
    assert {e.reduction for e in confirmation.exemptions} == {100}


def test_changed_tariff_is_a_draft(transaction, pool):
    Procedure = pool.get('tthcc.procedure')
    Procedure.load_catalogue()
    with file_open(
            'tthcc_procedure/data/catalogue.jsonl', mode='rb') as file:
        changed = file.read().replace(
            b'[[1, 2000], [3, 1000]]', b'[[1, 3000]]')
    changes = import_.apply(import_.read(changed))
    assert [c.item.code for c in changes if c.status == 'changed'] == [
        '2.000815', '2.000942']
    procedure, = Procedure.search([('code', '=', '2.000815')])
    fee, = procedure.drafts[0].cases[0].fees
    assert fee.amount(5) == 15_000
    fee, = procedure.current.cases[0].fees
    assert fee.amount(5) == 7_000


def test_published_tariff_is_fixed(transaction, pool, office):
    Fee = pool.get('tthcc.procedure.fee')
    Revision = pool.get('tthcc.procedure.revision')
    fee = Fee(office.tariff)
    for record in [fee, fee.steps[0], fee.exemptions[0]]:
        with pytest.raises(RevisionPublishedError):
            record.__class__.delete([record])
    draft, = Revision.copy([fee.revision])
    copy, = draft.cases[0].fees
    assert copy != fee
    assert copy.amount(198) == fee.amount(198)
    copy.steps[0].first = 2
    copy.steps[0].save()
    with pytest.raises(PublishError):
        Revision.publish([draft])


# The web client

def test_fees_in_the_web_client(people, office, day, browser):
    # Else the list has one row before the search too
    register(people.officer, office.copies, day)
    id = register(
        people.officer, office.copies, day, fees=copies(office, (5, 2)))
    code = read(people.officer, id, 'code')['code']
    page = browser.page
    with clock.moved_to(day):
        browser.log_in('th_officer', PASSWORD)
        browser.open_menu("Trung tâm Một cửa", "Hồ sơ", "Tiếp nhận hồ sơ")
        window = page.locator('.modal:visible')
        expect(window.locator('[name=return_method]')).to_have_value(
            '"centre"')
        browser.choose(
            window.locator('[name=procedure]'), '1.900001', '1.900001')
        expect(window.locator('[name=fee]')).to_have_value("2.000 đ")
        window.get_by_role('tab', name="Phí, lệ phí").click()
        browser.picture('fees_reception')
        window.get_by_role('button', name="Cancel").or_(
            window.get_by_role('button', name="Hủy")).first.click()

        browser.open_queue("Tất cả")
        page.get_by_placeholder("Tìm kiếm").or_(
            page.get_by_placeholder("Search")).fill(code)
        page.keyboard.press('Enter')
        expect(browser.rows()).to_have_count(1)
        browser.rows().get_by_text(code).dblclick(delay=50)
        expect(browser.field('code')).to_have_value(code)
        browser.tab.get_by_role(
            'tab', name="Phí, lệ phí", exact=True).click()
        browser.press("Thu phí, lệ phí")
        window = page.locator('.modal:visible')
        expect(window.locator('[name=amount]').first).to_have_value("14.000")
        browser.picture('fees_pay')
        with page.expect_download() as download:
            window.get_by_role('button', name="Thu tiền").click()
        assert download.value.suggested_filename.endswith('.pdf')
        expect(browser.field('outstanding').first).to_have_value("0")
        browser.picture('fees')

        page.locator('#menu').get_by_text(
            "Chốt quỹ trong ngày", exact=True).click()
        browser.open_queue("Chưa chốt")
        browser.rows().get_by_text("14.000").first.dblclick(delay=50)
        browser.settle()
        # The text gives way to a number when it has the focus
        browser.field('counted').first.focus()
        browser.field('counted').last.fill("14000")
        page.keyboard.press('Tab')
        expect(browser.field('difference').first).to_have_value("0")
        browser.press("Chốt quỹ")
        expect(browser.field('state')).to_have_value('"closed"')
        browser.picture('fees_closing')
