# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Who was there: the duties of published weeks beside the attendance."""

import datetime as dt

from sql import Literal, Null
from sql.aggregate import Min
from sql.conditionals import Case
from sql.operators import Exists

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If

from .secondment import HALVES

_NOW = dt.timedelta(minutes=10)
_CORRECTING = ['group_director', 'group_leader', 'group_administrator']


class Line(metaclass=PoolMeta):
    __name__ = 'attendance.line'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t,
                (t.employee, Index.Equality()),
                (t.date, Index.Range())))

    @classmethod
    def default_at(cls):
        return clock.now()

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        "People sign in and out as it happens; the director corrects"
        ModelData = Pool().get('ir.model.data')
        User = Pool().get('res.user')
        super().check_modification(
            mode, lines, values=values, external=external)
        if not external or not {
                ModelData.get_id('tthcc', name) for name in _CORRECTING
                }.isdisjoint(User.get_groups()):
            return
        for line in lines:
            if mode != 'create' or abs(line.at - clock.now()) > _NOW:
                raise AccessError(gettext(
                        'tthcc_staffing.msg_attendance_now'))


class Presence(ModelSQL, ModelView):
    "A duty and whether the person came (chuyên cần)"
    __name__ = 'tthcc.presence'

    centre = fields.Many2One('tthcc.centre', "Centre")
    employee = fields.Many2One('company.employee', "Employee")
    date = fields.Date("Date")
    half = fields.Selection(HALVES, "Half Day", sort=False)
    due = fields.DateTime("On Duty From")
    arrived_at = fields.DateTime("Arrived At")
    state = fields.Selection([
            ('present', "Present"),
            ('late', "Late"),
            ('absent', "Absent"),
            ('expected', "Expected"),
            ], "State", sort=False)
    late_minutes = fields.Function(
        fields.Integer("Late by (minutes)"), 'get_late_minutes')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('due', 'DESC'), ('id', 'DESC')]

    @classmethod
    def table_query(cls):
        pool = Pool()
        duty = pool.get('tthcc.roster.duty').__table__()
        leave = pool.get('tthcc.leave').__table__()
        line = pool.get('attendance.line').__table__()
        left = pool.get('attendance.line').__table__()
        roster = pool.get('tthcc.roster').__table__()
        now = clock.now()
        # Who went home at noon is not there in the afternoon
        gone = Exists(left.select(
                Literal(1),
                where=(left.employee == line.employee)
                & (left.type == 'out')
                & (left.at > line.at)
                & (left.at <= duty.start)))
        arrived = (duty
            .join(roster, condition=duty.roster == roster.id)
            .join(line, 'LEFT',
                condition=(line.employee == duty.employee)
                & (line.date == duty.date)
                & (line.type == 'in')
                & (line.at < duty.end)
                & ~gone)
            .select(
                duty.id, roster.centre, duty.employee, duty.date, duty.half,
                duty.start.as_('due'), duty.end.as_('end'),
                Min(line.at).as_('arrived_at'),
                where=roster.state == 'published',
                group_by=[
                    duty.id, roster.centre, duty.employee, duty.date,
                    duty.half, duty.start, duty.end]))
        state = Case(
            (arrived.arrived_at > arrived.due, Literal('late')),
            (arrived.arrived_at != Null, Literal('present')),
            (arrived.end <= now, Literal('absent')),
            else_=Literal('expected'))
        # Granted after the week was published
        on_leave = Exists(leave.select(
                Literal(1),
                where=(leave.employee == arrived.employee)
                & (leave.state == 'approved')
                & (leave.start_date <= arrived.date)
                & (leave.end_date >= arrived.date)
                & ((leave.half == Null) | (leave.half == arrived.half))))
        return arrived.select(
            arrived.id, arrived.centre, arrived.employee, arrived.date,
            arrived.half, arrived.due, arrived.arrived_at,
            state.as_('state'),
            where=(arrived.arrived_at != Null) | ~on_leave)

    @classmethod
    def get_late_minutes(cls, rows, name):
        return {
            r.id: (r.arrived_at - r.due) // dt.timedelta(minutes=1)
            if r.state == 'late' else None
            for r in rows}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'absent', 'danger',
                    If(Eval('state') == 'late', 'warning', ''))),
            ]
