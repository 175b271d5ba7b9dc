# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import unicodedata

from sql import Null

from trytond.model import Index, Model, fields


def fold(text):
    """
    Return text as searches compare it: without marks, in lower case and
    with single spaces, so that "nguyen van an" finds "Nguyễn Văn Ân".
    """
    text = unicodedata.normalize('NFKD', text.casefold())
    text = ''.join(c for c in text if not unicodedata.combining(c))
    return ' '.join(text.replace('đ', 'd').split())


class _Folded(fields.Char):
    """A folded text, compared as it is stored

    Char compares an expression with each text, of which PostgreSQL knows
    neither how frequent it is nor that an index has it."""
    search_unaccented = False

    def _domain_column(self, operator, column):
        return super(fields.Char, self)._domain_column(operator, column)

    def _domain_add_null(self, column, operator, value, expression):
        "Find what has no text where a text is not wanted"
        if value is None and operator in {'=', '!='}:
            return column == Null if operator == '=' else column != Null
        if operator in {'!=', 'not like', 'not ilike'} or (
                operator == 'not in'
                and isinstance(value, (list, tuple, set))
                and None not in value):
            return expression | (column == Null)
        return super()._domain_add_null(column, operator, value, expression)


class SearchText(Model):
    """
    Keep a folded copy of what records are searched by.

    It answers alike on every database, which unaccent would not.
    """
    __slots__ = ()

    search_text = _Folded("Search Text", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._sql_indexes.update(cls._search_text_indexes(cls.__table__()))

    @classmethod
    def _search_text_indexes(cls, table):
        "Return the indexes that serve searches for a part of the text"
        return {Index(table, (table.search_text, Index.Similarity()))}

    @classmethod
    def _search_text_fields(cls):
        """
        Return the names of the fields the search text depends on,
        None to look at it after every change.
        """
        return {cls._rec_name}

    def _get_search_text(self):
        "Return the text to search by, as people write it"
        return getattr(self, self._rec_name) or ''

    def compute_fields(self, field_names=None):
        values = super().compute_fields(field_names=field_names)
        depends = self._search_text_fields()
        if (field_names is None or depends is None
                or depends & set(field_names)):
            text = fold(self._get_search_text()) or None
            # Without the comparison each write would call for another
            if text != getattr(self, 'search_text', None):
                values['search_text'] = text
        return values

    @classmethod
    def search_rec_name(cls, name, clause):
        domain = super().search_rec_name(name, clause)
        _, operator, value = clause[:3]
        if operator.endswith('ilike') and value:
            bool_op = 'AND' if operator.startswith('not ') else 'OR'
            domain = [bool_op,
                domain,
                # Folded on both sides, and much faster than ilike
                ('search_text', operator.replace('ilike', 'like'),
                    fold(value)),
                ]
        return domain
