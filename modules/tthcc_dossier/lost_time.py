# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt

from dateutil.relativedelta import relativedelta
from sql import Null
from sql.aggregate import Count, Max, Min, Sum
from sql.conditionals import Coalesce
from sql.functions import DateTrunc

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval, If, PYSONEncoder
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import StateAction, Wizard

_MONTHS = 3


def _first_day():
    return clock.today().replace(day=1) - relativedelta(months=_MONTHS - 1)


def _context():
    "What is asked for: how to group, the UTC period, the centre"
    context = Transaction().context
    start = context.get('start_date') or _first_day()
    end = context.get('end_date') or clock.today()
    midnight = dt.time.min
    return (
        context.get('by') or 'work',
        clock.to_utc(dt.datetime.combine(start, midnight)),
        clock.to_utc(dt.datetime.combine(
                end + dt.timedelta(days=1), midnight)),
        context.get('centre'))


class LostTime(ModelSQL, ModelView):
    """Where time is lost: the legs that took longer than promised and ended
    in the period (thời gian bị chậm)"""
    __name__ = 'tthcc.dossier.lost_time'

    # The id is that of one of the legs, which tells what they have in common
    leg = fields.Many2One('tthcc.dossier.step', "Leg")
    what = fields.Function(fields.Char("Where"), 'get_what')
    legs = fields.Integer("Legs Overrun")
    overrun = fields.TimeDelta(
        "Overrun", 'working_hours',
        help="The working time the legs took beyond what they were promised.")
    longest = fields.TimeDelta("Longest Overrun", 'working_hours')
    late = fields.Integer(
        "Late Legs", help="Those that made a result late.")
    lateness = fields.TimeDelta(
        "Lateness Caused", 'working_hours',
        help="The working time by which they made results late.")
    overrun_hours = fields.Function(
        fields.Integer("Overrun (hours)"), 'get_hours')
    lateness_hours = fields.Function(
        fields.Integer("Lateness Caused (hours)"), 'get_hours')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('lateness', 'DESC'), ('overrun', 'DESC'), ('id', 'ASC')]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Step = pool.get('tthcc.dossier.step')
        step, dossier = Step.__table__(), Dossier.__table__()
        by, start, end, centre = _context()
        visible = Dossier.search(
            [('centre', '=', centre)] if centre else [],
            order=[], query=True)
        return (step
            .join(dossier, condition=step.dossier == dossier.id)
            .select(
                Min(step.id).as_('id'),
                Min(step.id).as_('leg'),
                Count(step.id).as_('legs'),
                Sum(step.overrun).as_('overrun'),
                Max(step.overrun).as_('longest'),
                Count(step.lateness).as_('late'),
                Sum(step.lateness).as_('lateness'),
                where=(step.overrun != Null)
                & (step.ended_at >= start) & (step.ended_at < end)
                & (dossier.state != 'voided')
                & dossier.id.in_(visible),
                group_by={
                    'procedure': [dossier.procedure],
                    'work': [step.name],
                    'department': [
                        dossier.centre,
                        Coalesce(step.department, step.elsewhere)],
                    'centre': [dossier.centre],
                    # Offices work while the day of UTC is theirs
                    'month': [DateTrunc('month', step.ended_at)],
                    }[by]))

    @classmethod
    def get_what(cls, records, name):
        by, *_ = _context()
        with without_check_access():
            return {r.id: _name(r.leg, by) for r in cls.browse(records)}

    @classmethod
    def get_hours(cls, records, names):
        return {
            name: {
                r.id: round(amount / dt.timedelta(hours=1)) if amount else 0
                for r in records
                for amount in [getattr(r, name.removesuffix('_hours'))]}
            for name in names}


def _name(leg, by):
    if by == 'procedure':
        return leg.dossier.procedure.rec_name
    elif by == 'work':
        return leg.name
    elif by == 'month':
        return f'{leg.ended_at:%m/%Y}'
    elif by == 'department' and leg.done_by:
        return f'{leg.done_by.name}, {leg.done_by.company.rec_name}'
    return leg.dossier.centre.rec_name


class LostTimeContext(ModelView):
    "What to look at where time is lost"
    __name__ = 'tthcc.dossier.lost_time.context'

    by = fields.Selection([
            ('work', "Step"),
            ('procedure', "Procedure"),
            ('department', "Department"),
            ('centre', "Centre"),
            ('month', "Month"),
            ], "By", required=True, sort=False)
    start_date = fields.Date(
        "From", required=True,
        domain=[If(Eval('end_date'),
                ('start_date', '<=', Eval('end_date', None)), ())])
    end_date = fields.Date("To", required=True)
    centre = fields.Many2One('tthcc.centre', "Centre")

    @classmethod
    def default_by(cls):
        return 'work'

    @classmethod
    def default_start_date(cls):
        return _first_day()

    @classmethod
    def default_end_date(cls):
        return clock.today()


class OpenLostTime(Wizard):
    "Open the legs behind a row"
    __name__ = 'tthcc.dossier.lost_time.open'

    start_state = 'open_'
    open_ = StateAction('tthcc_dossier.act_step_lost')

    def do_open_(self, action):
        by, start, end, centre = _context()
        domain = [
            ('overrun', '!=', None),
            ('ended_at', '>=', start),
            ('ended_at', '<', end),
            ('dossier.state', '!=', 'voided'),
            ]
        if centre:
            domain.append(('dossier.centre', '=', centre))
        leg = self.record.leg
        if by == 'procedure':
            domain.append(
                ('dossier.procedure', '=', leg.dossier.procedure.id))
        elif by == 'work':
            domain.append(('name', '=', leg.name))
        elif by == 'month':
            month = leg.ended_at.replace(
                day=1, hour=0, minute=0, second=0)
            domain += [
                ('ended_at', '>=', month),
                ('ended_at', '<', month + relativedelta(months=1))]
        else:
            domain.append(('dossier.centre', '=', leg.dossier.centre.id))
            if by == 'department':
                if leg.elsewhere:
                    domain.append(('elsewhere', '=', leg.elsewhere.id))
                else:
                    domain += [
                        ('elsewhere', '=', None),
                        ('department', '=',
                            leg.department.id if leg.department else None)]
        action['pyson_domain'] = PYSONEncoder().encode(domain)
        return action, {}
