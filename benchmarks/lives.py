# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Lives of dossiers per second, beside those of a bare Tryton model

Officers are clients over JSON-RPC of a server with two worker processes on a
PostgreSQL of their own.  The suite and the yardstick, a few and many dossiers
take turns in short slices of one run, so that what else the machine does
falls on all alike.
"""
import argparse
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles
from types import SimpleNamespace

ROOT = pathlib.Path(__file__).parent.parent
WORKERS = 2
SMALL, LARGE = 'few', 'many'
KINDS = ['yardstick', 'tthcc']
MODELS = {'yardstick': 'yardstick.dossier', 'tthcc': 'tthcc.dossier'}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--few', type=int, default=1000)
    parser.add_argument('--many', type=int, default=100_000)
    parser.add_argument(
        '--rounds', type=int, default=5, help="slices of each of the four")
    parser.add_argument(
        '--slice', type=float, default=4, help="seconds a slice takes")
    parser.add_argument(
        '--no-explain', action='store_true',
        help="leave the plans in benchmarks/explain as they are")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        set_environment(stack, folder)
        office = make_database(folder)
        create(LARGE, SMALL)
        fill(SMALL, options.few)
        fill(LARGE, options.many)
        if not options.no_explain:
            from benchmarks import plans
            plans.write(LARGE, office, ROOT / 'benchmarks' / 'explain')
        server = stack.enter_context(serve())
        measure(server, office, options)


def set_environment(stack, folder):
    "Choose the database and register the yardstick; before importing Tryton"
    sys.path[:0] = [folder, str(ROOT)]
    # Tryton finds modules by the entry points of what is installed
    info = pathlib.Path(folder, 'yardstick-8.0.dist-info')
    info.mkdir()
    (info / 'METADATA').write_text('Name: yardstick\nVersion: 8.0\n')
    (info / 'entry_points.txt').write_text(
        '[trytond.modules]\nyardstick = benchmarks.yardstick\n')
    from tests import postgresql
    uri, stop = postgresql.start()
    stack.callback(stop)
    for name in list(os.environ):
        if name.startswith('TRYTOND_'):
            del os.environ[name]
    os.environ.update({
            'TRYTOND_CONFIG': str(ROOT / 'config' / 'trytond.conf'),
            'TRYTOND_DATABASE_URI': uri,
            'TRYTOND_DATABASE_NAMES': f'{SMALL},{LARGE}',
            'PYTHONPATH': os.pathsep.join([folder, str(ROOT)]),
            })


def make_database(folder):
    "Make the database with the offices; return what to work with there"
    from benchmarks import province
    from trytond import admin, backend, commandline
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    create(SMALL)
    with Transaction().start(SMALL, 0, autocommit=True) as transaction:
        transaction.connection.execute("CREATE EXTENSION pg_trgm")
    passfile = pathlib.Path(folder, 'password')
    passfile.write_text('a-password-of-the-benchmark\n')
    os.environ['TRYTONPASSFILE'] = str(passfile)
    with step("modules"):
        admin.run(commandline.get_parser_admin().parse_args([
                    '-d', SMALL, '--language', 'vi',
                    '--email', 'admin@example.com',
                    '--activate-dependencies', '--update', 'yardstick',
                    'tthcc_language_vi']))
    with step("offices"), Transaction().start(SMALL, 0):
        Pool(SMALL).init()
        office = province.build()
    backend.Database(SMALL).close()
    return office


def create(name, template='template0'):
    from trytond.transaction import Transaction
    with Transaction().start(
            None, 0, close=True, autocommit=True) as transaction:
        transaction.database.create(transaction.connection, name, template)


def fill(name, total):
    from benchmarks import province
    from trytond.transaction import Transaction
    with step(f"{total} dossiers"):
        with Transaction().start(name, 0) as transaction:
            province.fill(transaction.connection.cursor(), total)
        with Transaction().start(name, 0, autocommit=True) as transaction:
            transaction.connection.execute("VACUUM ANALYZE")


@contextlib.contextmanager
def step(text):
    print(text, end=' ', flush=True)
    started = time.monotonic()
    yield
    print(f"{time.monotonic() - started:.0f} s", flush=True)


@contextlib.contextmanager
def serve():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        address = '%s:%s' % probe.getsockname()
    process = subprocess.Popen([
            sys.executable, '-m', 'gunicorn', '--workers', str(WORKERS),
            '--bind', address, '--log-level', 'warning', '--timeout', '120',
            'trytond.application:app'])
    try:
        url = f'http://{address}/'
        while True:
            try:
                urllib.request.urlopen(
                    urllib.request.Request(url, method='OPTIONS'))
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit("The server does not start")
                time.sleep(0.2)
        yield SimpleNamespace(url=url)
    finally:
        process.terminate()
        process.wait()


class Times:
    "What calls took, in seconds, by database, kind and name of the call"

    def __init__(self):
        self._times = defaultdict(list)

    @contextlib.contextmanager
    def of(self, *key):
        started = time.perf_counter()
        yield
        self._times[key].append(time.perf_counter() - started)

    def __getitem__(self, key):
        return sorted(self._times[key])


class Officer:
    "A counter officer with the people the dossiers are passed on to"

    def __init__(self, server, database, logins, office, times):
        from tests.server import Client
        from trytond.modules.tthcc.tests.tools import PASSWORD
        server = SimpleNamespace(url=server.url, database=database)
        self.database, self.office, self.times = database, office, times
        self.clients = {
            role: Client(server, login, PASSWORD)
            for role, login in logins.items()}
        self.fields = {
            kind: self.fields_of('tthcc.dossier', 'form') for kind in KINDS}
        self.fields['yardstick'] = [
            name for name in self.fields['tthcc'] if name.split('.')[0] in
            self.clients['officer'].model(
                'yardstick.dossier', 'fields_get')]

    def fields_of(self, model, type_, **context):
        "The fields a client reads for a view"
        fields = self.clients['officer'].model(
            model, 'fields_view_get', None, type_)['fields']
        names = list(fields)
        names += [
            f'{name}.rec_name' for name, field in fields.items()
            if field['type'] == 'many2one']
        return names + ['rec_name', '_timestamp']

    def call(self, kind, role, method, *args):
        with self.times.of(self.database, kind, method):
            return self.clients[role].model(MODELS[kind], method, *args)

    def live(self, kind):
        "One life of a dossier"
        values = self.office.values
        if kind == 'yardstick':
            values = {
                k: v for k, v in values.items() if k != 'applicants'}
            values |= {
                'state': 'draft',
                'company': self.office.company,
                'resolver': self.office.company,
                'applicant_name': "Nguyễn Văn Ân",
                'sets': 1,
                'return_method': 'centre',
                }
        with self.times.of(self.database, kind, 'life'):
            id, = self.call(kind, 'officer', 'create', [values])
            for role, button in [
                    ('officer', 'register'),
                    ('officer', 'pass_on'),
                    ('processor', 'complete_step'),
                    ('leader', 'resolve'),
                    ('officer', 'return_')]:
                self.call(kind, role, button, [id])
            dossier, = self.call(
                kind, 'officer', 'read', [id], self.fields[kind])
        assert dossier['state'] == 'returned'

    def list_overdue(self, kind):
        "The overdue tab, as the web client asks for it: search, then read"
        from trytond.modules.tthcc import clock
        client = self.clients['officer']
        fields = self.fields_of('tthcc.dossier', 'tree')
        domain = [('class_', '=', 'overdue')]
        if kind == 'yardstick':
            fields = [f for f in fields if f != 'class_']
            domain = [
                ('centre', '=', self.office.centre),
                ('state', 'in', ['received', 'processing']),
                ('due', '<', clock.now())]
        model, order = MODELS[kind], [('due', 'ASC')]
        with self.times.of(self.database, kind, 'list'):
            with self.times.of(self.database, kind, 'list: search'):
                ids = client.model(model, 'search', domain, 0, 100, order)
            with self.times.of(self.database, kind, 'list: read'):
                rows = client.read(
                    model, ids, fields + ['_write', '_delete'])
        assert len(rows) == 100

    def receive(self, number):
        "Fill in the reception window and print the receipt"


def measure(server, office, options):
    times = Times()
    officers = {
        name: [
            Officer(server, name, logins, office, times)
            for logins in office.people]
        for name in [SMALL, LARGE]}
    rates = defaultdict(list)
    turns = [(SMALL, 'yardstick'), (SMALL, 'tthcc'),
        (LARGE, 'tthcc'), (LARGE, 'yardstick')]

    def live_until(officer, kind, end):
        lives = 0
        while time.monotonic() < end:
            officer.live(kind)
            lives += 1
        return lives

    with ThreadPoolExecutor(len(office.people)) as executor:
        def slice_(name, kind, seconds):
            started = time.monotonic()
            lives = sum(executor.map(
                    lambda o: live_until(o, kind, started + seconds),
                    officers[name]))
            return lives / (time.monotonic() - started)
        for turn in turns:
            slice_(*turn, 2)
        times._times.clear()
        for _ in range(options.rounds):
            for turn in turns:
                rates[turn].append(slice_(*turn, options.slice))
            turns.reverse()
    first = officers[LARGE][0]
    for n in range(4 * options.rounds + 2):
        for kind in KINDS:
            first.list_overdue(kind)
    report(rates, times)


def report(rates, times):
    for turn, values in rates.items():
        print(*turn, [f'{v:.2f}' for v in values], f'{median(values):.2f}')
    def ratio(a, b):
        return median(x / y for x, y in zip(rates[a], rates[b]))
    print("life / yardstick, few", ratio((SMALL, 'yardstick'), (SMALL, 'tthcc')))
    print("life / yardstick, many", ratio((LARGE, 'yardstick'), (LARGE, 'tthcc')))
    print("many / few", ratio((SMALL, 'tthcc'), (LARGE, 'tthcc')))
    print("many / few yardstick", ratio((SMALL, 'yardstick'), (LARGE, 'yardstick')))
    for call in ['life', 'create', 'register', 'pass_on', 'complete_step',
            'resolve', 'return_', 'read', 'list', 'list: search', 'list: read']:
        line = [call]
        for name in [SMALL, LARGE]:
            for kind in KINDS:
                found = times[name, kind, call]
                if found:
                    line.append('%6.1f %6.1f' % (
                            1000 * median(found),
                            1000 * quantiles(found, n=20)[-1]))
        print(*line, sep='\t')


if __name__ == '__main__':
    main()
