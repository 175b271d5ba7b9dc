# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Without its costs the server answers as Tryton does"""
import datetime as dt
import errno
import logging
import os
from collections import OrderedDict
from decimal import Decimal
from importlib import import_module
from itertools import product
from operator import itemgetter
from types import MappingProxyType, SimpleNamespace
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from werkzeug.test import Client as WSGIClient

from tests.server import Refused
from tests.trace import Tracer
from trytond import backend
from trytond.model import ModelSQL, fields
from trytond.model.exceptions import AccessError, SelectionValidationError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc import server as removals
from trytond.modules.tthcc.server.monitoring import Monitoring
from trytond.modules.tthcc.server.search import rule_parts
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool
from trytond.protocols import jsonrpc
from trytond.tools import cursor_dict
from trytond.transaction import Transaction, check_access
from trytond.wsgi import app

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)


@pytest.fixture
def removed():
    "Remove the costs for a test; call it with False to put them back"
    removals.undo()

    def switch(on=True):
        removals.undo()
        if on:
            return removals.apply()

    yield switch
    removals.undo()


@pytest.fixture(scope='module')
def restore(databases):
    """Bring the database back to two offices, and return its name and the
    values of a dossier of each"""
    def prepare(name):
        with Transaction().start(name, 0):
            procedure = create_procedure()
            create_office('th_', procedures=[procedure])
            create_office('lc_', "UBND huyện Lang Chánh", [procedure])

    def restore():
        name = databases.restore('trace', prepare)
        with Transaction().start(name, 0, readonly=True):
            pool = Pool()
            procedure, = pool.get('tthcc.procedure').search(
                [('code', '=', '1.000001')])
            return name, [
                new_dossier(SimpleNamespace(centre=centre), procedure)
                for centre in pool.get('tthcc.centre').search(
                    [], order=[('id', 'ASC')])]

    return restore


def play(tracer, values, elsewhere):
    "What an officer's day asks of the server, right and wrong"
    tracer.login('th_officer', 'wrong')
    officer = tracer.login('th_officer', PASSWORD)
    processor = tracer.login('th_processor', PASSWORD)
    leader = tracer.login('th_leader', PASSWORD)
    contexts = {
        user: tracer.call(
            user, 'model.res.user.get_preferences', True, {})
        for user in [officer, processor, leader]}

    def call(user, method, *args, model='tthcc.dossier', **options):
        return tracer.call(
            user, f'model.{model}.{method}', *args, contexts[user], **options)

    life = [
        (officer, 'register'), (officer, 'pass_on'),
        (processor, 'complete_step'), (leader, 'resolve'),
        (officer, 'return_')]
    with clock.moved_to(MONDAY):
        ids = call(officer, 'create', [
                {**values, 'note': note} for note in [
                    "Đơn của bà Nguyễn Thị Ngọc Ánh",
                    'quotes " and \\ and \u2028 and 𠀀', ""]])
        assert ids, str(tracer.answers[-1]['answer'])
        for button, count in zip(life, [3, 2, 2, 2, 1]):
            user, name = button
            call(user, name, ids[:count])
        # Twice, from the wrong state, by the wrong person, of nobody
        call(officer, 'register', ids[:1])
        call(leader, 'return_', ids[:1])
        call(processor, 'register', ids)
        call(officer, 'register', [999_999])
        call(officer, 'create', [{}])
        call(officer, 'create', [elsewhere])
        call(officer, 'write', ids, {'state': 'draft'})
        call(officer, 'write', ids, {'nothing': 1})
        call(officer, 'write', ids[2:], {'note': "Mới"})
        call(officer, 'delete', ids)
        call(officer, 'no_such_method')
        tracer.call(officer, 'model.no.such.model.read', [1], {})
        tracer.call(officer, 'model.tthcc.dossier.read', [1])
        tracer.call(officer, None, body=b'{"id": ')
        tracer.call(officer, 'system.listMethods')

        for domain in [
                [], [('state', '=', 'returned')], [('class_', '=', 'open')],
                [('rec_name', 'ilike', '%Ân%')],
                ['OR', ('applicants.name', 'ilike', "%ân%"),
                    ('papers.name', '=', "Sổ")],
                [('no_field', '=', 1)]]:
            for method, *args in [
                    ('search', 0, None, None),
                    ('search', 1, 1, [('due', 'DESC'), ('id', None)]),
                    ('search', 0, 2, [('procedure.name', 'ASC')]),
                    ('search_count',),
                    ('search_read', 0, 2, None, ['code', 'due', 'rec_name']),
                    ('search_read', 0, None, [('id', 'DESC')], []),
                    ('search_read', 0, None, None)]:
                call(officer, method, domain, *args)
        names = list(call(officer, 'fields_get'))
        call(officer, 'read', ids, [*names, '_timestamp', '_write'])
        call(processor, 'read', ids, names, accept='')
        call(leader, 'read', ids, ['rec_name', 'centre.rec_name'])
        call(officer, 'fields_view_get', None, 'form')
        call(officer, 'fields_view_get', None, 'form', accept='identity')
        call(officer, 'fields_view_get', None, 'tree', accept='br')
        for model, fields in [
                ('tthcc.dossier.step', ['worked', 'started_at', 'due']),
                ('ir.model.log', ['event', 'target', 'resource', 'user']),
                ('tthcc.procedure.fee', ['name', 'amount']),
                ('tthcc.calendar', ['rec_name']),
                ('tthcc.centre.regime', ['start_date', 'regime.rec_name']),
                ('ir.ui.menu', ['name', 'childs']),
                ('ir.ui.icon', ['name', 'icon']),
                ('res.user', ['name', 'email'])]:
            call(
                officer, 'search_read', [], 0, None, [('id', 'ASC')], fields,
                model=model)
            call(officer, 'search', [], 0, 5, None, model=model)
        tracer.call(
            officer, 'report.tthcc.dossier.receipt.execute', ids, {},
            contexts[officer])
    # Sessions that are not, or no more
    tracer.call(None, 'model.tthcc.dossier.search', [], {})
    tracer.call('bm9ib2R5OjE6eA==', 'model.tthcc.dossier.search', [], {})
    tracer.call('rubbish', 'model.tthcc.dossier.search', [], {})
    call(processor, 'search', [])
    tracer.call(processor, 'common.db.logout')
    call(processor, 'search', [])
    tracer.call(processor, 'common.db.logout')
    call(leader, 'set_preferences', {'password': 'mot-cua-2026'},
        model='res.user')
    call(leader, 'search', [])
    return ids


def rows_of_audit(database):
    with Transaction().start(database, 0) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(
            'SELECT "create_uid", "write_uid", "write_date", "event", '
            '"resource", "target", "user" FROM "ir_model_log" ORDER BY "id"')
        return cursor.fetchall()


def test_answers_are_those_of_tryton(server, restore, removed):
    traces, audits = [], []
    for on in [False, True]:
        database, values = restore()
        removed(on)
        tracer = Tracer(server)
        play(tracer, *values)
        traces.append(tracer.answers)
        audits.append(rows_of_audit(database))

    stock, fast = traces
    assert len(stock) == len(fast)
    for was, is_ in zip(stock, fast):
        # Tryton marks long answers as packed even when they are not
        if was['marked'] and not was['packed']:
            was['marked'] = None
        # It measures by characters, of which Vietnamese has six for one
        if was['packed'] != is_['packed']:
            assert len(str(is_['answer'])) < 3000
            for answer in [was, is_]:
                del answer['packed'], answer['marked']
        assert is_ == was
    assert audits[1] == audits[0]
    assert any(a['packed'] for a in fast)
    assert {a['status'] for a in fast} >= {200, 400, 401}


def test_another_tryton_is_told_of_and_left_alone(
        removed, monkeypatch, caplog):
    "What the removals were written for is the Tryton that is installed"
    removals.undo()
    for name in removals.REMOVALS + removals.OPTIONS:
        removal = import_module(f'trytond.modules.tthcc.server.{name}')
        assert not removals.changed(removal), (
            f"Tryton has changed what {name} replaces: read both, then give "
            "it the new fingerprint")

    from trytond.modules.tthcc.server import cursor
    monkeypatch.setitem(cursor.UPSTREAM, 'trytond.tools:cursor_dict', 'old')
    monkeypatch.setitem(cursor.UPSTREAM, 'trytond.tools:gone', 'old')
    stock = Transaction._store_log_records
    with caplog.at_level(logging.WARNING):
        assert removed() == [n for n in removals.REMOVALS if n != 'cursor']
    assert trytond_tools().cursor_dict is cursor_dict
    assert "trytond.tools:cursor_dict, trytond.tools:gone" in caplog.text
    removals.undo()
    assert Transaction._store_log_records is stock


def trytond_tools():
    return import_module('trytond.tools')


def test_switches(removed, options):
    options('tthcc_server', **dict.fromkeys(removals.REMOVALS, 'False'))
    options('tthcc_server', audit='True')
    assert removed() == ['audit']


VALUES = [
    None, True, 0, -1, 2 ** 53, 2 ** 64, 10 ** 40, 0.1, 1e300, -0.0, '',
    "Thủ tục “một cửa” \U00020000 \u2028 \\ \" \x00 \x7f", '\ud800',
    Decimal('1.10'), Decimal('-0'), Decimal('1E+30'),
    dt.date(2026, 11, 9), dt.datetime(2026, 11, 9, 8, 0, 1, 5),
    dt.time(8, 30), dt.timedelta(days=-1, microseconds=3),
    b'', bytes(range(256)) * 9, bytearray(b'tthcc'),
    (1, 'a'), [[]], {}, {'a': {'b': [Decimal(1)]}}, {2: 2, None: 3, True: 4},
    {1.5: 'x'}, OrderedDict(z=1, a=2), MappingProxyType({'a': b'b'}),
    set(), {dt.date(2018, 1, 1)}, frozenset([3]),
    ]


@pytest.mark.parametrize('value', VALUES, ids=lambda v: type(v).__name__)
def test_encoded_as_tryton_does(value):
    from trytond.modules.tthcc.server import answer

    def decoded(text):
        return jsonrpc.json.loads(text, object_hook=jsonrpc.JSONDecoder())

    value = {'result': [value]}
    got = decoded(answer.dumps(value))
    assert repr(got) == repr(decoded(jsonrpc.encoder.encode(value)))


@pytest.mark.parametrize('value', [object(), {(1, 2): 3}, 1j])
def test_what_tryton_cannot_encode(value):
    from trytond.modules.tthcc.server import answer
    with pytest.raises(TypeError) as stock:
        jsonrpc.encoder.encode(value)
    with pytest.raises(TypeError) as fast:
        answer.dumps(value)
    assert str(fast.value) == str(stock.value)


def test_audit_of_several_users_and_of_what_is_undone(
        restore, removed):
    def act(name):
        with Transaction().start(name, 1) as transaction:
            Party = Pool().get('party.party')
            with transaction.set_context(_log=True):
                one, two = Party.create([{'name': "Một"}, {'name': "Hai"}])
                one.name = "Mốt"
                one.save()
                with transaction.set_user(0):
                    Party.write([two], {'name': "Hải"})
                two.log('button', 'press', user=None)
                with transaction.set_context(language='en'):
                    two.log('transition', 'state:done')
                one.log('wizard', 'a:b', user=0)
                Party.delete([one])
            transaction.commit()
            # Nothing to log, then only what is not kept
            transaction.commit()
            with transaction.set_context(_log=True):
                Party.write([two], {'name': "Ba"})
                transaction.rollback()
            # A change that a savepoint undoes is logged all the same
            cursor = transaction.connection.cursor()
            cursor.execute('SAVEPOINT before')
            two.log('button', 'undone')
            cursor.execute('ROLLBACK TO SAVEPOINT before')
        with pytest.raises(RuntimeError), Transaction().start(name, 1):
            two.__class__(two.id).log('button', 'failed')
            raise RuntimeError

    audits = []
    for on in [False, True]:
        name, _ = restore()
        removed(on)
        act(name)
        audits.append(rows_of_audit(name))
    assert audits[0] == audits[1]
    assert len(audits[0]) >= 6
    assert [a for a in audits[0] if 'undone' in a]
    assert not [a for a in audits[0] if 'failed' in a]


def test_parts_of_a_rule_find_what_the_rule_does(
        server, restore, removed, monkeypatch):
    """A processor sees what the department resolves, where it assists, and
    nothing else, wherever a page begins and in whatever order"""
    database, (values, elsewhere) = restore()
    with Transaction().start(database, 0):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        # For counts up to a limit
        monkeypatch.setattr(Dossier, 'estimated_count', lambda: 10**6)
        Step = pool.get('tthcc.dossier.step')
        dossiers = Dossier.create([
                {**values, 'sets': 10 - n % 4} for n in range(9)])
        Dossier.register(dossiers)
        *drafts, _ = Dossier.create([values, values, elsewhere])
        own = dossiers[0].lead_department
        other = pool.get('tthcc.department').search(
            [('id', '!=', own.id)], limit=1)[0]
        # It assists three, two by a leg, and one more it resolves, too
        Dossier.write(
            dossiers[3:], {'lead_department': other.id},
            dossiers[4:5], {'assisting_department': own.id})
        Step.write([
                d.steps[1] for d in [*dossiers[2:4], dossiers[5]]],
            {'assisting': own.id})
        create_user(
            'both', ['processor', 'counter_officer'], own.company,
            drafts[0].centre, own)
    seen = [d.id for d in dossiers[:6]]
    by_user = {
        'th_processor': (3, seen[::-1]),
        'both': (4, [d.id for d in [*dossiers, *drafts]]),
        }

    answers = []
    for on, login in product([False, True], by_user):
        removed(on)
        client = server.client(login, PASSWORD)
        parts, newest = by_user[login]
        with Transaction().start(
                database, client.user, readonly=True) as transaction, \
                transaction.set_context(client.context), check_access():
            assert len(rule_parts(Dossier)) == parts
        found = {}
        for domain, order, offset, limit in product(
                [[], ['OR', ('sets', '=', 10), ('sets', '=', 7)],
                    [('steps.assisting', '!=', None)],
                    [('lead_department', '=', own.id)],
                    [('id', '<', 0)]],
                [None, [('sets', 'ASC'), ('id', 'ASC')],
                    [('received_at', 'DESC NULLS LAST'), ('id', 'ASC')],
                    [('received_at', 'ASC NULLS FIRST'), ('sets', 'DESC')],
                    [('centre', 'DESC')]],
                [0, 1, 4, 9], [1, 3, 1000]):
            key = str((domain, order, offset, limit))
            found[key] = client.model(
                'tthcc.dossier', 'search', domain, offset, limit, order)
            assert found[key] == [row['id'] for row in client.model(
                    'tthcc.dossier', 'search_read', domain, offset, limit,
                    order, ['sets'])]
            found['count', key] = client.model(
                'tthcc.dossier', 'search_count', domain, offset, limit)
        answers.append(found)
        everything = found[str(([], [('centre', 'DESC')], 0, 1000))]
        assert sorted(everything) == sorted(newest)
        if login == 'th_processor':
            assert found[str(([], None, 0, 1000))] == newest
        with pytest.raises(Refused):
            client.model('tthcc.dossier', 'search', [
                    ('applicants.create_uid.password', '=', '')], 0, 10)
    assert answers[:2] == answers[2:]


def test_session_is_remembered_and_forgotten(
        server, restore, monkeypatch, options, removed):
    from trytond import security
    restore()
    checks = []
    stock = security.check

    def counted(dbname, user, session, context=None):
        checks.append(user)
        return stock(dbname, user, session, context=context)

    monkeypatch.setattr(security, 'check', counted)
    # What is counted is not what the removal was written for
    monkeypatch.setattr(removals, 'changed', lambda removal: [])
    removed()
    tracer = Tracer(server)
    one, other = [tracer.login('th_officer', PASSWORD) for _ in range(2)]

    def works(token):
        tracer.call(token, 'model.tthcc.centre.search', [], 0, 1, None, {})
        return tracer.answers[-1]['status'] == 200

    assert all(works(one) for _ in range(5))
    assert len(checks) == 1
    assert works(other)
    tracer.call(one, 'common.db.logout')
    assert not works(one)
    assert works(other)

    checks.clear()
    options('tthcc_server', session_seconds='0')
    assert all(works(other) for _ in range(3))
    assert len(checks) == 3


def test_sessions_out_of_use_are_removed(restore):
    name, _ = restore()
    with Transaction().start(name, 1) as transaction:
        Session = Pool().get('ir.session')
        old, used, new = Session.create([{}, {}, {}])
        table = Session.__table__()
        long_ago = dt.datetime.now() - dt.timedelta(days=8)
        cursor = transaction.connection.cursor()
        cursor.execute(*table.update(
                [table.create_date], [long_ago],
                where=table.id.in_([old.id, used.id])))
        Session.write([used], {})
        Session.remove_idle()
        assert Session.search([]) == [used, new]


def test_children_of_all_models(restore, removed):
    name, _ = restore()
    read = []
    for on in [False, True]:
        removed(on)
        with Transaction().start(name, 1, readonly=True):
            found = {}
            for model, Model in Pool().iterobject():
                names = [
                    n for n, f in getattr(Model, '_fields', {}).items()
                    if type(f) is fields.One2Many]
                if issubclass(Model, ModelSQL) and names:
                    ids = [r.id for r in Model.search(
                            [], limit=30, order=[('id', 'DESC')])]
                    found[model] = sorted(
                        Model.read(ids, ['id', *names]),
                        key=itemgetter('id'))
            read.append(found)
    assert read[0] == read[1]
    assert any(
        len(row['steps']) > 1
        for row in read[0]['tthcc.procedure.revision'])


def test_each_context_has_its_own_cache(restore, removed):
    "What is read for one committee is not what is read for another"
    name, _ = restore()
    with Transaction().start(name, 0) as transaction:
        caches = []
        for on in [False, True]:
            removed(on)
            for context in [
                    {}, {'company': 1}, {'company': 2},
                    {'company': 1, 'language': 'en'}, {'other': 1}]:
                with transaction.set_context(context):
                    caches.append(transaction.get_cache())
    stock, ours = caches[:5], caches[5:]
    assert all(a is b for a, b in zip(stock, ours))
    assert len(set(map(id, stock))) == 4


def test_writing_what_is_not_there(restore, removed):
    name, _ = restore()
    removed()
    with Transaction().start(name, 1) as transaction:
        Party = Pool().get('party.party')
        party, = Party.create([{'name': "Một"}])
        for title in ["Hai", "Ba"]:
            Party.write([party], {'name': title})
        Party.delete([party])
        for _ in range(2):
            with pytest.raises(AccessError):
                Party.write(Party.browse([party.id]), {'name': "Bốn"})
        transaction.rollback()


def check(record):
    "Return what the record knows, which is what the database has"
    names = [
        n for n, field in record._fields.items()
        if field.sql_type() and type(field) is not fields.Binary]
    known = {n: getattr(record, n) for n in names}
    (row,) = record.__class__.read([record.id], names)
    assert row == {
        n: value.id if isinstance(value, ModelSQL) else value
        for n, value in known.items()}
    return known


def test_what_is_written_is_remembered(restore, removed):
    "After each write a record says what the database has"
    name, (values, _) = restore()
    removed()

    with Transaction().start(name, 1) as transaction:
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        employee = pool.get('company.employee').search([
                ('company', '=', pool.get('tthcc.centre')(
                        values['centre']).company.id)])[0]
        with transaction.set_user(0), transaction.set_context(
                employee=employee.id):
            dossier, = Dossier.create([values])
            assert check(dossier)['state'] == 'draft'
            Dossier.write(
                [dossier], {'applicant_name': " Lê Thị Hoa ", 'sets': 2})
            assert check(dossier)['applicant_name'] == "Lê Thị Hoa"
            # Lines that count and write the dossier they belong to
            Dossier.register([dossier])
            assert check(dossier)['state'] == 'received'
            Dossier.write([dossier], {
                    'fees': [('delete', [f.id for f in dossier.fees])]})
            assert not check(dossier)['amount_due']
            Dossier.pass_on([dossier])
            first, *_ = dossier.steps
            assert check(first)['worked'] is not None
            Dossier.write(
                [dossier], {'note': "Một"}, [dossier], {'note': "Hai"})
            assert check(dossier)['note'] == "Hai"
        transaction.rollback()


def test_what_is_created_is_remembered(restore, removed):
    "A created record says what the database has"
    name, (values, _) = restore()
    removed()
    with Transaction().start(name, 1) as transaction:
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Step = pool.get('tthcc.dossier.step')
        with transaction.set_user(0):
            dossier, = Dossier.create([values])
            leg = {
                'dossier': dossier.id, 'name': " Thẩm định ",
                'work': 'appraisal', 'role': 'processor',
                'share': Decimal('12.50'),
                'promised': dt.timedelta(hours=5, seconds=1),
                'due': dt.datetime(2026, 11, 23, 1, 2, 3),
                }
            # One that fails in between leaves nothing behind
            with pytest.raises(SelectionValidationError):
                Step.create([leg, {**leg, 'role': 'king'}])
            legs = Step.create([leg, {**leg, 'name': "Ký", 'share': None}])
            assert [check(leg)['name'] for leg in legs] == ["Thẩm định", "Ký"]
            Step.write(legs, {'share': Decimal('7.25')})
            assert check(legs[1])['share'] == Decimal('7.25')
            assert leg['name'] == " Thẩm định "
            assert check(Step.copy(legs[:1])[0])['share'] == Decimal('7.25')
        transaction.rollback()


def test_what_is_read_is_there(restore, removed):
    name, _ = restore()
    removed()
    with Transaction().start(name, 1) as transaction:
        Party = Pool().get('party.party')
        party, gone = Party.create([{'name': "Một"}, {'name': "Hai"}])
        missing = Party(gone.id)
        assert missing.name and party.name
        Party.delete([gone])
        for records in [[missing], [party, missing]]:
            with pytest.raises(AccessError):
                Party.write(records, {'name': "Ba"})
        transaction.rollback()


@pytest.mark.parametrize('language, text', [
        ('vi', "Cơ sở dữ liệu hiện chưa phục vụ được"),
        ('en', "The database does not serve just now")])
def test_people_are_told_that_the_database_is_away(
        removed, server, monkeypatch, language, text):
    def away(*args, **kwargs):
        raise backend.DatabaseOperationalError("server closed the connection")

    removed()
    client = server.client()
    client.context['language'] = language
    monkeypatch.setattr(backend.Database, 'get_connection', away)
    with pytest.raises(Refused) as refused:
        client.read('res.user', [1], ['login'])
    assert refused.value.message.startswith(text)
    with pytest.raises(Refused, match=text):
        client.call('common.db.login', 'admin', {}, language)
    # Of a page
    with pytest.raises(HTTPError) as error:
        urlopen(f'{server.url}{server.database}/tthcc/track/1')
    assert error.value.code == 503
    assert "Cơ sở dữ liệu" in error.value.read().decode()


def test_health_tells_that_the_database_is_away(server, monkeypatch):
    def away(*args, **kwargs):
        raise backend.DatabaseOperationalError("server closed the connection")

    client = WSGIClient(Monitoring(app, {}))
    assert client.get('/health').status_code == 200
    monkeypatch.setattr(backend.Database, 'get_connection', away)
    assert client.get('/health').status_code == 503
    assert f'tthcc_database_up{{database="{server.database}"}} 0.0' in (
        client.get('/metrics').text)


def test_people_are_told_that_the_disk_is_full(removed, server, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    removed()
    client = server.client()
    User = Pool(server.database).get('res.user')
    monkeypatch.setattr(User, 'read', full)
    with pytest.raises(Refused, match="Ổ đĩa của máy chủ đã đầy"):
        client.read('res.user', [1], ['login'])
