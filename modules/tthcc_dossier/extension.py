# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock, worktime
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import check_access
from trytond.wizard import (
    Button, StateReport, StateTransition, StateView, Wizard)

from .exceptions import ExtensionError
from .line import Line
from .workflow import move

# The states in which a due moment may be put off
EXTENDABLE = ['received', 'processing', 'withdrawal']
_DRAFTED_AT_ONCE = 30


class Extension(Line, ModelSQL, ModelView):
    """An apology with a new date for the result (xin lỗi và hẹn lại ngày trả
    kết quả)"""
    __name__ = 'tthcc.dossier.extension'

    _by_hand = False

    number = fields.Integer(
        "Number", help="The number of the apology, by centre and year.")
    reason = fields.Text("Reason")
    old_due = fields.DateTime(
        "Promised", help="The due moment before the apology.")
    new_due = fields.DateTime("New Date")
    moves_due = fields.Boolean(
        "Moves the Due Moment",
        help="Without it the apology comes too late: the citizen gets a new "
        "date, and the dossier stays overdue.")
    made_at = fields.DateTime("Made At")
    made_by = fields.Many2One(
        'company.employee', "Made By", ondelete='RESTRICT')
    state = fields.Selection([
            ('draft', "Draft"),
            ('issued', "Issued"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.dossier, Index.Range()),
                where=t.state == Literal('draft')))
        cls._buttons['issue'] = {
            'invisible': Eval('state') != 'draft',
            'depends': ['state'],
            }

    @classmethod
    def default_state(cls):
        return 'draft'

    def get_rec_name(self, name):
        if self.state == 'draft':
            return self.dossier.rec_name
        return gettext(
            'tthcc_dossier.msg_extension_name',
            number=self.number,
            moment=self.dossier.local_text(self.made_at),
            employee=(
                self.made_by.rec_name if self.made_by
                else gettext('tthcc_dossier.msg_nobody')))

    @property
    def moved_due(self):
        "Whether the due moment was moved"
        return self.state == 'issued' and self.moves_due

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_extend_drafted')
    def issue(cls, extensions):
        pass

    @classmethod
    def draft_overdue(cls):
        """Draft the apology for each overdue dossier that has none, and drop
        the drafts of those that are overdue no more.

        A due moment that passed after an apology was put off once already."""
        Dossier = Pool().get('tthcc.dossier')
        overdue = [
            ('class_', '=', 'overdue'),
            ('state', 'in', EXTENDABLE),
            ]
        cls.delete(cls.search([
                    ('state', '=', 'draft'),
                    ('dossier', 'not where', overdue),
                    ], order=[]))
        dossiers = Dossier.search(
            [*overdue, ('extensions', '=', None)], order=[])
        for some in grouped_slice(dossiers, _DRAFTED_AT_ONCE):
            cls.create([
                    {'dossier': d.id, 'old_due': d.due, 'moves_due': False}
                    for d in some])


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('tthcc.dossier.extension|draft_overdue',
                "Draft Apologies for Overdue Dossiers"))


class ExtensionMixin:
    "Lets the due moment be put off with an apology, as the rules allow"
    __slots__ = ()

    extensions = fields.One2Many(
        'tthcc.dossier.extension', 'dossier', "Apologies", readonly=True)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_extend')
    def apologise(cls, dossiers):
        pass

    @classmethod
    @move(EXTENDABLE, button='apologise')
    def extend(cls, dossiers, reason, new_due, moves_due=True):
        """Issue an apology with a new UTC due moment; one that does not move
        the due moment only tells the citizen a new date.

        Raises ExtensionError when the apology comes too late, too often, or
        with an impossible date (Decree 61/2018/NĐ-CP, art. 19.9)."""
        pool = Pool()
        Counter = pool.get('tthcc.dossier.counter')
        Extension = pool.get('tthcc.dossier.extension')
        for dossier in dossiers:
            dossier.check_extension(new_due, moves_due)
            extension = next(
                (e for e in dossier.extensions if e.state == 'draft'),
                Extension())
            extension.number = Counter.take_for_form(
                'apology', dossier.centre)
            extension.reason = reason
            extension.old_due = dossier.due
            extension.new_due = new_due
            extension.moves_due = moves_due
            extension.made_at = clock.now()
            extension.made_by = cls._acting_employee()
            extension.state = 'issued'
            dossier.extensions = [
                *(e for e in dossier.extensions if e.state == 'issued'
                    and e != extension), extension]
            dossier.set_deadline()
        cls._plan_legs(dossiers)

    @property
    def apology(self):
        "The last apology issued, None without"
        issued = [e for e in self.extensions if e.state == 'issued']
        return max(issued, key=lambda e: e.made_at, default=None)

    def check_extension(self, new_due, moves_due=True):
        """Raise ExtensionError for the rule that does not allow to put the
        due moment off to the UTC moment new_due"""
        Lang = Pool().get('ir.lang')
        regime = self.regime
        calendar = self.centre.worktime()

        def fail(message, **values):
            raise ExtensionError(gettext(
                    message, dossier=self.rec_name, due=self.due_text,
                    basis=regime.legal_basis, **values))
        if not self.due:
            fail('tthcc_dossier.msg_extension_no_term')
        issued = [e for e in self.extensions if e.state == 'issued']
        if len(issued) >= regime.extension_limit:
            fail('tthcc_dossier.msg_extension_limit',
                limit=regime.extension_limit,
                issued=', '.join(e.rec_name for e in issued))
        if (moves_due and clock.today(self.centre.timezone)
                > self.last_extension_day):
            fail('tthcc_dossier.msg_extension_late',
                days=regime.extension_notice,
                last=Lang.get().strftime(self.last_extension_day))
        if new_due <= max(self.due, clock.now()):
            fail('tthcc_dossier.msg_extension_not_later')
        local = self.local(new_due)
        if not worktime.is_working(calendar, local):
            opening = worktime.next_opening(calendar, local)
            fail('tthcc_dossier.msg_extension_closed',
                moment=self.local_text(new_due),
                opening=self.local_text(self.utc(opening)))

    @property
    def last_extension_day(self):
        "The last local day on which the due moment may be put off"
        return worktime.add_working_days(
            self.centre.worktime(), self.local(self.due).date(),
            -self.regime.extension_notice)


class Extend(Wizard):
    "Apologise and set a new date"
    __name__ = 'tthcc.dossier.extend'

    start = StateView(
        'tthcc.dossier.extend.start',
        'tthcc_dossier.extend_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Apologise", 'extend', 'tryton-ok', default=True),
            ])
    extend = StateTransition()
    print_ = StateReport('tthcc.dossier.apology')

    @property
    def dossier(self):
        "The dossier that the wizard was opened on, or the one of a draft"
        return getattr(self.record, 'dossier', self.record)

    def default_start(self, fields):
        dossier = self.dossier
        values = {'due': dossier.due, 'moves_due': False}
        if dossier.due:
            last_day = dossier.last_extension_day
            values['last_day'] = last_day
            values['moves_due'] = (
                clock.today(dossier.centre.timezone) <= last_day)
        return values

    def transition_extend(self):
        Dossier = Pool().get('tthcc.dossier')
        with check_access():
            Dossier.extend(
                [self.dossier], self.start.reason, self.start.new_due,
                self.start.moves_due)
        return 'print_'

    def do_print_(self, action):
        dossier = self.dossier
        return action, {'ids': [dossier.id], 'id': dossier.id}


class ExtendStart(ModelView):
    "Why the result comes later, and when"
    __name__ = 'tthcc.dossier.extend.start'

    due = fields.DateTime("Promised", readonly=True)
    last_day = fields.Date(
        "May Be Moved Until", readonly=True,
        help="The last day on which an apology moves the due moment.")
    new_due = fields.DateTime("New Date", required=True)
    moves_due = fields.Boolean(
        "Moves the Due Moment",
        help="Without it the apology comes too late: the citizen gets a new "
        "date, and the dossier stays overdue.")
    reason = fields.Text("Reason", required=True)
