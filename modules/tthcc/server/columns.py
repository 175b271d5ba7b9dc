# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The columns of a search as one text

Tryton makes three objects for each column of each search, and python-sql asks
each several times for its text and parameters.  A model has the same columns
in each search; only the alias of its table differs.  What is read of a record
without rights, to validate it, is nearly always all of these columns.
"""
from functools import partial

from sql import As, Column, Expression, Select, Table

from trytond import backend
from trytond.model import ModelSQL
from trytond.transaction import Transaction, inactive_records

UPSTREAM = {
    'trytond.model.modelsql:ModelSQL._ModelSQL__searched_columns':
        'e30b002ff583d0d4',
    'trytond.model.modelsql:ModelSQL._ModelSQL__search_query':
        '36c9a224dbafc098',
    'trytond.model.modelsql:ModelSQL.read': '91feb515ca9344bf',
    'trytond.model.modelsql:ModelSQL.search': '69505bbdc2e1292b',
    'sql:Select.__str__': '304e752093ebde34',
    'sql:Select._format_column': '55eb69f57b16af3f',
    'sql:Select.params.fget': '55770c534505dae9',
    }
_NAME = '_ModelSQL__searched_columns'
# Of fewer columns it costs less not to read them all
_MANY = 10


def apply(replace):
    if backend.name == 'sqlite':
        # Where Tryton adds a type to each name
        return
    replace(
        ModelSQL, _NAME,
        classmethod(partial(searched, getattr(ModelSQL, _NAME).__func__)))
    replace(
        ModelSQL, 'read', classmethod(partial(read, ModelSQL.read.__func__)))


def read(stock, cls, ids, fields_names):
    transaction = Transaction()
    if (len(fields_names) < _MANY
            or transaction.check_access
            or transaction.readonly
            or '_datetime' in transaction.context
            or not _names(cls).issuperset(fields_names)):
        return stock(cls, ids, fields_names)
    with inactive_records():
        found = cls.search([('id', 'in', ids)], order=[])
    if len(found) < len(set(ids)):
        # To say which are gone
        return stock(cls, ids, fields_names)
    cache = transaction.get_cache()[cls.__name__]
    try:
        rows = [
            {'id': id_, **{name: cache[id_][name] for name in fields_names}}
            for id_ in ids]
    except KeyError:
        # More than the cache takes
        return stock(cls, ids, fields_names)
    cls._before_read(ids, fields_names)
    return cls._after_read(rows)


def searched(stock, cls, tables, *, eager=False, **options):
    table, _ = tables[None]
    if (not eager
            or type(table) is not Table
            or '_datetime' in Transaction().context):
        return stock(cls, tables, eager=eager, **options)
    if '_tthcc_columns' not in vars(cls):
        columns = stock(cls, {None: (table, None)}, eager=True)
        own = all(_is_own(column, table) for column in columns)
        # Names, and texts by alias, unless other tables have a part in them
        cls._tthcc_columns = (
            frozenset(c.output_name for c in columns) if own else frozenset(),
            {} if own else None)
    _, texts = cls._tthcc_columns
    if texts is None:
        return stock(cls, tables, eager=eager, **options)
    return [Columns(texts, partial(stock, cls), table)]


def _names(cls):
    "What is known to be read of the model by a search"
    names, _ = vars(cls).get('_tthcc_columns', (frozenset(), None))
    return names


def _is_own(column, table):
    return (
        isinstance(column, As)
        and not column.expression.params
        and (column.output_name == '_timestamp'
            or type(column.expression) is Column
            and column.expression.table is table))


class Columns(Expression):
    "All that a search reads of the table of a model"
    __slots__ = ('_texts', '_stock', '_table')

    params = ()

    def __init__(self, texts, stock, table):
        self._texts = texts
        self._stock = stock
        self._table = table

    def __str__(self):
        alias = self._table.alias
        if alias not in self._texts:
            self._texts[alias] = ', '.join(map(
                    Select._format_column,
                    self._stock({None: (self._table, None)}, eager=True)))
        return self._texts[alias]
