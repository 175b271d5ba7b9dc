# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The children of a record in one statement

Tryton searches the targets of a One2Many, which fetches their columns, then
reads from the database to which record each belongs.  Here that comes from
what the search has fetched, unless an earlier state counts.  Nor is the record
itself read once more for the context of the field.
"""
from functools import partial, partialmethod

from trytond.model import ModelSQL, fields
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.model.fields.one2many:One2Many.get': 'f480a9f745f45de1',
    'trytond.model.modelsql:ModelSQL.read': '91feb515ca9344bf',
    'trytond.model.modelsql:ModelSQL.search': '69505bbdc2e1292b',
    }


def apply(replace):
    replace(
        fields.One2Many, 'get', partialmethod(get, fields.One2Many.get))
    replace(
        ModelSQL, 'read', classmethod(partial(read, ModelSQL.read.__func__)))


def read(stock, cls, ids, fields_names):
    "Read children, and with them columns the transaction has read before"
    transaction = Transaction()
    children = [
        name for name in fields_names
        if type(cls._fields.get(name)) is fields.One2Many]
    if (not children
            or transaction.check_access
            or '_datetime' in transaction.context
            or any(cls._fields[n].datetime_field for n in children)):
        return stock(cls, ids, fields_names)
    cache = transaction.get_cache()[cls.__name__]
    columns = [n for n in fields_names if n not in children]
    try:
        rows = [
            {'id': id_, **{name: cache[id_][name] for name in columns}}
            for id_ in ids]
    except KeyError:
        return stock(cls, ids, fields_names)
    cls._before_read(ids, fields_names)
    for name in children:
        targets = cls._fields[name].get(ids, cls, name, values=rows)
        for row in rows:
            row[name] = targets[row['id']]
    return cls._after_read(rows)


def get(field, stock, ids, model, name, values=None):
    Target = field.get_target()
    parent = Target._fields[field.field]
    if ('_datetime' in Transaction().context
            or not issubclass(Target, ModelSQL)
            or type(parent) is not fields.Many2One
            or parent.loading != 'eager'):
        return stock(field, ids, model, name, values=values)
    order = []
    if field.sortable(Target):
        order.append((field.field + '.id', None))
    if field.order:
        order += field.order
    else:
        order += [
            (expression, type_) for expression, type_ in Target._order or []
            if not expression.startswith(f'{field.field}.')]
    domain = [(field.field, 'in', ids)]
    if field.filter:
        domain.append(field.filter)
    children = {id_: [] for id_ in ids}
    # The search asks for the rules, which leaves the rights to the model
    targets = Target.search(domain, order=order)
    Target._before_read([t.id for t in targets], ['id', field.field])
    for target in targets:
        children[getattr(target, field.field).id].append(target.id)
    return {id_: tuple(targets) for id_, targets in children.items()}
