# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import os
import pathlib
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

ROOT = pathlib.Path(__file__).parent.parent

# A busy machine may be slow at drawing values and at trying them
settings.register_profile(
    'at leisure', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('at leisure')


@pytest.fixture(scope='session')
def databases(pytestconfig):
    "The prepared databases; see tests/databases.py"
    from tests.databases import Databases
    reuse = (
        pytestconfig.option.reuse_db and pytestconfig.backend == 'sqlite')
    databases = Databases(ROOT / '.run' / 'test' if reuse else None)
    yield databases
    databases.drop_all()


@pytest.fixture(scope='module')
def database(databases):
    """Return the name of a database with all modules, in Vietnamese

    It is as new for each file of tests, which share what they write.
    """
    return databases.restore()


@pytest.fixture
def new_database(databases):
    "Return the name of the database, as new for this test"
    return databases.restore()


@pytest.fixture(scope='session')
def http_server(databases):
    from tests.server import Server
    server = Server(databases.name)
    yield server
    server.stop()


@pytest.fixture(scope='module')
def server(database, http_server):
    "Return the running server: url, host, port, client(), proteus()"
    return http_server


@pytest.fixture
def rpc(server):
    "Log in over JSON-RPC: rpc(login, password) returns a Client"
    return server.client


@pytest.fixture
def start(database):
    """Start a transaction: `with start(user=1, context=None):`

    It commits at its end, as on the server.  On SQLite it locks the database,
    so end it before calling the server.
    """
    from trytond.transaction import Transaction
    return lambda user=1, **options: Transaction().start(
        database, user, **options)


@pytest.fixture
def transaction(start):
    "A transaction of the administrator, rolled back after the test"
    with start() as transaction:
        yield transaction
        transaction.rollback()
        transaction.tasks.clear()


@pytest.fixture
def pool(database):
    from trytond.pool import Pool
    return Pool(database)


@pytest.fixture(scope='session')
def pictures(tmp_path_factory):
    "Return the folder of pictures: docs/images when TTHCC_PICTURES is set"
    if os.environ.get('TTHCC_PICTURES'):
        folder = ROOT / 'docs' / 'images'
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    return tmp_path_factory.mktemp('pictures')


@pytest.fixture(scope='session')
def chromium():
    if not shutil.which('chromium'):
        leave_out("chromium")
    if not (ROOT / '.run' / 'sao').exists():
        leave_out("the web client, which make test fetches")
    from tests import browser
    with browser.chromium() as chromium:
        yield chromium


@pytest.fixture
def browser(chromium, server, pictures):
    "A window of the web client; see tests/browser.py"
    from tests.browser import WebClient
    client = WebClient(chromium, server, pictures)
    yield client
    client.close()


@pytest.fixture
def log_in(chromium, server, pictures):
    "Open a window of the web client for a person of the demo: log_in(login)"
    from demo.logins import PASSWORD
    from tests.browser import WebClient
    clients = []

    def log_in(login):
        client = WebClient(chromium, server, pictures)
        clients.append(client)
        client.log_in(login, PASSWORD)
        return client
    yield log_in
    for client in clients:
        client.close()


@pytest.fixture
def desktop(server, pictures):
    "The desktop client; see tests/desktop.py"
    from tests import desktop
    if missing := desktop.missing():
        leave_out(missing)
    client = desktop.DesktopClient(server, pictures)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def own_clock():
    "Fail what leaves the clock moved, which every test after it would feel"
    yield
    from trytond.modules.tthcc import clock
    left, clock._standing_at = clock._standing_at, None
    assert left is None, f"the clock was left at {left}"


@pytest.fixture
def options():
    "Set options of the configuration for a test: options(section, name=…)"
    from trytond import config
    before = []

    def set_(section, **values):
        if not config.has_section(section):
            config.add_section(section)
        for name, value in values.items():
            before.append((section, name, config.get(section, name)))
            config.set(section, name, value)

    yield set_
    for section, name, value in reversed(before):
        if value is None:
            config._config.remove_option(section, name)
            config._cache_clear()
        else:
            config.set(section, name, value)


@pytest.fixture
def endpoint():
    "A web address that keeps what is posted and answers as it is told"
    endpoint = SimpleNamespace(requests=[], status=200, answer='ok')

    class Handler(BaseHTTPRequestHandler):

        def do_POST(self):
            body = self.rfile.read(int(self.headers['Content-Length']))
            endpoint.requests.append(SimpleNamespace(
                    path=self.path, headers=self.headers, body=body))
            status = endpoint.status
            if status is None:
                # Breaks off without an answer
                return
            self.send_response(status)
            self.send_header('Location', '/elsewhere')
            self.end_headers()
            self.wfile.write(endpoint.answer.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    endpoint.url = f'http://127.0.0.1:{server.server_port}/notices'
    yield endpoint
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def smtp(options):
    "A mail server that keeps its mail and answers as it is told"
    from tests.mailbox import Mailbox
    mailbox = Mailbox()
    options(
        'email', uri=f'{mailbox.uri}?timeout=2',
        **{'from': "Một cửa <motcua@example.vn>"})
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def send_notices(start, pool):
    "Send what waits, as the scheduler does: send_notices(at)"
    def send(at):
        from trytond.transaction import Transaction
        from trytond.worker import run_task
        Notice = pool.get('tthcc.dossier.notice')
        from trytond.modules.tthcc import clock
        with clock.moved_to(at):
            with start(0):
                Notice.send_waiting()
            tasks = Transaction().tasks
            while tasks:
                run_task(pool, tasks.pop(0))
    return send


def leave_out(missing):
    "Skip the story; where everything must be tested, fail"
    reason = f"Left out: this machine lacks {missing}"
    if os.environ.get('TTHCC_TEST_ALL'):
        pytest.fail(reason)
    pytest.skip(reason)
