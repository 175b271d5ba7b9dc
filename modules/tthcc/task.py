# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Tasks of worker and scheduler, of which none is forgotten."""
import contextlib
import datetime as dt

from dateutil.relativedelta import relativedelta
from sql import Null, Select
from sql.functions import CurrentTimestamp

from trytond import backend
from trytond.ir.cron import str2bigint
from trytond.model import Index
from trytond.pool import PoolMeta
from trytond.transaction import Transaction

# After so long a task that nobody runs was left by a worker that is gone,
# but one of long ago is not repeated
_LEFT_AFTER = dt.timedelta(minutes=5)
_LEFT_BEFORE = dt.timedelta(days=1)


class Queue(metaclass=PoolMeta):
    __name__ = 'ir.queue'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t,
                (t.dequeued_at, Index.Range()),
                where=t.finished_at == Null))

    def run(self):
        """Run the task under a lock, which tells that its worker lives.

        One that fails is finished: it is reported or queued anew."""
        if not self._lock(self.id):
            return
        try:
            super().run()
        except Exception:
            with contextlib.suppress(backend.DatabaseOperationalError):
                self._finish()
            raise

    def _finish(self):
        table = self.__table__()
        For = Transaction().database.get_select_for_skip_locked()
        with Transaction().new_transaction() as transaction:
            transaction.connection.cursor().execute(*table.update(
                    [table.finished_at], [CurrentTimestamp()],
                    where=table.id.in_(table.select(
                            table.id, where=table.id == self.id,
                            for_=For('UPDATE')))))

    @classmethod
    def _lock(cls, id):
        "Lock the task until the end of the transaction, if nobody has it"
        transaction = Transaction()
        if not transaction.database.has_channel():
            return True
        cursor = transaction.connection.cursor()
        cursor.execute(*Select([transaction.database.lock_id(
                        str2bigint(f'{cls.__name__},{id}'))]))
        locked, = cursor.fetchone()
        return locked

    @classmethod
    def give_back(cls):
        "Give tasks that a worker took and never ended to another; for cron"
        transaction = Transaction()
        if not transaction.database.has_channel():
            return
        t = cls.__table__()
        cursor = transaction.connection.cursor()
        cursor.execute(*t.select(
                t.id,
                where=(t.finished_at == Null)
                & (t.dequeued_at < CurrentTimestamp() - _LEFT_AFTER)
                & (t.dequeued_at > CurrentTimestamp() - _LEFT_BEFORE)))
        left = [id_ for id_, in cursor.fetchall() if cls._lock(id_)]
        if left:
            cursor.execute(*t.update(
                    [t.dequeued_at], [Null],
                    where=t.id.in_(left) & (t.finished_at == Null)))
            transaction.database.notify(
                transaction.connection, cls.__name__, '')


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('ir.queue|give_back', "Give Back Tasks of Workers that are Gone"))

    @classmethod
    def run(cls, db_name):
        with Transaction().start(db_name, 0):
            cls._come_back()
        super().run(db_name)

    @classmethod
    def _come_back(cls):
        """Have what waits for more than two intervals run now: the clock was
        ahead when it ran last"""
        now = dt.datetime.now()
        crons = []
        for cron in cls.search([('next_call', '>', now)]):
            interval = relativedelta(
                **{cron.interval_type: cron.interval_number})
            if cron.next_call > now + 2 * interval:
                cron.next_call = now
                crons.append(cron)
        cls.save(crons)
