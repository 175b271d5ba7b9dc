# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Workflow, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc_dossier.workflow import MoveMixin, move
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from . import covering
from .byhand import ByHandMixin
from .exceptions import LeaveError
from .secondment import HALVES

_APPROVING = ['group_director', 'group_coordinator', 'group_leader']


class Leave(ByHandMixin, MoveMixin, Workflow, ModelSQL, ModelView):
    """Days on which somebody does not come to work (nghỉ phép, công tác,
    tập huấn)"""
    __name__ = 'tthcc.leave'

    _moved_message = 'tthcc_staffing.msg_leave_moved'
    _fixed_message = 'tthcc_staffing.msg_leave_fixed'
    _kept = ByHandMixin._kept | {'standing_in'}
    _written_in = {'asked': {'substitute'}}
    _fixed = {'readonly': Eval('state') != 'draft'}

    company = fields.Many2One(
        'company.company', "Committee", required=True, ondelete='CASCADE',
        states={'readonly': Eval('id', -1) >= 0})
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='CASCADE',
        states=_fixed,
        domain=[('company', '=', Eval('company', -1))])
    kind = fields.Selection([
            ('annual', "Annual Leave"),
            ('sick', "Illness"),
            ('maternity', "Maternity"),
            ('lieu', "Time off in Lieu"),
            ('mission', "Mission or Training"),
            ('other', "Other"),
            ], "Kind", required=True, sort=False, states=_fixed)
    kind_string = kind.translated('kind')
    start_date = fields.Date(
        "From", required=True, states=_fixed,
        domain=[If(Bool(Eval('end_date')),
                ('start_date', '<=', Eval('end_date', None)), ())])
    end_date = fields.Date("To", required=True, states=_fixed)
    half = fields.Selection(
        [(None, "Whole Days")] + HALVES, "Half Day", sort=False,
        states=_fixed,
        domain=[If(Eval('start_date') != Eval('end_date'),
                ('half', '=', None), ())],
        help="For a single day only.")
    reason = fields.Char("Reason", states=_fixed)
    substitute = fields.Many2One(
        'company.employee', "Substitute", ondelete='RESTRICT',
        states={'readonly': ~Eval('state').in_(['draft', 'asked'])},
        domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('employee', -1)),
            ],
        help="May act in the place of the employee on these days.")
    standing_in = fields.Many2One(
        'tthcc.substitute', "Standing In", readonly=True,
        ondelete='SET NULL')
    moved_at = fields.DateTime("Last Move", readonly=True)
    moved_by = fields.Many2One(
        'company.employee', "Last Move By", readonly=True,
        ondelete='RESTRICT')
    state = fields.Selection([
            ('draft', "Draft"),
            ('asked', "Asked For"),
            ('approved', "Approved"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('start_date', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.employee, Index.Equality()),
                    (t.end_date, Index.Range())),
                Index(t,
                    (t.state, Index.Equality()),
                    where=t.state == 'asked'),
                })
        cls._buttons['take_over'] = {
            'invisible': Eval('state') != 'approved',
            'depends': ['state'],
            }

    @staticmethod
    def default_company():
        User = Pool().get('res.user')
        companies = User.get_companies()
        return companies[0] if len(companies) == 1 else None

    @classmethod
    def default_employee(cls):
        return cls._acting_employee()

    @staticmethod
    def default_start_date():
        return clock.today()

    @staticmethod
    def default_end_date():
        return clock.today()

    @staticmethod
    def default_kind():
        return 'annual'

    @staticmethod
    def default_state():
        return 'draft'

    def get_rec_name(self, name):
        return gettext(
            'tthcc_staffing.msg_leave_name',
            employee=self.employee.rec_name, kind=self.kind_string,
            start=self.start_date.strftime('%d/%m/%Y'),
            end=self.end_date.strftime('%d/%m/%Y'))

    def local_text(self, moment):
        return clock.to_local(moment, self.company.timezone).strftime(
            '%H:%M %d/%m/%Y')

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'cancelled', 'muted', '')),
            ]

    @classmethod
    def copy(cls, leaves, default=None):
        default = default.copy() if default else {}
        for name in ['standing_in', 'moved_at', 'moved_by']:
            default.setdefault(name, None)
        default.setdefault('state', 'draft')
        return super().copy(leaves, default=default)

    @classmethod
    def approved(cls, employees, first, last):
        "Return the approved leave of employees, by ids, from first to last"
        return cls.search([
                ('employee', 'in', list(employees)),
                ('state', '=', 'approved'),
                ('start_date', '<=', last),
                ('end_date', '>=', first),
                ])

    @classmethod
    def taken(cls, employees, first, last):
        """Return the half days from first to last on which the employees, by
        ids, are on leave, as a set of (employee, date, half)."""
        return {
            (leave.employee.id, date, half)
            for leave in cls.approved(employees, first, last)
            for date, half in leave.halves(first, last)}

    def halves(self, first, last):
        "Return the half days of the leave from first to last, a set"
        return {
            (date, half)
            for date in covering.days(
                max(first, self.start_date), min(last, self.end_date))
            for half in ([self.half] if self.half else covering.HALVES)}

    @classmethod
    @move(['draft'], 'asked')
    def ask(cls, leaves):
        for leave in leaves:
            if not leave.substitute:
                leave.substitute = leave.usual_substitute()

    @classmethod
    @move(['asked'], 'approved')
    def approve(cls, leaves):
        "Grant the days off; from then on the substitute has the rights"
        pool = Pool()
        Substitute = pool.get('tthcc.substitute')
        own = pool.get('res.user').get_employees()
        for leave in leaves:
            if leave.employee.id in own:
                raise LeaveError(gettext(
                        'tthcc_staffing.msg_leave_own', leave=leave.rec_name))
            if not leave.substitute:
                continue
            leave.standing_in = Substitute(
                company=leave.company, employee=leave.employee,
                substitute=leave.substitute, start_date=leave.start_date,
                end_date=leave.end_date, reason=leave.rec_name)
        Substitute.save([x.standing_in for x in leaves if x.standing_in])

    @classmethod
    @move(['draft', 'asked', 'approved'], 'cancelled')
    def cancel(cls, leaves):
        Substitute = Pool().get('tthcc.substitute')
        for leave in leaves:
            leave.check_cancel()
        Substitute.delete([x.standing_in for x in leaves if x.standing_in])
        for leave in leaves:
            leave.standing_in = None

    def usual_substitute(self):
        "The first one named in the postings of these days who is there"
        pool = Pool()
        Secondment = pool.get('tthcc.secondment')
        for secondment in Secondment.search([
                    ('employee', '=', self.employee.id),
                    *Secondment.in_force(self.start_date, self.end_date)]):
            for substitute in secondment.substitutes:
                if not self.taken(
                        [substitute.id], self.start_date, self.end_date):
                    return substitute

    @classmethod
    @ModelView.button
    def take_over(cls, leaves):
        "Give the open dossiers of who is absent to the substitute"
        Dossier = Pool().get('tthcc.dossier')
        for leave in leaves:
            leave.check_take_over()
            dossiers = Dossier.search([
                    ('employee', '=', leave.employee.id),
                    ])
            Dossier.take_from(dossiers, leave.substitute, leave.rec_name)

    def check_cancel(self):
        "Check that who only stands in does not cancel"
        User = Pool().get('res.user')
        if (self.employee.id not in User.get_employees()
                and Transaction().user
                and not self._in_groups(_APPROVING)):
            raise LeaveError(gettext(
                    'tthcc_staffing.msg_leave_not_yours',
                    leave=self.rec_name))

    def check_take_over(self):
        if not self.substitute:
            raise LeaveError(gettext(
                    'tthcc_staffing.msg_leave_no_substitute',
                    leave=self.rec_name))
        if not self.start_date <= clock.today() <= self.end_date:
            raise LeaveError(gettext(
                    'tthcc_staffing.msg_leave_not_now',
                    leave=self.rec_name))
