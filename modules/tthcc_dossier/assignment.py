# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Who has a leg in person: giving it to somebody else, and standing in."""

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .exceptions import LegError, NotYourLegError
from .line import Line


class Assignment(Line, ModelSQL, ModelView):
    "A leg given to somebody else, and why (chuyển người xử lý)"
    __name__ = 'tthcc.dossier.assignment'

    _by_hand = False

    leg = fields.Char("Leg", required=True)
    old = fields.Char("From", help="Empty when nobody had it in person.")
    new = fields.Char("To", required=True)
    reason = fields.Text("Reason", required=True)
    at = fields.DateTime("At", required=True)
    by = fields.Char("By")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]


class AssignMixin:
    "Lets those in charge give the leg under way to somebody else"
    __slots__ = ()

    assignments = fields.One2Many(
        'tthcc.dossier.assignment', 'dossier', "Reassigned", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['reassign'] = {
            'invisible': ~Bool(Eval('role')),
            'depends': ['role'],
            }

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_reassign')
    def reassign(cls, dossiers):
        pass

    def _reassign_to(cls, dossiers, employee, reason):
        """Give the leg under way of the dossiers, which all are at one
        place, to an employee of that place.

        Raises LegError when there is none or the employee is not of the
        place, NotYourLegError when the user is not in charge there."""
        pool = Pool()
        Assignment = pool.get('tthcc.dossier.assignment')
        Notification = pool.get('res.notification')
        Step = pool.get('tthcc.dossier.step')
        User = pool.get('res.user')
        cls.check_reassign(dossiers)
        by = cls._acting_employee()
        by = pool.get('company.employee')(by).rec_name if by else None
        legs, rows = [], []
        for dossier in dossiers:
            leg = dossier.leg
            if employee not in leg.people():
                raise LegError(gettext(
                        'tthcc_dossier.msg_leg_not_of_place',
                        employee=employee.rec_name, place=leg.place))
            rows.append(Assignment(
                    dossier=dossier, leg=leg.name, reason=reason,
                    old=leg.employee.rec_name if leg.employee else None,
                    new=employee.rec_name, at=clock.now(), by=by))
            leg.employee = dossier.employee = employee
            legs.append(leg)
        Assignment.save(rows)
        Step.save(legs)
        cls.save(dossiers)
        Notification.tell(
            User.of_employees([employee.id]), legs,
            'tthcc_dossier.msg_dossiers_assigned', 'code')
    # Pressed by those who may press the button that opens the wizard
    _reassign_to.__name__ = 'reassign'
    reassign_to = classmethod(ModelView.button(_reassign_to))

    @classmethod
    def check_reassign(cls, dossiers):
        "Check that the dossiers have a leg that the user may give away"
        User = Pool().get('res.user')
        own = User.get_posts()[0]
        for dossier in dossiers:
            if not dossier.leg:
                raise LegError(gettext(
                        'tthcc_dossier.msg_leg_none',
                        dossier=dossier.rec_name))
            if Transaction().user and not own.is_at(dossier.leg):
                raise NotYourLegError(gettext(
                        'tthcc_dossier.msg_leg_not_yours',
                        dossier=dossier.rec_name, leg=dossier.leg.name,
                        place=dossier.leg.place))


class Reassign(Wizard):
    "Give the legs under way of dossiers to somebody else"
    __name__ = 'tthcc.dossier.reassign'

    start = StateView(
        'tthcc.dossier.reassign.start',
        'tthcc_dossier.reassign_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Reassign", 'reassign', 'tryton-ok', default=True),
            ])
    reassign = StateTransition()

    def default_start(self, fields):
        Dossier = Pool().get('tthcc.dossier')
        Dossier.check_reassign(self.records)
        places = {(d.leg.department, d.centre) for d in self.records}
        if len({department or centre for department, centre in places}) > 1:
            raise LegError(gettext('tthcc_dossier.msg_legs_of_places'))
        department, centre = places.pop()
        return {
            'department': department.id if department else None,
            'centre': centre.id,
            }

    def transition_reassign(self):
        Dossier = Pool().get('tthcc.dossier')
        with check_access():
            Dossier.reassign_to(
                self.records, self.start.employee, self.start.reason)
        return 'end'


class ReassignStart(ModelView):
    "Who gets the legs"
    __name__ = 'tthcc.dossier.reassign.start'

    department = fields.Many2One('tthcc.department', "Department")
    centre = fields.Many2One('tthcc.centre', "Centre")
    employee = fields.Many2One(
        'company.employee', "To", required=True,
        domain=[
            If(Bool(Eval('department')),
                ('department', '=', Eval('department', -1)),
                ('centre', '=', Eval('centre', -1))),
            ])
    reason = fields.Text("Reason", required=True)


class Substitute(ModelSQL, ModelView):
    """Who does the work of somebody absent (người thay thế); the sending
    agency names one (Decree 61/2018/NĐ-CP, art. 12.8)"""
    __name__ = 'tthcc.substitute'

    company = fields.Many2One(
        'company.company', "Committee", required=True, ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Absent", required=True, ondelete='CASCADE',
        domain=[('company', '=', Eval('company', -1))])
    substitute = fields.Many2One(
        'company.employee', "Substitute", required=True, ondelete='CASCADE',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('employee', -1)),
            ],
        help="May act in the legs of who is absent, besides their own.")
    start_date = fields.Date(
        "From", required=True,
        domain=[If(Bool(Eval('end_date')),
                ('start_date', '<=', Eval('end_date', None)), ())])
    end_date = fields.Date("To", required=True)
    reason = fields.Char("Reason")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('start_date', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.add(
            Index(t,
                (t.substitute, Index.Equality()),
                (t.end_date, Index.Range())))

    @staticmethod
    def default_company():
        return Transaction().context.get('company')

    @staticmethod
    def default_start_date():
        return clock.today()

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} → {self.substitute.rec_name}'

    @classmethod
    def on_modification(cls, mode, substitutes, field_names=None):
        User = Pool().get('res.user')
        super().on_modification(mode, substitutes, field_names=field_names)
        User._absent_cache.clear()
