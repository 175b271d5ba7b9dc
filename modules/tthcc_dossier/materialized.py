# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.transaction import Transaction


class MaterializedMixin:
    "Lets a table query with values be materialized"
    __slots__ = ()

    @classmethod
    def __register__(cls, module_name):
        connection = Transaction().connection
        if not cls._table_query_materialized():
            return super().__register__(module_name)
        # PostgreSQL materializes no query whose values come apart from it
        from psycopg import ClientCursor
        factory = connection.cursor_factory
        connection.cursor_factory = ClientCursor
        try:
            super().__register__(module_name)
        finally:
            connection.cursor_factory = factory
