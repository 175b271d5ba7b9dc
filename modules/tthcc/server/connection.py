# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A look at the socket instead of a question, and no trace of what broke

Tryton has every connection answer an empty query before it is used, a round
trip for each transaction.  A connection that its server has ended shows it by
its socket, which then has something to read; only such a one is asked, or one
that has been idle, for networks forget those.

A call whose connection breaks before it commits begins again, as one that
meets another call does.  One that breaks in the commit may be saved or not:
it says so, and nobody repeats it without looking.
"""
import select
import time

from psycopg import Connection as StockConnection
from psycopg import OperationalError
from psycopg_pool import ConnectionPool

from trytond.backend.postgresql import database

UPSTREAM = {
    'trytond.backend.postgresql.database:Database.__new__': '4fbabe80bf089958',
    'trytond.backend.postgresql.database:Database.get_connection':
        '122634614c487f62',
    'trytond.transaction:Transaction.stop': '2c689bd4f2a52fc3',
    'trytond.transaction:Transaction.commit': '1e580a733ae73b52',
    'trytond.transaction:Transaction.rollback': '225ef4b55c9f5a3d',
    'psycopg_pool:ConnectionPool.check_connection': '5a7c233f4096105a',
    }
IDLE = 30
# Seconds: an officer waits no longer, and the server that asked for it lives
WAIT = 10
# Seconds after which the pool no longer tries by itself, less and less often,
# but whenever somebody asks
RECONNECT = 5


class CommitUncertain(OperationalError):
    "The connection broke in the commit, which was done or not"

    TEXT = "the connection broke in the commit"

    def __init__(self):
        super().__init__(self.TEXT)


def apply(replace):
    replace(database, 'ConnectionPool', Pool)


class Connection(StockConnection):

    _rolled_back = False

    def commit(self):
        if self._rolled_back:
            return
        broken = self.closed
        try:
            super().commit()
        except OperationalError as error:
            if self.closed and not broken:
                raise CommitUncertain() from error
            raise

    def rollback(self):
        try:
            super().rollback()
        except OperationalError:
            if not self.closed:
                raise
        # By the end of the connection; nothing can be done on it any more
        self._rolled_back = self.closed


class Pool(ConnectionPool):

    def __init__(self, *args, **kwargs):
        super().__init__(
            *args, connection_class=Connection, timeout=WAIT,
            reconnect_timeout=RECONNECT, **kwargs)

    @staticmethod
    def check_connection(connection):
        now = time.monotonic()
        idle = now - getattr(connection, '_tthcc_used', 0)
        connection._tthcc_used = now
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        if idle > IDLE or poll.poll(0):
            ConnectionPool.check_connection(connection)
