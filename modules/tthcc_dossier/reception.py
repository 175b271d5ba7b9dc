# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.search import fold
from trytond.pool import Pool
from trytond.pyson import Bool, Date, Eval
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import (
    Button, StateReport, StateTransition, StateView, Wizard)

from . import identity
from .applicant import LANGUAGES, NOTIFY_BY
from .exceptions import IdentityError

_CANDIDATES = 5


class Receive(Wizard):
    "The reception window: one dossier, from the procedure to the receipt"
    __name__ = 'tthcc.dossier.receive'

    start = StateView(
        'tthcc.dossier.receive.start',
        'tthcc_dossier.receive_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Look Up in the Province", 'look_up', 'tryton-search',
                validate=False),
            Button("Register", 'register', 'tryton-ok', default=True),
            ])
    look_up = StateTransition()
    register = StateTransition()
    receipt = StateReport('tthcc.dossier.receipt')
    payment = StateReport('tthcc.payment.receipt')

    def transition_look_up(self):
        "Fill in what another committee knows of the bearer of the number"
        Lookup = Pool().get('tthcc.party.lookup')
        self.start.name, self.start.address = Lookup.by_identity(
            self.start.identity_number)
        return 'start'

    def default_start(self, fields):
        # Once: looking up comes back here
        if not getattr(self.start, 'opened_at', None):
            self.start.opened_at = clock.now()
        return {}

    def value_start(self, fields):
        return {
            name: getattr(self.start, name, None)
            for name in ['name', 'address']}

    def transition_register(self):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Payment = pool.get('tthcc.payment')
        dossier = self.start.dossier()
        with check_access():
            dossier.save()
        dossier = Dossier(dossier.id)
        # Before the clock could stop to wait for it
        if self.start.paid_in_cash and dossier.outstanding:
            self.start.payment = Payment.take(
                dossier, 'cash', dossier.outstanding)
        with check_access():
            Dossier.register([dossier])
        self.start.registered = dossier
        return 'receipt'

    def do_receipt(self, action):
        dossier = self.start.registered
        return action, {'ids': [dossier.id], 'id': dossier.id}

    def transition_receipt(self):
        return 'payment' if self.start.payment else 'end'

    def do_payment(self, action):
        payment = self.start.payment
        return action, {'ids': [payment.id], 'id': payment.id}


class ReceiveStart(ModelView):
    "What the officer fills in"
    __name__ = 'tthcc.dossier.receive.start'

    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    procedure = fields.Many2One(
        'tthcc.centre.procedure', "Procedure", required=True,
        domain=[
            ('centre', '=', Eval('centre', -1)),
            ('procedure.state', '=', 'published'),
            ('start_date', '<=', Date()),
            ['OR', ('end_date', '=', None), ('end_date', '>=', Date())],
            ],
        help="Type the code or some words, with or without accents.")
    revision = fields.Many2One('tthcc.procedure.revision', "Revision")
    case = fields.Many2One(
        'tthcc.procedure.case', "Case", required=True,
        domain=[('revision', '=', Eval('revision', -1))],
        help="How the dossier was filed and what it asks for: "
        "term and fee depend on it.")
    due = fields.Char("Due", readonly=True)
    explanation = fields.Text("How the Due Moment Was Counted", readonly=True)
    fee = fields.Char("Fee", readonly=True)
    fees = fields.One2Many(
        'tthcc.dossier.fee', None, "Fees",
        context={'fee_case': Eval('case', None)})
    paid_in_cash = fields.Boolean(
        "Paid in Cash",
        states={'invisible': ~Eval('fees')},
        help="Take the whole amount and print its receipt.")
    identity_number = fields.Char(
        "Identity Number",
        help="12 digits of the citizen number, 9 of the older card, "
        "a passport or a tax number.")
    applicant = fields.Many2One(
        'party.party', "Known Applicant",
        help="Somebody already recorded; empty records a new person.")
    candidates = fields.Many2Many(
        'party.party', None, None, "Perhaps Already Recorded", readonly=True,
        states={'invisible': ~Eval('candidates')})
    name = fields.Char("Name", required=True)
    phone = fields.Char("Phone")
    email = fields.Char("E-mail")
    address = fields.Char("Address")
    notify_by = fields.Selection(
        NOTIFY_BY, "Notices By", required=True, sort=False)
    language = fields.Selection(
        LANGUAGES, "Language of Notices", required=True, sort=False)
    co_applicants = fields.One2Many(
        'tthcc.dossier.applicant', None, "Further Applicants")
    by_proxy = fields.Boolean("By Proxy")
    proxy_name = fields.Char("Proxy", states={
            'required': Bool(Eval('by_proxy')),
            'invisible': ~Eval('by_proxy'),
            })
    proxy_identity = fields.Char("Proxy's Identity Number", states={
            'required': Bool(Eval('by_proxy')),
            'invisible': ~Eval('by_proxy'),
            })
    proxy_phone = fields.Char("Proxy's Phone", states={
            'invisible': ~Eval('by_proxy'),
            })
    proxy_paper = fields.Char("Authorising Paper", states={
            'required': Bool(Eval('by_proxy')),
            'invisible': ~Eval('by_proxy'),
            })
    papers = fields.One2Many('tthcc.dossier.paper', None, "Papers")
    sets = fields.Integer("Sets", required=True, domain=[('sets', '>', 0)])
    return_method = fields.Selection(
        'get_return_methods', "Result Received", required=True)
    # In no view: the server notes it
    opened_at = fields.DateTime("Opened At")
    registered = fields.Many2One('tthcc.dossier', "Dossier", readonly=True)
    payment = fields.Many2One('tthcc.payment', "Payment", readonly=True)

    @staticmethod
    def default_centre():
        return Pool().get('tthcc.dossier').default_centre()

    @staticmethod
    def default_notify_by():
        return 'both'

    @staticmethod
    def default_language():
        return 'vi'

    @staticmethod
    def default_sets():
        return 1

    @staticmethod
    def default_return_method():
        return 'centre'

    @classmethod
    def get_return_methods(cls):
        Dossier = Pool().get('tthcc.dossier')
        return Dossier.fields_get(
            ['return_method'])['return_method']['selection']

    @fields.depends('procedure', 'papers', methods=['on_change_case'])
    def on_change_procedure(self):
        Paper = Pool().get('tthcc.dossier.paper')
        self.revision = self.case = None
        self.papers = []
        if self.procedure:
            self.revision = self.procedure.procedure.revision_at(
                clock.today())
            if self.revision:
                self.papers = Paper.required_by(self.revision)
                self.case = next(iter(self.revision.cases), None)
        self.on_change_case()

    @fields.depends('centre', 'case', 'fees', methods=['on_change_fees'])
    def on_change_case(self):
        "Show what the citizen will be promised"
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Calendar = pool.get('tthcc.calendar')
        Fee = pool.get('tthcc.dossier.fee')
        self.due = self.explanation = self.fee = None
        self.fees = []
        if not self.centre or not self.case:
            return
        dossier = Dossier(
            centre=self.centre, company=self.centre.company, case=self.case,
            code=None, received_at=clock.now(), was_stopped=False)
        dossier.set_deadline()
        self.due = dossier.due_text
        self.explanation = Calendar.explain(dossier.deadline().lines)
        fees = Fee.of_case(self.case)
        for fee in fees:
            fee.case, fee.unit = self.case, fee.on_change_with_unit()
        self.fees = fees
        self.on_change_fees()

    @fields.depends('case', 'fees')
    def on_change_fees(self):
        "Show what the citizen has to pay"
        Dossier = Pool().get('tthcc.dossier')
        self.fee = (
            Dossier(case=self.case, fees=self.fees).fee_text
            if self.case else None)

    @fields.depends('identity_number', 'applicant', 'candidates',
        methods=['on_change_applicant'])
    def on_change_identity_number(self):
        "Find who bears the number"
        Party = Pool().get('party.party')
        if not self.identity_number:
            return
        self.identity_number = identity.compact(self.identity_number)
        parties = Party.find_by_identity(self.identity_number)
        if len(parties) == 1:
            self.applicant, = parties
            self.on_change_applicant()
        else:
            self.candidates = parties

    @fields.depends('name', 'applicant', 'candidates')
    def on_change_name(self):
        "Offer people of the same name rather than record them twice"
        Party = Pool().get('party.party')
        self.candidates = []
        if self.name and not self.applicant:
            self.candidates = Party.search(
                [('search_text', '=', fold(self.name))], limit=_CANDIDATES)

    @fields.depends('applicant', 'candidates', 'identity_number', 'name',
        'phone', 'email', 'address')
    def on_change_applicant(self):
        self.candidates = []
        if self.applicant:
            self._fill_in(self.applicant)

    def _fill_in(self, party):
        Applicant = Pool().get('tthcc.dossier.applicant')
        known = Applicant(party=party)
        known.on_change_party()
        for name in ['identity_number', 'name', 'phone', 'email', 'address']:
            setattr(self, name, getattr(known, name, None))

    def dossier(self):
        "Return the dossier to save, its applicant recorded as a party"
        pool = Pool()
        Applicant = pool.get('tthcc.dossier.applicant')
        Dossier = pool.get('tthcc.dossier')
        Party = pool.get('party.party')
        if (self.identity_number
                and not identity.kind(self.identity_number)):
            raise IdentityError(gettext(
                    'tthcc_dossier.msg_identity_invalid',
                    number=self.identity_number))
        party = self.applicant or Party.record(
            self.centre.company, self.name, self.identity_number,
            self.phone, self.email, self.address)
        applicants = [Applicant(
                party=party,
                name=self.name,
                identity_number=self.identity_number,
                phone=self.phone,
                email=self.email,
                address=self.address,
                notify_by=self.notify_by,
                language=self.language)]
        applicants.extend(self.co_applicants or [])
        if self.by_proxy:
            applicants.append(Applicant(
                    name=self.proxy_name,
                    identity_number=self.proxy_identity,
                    phone=self.proxy_phone,
                    proxy_paper=self.proxy_paper))
        return Dossier(
            centre=self.centre,
            procedure=self.procedure.procedure,
            revision=self.revision,
            case=self.case,
            applicants=applicants,
            papers=self.papers,
            fees=self.fees or [],
            sets=self.sets,
            return_method=self.return_method,
            opened_at=self.opened_at)


class Lookup(ModelSQL, ModelView):
    "Who looked up whom among the people recorded by other committees"
    __name__ = 'tthcc.party.lookup'

    user = fields.Many2One(
        'res.user', "User", required=True, ondelete='CASCADE')
    party = fields.Many2One(
        'party.party', "Party", required=True, ondelete='CASCADE')
    at = fields.DateTime("At", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('at', 'DESC'), ('id', 'DESC')]

    @classmethod
    def by_identity(cls, number):
        """Return name and address of the bearer of exactly this identity
        number, whichever committee recorded them, and note the look-up."""
        pool = Pool()
        Applicant = pool.get('tthcc.dossier.applicant')
        Party = pool.get('party.party')
        if not identity.kind(number):
            raise IdentityError(gettext(
                    'tthcc_dossier.msg_identity_invalid', number=number or ''))
        with without_check_access():
            parties = Party.find_by_identity(number)
            if not parties:
                raise IdentityError(gettext(
                        'tthcc_dossier.msg_identity_unknown', number=number))
            party = parties[0]
            cls.create([{
                        'user': Transaction().user,
                        'party': party.id,
                        'at': clock.now(),
                        }])
            known = Applicant(party=party)
            known.on_change_party()
        return known.name, getattr(known, 'address', None)
