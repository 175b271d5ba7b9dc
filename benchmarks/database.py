# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The databases of a benchmark, on a PostgreSQL of its own"
import contextlib
import os
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parent.parent
# What the tests import from there
sys.path.append(str(ROOT / 'tools'))


@contextlib.contextmanager
def postgresql(*settings, config=os.devnull, keep=None):
    """Start a PostgreSQL for this process and its children

    To be called before Tryton is imported."""
    from tests import postgresql
    uri, stop = postgresql.start(settings, keep)
    for name in list(os.environ):
        if name.startswith('TRYTOND_'):
            del os.environ[name]
    os.environ.update({
            'TRYTOND_CONFIG': str(config),
            'TRYTOND_DATABASE_URI': uri,
            })
    try:
        yield
    finally:
        stop()


def create(name, template='template0'):
    from trytond.transaction import Transaction
    with Transaction().start(
            None, 0, close=True, autocommit=True) as transaction:
        transaction.database.create(transaction.connection, name, template)
    if template == 'template0':
        # For the search without accents, as a real centre has it
        execute(name, "CREATE EXTENSION pg_trgm")


def update(name, *modules):
    "Activate or update the modules"
    from trytond import admin, commandline
    with tempfile.TemporaryDirectory() as folder:
        passfile = pathlib.Path(folder, 'password')
        passfile.write_text('a-password-of-the-benchmark\n')
        os.environ['TRYTONPASSFILE'] = str(passfile)
        admin.run(commandline.get_parser_admin().parse_args([
                    '-d', name, '--language', 'vi',
                    '--email', 'admin@example.com',
                    '--activate-dependencies', '--update', *modules]))


def execute(name, *statements):
    "Execute each statement in a transaction of its own"
    from trytond.transaction import Transaction
    with Transaction().start(name, 0, autocommit=True) as transaction:
        for statement in statements:
            transaction.connection.execute(statement)


def close(name):
    "Close the connections, so that the database can be copied"
    from trytond import backend
    backend.Database(name).close()


@contextlib.contextmanager
def step(text):
    print(text, end=' ', flush=True)
    started = time.monotonic()
    yield
    print(f"{time.monotonic() - started:.0f} s", flush=True)
