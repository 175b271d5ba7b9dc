# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Supplement, stops, a term that starts again, apology, and the forms."""
import datetime as dt
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.conftest import leave_out
from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
ROLES = ['officer', 'processor', 'leader', 'director']


@pytest.fixture(scope='module')
def offices(database):
    "A district of 2018, a ward of 2025, and a district that looks on"
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        goes_on = create_procedure('1.000002', supplement_clock='continue')
        no_term = create_procedure(
            '1.000003', term_unit='none', term_value=None)
        procedures = [procedure, goes_on, no_term]
        offices = {
            'th_': create_office(
                'th_', "UBND huyện Thiệu Hóa", procedures,
                parent_body="UBND tỉnh Thanh Hóa", phone="02373 000 000"),
            'ht_': create_office(
                'ht_', "UBND phường Hạc Thành", procedures, year=2025,
                level='commune', parent_body="UBND tỉnh Thanh Hóa",
                phone="02373 111 111"),
            'lc_': create_office('lc_', "UBND huyện Lang Chánh", procedures),
            }
        return {
            prefix: SimpleNamespace(
                centre=office.centre.id,
                calendar=office.centre.calendar.id,
                values=[
                    new_dossier(office, p, "Nguyễn Thị Hương Giang")
                    for p in procedures])
            for prefix, office in offices.items()}


class Desk:
    "The people of an office, and what they do to one dossier at a time"

    def __init__(self, server, office, prefix):
        self.office = office
        for role in ROLES:
            setattr(self, role, server.client(prefix + role, PASSWORD))

    def register(self, at=MONDAY, procedure=0, pass_on=True, **values):
        with clock.moved_to(at):
            id, = self.officer.create('tthcc.dossier', {
                    **self.office.values[procedure], **values})
            press(self.officer, 'register', id)
            if pass_on:
                press(self.officer, 'pass_on', id)
        return id

    def read(self, id, *fields):
        dossier, = self.officer.read('tthcc.dossier', [id], list(fields))
        return dossier[fields[0]] if len(fields) == 1 else dossier

    def lines(self, id, model, *fields):
        return self.officer.search(
            f'tthcc.dossier.{model}', [('dossier', '=', id)], list(fields))


@pytest.fixture
def desk(server, offices):
    return Desk(server, offices['th_'], 'th_')


@pytest.fixture(scope='module')
def desks(server, offices):
    return {p: Desk(server, offices[p], p) for p in ['th_', 'ht_']}


def press(client, button, id):
    return client.model('tthcc.dossier', button, [id])


def decide(client, button, id, **values):
    with client.wizard(
            f'tthcc.dossier.{button}', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update({'reason': "Lý do", **values})
        wizard.execute('decide')


def ask(client, id, at, *items, **values):
    "Ask for items, by default for a paper that is in no list"
    with clock.moved_to(at), client.wizard(
            'tthcc.dossier.ask_supplement', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update({
                'items': [{'name': i, 'originals': 1} for i in (
                        items or ["Bản chính sổ hộ khẩu"])],
                'reason': "Chưa chứng minh nơi cư trú",
                **values})
        wizard.execute('ask')
        return wizard.actions


def take_in(client, id, at, items=None):
    with clock.moved_to(at), client.wizard(
            'tthcc.dossier.take_in_papers', 'tthcc.dossier', [id]) as wizard:
        if items is not None:
            wizard.values['items'] = items
        wizard.execute('take_in')


def pause(desk, id, start, end):
    "Wait for a payment"
    with clock.moved_to(start):
        decide(desk.processor, 'ask_payment', id)
    with clock.moved_to(end):
        press(desk.processor, 'resume', id)


def apologise(client, id, at, new_due, model='tthcc.dossier', **values):
    with clock.moved_to(at), client.wizard(
            'tthcc.dossier.extend', model, [id]) as wizard:
        wizard.values.update({
                'reason': "Phải lấy ý kiến cơ quan khác",
                'new_due': new_due,
                **values})
        wizard.execute('extend')
        return wizard.actions


def at(day, hour=17, minute=0):
    "The UTC moment of a local time in November 2026"
    return dt.datetime(2026, 11, day, hour, minute) - 7 * HOUR


# Supplement

def test_term_starts_again_after_a_supplement(desk):
    id = desk.register()
    assert desk.read(id, 'due') == at(16)
    (action, _), = ask(desk.processor, id, MONDAY + DAY)
    assert action['report_name'] == 'tthcc.dossier.supplement.request'
    dossier = desk.read(id, 'state', 'class_', 'portal_code', 'explanation')
    assert (dossier['state'], dossier['class_'], dossier['portal_code']) == (
        'supplement', 'waiting', 5)
    assert "10/11/2026" in dossier['explanation'].splitlines()[-1]
    supplement, = desk.lines(
        id, 'supplement', 'number', 'contact_name', 'contact_phone',
        'answer_by', 'clock')
    assert supplement['contact_name'] == 'th_processor'
    assert supplement['contact_phone']
    assert supplement['clock'] == 'restart'
    # Ten working days after the 10th
    assert supplement['answer_by'] == at(24)

    take_in(desk.officer, id, at(12, 10))
    dossier = desk.read(id, 'state', 'due', 'explanation')
    assert dossier['state'] == 'processing'
    # Five working days after Thursday the 12th
    assert dossier['due'] == at(19)
    _, restart, *_ = dossier['explanation'].splitlines()
    assert "10/11/2026" in restart and "12/11/2026" in restart
    assert "Chưa chứng minh nơi cư trú" in restart
    supplement, = desk.lines(id, 'supplement', 'answered_at', 'taken_in_by')
    assert supplement['answered_at'] == at(12, 10)
    assert supplement['taken_in_by'] == desk.officer.context['employee']


def test_the_procedure_may_say_that_the_term_goes_on(desk):
    id = desk.register(procedure=1)
    ask(desk.processor, id, MONDAY + DAY)
    take_in(desk.officer, id, at(12, 10))
    dossier = desk.read(id, 'due', 'explanation')
    assert dossier['due'] == at(18)
    assert "10/11/2026" in dossier['explanation']


def test_the_regime_of_2025_lets_the_term_go_on(desks):
    desk = desks['ht_']
    id = desk.register()
    ask(desk.processor, id, MONDAY + DAY)
    take_in(desk.officer, id, at(12, 10))
    assert desk.read(id, 'due') == at(18)


def test_the_centre_asks_before_it_passes_on(desk):
    "No appraisal, so the term goes on; the dossier goes back to the centre"
    id = desk.register(pass_on=False)
    with pytest.raises(Refused):
        ask(desk.processor, id, MONDAY + HOUR)
    ask(desk.officer, id, MONDAY + HOUR)
    take_in(desk.officer, id, at(10, 10))
    dossier = desk.read(id, 'state', 'due')
    assert (dossier['state'], dossier['due']) == ('received', at(17))
    press(desk.officer, 'pass_on', id)


def test_a_supplement_is_asked_for_once(desk):
    id = desk.register()
    ask(desk.processor, id, MONDAY + DAY)
    take_in(desk.officer, id, at(12, 10))
    with pytest.raises(Refused) as refused:
        ask(desk.processor, id, at(13, 10))
    assert 'th_processor' in refused.value.message
    assert '10/11/2026' in refused.value.message
    assert '61/2018' in refused.value.message


def test_two_ask_at_once(desk, server):
    id = desk.register()
    clients = [server.client('th_processor', PASSWORD) for _ in range(3)]

    def try_to_ask(client):
        with client.wizard('tthcc.dossier.ask_supplement',
                'tthcc.dossier', [id]) as wizard:
            wizard.values.update(
                reason="Thiếu", items=[{'name': "Sổ hộ khẩu"}])
            try:
                wizard.execute('ask')
            except Refused as refused:
                return refused.message
    with clock.moved_to(MONDAY + DAY), \
            ThreadPoolExecutor(len(clients)) as executor:
        answers = list(executor.map(try_to_ask, clients))
    refusals = [a for a in answers if a]
    assert len(refusals) == len(clients) - 1
    assert all('th_processor' in r for r in refusals)
    assert len(desk.lines(id, 'supplement')) == 1
    assert len(desk.lines(id, 'pause')) == 1


def test_papers_come_one_by_one(desk):
    id = desk.register(papers=[('create', [
                    {**paper, 'received': n == 0}
                    for n, paper in enumerate(
                        desk.office.values[0]['papers'][0][1])])])
    with clock.moved_to(MONDAY + DAY), desk.processor.wizard(
            'tthcc.dossier.ask_supplement', 'tthcc.dossier', [id]) as wizard:
        missing, = wizard.values['items']
        assert missing['name'] == "Giấy chứng sinh"
        wizard.values['items'] = [
            {n: v for n, v in missing.items() if not n.endswith('.')},
            {'name': "Văn bản ủy quyền", 'originals': 1}]
        wizard.values['reason'] = "Thiếu giấy tờ"
        wizard.execute('ask')
    items = desk.officer.search(
        'tthcc.dossier.supplement.item', [('supplement.dossier', '=', id)],
        ['name'], order=[('id', 'ASC')])
    with pytest.raises(Refused):
        take_in(desk.officer, id, at(11, 10), [])
    take_in(desk.officer, id, at(11, 10), [items[0]['id']])
    assert desk.read(id, 'state') == 'supplement'
    paper, = desk.officer.search(
        'tthcc.dossier.paper',
        [('dossier', '=', id), ('name', '=', "Giấy chứng sinh")],
        ['received'])
    assert paper['received']
    # Going on without what is still missing is not a button
    with pytest.raises(Refused):
        press(desk.officer, 'resume', id)
    take_in(desk.officer, id, at(12, 10))
    dossier = desk.read(id, 'state', 'due')
    assert (dossier['state'], dossier['due']) == ('processing', at(19))


def test_items_of_another_dossier_are_not_taken_in(desk):
    id, other = desk.register(), desk.register()
    for dossier in [id, other]:
        ask(desk.processor, dossier, MONDAY + DAY)
    item, = desk.officer.search(
        'tthcc.dossier.supplement.item', [('supplement.dossier', '=', other)])
    with pytest.raises(Refused):
        take_in(desk.officer, id, at(12, 10), [item['id']])
    assert desk.read(other, 'state') == 'supplement'


def test_no_answer_in_time(desk):
    id = desk.register()
    ask(desk.processor, id, MONDAY + DAY)
    queue = [('id', '=', id), ('unanswered', '=', True)]
    with clock.moved_to(at(24, 16)):
        assert not desk.officer.search('tthcc.dossier', queue)
        with pytest.raises(Refused, match="17:00 24/11/2026"):
            decide(desk.officer, 'give_up', id)
    with clock.moved_to(at(25, 8)):
        assert desk.officer.search('tthcc.dossier', queue)
        decide(desk.officer, 'give_up', id)
        assert not desk.officer.search('tthcc.dossier', queue)
    dossier = desk.read(id, 'class_', 'explanation')
    assert dossier['class_'] == 'not_resolved'
    # Nothing was complete, so no term started again
    assert "tính lại từ đầu" not in dossier['explanation']


def test_payment_before_passing_on(desk):
    id = desk.register(pass_on=False)
    with clock.moved_to(MONDAY + HOUR):
        decide(desk.officer, 'ask_payment', id)
    with clock.moved_to(at(11, 8)):
        press(desk.officer, 'resume', id)
    dossier = desk.read(id, 'state', 'due')
    assert (dossier['state'], dossier['due']) == ('received', at(18))


def test_nobody_writes_supplements_by_hand(desk, server):
    id = desk.register()
    ask(desk.processor, id, MONDAY + DAY)
    supplement, = desk.lines(id, 'supplement')
    item, = desk.officer.search(
        'tthcc.dossier.supplement.item', [('supplement.dossier', '=', id)])
    stranger = server.client('lc_officer', PASSWORD)
    for client in [desk.officer, stranger]:
        with pytest.raises(Refused):
            client.write('tthcc.dossier.supplement', [supplement['id']],
                {'answer_by': at(30)})
        with pytest.raises(Refused):
            client.write('tthcc.dossier.supplement.item', [item['id']],
                {'received': True})
    for model, record in [
            ('supplement', supplement), ('supplement.item', item)]:
        assert not stranger.search(
            f'tthcc.dossier.{model}', [('id', '=', record['id'])])
    with pytest.raises(Refused):
        take_in(stranger, id, at(12, 10))
    assert desk.read(id, 'state') == 'supplement'


# Apology

def test_apology_puts_the_due_moment_off(desk):
    id = desk.register()
    (action, _), = apologise(desk.leader, id, at(12, 9), at(20))
    assert action['report_name'] == 'tthcc.dossier.apology'
    dossier = desk.read(id, 'state', 'due', 'explanation')
    assert (dossier['state'], dossier['due']) == ('processing', at(20))
    line, = [
        t for t in dossier['explanation'].splitlines()
        if "Phải lấy ý kiến" in t]
    for date in ["12/11/2026", "16/11/2026", "20/11/2026"]:
        assert date in line
    legs = desk.lines(id, 'step', 'work', 'due')
    assert legs[-1]['due'] == at(20)


@pytest.mark.parametrize('moment, new_due, message', [
        (at(16, 8), at(20), "13/11/2026"),
        (at(18, 8), at(20), "13/11/2026"),
        (at(12, 8), at(13), "16/11/2026"),
        (at(12, 8), at(16), "16/11/2026"),
        (at(12, 8), at(20, 12), "13:30 20/11/2026"),
        (at(12, 8), at(21), "07:00 23/11/2026"),
        ], ids=['on the last day', 'overdue', 'earlier', 'the same',
            'in the break', 'on a Saturday'])
def test_apology_refused(desk, moment, new_due, message):
    id = desk.register()
    with pytest.raises(Refused, match=message):
        apologise(desk.leader, id, moment, new_due, moves_due=True)
    assert desk.read(id, 'due') == at(16)
    assert not desk.lines(id, 'extension')


def test_apology_on_the_last_day_for_it(desk):
    id = desk.register()
    apologise(desk.leader, id, at(13, 16, 59), at(17, 10))
    assert desk.read(id, 'due') == at(17, 10)


def test_a_new_date_is_set_once(desk):
    id = desk.register()
    apologise(desk.leader, id, at(11, 8), at(18))
    with pytest.raises(Refused) as refused:
        apologise(desk.director, id, at(12, 8), at(24))
    assert 'th_leader' in refused.value.message
    assert '08:00 11/11/2026' in refused.value.message
    assert desk.read(id, 'due') == at(18)


def test_two_apologise_at_once(desk, server):
    id = desk.register()
    clients = [
        server.client(f'th_{role}', PASSWORD)
        for role in ['leader', 'director', 'leader']]

    def try_to(client):
        with client.wizard('tthcc.dossier.extend', 'tthcc.dossier',
                [id]) as wizard:
            wizard.values.update(reason="Lý do", new_due=at(20))
            try:
                wizard.execute('extend')
            except Refused as refused:
                return refused.message
    with clock.moved_to(at(12, 8)), \
            ThreadPoolExecutor(len(clients)) as executor:
        answers = list(executor.map(try_to, clients))
    assert len([a for a in answers if a]) == len(clients) - 1
    extension, = desk.lines(id, 'extension', 'new_due')
    assert extension['new_due'] == desk.read(id, 'due') == at(20)


def test_no_apology_without_a_term(desk):
    id = desk.register(procedure=2)
    with pytest.raises(Refused):
        apologise(desk.leader, id, at(12, 8), at(20))


def test_late_apology_does_not_move_the_class(desk):
    id = desk.register()
    apologise(desk.leader, id, at(18, 8), at(20), moves_due=False)
    with clock.moved_to(at(18, 9)):
        dossier = desk.read(id, 'due', 'class_')
    assert (dossier['due'], dossier['class_']) == (at(16), 'overdue')
    extension, = desk.lines(id, 'extension', 'new_due', 'moves_due')
    assert extension['new_due'] == at(20)
    assert not extension['moves_due']


def test_breach_drafts_an_apology(desk, start):
    id, apologised = desk.register(), desk.register()
    apologise(desk.leader, apologised, at(12, 8), at(17))

    def run():
        with start(0):
            Pool().get('tthcc.dossier.extension').draft_overdue()
    queue = [('dossier', '=', id), ('state', '=', 'draft')]
    with clock.moved_to(at(16, 16)):
        run()
        assert not desk.lines(id, 'extension')
    with clock.moved_to(at(18, 8)):
        run()
        run()
        draft, = desk.leader.search('tthcc.dossier.extension', queue)
        extension, = desk.lines(apologised, 'extension', 'state')
        assert extension['state'] == 'issued'
    apologise(desk.leader, draft['id'], at(18, 9), at(20),
        model='tthcc.dossier.extension')
    extension, = desk.lines(id, 'extension', 'state', 'number', 'old_due')
    assert extension['state'] == 'issued'
    assert extension['number']
    assert extension['old_due'] == at(16)


def test_draft_is_dropped_when_it_is_not_needed(desk, start):
    id = desk.register()
    for moment, state in [(at(18, 8), 'draft'), (at(18, 9), None)]:
        with clock.moved_to(moment), start(0):
            Pool().get('tthcc.dossier.extension').draft_overdue()
        assert [e['state'] for e in desk.lines(id, 'extension', 'state')] \
            == ([state] if state else [])
        with clock.moved_to(moment):
            if state:
                decide(desk.processor, 'ask_payment', id)


def test_only_those_who_lead_apologise(desk, server):
    id = desk.register()
    for client in [
            desk.officer, desk.processor,
            server.client('lc_leader', PASSWORD)]:
        with pytest.raises(Refused):
            apologise(client, id, at(12, 8), at(20))
    assert not desk.lines(id, 'extension')
    apologise(desk.leader, id, at(12, 8), at(20))
    extension, = desk.lines(id, 'extension')
    with pytest.raises(Refused):
        desk.leader.write(
            'tthcc.dossier.extension', [extension['id']],
            {'new_due': at(27)})


def test_pause_apology_pause(desk):
    id = desk.register()
    pause(desk, id, at(10, 8), at(11, 8))
    assert desk.read(id, 'due') == at(17)
    apologise(desk.leader, id, at(12, 8), at(20, 10))
    pause(desk, id, at(16, 8), at(18, 8))
    dossier = desk.read(id, 'due', 'explanation')
    # Two working days after Friday the 20th
    assert dossier['due'] == at(24, 10)
    moved = [
        t for t in dossier['explanation'].splitlines() if "Lý do" in t
        or "Phải lấy ý kiến" in t]
    assert len(moved) == 3
    for line, date in zip(moved, ["10/11", "17/11", "16/11"]):
        assert date in line


def test_earlier_pauses_still_count(desk, start):
    "A database of before dossiers knew that they were stopped"
    stopped, other = desk.register(), desk.register()
    pause(desk, stopped, at(10, 8), at(11, 8))
    with start(0):
        Dossier = Pool().get('tthcc.dossier')
        Dossier.__table_handler__('tthcc_dossier').drop_column('was_stopped')
        Dossier.__register__('tthcc_dossier')
        assert [d.was_stopped for d in Dossier.browse([stopped, other])] == [
            True, None]
        deadline = Dossier(stopped).deadline()
        assert Dossier(stopped).utc(deadline.due) == at(17)


def test_apology_lapses_when_the_term_starts_again(desk):
    id = desk.register()
    apologise(desk.leader, id, at(12, 8), at(27))
    ask(desk.processor, id, at(12, 9))
    take_in(desk.officer, id, at(13, 9))
    dossier = desk.read(id, 'due', 'explanation')
    assert dossier['due'] == at(20)
    assert "27/11/2026" in dossier['explanation']


def test_calendar_changed_meanwhile(desk, rpc):
    "A day off moves what is counted, and a new date that falls on it"
    restarted, apologised, on_it = [desk.register() for _ in range(3)]
    ask(desk.processor, restarted, MONDAY + DAY)
    take_in(desk.officer, restarted, at(12, 10))
    apologise(desk.leader, apologised, at(12, 8), at(20))
    apologise(desk.leader, on_it, at(12, 8), at(18))
    admin = rpc()
    day, = admin.create('tthcc.calendar.day', {
            'calendar': desk.office.calendar,
            'date': dt.date(2026, 11, 18), 'name': "Nghỉ bù", 'kind': 'off'})
    try:
        assert desk.read(restarted, 'due') == at(20)
        assert desk.read(apologised, 'due') == at(20)
        dossier = desk.read(on_it, 'due', 'explanation')
        assert dossier['due'] == at(19)
        assert "18/11/2026" in dossier['explanation']
    finally:
        admin.model('tthcc.calendar.day', 'delete', [day])
    assert desk.read(on_it, 'due') == at(18)


# Endings and forms

def test_withdrawal_notes_when_it_was_asked(desk):
    id = desk.register()
    with clock.moved_to(at(11, 9)):
        press(desk.officer, 'ask_withdrawal', id)
    with clock.moved_to(at(12, 9)):
        decide(desk.officer, 'withdraw', id)
    dossier = desk.read(id, 'withdrawal_asked_at', 'end_number', 'state')
    assert dossier['withdrawal_asked_at'] == at(11, 9)
    assert dossier['end_number']
    assert dossier['state'] == 'withdrawn'


def test_numbers_run_by_centre_and_year(desks):
    numbers = []
    for desk, moment in [
            (desks['th_'], at(9, 10)), (desks['th_'], at(9, 11)),
            (desks['th_'], at(9, 10) + dt.timedelta(days=365)),
            (desks['ht_'], at(9, 10))]:
        with clock.moved_to(moment):
            id, = desk.officer.create(
                'tthcc.dossier', desk.office.values[0])
            with desk.officer.wizard(
                    'tthcc.dossier.refuse', 'tthcc.dossier', [id]) as wizard:
                wizard.values['reason'] = "Không thuộc thẩm quyền"
                wizard.execute('decide')
                (action, _), = wizard.actions
        assert action['report_name'] == 'tthcc.dossier.refusal'
        numbers.append(desk.read(id, 'end_number'))
    first, second, next_year, elsewhere = numbers
    assert second == first + 1
    assert next_year == elsewhere == 1


def text_of(desk, client, form, id, pictures, tmp_path, name=None):
    "Print the form, keep its picture, return its text"
    extension, content, _, _ = getattr(desk, client).report(
        f'tthcc.dossier.{form}', [id])
    assert extension == 'pdf'
    path = tmp_path / 'form.pdf'
    path.write_bytes(content)
    if name:
        subprocess.check_call([
                'pdftoppm', '-png', '-r', '100', '-singlefile', path,
                pictures / name])
    pages = subprocess.check_output(['pdfinfo', path], text=True)
    assert '419.528 x 595.276' in pages  # A5
    assert 'Pages:           1\n' in pages
    text = subprocess.check_output(
        ['pdftotext', '-layout', path, '-'], text=True)
    return ' '.join(text.split())


@pytest.mark.parametrize('prefix, form_set', [('th_', 2018), ('ht_', 2025)])
def test_forms(desks, pictures, tmp_path, prefix, form_set):
    if not shutil.which('pdftotext'):
        leave_out("pdftotext of poppler-utils")
    desk = desks[prefix]
    applicant = {
        'name': "Nguyễn Thị Hương Giang",
        'identity_number': '038190000017', 'phone': '0912345678',
        'address': "Thôn 2, xã Thiệu Đô, huyện Thiệu Hóa"}
    values = {'applicants': [('create', [applicant])]}
    id = desk.register(**values)
    code = desk.read(id, 'code')
    ask(desk.processor, id, at(10, 9), "Bản chính sổ hộ khẩu",
        "Văn bản ủy quyền có chứng thực chữ ký")
    text = text_of(desk, 'processor', 'supplement.request', id, pictures,
        tmp_path, f'supplement-{form_set}')
    for part in [code, "PHIẾU YÊU CẦU BỔ SUNG", "Bản chính sổ hộ khẩu",
            "ngày 10 tháng 11 năm 2026", "0912345678", "NGƯỜI HƯỚNG DẪN",
            {2018: "/HDHS", 2025: "/PBS-TTPVHCC"}[form_set]]:
        assert part in text
    take_in(desk.officer, id, at(11, 9))

    apologise(desk.leader, id, at(12, 9), at(27))
    text = text_of(desk, 'leader', 'apology', id, pictures, tmp_path,
        f'apology-{form_set}')
    for part in [code, "Phải lấy ý kiến cơ quan khác",
            "17 giờ 00 phút, ngày 27/11/2026", "/PXL",
            "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ",
            {2018: "HẸN LẠI", 2025: "ĐỀ NGHỊ GIA HẠN"}[form_set]]:
        assert part in text

    with clock.moved_to(at(13, 9)):
        press(desk.officer, 'ask_withdrawal', id)
        decide(desk.officer, 'withdraw', id, reason="Chuẩn bị lại giấy tờ")
    if form_set == 2018:
        with pytest.raises(Refused, match='2018'):
            desk.officer.report('tthcc.dossier.stop_notice', [id])
    else:
        text = text_of(desk, 'officer', 'stop_notice', id, pictures,
            tmp_path, f'stop-notice-{form_set}')
        for part in [code, "DỪNG GIẢI QUYẾT HỒ SƠ", "Ngày 13/11/2026",
                "Thẩm định", "Chuẩn bị lại giấy tờ"]:
            assert part in text

    with clock.moved_to(at(10, 9)):
        id, = desk.officer.create(
            'tthcc.dossier', {**desk.office.values[0], **values})
        decide(desk.officer, 'refuse', id,
            reason="Không thuộc thẩm quyền giải quyết của Trung tâm")
    text = text_of(desk, 'officer', 'refusal', id, pictures, tmp_path,
        f'refusal-{form_set}')
    for part in ["PHIẾU TỪ CHỐI TIẾP NHẬN", "Không thuộc thẩm quyền",
            "038190000017", "/PTC-"]:
        assert part in text


@pytest.mark.parametrize(
    'form', ['supplement.request', 'refusal', 'apology', 'stop_notice'])
def test_nothing_to_print(desk, form, server):
    id = desk.register()
    with pytest.raises(Refused) as refused:
        desk.director.report(f'tthcc.dossier.{form}', [id])
    assert desk.read(id, 'code') in refused.value.message
    with pytest.raises(Refused):
        server.client('lc_director', PASSWORD).report(
            f'tthcc.dossier.{form}', [id])
