# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal, Null
from sql.conditionals import Case

from trytond.i18n import gettext
from trytond.model import (
    Check, Index, ModelSQL, ModelView, fields, sequence_ordered)
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock, worktime
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import (
    Button, StateReport, StateTransition, StateView, Wizard)

from .exceptions import SupplementError
from .line import Line
from .workflow import move


class Supplement(Line, ModelSQL, ModelView):
    "A request for what a dossier lacks (yêu cầu bổ sung, hoàn thiện hồ sơ)"
    __name__ = 'tthcc.dossier.supplement'

    _by_hand = False

    number = fields.Integer(
        "Number", required=True,
        help="The number of the request, by centre and year.")
    asked_at = fields.DateTime("Asked At", required=True)
    asked_by = fields.Many2One(
        'company.employee', "Asked By", ondelete='RESTRICT')
    reason = fields.Text("Reason", required=True)
    items = fields.One2Many(
        'tthcc.dossier.supplement.item', 'supplement', "Missing")
    contact_name = fields.Char(
        "Contact", help="Whom the citizen may ask.")
    contact_phone = fields.Char("Contact's Phone")
    answer_by = fields.DateTime(
        "Answer By",
        help="Without an answer by then the dossier comes to the officer's "
        "attention and may be closed.")
    clock = fields.Selection(
        'get_clocks', "Then",
        help="What the term does once the dossier is complete.")
    answered_at = fields.DateTime("Complete At")
    taken_in_by = fields.Many2One(
        'company.employee', "Taken In By", ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('asked_at', 'ASC'), ('id', 'ASC')]
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.answer_by, Index.Range()),
                where=t.answered_at == Null))

    @classmethod
    def get_clocks(cls):
        Regime = Pool().get('tthcc.regime')
        name = 'supplement_clock'
        return Regime.fields_get([name])[name]['selection']

    @classmethod
    def answer(cls, supplements):
        "All that was asked for is there"
        Dossier = Pool().get('tthcc.dossier')
        for supplement in supplements:
            supplement.answered_at = clock.now()
            supplement.taken_in_by = Dossier._acting_employee()
        cls.save(supplements)
        Pool().get('tthcc.dossier.supplement.item').take_in([
                i for s in supplements for i in s.items if not i.received])


class SupplementItem(sequence_ordered(), ModelSQL, ModelView):
    "What is missing of a paper"
    __name__ = 'tthcc.dossier.supplement.item'

    supplement = fields.Many2One(
        'tthcc.dossier.supplement', "Supplement", required=True,
        ondelete='CASCADE')
    paper = fields.Many2One(
        'tthcc.dossier.paper', "Paper", ondelete='RESTRICT',
        help="Empty for a paper that is not in the list of the procedure.")
    name = fields.Char("Missing", required=True)
    originals = fields.Integer("Originals")
    certified = fields.Integer("Certified Copies")
    copies = fields.Integer("Copies")
    received = fields.Boolean("Received")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('supplement')
        t = cls.__table__()
        cls._sql_indexes.clear()
        cls._sql_indexes.add(Index(t, (t.supplement, Index.Range())))
        cls._sql_constraints += [
            ('numbers_positive',
                Check(t, (t.originals >= 0) & (t.certified >= 0)
                    & (t.copies >= 0)),
                'tthcc_dossier.msg_paper_numbers_positive'),
            ]

    @classmethod
    def check_modification(cls, mode, items, values=None, external=False):
        super().check_modification(
            mode, items, values=values, external=external)
        if external and items:
            raise AccessError(gettext(
                    'tthcc_dossier.msg_dossier_fixed',
                    dossier=items[0].supplement.dossier.rec_name))

    @classmethod
    def take_in(cls, items):
        "The citizen handed the items in: their papers are there"
        Paper = Pool().get('tthcc.dossier.paper')
        papers = {i.paper for i in items if i.paper}
        for item in items:
            item.received = True
        for paper in papers:
            paper.received = True
        cls.save(items)
        Paper.save(papers)


class SupplementMixin:
    "Lets what a dossier lacks be asked for, as often as the rules allow"
    __slots__ = ()

    supplements = fields.One2Many(
        'tthcc.dossier.supplement', 'dossier', "Supplements", readonly=True)
    unanswered = fields.Function(
        fields.Boolean("Supplement Overdue",
            help="The time to supplement is over without an answer."),
        None)

    @classmethod
    def column_unanswered(cls, tables):
        return Case(
            (cls.domain_unanswered(('unanswered', '=', True), tables), True),
            else_=False)

    @classmethod
    def domain_unanswered(cls, domain, tables):
        dossier, _ = tables[None]
        _, operator, value = domain
        supplement = Pool().get('tthcc.dossier.supplement').__table__()
        clause = (
            (dossier.state == Literal('supplement'))
            & dossier.id.in_(supplement.select(supplement.dossier,
                    where=(supplement.answered_at == Null)
                    & (supplement.answer_by < clock.now()))))
        if (operator == '=') != bool(value):
            clause = ~clause
        return clause

    @property
    def regime(self):
        "The regime in force at the centre today"
        return self.centre.regime_at(
            clock.today(self.centre.timezone)).regime

    @property
    def supplement_clock(self):
        """What the term does after a supplement that is asked for now,
        'continue' or 'restart'.

        It starts again only after an appraisal (Decree 61/2018/NĐ-CP, art.
        19.4), not when the centre itself asks."""
        if self.state != 'processing':
            return 'continue'
        return self.case.supplement_clock or self.regime.supplement_clock

    @property
    def answer_by(self):
        "The UTC moment until which a citizen asked now has time"
        calendar = self.centre.worktime()
        day = worktime.add_working_days(
            calendar, clock.today(self.centre.timezone),
            self.regime.supplement_answer_days)
        return self.utc(worktime.last_closing(calendar, day))

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_ask_supplement')
    def ask_supplement(cls, dossiers):
        pass

    @classmethod
    @move(['received', 'processing'], 'supplement', button='ask_supplement')
    def wait_for_supplement(
            cls, dossiers, reason, items=(), contact_name=None,
            contact_phone=None):
        """Ask once for what is missing; the clock stands still meanwhile.

        Raises SupplementError when the regime does not allow it any more
        (Decree 61/2018/NĐ-CP, art. 15.3 and 17.2)."""
        pool = Pool()
        Counter = pool.get('tthcc.dossier.counter')
        Supplement = pool.get('tthcc.dossier.supplement')
        Employee = pool.get('company.employee')
        cls.check_supplement(dossiers)
        cls._stop_clock(dossiers, 'supplement', reason)
        employee = cls._acting_employee()
        employee_name = employee and Employee(employee).party.name
        Supplement.save([
                Supplement(
                    dossier=dossier,
                    number=Counter.take_for_form(
                        'supplement', dossier.centre),
                    asked_at=clock.now(),
                    asked_by=employee,
                    reason=reason,
                    items=items,
                    contact_name=contact_name or employee_name,
                    contact_phone=contact_phone or dossier.centre.phone,
                    answer_by=dossier.answer_by,
                    clock=dossier.supplement_clock)
                for dossier in dossiers])

    @classmethod
    def check_supplement(cls, dossiers):
        "Raise SupplementError for a dossier of which enough was asked"
        for dossier in dossiers:
            limit = dossier.regime.supplement_limit
            if len(dossier.supplements) < limit:
                continue
            if not limit:
                raise SupplementError(gettext(
                        'tthcc_dossier.msg_supplement_never',
                        dossier=dossier.rec_name,
                        basis=dossier.regime.legal_basis))
            last = dossier.supplements[-1]
            raise SupplementError(gettext(
                    'tthcc_dossier.msg_supplement_limit',
                    dossier=dossier.rec_name,
                    limit=limit,
                    basis=dossier.regime.legal_basis,
                    employee=(
                        last.asked_by.rec_name if last.asked_by
                        else gettext('tthcc_dossier.msg_nobody')),
                    moment=dossier.local_text(last.asked_at)))

    def check_unanswered(self):
        "Raise SupplementError while the citizen still has time to answer"
        for supplement in self.supplements:
            if (not supplement.answered_at
                    and supplement.answer_by > clock.now()):
                raise SupplementError(gettext(
                        'tthcc_dossier.msg_supplement_time_left',
                        dossier=self.rec_name,
                        moment=self.local_text(supplement.answer_by)))

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_take_in_papers')
    def take_in_papers(cls, dossiers):
        pass

    @classmethod
    @move(['supplement'], button='take_in_papers')
    def take_in_items(cls, dossiers, items):
        """Take in what the citizen handed in of the items asked for; the
        clock goes on when all is there.

        Raises SupplementError when something is missing and none of it was
        handed in."""
        Item = Pool().get('tthcc.dossier.supplement.item')
        cls._check_leg(dossiers, or_centre=True)
        complete = []
        for dossier in dossiers:
            missing = dossier.missing_items
            handed_in = [i for i in missing if i in items]
            if missing and not handed_in:
                raise SupplementError(gettext(
                        'tthcc_dossier.msg_supplement_nothing',
                        dossier=dossier.rec_name))
            Item.take_in(handed_in)
            if len(handed_in) == len(missing):
                complete.append(dossier)
        if complete:
            cls.resume(complete)

    @property
    def missing_items(self):
        "What was asked for and is not yet there"
        return [
            i for s in self.supplements for i in s.items if not i.received]


class AskSupplement(Wizard):
    "Ask for what is missing"
    __name__ = 'tthcc.dossier.ask_supplement'

    start = StateView(
        'tthcc.dossier.ask_supplement.start',
        'tthcc_dossier.ask_supplement_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Ask", 'ask', 'tryton-ok', default=True),
            ])
    ask = StateTransition()
    print_ = StateReport('tthcc.dossier.supplement.request')

    def default_start(self, fields):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Employee = pool.get('company.employee')
        Dossier.check_supplement([self.record])
        employee = Dossier._acting_employee()
        return {
            'items': [{
                    'paper': paper.id,
                    'name': paper.name,
                    'originals': paper.originals,
                    'certified': 0,
                    'copies': paper.copies,
                    } for paper in self.record.papers if not paper.received],
            'contact_name': employee and Employee(employee).party.name,
            'contact_phone': self.record.centre.phone,
            'answer_by': self.record.answer_by,
            'clock': self.record.supplement_clock,
            }

    def transition_ask(self):
        Dossier = Pool().get('tthcc.dossier')
        with check_access():
            Dossier.wait_for_supplement(
                [self.record], self.start.reason, self.start.items,
                self.start.contact_name, self.start.contact_phone)
        return 'print_'

    def do_print_(self, action):
        return action, {'ids': [self.record.id], 'id': self.record.id}


class AskSupplementStart(ModelView):
    "What is missing, and why"
    __name__ = 'tthcc.dossier.ask_supplement.start'

    items = fields.One2Many(
        'tthcc.dossier.supplement.item', None, "Missing", required=True)
    reason = fields.Text("Reason", required=True)
    contact_name = fields.Char(
        "Contact", required=True, help="Whom the citizen may ask.")
    contact_phone = fields.Char("Contact's Phone")
    answer_by = fields.DateTime("Answer By", readonly=True)
    clock = fields.Selection(
        'get_clocks', "Then", readonly=True,
        help="What the term does once the dossier is complete.")

    @classmethod
    def get_clocks(cls):
        return Pool().get('tthcc.dossier.supplement').get_clocks()


class TakeIn(Wizard):
    "Take in what the citizen supplements"
    __name__ = 'tthcc.dossier.take_in_papers'

    start = StateView(
        'tthcc.dossier.take_in.start',
        'tthcc_dossier.take_in_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Take In", 'take_in', 'tryton-ok', default=True),
            ])
    take_in = StateTransition()

    def default_start(self, fields):
        items = [i.id for i in self.record.missing_items]
        return {'dossier': self.record.id, 'items': items}

    def transition_take_in(self):
        Dossier = Pool().get('tthcc.dossier')
        with check_access():
            Dossier.take_in_items([self.record], self.start.items)
        return 'end'


class TakeInStart(ModelView):
    "What the citizen handed in"
    __name__ = 'tthcc.dossier.take_in.start'

    dossier = fields.Many2One('tthcc.dossier', "Dossier", readonly=True)
    items = fields.Many2Many(
        'tthcc.dossier.supplement.item', None, None, "Handed In",
        domain=[
            ('supplement.dossier', '=', Eval('dossier', -1)),
            ('received', '=', False),
            ],
        help="Take off the list what is still missing: the clock goes on "
        "when all is there.")
