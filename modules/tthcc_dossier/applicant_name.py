# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Conflict, Null, Table
from sql.functions import CharLength, Lower, Substring
from sql.operators import And, Concat

from trytond import backend
from trytond.model import Index, ModelSQL, Unique, fields
from trytond.model.modelstorage import is_leaf
from trytond.modules.tthcc.search import fold
from trytond.pool import Pool
from trytond.transaction import Transaction

# A part of so many names is borne by so many dossiers that the newest of them
# are found by going through all, from the newest
_MANY = 1000


class ApplicantName(ModelSQL):
    """A name that a dossier has or had for its applicants, as searches
    compare it.

    Many share one: looked up here first, a part of a name becomes whole ones,
    which an index of dossiers has in order and of which the database knows
    how frequent they are."""
    __name__ = 'tthcc.dossier.applicant_name'

    name = fields.Char("Name", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('name_unique', Unique(t, t.name),
                'tthcc_dossier.msg_applicant_name_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.name, Index.Similarity())))

    @classmethod
    def __register__(cls, module):
        dossier = Pool().get('tthcc.dossier')
        fill = (
            not backend.TableHandler.table_exist(cls._table)
            and backend.TableHandler.table_exist(dossier._table)
            and dossier.__table_handler__(module).column_exist('search_text'))
        super().__register__(module)
        if fill:
            cls._fill(dossier.__table__())

    @classmethod
    def _fill(cls, dossier):
        "Take the names out of the search text, where they followed the code"
        cursor = Transaction().connection.cursor()
        begin = Concat(Lower(dossier.code), ' ')
        begins = Substring(
            dossier.search_text, 1, CharLength(dossier.code) + 1) == begin
        # Codes that are folded to something else
        cursor.execute(*dossier.select(
                dossier.id, dossier.applicant_name,
                where=(dossier.code != Null) & ~begins))
        others = cursor.fetchall()
        cursor.execute(*dossier.update(
                [dossier.search_text],
                [Substring(
                        dossier.search_text, CharLength(dossier.code) + 2)],
                where=(dossier.code != Null) & begins))
        for id_, name in others:
            cursor.execute(*dossier.update(
                    [dossier.search_text], [fold(name or '') or None],
                    where=dossier.id == id_))
        name = Table(cls._table)
        cursor.execute(*name.insert(
                [name.name],
                dossier.select(
                    dossier.search_text,
                    where=dossier.search_text != Null,
                    group_by=dossier.search_text)))

    @classmethod
    def add(cls, names):
        "Add the folded names that are not yet there"
        if names := set(filter(None, names)):
            cls._known().clear()
            t = Table(cls._table)
            # Who brings the same new name at the same time begins again
            Transaction().connection.cursor().execute(*t.insert(
                    [t.name], [[name] for name in sorted(names)],
                    on_conflict=Conflict(t)))

    @classmethod
    def look_up(cls, domain):
        """Return the domain on dossiers with whole names in the place of what
        they are like, those together that must all be true: Tryton's clients
        ask for each word of a search by itself."""
        if _is_part(domain):
            domain = [domain]
        if not domain or is_leaf(domain):
            return domain
        if domain[0] == 'OR':
            return ['OR', *map(cls.look_up, domain[1:])]
        clauses = list(_clauses(domain))
        parts = [c for c in clauses if _is_part(c)]
        clauses = [cls.look_up(c) for c in clauses if not _is_part(c)]
        if parts:
            names = cls.like(tuple(text for _, _, text in parts))
            clauses.extend(
                parts if names is None else [('search_text', 'in', names)])
        return clauses

    @classmethod
    def like(cls, texts):
        """Return the names that are like all of a tuple of texts, None if they
        are many

        They are kept for the transaction: a search may ask several times, once
        for each part of a rule."""
        known = cls._known()
        if texts in known:
            return known[texts]
        t = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*t.select(
                t.name,
                where=And([fields.SQL_OPERATORS['like'](t.name, text)
                        for text in texts]),
                limit=_MANY + 1))
        names = [name for name, in cursor.fetchall()]
        known[texts] = names if len(names) <= _MANY else None
        return known[texts]

    @staticmethod
    def _known():
        return vars(Transaction()).setdefault('_tthcc_names', {})


def _clauses(domain):
    "Yield the clauses that must all be true"
    for clause in domain:
        if clause == 'AND':
            continue
        if is_leaf(clause) or clause and clause[0] == 'OR':
            yield clause
        else:
            yield from _clauses(clause)


def _is_part(clause):
    return is_leaf(clause) and tuple(clause[:2]) == ('search_text', 'like')
