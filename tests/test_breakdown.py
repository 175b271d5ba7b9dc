# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What breaks while a province works, and what is true after it"
import contextlib
import datetime as dt
import glob
import io
import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from types import SimpleNamespace

import pytest
from PIL import Image

from tests import postgresql
from tests.conftest import leave_out
from tests.mailbox import Mailbox
from tests.processes import Processes, full_disk, wait_for
from tests.server import Refused
from trytond import backend
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.worker import run_task

pytestmark = pytest.mark.postgresql
OFFICERS = 4
MAIL = 'an@example.com'


@pytest.fixture(scope='module')
def office(database):
    from trytond.transaction import Transaction
    with Transaction().start(database, 0, autocommit=True) as transaction:
        # What was answered must be there after a crash
        transaction.connection.execute(
            f'ALTER DATABASE "{database}" SET synchronous_commit TO on')
    with Transaction().start(database, 0):
        procedure = create_procedure()
        office = create_office(procedures=[procedure])
        values = new_dossier(office, procedure)
        values['applicants'][0][1][0]['email'] = MAIL
        return values


@pytest.fixture(scope='module')
def mailbox():
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope='module')
def filestore(tmp_path_factory):
    return tmp_path_factory.mktemp('filestore')


@pytest.fixture(scope='module')
def processes(database, office, mailbox, filestore, tmp_path_factory):
    processes = Processes(
        database, tmp_path_factory.mktemp('processes'),
        TRYTOND_DATABASE__PATH=str(filestore),
        TRYTOND_EMAIL__URI=f'{mailbox.uri}?timeout=5',
        TRYTOND_EMAIL__FROM='motcua@example.vn')
    yield processes
    processes.stop()


@pytest.fixture(scope='module')
def gunicorn(processes):
    return processes.serve()


class Officers:
    "Officers of one centre who register dossiers until they are told to stop"

    def __init__(self, server, values):
        self._clients = [
            server.client('officer', PASSWORD) for _ in range(OFFICERS)]
        self._values = values
        self._stopped = threading.Event()
        self.registered = []
        self.refused = []
        self.broken = []

    def register(self, client):
        try:
            id, = client.create('tthcc.dossier', self._values)
            client.model('tthcc.dossier', 'register', [id])
            self.registered.append(id)
        except Refused as refused:
            self.refused.append(refused)
        except (OSError, HTTPException) as error:
            # Before the answer, or within it
            self.broken.append(error)

    def _work(self, client):
        while not self._stopped.is_set():
            self.register(client)

    @contextlib.contextmanager
    def at_work(self):
        with ThreadPoolExecutor(OFFICERS) as executor:
            work = executor.map(self._work, self._clients)
            try:
                yield
            finally:
                self._stopped.set()
            list(work)

    def wait_for_more(self, count=8):
        wanted = len(self.registered) + count
        wait_for(lambda: len(self.registered) >= wanted, "the officers")


@pytest.fixture
def read(start, pool):
    "Read the fields of all records of a model"
    def read(name, *fields, domain=()):
        with start(0):
            return [
                SimpleNamespace(**values)
                for values in pool.get(name).search_read(
                    list(domain), fields_names=list(fields))]
    return read


@pytest.fixture
def in_order(read):
    "Check what must be true whatever has broken"
    def in_order(officers):
        dossiers = read('tthcc.dossier', 'code', 'state')
        series = defaultdict(list)
        for dossier in dossiers:
            assert bool(dossier.code) == (dossier.state != 'draft')
            if dossier.code:
                name, number = dossier.code.rsplit('-', 1)
                series[name].append(int(number))
        for numbers in series.values():
            assert sorted(numbers) == list(range(1, len(numbers) + 1))
        registered = {d.id for d in dossiers if d.code}
        assert registered >= set(officers.registered)
        # One for each
        notices = Counter(n.dossier for n in read(
                'tthcc.dossier.notice', 'dossier',
                domain=[('event', '=', 'received')]))
        assert notices == Counter(registered)
    return in_order


@pytest.fixture
def execute(database):
    "Execute a statement at once, return its rows"
    from trytond.transaction import Transaction

    def execute(query, *parameters):
        with Transaction().start(
                database, 0, autocommit=True) as transaction:
            cursor = transaction.connection.cursor()
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else None
    return execute


@pytest.fixture
def locked(database):
    "Keep others from changing the rows of a table"
    @contextlib.contextmanager
    def locked(table):
        connection = backend.Database(database).get_connection()
        try:
            connection.execute(f'SELECT id FROM {table} FOR UPDATE')
            yield
        finally:
            connection.rollback()
            backend.Database(database).put_connection(connection)
    return locked


@pytest.fixture
def scheduled(start, pool, options):
    "Run a method as the scheduler does"
    def scheduled(name, method):
        options('queue', worker='True')
        with start(0):
            getattr(pool.get(name), method)()
    return scheduled


@pytest.fixture
def all_sent(scheduled, read, mailbox, processes):
    """Wait until no notice waits or is being sent, then check that each has
    left once, but for those of which a person decides"""
    def all_sent(worker, stop=True):
        scheduled('tthcc.dossier.notice', 'send_waiting')
        wait_for(
            lambda: not read('tthcc.dossier.notice', domain=[
                    ('state', 'in', ['waiting', 'claimed'])]),
            "the worker")
        if stop:
            processes.kill(worker, signal.SIGTERM)
        notices = read('tthcc.dossier.notice', 'message_id', 'state')
        left = Counter(m['Message-ID'] for m in mailbox.messages)
        assert not left or max(left.values()) == 1
        for notice in notices:
            assert notice.state in {'sent', 'uncertain'}
            assert left[notice.message_id] or notice.state != 'sent'
        return Counter(n.state for n in notices)
    return all_sent


@pytest.fixture
def let_claims_lapse(execute):
    "Let so much time pass that nobody can be at what is claimed any more"
    def let_claims_lapse():
        execute(
            "UPDATE tthcc_dossier_notice SET "
            "claimed_at = claimed_at - INTERVAL '11 minutes' "
            "WHERE state = 'claimed'")
    return let_claims_lapse


@pytest.fixture
def post(start, pool, options):
    "Post notices of a dossier as one task, return their ids"
    def post(dossier, occasions):
        options('queue', worker='True')
        Notice = pool.get('tthcc.dossier.notice')
        with start(0):
            return [n.id for n in Notice.post([
                        Notice(
                            dossier=dossier, event='resolved',
                            channel='email', recipient=MAIL,
                            occasion=o, subject=o, body="Kết quả")
                        for o in occasions])]
    return post


def test_server_process_is_killed_while_it_registers(
        gunicorn, office, execute, locked, read, in_order):
    first, second = [
        gunicorn.client('officer', PASSWORD) for _ in range(2)]
    # For the row of the day
    officers = Officers(gunicorn, office)
    officers.register(first)
    id, = first.create('tthcc.dossier', office)

    def waiting():
        return execute(
            "SELECT application_name FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock'")

    with ThreadPoolExecutor() as executor:
        with locked('tthcc_dossier_counter'):
            registering = executor.submit(
                first.model, 'tthcc.dossier', 'register', [id])
            (name,), = wait_for(waiting, "the officer")
            os.kill(int(name.split()[-1]), signal.SIGKILL)
            with pytest.raises(OSError):
                registering.result()
            # Others go on meanwhile
            assert second.read('tthcc.dossier', [id], ['code', 'state']) == [
                {'id': id, 'code': None, 'state': 'draft'}]
        officers.register(second)

    in_order(officers)
    steps = read('tthcc.dossier.step', domain=[('dossier', '=', id)])
    assert not steps
    first.model('tthcc.dossier', 'register', [id])
    officers.registered.append(id)
    in_order(officers)
    assert not officers.refused and not officers.broken


def test_server_processes_are_killed_under_load(gunicorn, office, in_order):
    moments = random.Random(8)
    officers = Officers(gunicorn, office)
    kills = 3
    with officers.at_work():
        for _ in range(kills):
            officers.wait_for_more()
            time.sleep(moments.random())
            os.kill(moments.choice(gunicorn.workers()), signal.SIGKILL)
        officers.wait_for_more()

    in_order(officers)
    assert not officers.refused
    # The calls that died
    assert len(officers.broken) <= kills * OFFICERS


def test_worker_is_killed_while_it_sends(
        gunicorn, processes, office, mailbox, read, post, execute, scheduled,
        all_sent, let_claims_lapse):
    def left():
        return read('tthcc.dossier.notice', 'state', domain=[
                ('id', 'in', ids), ('state', '!=', 'sent')])

    def give_back():
        execute(
            "UPDATE ir_queue SET "
            "dequeued_at = dequeued_at - INTERVAL '6 minutes' "
            "WHERE finished_at IS NULL")
        scheduled('ir.queue', 'give_back')
        return read('ir.queue', domain=[('dequeued_at', '=', None)])

    officers = Officers(gunicorn, office)
    client = gunicorn.client('officer', PASSWORD)
    officers.register(client)
    worker = processes.worker(TRYTOND_EMAIL__URI=mailbox.uri)
    all_sent(worker, stop=False)
    before = len(mailbox.messages)
    # The worker waits for the answer until it is killed
    mailbox.data = 60
    ids = post(officers.registered[0], list('abcdef'))
    wait_for(lambda: mailbox.messages[before:], "the worker")
    assert not give_back()
    processes.kill(worker)
    mailbox.data = None
    assert Counter(n.state for n in left()) == {'claimed': 1, 'waiting': 5}

    # The officers have gone on meanwhile
    officers.register(client)
    assert give_back()
    worker = processes.worker()
    wait_for(lambda: len(left()) == 1, "the other worker")
    # Not before nobody can be at it any more
    scheduled('tthcc.dossier.notice', 'send_waiting')
    assert left()[0].state == 'claimed'
    let_claims_lapse()
    assert all_sent(worker)['uncertain'] == 1
    assert sorted(
        m['Subject'] for m in mailbox.messages[before:]
        if len(m['Subject']) == 1) == list('abcdef')


def test_task_that_fails_is_not_given_back(
        pool, start, options, execute, read, scheduled):
    options('queue', worker='True')
    with start(0):
        id = pool.get('ir.queue').push(
            'default', {'model': 'no.such.model', 'user': 0})
    execute(
        "UPDATE ir_queue SET dequeued_at = LOCALTIMESTAMP - "
        "INTERVAL '6 minutes' WHERE id = %s", id)
    run_task(pool, id)
    scheduled('ir.queue', 'give_back')
    task, = read(
        'ir.queue', 'dequeued_at', 'finished_at', domain=[('id', '=', id)])
    assert task.dequeued_at and task.finished_at


def test_mail_server_is_away(
        gunicorn, processes, office, mailbox, read, execute, all_sent,
        in_order):
    mailbox.stop()
    officers = Officers(gunicorn, office)
    worker = processes.worker()
    with officers.at_work():
        officers.wait_for_more()

    def tried():
        return read('tthcc.dossier.notice', 'answer', domain=[
                ('attempts', '>', 0), ('state', '=', 'waiting')])

    assert wait_for(tried, "the worker")[0].answer
    assert not officers.refused and not officers.broken
    before = len(mailbox.messages)
    mailbox.start()
    execute(
        "UPDATE tthcc_dossier_notice SET "
        "next_try = LOCALTIMESTAMP(0) - INTERVAL '1 day' "
        "WHERE state = 'waiting'")
    all_sent(worker)
    assert len(mailbox.messages[before:]) == len(officers.registered)
    in_order(officers)


def test_database_restarts_under_load(
        gunicorn, processes, office, mailbox, read, in_order, all_sent,
        let_claims_lapse):
    if not postgresql.restart:
        leave_out("a PostgreSQL server that may be restarted")
    worker = processes.worker()
    officers = Officers(gunicorn, office)
    with officers.at_work():
        officers.wait_for_more()
        postgresql.restart(away=2)
        officers.wait_for_more()

    assert not officers.broken
    for refused in officers.refused:
        assert "cơ sở dữ liệu" in refused.message.lower()
    in_order(officers)
    processes.run_scheduler()
    # By the worker itself
    last = max(officers.registered)
    wait_for(
        lambda: read('tthcc.dossier.notice', domain=[
                ('dossier', '=', last), ('state', '=', 'sent')]),
        "the worker")
    # One that the restart has kept the worker from settling
    let_claims_lapse()
    all_sent(worker)


def scan():
    stream = io.BytesIO()
    Image.effect_noise((300, 300), 60).save(stream, 'PNG')
    return stream.getvalue()


def attach(client, dossier):
    with client.wizard(
            'tthcc.dossier.attach', 'tthcc.dossier', [dossier]) as wizard:
        first, *others = wizard.values['papers']
        first.update(content=scan(), name="tờ khai.png")
        for other in others:
            other.update(content=None, name=None)
        wizard.execute('attach')


def test_disk_is_full(gunicorn, filestore, office, read, in_order):
    def stored():
        return [p for p in filestore.rglob('*-*') if p.is_file()]

    client = gunicorn.client('officer', PASSWORD)
    officers = Officers(gunicorn, office)
    officers.register(client)
    dossier, = officers.registered
    with full_disk(filestore, gunicorn.workers()):
        with pytest.raises(Refused, match="không ghi được tệp"):
            attach(client, dossier)
        assert not read('tthcc.dossier.file')
        assert not stored()
        # What needs no disk goes on
        officers.register(client)

    attach(client, dossier)

    file, = read('tthcc.dossier.file', 'dossier', 'size')
    assert file.dossier == dossier
    content, = stored()
    assert content.stat().st_size == file.size
    in_order(officers)


@pytest.fixture
def moved(processes):
    """Return the environment of processes whose clock is off, and the
    function that says by how much"""
    libraries = glob.glob('/usr/lib/*/faketime/libfaketimeMT.so.1')
    if not libraries:
        leave_out("libfaketime")
    offset = processes.folder / 'offset'

    def move(by):
        offset.write_text(by)
    move('+0d')
    return {
        'LD_PRELOAD': libraries[0],
        'FAKETIME_TIMESTAMP_FILE': str(offset),
        'FAKETIME_NO_CACHE': '1',
        # It moves the clock of timeouts as well
        'GUNICORN_CMD_ARGS': '--timeout 0',
        }, move


def test_clock_of_the_server_jumps(
        processes, office, moved, read, execute, in_order, all_sent):
    environment, move = moved
    server = processes.serve(workers=1, name='moved', **environment)
    officer, processor, leader = [
        server.client(role, PASSWORD)
        for role in ['officer', 'processor', 'leader']]
    officers = Officers(server, office)
    ahead = ['+1d'] * 4
    for by in ['+0d', *ahead, '-1d', '+0d']:
        move(by)
        officers.register(officer)
    move('+1d')
    ids = officers.registered[1:5]
    officer.model('tthcc.dossier', 'pass_on', ids)
    execute("UPDATE ir_cron SET next_call = NULL")
    processes.run_scheduler(**environment)
    move('+0d')
    # What was begun tomorrow goes on today, by the same people
    processor.model('tthcc.dossier', 'complete_step', ids)
    leader.model('tthcc.dossier', 'resolve', ids)
    officer.model('tthcc.dossier', 'return_', ids)

    assert not officers.refused and not officers.broken
    in_order(officers)
    days = {d.code.split('-')[1] for d in read(
            'tthcc.dossier', 'code',
            domain=[('id', 'in', officers.registered)])}
    assert len(days) == 3
    for step in read('tthcc.dossier.step', 'started_at', 'ended_at', 'worked'):
        if step.ended_at:
            assert step.started_at <= step.ended_at
            assert step.worked >= dt.timedelta()
    # The tasks of the scheduler do not wait for tomorrow
    processes.run_scheduler()
    late, = read('ir.cron', 'next_call', domain=[
            ('method', '=', 'tthcc.dossier.notice|send_waiting')])
    assert late.next_call < dt.datetime.now() + dt.timedelta(minutes=2)
    all_sent(processes.worker())
