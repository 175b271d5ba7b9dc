# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What was read and then written need not be read again

Tryton forgets a record that is written, and reads all of it again to validate
it.  What the transaction has read, with what it has written since, is what the
database would answer.
"""
import datetime as dt
from functools import partial

from sql import Expression, Query

from trytond import backend
from trytond.model import ModelStorage, fields
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.model.modelstorage:ModelStorage._before_write':
        '5eb0d573060d932e',
    'trytond.model.modelstorage:ModelStorage._after_write':
        'b0f6fa578fb12f1b',
    'trytond.model.modelstorage:ModelStorage.__getattr__':
        '4397548616fc3b32',
    'trytond.model.modelsql:ModelSQL.write': 'a7f3879a079bd133',
    }
# Fields that are read as they are written
_PLAIN = {
    fields.Boolean, fields.Char, fields.Date, fields.DateTime,
    fields.Integer, fields.Many2One, fields.Selection, fields.Text,
    fields.TimeDelta}
if backend.name == 'postgresql':
    # SQLite keeps no trailing zeros
    _PLAIN.add(fields.Numeric)
# What the database sets itself
_SET = {'id', 'write_date', 'write_uid'}


def apply(replace):
    for name, function in [
            ('_before_write', before), ('_after_write', after)]:
        stock = vars(ModelStorage)[name].__func__
        replace(ModelStorage, name, classmethod(partial(function, stock)))


def before(stock, cls, *args):
    rows = list(_rows(cls, {int(r) for records in args[::2] for r in records}))
    result = stock(cls, *args)
    ids, _, _, _, *args = result
    pending, latest = _writes()
    pending[id(ids)] = ids, rows, args
    latest.update(((cls.__name__, id_), ids) for id_ in ids)
    return result


def after(stock, cls, ids, *args):
    pending, latest = _writes()
    _, rows, written = pending.pop(id(ids), (ids, [], []))
    for cache, id_, row in rows:
        # Unless it was written or read in between
        if (latest.get((cls.__name__, id_)) is ids
                and id_ not in cache[cls.__name__]):
            for records, values in zip(written[::2], written[1::2]):
                if id_ in map(int, records):
                    _write(cls, row, values)
            cache[cls.__name__][id_] = row
    return stock(cls, ids, *args)


def has_read(cls, ids):
    "Whether the transaction has read all these records, which then exist"
    pending, latest = _writes()
    for id_ in ids:
        ids_ = latest.get((cls.__name__, id_))
        _, rows, _ = pending.get(id(ids_), (None, [], None))
        if id_ not in {i for _, i, _ in rows}:
            return False
    return True


def _rows(cls, ids):
    "Yield cache, id and row of what the transaction has read"
    # Where Tryton changes rows without a write, and has a write forget them
    if (cls.__name__.startswith(('ir.', 'res.'))
            or getattr(cls, '_mptt_fields', None)
            or getattr(cls, '_path_fields', None)):
        return
    for (_, context), cache in list(Transaction().cache.items()):
        if '_datetime' in dict(context) or cls.__name__ not in cache:
            continue
        rows = cache[cls.__name__]
        for id_ in ids:
            # A row without is empty
            if id_ in rows and 'create_date' in rows[id_]:
                yield cache, id_, rows[id_]


def _write(cls, row, values):
    for name in list(row._keys()):
        field = cls._fields[name]
        plain = type(field) in _PLAIN
        if (name in _SET
                or hasattr(field, 'get') and not plain
                or getattr(field, 'translate', False)
                or name in values and not plain):
            row._pop(name)
        elif name in values:
            value = values[name]
            if not isinstance(value, dt.timedelta):
                # SQLite keeps a number of seconds, but none is read
                value = field.sql_format(value)
            if isinstance(value, (Expression, Query)):
                row._pop(name)
            else:
                row[name] = value


def _writes():
    return vars(Transaction()).setdefault('_tthcc_writes', ({}, {}))
