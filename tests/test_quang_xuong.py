# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Quảng Xương: everything dates from 2015, some of it broken and never
replaced; from the first report to the last delivery"""
import datetime as dt
from decimal import Decimal

import pytest

from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_centre, create_committee, create_user)
from trytond.pool import Pool

# Monday 10 September 2018, 09:00 in Vietnam
NOW = dt.datetime(2018, 9, 10, 2)
MILLION = Decimal(1_000_000)


@pytest.fixture(scope='module')
def centre(database):
    "The centre, and a standard of a computer for each person"
    from trytond.transaction import Transaction
    with Transaction().start(database, 1):
        pool = Pool()
        Standard = pool.get('tthcc.equipment.standard')
        Type = pool.get('tthcc.equipment.type')
        Standard.delete(Standard.search([]))
        computer, = Type.search([('code', '=', 'computer')])
        Standard.create([{
                    'level': 'district', 'type': computer.id, 'quantity': 6,
                    'per': 'centre', 'start_date': dt.date(2018, 7, 1),
                    'legal_basis': "Quyết định thử nghiệm"}])
        company = create_committee("UBND huyện Quảng Xương")
        centre = create_centre(company)
        for role in [
                'facility_manager', 'counter_officer', 'director',
                'budget_planner']:
            create_user(role, [role], company, centre)
        create_user('leader', ['leader'], company)
        return centre.id


def wizard(client, name, model_, id_, state='do', /, **values):
    with client.wizard(name, model_, [id_]) as window:
        window.values.update(values)
        window.execute(state)


def test_the_story_of_quang_xuong(centre, server):
    manager, officer, director, planner, leader = (
        server.client(login, PASSWORD) for login in [
            'facility_manager', 'counter_officer', 'director',
            'budget_planner', 'leader'])
    with clock.moved_to(NOW):
        type_, = manager.search(
            'tthcc.equipment.type', [('code', '=', 'computer')])
        memory, = manager.search(
            'tthcc.equipment.property', [('code', '=', 'memory')])
        computers = manager.create('tthcc.equipment', *[{
                    'type': type_['id'], 'centre': centre,
                    'purchase_date': dt.date(2015, 3, 2),
                    'value': 12 * MILLION,
                    'specs': [('create', [{
                                    'property': memory['id'],
                                    'value': Decimal(16)}])],
                    }] * 6)
        # Four of six break
        for item in computers[:4]:
            wizard(officer, 'tthcc.equipment.report_damage',
                'tthcc.equipment', item, 'report',
                summary="Không lên nguồn", unusable=True)
        faults = {
            f['equipment']: f['id'] for f in manager.search(
                'tthcc.fault', [], ['equipment'])}
        assert gap(planner)['broken'] == 4

        # One is repaired
        repaired, *beyond = computers[:4]
        wizard(manager, 'tthcc.fault.repair', 'tthcc.fault',
            faults[repaired], kind='in_house')
        wizard(manager, 'tthcc.fault.finish_repair', 'tthcc.fault',
            faults[repaired], result='repaired', condition='worn',
            cost=Decimal(350_000))

        # Three are to be replaced
        requests = []
        for item in beyond:
            wizard(manager, 'tthcc.fault.replace', 'tthcc.fault',
                faults[item], reason="Cháy bo mạch", estimate=13 * MILLION,
                estimate_source="Báo giá")
            request, = manager.search(
                'tthcc.replacement', [('equipment', '=', item)])
            manager.model('tthcc.replacement', 'submit', [request['id']])
            director.model('tthcc.replacement', 'approve', [request['id']])
            requests.append(request['id'])
        lacking = gap(planner)
        assert lacking['broken'] == lacking['quantity'] == 3
        assert set(lacking['items']) == set(beyond)

        # The budget request names each, and no item twice
        budget, = planner.create('tthcc.budget', {
                'centre': centre, 'year': 2019, 'ceiling': 39 * MILLION})
        planner.model('tthcc.budget', 'propose', [budget])
        lines = planner.search(
            'tthcc.budget.line', [('budget', '=', budget)],
            ['origin', 'proposed', 'evidence'], [('id', 'ASC')])
        assert {x['origin'] for x in lines} == {
            f'tthcc.replacement,{r}' for r in requests}
        assert all(x['proposed'] == 13 * MILLION for x in lines)
        assert all("Ngừng hoạt động" in x['evidence'] for x in lines)
        planner.model('tthcc.budget', 'submit', [budget])
        director.model('tthcc.budget', 'review', [budget])

        # The leader cuts one
        leader.write('tthcc.budget.line', [lines[-1]['id']], {
                'approved': Decimal(0), 'cut_reason': "Chờ năm sau"})
        leader.model('tthcc.budget', 'approve', [budget])
        row, = planner.read('tthcc.budget', [budget], ['approved'])
        assert row['approved'] == 26 * MILLION

    with clock.moved_to(NOW + dt.timedelta(days=20)):
        for line in lines[:-1]:
            request = int(line['origin'].split(',')[1])
            wizard(manager, 'tthcc.replacement.order', 'tthcc.replacement',
                request, supplier="Máy tính An", price=12 * MILLION)
            wizard(manager, 'tthcc.replacement.deliver', 'tthcc.replacement',
                request, model="Dell OptiPlex 3060")
            wizard(manager, 'tthcc.replacement.put_in_service',
                'tthcc.replacement', request, method='dismantling',
                council="Đỗ Thị Vân")

        # Every figure leads to its evidence, and back
        row, = planner.read('tthcc.budget', [budget], ['spent'])
        assert row['spent'] == 24 * MILLION
        for line in planner.read(
                'tthcc.budget.line', [x['id'] for x in lines[:-1]],
                ['origin', 'delivered']):
            request, = planner.read(
                'tthcc.replacement', [int(line['origin'].split(',')[1])],
                ['new_item', 'equipment', 'fault.outcome', 'state'])
            assert request['state'] == 'in_service'
            assert request['fault.']['outcome'] == 'replaced'
            assert line['delivered'] == [request['new_item']]
            (new,), (old,) = (
                planner.read(
                    'tthcc.equipment', [id], ['condition', 'budget_line'])
                for id in [request['new_item'], request['equipment']])
            assert (new['condition'], old['condition']) == (
                'good', 'disposed')
            assert new['budget_line'] == line['id']
        # The one that was cut is still known as broken, and asked for
        left = gap(planner)
        assert left['broken'] == 1
        cut, = planner.read(
            'tthcc.replacement', [int(lines[-1]['origin'].split(',')[1])],
            ['equipment', 'state'])
        assert cut['state'] == 'approved'
        assert cut['equipment'] in left['items']
        counts, = manager.search(
            'tthcc.equipment.condition_count', [], ['worn', 'out_of_order'])
        assert (counts['worn'], counts['out_of_order']) == (1, 1)


def gap(client):
    row, = client.search(
        'tthcc.equipment.gap', [('type.code', '=', 'computer')],
        ['broken', 'quantity', 'items'])
    return row
