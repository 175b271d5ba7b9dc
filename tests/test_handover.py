# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Rounds of papers between centre and department, signed by both."""
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.server import Refused, Warned
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests import tools
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)


@pytest.fixture(scope='module')
def office(database):
    """An office whose procedure is appraised by the justice department, and
    whose centre works with the land department too; and another office"""
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        online = create_procedure('1.000002', channel='online')
        first = create_office(
            'th_', "UBND huyện Thiệu Hóa", [procedure, online])
        second = create_office(
            'lc_', "UBND huyện Lang Chánh", [procedure])
        land = tools.create_department(first.company, 'land')
        tools.create_user(
            'th_land', ['coordinator'], first.company, department=land)
        tools.create_user(
            'th_other_officer', ['counter_officer'], first.company,
            first.centre)
        both = tools.create_user(
            'th_both', ['counter_officer', 'coordinator'], first.company,
            first.centre)
        second_post = tools.create_user(
            'th_second_post', [], first.company,
            department=first.department).employee
        both.employees = [both.employee, second_post]
        both.company_filter = 'all'
        both.save()
        return SimpleNamespace(
            values=new_dossier(first, procedure),
            online=new_dossier(first, online),
            elsewhere=new_dossier(second, procedure),
            centre=first.centre.id, department=first.department.id,
            land=land.id,
            employees={
                role: user.employee.id for role, user in first.users.items()})


@pytest.fixture
def people(server, office):
    "The sessions of the people of the first office, by role"
    return SimpleNamespace(
        **{role: server.client(f'th_{role}', PASSWORD) for role in [
                'officer', 'processor', 'leader', 'director']},
        coordinator=server.client('th_processor', PASSWORD))


def receive(people, office, number=1, **values):
    "Receive dossiers, return their ids"
    ids = people.officer.create(
        'tthcc.dossier', *[{**office.values, **values}] * number)
    people.officer.model('tthcc.dossier', 'register', ids)
    return ids


def begin(client, office, direction='to_department', **values):
    id, = client.create('tthcc.handover', {
            'centre': office.centre,
            'department': office.department,
            'direction': direction,
            **values,
            })
    return id


def press(client, button, id):
    return client.model('tthcc.handover', button, [id])


def sign_away(client, office, direction='to_department', only=None):
    """Fill a round, tick all, or only some dossiers, and sign it as giver;
    return its id"""
    id = begin(client, office, direction)
    press(client, 'fill', id)
    if only is None:
        press(client, 'tick_all', id)
    else:
        client.write(
            'tthcc.handover.line', lines(client, id, only).ids,
            {'ticked': True})
    try:
        press(client, 'give', id)
    except Warned as warning:
        client.accept(warning)
        press(client, 'give', id)
    return id


def lines(client, id, dossiers=None):
    "Return the lines of the round, those of the dossiers or all"
    rows = client.search(
        'tthcc.handover.line', [('handover', '=', id)],
        ['dossier', 'code', 'ticked', 'discrepancy', 'applicant_name'])
    if dossiers is not None:
        rows = [r for r in rows if r['dossier'] in dossiers]
    return SimpleNamespace(
        rows=rows, ids=[r['id'] for r in rows],
        dossiers={r['dossier'] for r in rows})


def round_(client, id, *fields):
    return client.read('tthcc.handover', [id], list(fields))[0]


def dossier(client, id, *fields):
    return client.read('tthcc.dossier', [id], list(fields))[0]


def held_by(client, ids):
    "Return the sets of departments, employees and states of the dossiers"
    rows = client.read(
        'tthcc.dossier', ids,
        ['holder_department', 'holder_employee', 'state'])
    return tuple({r[n] for r in rows} for n in [
            'holder_department', 'holder_employee', 'state'])


def scan(client, id, *codes):
    "Scan the codes, return the last answer"
    with client.wizard(
            'tthcc.handover.scan', 'tthcc.handover', [id]) as wizard:
        for code in codes:
            wizard.values['code'] = code
            wizard.execute('tick')
            assert not wizard.values['code']
        return wizard.values['answer']


def test_round_to_the_department_and_back(people, office):
    with clock.moved_to(MONDAY):
        ids = receive(people, office, 3)
        code = dossier(people.officer, ids[0], 'code')['code']
        held = dossier(
            people.officer, ids[0], 'holder', 'held_since', 'electronic')
        assert "th_officer" in held['holder']
        assert held['held_since'] == MONDAY
        assert not held['electronic']

        there = sign_away(people.officer, office, only=ids)
        # The coordinator has not signed yet
        assert held_by(people.officer, ids) == (
            {None}, {office.employees['officer']}, {'received'})
    with clock.moved_to(MONDAY + dt.timedelta(hours=2)):
        scan(people.coordinator, there,
            *[r['code'] for r in lines(people.coordinator, there).rows])
        press(people.coordinator, 'receive', there)
    assert held_by(people.officer, ids) == (
        {office.department}, {office.employees['processor']}, {'processing'})
    assert round_(
        people.officer, there, 'state', 'number', 'given_by', 'received_by',
        'given_at', 'received_at') == {
            'id': there,
            'state': 'received',
            'number': 1,
            'given_by': office.employees['officer'],
            'received_by': office.employees['processor'],
            'given_at': MONDAY,
            'received_at': MONDAY + dt.timedelta(hours=2),
            }
    # The reception's leg ended with the round, by who gave
    leg = people.officer.search(
        'tthcc.dossier.step',
        [('dossier', '=', ids[0]), ('work', '=', 'reception')],
        ['ended_at', 'ended_by'])[0]
    assert leg['ended_at'] == MONDAY + dt.timedelta(hours=2)
    assert leg['ended_by'] == office.employees['officer']

    with clock.moved_to(MONDAY + dt.timedelta(days=1)):
        people.processor.model('tthcc.dossier', 'complete_step', ids[:2])
        people.leader.model('tthcc.dossier', 'resolve', ids[:2])
        # The result is with the department still
        with pytest.raises(Refused, match="th_processor"):
            people.officer.model('tthcc.dossier', 'return_', ids[:1])
        back = sign_away(people.coordinator, office, 'to_centre')
        assert lines(people.officer, back).dossiers == set(ids[:2])
        press(people.officer, 'tick_all', back)
        press(people.officer, 'receive', back)
        assert held_by(people.officer, ids[:2]) == (
            {None}, {office.employees['officer']}, {'resolved'})
        # Rounds are counted by direction
        assert round_(people.officer, back, 'number')['number'] == 1
        people.officer.model('tthcc.dossier', 'return_', ids[:2])
    assert dossier(
        people.officer, ids[0], 'holder', 'holder_employee')['holder'] == ''
    transfers = people.officer.search(
        'tthcc.dossier.transfer', [('dossier', '=', ids[0])],
        ['giver', 'taker', 'handover', 'at'])
    assert [(t['giver'], t['taker']) for t in transfers] == [
        (office.employees['officer'], office.employees['processor']),
        (office.employees['processor'], office.employees['officer'])]

    _, content, *_ = people.officer.report(
        'tthcc.dossier.control_slip', [ids[0]])
    assert content.startswith(b'%PDF')
    number = dossier(people.officer, ids[0], 'control_number')
    people.officer.report('tthcc.dossier.control_slip', [ids[0]])
    assert dossier(people.officer, ids[0], 'control_number') == number
    _, content, *_ = people.officer.report('tthcc.handover.list', [there])
    assert content.startswith(b'%PDF')
    assert code


def test_rounds_of_a_day_are_numbered(people, office):
    with clock.moved_to(MONDAY + dt.timedelta(days=2)):
        numbers = []
        for _ in range(2):
            ids = receive(people, office)
            id = sign_away(people.officer, office, only=ids)
            numbers.append(round_(people.officer, id, 'number')['number'])
            press(people.coordinator, 'cancel', id)
    assert numbers == [1, 2]
