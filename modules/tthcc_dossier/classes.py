# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The class of a dossier: what the clock says of it.

The one definition of the classes of the rules' table.  A class is never
stored: it follows from the state, the stored due moments and now, through
the SQL expressions below, which lists, tabs, searches, graphs and reports
share.
"""
import datetime as dt

from sql import Literal, Null
from sql.conditionals import Case
from sql.operators import And, Or

from trytond.model import fields
from trytond.modules.tthcc import clock
from trytond.pyson import Eval, If

CLASSES = [
    ('not_due', "Not due"),
    ('due_soon', "Due soon"),
    ('overdue', "Overdue"),
    ('waiting', "Waiting"),
    ('no_term', "No term"),
    ('early', "Early"),
    ('on_time', "On time"),
    ('late', "Late"),
    ('not_eligible', "Not eligible"),
    ('not_resolved', "Not resolved"),
    ('withdrawn', "Withdrawn"),
    ]
RUNNING = ['submitted', 'received', 'processing', 'withdrawal']
WAITING = ['supplement', 'payment']
OPEN = RUNNING + WAITING
FINISHED = ['resolved', 'returned']
NOT_RESOLVED = ['rejected', 'unsupplemented']
# Ended without a result after reception
ENDED = NOT_RESOLVED + ['withdrawn', 'voided']


def conditions(dossier, now):
    """Return by class the SQL condition for rows of the table dossier at the
    UTC datetime now.  They exclude one another and cover every registered
    dossier; drafts and voided ones fall in none."""
    running = dossier.state.in_(RUNNING)
    finished = dossier.state.in_(FINISHED)
    # Not yet accepted: only the centre's own answer time runs
    unanswered = (
        (dossier.state == Literal('submitted')) & (dossier.due == Null))
    return {
        'not_due': Or([running & (dossier.warn_at > now), unanswered]),
        'due_soon': (
            running & (dossier.warn_at <= now) & (dossier.due >= now)),
        'overdue': running & (dossier.due < now),
        'waiting': dossier.state.in_(WAITING),
        'no_term': Or([
                And([
                        dossier.state.in_([
                                s for s in RUNNING if s != 'submitted']),
                        dossier.due == Null]),
                And([finished, dossier.due == Null])]),
        'early': finished & (dossier.resolved_at < dossier.due_day),
        'on_time': (
            finished & (dossier.resolved_at >= dossier.due_day)
            & (dossier.resolved_at <= dossier.due)),
        'late': finished & (dossier.resolved_at > dossier.due),
        'not_eligible': dossier.state == Literal('refused'),
        'not_resolved': dossier.state.in_(NOT_RESOLVED),
        'withdrawn': dossier.state == Literal('withdrawn'),
        }


def expression(dossier, now):
    "Return the SQL expression of the class of the rows of dossier"
    return Case(
        *[(condition, Literal(class_))
            for class_, condition in conditions(dossier, now).items()],
        else_=Null)


class ClassMixin:
    "Gives a model with the columns of a dossier its class"
    __slots__ = ()

    class_ = fields.Function(
        fields.Selection(
            [(None, "")] + CLASSES, "Class", sort=False,
            help="What the clock says of the dossier at this moment."),
        None)
    class__string = class_.translated('class_')
    due_today = fields.Function(
        fields.Boolean("Due Today",
            help="The clock is running and the dossier is due today."),
        None)

    @classmethod
    def view_attributes(cls):
        visual = If(Eval('class_') == 'overdue', 'danger',
            If(Eval('class_') == 'due_soon', 'warning', ''))
        return super().view_attributes() + [
            (f'/tree/field[@name="{name}"]', 'visual', visual, ['class_'])
            for name in ['due', 'class_']]

    @classmethod
    def column_class_(cls, tables):
        table, _ = tables[None]
        return expression(table, clock.now())

    @classmethod
    def domain_class_(cls, domain, tables):
        # The bare conditions rather than the expression: indexes serve them
        table, _ = tables[None]
        _, operator, value = domain
        by_class = conditions(table, clock.now())
        wanted = value if operator in {'in', 'not in'} else [value]
        clause = Or([
                by_class.get(v, Literal(False)) if v
                else table.state.in_(['draft', 'voided'])
                for v in wanted] or [Literal(False)])
        if operator in {'!=', 'not in'}:
            # Not ~clause: a comparison with no due moment is unknown
            rest = [v for v in [None, *by_class] if v not in wanted]
            clause = cls.domain_class_(('class_', 'in', rest), tables)
        return clause

    @classmethod
    def column_due_today(cls, tables):
        return Case(
            (cls.domain_due_today(('due_today', '=', True), tables), True),
            else_=False)

    @classmethod
    def domain_due_today(cls, domain, tables):
        table, _ = tables[None]
        _, operator, value = domain
        now = clock.now()
        clause = (
            table.state.in_(RUNNING)
            & (table.due_day <= now)
            & (table.due_day > now - dt.timedelta(days=1)))
        if (operator == '=') != bool(value):
            clause = Or([~clause, table.due_day == Null])
        return clause
