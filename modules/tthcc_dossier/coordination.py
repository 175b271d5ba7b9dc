# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a leg under way asks of others: coordinated legs (phối hợp), which run
side by side with the leg that asks and must end before it does."""
import datetime as dt

from sql import Literal, Null

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.tthcc import clock, worktime
from trytond.modules.tthcc.workflow import one_at_a_time
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .exceptions import CoordinationError, NotYourLegError

_asked = {'invisible': ~Bool(Eval('parent'))}


class CoordinatedStepMixin:
    "Lets a leg ask others for their part and be answered"
    __slots__ = ()

    parent = fields.Many2One(
        'tthcc.dossier.step', "Asked By Leg", ondelete='CASCADE',
        states=_asked, help="The leg that waits for the answer.")
    # Rights on the dossier follow from its departments, which are those of
    # the resolving committee; others see what they are asked and no more
    elsewhere = fields.Many2One(
        'tthcc.department', "Department Elsewhere", ondelete='RESTRICT',
        help="The department of another committee that is asked.")
    asked_centre = fields.Many2One(
        'tthcc.centre', "Centre Asked", ondelete='RESTRICT')
    question = fields.Text("Asked For", states=_asked)
    answer = fields.Text("Answer", states=_asked)
    waiver = fields.Text(
        "Closed Without Answer",
        states={'invisible': ~Bool(Eval('waiver'))},
        help="Why a leader goes on without the answer.")
    asked_of_us = fields.Function(
        fields.Boolean("Asked of Us",
            help="The user works where the leg is asked to be done."),
        None)
    code = fields.Function(fields.Char("Code"), 'get_of_dossier')
    procedure_name = fields.Function(
        fields.Char("Procedure"), 'get_of_dossier')
    applicant_name = fields.Function(
        fields.Char("Applicant"), 'get_of_dossier')
    papers_text = fields.Function(fields.Text("Papers"), 'get_of_dossier')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        for name in ['reply', 'waive']:
            cls._buttons[name] = {
                'invisible': ~Bool(Eval('parent')) | Bool(Eval('ended_at')),
                'depends': ['parent', 'ended_at'],
                }

    @classmethod
    def column_asked_of_us(cls, tables):
        return cls.domain_asked_of_us(('asked_of_us', '=', True), tables)

    @classmethod
    def domain_asked_of_us(cls, domain, tables):
        User = Pool().get('res.user')
        table, _ = tables[None]
        _, operator, value = domain
        centres, departments = User.get_workplace()
        clause = Literal(False)
        in_ = fields.SQL_OPERATORS['in']
        if departments:
            clause |= in_(table.department, departments)
            clause |= in_(table.elsewhere, departments)
        if centres:
            clause |= in_(table.asked_centre, centres)
        clause &= table.parent != Null
        return clause if (operator == '=') == bool(value) else ~clause

    @classmethod
    def get_of_dossier(cls, steps, names):
        "What those may see of the dossier who cannot read it"
        def value(dossier, name):
            if name == 'papers_text':
                return '\n'.join(
                    p.name for p in dossier.papers if p.received)
            elif name == 'procedure_name':
                return dossier.procedure.rec_name
            return getattr(dossier, name)
        with without_check_access():
            steps = cls.browse(steps)
            return {
                name: {s.id: value(s.dossier, name) for s in steps}
                for name in names}

    @property
    def done_by(self):
        "The department that does the leg, of whichever committee"
        return self.department or self.elsewhere

    @property
    def done_at(self):
        "The centre that does the leg when no department does"
        return self.asked_centre or self.dossier.centre

    @property
    def is_open_request(self):
        return bool(self.parent) and self.running

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_reply')
    def reply(cls, steps):
        pass

    def _reply_with(cls, steps, answer):
        "Answer what was asked; the coordinated leg ends"
        User = Pool().get('res.user')
        posts = User.get_posts()
        for step in steps:
            if Transaction().user and not any(
                    p.is_at(step) for p in posts):
                raise NotYourLegError(gettext(
                        'tthcc_dossier.msg_leg_not_yours',
                        dossier=step.code, leg=step.name, place=step.place))
            step.answer = answer
        cls._end_requests(steps)
        cls._tell(
            steps, 'asked_from', 'tthcc_dossier.msg_requests_answered')
    _reply_with.__name__ = 'reply'
    reply_with = classmethod(ModelView.button(_reply_with))

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_waive')
    def waive(cls, steps):
        pass

    def _waive_for(cls, steps, reason):
        "Go on without the answer, as who leads says"
        User = Pool().get('res.user')
        post = User.get_posts()[0]
        for step in steps:
            if Transaction().user and not post.is_at(step.parent):
                raise NotYourLegError(gettext(
                        'tthcc_dossier.msg_leg_not_yours',
                        dossier=step.code, leg=step.parent.name,
                        place=step.parent.place))
            step.waiver = reason
        cls._end_requests(steps)
    _waive_for.__name__ = 'waive'
    waive_for = classmethod(ModelView.button(_waive_for))

    @classmethod
    def _end_requests(cls, steps):
        Dossier = Pool().get('tthcc.dossier')
        for step in steps:
            step.end(clock.now(), Dossier._acting_employee())
        cls.save(steps)

    def asked_from(self):
        "The ids of the users who wait for the answer"
        return self.parent.in_charge()


class CoordinateMixin:
    "Lets the leg under way of a dossier ask others for their part"
    __slots__ = ()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['ask'] = {
            'invisible': Eval('state') != 'processing',
            'depends': ['state'],
            }

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_ask')
    def ask(cls, dossiers):
        pass

    def _ask_for(cls, dossiers, question, day, departments=(), elsewhere=(),
            centres=()):
        """Ask departments of the resolving committee, departments elsewhere
        and other centres for their part, each in a leg of its own that
        should end on the day.

        Raises CoordinationError when nobody is asked or the day is over."""
        Step = Pool().get('tthcc.dossier.step')
        cls._check_leg(dossiers)
        asked = [
            *({'department': d, 'role': 'processor'} for d in departments),
            *({'department': None, 'elsewhere': d, 'role': 'processor'}
                for d in elsewhere),
            *({'department': None, 'asked_centre': c, 'role': 'officer'}
                for c in centres)]
        if not asked:
            raise CoordinationError(
                gettext('tthcc_dossier.msg_request_nobody'))
        # Which department is the first that assists follows from all legs
        one_at_a_time(dossiers)
        now = clock.now()
        legs = []
        for dossier in dossiers:
            leg = dossier.leg
            calendar = dossier.centre.worktime()
            due = worktime.last_closing(calendar, worktime.next_opening(
                    calendar, dt.datetime.combine(day, dt.time.min)).date())
            if dossier.utc(due) <= now:
                raise CoordinationError(
                    gettext('tthcc_dossier.msg_request_over'))
            promised, _ = worktime.worked(calendar, dossier.local(now), due)
            requests = [
                Step(
                    dossier=dossier, parent=leg, sequence=leg.sequence,
                    name=gettext('tthcc_dossier.msg_coordination'),
                    work='coordination', question=question,
                    due=dossier.utc(due), promised=promised,
                    started_at=now, assisting=None, **who)
                for who in asked]
            dossier.assist_by(requests)
            legs.extend(requests)
        Step.save(legs)
        cls.save(dossiers)
        Step._tell(legs, 'in_charge', 'tthcc_dossier.msg_requests')
    _ask_for.__name__ = 'ask'
    ask_for = classmethod(ModelView.button(_ask_for))

    @property
    def open_requests(self):
        return [s for s in self.steps if s.is_open_request]

    @classmethod
    def check_requests(cls, dossiers):
        "Check that the leg under way waits for nobody"
        for dossier in dossiers:
            if requests := dossier.open_requests:
                raise CoordinationError(gettext(
                        'tthcc_dossier.msg_requests_open',
                        dossier=dossier.rec_name,
                        places=', '.join(s.place for s in requests)))


class Ask(Wizard):
    "Ask others for their part"
    __name__ = 'tthcc.dossier.ask'

    start = StateView(
        'tthcc.dossier.ask.start', 'tthcc_dossier.ask_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Ask", 'ask', 'tryton-ok', default=True),
            ])
    ask = StateTransition()

    def default_start(self, fields):
        return {'company': self.record.resolver.id}

    def transition_ask(self):
        Dossier = Pool().get('tthcc.dossier')
        elsewhere = {'department': [], 'centre': []}
        for key in self.start.elsewhere or []:
            kind, id = key.split(',')
            elsewhere[kind].append(int(id))
        with check_access():
            Dossier.ask_for(
                self.records, self.start.question, self.start.day,
                self.start.departments, elsewhere['department'],
                elsewhere['centre'])
        return 'end'


class AskStart(ModelView):
    "Who is asked, and for what"
    __name__ = 'tthcc.dossier.ask.start'

    company = fields.Many2One('company.company', "Committee")
    departments = fields.Many2Many(
        'tthcc.department', None, None, "Departments",
        domain=[('company', '=', Eval('company', -1))])
    elsewhere = fields.MultiSelection(
        'get_elsewhere', "Of Other Committees",
        help="Departments and centres of other committees.")
    question = fields.Text("Asked For", required=True)
    day = fields.Date("Answer By", required=True)

    @classmethod
    def get_elsewhere(cls):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Department = pool.get('tthcc.department')
        User = pool.get('res.user')
        others = ('company', 'not in', list(User.get_companies()))
        # Only their names: people of one committee do not see another's
        with without_check_access():
            return [
                (f'centre,{c.id}', c.rec_name) for c in Centre.search([
                        others, ('state', '=', 'operating')])] + [
                (f'department,{d.id}',
                    f'{d.company.rec_name}: {d.rec_name}')
                for d in Department.search(
                    [others], order=[('company', 'ASC'), ('name', 'ASC')])]


class ReplyStart(ModelView):
    "The answer to what was asked"
    __name__ = 'tthcc.dossier.step.reply.start'

    answer = fields.Text("Answer", required=True)


class Reply(Wizard):
    "Answer what was asked"
    __name__ = 'tthcc.dossier.step.reply'

    start = StateView(
        'tthcc.dossier.step.reply.start',
        'tthcc_dossier.reply_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Answer", 'reply', 'tryton-ok', default=True),
            ])
    reply = StateTransition()

    def transition_reply(self):
        Step = Pool().get('tthcc.dossier.step')
        with check_access():
            Step.reply_with(self.records, self.start.answer)
        return 'end'


class Waive(Wizard):
    "Go on without the answer"
    __name__ = 'tthcc.dossier.step.waive'

    start = StateView(
        'tthcc.dossier.decision.start',
        'tthcc_dossier.decision_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Decide", 'waive', 'tryton-ok', default=True),
            ])
    waive = StateTransition()

    def transition_waive(self):
        Step = Pool().get('tthcc.dossier.step')
        with check_access():
            Step.waive_for(self.records, self.start.reason)
        return 'end'
