# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A session checked once every few seconds

Tryton reads all sessions of a user, as records, in a transaction of its own at
every call.  Here a process remembers a good check for session_seconds (5, 0
for not at all), and reads only the columns it compares.  A session that ends
in the same process is forgotten at once; in another process it may live on
for as many seconds.
"""
import datetime as dt
import threading
import time
from functools import partial
from secrets import compare_digest

from sql.conditionals import Coalesce

from trytond import backend, config, security
from trytond.ir.session import Session
from trytond.pool import Pool
from trytond.tools import sqlite_apply_types
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.security:check': '1e53b1d4785a07b7',
    'trytond.security:logout': '132afa8e69cca3fd',
    'trytond.ir.session:Session.check': 'db3c47e29d584993',
    'trytond.ir.session:Session.on_modification': '1a9628790de76903',
    }
# More than so many are not remembered
LIMIT = 10_000


class Memory:
    "Good checks, each until a moment"

    def __init__(self):
        self._lock = threading.Lock()
        self._until = {}
        # Tells a check that has begun before a session ended
        self.age = 0

    def has(self, key):
        return time.monotonic() < self._until.get(key, 0)

    def keep(self, key, seconds, age):
        with self._lock:
            if age == self.age:
                if len(self._until) >= LIMIT:
                    self._until.clear()
                self._until[key] = time.monotonic() + seconds

    def clear(self):
        with self._lock:
            self.age += 1
            self._until.clear()


_memory = Memory()


def apply(replace):
    _memory.clear()
    replace(security, 'check', partial(check, security.check))
    replace(
        Session, 'check',
        classmethod(partial(check_session, Session.check.__func__)))
    replace(
        Session, 'on_modification',
        classmethod(partial(
                on_modification, Session.on_modification.__func__)))


def check(stock, dbname, user, session, context=None):
    seconds = config.getint('tthcc_server', 'session_seconds', default=5)
    remote_addr = (context or {}).get('_request', {}).get('remote_addr')
    key = dbname, user, session, remote_addr
    if seconds and _memory.has(key):
        return user
    age = _memory.age
    found = stock(dbname, user, session, context=context)
    if found and seconds and _is_plain(dbname):
        _memory.keep(key, seconds, age)
    return found


def _is_plain(dbname):
    "Whether no module asks for more at a check"
    model = Pool(dbname).get('ir.session')
    return model.check.__func__ is Session.check.__func__


def on_modification(stock, cls, mode, sessions, field_names=None):
    stock(cls, mode, sessions, field_names=field_names)
    if mode == 'delete':
        # Others find the session until the end of the transaction
        Transaction().atexit(_memory.clear)
        _memory.clear()


def check_session(stock, cls, user, key, domain=None):
    if domain:
        return stock(cls, user, key, domain=domain)
    transaction = Transaction()
    table = cls.__table__()
    ip_address, _ = transaction.remote_address()
    query = table.select(
        table.id.as_('id'), table.key.as_('key'),
        table.create_date.as_('created'),
        Coalesce(table.write_date, table.create_date).as_('last_reset'),
        where=(table.create_uid == user)
        & (table.ip_address == (str(ip_address) if ip_address else None)))
    if backend.name == 'sqlite':
        sqlite_apply_types(query, [None, None, 'DATETIME', 'DATETIME'])
    cursor = transaction.connection.cursor()
    cursor.execute(*query)
    now = dt.datetime.now()
    timeout = dt.timedelta(seconds=config.getint('session', 'max_age'))
    find, old = None, []
    for id_, session_key, created, last_reset in cursor.fetchall():
        same = compare_digest(session_key, key)
        if abs(created - now) < timeout:
            if same:
                find = True
                cls._session_reset_cache.set(key, last_reset)
        else:
            old.append(id_)
            if same and find is None:
                find = False
    if old:
        cls.delete(cls.browse(old))
    return find
