# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Literal
from sql.aggregate import Count

from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction


class Figures(metaclass=PoolMeta):
    __name__ = 'tthcc.figures'

    @classmethod
    def get(cls):
        return super().get() + list(cls._notices())

    @classmethod
    def _notices(cls):
        table = Pool().get('tthcc.dossier.notice').__table__()
        count, late = cls._waiting(
            table, table.next_try,
            (table.state == 'waiting') & (table.next_try <= clock.now()))
        yield (
            'notices_waiting', "Notices whose time to be sent has come",
            {(): count})
        yield (
            'notices_late_seconds', "By how much the latest of them is late",
            {(): late})
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                Count(Literal(1)),
                where=table.state.in_(['failed', 'uncertain'])))
        count, = cursor.fetchone()
        yield (
            'notices_to_settle', "Notices that wait for a person",
            {(): count})
