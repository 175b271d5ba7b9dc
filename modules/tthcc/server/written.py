# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the transaction has written need not be read

Tryton forgets a record that is written, and reads all of it again to validate
it; so it does with one that it has created.  What the transaction has read or
created, with what it has written since, is what the database would answer.
"""
from functools import partial, partialmethod

from sql import Expression, Query

from trytond import backend
from trytond.model import ModelSQL, ModelStorage, fields
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.model.fields.one2many:One2Many.set': '1db94040dffba482',
    'trytond.model.modelstorage:ModelStorage._before_create':
        '95bbd591e459aae7',
    'trytond.model.modelstorage:ModelStorage._after_create':
        'c39b25df8adf03dd',
    'trytond.model.modelsql:ModelSQL.create': '66d0eb4f23db4873',
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
    'boolean', 'char', 'date', 'datetime', 'integer', 'many2one', 'selection',
    'text', 'timedelta'}
if backend.name == 'postgresql':
    # SQLite keeps no trailing zeros
    _PLAIN.add('numeric')
# What the database sets itself
_SET = {'id', 'write_date', 'write_uid'}
_UNKNOWN = {'id', 'create_date'}


def apply(replace):
    for owner, name, function in [
            (ModelSQL, 'create', create),
            (ModelStorage, '_before_create', before_create),
            (ModelStorage, '_after_create', after_create),
            (ModelStorage, '_before_write', before),
            (ModelStorage, '_after_write', after)]:
        stock = vars(owner)[name].__func__
        replace(owner, name, classmethod(partial(function, stock)))
    replace(
        fields.One2Many, 'set',
        partialmethod(set_children, fields.One2Many.set))


class _Values(dict):
    "Values of a record that is created: its defaults come in here, too"

    def copy(self):
        return self


def create(stock, cls, vlist):
    creations = _creations()
    creations.append([])
    try:
        return stock(cls, vlist)
    finally:
        creations.pop()


def before_create(stock, cls, vlist):
    creations = _creations()
    creations[-1] = list(map(_Values, stock(cls, vlist)))
    return creations[-1]


def set_children(field, stock, Model, name, ids, values, *args):
    "Let the children of one that is created find it"
    creations = _creations()
    if (not args and len(ids) == 1 and creations and len(creations[-1]) == 1
            and creations[-1][0].get(name) is values):
        _remember(Model, ids, creations[-1])
    return stock(field, Model, name, ids, values, *args)


def after_create(stock, cls, ids):
    _remember(cls, ids, _creations()[-1])
    return stock(cls, ids)


def _remember(cls, ids, vlist):
    if not _is_followed(cls):
        return
    transaction = Transaction()
    cache = transaction.get_cache()[cls.__name__]
    _, latest = _writes()
    for id_, values in zip(ids, vlist):
        # Unless its children have read or written it
        if id_ not in cache and (cls.__name__, id_) not in latest:
            row = cache[id_]
            for name, field in cls._fields.items():
                if _is_plain(field) and name not in _UNKNOWN:
                    _set(row, name, field, values.get(name))
            row['create_uid'] = transaction.user


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
    if not _is_followed(cls):
        return
    for (_, context), cache in list(Transaction().cache.items()):
        if '_datetime' in dict(context) or cls.__name__ not in cache:
            continue
        rows = cache[cls.__name__]
        for id_ in ids:
            # A row without is empty
            if id_ in rows and 'create_uid' in rows[id_]:
                yield cache, id_, rows[id_]


def _is_followed(cls):
    "Whether Tryton changes no row without a write that has it forgotten"
    return not (
        cls.__name__.startswith(('ir.', 'res.'))
        or getattr(cls, '_mptt_fields', None)
        or getattr(cls, '_path_fields', None))


def _is_plain(field):
    return (
        field._type in _PLAIN
        and not isinstance(field, fields.Function)
        and not getattr(field, 'translate', False))


def _write(cls, row, values):
    for name in list(row._keys()):
        field = cls._fields[name]
        plain = _is_plain(field)
        if (name in _SET
                or hasattr(field, 'get') and not plain
                or getattr(field, 'translate', False)
                or name in values and not plain):
            row._pop(name)
        elif name in values:
            _set(row, name, field, values[name])


def _set(row, name, field, value):
    value = field.sql_format(value)
    if not isinstance(value, (Expression, Query)):
        row[name] = value
    elif name in row:
        row._pop(name)


def _creations():
    return vars(Transaction()).setdefault('_tthcc_creations', [])


def _writes():
    return vars(Transaction()).setdefault('_tthcc_writes', ({}, {}))
