# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Two districts and their province: who sees and changes what"
import datetime as dt
from types import SimpleNamespace

import pytest

from tests.server import Refused, Warned
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_centre, create_committee, create_department, create_user)

HIDDEN = [
    'company.company', 'company.employee', 'tthcc.centre',
    'tthcc.centre.readiness', 'tthcc.centre.regime', 'tthcc.counter',
    'tthcc.department']


@pytest.fixture(scope='module')
def organisation(database):
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 1):
        districts = {}
        for key, name in [('a', "Huyện Đông Sơn"), ('b', "Huyện Nga Sơn")]:
            company = create_committee(f"UBND {name}")
            centre = create_centre(company)
            department = create_department(company)
            create_user(f'officer_{key}', ['counter_officer'], company, centre)
            create_user(
                f'processor_{key}', ['processor'], company,
                department=department)
            create_user(f'director_{key}', ['director'], company)
            districts[key] = SimpleNamespace(
                company=company.id,
                centre=centre.id,
                department=department.id)
        create_user(
            'supervisor', ['supervisor'], company,
            companies=[('add', [d.company for d in districts.values()])],
            company_filter='all')
        create_user('nobody', [], company)
        all_ids = {
            model: {
                key: [r.id for r in Pool().get(model).search([
                            domain(model, district.company)])]
                for key, district in districts.items()}
            for model in HIDDEN}
    return SimpleNamespace(**districts, ids=all_ids)


def domain(model, company):
    if model == 'company.company':
        return ('id', '=', company)
    if model in {'company.employee', 'tthcc.centre', 'tthcc.department'}:
        return ('company', '=', company)
    return ('centre.company', '=', company)


@pytest.fixture
def log_in(organisation, rpc):
    return lambda login: rpc(login, PASSWORD)


@pytest.fixture
def planned_centre(organisation, start, pool):
    "A centre of district A that lacks everything but its regime"
    with start():
        company = pool.get('company.company')(organisation.a.company)
        centre = create_centre(
            company, name="Trung tâm sắp mở", state='planned',
            opening_date=None, legal_basis=None, counters=None)
        return centre.id


@pytest.mark.parametrize('model', HIDDEN)
@pytest.mark.parametrize('role', ['officer', 'processor', 'director'])
def test_district_sees_its_own_only(organisation, log_in, model, role):
    found = {r['id'] for r in log_in(f'{role}_a').search(model, [])}

    assert set(organisation.ids[model]['a']) <= found
    assert not found & set(organisation.ids[model]['b'])


def test_officer_does_not_meet_the_people_of_another_district(log_in):
    found = log_in('officer_a').search(
        'party.party', [('name', 'like', 'officer_%')], ['name'])

    assert [r['name'] for r in found] == ['officer_a']


@pytest.mark.parametrize('model', HIDDEN)
def test_other_district_is_refused_by_id(organisation, log_in, model):
    with pytest.raises(Refused):
        log_in('director_a').read(
            model, organisation.ids[model]['b'], ['rec_name'])


@pytest.mark.parametrize('model', HIDDEN)
def test_supervisor_sees_all_districts(organisation, log_in, model):
    found = {r['id'] for r in log_in('supervisor').search(model, [])}

    assert set(sum(organisation.ids[model].values(), [])) <= found


@pytest.mark.parametrize('model', [
        'tthcc.centre', 'tthcc.centre.readiness', 'tthcc.counter',
        'tthcc.department', 'tthcc.department.kind', 'tthcc.regime'])
def test_user_without_role_is_refused(log_in, model):
    with pytest.raises(Refused):
        log_in('nobody').search(model, [])


@pytest.mark.parametrize('model, key, values', [
        ('tthcc.centre', 'centre', {'phone': "0237 111 222"}),
        ('tthcc.department', 'department', {'name': "Phòng Tư pháp"}),
        ])
def test_director_changes_own_committee_only(
        organisation, log_in, model, key, values):
    director = log_in('director_a')
    own = getattr(organisation.a, key)

    director.write(model, [own], values)
    assert director.read(model, [own], list(values)) == [
        {'id': own, **values}]
    with pytest.raises(Refused):
        director.write(model, [getattr(organisation.b, key)], values)


def test_director_cannot_add_to_another_committee(organisation, log_in):
    director = log_in('director_a')
    counter = {'name': "Quầy số 2", 'number': 2}

    director.create(
        'tthcc.counter', {**counter, 'centre': organisation.a.centre})
    with pytest.raises(Refused):
        director.create(
            'tthcc.counter', {**counter, 'centre': organisation.b.centre})


@pytest.mark.parametrize('role', ['officer_a', 'processor_a', 'supervisor'])
def test_others_change_nothing(organisation, log_in, role):
    with pytest.raises(Refused):
        log_in(role).write(
            'tthcc.centre', [organisation.a.centre], {'name': "X"})


@pytest.mark.parametrize('role', ['officer_a', 'director_b'])
def test_centre_is_opened_by_its_director(planned_centre, log_in, role):
    with pytest.raises(Refused):
        log_in(role).model('tthcc.centre', 'open', [planned_centre])


def test_founder_of_committee_can_set_it_up(organisation, rpc):
    admin = rpc()
    party, = admin.create('party.party', {'name': "UBND xã Hoằng Tiến"})
    currency, = admin.search('currency.currency', [('code', '=', 'VND')])
    company, = admin.create('company.company', {
            'party': party,
            'currency': currency['id'],
            })
    admin.call('model.res.user.set_preferences', {
            'company': company,
            'company_filter': 'all',
            }, admin.context)

    centre, = admin.create('tthcc.centre', {
            'name': "Trung tâm PVHCC xã Hoằng Tiến",
            'company': company,
            'level': 'commune',
            })

    assert admin.read('tthcc.centre', [centre], ['state']) == [
        {'id': centre, 'state': 'planned'}]


def test_workplace_follows_the_employee(organisation, start, pool):
    User = pool.get('res.user')
    Employee = pool.get('company.employee')
    with start():
        user_id = {
            u.login: u.id for u in User.search([])}
    a = organisation.a

    def workplace(login):
        with start(user_id[login]):
            return User.get_workplace()

    assert workplace('officer_a') == ((a.centre,), ())
    assert workplace('processor_a') == ((), (a.department,))
    assert {a.centre, organisation.b.centre} <= set(
        workplace('supervisor')[0])
    with start() as transaction:
        employee = User(user_id['officer_a']).employee
        Employee.write([employee], {'department': a.department})
        with transaction.set_user(user_id['officer_a']):
            assert User.get_workplace() == ((a.centre,), (a.department,))
        transaction.rollback()


def test_board_opens_at_login_by_role(log_in, pool, monkeypatch):
    User = pool.get('res.user')
    monkeypatch.setattr(User, '_board_actions', classmethod(lambda cls: [
                ('tthcc.group_director', 'tthcc.act_centre'),
                ('tthcc.group_counter_officer', 'tthcc.act_department'),
                ]))

    def actions(login):
        preferences = log_in(login).call(
            'model.res.user.get_preferences', False, {})
        return preferences['actions']

    director, officer = actions('director_a'), actions('officer_a')
    assert len(director) == len(officer) == 1
    assert director != officer
    assert actions('processor_a') == []


def test_opening_warns_of_what_lacks(planned_centre, log_in):
    director = log_in('director_a')

    with pytest.raises(Warned) as warned:
        director.model('tthcc.centre', 'open', [planned_centre])
    for lacking in ["Quyết định", "Giám đốc", "Quầy"]:
        assert lacking in warned.value.message
    assert "Bộ quy định" not in warned.value.message

    director.accept(warned.value)
    director.model('tthcc.centre', 'open', [planned_centre])
    assert director.read(
        'tthcc.centre', [planned_centre], ['state', 'opening_date']) == [{
            'id': planned_centre,
            'state': 'operating',
            'opening_date': clock.today(),
            }]


@pytest.mark.parametrize('values, hint', [
        ({'opening_date': clock.today() + dt.timedelta(10)}, "ngày hoạt động"),
        ({'opening_date': dt.date(2017, 1, 1)}, "bộ quy định"),
        ])
def test_opening_on_a_wrong_day_is_refused(
        planned_centre, log_in, values, hint):
    director = log_in('director_a')
    director.write('tthcc.centre', [planned_centre], values)

    with pytest.raises(Refused) as refused:
        director.model('tthcc.centre', 'open', [planned_centre])

    assert hint in refused.value.message


def test_readiness_counts_what_is_there(
        organisation, planned_centre, log_in):
    director = log_in('director_a')

    def readiness(centre):
        return {
            r['criterion']: (r['actual'], r['required'], r['met'])
            for r in director.search(
                'tthcc.centre.readiness', [('centre', '=', centre)],
                ['criterion', 'actual', 'required', 'met'])}

    lacking = readiness(planned_centre)
    assert lacking['decision'] == lacking['counter'] == (0, 1, False)
    assert lacking['regime'] == (1, 1, True)
    ready = readiness(organisation.a.centre)
    assert ready['decision'] == ready['staff'] == (1, 1, True)
    rate, = director.read(
        'tthcc.centre', [planned_centre], ['readiness_rate'])
    assert rate['readiness_rate'] == pytest.approx(
        sum(met for *_, met in lacking.values()) / len(lacking), abs=.01)


def test_closing_needs_a_successor_for_open_work(
        organisation, planned_centre, rpc, pool, start, monkeypatch):
    Centre = pool.get('tthcc.centre')
    transfers = []
    monkeypatch.setattr(Centre, '_count_open_work', lambda self: 3)
    monkeypatch.setattr(
        Centre, '_transfer_open_work',
        lambda self, successor: transfers.append((self.id, successor.id)))
    with start():
        Centre.write([Centre(planned_centre)], {'state': 'operating'})
    admin = rpc()
    admin.call('model.res.user.set_preferences', {
            'company_filter': 'all'}, admin.context)

    with pytest.raises(Refused) as refused:
        admin.model('tthcc.centre', 'close', [planned_centre])
    assert "3" in refused.value.message

    admin.write('tthcc.centre', [planned_centre], {
            'successor': organisation.b.centre})
    admin.model('tthcc.centre', 'close', [planned_centre])
    assert transfers == [(planned_centre, organisation.b.centre)]
    closed, = admin.read(
        'tthcc.centre', [planned_centre], ['state', 'closing_date'])
    assert closed['state'] == 'closed'
    assert closed['closing_date'] == clock.today()


def test_successor_in_another_committee_is_only_named(
        organisation, planned_centre, log_in, start, pool):
    Centre = pool.get('tthcc.centre')
    with start():
        Centre.write([Centre(planned_centre)], {
                'successor': organisation.b.centre})
    director = log_in('director_a')

    centre, = director.read(
        'tthcc.centre', [planned_centre], ['successor_name'])

    assert "Nga Sơn" in centre['successor_name']
    with pytest.raises(Refused):
        director.read('tthcc.centre', [planned_centre], ['successor'])


@pytest.mark.parametrize('model, values, hint', [
        ('tthcc.centre', {'public_url': 'motcua.example.vn'}, "http"),
        ('tthcc.centre.regime', {'code_pattern': '{unit}-{date}'},
            '{sequence}'),
        ('tthcc.centre.regime', {
                'code_pattern': '{unit.x}-{date}-{sequence}'}, '{sequence}'),
        ('tthcc.centre.regime', {
                'code_pattern': '{unit}-{date}-{sequence:04q}'},
            '{sequence}'),
        ])
def test_bad_value_is_explained(organisation, rpc, model, values, hint):
    admin = rpc()
    admin.call('model.res.user.set_preferences', {
            'company_filter': 'all'}, admin.context)

    with pytest.raises(Refused) as refused:
        admin.write(model, organisation.ids[model]['a'], values)

    assert hint in refused.value.message


def test_counters_of_a_centre_differ_in_number(organisation, log_in):
    with pytest.raises(Refused) as refused:
        log_in('director_a').create('tthcc.counter', {
                'centre': organisation.a.centre,
                'name': "Quầy số 1 nữa",
                'number': 1,
                })

    assert "quầy" in refused.value.message


def test_regime_is_found_by_date(organisation, transaction, pool):
    Centre = pool.get('tthcc.centre')
    Data = pool.get('ir.model.data')
    regime_2025 = Data.get_id('tthcc', 'regime_2025')
    centre = Centre(organisation.a.centre)
    Centre.write([centre], {
            'regimes': [('create', [{
                            'start_date': dt.date(2025, 7, 1),
                            'regime': regime_2025,
                            'unit_id': 'H56.33',
                            }])],
            })

    old, new = map(centre.regime_at, [
            dt.date(2025, 6, 30), dt.date(2025, 7, 1)])

    assert old.regime.form_set == '2018'
    assert new.regime.form_set == '2025'
    assert new.format_code(dt.date(2026, 10, 8), 975) == 'H56.33-261008-0975'


@pytest.mark.parametrize('text', ["dong son", "ĐÔNG  SƠN", "Huyện Đông"])
def test_search_ignores_marks_and_case(organisation, log_in, text):
    found = log_in('supervisor').search(
        'tthcc.centre', [('rec_name', 'ilike', f'%{text}%')])

    assert organisation.a.centre in [r['id'] for r in found]
    assert organisation.b.centre not in [r['id'] for r in found]


def test_province_administrator_cannot_raise_anybody(
        organisation, log_in, start, pool):
    with start():
        company = pool.get('company.company')(organisation.a.company)
        create_user('province_admin', ['administrator'], company)
        groups = {
            name: pool.get('ir.model.data').get_id(*name.split('.'))
            for name in ['res.group_admin', 'tthcc.group_leader']}
    admin = log_in('province_admin')
    officer, = admin.search('res.user', [('login', '=', 'officer_a')])
    admin.write('res.user', [officer['id']], {
            'groups': [('add', [groups['tthcc.group_leader']])]})
    admin.write('res.user', [officer['id']], {
            'groups': [('remove', [groups['tthcc.group_leader']])]})

    raised = {'groups': [('add', [groups['res.group_admin']])]}
    for user in [admin.user, officer['id']]:
        with pytest.raises(Refused):
            admin.write('res.user', [user], raised)
    with pytest.raises(Refused):
        admin.create('res.user', {'name': "X", 'login': 'x', **raised})
    # Nor become one by way of the password
    with pytest.raises(Refused):
        admin.write('res.user', [1], {'password': 'a-new-password-2018'})
