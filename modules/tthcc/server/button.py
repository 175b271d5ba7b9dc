# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The record of a button with the question whether the user may see it

Before a button runs, Tryton reads the ids of its records, which fails where a
rule hides one, and then, without rules, the records.  What the user may read
can be taken along.
"""
from functools import partial

from trytond.model import ModelSQL
from trytond.pool import Pool
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.model.modelview:ModelView.button': '1e5dd977e4033a22',
    'trytond.model.modelsql:ModelSQL.read': '91feb515ca9344bf',
    'trytond.model.modelstorage:ModelStorage.__getattr__':
        '4397548616fc3b32',
    }


def apply(replace):
    replace(
        ModelSQL, 'read', classmethod(partial(read, ModelSQL.read.__func__)))


def read(stock, cls, ids, fields_names):
    transaction = Transaction()
    if (fields_names != ['id']
            or not transaction.check_access
            or transaction.readonly
            or '_datetime' in transaction.context
            or cls._is_table_query()):
        return stock(cls, ids, fields_names)
    rows = stock(cls, ids, _names(cls))
    cache = transaction.get_cache()[cls.__name__]
    for row in rows:
        cache[row['id']]._update(row)
    return [{'id': row['id']} for row in rows]


def _names(cls):
    "What a search would fetch, of what the user may read"
    Access = Pool().get('ir.model.field.access')
    access = Access.get_access([cls.__name__])[cls.__name__]
    return ['id'] + [
        name for name, field in cls._fields.items()
        if field.loading == 'eager'
        and not hasattr(field, 'get')
        and not getattr(field, 'translate', False)
        and not getattr(field, 'datetime_field', None)
        and access.get(name, {'read': True})['read']]
