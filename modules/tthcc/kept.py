# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What seldom changes stays in the memory of each process."""

from trytond import config
from trytond.cache import Cache, freeze
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

_rows = Cache('tthcc.kept', context=False)
_rows.size_limit = config.getint('cache', 'tthcc.kept', default=10_000)


class KeptMixin:
    """Answers from memory what is read of a record

    For the organisation, the catalogue and the texts of notices, which each
    move of a dossier looks up.  The first change of any such record makes all
    processes forget all of them, as with Tryton's other caches; until then
    the transaction that changes reads from the database.  Where rights are
    checked, that the user may see a record is kept by the rule that says
    so.  The name of a record must follow from what is kept, too."""
    __slots__ = ()

    @classmethod
    def read(cls, ids, fields_names):
        transaction = Transaction()
        if _changes(transaction) or '_datetime' in transaction.context:
            return super().read(ids, fields_names)
        names = cls._kept_fields()
        if transaction.check_access:
            if names.issuperset(fields_names):
                cls._before_read(ids, fields_names)
                if cls._may_read(ids):
                    with without_check_access():
                        return cls.read(ids, fields_names)
            return super().read(ids, fields_names)
        if not names.issuperset(fields_names):
            return super().read(ids, fields_names)
        # A name may be made of words
        keys = {
            name: (name, transaction.language) if name == 'rec_name' else name
            for name in fields_names}
        kept = [_rows.get((cls.__name__, id_), {}) for id_ in ids]
        if all(row.keys() >= set(keys.values()) for row in kept):
            return [
                {'id': id_, **{name: row[key] for name, key in keys.items()}}
                for id_, row in zip(ids, kept)]
        # With all columns, for the next who asks
        rows = super().read(ids, list({*fields_names, *cls._kept_columns()}))
        kept = dict(zip(ids, kept))
        for row in rows:
            id_ = row['id']
            _rows.set((cls.__name__, id_), {
                    **kept[id_],
                    **{keys.get(name, name): v for name, v in row.items()}})
        return [
            {name: row[name] for name in ['id', *fields_names]}
            for row in rows]

    @classmethod
    def search(cls, domain, *args, **options):
        "Answers from memory, too, whether a record is what a field wants"
        if not args and not options:
            try:
                return cls.browse(cls._known(domain))
            except LookupError:
                pass
        return super().search(domain, *args, **options)

    @classmethod
    def _known(cls, domain):
        """Return the ids of what a domain on a single record, as a validation
        searches it, finds; raise LookupError where memory does not tell"""
        transaction = Transaction()
        if (transaction.check_access
                or _changes(transaction)
                or '_datetime' in transaction.context
                or transaction.active_records and 'active' in cls._fields):
            raise LookupError
        match domain:
            case ['AND', [('id', 'in', records)], _] if len(records) == 1:
                id_, = map(int, records)
            case _:
                raise LookupError
        row = _rows.get((cls.__name__, id_))
        if not row:
            raise LookupError
        return [id_] if _holds(domain, {**row, 'id': id_}) else []

    @classmethod
    def find(cls, domain):
        """Return the first record, by id, of the domain of kept fields, of
        this model or of kept ones it refers to, None if there is none"""
        transaction = Transaction()
        key = cls.__name__, freeze(domain)
        with without_check_access():
            id_ = None if _changes(transaction) else _rows.get(key)
            if id_ is None:
                records = cls.search(domain, order=[('id', 'ASC')], limit=1)
                id_ = records[0].id if records else -1
                if not _changes(transaction):
                    _rows.set(key, id_)
            return cls(id_) if id_ >= 0 else None

    @classmethod
    def _may_read(cls, ids):
        """Return whether the rules let the user read the records and what
        they ask for is kept"""
        domain = Pool().get('ir.rule').domain_get(cls.__name__, mode='read')
        if not domain:
            return True
        if not all(
                name in cls._kept_fields() and operator in {'=', 'in'}
                for name, operator, *_ in _clauses(domain)):
            return False
        domain = freeze(domain)
        unknown = [
            id_ for id_ in ids
            if not _rows.get((cls.__name__, id_, domain))]
        if unknown:
            super().read(unknown, ['id'])
            for id_ in unknown:
                _rows.set((cls.__name__, id_, domain), True)
        return True

    @classmethod
    def _kept_fields(cls):
        if '_kept_names' not in vars(cls):
            cls._kept_names = {
                'rec_name', *(
                    n for n, field in cls._fields.items() if _is_kept(field))}
        return cls._kept_names

    @classmethod
    def _kept_columns(cls):
        if '_kept_eager' not in vars(cls):
            cls._kept_eager = [
                name for name in cls._kept_fields() - {'rec_name'}
                if cls._fields[name].loading == 'eager']
        return cls._kept_eager

    @classmethod
    def create(cls, vlist):
        forget()
        return super().create(vlist)

    @classmethod
    def write(cls, *args):
        forget()
        super().write(*args)

    @classmethod
    def delete(cls, records):
        forget()
        super().delete(records)

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        # Also where Tryton writes with SQL, to replace a party for one
        super().on_modification(mode, records, field_names=field_names)
        forget()


def _is_kept(field):
    if (isinstance(field, fields.Function)
            or getattr(field, 'translate', False)
            or getattr(field, 'datetime_field', None)
            or field.context):
        return False
    if isinstance(field, fields.One2Many):
        return issubclass(field.get_target(), KeptMixin) and not field.filter
    return not isinstance(field, (fields.Binary, fields.Many2Many))


def _holds(domain, row):
    """Return whether the row is of the domain; raise LookupError where it
    lacks a name or the domain says more than which values there may be"""
    match domain:
        case [str(name), '=', value] if type(row[name]) is type(value):
            return row[name] == value
        case ['id', 'in', values]:
            return row['id'] in map(int, values)
        case ['OR', *parts]:
            return any([_holds(part, row) for part in parts])
        case ['AND', *parts] | [*parts] if not any(
                isinstance(part, str) for part in parts):
            return all([_holds(part, row) for part in parts])
        case _:
            raise LookupError


def _clauses(domain):
    for part in domain:
        if part and isinstance(part, (list, tuple)):
            if isinstance(part[0], str) and part[0] not in {'AND', 'OR'}:
                yield part
            else:
                yield from _clauses(part)


def forget():
    "Forget all, for another change that tells of it"
    Transaction()._tthcc_changes_kept = True
    _rows.clear()


def _changes(transaction):
    return getattr(transaction, '_tthcc_changes_kept', False)
