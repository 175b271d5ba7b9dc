# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The record of a button with the question whether the user may see it

Before a button runs, Tryton reads the ids of its records, which fails where a
rule hides one, and then, without rules, the records.  What the user may read
can be taken along.
"""
from functools import partial

from trytond.model import ModelSQL
from trytond.transaction import Transaction, inactive_records

UPSTREAM = {
    'trytond.model.modelview:ModelView.button': '1e5dd977e4033a22',
    'trytond.model.modelsql:ModelSQL.read': '91feb515ca9344bf',
    'trytond.model.modelsql:ModelSQL.search': '69505bbdc2e1292b',
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
    with inactive_records():
        found = cls.search([('id', 'in', ids)], order=[])
    if len(found) < len(set(ids)):
        # To say which are gone, or which rule hides them
        return stock(cls, ids, fields_names)
    return [{'id': id_} for id_ in ids]
