# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The life of a dossier through the real server."""
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.error import HTTPError

import pytest
from sql import Null
from sql.functions import Lower
from sql.operators import Concat

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier import applicant_name
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
            term_value=None, with_steps=False)
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
            calendar=offices[0].centre.calendar.id,
            department=offices[0].department.id,
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
        'returned_at')
    assert dossier['state'] == 'returned'
    assert dossier['class_'] == 'early'
    assert dossier['portal_code'] == 10
    assert dossier['returned_at'] == MONDAY + dt.timedelta(days=4)
    steps = people.officer.search(
        'tthcc.dossier.step', [('dossier', '=', id)],
        ['work', 'started_at', 'ended_at', 'worked', 'due', 'ended_by'])
    assert [s['work'] for s in steps] == [
        'reception', 'appraisal', 'approval', 'return']
    assert steps[0]['worked'] == dt.timedelta(hours=2)
    # Before 15:00, so passed on the same day at the latest
    assert steps[0]['due'] <= dt.datetime(2026, 11, 9, 10, 0)
    # From Monday 10:00 to Wednesday 08:00: 1.5 + 3.5 h, 8 h, 1 h
    assert steps[1]['worked'] == dt.timedelta(hours=14)
    for before, after in zip(steps, steps[1:]):
        assert before['ended_at'] == after['started_at']
        assert before['due'] < after['due']
    assert steps[-1]['due'] == dt.datetime(2026, 11, 16, 10, 0)


def test_wrong_order_of_buttons(people, office):
    id = register(people, office)
    with pytest.raises(Refused):
        press(people.processor, 'resolve', id)
    press(people.officer, 'pass_on', id)
    # The approval is still to come
    with pytest.raises(Refused, match="Ký duyệt"):
        press(people.processor, 'resolve', id)
    press(people.processor, 'complete_step', id)
    with pytest.raises(Refused, match="Ký duyệt"):
        press(people.processor, 'resolve', id)
    with pytest.raises(Refused):
        press(people.leader, 'complete_step', id)
    with pytest.raises(Refused):
        press(people.officer, 'return_', id)
    assert read(people.officer, id, 'state')['state'] == 'processing'


def test_only_whose_leg_it_is(people, office, server):
    id = register(people, office)
    with pytest.raises(Refused):
        press(people.processor, 'pass_on', id)
    press(people.officer, 'pass_on', id)
    with pytest.raises(Refused):
        press(people.officer, 'complete_step', id)
    assert read(people.leader, id, 'state')['state'] == 'processing'


def test_second_to_press_is_told_who_was_first(people, office):
    id = register(people, office)
    with clock.moved_to(MONDAY + dt.timedelta(minutes=50)):
        press(people.officer, 'pass_on', id)
    with pytest.raises(Refused) as refused:
        press(people.officer, 'pass_on', id)
    message = refused.value.message
    assert 'th_officer' in message
    assert '08:50 09/11/2026' in message


def test_two_press_resolve_at_once(people, office, server):
    id = register(people, office)
    press(people.officer, 'pass_on', id)
    press(people.processor, 'complete_step', id)
    leaders = [server.client('th_leader', PASSWORD) for _ in range(4)]

    def resolve(leader):
        try:
            return press(leader, 'resolve', id)
        except Refused as refused:
            return refused.message
    with ThreadPoolExecutor(len(leaders)) as executor:
        answers = list(executor.map(resolve, leaders))
    refusals = [a for a in answers if a]
    assert len(refusals) == len(leaders) - 1
    assert all('th_leader' in refusal for refusal in refusals)
    assert read(people.leader, id, 'state')['state'] == 'resolved'
    steps = people.officer.search(
        'tthcc.dossier.step', [('dossier', '=', id)],
        ['started_at', 'ended_at'])
    # The return was started once and is under way
    assert [bool(s['ended_at']) for s in steps] == [True, True, True, False]


def test_codes_of_officers_registering_at_once(people, office, server):
    day = MONDAY + dt.timedelta(days=9)
    officers = [server.client('th_officer', PASSWORD) for _ in range(4)]

    def receive(officer):
        ids = []
        for _ in range(5):
            id, = officer.create('tthcc.dossier', office.values)
            press(officer, 'register', id)
            ids.append(id)
        return ids
    with clock.moved_to(day), ThreadPoolExecutor(len(officers)) as executor:
        ids = sum(executor.map(receive, officers), [])
    codes = sorted(d['code'] for d in people.officer.read(
            'tthcc.dossier', ids, ['code']))
    prefix = codes[0][:-4]
    assert prefix.endswith('-261118-')
    assert codes == [f'{prefix}{n:04}' for n in range(1, 21)]
    numbers = {d['register_number'] for d in people.officer.read(
            'tthcc.dossier', ids, ['register_number'])}
    assert len(numbers) == 20


def test_code_is_given_back_when_registering_fails(people, office):
    "A registration that fails leaves no gap"
    day = MONDAY + dt.timedelta(days=10)
    first = register(people, office, day)
    papers = [('create', [{'name': "Tờ khai", 'mandatory': True}])]
    with pytest.raises(Refused, match="Tờ khai"):
        register(people, office, day, papers=papers)
    second = register(people, office, day)
    codes = {d['id']: d['code'][-4:] for d in people.officer.read(
            'tthcc.dossier', [first, second], ['code'])}
    assert codes == {first: '0001', second: '0002'}


@pytest.mark.parametrize('values', [
        {'applicants': []},
        {'case': None},
        {'papers': [('create', [{'name': "Tờ khai", 'mandatory': True}])]},
        {'applicants': [('create', [
                        {'name': "An", 'identity_number': '12345'}])]},
        ], ids=['no applicant', 'no case', 'paper missing', 'identity'])
def test_registering_refused(people, office, values):
    with pytest.raises(Refused):
        register(people, office, **values)


def test_procedure_not_offered(people, office, start):
    with start(0):
        offer = Pool().get('tthcc.centre.procedure')(office.offer)
        offer.end_date = dt.date(2026, 10, 31)
        offer.save()
    try:
        with pytest.raises(Refused):
            register(people, office)
    finally:
        with start(0):
            offer = Pool().get('tthcc.centre.procedure')(office.offer)
            offer.end_date = None
            offer.save()


def test_another_district_sees_nothing(people, office, server):
    id = register(people, office)
    stranger = server.client('lc_director', PASSWORD)
    assert stranger.search('tthcc.dossier', [('id', '=', id)]) == []
    for act in [
            lambda: read(stranger, id, 'code'),
            lambda: press(stranger, 'void', id),
            lambda: stranger.write('tthcc.dossier', [id], {'note': "?"}),
            lambda: stranger.report('tthcc.dossier.receipt', [id]),
            ]:
        with pytest.raises(Refused):
            act()
    for model in ['applicant', 'paper', 'step', 'change']:
        assert not stranger.search(
            f'tthcc.dossier.{model}', [('dossier', '=', id)])


def test_contact_data_only_for_receiver_and_leg_under_way(people, office):
    id = register(people, office)
    domain = [('dossier', '=', id)]
    name = 'tthcc.dossier.applicant'
    assert people.officer.search(name, domain)
    assert not people.processor.search(name, domain)
    press(people.officer, 'pass_on', id)
    assert people.processor.search(name, domain)
    press(people.processor, 'complete_step', id)
    assert not people.processor.search(name, domain)
    assert read(people.processor, id, 'applicant_name')


def test_nothing_but_buttons_changes_a_registered_dossier(people, office):
    id = register(people, office)
    paper, = people.officer.search(
        'tthcc.dossier.paper', [('dossier', '=', id)])[:1]
    applicant, = people.officer.search(
        'tthcc.dossier.applicant', [('dossier', '=', id)])
    for model, record, values in [
            ('tthcc.dossier', id, {'state': 'returned'}),
            ('tthcc.dossier', id, {'due': None}),
            ('tthcc.dossier', id, {'code': "X"}),
            ('tthcc.dossier.paper', paper['id'], {'received': False}),
            ('tthcc.dossier.applicant', applicant['id'], {'name': "X"}),
            ]:
        with pytest.raises(Refused):
            people.officer.write(model, [record], values)
    with pytest.raises(Refused):
        people.officer.create(
            'tthcc.dossier', {**office.values, 'state': 'received'})
    with pytest.raises(Refused):
        people.officer.model('tthcc.dossier', 'delete', [id])
    with pytest.raises(Refused):
        people.officer.create('tthcc.dossier.step', {
                'dossier': id, 'name': "X", 'work': 'return',
                'role': 'officer'})


def test_clock_stops_and_goes_on(people, office):
    id = register(people, office)
    with clock.moved_to(MONDAY):
        press(people.officer, 'pass_on', id)
    with clock.moved_to(MONDAY + dt.timedelta(days=1)):
        decide(people.processor, 'ask_payment', id)
        dossier = read(
            people.officer, id, 'class_', 'portal_code', 'explanation')
        assert dossier['class_'] == 'waiting'
        assert dossier['portal_code'] == 6
        assert "10/11/2026" in dossier['explanation']
    with clock.moved_to(MONDAY + dt.timedelta(days=3)):
        press(people.officer, 'resume', id)
    dossier = read(people.officer, id, 'state', 'due', 'explanation')
    assert dossier['state'] == 'processing'
    # Two working days later than Monday the 16th
    assert dossier['due'] == dt.datetime(2026, 11, 18, 10, 0)


@pytest.mark.parametrize('button, who, class_, portal_code', [
        ('reject', 'processor', 'not_resolved', 8),
        ('give_up', 'officer', 'not_resolved', 8),
        ('withdraw', 'officer', 'withdrawn', 8),
        ('void', 'director', None, None),
        ])
def test_ends_without_result(
        people, office, button, who, class_, portal_code):
    id = register(people, office)
    press(people.officer, 'pass_on', id)
    if button == 'give_up':
        decide(people.processor, 'ask_payment', id)
    if button == 'withdraw':
        press(people.officer, 'ask_withdrawal', id)
        assert read(people.officer, id, 'portal_code')['portal_code'] == 7
    decide(getattr(people, who), button, id)
    dossier = read(
        people.officer, id, 'class_', 'portal_code', 'end_reason', 'code')
    assert dossier['class_'] == class_
    assert dossier['portal_code'] == portal_code
    assert dossier['end_reason'] == "Lý do"
    assert dossier['code']


def test_refused_at_reception(people, office):
    id, = people.officer.create('tthcc.dossier', office.values)
    decide(people.officer, 'refuse', id)
    dossier = read(people.officer, id, 'state', 'class_', 'code')
    assert dossier == {
        'id': id, 'state': 'refused', 'class_': 'not_eligible', 'code': None}


def test_officer_cannot_void(people, office):
    id = register(people, office)
    with pytest.raises(Refused):
        decide(people.officer, 'void', id)


def test_correcting_keeps_what_was(people, office):
    id = register(people, office)
    with people.officer.wizard(
            'tthcc.dossier.correct', 'tthcc.dossier', [id]) as wizard:
        assert wizard.values['name'] == "Nguyễn Văn Ân"
        wizard.values.update(name="Nguyễn Văn Ấn", reason="Viết nhầm tên")
        wizard.execute('correct')
    assert read(people.officer, id, 'applicant_name')['applicant_name'] \
        == "Nguyễn Văn Ấn"
    change, = people.officer.search(
        'tthcc.dossier.change', [('dossier', '=', id)],
        ['field', 'old', 'new', 'reason'])
    del change['id']
    assert change == {
        'field': 'name', 'old': "Nguyễn Văn Ân", 'new': "Nguyễn Văn Ấn",
        'reason': "Viết nhầm tên"}


@pytest.mark.parametrize('text', [
        'nguyen thi huong', "HƯƠNG", '038190000017', '0912 345 678',
        '{code}', 'https://motcua.example.vn/{code}', '{end}'])
def test_search(people, office, text):
    register(people, office)
    id = register(people, office, applicants=[('create', [{
                        'name': "Nguyễn Thị Hương",
                        'identity_number': '038190000017',
                        'phone': '0912.345.678',
                        }])])
    code = read(people.officer, id, 'code')['code']
    found = found_by(
        people.officer, text.format(code=code, end=code[code.index('-'):]))
    assert id in found
    assert len(found) < people.officer.model(
        'tthcc.dossier', 'search_count', [])


def found_by(client, text):
    return [d['id'] for d in client.search(
            'tthcc.dossier', [('rec_name', 'ilike', f'%{text}%')])]


def test_search_for_part_of_many_names(people, office, start, monkeypatch):
    "Beyond so many names the dossiers are gone through"
    ids = [register(people, office, applicants=[('create', [{'name': name}])])
        for name in ["Lò Thị Khăm", "Lò Thị Khăm Xi"]]
    monkeypatch.setattr(applicant_name, '_MANY', 1)
    with start(0):
        Dossier = Pool().get('tthcc.dossier')
        assert Pool().get('tthcc.dossier.applicant_name').like(('%kham%',)) \
            is None
        assert [d.id for d in Dossier.search(
                [('rec_name', 'ilike', '%lo thi khăm%')],
                order=[('id', 'ASC')])] == ids
        # One that has no name, too
        assert Dossier.search([('rec_name', 'ilike', '%%')], count=True) \
            == Dossier.search([], count=True)


def test_words_by_themselves(people, office, monkeypatch):
    "As the clients ask for words that are not in quotation marks"
    def found(*domain):
        domain = [
            ('rec_name', 'ilike', f'%{c}%') if isinstance(c, str) else c
            for c in domain]
        return [d['id'] for d in people.officer.search(
                'tthcc.dossier', domain, order=[('id', 'ASC')])]
    one, other, third = ids = [
        register(people, office, applicants=[('create', [{'name': name}])])
        for name in [
            "Vừ Thị Mỷ Xía", "Xía Thị Dợ Mỷ", "Giàng Xía 1972"]]
    code = read(people.officer, one, 'code')['code']
    for many in [applicant_name._MANY, 1, 0]:
        monkeypatch.setattr(applicant_name, '_MANY', many)
        assert found('xia', 'my') == found('My', 'XÍA', 'thi') == [one, other]
        assert found('xia', '72') == found('xia', '1972') == [third]
        assert found('xia', [
                'AND', ('rec_name', 'ilike', '%my%'),
                [('rec_name', 'ilike', '%vu%')]]) == [one]
        assert found('xia', [
                'OR', ('rec_name', 'ilike', '%do%'),
                ('rec_name', 'ilike', '%1972%')]) == [other, third]
        assert found('xia', code) == [one]
        assert found('xia', 'my', ('id', '>', one)) == [other]
        assert not found('xia', 'nobody')
        assert found('xia') == ids


def test_names_of_what_belongs_to_dossiers(people, office, options):
    "Where there are many, and the dossiers are joined"
    id = register(people, office, applicants=[('create', [
                    {'name': "Sùng Seo Chẩn"}])])
    for threshold in ['1000', '0']:
        options('database', subquery_threshold=threshold)
        for name in ['sung chan', 'chan SÙNG']:
            one, other = name.split()
            assert {s['dossier'] for s in people.officer.search(
                    'tthcc.dossier.step', [
                        ('dossier.rec_name', 'ilike', f'%{one}%'),
                        ('dossier.rec_name', 'ilike', f'%{other}%')],
                    ['dossier'])} == {id}


def test_who_has_no_name_is_found_by_what_it_is_not(people, office):
    draft, = people.officer.create('tthcc.dossier', office.values)
    for domain in [
            ('search_text', '=', None),
            ('search_text', 'in', [None, 'a']),
            ('search_text', '!=', 'a'),
            ('search_text', 'not in', ['a']),
            ('search_text', 'not like', '%a%'),
            ('search_text', 'not ilike', '%a%')]:
        assert people.officer.search(
            'tthcc.dossier', [domain, ('id', '=', draft)]), domain
    for domain in [
            ('search_text', '!=', None),
            ('search_text', 'not in', [None, 'a']),
            ('search_text', 'like', '%a%')]:
        assert not people.officer.search(
            'tthcc.dossier', [domain, ('id', '=', draft)]), domain


def test_any_way_to_a_name_makes_it_known(people, office, start):
    id, = people.officer.create(
        'tthcc.dossier', {**office.values, 'applicant_name': "Lương Thị Ún"})
    assert found_by(people.officer, 'thi un') == [id]
    with start(0):
        Dossier = Pool().get('tthcc.dossier')
        Dossier.write([Dossier(id)], {'applicant_name': "Lương Thị Êm"})
    assert found_by(people.officer, 'thi em') == [id]
    assert found_by(people.officer, 'thi un') == []


def test_names_of_a_database_of_before(people, office, start):
    "There they followed the code, and had no table of their own"
    id = register(people, office, applicants=[('create', [
                    {'name': "Hà Thị Pọm"}])])
    # Its code was folded to something longer
    other = register(people, office, applicants=[('create', [
                    {'name': "Hà Thị Phíu"}])])
    draft, = people.officer.create('tthcc.dossier', office.values)
    with start(0) as transaction:
        pool = Pool()
        Name = pool.get('tthcc.dossier.applicant_name')
        Dossier = pool.get('tthcc.dossier')
        t = Dossier.__table__()
        cursor = transaction.connection.cursor()
        cursor.execute(*t.update(
                [t.search_text],
                [Concat(Concat(Lower(t.code), ' '), t.search_text)],
                where=t.code != Null))
        cursor.execute(*t.update(
                [t.search_text], ['no-0001 ha thi phiu'],
                where=t.id == other))
        cursor.execute(f'DROP TABLE {Name._table}')
        Name.__register__('tthcc_dossier')
        assert Dossier(id).search_text == 'ha thi pom'
        assert Dossier(other).search_text == 'ha thi phiu'
        assert Dossier(draft).search_text is None
    assert found_by(people.officer, 'thi pom') == [id]
    press(people.officer, 'register', draft)
    assert found_by(people.officer, 'ha thi pom') == [id]


def test_nobody_reads_the_names(people):
    name = 'tthcc.dossier.applicant_name'
    for client in vars(people).values():
        for method, args in [
                ('search', [[]]),
                ('search_read', [[], 0, None, None, ['name']]),
                ('read', [[1], ['name']]),
                ('create', [[{'name': 'ha thi pom'}]]),
                ('delete', [[1]])]:
            with pytest.raises((Refused, HTTPError), match='403|AccessError'):
                client.model(name, method, *args)


def test_search_by_procedure(people, office):
    register(people, office)
    found = people.officer.search(
        'tthcc.dossier',
        [('procedure.rec_name', 'ilike', '%dang ky khai sinh 1.000001%')],
        ['procedure'])
    assert {d['procedure'] for d in found} == {office.procedure}


def test_a_change_of_days_off_moves_open_dossiers(people, office, rpc):
    id = register(people, office)
    admin = rpc()
    day, = admin.create('tthcc.calendar.day', {
            'calendar': office.calendar,
            'date': dt.date(2026, 11, 12),
            'name': "Nghỉ bù",
            'kind': 'off',
            })
    try:
        assert read(people.officer, id, 'due')['due'] \
            == dt.datetime(2026, 11, 17, 10, 0)
        change, = people.officer.search(
            'tthcc.dossier.change', [('dossier', '=', id)],
            ['field', 'old', 'new', 'reason'])
        assert "Nghỉ bù" in change['reason']
        assert (change['old'], change['new']) == (
            '17:00 16/11/2026', '17:00 17/11/2026')
    finally:
        admin.model('tthcc.calendar.day', 'delete', [day])
    assert read(people.officer, id, 'due')['due'] \
        == dt.datetime(2026, 11, 16, 10, 0)


def fill_in_reception(client, office, wizard, **values):
    "Fill in the window as a client does, with what the fields bring along"
    form = wizard.values
    for name, value in {'procedure': office.offer, **values}.items():
        form[name] = value
        changes = client.model(
            'tthcc.dossier.receive.start', 'on_change', form, [name])
        for change in changes if isinstance(changes, list) else [changes]:
            for field, new in change.items():
                if isinstance(new, dict) and 'add' in new:
                    new = [
                        line.get('id') or {
                            n: v for n, v in line.items()
                            if n != 'id' and not n.endswith('.')}
                        for _, line in new['add']]
                if not field.endswith('.'):
                    form[field] = new


@pytest.fixture
def reception(people, office):
    with clock.moved_to(MONDAY), \
            people.officer.wizard('tthcc.dossier.receive') as wizard:
        yield wizard


def test_reception_window(people, office, reception):
    fill_in_reception(
        people.officer, office, reception,
        identity_number='038 190 000 025', name="Lê Văn Bình",
        phone='0987 654 321', address="Xã Thiệu Đô")
    form = reception.values
    assert form['due'] == '17:00 16/11/2026'
    assert form['fee'] == '8.000 đ'
    assert '16/11/2026' in form['explanation']
    tick_papers(form)
    registered_at = MONDAY + dt.timedelta(minutes=12)
    with clock.moved_to(registered_at):
        reception.execute('register')
    (action, data), = reception.actions
    assert action['report_name'] == 'tthcc.dossier.receipt'
    dossier = read(
        people.officer, data['id'],
        'state', 'applicants', 'opened_at', 'received_at')
    assert dossier['state'] == 'received'
    assert dossier['opened_at'] == MONDAY
    assert dossier['received_at'] == registered_at
    with pytest.raises(Refused):
        people.officer.write(
            'tthcc.dossier', [data['id']], {'opened_at': registered_at})
    applicant, = people.officer.read(
        'tthcc.dossier.applicant', dossier['applicants'],
        ['party', 'identity_number', 'phone'])
    assert applicant['identity_number'] == '038190000025'
    party, = people.officer.read(
        'party.party', [applicant['party']], ['company', 'phone'])
    assert party['company'] == office.company

    # The next time the person is known
    with people.officer.wizard('tthcc.dossier.receive') as again:
        fill_in_reception(
            people.officer, office, again, identity_number='038190000025')
        assert again.values['applicant'] == party['id']
        assert again.values['name'] == "Lê Văn Bình"
        assert again.values['address'] == "Xã Thiệu Đô"
    # and offered, not merged, when only the name is given
    with people.officer.wizard('tthcc.dossier.receive') as again:
        fill_in_reception(
            people.officer, office, again, name="le van binh")
        assert party['id'] in again.values['candidates']
        assert not again.values.get('applicant')


def test_proxy(people, office, reception):
    fill_in_reception(
        people.officer, office, reception, name="Lê Văn Bình",
        by_proxy=True, proxy_name="Lê Thị Cúc",
        proxy_identity='038190000041', proxy_paper="Giấy ủy quyền")
    tick_papers(reception.values)
    reception.execute('register')
    (_, data), = reception.actions
    applicants = people.officer.search(
        'tthcc.dossier.applicant', [('dossier', '=', data['id'])],
        ['name', 'proxy_paper'])
    assert {(a['name'], a['proxy_paper']) for a in applicants} == {
        ("Lê Văn Bình", None), ("Lê Thị Cúc", "Giấy ủy quyền")}
    assert read(people.officer, data['id'], 'applicant_name')[
        'applicant_name'] == "Lê Văn Bình"


def tick_papers(form):
    for paper in form['papers']:
        paper['received'] = True


def test_reception_refuses_a_wrong_identity_number(
        people, office, reception):
    fill_in_reception(
        people.officer, office, reception,
        identity_number='999999999999', name="Lê Văn Bình")
    tick_papers(reception.values)
    with pytest.raises(Refused, match='999999999999'):
        reception.execute('register')
    assert not people.officer.search(
        'tthcc.dossier', [('state', '=', 'draft'),
            ('applicants.name', '=', "Lê Văn Bình")])


def test_people_of_other_districts_only_by_full_number(
        people, office, server, rpc):
    elsewhere = server.client('lc_officer', PASSWORD)
    party, = elsewhere.create('party.party', {
            'name': "Hà Thị Sen",
            'company': elsewhere.context['company'],
            'identifiers': [('create', [{
                            'type': 'vn_citizen', 'code': '038190000033'}])],
            'addresses': [('create', [{'street': "Xã Yên Thắng"}])],
            })
    assert not people.officer.search(
        'party.party', [('identifiers.code', '=', '038190000033')])
    with people.officer.wizard('tthcc.dossier.receive') as wizard:
        wizard.values['identity_number'] = '038190000034'
        with pytest.raises(Refused, match='038190000034'):
            wizard.execute('look_up')
        wizard.values['identity_number'] = '038190000033'
        wizard.execute('look_up')
        assert wizard.values['name'] == "Hà Thị Sen"
        assert "Yên Thắng" in wizard.values['address']
        assert not wizard.values.get('applicant')
    lookup, = rpc().search(
        'tthcc.party.lookup', [('party', '=', party)], ['user'])
    assert lookup['user'] == people.officer.user


@pytest.mark.parametrize('lang', ['vi', 'en'])
def test_receipt(people, office, lang):
    id = register(people, office)
    extension, content, _, name = people.officer.report(
        'tthcc.dossier.receipt', [id], language=lang)
    assert extension == 'pdf'
    assert content.startswith(b'%PDF')
    assert read(people.officer, id, 'code')['code'] in name


def test_received_after_the_cut_off_is_passed_on_the_next_day(
        people, office):
    id = register(people, office, MONDAY + dt.timedelta(hours=7, minutes=1),
        **office.no_term)
    step, *_ = people.officer.search(
        'tthcc.dossier.step', [('dossier', '=', id)], ['due'])
    assert step['due'] == dt.datetime(2026, 11, 10, 0, 0)


def test_no_term(people, office):
    id = register(people, office, **office.no_term)
    dossier = read(people.officer, id, 'due', 'class_', 'explanation')
    assert dossier['due'] is None
    assert dossier['class_'] == 'no_term'
    assert dossier['explanation']


def test_procedure_without_steps(people, office):
    "The department of the field does what no step says"
    id = register(people, office, **office.no_term)
    press(people.officer, 'pass_on', id)
    dossier = read(people.processor, id, 'department', 'mine')
    assert dossier['department'] == office.department
    assert dossier['mine']
    press(people.processor, 'resolve', id)
    press(people.officer, 'return_', id)
    assert read(people.officer, id, 'state')['state'] == 'returned'


def test_whose_turn_it_is(people, office):
    id = register(people, office)

    def turn():
        return {
            role for role in ['officer', 'processor', 'leader']
            if getattr(people, role).search(
                'tthcc.dossier', [('id', '=', id), ('mine', '=', True)])}
    assert turn() == {'officer'}
    press(people.officer, 'pass_on', id)
    assert turn() == {'processor'}
    press(people.processor, 'complete_step', id)
    assert turn() == {'leader'}
    press(people.leader, 'resolve', id)
    assert turn() == {'officer'}
    press(people.officer, 'return_', id)
    assert turn() == set()


def test_draft_without_its_papers_is_refused(people, office):
    with pytest.raises(Refused, match="Tờ khai"):
        register(people, office, papers=[])


def test_only_open_dossiers_are_corrected(people, office):
    id = register(people, office)
    with people.officer.wizard(
            'tthcc.dossier.correct', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update(name="Nguyễn Văn Ấn", reason="Viết nhầm tên")
        decide(people.director, 'void', id)
        with pytest.raises(Refused):
            wizard.execute('correct')


def test_clock_is_stopped_by_whose_leg_it_is(people, office):
    id = register(people, office)
    press(people.officer, 'pass_on', id)
    with pytest.raises(Refused):
        decide(people.officer, 'ask_payment', id)
    press(people.processor, 'complete_step', id)
    with pytest.raises(Refused):
        decide(people.processor, 'ask_payment', id)
    decide(people.leader, 'ask_payment', id)
    assert read(people.leader, id, 'state')['state'] == 'payment'


def test_waiting_is_not_working_time(people, office):
    id = register(people, office)
    with clock.moved_to(MONDAY):
        press(people.officer, 'pass_on', id)
    with clock.moved_to(MONDAY + dt.timedelta(hours=1)):
        decide(people.processor, 'ask_payment', id)
    with clock.moved_to(MONDAY + dt.timedelta(days=4)):
        decide(people.officer, 'give_up', id)
    _, leg, *_ = people.officer.search(
        'tthcc.dossier.step', [('dossier', '=', id)], ['worked'])
    assert leg['worked'] == dt.timedelta(hours=1)


def test_mine_and_not_mine_are_all(people, office):
    register(people, office)
    count = {
        value: people.officer.model(
            'tthcc.dossier', 'search_count', [('mine', '=', value)])
        for value in [True, False]}
    assert sum(count.values()) == people.officer.model(
        'tthcc.dossier', 'search_count', [])


def test_no_receipt_before_registration(people, office):
    id, = people.officer.create('tthcc.dossier', office.values)
    with pytest.raises(Refused) as refused:
        people.officer.report('tthcc.dossier.receipt', [id])
    assert 'NoneType' not in str(refused.value)


def test_explanation_after_a_change_of_the_calendar(people, office, rpc):
    "What is finished keeps its promise, what is open is counted anew"
    done, open_ = register(people, office), register(people, office)
    decide(people.officer, 'withdraw', done)
    admin = rpc()
    admin.write('tthcc.calendar', [office.calendar], {'counting': 'hour'})
    try:
        dossier = read(people.officer, open_, 'due', 'explanation')
        assert dossier['due'] == dt.datetime(2026, 11, 16, 1, 0)
        assert '08:00' in dossier['explanation'].splitlines()[-1]
        dossier = read(people.officer, done, 'due', 'explanation')
        assert dossier['due'] == dt.datetime(2026, 11, 16, 10, 0)
        assert '17:00 16/11/2026' in dossier['explanation'].splitlines()[-1]
    finally:
        admin.write('tthcc.calendar', [office.calendar], {'counting': 'day'})


def test_all_applicants_are_found(people, office):
    id = register(people, office, applicants=[('create', [
                    {'name': "Đỗ Văn Quý"}, {'name': "Phùng Thị Quyên"}])])
    assert id in found_by(people.officer, 'phung thi quyen')


def test_contact_data_is_not_for_those_who_watch(
        people, office, server, start):
    from trytond.modules.tthcc.tests.tools import create_user
    with start(0):
        company = Pool().get('company.company')(office.company)
        create_user('watcher', ['supervisor'], company)
    id = register(people, office, applicants=[('create', [{
                        'name': "Vi Văn Thỏa", 'phone': '0978111222'}])])
    watcher = server.client('watcher', PASSWORD)
    assert watcher.search('tthcc.dossier', [('id', '=', id)])
    assert not watcher.search(
        'tthcc.dossier.applicant', [('dossier', '=', id)])
    assert not found_by(watcher, '0978111222')


def test_successor_takes_over_what_is_open(people, office, server, start):
    id, appraised = register(people, office), register(people, office)
    press(people.officer, 'pass_on', appraised)
    press(people.processor, 'complete_step', appraised)
    with start(0):
        procedure = Pool().get('tthcc.procedure')(office.procedure)
        successor = create_office('ss_', "UBND huyện Yên Định", [procedure])
        Dossier = Pool().get('tthcc.dossier')
        Dossier.hand_over(Dossier.browse([id, appraised]), successor.centre)
    officer = server.client('ss_officer', PASSWORD)
    # A department sees what it has to do or has done, and no more
    for processor, dossier in [
            (server.client('ss_processor', PASSWORD), id),
            (people.processor, appraised)]:
        assert [d['id'] for d in processor.search('tthcc.dossier', [
                        ('id', 'in', [id, appraised])])] == [dossier]
    assert officer.search(
        'tthcc.dossier', [('id', '=', id), ('mine', '=', True)])
    code = read(officer, id, 'code')['code']
    press(officer, 'pass_on', id)
    press(server.client('ss_processor', PASSWORD), 'complete_step', id)
    press(server.client('ss_leader', PASSWORD), 'resolve', id)
    press(officer, 'return_', id)
    assert read(officer, id, 'code', 'state') == {
        'id': id, 'code': code, 'state': 'returned'}
