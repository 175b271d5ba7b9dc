# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Ids first where the client asks for ids

A search of Tryton fetches all columns of what it finds, to have them at hand.
Called by a client it gives back the ids alone, and search_read reads what it
needs once more.
"""
from functools import partial, partialmethod

from trytond.model import ModelSQL, ModelStorage
from trytond.rpc import RPC
from trytond.transaction import Transaction

UPSTREAM = {
    'trytond.model.modelsql:ModelSQL.search': '69505bbdc2e1292b',
    'trytond.model.modelsql:ModelSQL._ModelSQL__search_query':
        '36c9a224dbafc098',
    'trytond.model.modelstorage:ModelStorage.search_read': 'd4478eb990080273',
    'trytond.rpc:RPC.decorate': '50c0d935a0e78139',
    }


def apply(replace):
    replace(RPC, 'decorate', partialmethod(decorate, RPC.decorate))
    replace(
        ModelStorage, 'search_read',
        classmethod(partial(search_read, ModelStorage.search_read.__func__)))


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


def search_ids(
        search, domain, offset=0, limit=None, order=None, count=False,
        query=False):
    if count or query:
        return search(
            domain, offset=offset, limit=limit, order=order, count=count,
            query=query)
    cursor = Transaction().connection.cursor()
    cursor.execute(*search(
            domain, offset=offset, limit=limit, order=order, query=True))
    return [id_ for id_, in cursor.fetchall()]


def _is_plain(method):
    "Whether the method is the search that no model has changed"
    return (
        getattr(method, '__func__', None) is ModelSQL.search.__func__)
