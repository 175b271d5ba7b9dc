# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Prepared databases, restored in a moment"
import contextlib
import os
import pathlib
import sqlite3
import tempfile

from psycopg.sql import SQL, Identifier

from databases import PostgreSQL
from trytond import admin, backend, commandline, config
from trytond.cache import Cache
from trytond.pool import Pool
from trytond.transaction import Transaction

MODULES = ['tthcc_facility', 'tthcc_staffing', 'tthcc_language_vi']
PASSWORD = 'a-test-password'


class Databases:
    """The database under test and the prepared ones it is restored from

    It keeps one name, so that the pool of its modules loads once.
    """

    def __init__(self, kept=None):
        """kept: the folder in which to keep what was prepared from one run to
        the next, on SQLite"""
        self.name = f'test_{os.getpid()}'
        self._kept = kept
        self._prepared = set()
        self._existing = set()

    def restore(self, prepared='base', prepare=None, base='base'):
        """Bring the database under test into the prepared state

        The state is made once, from the one named base, by the function
        prepare, called with the name of the database.
        """
        if prepared not in self._prepared:
            kept = self._kept and self._kept / f'{prepared}.sqlite'
            if kept and kept.exists():
                _backup(kept, _path(self.name))
                self._existing.add(self.name)
            else:
                if prepare:
                    self.restore(base)
                    prepare(self.name)
                else:
                    self._create()
                if kept:
                    _backup(_path(self.name), kept)
            self._copy(self.name, f'{self.name}_{prepared}')
            self._prepared.add(prepared)
        self._copy(f'{self.name}_{prepared}', self.name)
        Cache.drop(self.name)
        if self.name not in Pool.database_list():
            Pool(self.name).init()
        return self.name

    def drop_all(self):
        for name in list(self._existing):
            self._drop(name)

    def _create(self):
        "Create the database as make run and trytond-admin do"
        if backend.name == 'sqlite':
            with _administration() as transaction:
                transaction.database.create(transaction.connection, self.name)
        else:
            PostgreSQL(self.name).create(self.name)
        self._existing.add(self.name)
        with tempfile.NamedTemporaryFile('w') as passfile:
            print(PASSWORD, file=passfile, flush=True)
            os.environ['TRYTONPASSFILE'] = passfile.name
            admin.run(commandline.get_parser_admin().parse_args([
                        '-d', self.name, '--language', 'vi', 'en',
                        '--email', 'admin@example.com',
                        '--activate-dependencies', '--update', *MODULES]))
        with Transaction().start(self.name, 0):
            # Else it opens first at the administrator's login
            Item = Pool().get('ir.module.config_wizard.item')
            Item.write(Item.search([]), {'state': 'done'})

    def _copy(self, source, target):
        if backend.name == 'sqlite':
            _backup(_path(source), _path(target))
        else:
            backend.Database(source).close()
            self._drop(target)
            with _administration() as transaction:
                transaction.database.create(
                    transaction.connection, target, source)
        self._existing.add(target)

    def _drop(self, name):
        if name not in self._existing:
            return
        backend.Database(name).close()
        with _administration() as transaction:
            if backend.name == 'sqlite':
                transaction.database.drop(transaction.connection, name)
            else:
                transaction.connection.execute(
                    SQL("DROP DATABASE {} WITH (FORCE)").format(
                        Identifier(name)))
        backend.Database.clear_cache()
        self._existing.remove(name)


def _administration():
    return Transaction().start(None, 0, close=True, autocommit=True)


def _backup(source, target):
    "Copy a SQLite database with what is still in its log"
    with contextlib.closing(sqlite3.connect(source)) as from_, \
            contextlib.closing(sqlite3.connect(target)) as to:
        from_.backup(to)


def _path(name):
    return pathlib.Path(config.get('database', 'path'), name + '.sqlite')
