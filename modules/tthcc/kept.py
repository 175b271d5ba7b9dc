# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What seldom changes stays in the memory of each process."""

from weakref import WeakSet

from trytond import config
from trytond.cache import Cache
from trytond.model import fields
from trytond.transaction import Transaction

_rows = Cache('tthcc.kept', context=False)
_rows.size_limit = config.getint('cache', 'tthcc.kept', default=10_000)
# The transactions that have changed something of it
_changing = WeakSet()


class KeptMixin:
    """Answers what code, not a client, reads of a record from memory

    For the organisation and the catalogue, which each move of a dossier
    looks up.  The first change of any such record makes all processes forget
    all of them, as with Tryton's other caches; until then the transaction
    that changes reads from the database."""
    __slots__ = ()

    @classmethod
    def read(cls, ids, fields_names):
        transaction = Transaction()
        if (transaction.check_access
                or transaction in _changing
                or '_datetime' in transaction.context
                or not cls._kept_fields().issuperset(fields_names)):
            return super().read(ids, fields_names)
        kept = [_rows.get((cls.__name__, id_), {}) for id_ in ids]
        if all(row.keys() >= set(fields_names) for row in kept):
            return [
                {'id': id_, **{name: row[name] for name in fields_names}}
                for id_, row in zip(ids, kept)]
        rows = super().read(ids, fields_names)
        kept = dict(zip(ids, kept))
        for row in rows:
            id_ = row['id']
            _rows.set((cls.__name__, id_), {**kept[id_], **row})
        return rows

    @classmethod
    def _kept_fields(cls):
        if '_kept_names' not in vars(cls):
            cls._kept_names = {
                n for n, field in cls._fields.items() if _is_kept(field)}
        return cls._kept_names

    @classmethod
    def create(cls, vlist):
        _forget()
        return super().create(vlist)

    @classmethod
    def write(cls, *args):
        _forget()
        super().write(*args)

    @classmethod
    def delete(cls, records):
        _forget()
        super().delete(records)


def _is_kept(field):
    if (isinstance(field, fields.Function)
            or getattr(field, 'translate', False)
            or getattr(field, 'datetime_field', None)
            or field.context):
        return False
    if isinstance(field, fields.One2Many):
        return issubclass(field.get_target(), KeptMixin) and not field.filter
    return not isinstance(field, (fields.Binary, fields.Many2Many))


def _forget():
    _changing.add(Transaction())
    _rows.clear()
