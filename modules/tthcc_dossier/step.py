# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt

from sql import Literal, Null
from sql.conditionals import Case, Coalesce
from sql.operators import Or

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields, sequence_ordered
from trytond.modules.tthcc import clock, worktime
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

from .coordination import CoordinatedStepMixin
from .lateness import LateStepMixin, later
from .line import Line
from .warning import WarnStepMixin


class Step(
        CoordinatedStepMixin, LateStepMixin, WarnStepMixin,
        Line, sequence_ordered(), ModelSQL, ModelView):
    """A leg of a dossier (chặng): who has it, for how long it was promised
    and how long it really took."""
    __name__ = 'tthcc.dossier.step'

    _by_hand = False

    name = fields.Char("Leg", required=True)
    work = fields.Selection('get_works', "Work", required=True)
    role = fields.Selection('get_roles', "Role", required=True)
    department = fields.Many2One(
        'tthcc.department', "Department", ondelete='RESTRICT',
        help="Empty when the work is done at the centre.")
    # By which it sees a dossier that names other departments; who sets a
    # department calls lead_by or assist_by of the dossier
    assisting = fields.Many2One(
        'tthcc.department', "Further Assisting Department",
        ondelete='RESTRICT',
        help="The department of the leg where it neither resolves nor is the "
        "first that assists.")
    employee = fields.Many2One(
        'company.employee', "Person in Charge", ondelete='RESTRICT')
    share = fields.Numeric(
        "Share", digits=(5, 2),
        help="The part of the whole term, in per cent.")
    due = fields.DateTime(
        "Promised", help="The moment by which the leg should end.")
    promised = fields.TimeDelta(
        "Promised Time", 'working_hours',
        help="The working time the leg was given.")
    place = fields.Function(
        fields.Char("Where", help="The department, or the centre."),
        'get_place')
    person = fields.Function(
        fields.Char("By",
            help="Who ended the leg, else the person in charge."),
        'get_person')
    started_at = fields.DateTime("Started At")
    ended_at = fields.DateTime("Ended At")
    ended_by = fields.Many2One(
        'company.employee', "Ended By", ondelete='RESTRICT')
    worked = fields.TimeDelta(
        "Working Time", 'working_hours',
        help="The working time the leg took, without pauses.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.assisting, Index.Range()),
                    (t.dossier, Index.Range()),
                    where=t.assisting != Null),
                Index(t,
                    (t.employee, Index.Equality()),
                    where=t.ended_at == Null),
                # Legs under way, for warnings
                Index(t,
                    (t.due, Index.Range()),
                    where=(t.started_at != Null) & (t.ended_at == Null)),
                # What is asked of others
                Index(t,
                    (t.parent, Index.Range()),
                    where=(t.parent != Null) & (t.ended_at == Null)),
                Index(t,
                    (t.elsewhere, Index.Equality()),
                    where=t.elsewhere != Null),
                Index(t,
                    (t.asked_centre, Index.Equality()),
                    where=t.asked_centre != Null),
                # Where time was lost, how long departments took
                Index(t,
                    (t.ended_at, Index.Range()),
                    where=t.ended_at != Null,
                    include=[t.dossier, t.department, t.ended_by, t.worked]),
                })

    @classmethod
    def __register__(cls, module):
        table_h = cls.__table_handler__(module)
        fill = (
            table_h.column_exist('department')
            and not table_h.column_exist('assisting'))
        super().__register__(module)
        if fill:
            cls._fill_assisting()

    @classmethod
    def _fill_assisting(cls):
        # The table of dossiers, which tryton.cfg has before, is up to date
        dossier = Pool().get('tthcc.dossier').__table__()
        leg = cls.__table__()
        lead, first = [
            dossier.select(column, where=dossier.id == leg.dossier)
            for column in [
                dossier.lead_department, dossier.assisting_department]]
        legs = cls.__table__()
        assisting = legs.select(
            legs.assisting,
            where=(legs.dossier == dossier.id) & (legs.assisting != Null),
            order_by=[legs.sequence, legs.id], limit=1)
        assisted = legs.select(legs.dossier, where=legs.assisting != Null)
        cursor = Transaction().connection.cursor()
        cursor.execute(*leg.update([leg.assisting], [leg.department],
                where=leg.department != Coalesce(lead, 0)))
        cursor.execute(*dossier.update(
                [dossier.assisting_department], [assisting],
                where=dossier.id.in_(assisted)))
        cursor.execute(*leg.update([leg.assisting], [Null],
                where=leg.assisting == first))

    @classmethod
    def get_works(cls):
        Step = Pool().get('tthcc.procedure.step')
        return [
            *Step.fields_get(['work'])['work']['selection'],
            ('coordination', gettext('tthcc_dossier.msg_coordination'))]

    @classmethod
    def get_roles(cls):
        Step = Pool().get('tthcc.procedure.step')
        return Step.fields_get(['role'])['role']['selection']

    # Names rather than records, which people of another committee cannot read

    @classmethod
    def get_place(cls, steps, name):
        with without_check_access():
            return {
                s.id: (s.done_by or s.done_at).rec_name
                for s in cls.browse(steps)}

    @classmethod
    def get_person(cls, steps, name):
        with without_check_access():
            return {
                s.id: person.rec_name if person else None
                for s in cls.browse(steps)
                for person in [s.ended_by or s.employee]}

    def people(self):
        "The employees of the place where the leg is done"
        return (
            self.done_by.employees if self.done_by else self.done_at.staff)

    @property
    def running(self):
        return bool(self.started_at and not self.ended_at)

    def end(self, moment, employee):
        """End the leg and count the working time it took

        It ends no earlier than it began, though the clock was set back."""
        moment = max(moment, self.started_at)
        self.ended_at = moment
        self.ended_by = employee
        self.worked = self.worked_until(moment)
        self.overrun = self.overrun_until(moment)

    def start(self, moment):
        self.started_at = moment


class LegMixin:
    "Gives a dossier its legs, one after another"
    __slots__ = ()

    steps = fields.One2Many(
        'tthcc.dossier.step', 'dossier', "Legs", readonly=True)
    department = fields.Many2One(
        'tthcc.department', "With Department", readonly=True,
        ondelete='RESTRICT',
        help="The department of the leg under way; "
        "empty when the dossier is at the centre.")
    lead_department = fields.Many2One(
        'tthcc.department', "Resolving Department", readonly=True,
        ondelete='RESTRICT',
        help="The department that appraises (cơ quan chủ trì giải quyết).")
    assisting_department = fields.Many2One(
        'tthcc.department', "Assisting Department", readonly=True,
        ondelete='RESTRICT',
        help="The first other department with a leg (cơ quan phối hợp).")
    employee = fields.Many2One(
        'company.employee', "With", readonly=True, ondelete='RESTRICT',
        help="The person in charge of the leg under way.")
    role = fields.Selection(
        'get_roles', "Awaits", readonly=True,
        help="Whose act the leg under way awaits.")
    mine = fields.Function(
        fields.Boolean("Mine",
            help="The leg under way is the user's, or of the user's role "
            "and department or centre and nobody's in person."),
        None)
    here = fields.Function(
        fields.Boolean("Here",
            help="The leg under way is done where the user works."),
        None)

    @classmethod
    def get_roles(cls):
        Step = Pool().get('tthcc.procedure.step')
        return [
            (None, ""), *Step.fields_get(['role'])['role']['selection']]

    @classmethod
    def column_mine(cls, tables):
        return Case(
            (cls.domain_mine(('mine', '=', True), tables), True), else_=False)

    @classmethod
    def domain_mine(cls, domain, tables):
        return cls._domain_post(domain, tables, 'legs_mine')

    @classmethod
    def column_here(cls, tables):
        return Case(
            (cls.domain_here(('here', '=', True), tables), True), else_=False)

    @classmethod
    def domain_here(cls, domain, tables):
        return cls._domain_post(domain, tables, 'legs_here')

    @classmethod
    def _domain_post(cls, domain, tables, condition):
        User = Pool().get('res.user')
        table, _ = tables[None]
        _, operator, value = domain
        clause = Or([getattr(p, condition)(table) for p in User.get_posts()])
        if (operator == '=') != bool(value):
            # Not ~clause: it is unknown where there is no employee
            clause = Case((clause, True), else_=False) == Literal(False)
        return clause

    def begin(self, offer):
        "Start the first of the dossier's legs, and return all to be saved"
        legs = self.make_legs(offer)
        self.promise(legs)
        if legs:
            legs[0].start(self.received_at)
            self.stand_at(legs[0])
        self.lead_by(legs)
        return legs

    def lead_by(self, legs):
        """Set which of the departments of all its legs resolves the dossier,
        and which assist"""
        self.assisting_department = None
        self.lead_department = next((
                s.department for s in legs
                if s.department and s.work == 'appraisal'), None)
        self.assist_by(legs)

    def assist_by(self, legs):
        """Set which of the departments of further legs assist: the first in
        the dossier, others in their legs"""
        for leg in legs:
            assisting = leg.department
            if assisting == self.lead_department:
                assisting = None
            elif assisting and not self.assisting_department:
                self.assisting_department = assisting
            if assisting == self.assisting_department:
                assisting = None
            if leg.assisting != assisting:
                leg.assisting = assisting

    def stand_at(self, leg):
        "The leg is now under way; None when no more is"
        self.department = leg.department if leg else None
        self.employee = leg.employee if leg else None
        self.role = leg.role if leg else None

    @property
    def main_legs(self):
        "The legs that follow one another, without the coordinated ones"
        return [s for s in self.steps if not s.parent]

    @property
    def leg(self):
        "The leg under way"
        return next((s for s in self.main_legs if s.running), None)

    @property
    def last_leg(self):
        "The leg that was started last"
        return next((s for s in reversed(self.steps) if s.started_at), None)

    @property
    def next_leg(self):
        return next((s for s in self.main_legs if not s.started_at), None)

    def make_legs(self, offer):
        """Return the legs of the dossier, as the procedure's steps say and
        by whom the centre that offers it has them done."""
        pool = Pool()
        Step = pool.get('tthcc.dossier.step')
        ProcedureStep = pool.get('tthcc.procedure.step')
        legs = []
        for step in self.revision.steps or ProcedureStep.usual(self.revision):
            department = employee = None
            if step.department_kind:
                department, employee = offer.assignee(
                    step.department_kind)
                if step.role == 'leader':
                    # Who is assigned to the kind does not sign
                    employee = None
            elif step.work == 'reception':
                employee = self.received_by
            legs.append(Step(
                    dossier=self,
                    sequence=step.sequence,
                    name=step.name,
                    work=step.work,
                    role=step.role,
                    department=department,
                    employee=employee,
                    share=step.share,
                    due=None, promised=None,
                    # Else the first leg takes an INSERT of its own
                    started_at=None, ended_at=None, parent=None,
                    assisting=None))
        return legs

    @classmethod
    def advance(cls, dossiers):
        """End the leg under way of each dossier and start its next one.

        The dossiers are changed, not saved."""
        pool = Pool()
        Step = pool.get('tthcc.dossier.step')
        cls.check_requests(dossiers)
        now = clock.now()
        employee = cls._acting_employee()
        steps = []
        for dossier in dossiers:
            leg, next_ = dossier.leg, dossier.next_leg
            if leg:
                leg.end(now, employee)
                steps.append(leg)
            if next_:
                next_.start(now)
                steps.append(next_)
            dossier.stand_at(next_)
        Step.save(steps)

    @classmethod
    def hand_over(cls, dossiers, centre):
        """Give the dossiers to another centre; the legs to come go to the
        departments of the same kinds there."""
        pool = Pool()
        Step = pool.get('tthcc.dossier.step')
        steps = []
        for dossier in dossiers:
            dossier.centre, dossier.company = centre, centre.company
            if dossier.holder_centre:
                dossier.holder_centre = centre
            dossier.resolver = centre.company
            offer = dossier.offer
            for step in dossier.main_legs:
                if step.ended_at:
                    continue
                kind = step.department.kind if step.department else None
                step.department = step.employee = None
                if kind:
                    department, employee = (
                        offer.assignee(kind) if offer
                        else (centre.company_department(kind), None))
                    step.department = department
                    step.employee = (
                        employee if step.role != 'leader' else None)
            dossier.stand_at(dossier.leg)
            dossier.lead_by(dossier.steps)
            steps.extend(dossier.steps)
        Step.save(steps)
        cls.save(dossiers)
        cls._plan_legs(dossiers)

    @classmethod
    def _plan_legs(cls, dossiers):
        "Promise each leg that has not ended its part of the term"
        Step = Pool().get('tthcc.dossier.step')
        Step.save([s for d in dossiers for s in d.promise(d.main_legs)])

    def promise(self, legs):
        """Promise each of the legs that has not ended its part of the term;
        return those whose promise changed, to be saved."""
        changed = []
        for leg, (due, promised) in zip(legs, self.leg_promises(legs)):
            if not leg.ended_at and (leg.due, leg.promised) != (due, promised):
                leg.due, leg.promised = due, promised
                changed.append(leg)
        return changed

    def leg_promises(self, legs):
        """Return for each leg the UTC moment by which it should end and the
        working time it has: its part of what lies between the beginning of
        the term and the due moment, pauses out; for the reception no later
        than it must pass the dossier on."""
        calendar = self.centre.worktime()
        start = self.counted_from
        due = self.local(self.due) if self.due else None
        pauses = self.local_pauses()
        if due:
            total, _ = worktime.worked(calendar, start, due, pauses)
        promises, share, before = [], 0, dt.timedelta(0)
        for leg in legs:
            share += float(leg.share or 0)
            moment = given = None
            if due:
                given = dt.timedelta(
                    seconds=round(total.total_seconds() * share / 100))
                moment = min(due, later(calendar, start, given, pauses))
            if leg.work == 'reception':
                pass_on_by = self._pass_on_by(
                    calendar, self.local(self.received_at))
                if not moment or pass_on_by < moment:
                    moment = pass_on_by
                    given, _ = worktime.worked(
                        calendar, start, moment, pauses)
            promises.append((
                    self.utc(moment.replace(microsecond=0)) if moment
                    else None,
                    given - before if given is not None else None))
            if given is not None:
                before = given
        return promises

    def _pass_on_by(self, calendar, start):
        """Return the local moment by which the reception passes on: the same
        working day, or the start of the next one for what came after the
        cut-off (Decree 61/2018/NĐ-CP, art. 18.2)."""
        start = worktime.next_opening(calendar, start)
        regime = self.centre.regime_at(start.date()).regime
        if start.time() <= regime.pass_on_cutoff:
            return worktime.last_closing(calendar, start.date())
        return worktime.next_opening(calendar, dt.datetime.combine(
                start.date() + dt.timedelta(days=1), dt.time.min))
