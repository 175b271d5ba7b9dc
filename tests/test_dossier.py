# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The life of a dossier through the real server."""
import datetime as dt
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)


@pytest.fixture(scope='module')
def office(database):
    "Two offices, of which the first one offers a procedure"
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        no_term = create_procedure('1.000002', term_unit='none',
            term_value=None)
        offices = [
            create_office('th_', "UBND huyện Thiệu Hóa",
                [procedure, no_term]),
            create_office('lc_', "UBND huyện Lang Chánh", [procedure]),
            ]
        values = [
            [new_dossier(o, procedure) for o in offices],
            [new_dossier(offices[0], no_term)]]
        return SimpleNamespace(
            values=values[0][0], elsewhere=values[0][1],
            no_term=values[1][0], centre=offices[0].centre.id,
            company=offices[0].company.id,
            procedure=procedure.id,
            revision=procedure.revisions[0].id,
            offer=Pool().get('tthcc.centre.procedure').search([
                    ('centre', '=', offices[0].centre.id),
                    ('procedure', '=', procedure.id),
                    ])[0].id)


@pytest.fixture
def people(server, office):
    "The sessions of the people of the first office, by role"
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in ['officer', 'processor', 'leader', 'director']})


def press(client, button, id, **context):
    return client.model('tthcc.dossier', button, [id], **context)


def decide(client, button, id, **values):
    "Press a button that asks for a reason"
    with client.wizard(
            f'tthcc.dossier.{button}', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update({'reason': "Lý do", **values})
        wizard.execute('decide')


def read(client, id, *fields):
    return client.read('tthcc.dossier', [id], list(fields))[0]


def register(people, office, at=MONDAY, **values):
    with clock.moved_to(at):
        id, = people.officer.create(
            'tthcc.dossier', {**office.values, **values})
        press(people.officer, 'register', id)
    return id


def test_from_counter_to_result(people, office):
    id = register(people, office)
    dossier = read(
        people.officer, id, 'code', 'state', 'class_', 'due', 'portal_code',
        'applicant_name', 'explanation', 'employee')
    assert dossier['code'].endswith('.H56-261109-0001')
    assert dossier['state'] == 'received'
    assert dossier['portal_code'] == 2
    assert dossier['applicant_name'] == "Nguyễn Văn Ân"
    # Five working days after Monday, at closing time
    assert dossier['due'] == dt.datetime(2026, 11, 16, 10, 0)
    assert "16/11/2026" in dossier['explanation']
    assert dossier['employee'] == people.officer.context['employee']

    with clock.moved_to(MONDAY + dt.timedelta(hours=2)):
        press(people.officer, 'pass_on', id)
    with clock.moved_to(MONDAY + dt.timedelta(days=2)):
        press(people.processor, 'complete_step', id)
    with clock.moved_to(MONDAY + dt.timedelta(days=3)):
        press(people.leader, 'resolve', id)
    with clock.moved_to(MONDAY + dt.timedelta(days=4)):
        press(people.officer, 'return_', id)

    dossier = read(people.officer, id, 'state', 'class_', 'portal_code',
        'steps', 'returned_at')
    assert dossier['state'] == 'returned'
    assert dossier['class_'] == 'early'
    assert dossier['portal_code'] == 10
    assert dossier['returned_at'] == MONDAY + dt.timedelta(days=4)
    steps = people.officer.read('tthcc.dossier.step', dossier['steps'], [
            'work', 'started_at', 'ended_at', 'worked', 'due', 'ended_by'])
    assert [s['work'] for s in steps] == [
        'reception', 'appraisal', 'approval', 'return']
    assert steps[0]['worked'] == dt.timedelta(hours=2)
    # From Monday 10:00 to Wednesday 08:00: 1.5 + 3.5 h, 8 h, 1 h
    assert steps[1]['worked'] == dt.timedelta(hours=14)
    for before, after in zip(steps, steps[1:]):
        assert before['ended_at'] == after['started_at']
        assert before['due'] < after['due']
    assert steps[-1]['due'] == dt.datetime(2026, 11, 16, 10, 0)
