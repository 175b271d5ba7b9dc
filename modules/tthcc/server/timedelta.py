# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Durations read with the other columns

SQLite keeps a duration as a number, so that the field has a getter, and fields
with a getter are left out of what a search fetches: each record found is read
once more for them.  PostgreSQL knows durations.
"""
from trytond import backend
from trytond.model import fields

UPSTREAM = {
    'trytond.model.fields.date:TimeDelta.get': 'a9a5a974ed7f5546',
    'trytond.model.modelsql:ModelSQL._ModelSQL__searched_columns':
        'e30b002ff583d0d4',
    'trytond.model.modelsql:ModelSQL.read': '91feb515ca9344bf',
    }


def apply(replace):
    if backend.name == 'postgresql':
        # A property without a getter is not there: hasattr is what is asked
        replace(fields.TimeDelta, 'get', property())
