# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from sql.conditionals import Coalesce

from trytond import config
from trytond.pool import PoolMeta
from trytond.transaction import Transaction


class Session(metaclass=PoolMeta):
    __name__ = 'ir.session'

    @classmethod
    def remove_idle(cls):
        """Delete the sessions that nobody has used for session_days of
        [tthcc_server], 7 by default.

        Clients seldom log out, and Tryton reads all sessions of a user to
        find one; it removes them after [session] max_age, 30 days, and only
        when the same user calls from the same address."""
        days = config.getint('tthcc_server', 'session_days', default=7)
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        # Tryton's moments of sessions are local time
        cursor.execute(*table.select(
                table.id,
                where=Coalesce(table.write_date, table.create_date)
                < dt.datetime.now() - dt.timedelta(days=days)))
        cls.delete(cls.browse([id_ for id_, in cursor.fetchall()]))


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('ir.session|remove_idle', "Remove Sessions out of Use"))
