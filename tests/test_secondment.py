# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Postings to a centre: who may do what with them, and what they give."""
import datetime as dt
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests import tools
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure)

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)
TODAY = dt.date(2026, 11, 9)
DAY = dt.timedelta(days=1)
MODEL = 'tthcc.secondment'


@pytest.fixture(scope='module')
def office(database):
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        first = create_office('th_', "UBND huyện Thiệu Hóa", [procedure])
        other = create_office('lc_', "UBND huyện Lang Chánh", [procedure])
        health = tools.create_department(first.company, 'health')
        sent, stand_in = [
            tools.create_user(
                f'th_{name}', ['processor'], first.company,
                department=first.department)
            for name in ['sent', 'stand_in']]
        tools.create_user(
            'th_health', ['coordinator', 'processor'], first.company,
            department=health)
        return SimpleNamespace(
            company=first.company.id, centre=first.centre.id,
            counter=first.centre.counters[0].id,
            department=first.department.id,
            employee=sent.employee.id, stand_in=stand_in.employee.id,
            elsewhere=other.centre.id)


@pytest.fixture
def people(server, office):
    "The sessions of the people of the first office, by role"
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in [
                'officer', 'processor', 'leader', 'director', 'sent',
                'health']})


@pytest.fixture(autouse=True)
def monday():
    with clock.moved_to(MONDAY):
        yield


def values(office, **changes):
    "A posting of twelve months that begins today"
    return {
        'company': office.company,
        'employee': office.employee,
        'department': office.department,
        'centre': office.centre,
        'counter': office.counter,
        'mode': 'full_time',
        'start_date': TODAY,
        'end_date': dt.date(2027, 11, 8),
        'substitutes': [('add', [office.stand_in])],
        'decision_number': "12/QĐ-UBND",
        'decision_date': TODAY,
        **changes,
        }


def press(client, button, id):
    return client.model(MODEL, button, [id])


def state(client, id):
    return client.read(MODEL, [id], ['state'])[0]['state']


def decided(people, office, **changes):
    "Bring a posting to its decision with the people whose turn it is"
    id, = people.director.create(MODEL, values(office, **changes))
    press(people.director, 'request', id)
    press(people.processor, 'agree', id)
    press(people.leader, 'decide', id)
    return id


def test_request_decision_and_end(people, office):
    id = decided(people, office)
    press(people.director, 'start', id)
    assert state(people.leader, id) == 'active'
    with pytest.raises(Refused, match="08/11/2027"):
        press(people.director, 'end', id)
    with clock.moved_to(MONDAY + 365 * DAY):
        press(people.director, 'end', id)
    assert state(people.leader, id) == 'ended'


def test_each_button_has_its_people(people, office):
    id, = people.director.create(MODEL, values(office))
    for role in ['officer', 'sent', 'processor']:
        with pytest.raises(Refused):
            press(getattr(people, role), 'request', id)
    press(people.director, 'request', id)
    for role in ['director', 'sent', 'officer', 'health']:
        with pytest.raises(Refused):
            press(getattr(people, role), 'agree', id)
    press(people.processor, 'agree', id)
    for role in ['director', 'processor', 'sent']:
        with pytest.raises(Refused):
            press(getattr(people, role), 'decide', id)
    assert state(people.leader, id) == 'agreed'


def test_decision_needs_number_and_date(people, office):
    id, = people.director.create(
        MODEL, values(office, decision_number=None))
    press(people.director, 'request', id)
    press(people.processor, 'agree', id)
    with pytest.raises(Refused, match="quyết định"):
        press(people.leader, 'decide', id)
    people.leader.write(MODEL, [id], {'decision_number': "9/QĐ-UBND"})
    press(people.leader, 'decide', id)
    for changes in [
            {'end_date': TODAY}, {'state': 'ended'}, {'mode': 'on_call'}]:
        with pytest.raises(Refused):
            people.leader.write(MODEL, [id], changes)
    with pytest.raises(Refused):
        people.leader.model(MODEL, 'delete', [id])


def test_who_sees_a_posting(people, office, server):
    id, = people.director.create(MODEL, values(office))

    def sees(client):
        return id in [r['id'] for r in client.search(MODEL, [], ['id'])]
    for role in ['sent', 'processor', 'director', 'leader']:
        assert sees(getattr(people, role)), role
    for role in ['officer', 'health']:
        assert not sees(getattr(people, role)), role
    for role in ['director', 'leader', 'processor']:
        other = server.client(f'lc_{role}', PASSWORD)
        assert not sees(other)
        with pytest.raises(Refused):
            other.read(MODEL, [id], ['employee'])
        with pytest.raises(Refused):
            press(other, 'request', id)


@pytest.mark.parametrize('mode', ['weekdays', 'seasonal'])
def test_mode_without_its_times(people, office, mode):
    with pytest.raises(Refused, match="buổi trực"):
        people.director.create(MODEL, values(office, mode=mode))
