# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pytest


@pytest.fixture(scope='session')
def databases():
    "The prepared databases; see tests/databases.py"
    from tests.databases import Databases
    databases = Databases()
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
