# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What happens to the forty dossiers of one day at a centre."""
import datetime as dt
from collections import Counter

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.transaction import Transaction


@pytest.fixture(scope='module')
def values(database):
    "A dossier of 5 working days at a centre of 2018, as a draft"
    with Transaction().start(database, 0):
        procedure = create_procedure()
        office = create_office(
            'th_', "UBND huyện Thiệu Hóa", [procedure])
        return new_dossier(office, procedure) | {
            'department': office.department.id}


def at(day, hour, minute=0):
    "The moment of a local time in November 2026; the 9th is a Monday"
    return clock.moved_to(
        dt.datetime(2026, 11, day, hour, minute) - dt.timedelta(hours=7))


def test_a_day_at_the_centre(values, rpc, smtp, send_notices):
    officer, processor, leader = (
        rpc(f'th_{role}', PASSWORD)
        for role in ['officer', 'processor', 'leader'])
    department = values.pop('department')

    def receive(names):
        ids = officer.create('tthcc.dossier', *[{
                    **values,
                    'applicants': [('create', [{
                                    'name': name,
                                    'email': f'{i}@example.vn',
                                    'notify_by': 'email'}])],
                    } for i, name in enumerate(names)])
        for id in ids:
            officer.model('tthcc.dossier', 'register', [id])
        return ids

    def states(ids):
        return Counter(
            d['state'] for d in officer.read('tthcc.dossier', ids, ['state']))

    def give(giver, direction):
        round_, = giver.create('tthcc.handover', {
                'centre': values['centre'], 'department': department,
                'direction': direction})
        for button in ['fill', 'tick_all', 'give']:
            giver.model('tthcc.handover', button, [round_])
        return round_

    def lines(client, round_):
        return client.search(
            'tthcc.handover.line', [('handover', '=', round_)], ['dossier'])

    def sign(taker, round_, missing=()):
        for line in lines(taker, round_):
            taker.write('tthcc.handover.line', [line['id']], (
                    {'discrepancy': 'missing'} if line['dossier'] in missing
                    else {'ticked': True}))
        taker.model('tthcc.handover', 'receive', [round_])

    def finish(ids):
        processor.model('tthcc.dossier', 'complete_step', ids)
        leader.model('tthcc.dossier', 'resolve', ids)

    # The morning: 25 dossiers, of which the round misses one
    with at(9, 8):
        morning = receive([f"Người nộp buổi sáng {i}" for i in range(25)])
    lost = morning[7]
    with at(9, 10, 30):
        round_ = give(officer, 'to_department')
        assert len(lines(officer, round_)) == 25
        sign(processor, round_, missing=[lost])
    assert states(morning) == {'processing': 24, 'received': 1}

    # The afternoon: 15 more go with the one that was found again
    with at(9, 14):
        afternoon = receive([f"Người nộp buổi chiều {i}" for i in range(15)])
    everything = morning + afternoon
    with at(9, 15, 30):
        round_ = give(officer, 'to_department')
        assert {line['dossier'] for line in lines(officer, round_)} == {
            lost, *afternoon}
        sign(processor, round_)
    assert states(everything) == {'processing': 40}
    numbers = officer.search(
        'tthcc.handover', [('direction', '=', 'to_department')], ['number'])
    assert sorted(n['number'] for n in numbers) == [1, 2]

    # One lacks a paper, one takes long, the others are done in time
    lacking, slow = morning[0], afternoon[0]
    with at(10, 9), processor.wizard(
            'tthcc.dossier.ask_supplement', 'tthcc.dossier',
            [lacking]) as wizard:
        wizard.values.update(
            items=[{'name': "Giấy chứng sinh", 'originals': 1}],
            reason="Thiếu giấy chứng sinh")
        wizard.execute('ask')
    quick = [id for id in everything if id not in {lacking, slow}]
    with at(11, 9):
        finish(quick)
    with at(12, 8):
        round_ = give(processor, 'to_centre')
        assert {
            line['dossier'] for line in lines(officer, round_)} == set(quick)
        sign(officer, round_)
        officer.model('tthcc.dossier', 'return_', quick)
    with at(12, 10), officer.wizard(
            'tthcc.dossier.take_in_papers', 'tthcc.dossier',
            [lacking]) as wizard:
        wizard.execute('take_in')

    # On the last day it is too late to put the slow one off
    with at(16, 9), leader.wizard(
            'tthcc.dossier.extend', 'tthcc.dossier', [slow]) as wizard:
        wizard.values.update(
            new_due=dt.datetime(2026, 11, 18, 10), moves_due=True,
            reason="Hồ sơ nhiều")
        with pytest.raises(Refused, match="01 ngày|1 ngày|một ngày"):
            wizard.execute('extend')
    with at(17, 9):
        assert officer.read(
            'tthcc.dossier', [slow], ['class_'])[0]['class_'] == 'overdue'
        finish([slow])

    with at(17, 10):
        classes = Counter(d['class_'] for d in officer.read(
                'tthcc.dossier', everything, ['class_']))
        due, = officer.read('tthcc.dossier', [lacking], ['due'])
    assert classes == {'early': 38, 'late': 1, 'not_due': 1}
    # Its term began again when it was complete
    assert due['due'] == dt.datetime(2026, 11, 19, 10)
    late = officer.search(
        'tthcc.dossier.step',
        [('dossier', '=', slow), ('lateness', '>', dt.timedelta())],
        ['work'])
    assert {s['work'] for s in late} <= {'appraisal', 'approval'}
    assert late

    # Everybody was told by mail, once
    for day in [9, 10, 11, 12, 17]:
        send_notices(dt.datetime(2026, 11, day, 12))
    told = Counter(
        n['event'] for n in officer.search(
            'tthcc.dossier.notice',
            [('dossier', 'in', everything), ('state', '=', 'sent')],
            ['event']))
    assert told == {'received': 40, 'supplement': 1, 'resolved': 39}
    assert len(smtp.messages) == 80
