# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The rows of the audit in one INSERT

Tryton makes each row of ir.model.log a record that is numbered, created,
read again and validated.  The rows come from its own code and have nothing to
validate.  Where a module extends the model, or a trigger waits for its
records, Tryton's way stays.
"""
from functools import partialmethod

from sql import Column
from sql.functions import CurrentTimestamp

from trytond import backend
from trytond.ir.model import Log as StockLog
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

UPSTREAM = {
    'trytond.transaction:Transaction._store_log_records': 'a80161fc2ec18876',
    'trytond.transaction:Transaction._clear_log_records': '5c413e8dd4e8ab5a',
    'trytond.model.modelstorage:ModelStorage.log': 'e75ef582ba56fdd1',
    'trytond.model.modelstorage:ModelStorage._before_create':
        '95bbd591e459aae7',
    'trytond.model.modelstorage:ModelStorage._after_create':
        'c39b25df8adf03dd',
    'trytond.model.modelstorage:ModelStorage.save': 'f03175a9cb01bbe3',
    'trytond.model.modelsql:ModelSQL.create': '66d0eb4f23db4873',
    'trytond.ir.model:Log': 'dda2352ec555cd6e',
    'trytond.ir.resource:ResourceAccessMixin': '9bb0931fbd50b862',
    }
NAMES = ['event', 'resource', 'target', 'user']


def apply(replace):
    replace(
        Transaction, '_store_log_records',
        partialmethod(store, Transaction._store_log_records))


def store(transaction, stock):
    if not transaction.log_records:
        return
    pool = Pool()
    Log = pool.get('ir.model.log')
    Trigger = pool.get('ir.trigger')
    with without_check_access():
        if (_is_extended(Log)
                or Trigger.get_triggers(Log.__name__, 'create')):
            return stock(transaction)
        # Tryton saves the records of one user and context together
        groups = []
        for record in transaction.log_records:
            key = record._user, record._context
            for other, records in groups:
                if other == key:
                    records.append(record)
                    break
            else:
                groups.append((key, [record]))
        table = Log.__table__()
        columns = [table.create_uid, table.create_date] + [
            Column(table, name) for name in NAMES]
        rows = [
            [user, CurrentTimestamp()] + [
                Log._fields[name].sql_format(getattr(record, name))
                for name in NAMES]
            for (user, _), records in groups for record in records]
        cursor = transaction.connection.cursor()
        for sub_rows in grouped_slice(
                rows, backend.MAX_QUERY_PARAMS // len(columns)):
            cursor.execute(*table.insert(columns, list(sub_rows)))
    transaction._clear_log_records()


def _is_extended(Log):
    return any(
        'create' in vars(cls) or cls.__module__.startswith('trytond.modules.')
        for cls in Log.__mro__[:Log.__mro__.index(StockLog)])
