# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt
import string
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlsplit

from sql import Column, Literal
from sql.conditionals import Coalesce, NullIf
from sql.operators import Or

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction, without_check_access

from . import clock, vietqr
from .exceptions import (
    BankAccountError, CentreCloseError, CentreNotReadyWarning, CentreOpenError,
    CodePatternError, PublicURLError, RegimeMissingError)
from .kept import KeptMixin
from .search import SearchText

SUPPLEMENT_CLOCKS = [
    ('continue', "The term goes on"),
    ('restart', "The term starts again"),
    ]


class Regime(KeptMixin, ModelSQL, ModelView):
    "Bộ quy định (nghị định và bộ biểu mẫu)"
    __name__ = 'tthcc.regime'

    name = fields.Char("Name", required=True, translate=True)
    legal_basis = fields.Char("Legal Basis", required=True, translate=True)
    start_date = fields.Date(
        "In Force Since", required=True,
        help="A centre may adopt the regime from this day on.")
    form_set = fields.Selection([
            ('2018', "2018 (Circular 01/2018)"),
            ('2025', "2025 (Circular 03/2025)"),
            ], "Forms", required=True,
        help="The set of statutory forms that is printed.")
    pass_on_cutoff = fields.Time(
        "Pass On Until", required=True, format='%H:%M',
        help="Dossiers received later in the day go to the department "
        "at the start of the next working day.")
    supplement_limit = fields.Integer(
        "Supplements", required=True,
        domain=[('supplement_limit', '>=', 0)],
        help="How often papers may be asked for again in one dossier.")
    supplement_clock = fields.Selection(
        SUPPLEMENT_CLOCKS, "After a Supplement", required=True, sort=False,
        help="What the term does once the department that found something "
        "missing has got it. A case of a procedure may say otherwise.")
    supplement_answer_days = fields.Integer(
        "Days to Supplement", required=True,
        domain=[('supplement_answer_days', '>', 0)],
        help="How many working days the citizen has to supplement; then the "
        "dossier comes to the officer's attention and may be closed.")
    extension_limit = fields.Integer(
        "Extensions", required=True,
        domain=[('extension_limit', '>=', 0)],
        help="How often a new date may be set by an apology.")
    extension_notice = fields.Integer(
        "Apology before Expiry", required=True,
        domain=[('extension_notice', '>=', 0)],
        help="How many working days before expiry an apology must be made "
        "to move the due moment.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('start_date', 'DESC'))

    @classmethod
    def default_pass_on_cutoff(cls):
        return dt.time(15)

    @classmethod
    def default_supplement_limit(cls):
        return 1

    @classmethod
    def default_supplement_clock(cls):
        return 'continue'

    @classmethod
    def default_supplement_answer_days(cls):
        return 10

    @classmethod
    def default_extension_limit(cls):
        return 1

    @classmethod
    def default_extension_notice(cls):
        return 1


class Centre(KeptMixin, SearchText, Workflow, ModelSQL, ModelView):
    "Trung tâm Phục vụ hành chính công, Bộ phận Một cửa"
    __name__ = 'tthcc.centre'

    _states = {
        'readonly': Eval('state') == 'closed',
        }
    # Every move of a dossier asks by what calendar and timezone it counts
    _counting_cache = Cache('tthcc.centre.counting', context=False)

    name = fields.Char("Name", required=True, states=_states)
    short_name = fields.Char(
        "Short Name", states=_states,
        help="In lists and graphs of many centres, such as Ngọc Lặc.")
    company = fields.Many2One(
        'company.company', "Committee", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    level = fields.Selection([
            ('province', "Province"),
            ('district', "District"),
            ('commune', "Commune"),
            ], "Level", required=True, sort=False, states=_states)
    parent_body = fields.Char(
        "Parent Body", states=_states,
        help="The upper line at the head of printed forms.")
    legal_basis = fields.Char(
        "Opening Decision", states=_states,
        help="Number, date and author of the decision to open the centre.")
    address = fields.Text("Address", states=_states)
    place = fields.Char(
        "Place", states=_states,
        help="The place name before the date on printed forms.")
    phone = fields.Char("Phone", states=_states)
    public_url = fields.Char(
        "Public Address", states=_states,
        help="The web address under which citizens follow their dossiers, "
        "such as https://motcua.example.vn. "
        "It is printed as a QR code.")
    bank = fields.Char(
        "Bank", size=6, states=_states,
        help="The six digits (BIN) by which NAPAS knows the bank.")
    bank_account = fields.Char(
        "Account", states={
            'readonly': Eval('state') == 'closed',
            'required': Bool(Eval('bank')),
            },
        help="The account into which fees are paid, letters and digits only.\n"
        "With it slips carry a VietQR code.")
    bank_account_name = fields.Char(
        "Account Holder", states=_states)
    pilot = fields.Boolean("Pilot", states=_states)
    planned_date = fields.Date(
        "Planned Opening", states=_states,
        help="When the roadmap of the province wants the centre to open.")
    opening_date = fields.Date(
        "Opening Date", states=_states,
        domain=[
            If(Eval('opening_date') & Eval('closing_date'),
                ('opening_date', '<=', Eval('closing_date')),
                ()),
            ])
    closing_date = fields.Date(
        "Closing Date",
        domain=[
            If(Eval('opening_date') & Eval('closing_date'),
                ('closing_date', '>=', Eval('opening_date')),
                ()),
            ],
        states={
            'readonly': Eval('state') == 'closed',
            'invisible': Eval('state') == 'planned',
            })
    successor = fields.Many2One(
        'tthcc.centre', "Successor", ondelete='RESTRICT',
        domain=[
            ('id', '!=', Eval('id', -1)),
            If(Eval('state') == 'operating',
                ('state', '=', 'operating'),
                ()),
            ],
        states={
            'invisible': Eval('state') != 'operating',
            },
        help="The centre that takes over the open work on closing.")
    successor_name = fields.Function(
        fields.Char(
            "Successor",
            states={
                'invisible': Eval('state') != 'closed',
                }),
        'get_successor_name')
    director = fields.Many2One(
        'company.employee', "Director", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        states=_states)
    calendar = fields.Many2One(
        'tthcc.calendar', "Working Calendar", required=True,
        ondelete='RESTRICT', states=_states,
        domain=['OR',
            ('company', '=', None),
            ('company', '=', Eval('company', -1)),
            ],
        help="Opening hours and days off, by which terms are counted.")
    regimes = fields.One2Many(
        'tthcc.centre.regime', 'centre', "Regimes", states=_states)
    counters = fields.One2Many(
        'tthcc.counter', 'centre', "Counters", states=_states)
    staff = fields.One2Many(
        'company.employee', 'centre', "Staff", readonly=True)
    readiness = fields.One2Many(
        'tthcc.centre.readiness', 'centre', "Readiness", readonly=True)
    readiness_rate = fields.Function(
        fields.Float("Readiness Rate", digits=(1, 2)), 'get_readiness_rate')
    state = fields.Selection([
            ('planned', "Planned"),
            ('operating', "Operating"),
            ('closed', "Closed"),
            ], "State", required=True, readonly=True, sort=False)

    del _states

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table,
                    (table.company, Index.Equality()),
                    (table.state, Index.Equality(cardinality='low'))),
                Index(table, (table.successor, Index.Equality())),
                })
        cls._order.insert(0, ('name', 'ASC'))
        cls._transitions |= {
            ('planned', 'operating'),
            ('operating', 'closed'),
            }
        cls._buttons.update({
                'open': {
                    'invisible': Eval('state') != 'planned',
                    'depends': ['state'],
                    },
                'close': {
                    'invisible': Eval('state') != 'operating',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def overstayed(cls, days, centre, since):
        """Return the clause that what has been at the centre since the moment
        has for more days than the field days of the centre allows, SQL
        expressions both; without a number it allows any."""
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        allowed = Column(table, days)
        cursor.execute(*table.select(
                allowed, table.id, where=allowed > 0, order_by=allowed))
        return Or([
                (since <= clock.now() - dt.timedelta(days=days))
                & fields.SQL_OPERATORS['in'](centre, [id for _, id in rows])
                for days, rows in groupby(cursor.fetchall(), itemgetter(0))]
            or [Literal(False)])

    @classmethod
    def sql_short_name(cls, centre):
        "Return the expression of the short name, else the name, in the table"
        return Coalesce(NullIf(centre.short_name, ''), centre.name)

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'planned'

    @classmethod
    def default_calendar(cls):
        Calendar = Pool().get('tthcc.calendar')
        calendars = Calendar.search([('company', '=', None)], limit=2)
        if len(calendars) == 1:
            return calendars[0].id

    @classmethod
    def default_pilot(cls):
        return False

    @fields.depends('company', 'parent_body')
    def on_change_company(self):
        if self.company and not self.parent_body:
            self.parent_body = self.company.rec_name

    def get_successor_name(self, name):
        # The successor itself may belong to a committee the user cannot read
        return self.successor.rec_name if self.successor else None

    @classmethod
    def get_readiness_rate(cls, centres, name):
        pool = Pool()
        Readiness = pool.get('tthcc.centre.readiness')
        return Readiness.get_rates(centres)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('state') == 'closed', 'muted', '')),
            ]

    @classmethod
    def validate_fields(cls, centres, field_names):
        super().validate_fields(centres, field_names)
        cls.check_public_url(centres, field_names)
        cls.check_bank_account(centres, field_names)

    @classmethod
    def check_public_url(cls, centres, field_names=None):
        if field_names and 'public_url' not in field_names:
            return
        for centre in centres:
            if not centre.public_url:
                continue
            url = urlsplit(centre.public_url)
            if url.scheme not in {'http', 'https'} or not url.netloc:
                raise PublicURLError(gettext(
                        'tthcc.msg_centre_public_url',
                        centre=centre.rec_name,
                        url=centre.public_url))

    @classmethod
    def check_bank_account(cls, centres, field_names=None):
        if field_names and not {'bank', 'bank_account'} & set(field_names):
            return
        for centre in centres:
            if (centre.bank or centre.bank_account) and not (
                    vietqr.is_bank(centre.bank)
                    and vietqr.is_account(centre.bank_account)):
                raise BankAccountError(gettext(
                        'tthcc.msg_centre_bank_account',
                        centre=centre.rec_name))

    @classmethod
    def copy(cls, centres, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('state', 'planned')
        default.setdefault('opening_date', None)
        default.setdefault('closing_date', None)
        default.setdefault('successor', None)
        default.setdefault('staff', None)
        default.setdefault('readiness', None)
        return super().copy(centres, default=default)

    @classmethod
    def on_modification(cls, mode, centres, field_names=None):
        pool = Pool()
        User = pool.get('res.user')
        super().on_modification(mode, centres, field_names=field_names)
        cls._counting_cache.clear()
        if mode in {'create', 'delete'}:
            User._get_workplace_cache.clear()

    def worktime(self):
        "Return the working calendar as a value of worktime, from a cache"
        Calendar = Pool().get('tthcc.calendar')
        calendar, _ = self._counting()
        return Calendar(calendar).worktime()

    @property
    def timezone(self):
        "The name of the timezone of the committee, from a cache"
        _, timezone = self._counting()
        return timezone

    def _counting(self):
        value = self._counting_cache.get(self.id)
        if value is None:
            with without_check_access():
                centre = self.__class__(self.id)
                value = centre.calendar.id, centre.company.timezone
            self._counting_cache.set(self.id, value)
        return value

    def company_department(self, kind):
        "Return the department of the kind in the committee, None if none"
        Department = Pool().get('tthcc.department')
        return Department.find([
                ('company', '=', self.company.id),
                ('kind', '=', kind.id),
                ('active', '=', True),
                ])

    def regime_at(self, date):
        """
        Return the row of regimes in force at the centre on the local date.

        Raises RegimeMissingError if none is.
        """
        Lang = Pool().get('ir.lang')
        rows = [r for r in self.regimes if r.start_date <= date]
        if not rows:
            raise RegimeMissingError(gettext(
                    'tthcc.msg_centre_regime_missing',
                    centre=self.rec_name,
                    date=Lang.get().strftime(date)))
        return max(rows, key=lambda r: r.start_date)

    @classmethod
    @ModelView.button
    @Workflow.transition('operating')
    def open(cls, centres):
        pool = Pool()
        Lang = pool.get('ir.lang')
        for centre in centres:
            today = clock.today(centre.timezone)
            if not centre.opening_date:
                centre.opening_date = today
            elif centre.opening_date > today:
                raise CentreOpenError(gettext(
                        'tthcc.msg_centre_open_date',
                        centre=centre.rec_name,
                        date=Lang.get().strftime(centre.opening_date)))
            centre.regime_at(centre.opening_date)
        cls.save(centres)
        for centre in centres:
            centre.check_readiness()

    def check_readiness(self):
        "Warn of what a centre that opens still lacks"
        pool = Pool()
        Warning = pool.get('res.user.warning')
        unmet = [r.criterion_string for r in self.readiness if not r.met]
        if unmet:
            key = Warning.format('centre_not_ready', [self])
            if Warning.check(key):
                raise CentreNotReadyWarning(key, gettext(
                        'tthcc.msg_centre_not_ready',
                        centre=self.rec_name,
                        criteria=", ".join(unmet)))

    @classmethod
    @ModelView.button
    @Workflow.transition('closed')
    def close(cls, centres):
        for centre in centres:
            open_work = centre._count_open_work()
            if open_work and not centre.successor:
                raise CentreCloseError(gettext(
                        'tthcc.msg_centre_close_open_work',
                        centre=centre.rec_name,
                        count=open_work))
            centre.closing_date = clock.today(centre.timezone)
        cls.save(centres)
        for centre in centres:
            if centre.successor:
                # The successor may belong to another committee
                with without_check_access():
                    centre._transfer_open_work(centre.successor)

    def _count_open_work(self):
        "Return how many pieces of work are not finished at the centre"
        return 0

    def _transfer_open_work(self, successor):
        "Hand what is not finished over to the successor"


class CentreRegime(KeptMixin, ModelSQL, ModelView):
    "Bộ quy định áp dụng tại trung tâm theo thời gian"
    __name__ = 'tthcc.centre.regime'

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='CASCADE')
    start_date = fields.Date("Since", required=True)
    regime = fields.Many2One(
        'tthcc.regime', "Regime", required=True, ondelete='RESTRICT')
    unit_id = fields.Char(
        "Unit Code", required=True,
        help="The code of the unit that begins each dossier code, "
        "such as 000.16.33.H56.")
    code_pattern = fields.Char(
        "Pattern of Codes", required=True,
        help="How dossier codes are made of {unit}, {date} and {sequence}.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('centre')
        table = cls.__table__()
        cls._sql_constraints += [
            ('centre_start_unique', Unique(
                    table, table.centre, table.start_date),
                'tthcc.msg_centre_regime_start_unique'),
            ]
        cls._order.insert(0, ('start_date', 'DESC'))

    @classmethod
    def default_code_pattern(cls):
        return '{unit}-{date:%y%m%d}-{sequence:04d}'

    def get_rec_name(self, name):
        return self.regime.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('regime.rec_name', *clause[1:])]

    @classmethod
    def validate_fields(cls, rows, field_names):
        super().validate_fields(rows, field_names)
        cls.check_code_pattern(rows, field_names)

    @classmethod
    def check_code_pattern(cls, rows, field_names=None):
        if field_names and 'code_pattern' not in field_names:
            return
        for row in rows:
            try:
                names = {
                    name for _, name, _, _ in string.Formatter().parse(
                        row.code_pattern) if name is not None}
                row.format_code(dt.date.min, 1)
            except (ValueError, LookupError, AttributeError, TypeError):
                names = set()
            if names != {'unit', 'date', 'sequence'}:
                raise CodePatternError(gettext(
                        'tthcc.msg_code_pattern_invalid',
                        pattern=row.code_pattern,
                        example=cls.default_code_pattern()))

    def format_code(self, date, sequence):
        "Return the code of the dossier with the sequence of the local date"
        return self.code_pattern.format(
            unit=self.unit_id, date=date, sequence=sequence)


class Counter(KeptMixin, DeactivableMixin, ModelSQL, ModelView):
    "Quầy giao dịch"
    __name__ = 'tthcc.counter'

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='CASCADE')
    number = fields.Integer(
        "Number", required=True,
        domain=[
            ('number', '>', 0),
            ],
        help="The number citizens see above the counter.")
    name = fields.Char("Name", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('centre')
        table = cls.__table__()
        cls._sql_constraints += [
            ('centre_number_unique', Unique(
                    table, table.centre, table.number),
                'tthcc.msg_counter_number_unique'),
            ]
        cls._order.insert(0, ('number', 'ASC'))
