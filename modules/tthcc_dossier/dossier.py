# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from collections import defaultdict

from sql import Literal, Null
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import (
    ChatMixin, Check, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.model.exceptions import AccessError
from trytond.model.modelstorage import is_leaf
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.search import SearchText, fold
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from . import classes, identity
from .announce import AnnounceMixin
from .assignment import AssignMixin
from .change import CorrectMixin
from .classes import ClassMixin
from .coordination import CoordinateMixin
from .deadline import DeadlineMixin
from .ending import EndMixin
from .exceptions import LegError, NotYourLegError, RegistrationError
from .extension import ExtensionMixin
from .fee import FeeMixin
from .file import FileMixin
from .filing import FilingMixin
from .holder import HolderMixin
from .lateness import LatenessMixin
from .months import MonthMixin
from .pause import PauseMixin
from .payment import PayMixin
from .queue import QueueMixin
from .result import ResultMixin
from .step import LegMixin
from .supplement import SupplementMixin
from .workflow import MoveMixin, move

# The status code of the national portal for each state; a draft has none
PORTAL_CODES = {
    'submitted': 1,
    'received': 2,
    'refused': 3,
    'processing': 4,
    'supplement': 5,
    'payment': 6,
    'withdrawal': 7,
    'rejected': 8,
    'unsupplemented': 8,
    'withdrawn': 8,
    'resolved': 9,
    'returned': 10,
    }
# No code and no name has so many digits in a row, only numbers of persons
_NUMBER = 9
# What a client may write: always (fees have a rule of their own), and in a
# draft
_FREE = {'note', 'fees'}
_DRAFTED = {
    'centre', 'resolver', 'procedure', 'revision', 'case', 'applicants',
    'papers', 'sets', 'return_method'}
_draft = {'readonly': Eval('state') != 'draft'}
_draft_required = {**_draft, 'required': True}


class Dossier(
        ClassMixin, CorrectMixin,
        FeeMixin, PayMixin,
        DeadlineMixin, PauseMixin, SupplementMixin, ExtensionMixin,
        LegMixin, LatenessMixin, AssignMixin, CoordinateMixin, QueueMixin,
        FileMixin,
        FilingMixin,
        EndMixin,
        HolderMixin,
        MonthMixin,
        AnnounceMixin,
        ResultMixin,
        MoveMixin, SearchText, Workflow, ModelSQL, ModelView, ChatMixin):
    "A citizen's request under a procedure (hồ sơ)"
    __name__ = 'tthcc.dossier'
    _rec_name = 'code'

    code = fields.Char(
        "Code", readonly=True,
        help="Issued at registration, never reused.")
    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states=_draft, help="The centre that receives the dossier.")
    company = fields.Many2One(
        'company.company', "People's Committee", required=True,
        readonly=True, ondelete='RESTRICT',
        help="The committee of the receiving centre.")
    resolver = fields.Many2One(
        'company.company', "Resolving Committee", required=True,
        ondelete='RESTRICT', states=_draft)
    procedure = fields.Many2One(
        'tthcc.procedure', "Procedure", required=True, ondelete='RESTRICT',
        states=_draft,
        domain=[('state', '=', 'published')])
    revision = fields.Many2One(
        'tthcc.procedure.revision', "Revision", ondelete='RESTRICT',
        # Not readonly by itself, else clients do not send it
        states={'readonly': True},
        help="The revision of the procedure in force at registration.")
    case = fields.Many2One(
        'tthcc.procedure.case', "Case", ondelete='RESTRICT',
        states=_draft,
        domain=[('revision', '=', Eval('revision', -1))],
        help="Term and fee, by how the dossier was filed.")
    channel = fields.Function(
        fields.Selection('get_channels', "Channel"),
        'on_change_with_channel', searcher='search_channel')
    applicant_name = fields.Char(
        "Applicant", readonly=True,
        help="The names of those whose request it is.")
    applicants = fields.One2Many(
        'tthcc.dossier.applicant', 'dossier', "Applicants", states=_draft)
    papers = fields.One2Many(
        'tthcc.dossier.paper', 'dossier', "Papers", states=_draft)
    sets = fields.Integer(
        "Sets", states=_draft_required,
        help="The number of sets (bộ) of the dossier.")
    return_method = fields.Selection([
            ('centre', "At the centre"),
            ('post', "By post"),
            ('electronic', "Electronically"),
            ], "Result Received", states=_draft_required, sort=False)
    return_method_string = return_method.translated('return_method')
    note = fields.Text("Note")
    register_number = fields.Integer(
        "Register Number", readonly=True,
        help="The number in the register of the field and year.")
    opened_at = fields.DateTime(
        "Opened At", readonly=True,
        help="The moment the reception window was opened, from which the "
        "time at the counter counts.")
    received_by = fields.Many2One(
        'company.employee', "Received By", readonly=True,
        ondelete='RESTRICT')
    resolved_at = fields.DateTime("Resolved At", readonly=True)
    finished_at = fields.DateTime(
        "Finished At", readonly=True,
        help="The moment it left what is open: resolved or ended without "
        "a result.")
    returned_at = fields.DateTime("Returned At", readonly=True)
    returned_by = fields.Many2One(
        'company.employee', "Returned By", readonly=True,
        ondelete='RESTRICT')
    state = fields.Selection([
            ('draft', "Draft"),
            ('submitted', "Registered Online"),
            ('received', "Received"),
            ('refused', "Refused at Reception"),
            ('processing', "Processing"),
            ('supplement', "Waiting for Supplement"),
            ('payment', "Waiting for Payment"),
            ('withdrawal', "Withdrawal Asked"),
            ('rejected', "Rejected"),
            ('unsupplemented', "Not Supplemented"),
            ('withdrawn', "Withdrawn"),
            ('resolved', "Resolved"),
            ('returned', "Returned"),
            ('voided', "Voided"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')
    portal_code = fields.Function(
        fields.Integer("Portal Code",
            help="The status code of the national portal."),
        'on_change_with_portal_code')
    moved_at = fields.DateTime("Last Move", readonly=True)
    moved_by = fields.Many2One(
        'company.employee', "Last Move By", readonly=True,
        ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        cls._order = [('received_at', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        is_open = t.state.in_(classes.OPEN)
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.code),
                'tthcc_dossier.msg_dossier_code_unique'),
            ('sets_positive', Check(t, t.sets > 0),
                'tthcc_dossier.msg_dossier_sets_positive'),
            ]
        cls._sql_indexes.update({
                # With what is searched by, for parts of names and procedures
                # that are frequent
                Index(t,
                    (t.centre, Index.Range()),
                    (t.received_at, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC')),
                    include=[t.search_text, t.procedure]),
                Index(t,
                    (t.lead_department, Index.Range()),
                    (t.received_at, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC')),
                    include=[t.search_text, t.procedure]),
                Index(t,
                    (t.assisting_department, Index.Range()),
                    (t.received_at, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC')),
                    where=t.assisting_department != Null,
                    include=[t.search_text, t.procedure]),
                # With that, too, and what the workload asks of all that came
                Index(t,
                    (t.received_at, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC')),
                    include=[
                        t.state, t.centre, t.resolver, t.lead_department,
                        t.procedure, t.received_by, t.case, t.opened_at,
                        t.search_text]),
                Index(t,
                    (t.centre, Index.Range()), (t.due, Index.Range()),
                    where=is_open),
                Index(t, (t.due, Index.Range()), where=is_open),
                # All, in the order of the column
                Index(t, (t.due, Index.Range()), (t.id, Index.Range())),
                Index(t,
                    (t.department, Index.Range()), (t.due, Index.Range()),
                    where=is_open),
                Index(t,
                    (t.employee, Index.Range()),
                    where=t.employee != Null),
                # Only dossiers with a leg under way have a role
                Index(t,
                    (t.department, Index.Range()),
                    (t.centre, Index.Range()),
                    where=t.role != Null),
                Index(t,
                    (t.centre, Index.Range()),
                    where=t.state == Literal('resolved')),
                # As searches compare it; the constraint does not serve them
                Index(t, (
                        Coalesce(t.code, ''),
                        Index.Equality(cardinality='high'))),
                Index(t, (Coalesce(t.code, ''), Index.Similarity())),
                Index(t, (t.resolver, Index.Range())),
                Index(t, (t.procedure, Index.Range())),
                })

    @classmethod
    def default_state(cls):
        return 'draft'

    @staticmethod
    def default_sets():
        return 1

    @staticmethod
    def default_return_method():
        return 'centre'

    @staticmethod
    def default_centre():
        return Pool().get('res.user').own_centre()

    @fields.depends('centre', 'resolver')
    def on_change_centre(self):
        self.company = self.centre.company if self.centre else None
        if not self.resolver:
            self.resolver = self.company

    @fields.depends('procedure')
    def on_change_procedure(self):
        Paper = Pool().get('tthcc.dossier.paper')
        self.revision = self.case = None
        self.papers = []
        if self.procedure:
            self.revision = self.procedure.revision_at(clock.today())
            if self.revision:
                self.papers = Paper.required_by(self.revision)
                self.case = next(iter(self.revision.cases), None)

    @classmethod
    def get_channels(cls):
        Case = Pool().get('tthcc.procedure.case')
        return Case.fields_get(['channel'])['channel']['selection']

    @fields.depends('case')
    def on_change_with_channel(self, name=None):
        return self.case.channel if self.case else None

    @classmethod
    def search_channel(cls, name, clause):
        return [('case.channel', *clause[1:])]

    @fields.depends('state')
    def on_change_with_portal_code(self, name=None):
        return PORTAL_CODES.get(self.state)

    @property
    def offer(self):
        "How the centre offers the procedure today, None if it does not"
        CentreProcedure = Pool().get('tthcc.centre.procedure')
        return CentreProcedure.find([
                ('centre', '=', self.centre.id),
                ('procedure', '=', self.procedure.id),
                CentreProcedure.offered(clock.today()),
                ])

    @property
    def principals(self):
        "Those whose request it is"
        return [a for a in self.applicants if not a.proxy_paper]

    @property
    def proxy(self):
        "Who files in their stead, None if they come themselves"
        return next((a for a in self.applicants if a.proxy_paper), None)

    @property
    def term_text(self):
        return self.case.term_rec_name

    @property
    def tracking_address(self):
        """Where the citizen follows the dossier: the code below the public
        address of the centre, or the code alone where it has none."""
        base = self.centre.public_url
        return f"{base.rstrip('/')}/{self.code}" if base else self.code

    @staticmethod
    def code_in(text):
        "The code in what a reader of codes types: maybe a tracking address"
        return text.strip().rstrip('/').rsplit('/', 1)[-1]

    def get_rec_name(self, name):
        return self.code or self.applicant_name or str(self.id)

    @classmethod
    def _search_text_fields(cls):
        return {'applicant_name'}

    def _get_search_text(self):
        return self.applicant_name or ''

    @classmethod
    def _search_text_indexes(cls, table):
        "The index for whole names: parts of them are looked up elsewhere"
        return {Index(table,
                (table.search_text, Index.Range()),
                (table.centre, Index.Range()),
                (table.received_at, Index.Range(order='DESC')),
                (table.id, Index.Range(order='DESC')),
                include=[table.resolver, table.lead_department])}

    @classmethod
    def search_rec_name(cls, name, clause):
        """Search by code, typed or scanned, by applicant with or without
        accents, by identity number, by phone, or by code of procedure.

        Which of them is looked up first: a condition on the dossiers alone
        lets the database begin with the newest, while an OR or a union has it
        gather all.  That is left for what has a digit and may be part of a
        code."""
        _, operator, value = clause
        if not value or operator not in {'=', 'ilike', 'like'}:
            return super().search_rec_name(name, clause)
        text = cls.code_in(value.strip('%'))
        if not text:
            return []
        if any(map(str.isdigit, text)):
            if dossiers := cls.search([('code', '=', text)], order=[]):
                return [('id', 'in', [d.id for d in dossiers])]
            Procedure = Pool().get('tthcc.procedure')
            if procedures := Procedure.search([('code', '=', text)]):
                return [('procedure', 'in', [p.id for p in procedures])]
            if numbered := cls._with_number(identity.compact(text)):
                return [('id', 'in', numbered)]
            if text.isdigit() and len(text) >= _NUMBER:
                return [('id', 'in', [])]
            return ['OR',
                ('code', 'ilike', f'%{text}%'),
                ('search_text', 'like', f'%{fold(text)}%')]
        return [('search_text', 'like', f'%{fold(text)}%')]

    @classmethod
    def search_domain(cls, domain, active_test=None, tables=None):
        ApplicantName = Pool().get('tthcc.dossier.applicant_name')

        def expand(domain):
            # Another model that searches by its dossier comes with the name
            if is_leaf(domain):
                return (
                    cls.search_rec_name(domain[0], tuple(domain))
                    if domain[0] == 'rec_name' else domain)
            elif isinstance(domain, str):
                return domain
            return [expand(clause) for clause in domain]

        with without_check_access():
            domain = ApplicantName.look_up(expand(domain))
        return super().search_domain(
            domain, active_test=active_test, tables=tables)

    @classmethod
    def _with_number(cls, number):
        """Return the query for the dossiers of applicants with the identity
        or phone number, None if there are none or the user may not know."""
        pool = Pool()
        # Contact data only for those who may see it
        transaction = Transaction()
        if (transaction.user
                and not pool.get('res.user').get_handling_centres()):
            return
        applicant = pool.get('tthcc.dossier.applicant').__table__()
        query = applicant.select(applicant.dossier,
            where=(Coalesce(applicant.identity_number, '') == number)
            | (Coalesce(applicant.phone, '') == number))
        cursor = transaction.connection.cursor()
        query.limit = 1
        cursor.execute(*query)
        if cursor.fetchone():
            query.limit = None
            return query

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        values = super().preprocess_values(mode, values)
        if values.get('centre'):
            values['company'] = Centre(values['centre']).company.id
            if mode == 'create':
                values.setdefault('resolver', values['company'])
        return values

    @classmethod
    def check_modification(cls, mode, dossiers, values=None, external=False):
        super().check_modification(
            mode, dossiers, values=values, external=external)
        for dossier in dossiers:
            if mode == 'delete' and dossier.state != 'draft':
                raise RegistrationError(gettext(
                        'tthcc_dossier.msg_dossier_delete',
                        dossier=dossier.rec_name))
            # Only buttons touch the rest
            if external and (
                    mode == 'create'
                    and (dossier.state != 'draft' or dossier.code
                        # Who may see it
                        or dossier.lead_department
                        or dossier.assisting_department)
                    or mode == 'write'
                    and values.keys() - (
                        _FREE | (_DRAFTED if dossier.state == 'draft'
                            else set()))):
                raise AccessError(gettext(
                        'tthcc_dossier.msg_dossier_fixed',
                        dossier=dossier.rec_name))

    @classmethod
    def on_modification(cls, mode, dossiers, field_names=None):
        super().on_modification(mode, dossiers, field_names=field_names)
        if mode == 'create' or (
                mode == 'write' and 'search_text' in field_names):
            ApplicantName = Pool().get('tthcc.dossier.applicant_name')
            ApplicantName.add(d.search_text for d in dossiers)

    @classmethod
    def copy(cls, dossiers, default=None):
        "A copy is a new draft: nothing of the life of the original is its"
        default = default.copy() if default else {}
        for name, field in cls._fields.items():
            if (field.readonly and not isinstance(field, fields.Function)
                    and name not in {'company', 'applicant_name'}):
                default.setdefault(name, None)
        default['state'] = cls.default_state()
        return super().copy(dossiers, default=default)

    # Reception

    @classmethod
    @move(['draft'], 'submitted')
    def submit(cls, dossiers):
        "File online; the centre has yet to accept"
        for dossier in dossiers:
            dossier.set_applicant_name()

    @classmethod
    @move(['draft'], 'received')
    def register(cls, dossiers):
        "Receive at the counter"
        return cls._receive(dossiers)

    @classmethod
    @move(['submitted'], 'received')
    def accept(cls, dossiers):
        "Receive what was filed online"
        return cls._receive(dossiers)

    @classmethod
    def _receive(cls, dossiers):
        """Check what registering needs, start the clock and the first leg,
        and issue the codes; return fees and legs."""
        now = clock.now()
        employee = cls._acting_employee()
        fees, legs = [], []
        for dossier in dossiers:
            revision = dossier.procedure.revision_at(clock.today())
            if dossier.revision != revision:
                dossier.revision = revision
            dossier.set_applicant_name()
            offer = dossier.offer
            dossier.check_complete(offer)
            dossier.received_at = now
            dossier.received_by = employee
            dossier.hold_papers()
            fees += dossier.charge()
            dossier.set_deadline()
            legs += dossier.begin(offer)
        # Last: the shorter other officers wait for the counters, the better
        cls._issue_codes(dossiers)
        return fees, legs

    def set_applicant_name(self):
        self.applicant_name = (
            ', '.join(a.name for a in self.principals) or None)

    def check_complete(self, offer):
        "Raise RegistrationError for the first thing that registering lacks"
        def fail(message, **values):
            raise RegistrationError(gettext(
                    message,
                    procedure=self.procedure.rec_name,
                    centre=self.centre.rec_name, **values))
        if self.centre.state != 'operating':
            fail('tthcc_dossier.msg_centre_not_operating')
        if not self.revision:
            fail('tthcc_dossier.msg_procedure_not_in_force')
        if not offer:
            fail('tthcc_dossier.msg_procedure_not_offered')
        if not self.case or self.case.revision != self.revision:
            fail('tthcc_dossier.msg_case_missing')
        if not self.principals:
            fail('tthcc_dossier.msg_applicant_missing')
        received = {p.required_paper for p in self.papers if p.received}
        missing = [
            p.rec_name for p in self.revision.papers
            if p.always_mandatory and p not in received]
        if missing:
            fail('tthcc_dossier.msg_papers_missing', papers='\n'.join(missing))

    @classmethod
    def _issue_codes(cls, dossiers):
        Counter = Pool().get('tthcc.dossier.counter')
        codes, books = defaultdict(list), defaultdict(list)
        for dossier in dossiers:
            day = dossier.local(dossier.received_at).date()
            regime = dossier.centre.regime_at(day)
            codes[f'code {regime.unit_id} {day}'].append(
                (dossier, regime, day))
            field = dossier.revision.field
            books[f'register {dossier.centre.id} {field.id} {day.year}'
                ].append(dossier)
        numbers = Counter.take_all({
                series: len(group)
                for series, group in [*codes.items(), *books.items()]})
        for series, group in codes.items():
            for (dossier, regime, day), number in zip(group, numbers[series]):
                dossier.code = regime.format_code(day, number)
        for series, group in books.items():
            for dossier, number in zip(group, numbers[series]):
                dossier.register_number = number

    # The way through the departments

    @classmethod
    @move(['received'], 'processing')
    def pass_on(cls, dossiers):
        "Pass on to the department of the next leg"
        cls._check_leg(dossiers)
        cls.advance(dossiers)

    @classmethod
    @move(['processing'], 'processing')
    def complete_step(cls, dossiers):
        "End the leg under way; another one follows before the result"
        cls._check_leg(dossiers)
        for dossier in dossiers:
            if dossier.is_last_leg:
                raise LegError(gettext(
                        'tthcc_dossier.msg_leg_last',
                        dossier=dossier.rec_name))
        cls.advance(dossiers)

    @classmethod
    @move(['processing'], 'resolved')
    def resolve(cls, dossiers):
        "The result is ready"
        cls._check_leg(dossiers)
        for dossier in dossiers:
            if not dossier.is_last_leg:
                raise LegError(gettext(
                        'tthcc_dossier.msg_leg_not_last',
                        dossier=dossier.rec_name,
                        leg=dossier.next_leg.name))
            dossier.resolved_at = dossier.finished_at = clock.now()
        cls.advance(dossiers)
        cls.attribute_lateness(dossiers)

    @classmethod
    @move(['resolved'], 'returned')
    def return_(cls, dossiers):
        "Hand the result to the citizen"
        cls._return(dossiers)

    @classmethod
    def _return(cls, dossiers):
        cls._check_leg(dossiers)
        for dossier in dossiers:
            dossier.returned_at = clock.now()
            dossier.returned_by = cls._acting_employee()
            dossier.give_out()
        cls.advance(dossiers)

    @property
    def is_last_leg(self):
        "Whether the result is ready when the leg under way ends"
        return not self.next_leg or self.next_leg.work == 'return'

    @classmethod
    def _check_leg(cls, dossiers, or_centre=False):
        """Check that the leg under way is the user's: of a department or
        centre of theirs, and of their role; or, if so said, that the user is
        of the receiving centre."""
        User = Pool().get('res.user')
        if Transaction().user == 0:
            return
        posts = User.get_posts()
        for dossier in dossiers:
            leg = dossier.leg
            if not leg or or_centre and any(
                    dossier.centre.id in p.centres for p in posts):
                continue
            if not any(p.may_end(leg) for p in posts):
                raise NotYourLegError(gettext(
                        'tthcc_dossier.msg_leg_not_yours',
                        dossier=dossier.rec_name,
                        leg=leg.name,
                        place=(leg.department or dossier.centre).rec_name))
