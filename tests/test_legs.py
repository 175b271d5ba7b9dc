# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Legs: what they were promised, what they took, and who made it late."""
import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.lateness import attribute
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pyson import PYSONDecoder

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture(scope='module')
def office(database):
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        first = create_office('th_', "UBND huyện Thiệu Hóa", [procedure])
        other = create_office('lc_', "UBND huyện Lang Chánh", [procedure])
        return SimpleNamespace(
            values=new_dossier(first, procedure),
            procedure=procedure.id, company=first.company.id,
            centre=first.centre.id, department=first.department.id,
            elsewhere=other.department.id)


@pytest.fixture
def people(server, office):
    "The sessions of the people of the first office, by role"
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in ['officer', 'processor', 'leader', 'director']})


def press(client, button, id, at=None):
    with clock.moved_to(at or clock.now()):
        return client.model('tthcc.dossier', button, [id])


def read(client, id, *fields):
    return client.read('tthcc.dossier', [id], list(fields))[0]


def legs(client, id, *fields):
    return client.search(
        'tthcc.dossier.step', [('dossier', '=', id)], ['name', *fields])


def register(people, office, at=MONDAY):
    with clock.moved_to(at):
        id, = people.officer.create('tthcc.dossier', office.values)
    press(people.officer, 'register', id, at)
    return id


@given(
    st.integers(0, 10**7),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_parts_make_the_whole(lateness, excesses):
    lateness = dt.timedelta(seconds=lateness)
    excesses = [dt.timedelta(seconds=e) for e in excesses]
    parts = attribute(lateness, excesses)
    if any(excesses):
        assert sum(parts, dt.timedelta()) == lateness
    for part, excess in zip(parts, excesses):
        assert part >= dt.timedelta()
        if not excess:
            assert not part


def test_lateness_belongs_to_who_took_too_long(people, office):
    "40 h from Monday 08:00: the department has 24 h and some, and takes 49"
    id = register(people, office)
    press(people.officer, 'pass_on', id, MONDAY + HOUR)
    # Due on Monday 16 at 17:00; the department ends on Wednesday 18 at 09:00
    press(people.processor, 'complete_step', id, MONDAY + 9 * DAY + HOUR)
    press(people.leader, 'resolve', id, MONDAY + 9 * DAY + 3 * HOUR)

    dossier = read(
        people.leader, id, 'class_', 'lateness', 'lateness_text', 'due')
    assert dossier['class_'] == 'late'
    assert dossier['due'] == MONDAY + 7 * DAY + 9 * HOUR
    # Tuesday, and Wednesday from 07:00 to 11:00
    assert dossier['lateness'] == 12 * HOUR
    assert "12 giờ 00 phút" in dossier['lateness_text']
    assert "Thẩm định" in dossier['lateness_text']
    assert "Ký duyệt" not in dossier['lateness_text']
    reception, appraisal, approval, return_ = legs(
        people.leader, id, 'promised', 'worked', 'overrun', 'lateness',
        'bar')
    assert reception['worked'] == HOUR < reception['promised']
    assert appraisal['overrun'] == (
        appraisal['worked'] - appraisal['promised']) > 12 * HOUR
    assert appraisal['lateness'] == 12 * HOUR
    assert '█' in appraisal['bar']
    for leg in [reception, approval, return_]:
        assert not leg['overrun'] and not leg['lateness']
    # The citizen lets the result lie: nobody's lateness
    press(people.officer, 'return_', id, MONDAY + 60 * DAY)
    *_, return_ = legs(people.officer, id, 'overrun', 'lateness', 'worked')
    assert return_['worked'] > 40 * HOUR
    assert not return_['overrun'] and not return_['lateness']
    assert read(people.officer, id, 'lateness')['lateness'] == 12 * HOUR


def late_by_department(people, office, at=MONDAY):
    id = register(people, office, at)
    press(people.officer, 'pass_on', id, at + HOUR)
    press(people.processor, 'complete_step', id, at + 9 * DAY + HOUR)
    press(people.leader, 'resolve', id, at + 9 * DAY + 3 * HOUR)
    return id


def test_where_time_is_lost(people, office, server):
    id = late_by_department(people, office, MONDAY + 28 * DAY)
    appraisal = legs(people.leader, id, 'overrun')[1]
    period = {
        'start_date': dt.date(2026, 12, 1), 'end_date': dt.date(2026, 12, 31)}
    names = {}
    for by in ['work', 'procedure', 'department', 'centre', 'month']:
        row, = people.leader.search(
            'tthcc.dossier.lost_time', [], [
                'what', 'legs', 'overrun', 'late', 'lateness',
                'lateness_hours'], by=by, **period)
        assert row['legs'] == row['late'] == 1
        assert row['overrun'] == appraisal['overrun']
        assert row['lateness'] == 12 * HOUR
        assert row['lateness_hours'] == 12
        names[by] = row['what']
        with people.leader.wizard(
                'tthcc.dossier.lost_time.open', 'tthcc.dossier.lost_time',
                [row['id']], by=by, **period) as wizard:
            (action, _), = wizard.actions
        assert people.leader.search(
            'tthcc.dossier.step',
            PYSONDecoder().decode(action['pyson_domain'])
            ) == [{'id': appraisal['id']}]
    assert names['work'] == "Thẩm định"
    assert names['month'] == '12/2026'
    assert "Thiệu Hóa" in names['department']

    # Neither another committee nor a processor sees it
    other = server.client('lc_leader', PASSWORD)
    assert not other.search(
        'tthcc.dossier.lost_time', [], by='work', **period)
    with pytest.raises(Refused):
        people.processor.search('tthcc.dossier.lost_time', [])
