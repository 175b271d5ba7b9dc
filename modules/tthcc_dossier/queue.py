# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt
from collections import defaultdict

from sql import Literal
from sql.conditionals import Case
from sql.operators import Or

from trytond.model import fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.transaction import Transaction


class QueueMixin:
    "Gives dossiers what the tabs of work ask for"
    __slots__ = ()

    uncollected = fields.Function(
        fields.Boolean("Not Collected",
            help="The result has been waiting at the centre for longer than "
            "the centre allows."),
        None)

    @classmethod
    def column_uncollected(cls, tables):
        return Case(
            (cls.domain_uncollected(('uncollected', '=', True), tables),
                True),
            else_=False)

    @classmethod
    def domain_uncollected(cls, domain, tables):
        table, _ = tables[None]
        _, operator, value = domain
        clause = Or([
                (table.resolved_at <= clock.now() - dt.timedelta(days=days))
                & fields.SQL_OPERATORS['in'](table.centre, centres)
                for days, centres in _days_allowed().items()]
            or [Literal(False)])
        clause = (
            (table.state == Literal('resolved'))
            & (table.return_method == Literal('centre'))
            & clause)
        if (operator == '=') != bool(value):
            clause = Case((clause, True), else_=False) == Literal(False)
        return clause


def _days_allowed():
    "The ids of centres by the days they let results wait"
    centre = Pool().get('tthcc.centre').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*centre.select(
            centre.uncollected_days, centre.id,
            where=centre.uncollected_days > 0))
    allowed = defaultdict(list)
    for days, id in cursor:
        allowed[days].append(id)
    return allowed
