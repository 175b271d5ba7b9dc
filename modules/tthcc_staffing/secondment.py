# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Postings of civil servants to a centre: who, for what, when, how long."""

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.tthcc.calendar import WEEKDAYS
from trytond.modules.tthcc_dossier.deadline import LocalTimeMixin
from trytond.modules.tthcc_dossier.workflow import MoveMixin, move
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If

from . import covering
from .byhand import ByHandMixin, PartMixin
from .column import CentreColumnMixin
from .ending import EndingMixin
from .exceptions import SecondmentDecisionError, SecondmentModeError
from .law import LawMixin

HALVES = [
    ('morning', "Morning"),
    ('afternoon', "Afternoon"),
    ]
MODES = [
    ('full_time', "Full Time"),
    ('weekdays', "Fixed Half Days"),
    ('seasonal', "In Season"),
    ('on_call', "On Call"),
    ('shared', "Shared Officer"),
    ]

# What may still be written by hand once a posting is requested
_TERMS = {
    'employee', 'department', 'centre', 'counter', 'procedure_fields',
    'procedures', 'mode', 'slots', 'periods', 'response_minutes',
    'start_date', 'end_date', 'substitutes'}
_DECISION = {'decision_number', 'decision_date'}
_ALWAYS = {'successor', 'note'}


class Secondment(
        CentreColumnMixin, LawMixin, EndingMixin, ByHandMixin, MoveMixin,
        LocalTimeMixin, Workflow, ModelSQL, ModelView):
    """A civil servant sent by a department to receive at a centre (cử công
    chức đến làm việc tại Trung tâm; Decrees 61/2018/NĐ-CP and
    118/2025/NĐ-CP, art. 11)"""
    __name__ = 'tthcc.secondment'

    _moved_message = 'tthcc_staffing.msg_secondment_moved'
    _fixed_message = 'tthcc_staffing.msg_secondment_fixed'
    _kept = ByHandMixin._kept | {
        'decided_end', 'recall_reason', 'extensions', 'left_on'}
    _written_in = {
        'requested': _TERMS | _DECISION | _ALWAYS,
        'agreed': _DECISION | _ALWAYS,
        'decided': _ALWAYS,
        'active': _ALWAYS,
        'ended': {'note'},
        'recalled': {'note'},
        }
    _fixed = {'readonly': ~Eval('state').in_(['draft', 'requested'])}

    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='RESTRICT',
        states=_fixed,
        domain=[('company', '=', Eval('company', -1))])
    department = fields.Many2One(
        'tthcc.department', "Sent By", required=True, ondelete='RESTRICT',
        states=_fixed,
        domain=[('company', '=', Eval('company', -1))])
    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states=_fixed,
        domain=[('company', '=', Eval('company', -1))])
    company = fields.Many2One(
        'company.company', "Committee", required=True, ondelete='CASCADE',
        states={'readonly': Eval('id', -1) >= 0})
    counter = fields.Many2One(
        'tthcc.counter', "Counter", ondelete='SET NULL',
        states=_fixed,
        domain=[('centre', '=', Eval('centre', -1))])
    procedure_fields = fields.Many2Many(
        'tthcc.secondment-tthcc.procedure.field', 'secondment', 'field',
        "Fields", states=_fixed,
        help="Without fields and procedures it is all that departments of "
        "this kind do.")
    procedures = fields.Many2Many(
        'tthcc.secondment-tthcc.procedure', 'secondment', 'procedure',
        "Single Procedures", states=_fixed,
        help="Received besides those of the fields.")
    mode = fields.Selection(
        MODES, "Mode", required=True, sort=False, states=_fixed,
        help="Full time: all opening hours.\n"
        "Fixed half days: those of the week that are listed.\n"
        "In season: all opening hours of the periods listed.\n"
        "On call: comes to the centre within the time agreed.\n"
        "Shared: one officer who receives for several departments, all "
        "opening hours or the half days listed.")
    mode_string = mode.translated('mode')
    slots = fields.One2Many(
        'tthcc.secondment.slot', 'secondment', "Half Days",
        states={
            'invisible': ~Eval('mode').in_(['weekdays', 'shared']),
            **_fixed,
            })
    periods = fields.One2Many(
        'tthcc.secondment.period', 'secondment', "Seasons",
        states={
            'invisible': Eval('mode') != 'seasonal',
            **_fixed,
            })
    response_minutes = fields.Integer(
        "Response Time",
        domain=[If(Bool(Eval('response_minutes')),
                ('response_minutes', '>', 0), ())],
        states={
            'invisible': Eval('mode') != 'on_call',
            'required': Eval('mode') == 'on_call',
            **_fixed,
            },
        help="In minutes, from the call to the arrival at the centre.")
    decision_number = fields.Char(
        "Decision", states={
            'readonly': ~Eval('state').in_(['draft', 'requested', 'agreed']),
            })
    decision_date = fields.Date(
        "Decided On", states={
            'readonly': ~Eval('state').in_(['draft', 'requested', 'agreed']),
            })
    start_date = fields.Date(
        "From", required=True, states=_fixed,
        domain=[If(Bool(Eval('end_date')),
                ('start_date', '<=', Eval('end_date', None)), ())])
    end_date = fields.Date(
        "To", required=True, states=_fixed,
        help="The last day, also of a posting that was recalled or "
        "extended.")
    decided_end = fields.Date(
        "Decided To", readonly=True,
        states={'invisible': ~Bool(Eval('decided_end'))},
        help="The last day before the recall.")
    recall_reason = fields.Text(
        "Recalled Because", readonly=True,
        states={'invisible': Eval('state') != 'recalled'})
    substitutes = fields.Many2Many(
        'tthcc.secondment-substitute', 'secondment', 'employee',
        "Substitutes", states=_fixed,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('employee', -1)),
            ],
        help="Who comes when the employee is absent: one at least "
        "(Decree 61/2018/NĐ-CP, art. 12.8).")
    note = fields.Text("Note")
    moved_at = fields.DateTime("Last Move", readonly=True)
    moved_by = fields.Many2One(
        'company.employee', "Last Move By", readonly=True,
        ondelete='RESTRICT')
    state = fields.Selection([
            ('draft', "Draft"),
            ('requested', "Requested"),
            ('agreed', "Agreed"),
            ('decided', "Decided"),
            ('active', "Active"),
            ('ended', "Ended"),
            ('recalled', "Recalled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('start_date', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        open_ = t.state.in_(
            ['draft', 'requested', 'agreed', 'decided', 'active'])
        cls._sql_indexes.update({
                Index(t,
                    (t.centre, Index.Equality()),
                    (t.end_date, Index.Range())),
                Index(t,
                    (t.department, Index.Equality()),
                    (t.end_date, Index.Range())),
                Index(t,
                    (t.employee, Index.Equality()),
                    (t.end_date, Index.Range())),
                Index(t,
                    (t.state, Index.Equality()),
                    (t.start_date, Index.Range()),
                    where=open_),
                })

    @staticmethod
    def default_company():
        User = Pool().get('res.user')
        companies = User.get_companies()
        return companies[0] if len(companies) == 1 else None

    @classmethod
    def default_centre(cls):
        return Pool().get('res.user').own_centre()

    @staticmethod
    def default_mode():
        return 'full_time'

    @staticmethod
    def default_state():
        return 'draft'

    @fields.depends('employee', 'department')
    def on_change_employee(self):
        if self.employee and self.employee.department:
            self.department = self.employee.department

    @fields.depends('centre', 'counter')
    def on_change_centre(self):
        if self.counter and self.counter.centre != self.centre:
            self.counter = None

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} ({self.mode_string})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('employee.rec_name', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state').in_(['ended', 'recalled']), 'muted', '')),
            ]

    @classmethod
    def copy(cls, secondments, default=None):
        "A copy is a draft of the same posting, without its life"
        default = default.copy() if default else {}
        for name in [
                'decision_number', 'decision_date', 'decided_end',
                'recall_reason', 'extensions', 'successor', 'left_on',
                'moved_at', 'moved_by']:
            default.setdefault(name, None)
        default.setdefault('state', 'draft')
        return super().copy(secondments, default=default)

    @classmethod
    def on_modification(cls, mode, secondments, field_names=None):
        User = Pool().get('res.user')
        super().on_modification(mode, secondments, field_names=field_names)
        User._postings_cache.clear()

    @classmethod
    def validate_fields(cls, secondments, field_names):
        super().validate_fields(secondments, field_names)
        cls.check_mode(secondments, field_names)

    @classmethod
    def check_mode(cls, secondments, field_names=None):
        "Check that a mode has the half days or seasons it lives on"
        if field_names and not field_names & {'mode', 'slots', 'periods'}:
            return
        for secondment in secondments:
            if (secondment.mode == 'weekdays' and not secondment.slots
                    or secondment.mode == 'seasonal'
                    and not secondment.periods):
                raise SecondmentModeError(gettext(
                        'tthcc_staffing.msg_secondment_mode',
                        secondment=secondment.rec_name))

    # What it covers

    @classmethod
    def in_force(cls, first, last=None):
        """Return the domain of the postings decided or active, or that were,
        on one of the days from first to last, by default the same day."""
        return [
            ('state', 'in', ['decided', 'active', 'ended', 'recalled']),
            ('start_date', '<=', last or first),
            ('end_date', '>=', first),
            ]

    def covers(self, procedure, departments):
        """Whether the posting receives the procedure, on which the
        departments work at the centre."""
        if self.procedure_fields or self.procedures:
            return (
                procedure in self.procedures
                or procedure.field in self.procedure_fields)
        return self.department in departments

    def posting(self):
        "Return the posting as a value of covering"
        return covering.Posting(
            employee=self.employee.id, mode=self.mode,
            start=self.start_date, end=self.end_date,
            slots=frozenset(
                (int(s.weekday), s.half) for s in self.slots),
            periods=tuple(
                (p.start_date, p.end_date) for p in self.periods),
            response=self.response_minutes)

    # What people do with it

    @classmethod
    @move(['draft'], 'requested')
    def request(cls, secondments):
        "Ask the department for the employee"
        cls.check_law(secondments)

    @classmethod
    @move(['requested', 'agreed'], 'draft')
    def decline(cls, secondments):
        "The department does not send the employee so"

    @classmethod
    @move(['requested'], 'agreed')
    def agree(cls, secondments):
        "The department sends the employee"

    @classmethod
    @move(['agreed'], 'decided')
    def decide(cls, secondments):
        "Fix the posting by the decision of the committee"
        cls.check_law(secondments)
        for secondment in secondments:
            if not (secondment.decision_number and secondment.decision_date):
                raise SecondmentDecisionError(gettext(
                        'tthcc_staffing.msg_secondment_decision',
                        secondment=secondment.rec_name))


    @classmethod
    @move(['decided'], 'draft')
    def withdraw(cls, secondments):
        "Take the decision back before the posting begins"
        for secondment in secondments:
            secondment.decision_number = secondment.decision_date = None


class SecondmentField(PartMixin, ModelSQL):
    "Secondment - Field"
    __name__ = 'tthcc.secondment-tthcc.procedure.field'

    secondment = fields.Many2One(
        'tthcc.secondment', "Secondment", required=True, ondelete='CASCADE')
    field = fields.Many2One(
        'tthcc.procedure.field', "Field", required=True, ondelete='RESTRICT')


class SecondmentProcedure(PartMixin, ModelSQL):
    "Secondment - Procedure"
    __name__ = 'tthcc.secondment-tthcc.procedure'

    secondment = fields.Many2One(
        'tthcc.secondment', "Secondment", required=True, ondelete='CASCADE')
    procedure = fields.Many2One(
        'tthcc.procedure', "Procedure", required=True, ondelete='RESTRICT')


class SecondmentSubstitute(PartMixin, ModelSQL):
    "Secondment - Substitute"
    __name__ = 'tthcc.secondment-substitute'

    secondment = fields.Many2One(
        'tthcc.secondment', "Secondment", required=True, ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='RESTRICT')


class Slot(PartMixin, ModelSQL, ModelView):
    "A half day of the week at the centre (buổi trực)"
    __name__ = 'tthcc.secondment.slot'

    secondment = fields.Many2One(
        'tthcc.secondment', "Secondment", required=True, ondelete='CASCADE')
    weekday = fields.Selection(
        WEEKDAYS, "Weekday", required=True, sort=False)
    weekday_string = weekday.translated('weekday')
    half = fields.Selection(HALVES, "Half Day", required=True, sort=False)
    half_string = half.translated('half')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('half_unique', Unique(t, t.secondment, t.weekday, t.half),
                'tthcc_staffing.msg_slot_unique'),
            ]
        cls._order = [('weekday', 'ASC'), ('half', 'ASC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return f'{self.weekday_string} {self.half_string}'


class Period(PartMixin, ModelSQL, ModelView):
    "A season of a posting (đợt cao điểm)"
    __name__ = 'tthcc.secondment.period'

    secondment = fields.Many2One(
        'tthcc.secondment', "Secondment", required=True, ondelete='CASCADE')
    start_date = fields.Date(
        "From", required=True,
        domain=[If(Bool(Eval('end_date')),
                ('start_date', '<=', Eval('end_date', None)), ())])
    end_date = fields.Date("To", required=True)
    name = fields.Char("Season")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('start_date', 'ASC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return (
            f'{self.start_date:%d/%m/%Y}–{self.end_date:%d/%m/%Y}')
