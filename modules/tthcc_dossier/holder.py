# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Who holds the paper of a dossier."""

import datetime as dt

from sql import Literal, Null, Union
from sql.conditionals import Case

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import lock_before_reading
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import classes
from .exceptions import HolderError
from .line import Line

# The states in which somebody must have the paper
HELD = [s for s in classes.OPEN if s != 'submitted'] + ['resolved']
# How long a paper may be with nobody before that is a matter of concern
_UNHELD_FOR = dt.timedelta(days=1)


class HolderMixin:
    """Knows who holds the paper of a dossier, and since when.

    The paper is at the centre or with a department, in the hands of one
    employee.  It changes hands in rounds that both sides sign, or by order of
    a leader."""
    __slots__ = ()

    electronic = fields.Boolean(
        "Electronic", readonly=True,
        help="Filed without paper: nobody holds it.")
    holder_centre = fields.Many2One(
        'tthcc.centre', "Paper at Centre", readonly=True, ondelete='RESTRICT')
    holder_department = fields.Many2One(
        'tthcc.department', "Paper with Department", readonly=True,
        ondelete='RESTRICT')
    holder_employee = fields.Many2One(
        'company.employee', "Paper with", readonly=True, ondelete='RESTRICT')
    held_since = fields.DateTime(
        "Held Since", readonly=True,
        help="The moment at which the paper came into these hands.")
    control_number = fields.Integer(
        "Control Slip", readonly=True,
        help="The number of the control slip, given at its first print.")
    handover = fields.Many2One(
        'tthcc.handover', "In Round", readonly=True, ondelete='RESTRICT',
        help="The round that is to carry the paper, until it is signed.")
    holder = fields.Function(
        fields.Char("Paper Held By",
            help="Where the paper is, and in whose hands."),
        'get_holder', searcher='search_holder')
    unheld = fields.Function(
        fields.Boolean("With Nobody",
            help="For more than a day nobody holds the paper in person, or "
            "it was given in a round that nobody has received."),
        None)
    transfers = fields.One2Many(
        'tthcc.dossier.transfer', 'dossier', "Hands the Paper Passed Through",
        readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.holder_department, Index.Range()),
                    (t.state, Index.Equality()),
                    where=t.holder_department != Null),
                Index(t,
                    (t.holder_employee, Index.Range()),
                    where=(t.holder_employee != Null) & t.state.in_(HELD)),
                Index(t,
                    (t.held_since, Index.Range()),
                    where=(t.holder_employee == Null) & t.state.in_(HELD)),
                Index(t,
                    (t.handover, Index.Range()),
                    where=t.handover != Null),
                })
        cls._buttons['change_holder'] = {
            'invisible': (
                ~Eval('state').in_([*HELD, *classes.ENDED])),
            'depends': ['state'],
            }

    @classmethod
    def get_holder(cls, dossiers, name):
        names = {}
        for dossier in dossiers:
            place = dossier.holder_department or dossier.holder_centre
            names[dossier.id] = ', '.join(
                r.rec_name for r in [place, dossier.holder_employee] if r)
        return names

    @classmethod
    def search_holder(cls, name, clause):
        _, operator, value, *_ = clause
        if value is None:
            return [
                ('holder_centre', operator, None),
                ('holder_department', operator, None)]
        negated = operator.startswith('!') or operator.startswith('not')
        return ['AND' if negated else 'OR'] + [
            (f'{field}.rec_name', operator, value) for field in [
                'holder_centre', 'holder_department', 'holder_employee']]

    @classmethod
    def column_unheld(cls, tables):
        return Case(
            (cls.domain_unheld(('unheld', '=', True), tables), True),
            else_=False)

    @classmethod
    def domain_unheld(cls, domain, tables):
        Handover = Pool().get('tthcc.handover')
        table, _ = tables[None]
        _, operator, value = domain
        before = clock.now() - _UNHELD_FOR
        by_none, in_round = cls.__table__(), cls.__table__()
        handover = Handover.__table__()
        # A union, since an OR would keep the database from its indexes
        unheld = Union(
            by_none.select(by_none.id,
                where=(by_none.holder_employee == Null)
                & by_none.state.in_(HELD)
                & (by_none.held_since < before)),
            in_round.join(handover,
                condition=in_round.handover == handover.id
                ).select(in_round.id,
                where=(in_round.handover != Null)
                & (in_round.electronic == Literal(False))
                & (handover.state == Literal('given'))
                & (handover.given_at < before)))
        if (operator == '=') == bool(value):
            return table.id.in_(unheld)
        return ~table.id.in_(unheld)

    @property
    def holder_place(self):
        "The department or the centre that has the paper, None if none has"
        return self.holder_department or self.holder_centre

    @staticmethod
    def held_by(place, employee):
        """Return the values of dossiers whose paper is now with the employee,
        at the centre or department place; None and None when it is with no
        one of the offices."""
        of_centre = place and place.__name__ == 'tthcc.centre'
        return {
            'holder_centre': place.id if of_centre else None,
            'holder_department': (
                place.id if place and not of_centre else None),
            'holder_employee': employee.id if employee else None,
            'held_since': clock.now(),
            }

    def hold(self, place, employee):
        "The paper is now with the employee at the place"
        for name, value in self.held_by(place, employee).items():
            setattr(self, name, value)

    def hold_papers(self):
        "At reception the paper, if there is one, is with who received it"
        self.electronic = self.case.channel == 'online'
        if not self.electronic:
            self.hold(self.centre, self.received_by)

    def give_out(self):
        """Let the paper go to the citizen with the result.

        What the citizen gets electronically stays filed where it is."""
        if self.return_method == 'electronic':
            return
        if self.holder_department:
            raise HolderError(gettext(
                    'tthcc_dossier.msg_paper_elsewhere',
                    dossier=self.rec_name, holder=self.holder))
        self.hold(None, None)

    @classmethod
    def number_control_slips(cls, dossiers):
        "Give those that have none yet a number, by centre and year"
        Counter = Pool().get('tthcc.dossier.counter')
        lock_before_reading(cls)
        dossiers = [d for d in dossiers if not d.control_number]
        for dossier in dossiers:
            year = dossier.local(clock.now()).year
            dossier.control_number, = Counter.take(
                f'form control {dossier.centre.id} {year}')
        cls.save(dossiers)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_change_holder')
    def change_holder(cls, dossiers):
        pass

    @classmethod
    def give_paper_to(cls, dossiers, department, employee, reason):
        """Record that the papers are with the employee, of the department or
        else of the centre, by order of a leader.

        reason: why no round was signed; required"""
        Transfer = Pool().get('tthcc.dossier.transfer')
        reason = (reason or '').strip()
        if not reason:
            raise HolderError(gettext('tthcc_dossier.msg_holder_reason'))
        transfers = []
        for dossier in dossiers:
            if dossier.handover:
                raise HolderError(gettext(
                        'tthcc_dossier.msg_paper_in_round',
                        dossier=dossier.rec_name,
                        handover=dossier.handover.rec_name))
            place = department or dossier.centre
            if (employee.department if department else employee.centre
                    ) != place:
                raise HolderError(gettext(
                        'tthcc_dossier.msg_holder_not_there',
                        employee=employee.rec_name, place=place.rec_name))
            transfers.append(Transfer(
                    dossier=dossier,
                    at=clock.now(),
                    giver=dossier.holder_employee,
                    place=place.rec_name,
                    taker=employee,
                    ordered_by=cls._acting_employee(),
                    reason=reason))
            dossier.electronic = False
            dossier.hold(place, employee)
        cls.save(dossiers)
        Transfer.save(transfers)


class Transfer(Line, ModelSQL, ModelView):
    "The paper of a dossier changed hands (giao nhận hồ sơ giấy)"
    __name__ = 'tthcc.dossier.transfer'

    _by_hand = False

    at = fields.DateTime("At", required=True)
    giver = fields.Many2One(
        'company.employee', "Given By", ondelete='RESTRICT')
    # As text, since whoever sees the dossier need not see the place
    place = fields.Char("To", required=True)
    taker = fields.Many2One(
        'company.employee', "Received By", ondelete='RESTRICT')
    handover = fields.Char(
        "Round", help="The round that both sides signed.")
    ordered_by = fields.Many2One(
        'company.employee', "Ordered By", ondelete='RESTRICT',
        help="The leader who had it recorded without a round.")
    reason = fields.Text("Reason")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('at', 'ASC'), ('id', 'ASC')]


class ChangeHolder(Wizard):
    "Record, by order of a leader, who has the paper"
    __name__ = 'tthcc.dossier.change_holder'

    start = StateView(
        'tthcc.dossier.change_holder.start',
        'tthcc_dossier.change_holder_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Record", 'change', 'tryton-ok', default=True),
            ])
    change = StateTransition()

    def default_start(self, fields):
        return {'company': self.record.company.id}

    def transition_change(self):
        Dossier = Pool().get('tthcc.dossier')
        with check_access():
            # The button that opened the wizard is for leaders only
            Dossier.change_holder(self.records)
        Dossier.give_paper_to(
            self.records, self.start.department, self.start.employee,
            self.start.reason)
        return 'end'


class ChangeHolderStart(ModelView):
    "Who has the paper, and why without a round"
    __name__ = 'tthcc.dossier.change_holder.start'

    company = fields.Many2One(
        'company.company', "Committee", states={'readonly': True})
    department = fields.Many2One(
        'tthcc.department', "Department",
        domain=[('company', '=', Eval('company', -1))],
        help="Empty when the paper is at the centre.")
    employee = fields.Many2One(
        'company.employee', "Received By", required=True,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('department', '=', Eval('department', None)),
            ])
    reason = fields.Text("Reason", required=True)
