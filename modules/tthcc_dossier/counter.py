# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Column, Conflict, Table

from trytond.model import ModelSQL, Unique, fields
from trytond.modules.tthcc import clock
from trytond.transaction import Transaction


class Counter(ModelSQL):
    """The last number given in a series, such as the codes of one unit and
    day.  The row is advanced by a single statement, so that concurrent
    officers never get the same number, and a transaction that fails gives
    its numbers back."""
    __name__ = 'tthcc.dossier.counter'

    series = fields.Char("Series", required=True)
    last = fields.Integer("Last Number", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('series_unique', Unique(t, t.series),
                'tthcc_dossier.msg_counter_series_unique'),
            ]

    @classmethod
    def take(cls, series, count=1):
        "Take count numbers of the series and return them as a range"
        return cls.take_all({series: count})[series]

    @classmethod
    def take_all(cls, counts):
        """Take numbers of several series at once: return for each series of
        counts a range of as many"""
        if not counts:
            return {}
        counter = Table(cls._table)
        cursor = Transaction().connection.cursor()
        cursor.execute(*counter.insert(
                [counter.series, counter.last],
                # In one order, so that two officers never wait for each other
                sorted(map(list, counts.items())),
                on_conflict=Conflict(
                    counter,
                    indexed_columns=[counter.series],
                    columns=[counter.last],
                    values=[counter.last + _Excluded(counter, 'last')]),
                returning=[
                    _BareColumn(counter, 'series'),
                    _BareColumn(counter, 'last')]))
        return {
            series: range(last - counts[series] + 1, last + 1)
            for series, last in cursor.fetchall()}

    @classmethod
    def take_for_form(cls, form, centre):
        "Take the next number of the form at the centre in the year"
        year = clock.today(centre.timezone).year
        number, = cls.take(f'form {form} {centre.id} {year}')
        return number


class _BareColumn(Column):
    "A column without the alias of its table, which SQLite cannot return"
    __slots__ = ()

    def __str__(self):
        return self.column_name


class _Excluded(_BareColumn):
    "The column of the row that was to be inserted"
    __slots__ = ()

    def __str__(self):
        return f'excluded.{super().__str__()}'
