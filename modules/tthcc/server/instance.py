# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Values of a record without the detours to them

For each instance Tryton makes a cache, to keep it only where the transaction
has none yet; for each value that an instance has it first raises and catches
an error; whether a row of the cache has a value it finds out the same way; and
to make one of what the cache has, it prepares for reading it.
"""
from functools import partial, partialmethod

import trytond.model.model
from trytond.model import ModelStorage, fields
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.transaction:Transaction.get_cache': '8fed5ae403f53d45',
    'trytond.model.model:Model.__getattr__': 'fc97c3df32a13d55',
    'trytond.model.model:record': '7dabda9226653988',
    'trytond.model.modelstorage:ModelStorage.__getattr__':
        '4397548616fc3b32',
    }
_RELATIONS = {'many2one', 'one2one', 'one2many', 'many2many', 'reference'}


def apply(replace):
    replace(
        Transaction, 'get_cache',
        partialmethod(get_cache, Transaction.get_cache))
    replace(
        ModelStorage, '__getattr__', get_value(ModelStorage.__getattr__))
    replace(
        trytond.model.model, 'record',
        partial(record, trytond.model.model.record))


def get_cache(transaction, stock):
    context = transaction.context
    keys = tuple([
            (key, context[key]) for key in sorted(transaction.cache_keys)
            if key in context])
    cache = transaction.cache.get((transaction.user, keys))
    if cache is None:
        return stock(transaction)
    transaction._cache_deque.append(cache)
    return cache


def get_value(stock):
    def __getattr__(self, name):
        if name.startswith('_') or self._id is None or self._id < 0:
            return stock(self, name)
        if self._values is not None and name in self._values:
            return self._values[name]
        cache = self._local_cache
        cache.refresh()
        if self._id in cache and name in cache[self._id]:
            return cache[self._id][name]
        rows = self._transaction_cache[self.__name__]
        if self._id in rows and name in rows[self._id]:
            field = self._fields[name]
            if field._type not in _RELATIONS or _stands_alone(self, field):
                value = rows[self._id][name]
                if field._type == 'many2one' and value is not None:
                    value = field.get_target()(
                        value, _transaction=self._transaction)
                cache[self._id][name] = value
                return value
        return stock(self, name)
    return __getattr__


def _stands_alone(record, field):
    "Whether the target is read alone, and where Tryton would read it"
    transaction = Transaction()
    return (
        len(record._ids) == 1
        and type(field) is fields.Many2One
        and not field.context
        and not field.datetime_field
        and transaction is record._transaction
        and transaction.user == record._user
        and transaction.context == {
            **record._context, '_check_access': False})


def record(stock, name, field_names):
    row = stock(name, field_names)
    row.__contains__ = lambda self, name: hasattr(self, name)
    return row
