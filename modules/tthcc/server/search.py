# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Ids first where the client asks for ids, and by the parts of a rule

A search of Tryton fetches all columns of what it finds, to have them at hand.
Called by a client it gives back the ids alone, and search_read reads what it
needs once more.

A rule that says OR and asks another table in it keeps the database from the
order of an index: to find the newest that somebody may see it looks at all.
The first of all are among the first of each part, which an index has.
"""
from contextlib import contextmanager
from functools import partial, partialmethod

from sql import Column, NullOrder, Order, Union

from trytond.ir.rule import Rule
from trytond.model import ModelSQL, ModelStorage
from trytond.model.modelsql import split_subquery_domain
from trytond.pool import Pool
from trytond.rpc import RPC
from trytond.tools.domain_inversion import simplify
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.model.modelsql:ModelSQL.search': '69505bbdc2e1292b',
    'trytond.model.modelsql:ModelSQL._ModelSQL__search_query':
        '36c9a224dbafc098',
    'trytond.model.modelsql:split_subquery_domain': 'e3e22258ecb9412e',
    'trytond.model.modelstorage:ModelStorage.search_count': '7d1280b20b302788',
    'trytond.model.modelstorage:ModelStorage.search_read': 'd4478eb990080273',
    'trytond.ir.rule:Rule.domain_get': '12e5a17be7c28721',
    'trytond.rpc:RPC.decorate': '50c0d935a0e78139',
    }
_RULE = '_tthcc_rule'


def apply(replace):
    replace(RPC, 'decorate', partialmethod(decorate, RPC.decorate))
    replace(
        ModelStorage, 'search_read',
        classmethod(partial(search_read, ModelStorage.search_read.__func__)))
    replace(
        Rule, 'domain_get',
        classmethod(partial(domain_get, Rule.domain_get.__func__)))
    replace(
        ModelStorage, 'search_count',
        classmethod(
            partial(search_count, ModelStorage.search_count.__func__)))


def decorate(rpc, stock, function):
    decorated = stock(rpc, function)
    if decorated is function and _is_plain(function):
        return partial(search_ids, function)
    return decorated


def search_read(
        stock, cls, domain, offset=0, limit=None, order=None,
        fields_names=None):
    if not _is_plain(cls.search):
        return stock(
            cls, domain, offset=offset, limit=limit, order=order,
            fields_names=fields_names)
    ids = search_ids(
        cls.search, domain, offset=offset, limit=limit, order=order)
    if fields_names is None:
        fields_names = ['id']
    if 'id' not in fields_names:
        fields_names.append('id')
    rows = cls.read(ids, fields_names)
    index = {id_: i for i, id_ in enumerate(ids)}
    rows.sort(key=lambda row: index[row['id']])
    return rows


def search_count(stock, cls, domain, offset=0, limit=None):
    parts = rule_parts(cls) if limit and _is_plain(cls.search) else []
    # Of a small table Tryton counts all, whatever the limit
    if not parts or offset + limit >= cls.estimated_count():
        return stock(cls, domain, offset=offset, limit=limit)
    counts = []
    for part in parts:
        with _as_rule(cls, part):
            counts.append(stock(cls, domain, limit=offset + limit))
    found = max(counts)
    if found < offset + limit and found < sum(counts):
        # What is in several parts counts once
        found = len(search_ids(cls.search, domain, 0, offset + limit, []))
    return max(min(found, offset + limit) - offset, 0)


def search_ids(
        search, domain, offset=0, limit=None, order=None, count=False,
        query=False):
    if count or query:
        return search(
            domain, offset=offset, limit=limit, order=order, count=count,
            query=query)
    cursor = Transaction().connection.cursor()
    cursor.execute(*search_query(search, domain, offset, limit, order))
    return [id_ for id_, in cursor.fetchall()]


def search_query(search, domain, offset, limit, order):
    "Return the query for the ids"
    parts = rule_parts(search.__self__) if limit else []
    if not parts:
        return search(
            domain, offset=offset, limit=limit, order=order, query=True)
    queries = []
    for part in parts:
        with _as_rule(search.__self__, part):
            query = search(
                domain, limit=offset + limit, order=order, query=True)
        query.columns += tuple(
            _unsorted(o).as_(f'_order_{i}')
            for i, o in enumerate(query.order_by or []))
        queries.append(query)
    union = Union(*(
            q.select(*(Column(q, c.output_name) for c in q.columns))
            for q in queries))
    return union.select(
        union.id, offset=offset, limit=limit, order_by=[
            _sorted_as(o, Column(union, f'_order_{i}'))
            for i, o in enumerate(queries[0].order_by or [])])


def _unsorted(order):
    return (
        _unsorted(order.expression) if isinstance(order, (Order, NullOrder))
        else order)


def _sorted_as(order, column):
    "Return the column in that order"
    return (
        type(order)(_sorted_as(order.expression, column))
        if isinstance(order, (Order, NullOrder)) else column)


def rule_parts(Model):
    """Return the domains one of which is true for each record the user may
    see; none where the rule is to be asked as a whole"""
    rule = simplify(
        Pool().get('ir.rule').domain_get(Model.__name__, mode='read'))
    if rule and rule[0] == 'OR':
        local, others = split_subquery_domain(rule)
        if others:
            return [*local, *others]
    return []


@contextmanager
def _as_rule(Model, part):
    "Let the part stand for the rule that it is a part of"
    values = vars(Transaction())
    before = values.get(_RULE)
    values[_RULE] = Model.__name__, part
    try:
        yield
    finally:
        values[_RULE] = before


def domain_get(stock, cls, model_name, mode='read'):
    transaction = Transaction()
    name, part = vars(transaction).get(_RULE) or (None, None)
    if name == model_name and mode == 'read' and transaction.check_access:
        return [part]
    return stock(cls, model_name, mode=mode)


def _is_plain(method):
    "Whether the method is the search that no model has changed"
    return (
        getattr(method, '__func__', None) is ModelSQL.search.__func__)
