# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""An application server that reads from a replica of the database

PostgreSQL refuses a transaction on a replica that might write, and most of
Tryton's are begun like that.  Here all only read; what does write is refused
by the database.  Who logs in does so on a server that writes, and the use of a
session is not noted here.
"""
from functools import partialmethod

from trytond import security
from trytond.backend.postgresql.database import Database

UPSTREAM = {
    'trytond.backend.postgresql.database:Database.get_connection':
        '122634614c487f62',
    'trytond.security:reset': 'ac164ebf60569f6b',
    }


def apply(replace):
    replace(
        Database, 'get_connection',
        partialmethod(get_connection, Database.get_connection))
    replace(security, 'reset', reset)


def get_connection(
        database, stock, autocommit=False, readonly=False,
        statement_timeout=None):
    return stock(
        database, autocommit=autocommit, readonly=True,
        statement_timeout=statement_timeout)


def reset(dbname, session, context):
    pass
