# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The database of "make run" on either backend

A new one is made under a temporary name and gets its own at the end, so that
one whose making was interrupted is begun anew.
"""
import contextlib
import hashlib
import os
import pathlib
import sqlite3

import psycopg
from psycopg.sql import SQL, Identifier

from prepare import Stop
from trytond import backend, config


def open_database(name):
    if backend.name == 'sqlite':
        return SQLite(name)
    return PostgreSQL(name)


class SQLite:
    has_worker = False

    def __init__(self, name):
        self.name = name
        self.key = name
        self._folder = pathlib.Path(config.get('database', 'path'))

    def state(self):
        "Return missing, empty or ready"
        path = self._path(self.name)
        return 'ready' if path.exists() and path.stat().st_size else 'missing'

    def begin(self):
        "Make an empty database and return its temporary name"
        name = f'{self.name}.new'
        self._folder.mkdir(parents=True, exist_ok=True)
        for suffix in ['', '-wal', '-shm']:
            pathlib.Path(f'{self._path(name)}{suffix}').unlink(missing_ok=True)
        self._path(name).touch()
        return name

    def finish(self, name):
        with contextlib.closing(sqlite3.connect(self._path(name))) as database:
            # Closing it then leaves all in the one file
            database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        os.replace(self._path(name), self._path(self.name))

    def _path(self, name):
        return self._folder / f'{name}.sqlite'


class PostgreSQL:
    has_worker = True

    def __init__(self, name):
        self.name = name
        self._uri = config.parse_uri(config.get('database', 'uri'))
        server = hashlib.sha256(self._uri.netloc.encode()).hexdigest()[:8]
        self.key = f'{name}-{server}'

    def state(self):
        exists = self._execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
        if not exists:
            return 'missing'
        made = self._execute(
            "SELECT 1 FROM information_schema.tables WHERE table_name = %s",
            ['ir_configuration'], database=self.name)
        return 'ready' if made else 'empty'

    def begin(self):
        name = f'{self.name}_new'
        self._execute(SQL("DROP DATABASE IF EXISTS {}").format(
                Identifier(name)))
        self.create(name)
        return name

    def create(self, name):
        "Make an empty database; it sorts as Vietnamese does where it can"
        sorting = SQL("")
        if self._execute(
                "SELECT 1 FROM pg_collation WHERE collprovider = 'i' "
                "AND current_setting('server_version_num')::int >= 150000"):
            sorting = SQL("LOCALE_PROVIDER icu ICU_LOCALE 'vi'")
        self._execute(SQL(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING 'unicode' {}"
                ).format(Identifier(name), sorting))

    def finish(self, name):
        self._execute(SQL("ALTER DATABASE {} RENAME TO {}").format(
                Identifier(name), Identifier(self.name)))

    def _execute(self, query, parameters=(), database=None):
        if not database:
            database = config.get(
                'database', 'default_name', default='template1')
        uri = self._uri._replace(
            scheme='postgresql', path='/' + database).geturl()
        try:
            with psycopg.connect(
                    uri, autocommit=True, connect_timeout=5) as connection:
                cursor = connection.execute(query, parameters)
                return cursor.fetchall() if cursor.description else None
        except psycopg.Error as error:
            message = ' '.join(str(error).split())
            raise Stop(f"PostgreSQL: {message}: correct this, or the URI in "
                f"TRYTOND_DATABASE_URI or the configuration, and run it again")
