# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Conflict, Null, Table
from sql.functions import CharLength, Lower, Substring
from sql.operators import Concat

from trytond import backend
from trytond.model import Index, ModelSQL, Unique, fields
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
            t = Table(cls._table)
            # Who brings the same new name at the same time begins again
            Transaction().connection.cursor().execute(*t.insert(
                    [t.name], [[name] for name in sorted(names)],
                    on_conflict=Conflict(t)))

    @classmethod
    def having(cls, text):
        "Return the names that have the folded text, None if they are many"
        t = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*t.select(
                t.name,
                where=fields.SQL_OPERATORS['like'](t.name, f'%{text}%'),
                limit=_MANY + 1))
        names = [name for name, in cursor.fetchall()]
        return names if len(names) <= _MANY else None
