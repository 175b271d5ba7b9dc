# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The created record with the question whether it may be created

Once a record is inserted Tryton asks the rules for its id, and then, without
rules, for the record, to validate it.
"""
from functools import partial

from trytond.model import ModelSQL
from trytond.pool import Pool
from trytond.transaction import (
    Transaction, inactive_records, without_check_access)

UPSTREAM = {
    'trytond.model.modelsql:ModelSQL.create': '66d0eb4f23db4873',
    'trytond.model.modelsql:ModelSQL.search': '69505bbdc2e1292b',
    'trytond.model.modelsql:ModelSQL._ModelSQL__check_domain_rule':
        'b8e9b95daba01e6e',
    }
_NAME = '_ModelSQL__check_domain_rule'


def apply(replace):
    replace(
        ModelSQL, _NAME,
        classmethod(partial(check, getattr(ModelSQL, _NAME).__func__)))


def check(stock, cls, ids, mode):
    transaction = Transaction()
    if (mode != 'create' or not ids
            or '_datetime' in transaction.context
            # Its children have read it
            or ids[0] in transaction.get_cache()[cls.__name__]):
        return stock(cls, ids, mode)
    domain = Pool().get('ir.rule').domain_get(cls.__name__, mode=mode)
    if domain:
        with without_check_access(), inactive_records():
            found = cls.search([('id', 'in', ids), domain], order=[])
        if len(found) < len(set(ids)):
            # To say which rule
            stock(cls, ids, mode)
