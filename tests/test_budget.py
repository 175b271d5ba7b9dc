# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a centre lacks, what it plans, and the money it asks for"
import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_centre, create_committee, create_user)

MODELS = ['tthcc.equipment.gap', 'tthcc.upgrade', 'tthcc.upgrade.milestone']


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
