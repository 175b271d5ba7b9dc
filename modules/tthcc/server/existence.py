# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Records that were there before a write are there after it

Tryton asks before and after each write whether the records exist.  Where no
rule of access applies the answer after it cannot be another one, and there is
no question about what the transaction has read.
"""
from functools import partial

from trytond.model import ModelSQL
from trytond.pool import Pool
from trytond.transaction import Transaction

from . import written

UPSTREAM = {
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
    Rule = Pool().get('ir.rule')
    if mode != 'write' or Rule.domain_get(cls.__name__, mode=mode):
        return stock(cls, ids, mode)
    if written.has_read(cls, ids):
        return
    # write asks twice; what it writes in between may write in turn
    asked = _asked()
    key = cls.__name__, frozenset(ids)
    if key in asked:
        asked.remove(key)
    else:
        stock(cls, ids, mode)
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
