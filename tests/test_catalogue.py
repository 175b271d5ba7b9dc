# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The catalogue through the real server: drafts, revisions, who may do what"
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_centre, create_committee, create_department, create_user)
from trytond.modules.tthcc_procedure.exceptions import RevisionDraftError

# Noon of Monday 9 November 2026 in Vietnam
NOW = dt.datetime(2026, 11, 9, 5, 0)
TODAY = NOW.date()
NEXT_MONTH = dt.date(2026, 12, 1)
_codes = count(1)


@pytest.fixture(scope='module')
def people(database, server):
    "Two districts with a director each, and an editor of the catalogue"
    from trytond.transaction import Transaction
    with Transaction().start(database, 1):
        ids = {}
        for key, name in [('a', "UBND huyện A"), ('b', "UBND huyện B")]:
            company = create_committee(name)
            centre = create_centre(company)
            department = create_department(company)
            create_user(f'officer_{key}', ['counter_officer'], company, centre)
            create_user(f'director_{key}', ['director'], company)
            ids[f'centre_{key}'] = centre.id
            ids[f'department_{key}'] = department.id
        create_user('editor', ['catalogue_editor'], company)
        create_user('nobody', [], company)
        ids['kind'] = department.kind.id
    return SimpleNamespace(**ids, **{
            login: server.client(login, PASSWORD) for login in [
                'editor', 'officer_a', 'director_a', 'director_b', 'nobody']})


@pytest.fixture(autouse=True)
def now():
    with clock.moved_to(NOW):
        yield


def new_procedure(client, **values):
    "Create a draft procedure and return its id"
    id, = client.create('tthcc.procedure', {
            'code': f'9.{next(_codes):06d}',
            'drafts': [('create', [{
                            'name': "Đăng ký khai sinh",
                            'levels': ['commune'],
                            'cases': [('create', [{
                                            'channel': 'in_person',
                                            'term_value': 5,
                                            'term_unit': 'working_day',
                                            }])],
                            **values}])],
            })
    return id


def press(client, button, id):
    return client.model('tthcc.procedure', button, [id])


def read(client, id, *names):
    values, = client.read('tthcc.procedure', [id], names)
    return values if len(names) > 1 else values[names[0]]


def write_draft(client, id, **values):
    draft, = read(client, id, 'drafts')
    client.write('tthcc.procedure.revision', [draft], values)


def test_life_of_a_procedure(people):
    editor = people.editor
    id = new_procedure(editor)
    assert read(editor, id, 'state', 'name', 'levels') == {
        'id': id, 'state': 'draft', 'name': "Đăng ký khai sinh",
        'levels': ['commune']}

    press(editor, 'publish', id)
    procedure = read(
        editor, id, 'state', 'published_date', 'current', 'in_force',
        'drafts')
    assert procedure['state'] == 'published'
    assert procedure['published_date'] == TODAY
    assert list(procedure['in_force']) == [procedure['current']]
    assert not procedure['drafts']

    press(editor, 'suspend', id)
    assert read(editor, id, 'suspended_date') == TODAY
    press(editor, 'resume', id)
    assert read(editor, id, 'suspended_date') is None
    press(editor, 'repeal', id)
    assert read(editor, id, 'repealed_date') == TODAY
    assert read(editor, id, 'state') == 'repealed'


def test_new_revision_waits_for_its_day(people, start, pool):
    editor = people.editor
    id = new_procedure(editor)
    press(editor, 'publish', id)
    first = read(editor, id, 'current')
    press(editor, 'revise', id)
    write_draft(
        editor, id, name="Đăng ký khai sinh mới", start_date=NEXT_MONTH)
    press(editor, 'publish', id)

    assert read(editor, id, 'current') == first
    assert read(editor, id, 'name') == "Đăng ký khai sinh"
    with clock.moved_to(dt.datetime(2026, 11, 30, 17, 5)), start(user=0):
        # Midnight has passed in Vietnam
        pool.get('tthcc.procedure').update_current()
    assert read(editor, id, 'name') == "Đăng ký khai sinh mới"
    with start():
        procedure = pool.get('tthcc.procedure')(id)
        assert procedure.revision_at(TODAY).id == first
        assert procedure.revision_at(NEXT_MONTH) == procedure.current
        assert procedure.revision_at(TODAY - dt.timedelta(days=1)) is None


def test_revision_copies_all_the_content(people):
    editor = people.editor
    id = new_procedure(
        editor,
        papers=[('create', [{'name': "Tờ khai"}])],
        steps=[('create', [{
                        'name': "Giải quyết", 'work': 'appraisal',
                        'role': 'processor', 'share': Decimal(100)}])],
        legal_basis=[('create', [{'name': "Luật Hộ tịch"}])],
        results=[('create', [{'name': "Giấy khai sinh"}])])
    press(editor, 'publish', id)

    press(editor, 'revise', id)

    draft, = read(editor, id, 'drafts')
    current = read(editor, id, 'current')
    names = ['papers', 'cases', 'steps', 'legal_basis', 'results']
    old, new = editor.read(
        'tthcc.procedure.revision', [current, draft], ['number', *names])
    if old['id'] != current:
        old, new = new, old
    assert (old['number'], new['number']) == (1, 2)
    for name in names:
        assert len(old[name]) == len(new[name]) == 1
        assert set(old[name]).isdisjoint(new[name])


@pytest.mark.parametrize('model, values', [
        ('paper', {'name': "Giấy tờ"}),
        ('case', {'term_value': 1}),
        ])
def test_published_revision_is_fixed(people, model, values):
    editor = people.editor
    id = new_procedure(
        editor, papers=[('create', [{'name': "Tờ khai"}])])
    press(editor, 'publish', id)
    revision = read(editor, id, 'current')
    name = f'tthcc.procedure.{model}'
    child, = editor.search(name, [('revision', '=', revision)])

    for change in [
            lambda: editor.write(
                'tthcc.procedure.revision', [revision], {'name': "Khác"}),
            lambda: editor.model(
                'tthcc.procedure.revision', 'delete', [revision]),
            lambda: editor.write(name, [child['id']], values),
            lambda: editor.model(name, 'delete', [child['id']]),
            lambda: editor.create(name, {'revision': revision, **values}),
            lambda: editor.model('tthcc.procedure', 'delete', [id])]:
        with pytest.raises(Refused, match="đã công khai"):
            change()


def test_publishing_needs_a_case(people):
    id = new_procedure(people.editor, cases=None)

    with pytest.raises(Refused, match="chưa có hình thức nộp"):
        press(people.editor, 'publish', id)


@pytest.mark.parametrize('shares', [[50, 40], [100, 1]])
def test_shares_of_steps_add_up(people, shares):
    id = new_procedure(people.editor, steps=[('create', [{
                        'name': "Giải quyết", 'work': 'appraisal',
                        'role': 'processor', 'share': Decimal(share)}
                    for share in shares])])

    with pytest.raises(Refused, match="không đủ 100 phần trăm"):
        press(people.editor, 'publish', id)


def test_buttons_in_the_wrong_order(people):
    editor = people.editor
    id = new_procedure(editor)
    refused(editor, id, 'resume', 'suspend', 'repeal', 'revise')
    press(editor, 'publish', id)
    refused(editor, id, 'publish', 'resume')
    press(editor, 'revise', id)
    refused(editor, id, 'revise')
    press(editor, 'suspend', id)
    refused(editor, id, 'publish', 'suspend')
    press(editor, 'repeal', id)
    refused(editor, id, 'publish', 'suspend', 'resume', 'repeal')


def refused(client, id, *buttons):
    for button in buttons:
        with pytest.raises(Refused):
            press(client, button, id)


def test_what_cannot_be_published_says_what_to_do(people, start, pool):
    id = new_procedure(people.editor)
    with start() as transaction:
        Procedure = pool.get('tthcc.procedure')
        procedure = Procedure(id)
        Procedure.publish([procedure])
        with pytest.raises(RevisionDraftError, match="bấm Soạn phiên bản mới"):
            Procedure.publish([Procedure(id)])
        Procedure.revise([Procedure(id)])
        with pytest.raises(RevisionDraftError, match="công khai hoặc xóa"):
            Procedure.revise([Procedure(id)])
        Procedure.suspend([Procedure(id)])
        with pytest.raises(RevisionDraftError, match="khôi phục trước"):
            Procedure.publish([Procedure(id)])
        transaction.rollback()


@pytest.mark.parametrize('button', ['revise', 'publish'])
def test_two_press_at_once(people, button):
    editor = people.editor
    id = new_procedure(editor)
    press(editor, 'publish', id)
    if button == 'publish':
        press(editor, 'revise', id)

    def attempt(_):
        try:
            return press(editor, button, id)
        except Refused as refused:
            return refused
    with ThreadPoolExecutor(2) as executor:
        answers = list(executor.map(attempt, range(2)))

    revisions = editor.search(
        'tthcc.procedure.revision', [('procedure', '=', id)],
        ['number', 'state'], order=[('number', 'ASC')])
    assert [r['number'] for r in revisions] == [1, 2]
    assert revisions[1]['state'] == (
        'draft' if button == 'revise' else 'published')
    assert any(not isinstance(a, Refused) for a in answers)


def test_code_is_unique(people):
    code = read(people.editor, new_procedure(people.editor), 'code')

    with pytest.raises(Refused, match="Đã có thủ tục"):
        people.editor.create('tthcc.procedure', {'code': code})


@pytest.mark.parametrize('words', [
        "dang ky khai sinh", "KHAI SINH", "sinh khai", "Đăng ký", '{code}',
        "khai {code}"])
def test_search_by_code_or_words(people, words):
    id = new_procedure(people.editor)
    other = new_procedure(people.editor, name="Cấp phép xây dựng")
    code = read(people.editor, id, 'code')

    found = {r['id'] for r in people.officer_a.search('tthcc.procedure', [
                ('rec_name', 'ilike', f'%{words.format(code=code)}%')])}

    assert id in found
    assert other not in found


def test_officers_read_the_catalogue_and_change_nothing(people):
    id = new_procedure(people.editor)
    officer = people.officer_a

    assert read(officer, id, 'name') == "Đăng ký khai sinh"
    for change in [
            lambda: new_procedure(officer),
            lambda: write_draft(officer, id, name="Khác"),
            lambda: press(officer, 'publish', id),
            lambda: press(people.director_a, 'publish', id)]:
        with pytest.raises(Refused):
            change()
    assert read(officer, id, 'state') == 'draft'


@pytest.mark.parametrize('model', [
        'tthcc.procedure', 'tthcc.procedure.revision', 'tthcc.procedure.case',
        'tthcc.procedure.field', 'tthcc.centre.procedure'])
def test_user_without_role_is_refused(people, model):
    with pytest.raises(Refused):
        people.nobody.search(model, [])


def test_importing_is_for_editors(people):
    with pytest.raises(Refused):
        with people.officer_a.wizard('tthcc.procedure.import'):
            pass


def offer(director, procedures, *centres):
    with director.wizard(
            'tthcc.centre.procedure.offer', 'tthcc.procedure',
            procedures) as wizard:
        wizard.values['centres'] = centres
        wizard.execute('offer')


def test_director_offers_procedures_at_the_own_centre(people):
    procedures = [new_procedure(people.editor) for _ in range(2)]
    for id in procedures:
        press(people.editor, 'publish', id)

    offer(people.director_a, procedures, people.centre_a)
    offer(people.director_a, procedures, people.centre_a)

    domain = [('procedure', 'in', procedures)]
    offers = people.officer_a.search(
        'tthcc.centre.procedure', domain, ['procedure', 'start_date'])
    assert {o['procedure'] for o in offers} == set(procedures)
    assert {o['start_date'] for o in offers} == {TODAY}
    assert len(offers) == 2
    # Another district neither sees nor changes them
    assert not people.director_b.search('tthcc.centre.procedure', domain)
    with pytest.raises(Refused):
        offer(people.director_b, procedures, people.centre_a)


def test_draft_is_not_offered(people):
    id = new_procedure(people.editor)

    with pytest.raises(Refused):
        offer(people.director_a, [id], people.centre_a)


def test_work_goes_to_the_department_of_the_kind_or_the_assigned(
        people, start, pool):
    id = new_procedure(people.editor)
    press(people.editor, 'publish', id)
    offer(people.director_a, [id], people.centre_a)
    with start():
        Kind = pool.get('tthcc.department.kind')
        Offer = pool.get('tthcc.centre.procedure')
        kind = Kind(people.kind)
        other, = Kind.search([('id', '!=', kind.id)], limit=1)
        offered, = Offer.search([('procedure', '=', id)])
        department, employee = offered.assignee(kind)
        assert (department.id, employee) == (people.department_a, None)
        assert offered.assignee(other) == (None, None)

        land = create_department(
            offered.centre.company, kind='land', name="Tổ tư pháp")
        offered.assignments = [{'department_kind': kind, 'department': land}]
        offered.save()
        assert Offer(offered.id).assignee(kind) == (land, None)


def test_readiness_asks_for_procedures_and_their_departments(people):
    director = people.director_b

    def criteria():
        return {
            r['criterion']: (r['actual'], r['required'], r['met'])
            for r in director.search(
                'tthcc.centre.readiness', [
                    ('criterion', 'in', ['procedure', 'department'])],
                ['criterion', 'actual', 'required', 'met'])}
    assert criteria() == {
        'procedure': (0, 1, False), 'department': (0, 0, True)}

    kinds = people.editor.search(
        'tthcc.department.kind', [('code', 'in', ['justice', 'land'])])
    id = new_procedure(people.editor, steps=[('create', [{
                        'name': "Giải quyết", 'work': 'appraisal',
                        'role': 'processor', 'share': Decimal(50),
                        'department_kind': kind['id']} for kind in kinds])])
    press(people.editor, 'publish', id)
    offer(director, [id], people.centre_b)

    assert criteria() == {
        'procedure': (1, 1, True), 'department': (1, 2, False)}


def test_copy_of_a_procedure_is_a_draft_of_its_own(people):
    id = new_procedure(people.editor)
    press(people.editor, 'publish', id)

    copy, = people.editor.model('tthcc.procedure', 'copy', [id])

    values = read(
        people.editor, copy, 'state', 'name', 'current', 'published_date')
    assert values == {
        'id': copy, 'state': 'draft', 'name': "Đăng ký khai sinh",
        'current': None, 'published_date': None}
