# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""No question whether records are there that another one answers

Tryton asks before and after each write whether the records exist.  Where no
rule of access applies the answer after it cannot be another one, and there is
no question about what the transaction has read.

Once a record is inserted Tryton asks the rules for its id, and then, without
rules, for the record, to validate it.  The one can be had with the other.
"""
from functools import partial

from trytond.model import ModelSQL
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

from . import written

UPSTREAM = {
    'trytond.model.modelsql:ModelSQL.create': '66d0eb4f23db4873',
    'trytond.model.modelsql:ModelSQL.search': '69505bbdc2e1292b',
    'trytond.model.modelsql:ModelSQL.write': 'a7f3879a079bd133',
    'trytond.model.modelsql:ModelSQL._ModelSQL__check_domain_rule':
        'b8e9b95daba01e6e',
    }
_NAME = '_ModelSQL__check_domain_rule'


def apply(replace):
    replace(
        ModelSQL, _NAME,
        classmethod(partial(check, getattr(ModelSQL, _NAME).__func__)))
    for name in ['write', 'delete']:
        replace(
            ModelSQL, name,
            classmethod(partial(forget, getattr(ModelSQL, name).__func__)))


def check(stock, cls, ids, mode):
    domain = Pool().get('ir.rule').domain_get(cls.__name__, mode=mode)
    if mode == 'create' and domain:
        check_created(stock, cls, ids, domain)
    elif mode == 'write' and not domain:
        check_written(stock, cls, ids)
    else:
        stock(cls, ids, mode)


def check_created(stock, cls, ids, domain):
    transaction = Transaction()
    if (ids
            and '_datetime' not in transaction.context
            # Else it was remembered for its children
            and ids[0] not in transaction.get_cache()[cls.__name__]):
        domain = [('id', 'in', ids), domain]
        if 'active' in cls._fields:
            domain.append(('active', 'in', [True, False]))
        with without_check_access():
            found = cls.search(domain, order=[])
        if len(found) == len(set(ids)):
            return
    # It says, too, which rule refuses
    stock(cls, ids, 'create')


def check_written(stock, cls, ids):
    if written.has_read(cls, ids):
        return
    # write asks twice; what it writes in between may write in turn
    asked = _asked()
    key = cls.__name__, frozenset(ids)
    if key in asked:
        asked.remove(key)
    else:
        stock(cls, ids, 'write')
        asked.add(key)


def forget(stock, cls, *args):
    "After a write, also one that failed, or a deletion ask again"
    try:
        return stock(cls, *args)
    finally:
        asked = _asked()
        asked.difference_update(
            [key for key in asked if key[0] == cls.__name__])


def _asked():
    return vars(Transaction()).setdefault('_tthcc_asked', set())
