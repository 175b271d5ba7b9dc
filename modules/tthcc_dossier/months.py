# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The months of a dossier, for statistics that do not change afterwards.

A month is the number YYYYMM of local time, such as 202611: both databases
compare, group and index it alike.
"""

from sql import Literal, Null
from sql.conditionals import Coalesce

from trytond.model import Index, ModelSQL, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool

from . import classes
from .line import Line


def month_of(moment):
    "Return the month of a date or local datetime"
    return moment.year * 100 + moment.month


def next_month(month):
    return month + (89 if month % 100 == 12 else 1)


def previous_month(month):
    return month - (89 if month % 100 == 1 else 1)


class PastStanding(Line, ModelSQL):
    """How a dossier stood at the ends of past months, where it stands
    otherwise since: when it was due and whether its clock was stopped"""
    __name__ = 'tthcc.dossier.past_standing'

    _by_hand = False

    first_month = fields.Integer("First Month", required=True)
    last_month = fields.Integer("Last Month", required=True)
    due_month = fields.Integer("Month Due")
    waiting = fields.Boolean("Waiting")


class MonthMixin:
    "Keeps the months of a dossier"
    __slots__ = ()

    received_month = fields.Integer(
        "Month Received", readonly=True,
        help="The local month as YYYYMM.")
    finished_month = fields.Integer("Month Finished", readonly=True)
    due_month = fields.Integer("Month Due", readonly=True)
    past_standings = fields.One2Many(
        'tthcc.dossier.past_standing', 'dossier', "Past Standings",
        readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        # With all that the statistics ask for, which then need not read the
        # dossiers themselves
        asked = [
            t.resolver, t.procedure, t.revision, t.lead_department,
            t.received_by]
        counted = t.state != Literal('voided')
        cls._sql_indexes.update({
                Index(t,
                    (t.received_month, Index.Range()),
                    (t.centre, Index.Range()),
                    where=counted, include=[*asked, t.case, t.id]),
                Index(t,
                    (t.finished_month, Index.Range()),
                    (t.centre, Index.Range()),
                    where=counted & (t.finished_month != Null),
                    include=[
                        *asked, t.received_month, t.state, t.resolved_at,
                        t.due_day, t.due]),
                # What the end of a month has found open
                Index(t,
                    (end_month(t), Index.Range()),
                    (t.received_month, Index.Range()),
                    where=counted & (end_month(t) > t.received_month),
                    include=[
                        *asked, t.id, t.centre, t.finished_month, t.state,
                        t.due_month, t.due]),
                })

    def compute_fields(self, field_names=None):
        values = super().compute_fields(field_names=field_names)
        for name, source in [
                ('received_month', 'received_at'),
                ('finished_month', 'finished_at'),
                ('due_month', 'due')]:
            if field_names is None or source in field_names:
                month = self._month(getattr(self, source, None))
                if month != getattr(self, name, None):
                    values[name] = month
        return values

    @classmethod
    def on_write(cls, dossiers, values):
        results = super().on_write(dossiers, values)
        if values.keys() & {'state', 'due'}:
            PastStanding = Pool().get('tthcc.dossier.past_standing')
            # What is stored, not what is being written
            PastStanding.save(list(filter(None, (
                            d._past_standing(values)
                            for d in cls.browse(dossiers)))))
        return results

    def _past_standing(self, values):
        """Return the row to keep of how the dossier stood at the ends of
        months before the values are written, None if nothing is lost."""
        PastStanding = Pool().get('tthcc.dossier.past_standing')
        this_month = self._month(clock.now())
        if (self.state not in classes.OPEN
                or not self.received_month
                or self.received_month == this_month):
            return
        due = values.get('due', self.due)
        state = values.get('state', self.state)
        waiting = self.state in classes.WAITING
        if (self._month(due) == self.due_month
                and (state in classes.WAITING) == waiting):
            return
        first = self.received_month
        if self.past_standings:
            first = next_month(
                max(p.last_month for p in self.past_standings))
        if first < this_month:
            return PastStanding(
                dossier=self, first_month=first,
                last_month=previous_month(this_month),
                due_month=self.due_month, waiting=waiting)

    def _month(self, moment):
        return month_of(self.local(moment)) if moment else None


def end_month(dossier):
    "Return the SQL of the month of the end, after all others while open"
    return Coalesce(dossier.finished_month, 999999)
