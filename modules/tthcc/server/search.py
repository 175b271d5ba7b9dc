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
from functools import partial, partialmethod
from itertools import chain

from trytond.model import ModelSQL, ModelStorage
from trytond.model.exceptions import AccessError
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


def apply(replace):
    replace(RPC, 'decorate', partialmethod(decorate, RPC.decorate))
    replace(
        ModelStorage, 'search_read',
        classmethod(partial(search_read, ModelStorage.search_read.__func__)))
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
    # It counts all of a small table
    if parts and (end := offset + limit) < cls.estimated_count():
        try:
            counts = [stock(cls, [domain, part], limit=end) for part in parts]
        except AccessError:
            pass
        else:
            found = max(counts)
            if found < end and found < sum(counts):
                # What is in several parts counts once
                found = len(set(chain(
                            *_by_parts(cls.search, domain, parts, end, []))))
            return max(min(found, end) - offset, 0)
    return stock(cls, domain, offset=offset, limit=limit)


def search_ids(
        search, domain, offset=0, limit=None, order=None, count=False,
        query=False):
    if count or query:
        return search(
            domain, offset=offset, limit=limit, order=order, count=count,
            query=query)
    if limit and (parts := rule_parts(search.__self__)):
        try:
            found = _by_parts(search, domain, parts, offset + limit, order)
        except AccessError:
            # Of what the rule asks, or of the domain: the whole search tells
            pass
        else:
            found = [ids for ids in found if ids]
            if len(found) <= 1:
                return [id_ for ids in found for id_ in ids[offset:]]
            domain = [('id', 'in', list(set(chain(*found))))]
    return _ids(search(
            domain, offset=offset, limit=limit, order=order, query=True))


def _by_parts(search, domain, parts, limit, order):
    "Return for each part of the rule the ids of the first it lets see"
    return [
        _ids(search([domain, part], limit=limit, order=order, query=True))
        for part in parts]


def _ids(query):
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return [id_ for id_, in cursor.fetchall()]


def rule_parts(Model):
    "Return the domains one of which is true for each record the user may see"
    rule = simplify(
        Pool().get('ir.rule').domain_get(Model.__name__, mode='read'))
    if rule and rule[0] == 'OR':
        local, others = split_subquery_domain(rule)
        if others:
            return [*local, *others]
    return []


def _is_plain(method):
    "Whether the method is the search that no model has changed"
    return (
        getattr(method, '__func__', None) is ModelSQL.search.__func__)
