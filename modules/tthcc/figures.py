# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import shutil

from sql import Literal, Null
from sql.aggregate import Count, Min

from trytond import backend
from trytond.filestore import filestore
from trytond.model import Model
from trytond.pool import Pool
from trytond.tools import sqlite_apply_types
from trytond.transaction import Transaction

from . import clock

_STATES = ['active', 'idle', 'idle in transaction']


class Figures(Model):
    "Số liệu giám sát máy chủ"
    __name__ = 'tthcc.figures'

    @classmethod
    def get(cls):
        """Return what the administrator watches in the database

        Each: name, what it is, and its values by their labels; no personal
        data, and what is cheap enough to be asked every few seconds."""
        return [
            *cls._queue(), cls._cron(), *cls._connections(),
            ('filestore_free_bytes', "Space left for scans",
                {(): shutil.disk_usage(filestore.path).free}),
            ]

    @classmethod
    def _queue(cls):
        table = Pool().get('ir.queue').__table__()
        count, oldest = cls._waiting(
            table, table.enqueued_at,
            (table.dequeued_at == Null)
            & ((table.scheduled_at == Null)
                | (table.scheduled_at <= clock.now())))
        return [
            ('queue_length', "Tasks that no worker has taken", {(): count}),
            ('queue_age_seconds', "Age of the oldest of them", {(): oldest}),
            ]

    @classmethod
    def _cron(cls):
        table = Pool().get('ir.cron').__table__()
        _, late = cls._waiting(
            table, table.next_call,
            (table.active == Literal(True)) & (table.next_call != Null))
        return (
            'cron_late_seconds', "By how much the latest scheduled task is "
            "late", {(): late})

    @classmethod
    def _waiting(cls, table, since, where):
        "Return how many rows wait, and the seconds of the oldest"
        query = table.select(
            Count(Literal(1)), Min(since).as_('since'), where=where)
        if backend.name == 'sqlite':
            sqlite_apply_types(query, [None, 'TIMESTAMP'])
        cursor = Transaction().connection.cursor()
        cursor.execute(*query)
        count, oldest = cursor.fetchone()
        age = clock.now() - oldest if oldest else dt.timedelta()
        return count, max(age.total_seconds(), 0)

    @classmethod
    def _connections(cls):
        if backend.name != 'postgresql':
            return
        cursor = Transaction().connection.cursor()
        cursor.execute(
            "SELECT state, count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() GROUP BY state")
        counts = dict(cursor.fetchall())
        yield (
            'database_connections', "Connections to the database",
            {(('state', s),): counts.get(s, 0) for s in _STATES})
        cursor.execute("SELECT current_setting('max_connections')::int")
        yield (
            'database_connections_max', "Connections the server of the "
            "database allows", {(): cursor.fetchone()[0]})
        cursor.execute("SELECT pg_database_size(current_database())")
        yield (
            'database_size_bytes', "Size of the database",
            {(): cursor.fetchone()[0]})
