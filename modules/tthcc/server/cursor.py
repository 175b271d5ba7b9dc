# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The names of columns once for each cursor

psycopg builds the description anew whenever it is asked for, and Tryton asks
for it and fetches once for each row.
"""
import trytond.ir.model
import trytond.ir.translation
import trytond.model.modelsql
import trytond.tools

UPSTREAM = {
    'trytond.tools:cursor_dict': '24fe36e2f7a851da',
    }


def apply(replace):
    for module in [
            trytond.tools, trytond.model.modelsql, trytond.ir.model,
            trytond.ir.translation]:
        replace(module, 'cursor_dict', cursor_dict)


def cursor_dict(cursor, size=None):
    while rows := cursor.fetchmany(size) if size else cursor.fetchall():
        names = _names(cursor)
        for row in rows:
            yield dict(zip(names, row))


def _names(cursor):
    if result := getattr(cursor, 'pgresult', None):
        return [result.fname(i).decode() for i in range(result.nfields)]
    return [column[0] for column in cursor.description]
