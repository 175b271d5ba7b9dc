# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What breaks while a province works, and what is true after it"
import contextlib
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests import postgresql
from tests.conftest import leave_out
from tests.mailbox import Mailbox
from tests.processes import Processes, wait_for
from tests.server import Refused
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

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
def processes(database, office, mailbox, tmp_path_factory):
    processes = Processes(
        database, tmp_path_factory.mktemp('processes'),
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
        except OSError as error:
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


def test_database_restarts_under_load(
        gunicorn, processes, office, mailbox, read, in_order):
    if not postgresql.restart:
        leave_out("a PostgreSQL server that may be restarted")
    worker = processes.worker()
    officers = Officers(gunicorn, office)
    with officers.at_work():
        officers.wait_for_more()
        postgresql.restart(away=2)
        officers.wait_for_more()

    print(Counter(str(r) for r in officers.refused), officers.broken)
    print(len(officers.registered))
    assert not officers.broken
    in_order(officers)
