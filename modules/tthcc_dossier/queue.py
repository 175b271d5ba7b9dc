# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal
from sql.conditionals import Case

from trytond.model import fields
from trytond.pool import Pool


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
        Centre = Pool().get('tthcc.centre')
        clause = (
            (table.state == Literal('resolved'))
            & (table.return_method == Literal('centre'))
            & Centre.overstayed(
                'uncollected_days', table.centre, table.resolved_at))
        if (operator == '=') != bool(value):
            clause = Case((clause, True), else_=False) == Literal(False)
        return clause
