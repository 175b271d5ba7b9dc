# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Values of a record without the detours to them

For each instance Tryton makes a cache, to keep it only where the transaction
has none yet; for each value that an instance has it first raises and catches
an error; and whether a row of the cache has a value it finds out the same way.
"""
from functools import partial, partialmethod

import trytond.model.model
from trytond.model import ModelStorage
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.transaction:Transaction.get_cache': '8fed5ae403f53d45',
    'trytond.model.model:Model.__getattr__': 'fc97c3df32a13d55',
    'trytond.model.model:record': '7dabda9226653988',
    'trytond.model.modelstorage:ModelStorage.__getattr__':
        '4397548616fc3b32',
    }


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
        if self._id in cache:
            row = cache[self._id]
            if name in row:
                return row[name]
        return stock(self, name)
    return __getattr__


def record(stock, name, field_names):
    row = stock(name, field_names)
    row.__contains__ = lambda self, name: hasattr(self, name)
    return row
