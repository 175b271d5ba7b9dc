# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a centre lacks, what it plans, and the money it asks for"
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_centre, create_committee, create_user)

MODELS = [
    'tthcc.equipment.gap', 'tthcc.upgrade', 'tthcc.upgrade.milestone',
    'tthcc.budget.effect']


@pytest.fixture(scope='module')
def offices(database):
    "Two districts, and a standard of computers, scanners and a kiosk"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    offices = {}
    with Transaction().start(database, 1):
        pool = Pool()
        Standard = pool.get('tthcc.equipment.standard')
        Standard.delete(Standard.search([]))
        types = {
            t.code: t.id for t in pool.get('tthcc.equipment.type').search([])}
        Standard.create([{
                    'level': 'district', 'type': types[code],
                    'quantity': quantity, 'per': per,
                    'start_date': dt.date(2018, 7, 1),
                    'legal_basis': "Quyết định thử nghiệm"}
                for code, quantity, per in [
                    ('computer', 1, 'officer'), ('scanner', 1, 'counter'),
                    ('kiosk', 1, 'centre')]])
        for key, name in [
                ('langchanh', "huyện Lang Chánh"),
                ('samson', "thành phố Sầm Sơn")]:
            company = create_committee(f"UBND {name}")
            centre = create_centre(company)
            for role, group in [
                    ('facility', 'facility_manager'),
                    ('budget', 'budget_planner'),
                    ('director', 'director'),
                    ('officer', 'counter_officer')]:
                create_user(f'{role}.{key}', [group], company, centre)
            create_user(f'leader.{key}', ['leader'], company)
            offices[key] = SimpleNamespace(
                company=company.id, centre=centre.id)
        create_user(
            'supervisor', ['supervisor'], company,
            companies=[('add', [o.company for o in offices.values()])],
            company_filter='all')
        create_user('administrator', ['administrator'], company)
    return SimpleNamespace(types=types, **offices)


def add_items(client, offices, code, number=1, memory=None, **values):
    pool_values = {
        'type': offices.types[code],
        'centre': offices.langchanh.centre,
        'purchase_date': dt.date(2024, 5, 6),
        **values}
    if memory:
        prop, = client.search(
            'tthcc.equipment.property', [('code', '=', 'memory')])
        pool_values['specs'] = [('create', [{
                        'property': prop['id'], 'value': Decimal(memory)}])]
    return client.create('tthcc.equipment', *[dict(pool_values)] * number)


@pytest.fixture(scope='module')
def items(offices, server, database):
    """Lang Chánh has of its four computers one that is fit, one too weak,
    one too old, and one broken; a scanner; and no kiosk"""
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    manager = server.client('facility.langchanh', PASSWORD)
    fit, broken = add_items(manager, offices, 'computer', 2, memory=16)
    weak, = add_items(manager, offices, 'computer', memory=4)
    old, = add_items(
        manager, offices, 'computer', memory=16,
        purchase_date=dt.date(2015, 3, 2))
    scanner, = add_items(manager, offices, 'scanner')
    with Transaction().start(database, 1):
        Equipment = Pool().get('tthcc.equipment')
        Equipment.record([Equipment(broken)], 'damage', 'out_of_order')
    return SimpleNamespace(
        fit=fit, broken=broken, weak=weak, old=old, scanner=scanner)


@pytest.fixture(autouse=True)
def moved_clock():
    with clock.moved_to(dt.datetime(2026, 7, 27, 2, 0)):
        yield


def gap(client, offices, code, centre='langchanh'):
    row, = client.search(
        'tthcc.equipment.gap', [
            ('centre', '=', getattr(offices, centre).centre),
            ('type', '=', offices.types[code])], [
            'required', 'fit', 'missing', 'broken', 'below', 'past_life',
            'quantity', 'unit_price', 'cost', 'items', 'rec_name'])
    return row


def test_gap_says_what_each_thing_lacks(offices, items, rpc):
    client = rpc('budget.langchanh', PASSWORD)

    computers = gap(client, offices, 'computer')
    scanners = gap(client, offices, 'scanner')
    kiosks = gap(client, offices, 'kiosk')

    # Four people with a place at the centre; one of them has a computer
    assert {n: computers[n] for n in [
                'required', 'fit', 'missing', 'broken', 'below',
                'past_life', 'quantity']} == {
            'required': 4, 'fit': 1, 'missing': 0, 'broken': 1, 'below': 1,
            'past_life': 1, 'quantity': 3}
    assert computers['unit_price'] == 15_000_000
    assert computers['cost'] == 45_000_000
    assert set(computers['items']) == {items.broken, items.weak, items.old}
    assert (scanners['quantity'], scanners['missing']) == (0, 0)
    assert (kiosks['quantity'], kiosks['missing']) == (1, 1)
    assert kiosks['cost'] is None


def test_gap_follows_the_standard_and_what_happens(
        offices, items, rpc, start, pool):
    client = rpc('budget.langchanh', PASSWORD)
    administrator = rpc('administrator', PASSWORD)
    standard, = administrator.create('tthcc.equipment.standard', {
            'level': 'district', 'type': offices.types['scanner'],
            'quantity': 3, 'per': 'counter',
            'start_date': dt.date(2026, 7, 27),
            'legal_basis': "Quyết định khác"})
    with start():
        Equipment = pool.get('tthcc.equipment')
        Equipment.record([Equipment(items.scanner)], 'loss', 'lost')

    stricter = gap(client, offices, 'scanner')
    administrator.model('tthcc.equipment.standard', 'delete', [standard])
    with start():
        Equipment = pool.get('tthcc.equipment')
        Equipment.record([Equipment(items.scanner)], 'found', 'good')

    assert (stricter['required'], stricter['missing']) == (3, 3)
    assert gap(client, offices, 'scanner')['quantity'] == 0


def make_plan(client, offices, **values):
    plan, = client.create('tthcc.upgrade', {
            'name': "Mở rộng khu chờ",
            'centre': offices.langchanh.centre,
            'kind': 'extend',
            'scope': "Phá vách ngăn, lát nền, lắp điều hòa",
            'area_gained': 25.,
            'cost': Decimal(350_000_000),
            'milestones': [('create', [
                        {'name': "Phê duyệt thiết kế",
                            'planned_date': dt.date(2026, 7, 20)},
                        {'name': "Nghiệm thu",
                            'planned_date': dt.date(2026, 12, 20)},
                        ])],
            **values})
    return plan


def test_plan_shows_what_is_late_and_ends_with_its_milestones(offices, rpc):
    manager = rpc('facility.langchanh', PASSWORD)
    leader = rpc('leader.langchanh', PASSWORD)
    plan = make_plan(manager, offices)

    row, = manager.read(
        'tthcc.upgrade', [plan], ['late', 'next_date', 'milestones'])
    late, = manager.search(
        'tthcc.upgrade.milestone',
        [('upgrade', '=', plan), ('name', 'like', "Phê duyệt%")], ['late'])
    found = manager.search('tthcc.upgrade', [('late', '=', True)])
    leader.model('tthcc.upgrade', 'fund', [plan])
    manager.model('tthcc.upgrade', 'start', [plan])
    with pytest.raises(Refused) as refused:
        manager.model('tthcc.upgrade', 'finish', [plan])
    manager.write('tthcc.upgrade', [plan], {'milestones': [
                ('write', row['milestones'],
                    {'done_date': dt.date(2026, 7, 25)})]})
    in_time = manager.search('tthcc.upgrade', [('late', '=', False)])
    manager.model('tthcc.upgrade', 'finish', [plan])
    done, = manager.read('tthcc.upgrade', [plan], ['state', 'late'])

    assert (row['late'], row['next_date']) == (True, dt.date(2026, 7, 20))
    assert late['late'] == 7
    assert plan in [r['id'] for r in found]
    assert "Nghiệm thu" in refused.value.message
    assert plan in [r['id'] for r in in_time]
    assert (done['state'], done['late']) == ('done', False)
    with pytest.raises(Refused):
        manager.write(
            'tthcc.upgrade.milestone', row['milestones'], {'name': "Khác"})


def test_funded_plan_is_fixed(offices, rpc):
    manager = rpc('facility.langchanh', PASSWORD)
    plan = make_plan(manager, offices)
    rpc('leader.langchanh', PASSWORD).model('tthcc.upgrade', 'fund', [plan])

    with pytest.raises(Refused) as refused:
        manager.write('tthcc.upgrade', [plan], {'cost': Decimal(1)})
    assert "Đã bố trí vốn" in refused.value.message
    with pytest.raises(Refused):
        manager.model('tthcc.upgrade', 'delete', [plan])


@pytest.mark.parametrize('values, told', [
        ({'cost': Decimal(-1)}, "Kinh phí"),
        ({'area_gained': -1.}, "Diện tích"),
        ({'milestones': [('create', [{
                            'name': "Nghiệm thu",
                            'planned_date': dt.date(2026, 8, 1),
                            'done_date': dt.date(2026, 8, 1)}])]},
            "tương lai"),
        ])
def test_plan_with_bad_figures_is_refused(offices, rpc, values, told):
    manager = rpc('facility.langchanh', PASSWORD)

    with pytest.raises(Refused) as refused:
        make_plan(manager, offices, **values)

    assert told in refused.value.message


def test_nobody_funds_their_own_plan(offices, rpc, start, pool):
    manager = rpc('facility.langchanh', PASSWORD)
    plan = make_plan(manager, offices)

    with pytest.raises(Refused):
        manager.model('tthcc.upgrade', 'fund', [plan])
    with start():
        from trytond.modules.tthcc.tests.tools import get_id
        User = pool.get('res.user')
        user, = User.search([('login', '=', 'facility.langchanh')])
        User.write([user], {'groups': [('add', [get_id('group_leader')])]})
    both = rpc('facility.langchanh', PASSWORD)
    with pytest.raises(Refused) as refused:
        both.model('tthcc.upgrade', 'fund', [plan])
    with start():
        User = pool.get('res.user')
        User.write([User(user.id)], {
                'groups': [('remove', [get_id('group_leader')])]})

    assert "người khác" in refused.value.message


@pytest.mark.parametrize('model', MODELS)
def test_other_centres_read_nothing(offices, items, rpc, model):
    make_plan(rpc('facility.langchanh', PASSWORD), offices)
    own = rpc('budget.langchanh', PASSWORD).search(model, [])
    other = rpc('budget.samson', PASSWORD)

    assert own
    assert not {r['id'] for r in own} & {
        r['id'] for r in other.search(model, [])}
    with pytest.raises(Refused):
        other.read(model, [own[0]['id']], ['rec_name'])


@pytest.mark.parametrize('login', [
        'facility.samson', 'officer.langchanh', 'leader.langchanh'])
def test_only_the_centre_plans_its_works(offices, rpc, login):
    with pytest.raises(Refused):
        make_plan(rpc(login, PASSWORD), offices)


@pytest.fixture
def propose(offices, items, rpc, start, pool):
    "A draft of Lang Chánh with lines for a plan and the gaps"
    def propose(**values):
        manager = rpc('facility.langchanh', PASSWORD)
        planner = rpc('budget.langchanh', PASSWORD)
        make_plan(manager, offices)
        with start():
            # Away with what other stories left
            Equipment = pool.get('tthcc.equipment')
            Equipment.record(Equipment.search([
                        ('id', 'not in', list(vars(items).values())),
                        ('condition', '!=', 'lost'),
                        ]), 'loss', 'lost')
            Upgrade = pool.get('tthcc.upgrade')
            Upgrade.delete(Upgrade.search([
                        ('state', '=', 'planned'),
                        ('id', '!=', max(
                                u.id for u in Upgrade.search([]))),
                        ]))
            Budget = pool.get('tthcc.budget')
            Line = pool.get('tthcc.budget.line')
            Purchase = pool.get('tthcc.budget.purchase')
            Purchase.delete(Purchase.search([]))
            Line.delete(Line.search([]))
            Budget.delete(Budget.search([]))
        budget, = planner.create('tthcc.budget', {
                'centre': offices.langchanh.centre, 'year': 2027, **values})
        planner.model('tthcc.budget', 'propose', [budget])
        kiosk, = planner.search(
            'tthcc.budget.line',
            [('budget', '=', budget), ('unit_price', '=', None)])
        planner.write('tthcc.budget.line', [kiosk['id']], {
                'unit_price': Decimal(48_000_000)})
        return budget
    return propose


def lines_of(client, budget):
    return {
        line['name']: SimpleNamespace(**line)
        for line in client.search(
            'tthcc.budget.line', [('budget', '=', budget)], [
                'name', 'origin', 'evidence', 'quantity', 'unit_price',
                'proposed', 'approved', 'cut_reason', 'fits', 'priority',
                'spent', 'delivered'])}


def test_lang_chanh_asks_for_money_and_gets_some_of_it(
        offices, items, propose, rpc):
    planner = rpc('budget.langchanh', PASSWORD)
    director = rpc('director.langchanh', PASSWORD)
    leader = rpc('leader.langchanh', PASSWORD)
    manager = rpc('facility.langchanh', PASSWORD)
    budget = propose(ceiling=Decimal(420_000_000))

    # Every line leads to what shows the need
    lines = lines_of(planner, budget)
    plan = lines["Mở rộng khu chờ"]
    computers = lines["Máy tính để bàn"]
    kiosk = lines["Kiosk tra cứu thông tin"]
    assert plan.origin.startswith('tthcc.upgrade,')
    assert computers.origin == (
        f"tthcc.equipment.gap,{gap(planner, offices, 'computer')['id']}")
    assert "1 hỏng" in computers.evidence
    assert (computers.quantity, computers.proposed) == (3, 45_000_000)
    assert [kiosk.priority, computers.priority, plan.priority] == [
        '1', '1', '2']
    # 93 of 420 million are for urgent things, and 350 no longer fit
    assert (kiosk.fits, computers.fits, plan.fits) == (True, True, False)
    row, = planner.read(
        'tthcc.budget', [budget], ['proposed', 'fitting'])
    assert (row['proposed'], row['fitting']) == (443_000_000, 93_000_000)

    # Pressed again it proposes nothing twice
    planner.model('tthcc.budget', 'propose', [budget])
    assert len(lines_of(planner, budget)) == 3

    planner.model('tthcc.budget', 'submit', [budget])
    director.model('tthcc.budget', 'review', [budget])
    assert lines_of(leader, budget)["Mở rộng khu chờ"].approved == 0
    leader.write('tthcc.budget.line', [plan.id], {
            'approved': Decimal(325_000_000), 'cut_reason': "Giảm phần sơn"})
    leader.write('tthcc.budget.line', [computers.id], {
            'approved': Decimal(30_000_000)})
    with pytest.raises(Refused) as refused:
        leader.model('tthcc.budget', 'approve', [budget])
    assert "Máy tính" in refused.value.message
    leader.write('tthcc.budget.line', [computers.id], {
            'cut_reason': "Mua trước hai máy"})
    leader.model('tthcc.budget', 'approve', [budget])

    row, = leader.read('tthcc.budget', [budget], [
            'state', 'approved', 'approved_by'])
    assert (row['state'], row['approved']) == ('approved', 403_000_000)
    assert row['approved_by'] == 'leader.langchanh'
    upgrade, = leader.search(
        'tthcc.upgrade', [('id', '=', int(plan.origin.split(',')[1]))],
        ['state'])
    assert upgrade['state'] == 'funded'

    # From the approved line to the delivered items and back
    new = add_items(manager, offices, 'computer', 2, memory=16)
    planner.create('tthcc.budget.purchase', {
            'line': computers.id, 'supplier': "Công ty CP Tin học Hàm Rồng",
            'contract': '07/2027/HĐMB', 'invoice': '0000123',
            'amount': Decimal(29_000_000),
            'items': [('add', new)]})
    line = lines_of(planner, budget)["Máy tính để bàn"]
    assert (line.spent, set(line.delivered)) == (29_000_000, set(new))
    assert {i['budget_line'] for i in planner.read(
            'tthcc.equipment', new, ['budget_line'])} == {line.id}
    with pytest.raises(Refused) as refused:
        planner.create('tthcc.budget.purchase', {
                'line': computers.id, 'supplier': "Khác",
                'amount': Decimal(1_000_001)})
    assert "30.000.000" in refused.value.message
    planner.model('tthcc.budget', 'execute', [budget])
    with pytest.raises(Refused):
        planner.create('tthcc.budget.purchase', {
                'line': computers.id, 'supplier': "Khác",
                'amount': Decimal(1)})


def test_province_sees_what_approval_would_change(
        offices, items, propose, rpc):
    manager = rpc('facility.langchanh', PASSWORD)
    planner = rpc('budget.langchanh', PASSWORD)
    supervisor = rpc('supervisor', PASSWORD)
    if not manager.search('tthcc.site', []):
        manager.create('tthcc.site', {
                'name': "Văn phòng UBND", 'area': 60.,
                'centre': offices.langchanh.centre,
                'start_date': dt.date(2016, 1, 1),
                'zones': [('create', [{
                                'name': "Phòng tiếp nhận", 'kind': 'counters',
                                'area': 60.,
                                'start_date': dt.date(2016, 1, 1)}])]})
    budget = propose()
    to_buy = sum(r['quantity'] for r in planner.search(
            'tthcc.equipment.gap', [], ['quantity']))
    proposed = sum(r.quantity for n, r in lines_of(planner, budget).items()
        if n != "Mở rộng khu chờ")
    province, = [t['id'] for t in planner.search(
            'tthcc.funding_source', [], order=[('id', 'ASC')])][:1]
    line = lines_of(planner, budget)["Mở rộng khu chờ"]
    planner.write(
        'tthcc.budget.line', [line.id], {'funding_source': province})

    effect = {r['centre']: r for r in supervisor.search(
            'tthcc.budget.effect', [], [
                'centre', 'budget', 'proposed', 'area', 'area_after',
                'conformity', 'gap', 'gap_after'],
            year=2027)}
    mine = effect[offices.langchanh.centre]
    other = effect[offices.samson.centre]
    sums = {r['source']: r['proposed'] for r in supervisor.search(
            'tthcc.budget.source_sum', [], ['source', 'proposed'],
            year=2027)}

    assert mine['budget'] == budget
    assert (mine['area'], mine['area_after']) == (60, 85)
    assert mine['conformity'] == 'becomes'
    assert (mine['gap'], mine['gap_after']) == (to_buy, to_buy - proposed)
    assert (other['budget'], other['proposed']) == (None, 0)
    assert sums[province] == 350_000_000
    assert sum(sums.values()) == mine['proposed']
    # Another district sees neither
    planner = rpc('budget.samson', PASSWORD)
    assert not planner.search('tthcc.budget.source_sum', [], year=2027)
    assert [r['centre'] for r in planner.search(
                'tthcc.budget.effect', [], ['centre'], year=2027)] == [
        offices.samson.centre]


def test_revision_keeps_what_was_submitted(propose, rpc):
    planner = rpc('budget.langchanh', PASSWORD)
    budget = propose()
    planner.model('tthcc.budget', 'submit', [budget])
    planner.model('tthcc.budget', 'revise', [budget])

    revised, = planner.search(
        'tthcc.budget', [('state', '=', 'draft')],
        ['revision', 'proposed', 'submitted_by'])
    kept, = planner.read('tthcc.budget', [budget], [
            'revision', 'state', 'proposed', 'submitted_by'])

    assert (kept['revision'], kept['state']) == (1, 'superseded')
    assert kept['submitted_by'] == 'budget.langchanh'
    assert (revised['revision'], revised['submitted_by']) == (2, None)
    assert revised['proposed'] == kept['proposed']
    with pytest.raises(Refused):
        planner.model('tthcc.budget', 'submit', [budget])
    with pytest.raises(Refused):
        planner.write('tthcc.budget', [budget], {'ceiling': Decimal(5)})


def test_nobody_reviews_or_approves_their_own_request(
        offices, propose, rpc, start, pool):
    from trytond.modules.tthcc.tests.tools import get_id
    planner = rpc('budget.langchanh', PASSWORD)
    budget = propose()
    planner.model('tthcc.budget', 'submit', [budget])

    with pytest.raises(Refused) as refused:
        planner.model('tthcc.budget', 'review', [budget])
    assert "người khác" in refused.value.message
    rpc('director.langchanh', PASSWORD).model(
        'tthcc.budget', 'review', [budget])
    with start():
        User = pool.get('res.user')
        user, = User.search([('login', '=', 'budget.langchanh')])
        User.write([user], {'groups': [('add', [get_id('group_leader')])]})
    with pytest.raises(Refused) as refused:
        rpc('budget.langchanh', PASSWORD).model(
            'tthcc.budget', 'approve', [budget])
    with start():
        User = pool.get('res.user')
        User.write([User(user.id)], {
                'groups': [('remove', [get_id('group_leader')])]})
    assert "người khác" in refused.value.message


@pytest.mark.parametrize('login', [
        'facility.langchanh', 'leader.langchanh', 'officer.langchanh',
        'budget.samson'])
def test_only_the_planner_writes_a_draft(offices, propose, rpc, login):
    budget = propose()
    client = rpc(login, PASSWORD)
    line = lines_of(rpc('budget.langchanh', PASSWORD), budget)[
        "Máy tính để bàn"]

    with pytest.raises(Refused):
        client.write('tthcc.budget', [budget], {'note': "Khác"})
    with pytest.raises(Refused):
        client.write('tthcc.budget.line', [line.id], {'quantity': 9})
    with pytest.raises(Refused):
        client.model('tthcc.budget', 'submit', [budget])


def test_amounts_and_states_are_guarded(offices, propose, rpc):
    planner = rpc('budget.langchanh', PASSWORD)
    budget = propose()
    line = lines_of(planner, budget)["Máy tính để bàn"]

    for values in [
            {'quantity': 0}, {'unit_price': Decimal(-1)},
            {'approved': Decimal(1)}]:
        with pytest.raises(Refused):
            planner.write('tthcc.budget.line', [line.id], values)
    with pytest.raises(Refused) as refused:
        planner.create('tthcc.budget', {
                'centre': offices.langchanh.centre, 'year': 2027})
    assert "đã có dự toán" in refused.value.message
    empty, = planner.create('tthcc.budget', {
            'centre': offices.langchanh.centre, 'year': 2028})
    with pytest.raises(Refused) as refused:
        planner.model('tthcc.budget', 'submit', [empty])
    assert "khoản mục" in refused.value.message
    planner.write('tthcc.budget.line', [line.id], {'unit_price': None})
    with pytest.raises(Refused) as refused:
        planner.model('tthcc.budget', 'submit', [budget])
    assert "Máy tính để bàn" in refused.value.message


@pytest.mark.parametrize('login, model, values', [
        ('budget', 'tthcc.budget', {
                'year': 2031, 'state': 'approved', 'revision': 7}),
        ('facility', 'tthcc.upgrade', {
                'name': "Sửa mái", 'scope': "Chống dột", 'kind': 'repair',
                'area_gained': 1., 'cost': Decimal(1), 'state': 'done'}),
        ('facility', 'tthcc.stocktaking', {'state': 'approved'}),
        ])
def test_nothing_begins_decided(offices, rpc, login, model, values):
    client = rpc(f'{login}.langchanh', PASSWORD)
    values = {'centre': offices.langchanh.centre, **values}
    with pytest.raises(Refused):
        client.create(model, values)
    # As a draft it may be
    id, = client.create(model, {
            k: v for k, v in values.items() if k not in {'state', 'revision'}})
    with pytest.raises(Refused):
        client.write(model, [id], {'state': values['state']})


def test_two_propose_at_once(offices, items, rpc):
    planner = rpc('budget.langchanh', PASSWORD)
    budget, = planner.create('tthcc.budget', {
            'centre': offices.langchanh.centre, 'year': 2033})
    with ThreadPoolExecutor(2) as executor:
        list(executor.map(
                lambda _: rpc('budget.langchanh', PASSWORD).model(
                    'tthcc.budget', 'propose', [budget]), range(2)))

    origins = [
        line['origin'] for line in planner.search(
            'tthcc.budget.line', [('budget', '=', budget)],
            ['origin'])]
    assert origins and len(origins) == len(set(origins))


def test_request_is_printed_and_filed_as_a_spreadsheet(propose, rpc):
    from io import BytesIO

    from openpyxl import load_workbook
    from pypdf import PdfReader
    planner = rpc('budget.langchanh', PASSWORD)
    budget = propose(note="=1+1 không phải công thức")
    line = lines_of(planner, budget)["Máy tính để bàn"]
    planner.write(
        'tthcc.budget.line', [line.id], {'evidence': "=1+1"})

    extension, content, *_ = planner.report('tthcc.budget.form', [budget])
    text = ' '.join(
        p.extract_text() for p in PdfReader(BytesIO(content)).pages)
    kind, sheet, *_ = planner.report('tthcc.budget.sheet', [budget])
    rows = list(load_workbook(BytesIO(sheet)).active.values)

    assert (extension, kind) == ('pdf', 'xlsx')
    assert "TỜ TRÌNH" in text and "443.000.000" in text
    assert "Bốn trăm bốn mươi ba triệu đồng" in ' '.join(text.split())
    assert len(rows) == 4
    assert sum(r[8] for r in rows[1:]) == 443_000_000
    assert "=1+1" in [r[5] for r in rows]


def test_a_replacement_has_its_own_line(offices, items, propose, rpc):
    manager = rpc('facility.langchanh', PASSWORD)
    planner = rpc('budget.langchanh', PASSWORD)
    request, = manager.create('tthcc.replacement', {
            'equipment': items.old, 'reason': "Không chạy được phần mềm",
            'estimate': Decimal(14_000_000), 'estimate_source': "Báo giá"})
    manager.model('tthcc.replacement', 'submit', [request])

    lines = lines_of(planner, propose()).values()

    replacement, = [
        r for r in lines if r.origin == f'tthcc.replacement,{request}']
    rest, = [r for r in lines if r.name == "Máy tính để bàn"]
    assert replacement.proposed == 14_000_000
    assert "Không chạy được phần mềm" in replacement.evidence
    # One of the three that the gap counts has its line already
    assert rest.quantity == 2
