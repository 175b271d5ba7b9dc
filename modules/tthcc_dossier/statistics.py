# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal, Table
from sql.aggregate import Min, Sum
from sql.conditionals import Case

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool

from . import classes
from .months import month_of

# What a leader looks at: each with the classes it gathers
_COUNTS = {
    'in_term': ['not_due', 'no_term'],
    'due_soon': ['due_soon'],
    'overdue': ['overdue'],
    'waiting': ['waiting'],
    'done_in_time': ['early', 'on_time'],
    'done_late': ['late'],
    'not_done': ['not_eligible', 'not_resolved', 'withdrawn'],
    }


class CentreCount(ModelSQL, ModelView):
    """The dossiers of each centre by class: those open at this moment, and
    those ended this month.

    What was ended before is a matter of the monthly statistics: this is seen
    at each login, and must not take the longer the more dossiers there are.
    """
    __name__ = 'tthcc.dossier.centre_count'

    centre = fields.Many2One('tthcc.centre', "Centre")
    centre_name = fields.Char("Centre")
    in_term = fields.Integer("In Term")
    due_soon = fields.Integer("Due Soon")
    overdue = fields.Integer("Overdue")
    waiting = fields.Integer("Waiting")
    done_in_time = fields.Integer(
        "In Time This Month", help="Resolved early or on time.")
    done_late = fields.Integer("Late This Month")
    not_done = fields.Integer(
        "Without Result This Month",
        help="Not eligible, not resolved or withdrawn.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('overdue', 'DESC'), ('centre_name', 'ASC'), ('id', 'ASC')]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Dossier = pool.get('tthcc.dossier')
        visible = Dossier.search(
            [
                ('state', '!=', 'voided'),
                ['OR',
                    ('state', 'in', classes.OPEN),
                    ('finished_month', '=', month_of(clock.today())),
                    ]],
            order=[], query=True)
        # Count these rows themselves: to join them by id with the table takes
        # many times as long for the many that were ended in a month
        (dossier,), where = visible.from_, visible.where
        if not isinstance(dossier, Table):
            # A rule needs further tables
            dossier = Dossier.__table__()
            where = dossier.id.in_(visible)
        centre = Centre.__table__()
        conditions = classes.conditions(dossier, clock.now())
        conditions['no_term'] &= dossier.state.in_(classes.OPEN)

        def count(names):
            return Sum(Case(
                    *[(conditions[name], Literal(1)) for name in names],
                    else_=Literal(0)))
        return (dossier
            .join(centre, condition=dossier.centre == centre.id)
            .select(
                dossier.centre.as_('id'),
                dossier.centre.as_('centre'),
                Min(Centre.sql_short_name(centre)).as_('centre_name'),
                *[count(names).as_(name)
                    for name, names in _COUNTS.items()],
                where=where,
                group_by=dossier.centre))
