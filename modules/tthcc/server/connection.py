# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A look at the socket instead of a question to the database

Tryton has every connection answer an empty query before it is used, a round
trip for each transaction.  A connection that its server has ended shows it by
its socket, which then has something to read; only such a one is asked, or one
that has been idle, for networks forget those.
"""
import select
import time

from psycopg_pool import ConnectionPool

from trytond.backend.postgresql import database

UPSTREAM = {
    'trytond.backend.postgresql.database:Database.__new__': '4fbabe80bf089958',
    'trytond.backend.postgresql.database:Database.get_connection':
        '122634614c487f62',
    'psycopg_pool:ConnectionPool.check_connection': '5a7c233f4096105a',
    }
# Seconds without use after which a connection is asked
IDLE = 30


def apply(replace):
    replace(database, 'ConnectionPool', Pool)


class Pool(ConnectionPool):

    @staticmethod
    def check_connection(connection):
        now = time.monotonic()
        idle = now - getattr(connection, '_tthcc_used', 0)
        connection._tthcc_used = now
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        if idle > IDLE or poll.poll(0):
            ConnectionPool.check_connection(connection)
