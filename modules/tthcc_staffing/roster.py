# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Who is at which counter in a week: made from postings, changed by hand."""

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.form import Form
from trytond.modules.tthcc_dossier.deadline import LocalTimeMixin
from trytond.modules.tthcc_dossier.workflow import MoveMixin, move
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from . import covering
from .byhand import ByHandMixin
from .column import CentreColumnMixin
from .exceptions import DutyError, RosterError
from .secondment import HALVES

_WEEK = dt.timedelta(days=6)
_COLORS = {'morning': '#2f7d5b', 'afternoon': '#2f6f9f'}


class Roster(
        CentreColumnMixin, ByHandMixin, MoveMixin, LocalTimeMixin, Workflow,
        ModelSQL, ModelView):
    "The week of a centre (lịch trực tuần)"
    __name__ = 'tthcc.roster'

    _moved_message = 'tthcc_staffing.msg_roster_moved'
    _fixed_message = 'tthcc_staffing.msg_roster_fixed'
    _written_in = {'published': {'duties', 'note'}}
    _fixed = {'readonly': Eval('id', -1) >= 0}

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='CASCADE',
        states=_fixed)
    start_date = fields.Date(
        "Monday", required=True, states=_fixed,
        help="The first day of the week.")
    end_date = fields.Function(
        fields.Date("Sunday"), 'on_change_with_end_date')
    duties = fields.One2Many('tthcc.roster.duty', 'roster', "Duties")
    note = fields.Text("Note")
    moved_at = fields.DateTime("Last Move", readonly=True)
    moved_by = fields.Many2One(
        'company.employee', "Last Move By", readonly=True,
        ondelete='RESTRICT')
    state = fields.Selection([
            ('draft', "Draft"),
            ('published', "Published"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('start_date', 'DESC'), ('centre', 'ASC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_constraints += [
            ('week_unique', Unique(t, t.centre, t.start_date),
                'tthcc_staffing.msg_roster_unique'),
            ]
        cls._buttons['fill'] = {
            'invisible': Eval('state') != 'draft',
            'depends': ['state'],
            }

    @classmethod
    def default_centre(cls):
        return Pool().get('res.user').own_centre()

    @staticmethod
    def default_start_date():
        "The Monday to come"
        today = clock.today()
        return today + dt.timedelta(days=7 - today.weekday())

    @staticmethod
    def default_state():
        return 'draft'

    @fields.depends('start_date')
    def on_change_with_end_date(self, name=None):
        return self.start_date + _WEEK if self.start_date else None

    def get_rec_name(self, name):
        return gettext(
            'tthcc_staffing.msg_roster_name',
            centre=self.centre.rec_name,
            start=self.start_date.strftime('%d/%m'),
            end=self.end_date.strftime('%d/%m/%Y'))

    @classmethod
    def validate_fields(cls, rosters, field_names):
        super().validate_fields(rosters, field_names)
        for roster in rosters:
            if roster.start_date.weekday():
                raise RosterError(gettext(
                        'tthcc_staffing.msg_roster_monday',
                        date=roster.start_date.strftime('%d/%m/%Y')))

    @classmethod
    @ModelView.button
    def fill(cls, rosters):
        """Add who is to be there by postings and leave, and take out who no
        longer is; duties entered by hand stay."""
        Duty = Pool().get('tthcc.roster.duty')
        old, new = [], []
        for roster in rosters:
            planned = roster.planned()
            for duty in roster.duties:
                key = duty.employee, duty.date, duty.half
                if duty.by_hand or key in planned:
                    planned.pop(key, None)
                else:
                    old.append(duty)
            new += [
                Duty(
                    roster=roster, employee=employee, counter=counter,
                    by_hand=False, **roster.times(date, half))
                for (employee, date, half), counter in planned.items()]
        Duty.delete(old)
        Duty.save(new)

    def planned(self):
        """Return the counters by (employee, date, half) of those who are to
        be there: the people posted, or who stands in for them."""
        Leave = Pool().get('tthcc.leave')
        first, last = self.start_date, self.end_date
        posted = self.centre.posted(first, last)
        employees = {s.employee.id for s in posted}
        leaves = Leave.approved(employees, first, last)
        absent = Leave.taken(
            employees | {x.substitute.id for x in leaves if x.substitute},
            first, last)
        calendar = self.centre.worktime()
        planned = {}
        for secondment in posted:
            posting = secondment.posting()
            for date in covering.days(first, last):
                for half in covering.open_halves(calendar, date):
                    if not posting.is_there(date, half):
                        continue
                    employee = secondment.employee
                    if (employee.id, date, half) in absent:
                        employee = next((
                                x.substitute for x in leaves
                                if x.employee == employee and x.substitute
                                and (date, half) in x.halves(date, date)
                                and (x.substitute.id, date, half)
                                not in absent), None)
                    if employee:
                        planned.setdefault(
                            (employee, date, half), secondment.counter)
        return planned

    def times(self, date, half):
        "Return the values of the times of a duty in the half day"
        start, end = covering.hours(self.centre.worktime(), date, half)
        return {
            'start': self.utc(dt.datetime.combine(date, start)),
            'end': self.utc(dt.datetime.combine(date, end)),
            }

    @classmethod
    @move(['draft'], 'published')
    def publish(cls, rosters):
        "Tell everybody on duty"
        Notification = Pool().get('res.notification')
        User = Pool().get('res.user')
        for roster in rosters:
            if not roster.duties:
                raise RosterError(gettext(
                        'tthcc_staffing.msg_roster_empty',
                        roster=roster.rec_name))
            Notification.tell_roster(
                User.of_employees([d.employee.id for d in roster.duties]),
                roster)

    @classmethod
    @move(['published'], 'draft')
    def reopen(cls, rosters):
        "Change it once more, then publish again"


class Duty(ModelSQL, ModelView):
    "Somebody at a counter in a half day (buổi trực)"
    __name__ = 'tthcc.roster.duty'

    roster = fields.Many2One(
        'tthcc.roster', "Week", required=True, ondelete='CASCADE')
    centre = fields.Function(
        fields.Many2One('tthcc.centre', "Centre"),
        'on_change_with_centre', searcher='search_centre')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='CASCADE',
        domain=[('company.id', '=', Eval('company', -1))])
    company = fields.Function(
        fields.Many2One('company.company', "Committee"),
        'on_change_with_company')
    counter = fields.Many2One(
        'tthcc.counter', "Counter", ondelete='SET NULL',
        domain=[('centre', '=', Eval('centre', -1))])
    start = fields.DateTime(
        "From", required=True,
        domain=[If(Eval('start') & Eval('end'),
                ('start', '<', Eval('end', None)), ())])
    end = fields.DateTime("To", required=True)
    date = fields.Date("Date", readonly=True)
    half = fields.Selection(
        [(None, "")] + HALVES, "Half Day", readonly=True, sort=False)
    by_hand = fields.Boolean(
        "By Hand", readonly=True,
        help="Entered or moved by hand: it stays when the week is filled.")
    note = fields.Char("Note")
    day = fields.Function(
        fields.Date("Day", help="Another day moves the whole duty."),
        'on_change_with_day', setter='set_day', searcher='search_day')
    label = fields.Function(fields.Char("Duty"), 'get_label')
    color = fields.Function(fields.Char("Colour"), 'get_color')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('roster')
        t = cls.__table__()
        cls._order = [('start', 'ASC'), ('counter', 'ASC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('half_unique', Unique(t, t.employee, t.date, t.half),
                'tthcc_staffing.msg_duty_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.start, Index.Range())))

    @staticmethod
    def default_by_hand():
        return True

    @fields.depends('roster', '_parent_roster.centre')
    def on_change_with_centre(self, name=None):
        return self.roster.centre if self.roster else None

    @classmethod
    def search_centre(cls, name, clause):
        return [(f'roster.{clause[0]}', *clause[1:])]

    @fields.depends('roster', '_parent_roster.centre')
    def on_change_with_company(self, name=None):
        if self.roster and self.roster.centre:
            return self.roster.centre.company

    @fields.depends('start')
    def on_change_with_day(self, name=None):
        return clock.to_local(self.start).date() if self.start else None

    @classmethod
    def set_day(cls, duties, name, day):
        for duty in duties:
            if day and (later := day - duty.date):
                cls.write([duty], {
                        'start': duty.start + later,
                        'end': duty.end + later,
                        })

    @classmethod
    def search_day(cls, name, clause):
        return [('date', *clause[1:])]

    def get_label(self, name):
        "The time comes first, by which the calendar orders the duties"
        return f'{clock.to_local(self.start):%H:%M} {self.employee.rec_name}'

    def get_color(self, name):
        return _COLORS[self.half]

    def get_rec_name(self, name):
        parts = [self.employee.rec_name]
        if self.counter:
            parts.append(self.counter.rec_name)
        return ' – '.join(parts)

    @classmethod
    def preprocess_values(cls, mode, values):
        "The local day and half of the day follow from the time"
        values = super().preprocess_values(mode, values)
        if start := values.get('start'):
            local = clock.to_local(start)
            values['date'] = local.date()
            values['half'] = (
                'morning' if local.time() < covering.NOON else 'afternoon')
        if mode == 'write' and values.keys() & {'start', 'employee'}:
            values.setdefault('by_hand', True)
        return values

    @classmethod
    def validate_fields(cls, duties, field_names):
        super().validate_fields(duties, field_names)
        cls.check_there(duties)

    @classmethod
    def check_there(cls, duties):
        "Check that duties are in their week and nobody on leave has one"
        Leave = Pool().get('tthcc.leave')
        if not duties:
            return
        absent = Leave.taken(
            {d.employee.id for d in duties},
            min(d.date for d in duties), max(d.date for d in duties))
        for duty in duties:
            if not (duty.roster.start_date <= duty.date
                    <= duty.roster.end_date):
                message = 'msg_duty_week'
            elif (duty.employee.id, duty.date, duty.half) in absent:
                message = 'msg_duty_leave'
            else:
                continue
            raise DutyError(gettext(
                    f'tthcc_staffing.{message}',
                    employee=duty.employee.rec_name,
                    date=duty.date.strftime('%d/%m/%Y'),
                    roster=duty.roster.rec_name))


class Notification(metaclass=PoolMeta):
    __name__ = 'res.notification'

    @classmethod
    def tell_roster(cls, users, roster):
        "Show the users, by ids, that the week is published"
        User = Pool().get('res.user')
        notifications = []
        for user in User.browse(users):
            language = user.language.code if user.language else None
            with Transaction().set_context(language=language):
                label = gettext('tthcc_staffing.msg_roster_published')
            notifications.append(cls(
                    user=user, icon='tryton-notification', label=label,
                    description=roster.rec_name, model=roster.__name__,
                    records=f'[{roster.id}]'))
        cls.save(notifications)


class RosterForm(Form):
    "Lịch trực của công chức tại Trung tâm"
    __name__ = 'tthcc.roster.form'

    @classmethod
    def template_name(cls):
        return 'tthcc_staffing/form/roster'

    @classmethod
    def centre_and_date(cls, roster):
        return roster.centre, roster.start_date

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['days'] = cls.days
        return context

    @staticmethod
    def days(roster):
        """Return, by day with a duty, the date, the weekday as number and the
        duties of the morning and of the afternoon"""
        return [
            (date, date.weekday() + 2, [
                    [d for d in roster.duties
                        if (d.date, d.half) == (date, half)]
                    for half in covering.HALVES])
            for date in sorted({d.date for d in roster.duties})]
