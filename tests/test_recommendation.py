# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Which mode fits a department: figures, reasons, what-if, effect"
import datetime as dt
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

MONDAY = dt.datetime(2026, 3, 2, 1, 30)
WEEKS = 10
# A Friday, when ten weeks are over
FRIDAY = MONDAY + dt.timedelta(days=7 * WEEKS - 3)
AFTER = {'first_date': dt.date(2026, 3, 1), 'last_date': dt.date(2026, 5, 8)}


@pytest.fixture(scope='module')
def office(database):
    """An office to which four citizens come every Monday and Thursday morning
    for ten weeks, and one on each second Friday afternoon"""
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        Dossier = Pool().get('tthcc.dossier')
        procedure = create_procedure('1.000001')
        office = create_office('r_', "UBND huyện Mường Lát", [procedure])
        other = create_office('q_', "UBND huyện Bá Thước", [procedure])
        create_user(
            'r_supervisor', ['supervisor'], office.company,
            companies=[('add', [office.company.id, other.company.id])],
            company_filter='all', employees=[], employee=None)
        create_user(
            'r_coordinator', ['coordinator'], office.company,
            department=office.department)

        def receive(moment, number):
            employee = office.users['officer'].employee
            with clock.moved_to(moment), \
                    Transaction().set_context(employee=employee.id):
                dossiers = Dossier.create([
                        new_dossier(
                            office, procedure, return_method='post',
                            opened_at=moment - dt.timedelta(minutes=12))
                        for _ in range(number)])
                Dossier.register(dossiers)
        for week in range(WEEKS):
            monday = MONDAY + dt.timedelta(weeks=week)
            receive(monday, 4)
            receive(monday + dt.timedelta(days=3), 4)
            if week % 2:
                receive(monday + dt.timedelta(days=4, hours=6), 1)
        return SimpleNamespace(
            centre=office.centre.id, other=other.centre.id,
            department=office.department.id)


def recommend(client, centre, moment=FRIDAY, **dates):
    with clock.moved_to(moment), \
            client.wizard('tthcc.staffing.recommend') as wizard:
        wizard.values.update({'centre': centre, **AFTER, **dates})
        wizard.execute('recommend')
        (_, data), = wizard.actions
    return data['res_id']


@pytest.fixture(scope='module')
def recommendation(server, office):
    director = server.client('r_director', PASSWORD)
    id, = recommend(director, office.centre)
    return id


def test_recommendation(rpc, office, recommendation):
    director = rpc('r_director', PASSWORD)
    record, = director.read(
        'tthcc.staffing.recommendation', [recommendation], [
            'department', 'visits', 'minutes', 'weekly', 'mode', 'reasons',
            'given_back', 'outcomes', 'present_mode'])
    assert record['department'] == office.department
    assert record['visits'] == 85
    assert record['minutes'] == 12
    assert record['mode'] == 'weekdays'
    assert record['present_mode'] is None
    outcomes = {
        o['mode']: o for o in director.read(
            'tthcc.staffing.outcome', record['outcomes'],
            ['mode', 'when', 'hours', 'lost', 'served', 'keeps'])}
    # There are no others to share with, and no year of figures
    assert outcomes.keys() == {'full_time', 'weekdays', 'on_call'}
    fitting = outcomes['weekdays']
    assert fitting['when'] == "Thứ Hai (sáng), Thứ Năm (sáng)"
    # 4.5 hours each, of 40 open
    assert (fitting['hours'], fitting['keeps']) == (9, True)
    assert record['given_back'] == 31
    assert not outcomes['on_call']['keeps']
    assert "85 lượt" in record['reasons']
    assert "Thứ Hai (sáng), Thứ Năm (sáng)" in record['reasons']
    assert f"{fitting['lost']} %" in record['reasons']


def test_too_little_data(rpc, office):
    director = rpc('r_director', PASSWORD)
    id, = recommend(
        director, office.centre, first_date=dt.date(2026, 4, 1))
    record, = director.read(
        'tthcc.staffing.recommendation', [id],
        ['mode', 'reasons', 'given_back'])
    assert record['mode'] is None
    assert record['given_back'] is None
    assert "Chưa đủ số liệu" in record['reasons']
    with pytest.raises(Refused):
        director.model('tthcc.staffing.recommendation', 'adopt', [id])
    with pytest.raises(Refused, match="Không có ai đến"):
        recommend(
            director, office.centre, first_date=dt.date(2025, 1, 1),
            last_date=dt.date(2025, 2, 28))


def test_what_if(rpc, recommendation):
    director = rpc('r_director', PASSWORD)
    start = 'tthcc.staffing.what_if.start'
    with clock.moved_to(FRIDAY), director.wizard(
            'tthcc.staffing.what_if', 'tthcc.staffing.recommendation',
            [recommendation]) as wizard:
        values = dict(wizard.values)
        assert values['slots'] == ['0 morning', '3 morning']

        def change(**new):
            values.update(new)
            for name in new:
                # Without the names of records
                form = {n: v for n, v in values.items() if n[-1] != '.'}
                values.update(director.model(
                        start, f'on_change_{name}', form))
        change(mode='full_time')
        assert (values['hours'], values['given_back']) == (40, 0)
        assert (values['lost'], values['keeps']) == (0, True)
        assert values['covered'] == 100
        change(mode='weekdays', slots=['0 morning'])
        assert (values['hours'], values['given_back']) == (4.5, 35.5)
        assert values['covered'] == 11
        assert values['lost'] > 50 and not values['keeps']
        change(mode='on_call', response_minutes=10)
        assert values['lost'] == 0 and values['keeps']
        assert values['wait'] > 10
        # Not a whole year of figures
        change(mode='seasonal', months=[])
        assert values['hours'] is None
    # Not of others
    stranger = rpc('q_director', PASSWORD)
    with pytest.raises(Refused):
        stranger.model(
            start, 'on_change_mode',
            {'recommendation': recommendation, 'mode': 'full_time'})


def test_effect(rpc, office, recommendation):
    director = rpc('r_director', PASSWORD)
    model = 'tthcc.staffing.recommendation'
    # As if the last three weeks had come after it
    with clock.moved_to(FRIDAY - dt.timedelta(weeks=3)):
        director.model(model, 'adopt', [recommendation])
        with pytest.raises(Refused, match="không áp dụng được"):
            director.model(model, 'adopt', [recommendation])
    with clock.moved_to(FRIDAY):
        record, = director.read(model, [recommendation], [
                'weeks_since', 'forecast_weekly', 'actual_weekly',
                'forecast_use', 'actual_use'])
    assert record['weeks_since'] == 3
    assert record['forecast_weekly'] == pytest.approx(8, abs=.6)
    # 8 in each of the weeks after it, and one or two on Fridays
    assert record['actual_weekly'] == pytest.approx(8.5, abs=.3)
    # 8 to 9 times 12 minutes of 9 hours
    assert record['actual_use'] == pytest.approx(19, abs=1)
    assert record['forecast_use'] == pytest.approx(19, abs=2)


def test_rights(rpc, office, recommendation):
    model = 'tthcc.staffing.recommendation'
    for login in ['r_director', 'r_leader', 'r_coordinator', 'r_supervisor']:
        assert rpc(login, PASSWORD).search(
            model, [('id', '=', recommendation)])
    for login in ['q_director', 'q_leader']:
        stranger = rpc(login, PASSWORD)
        assert not stranger.search(model, [])
        with pytest.raises(Refused):
            stranger.read(model, [recommendation], ['mode'])
        assert not stranger.search('tthcc.staffing.outcome', [])
        with pytest.raises(Refused):
            recommend(stranger, office.centre)
    with pytest.raises(Refused):
        rpc('r_officer', PASSWORD).search(model, [])
    with pytest.raises(Refused):
        recommend(rpc('r_coordinator', PASSWORD), office.centre)
    with pytest.raises(Refused):
        rpc('r_coordinator', PASSWORD).model(model, 'adopt', [recommendation])
    director = rpc('r_director', PASSWORD)
    with pytest.raises(Refused):
        director.write(model, [recommendation], {'mode': 'on_call'})
