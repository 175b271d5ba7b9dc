# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What each posted person did and is owed in a month."""

from decimal import Decimal

from dateutil.relativedelta import relativedelta

from trytond.i18n import gettext
from trytond.model import (
    Index, ModelSQL, ModelView, Workflow, fields, sequence_ordered)
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc_dossier.workflow import move
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from . import benefits, counting
from .exceptions import StatementError
from .month import MonthMixin

_TOGETHER = 30


class Statement(
        MonthMixin, Workflow, ModelSQL, ModelView):
    """The month of a posting: days, overtime, allowances (bảng chấm công và
    bồi dưỡng hằng tháng)

    The director approves it, the sending department confirms it; from then on
    corrections are lines of their own."""
    __name__ = 'tthcc.staffing.statement'

    _moved_message = 'tthcc_staffing.msg_statement_moved'
    _unique_message = 'tthcc_staffing.msg_statement_unique'

    start_date = fields.Date("From", required=True, readonly=True)
    end_date = fields.Date("To", required=True, readonly=True)
    lines = fields.One2Many(
        'tthcc.staffing.statement.line', 'statement', "Lines", readonly=True)
    days = fields.Function(
        fields.Numeric("Days Present", digits=(4, 1)), 'get_totals')
    amount = fields.Function(
        fields.Numeric("Amount", digits=(16, 0), help="In đồng."),
        'get_totals')
    lieu_balance = fields.Function(
        fields.Numeric(
            "Hours off in Lieu Left", digits=(6, 2),
            help="At the end of the month, of all postings."),
        'get_lieu_balance')
    approved_by = fields.Many2One(
        'company.employee', "Approved By", readonly=True,
        ondelete='RESTRICT')
    confirmed_by = fields.Many2One(
        'company.employee', "Confirmed By", readonly=True,
        ondelete='RESTRICT')
    state = fields.Selection([
            ('draft', "Draft"),
            ('approved', "Approved"),
            ('confirmed', "Confirmed"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def get_totals(cls, statements, names):
        Line = Pool().get('tthcc.staffing.statement.line')
        with without_check_access():
            totals = {name: dict.fromkeys(
                    map(int, statements), Decimal(0)) for name in names}
            for line in Line.search([
                        ('statement', 'in', [s.id for s in statements])],
                    order=[]):
                if 'days' in names and line.kind in {
                        'present', 'correction'}:
                    totals['days'][line.statement.id] += line.quantity or 0
                if 'amount' in names:
                    totals['amount'][line.statement.id] += line.amount or 0
        return totals

    @classmethod
    def get_lieu_balance(cls, statements, name):
        Line = Pool().get('tthcc.staffing.statement.line')
        with without_check_access():
            lines = [
                (line.statement.employee, line.statement.month,
                    -line.quantity if line.kind == 'lieu_taken'
                    else line.quantity)
                for line in Line.search([
                        ('kind', 'in', ['lieu', 'lieu_taken']),
                        ('statement.employee', 'in', [
                                s.employee.id for s in statements]),
                        ], order=[])]
            return {
                s.id: sum((
                        hours for employee, month, hours in lines
                        if employee == s.employee and month <= s.month),
                    Decimal(0))
                for s in statements}

    @classmethod
    def check_modification(cls, mode, statements, values=None, external=False):
        super().check_modification(
            mode, statements, values=values, external=external)
        for statement in statements:
            if (external and mode != 'delete'
                    or mode == 'delete' and statement.state != 'draft'):
                raise AccessError(gettext(
                        'tthcc_staffing.msg_statement_fixed',
                        statement=statement.rec_name))

    @classmethod
    def make(cls, centre, month):
        """Make the statements of the postings at the centre in the month of
        that day, and make those anew that nobody has approved, or delete
        them where the posting was not in the month; return all.

        Raises StatementError when the month is not over, or nobody was
        posted."""
        Secondment = Pool().get('tthcc.secondment')
        first = month.replace(day=1)
        last = first + relativedelta(months=1, days=-1)
        if last >= clock.today(centre.timezone):
            raise StatementError(gettext(
                    'tthcc_staffing.msg_statement_early',
                    month=f'{first:%m/%Y}'))
        postings = Secondment.search([
                ('centre', '=', centre.id),
                *Secondment.in_force(first, last),
                ], order=[('start_date', 'ASC'), ('id', 'ASC')])
        known = {
            s.secondment: s for s in cls.search([
                    ('centre', '=', centre.id), ('month', '=', first)])}
        # Recalled before the month, as was found out later
        unfounded = [
            s for posting, s in known.items()
            if posting not in postings and s.state == 'draft']
        cls.delete(unfounded)
        if not postings and not unfounded:
            raise StatementError(gettext(
                    'tthcc_staffing.msg_statement_nobody',
                    centre=centre.rec_name, month=f'{first:%m/%Y}'))
        months = counting.count(
            {p.employee.id for p in postings}, first, last)
        statements, changed = [], []
        for posting in postings:
            statement = known.get(posting)
            if not statement:
                statement = cls(
                    secondment=posting, month=first,
                    employee=posting.employee,
                    department=posting.department, centre=centre,
                    company=centre.company, state='draft')
            statements.append(statement)
            if statement.state == 'draft':
                statement.start_date = max(first, posting.start_date)
                statement.end_date = min(last, posting.end_date)
                statement.lines = statement._lines(months[posting.id], last)
                changed.append(statement)
        for some in grouped_slice(changed, _TOGETHER):
            cls.save(list(some))
        return statements

    def _lines(self, month, last):
        Line = Pool().get('tthcc.staffing.statement.line')
        days = {'start_date': self.start_date, 'end_date': self.end_date}
        lines = [
            Line(kind=kind, quantity=benefits.in_days(halves), **days)
            for kind, halves in month.count._asdict().items()
            if halves or kind == 'present']
        lines += [
            Line(kind=kind, quantity=hours, **days)
            for kind, hours in [
                ('overtime', month.overtime),
                ('weekend', month.weekend),
                # Hour for hour, in place of pay
                ('lieu', month.overtime + month.weekend),
                ('lieu_taken', month.taken)]
            if hours]
        lines += self._allowances(month.count, last)
        for number, line in enumerate(lines):
            line.sequence = number
        return lines

    def _allowances(self, count, last):
        "Return a line for each allowance, split where one follows another"
        pool = Pool()
        Allowance = pool.get('tthcc.allowance')
        Line = pool.get('tthcc.staffing.statement.line')
        calendar = self.centre.worktime()
        month = benefits.working_days(calendar, self.month, last)
        for allowance in Allowance.applying(
                self.company, self.secondment.mode, self.start_date,
                self.end_date):
            start = max(self.start_date, allowance.start_date)
            end = min(self.end_date, allowance.end_date or last)
            halves = count.present
            if allowance.on_call:
                halves = halves | count.on_call
            present = benefits.in_days(
                benefits.between(halves, start, end))
            posted = benefits.working_days(calendar, start, end)
            yield Line(
                kind='allowance', allowance=allowance,
                start_date=start, end_date=end,
                quantity=present if allowance.basis == 'day' else posted,
                amount=benefits.allowance(
                    allowance.basis, allowance.amount, allowance.percent,
                    present, posted, month))

    @classmethod
    @move(['draft'], 'approved')
    def approve(cls, statements):
        "The director says that it is right"
        for statement in statements:
            statement.check_not_own()
            statement.approved_by = cls._acting_employee()

    @classmethod
    @move(['approved'], 'confirmed')
    def confirm(cls, statements):
        "The sending department says that it will pay"
        User = Pool().get('res.user')
        user, own = User(Transaction().user), User.get_employees()
        for statement in statements:
            statement.check_not_own()
            # Who approved or corrected it wrote it last
            if user.id and (
                    statement.write_uid == user
                    or statement.approved_by
                    and statement.approved_by.id in own):
                raise StatementError(gettext(
                        'tthcc_staffing.msg_statement_same',
                        statement=statement.rec_name))
            statement.confirmed_by = cls._acting_employee()

    def check_not_own(self):
        User = Pool().get('res.user')
        if self.employee.id in User.get_employees():
            raise StatementError(gettext(
                    'tthcc_staffing.msg_statement_own',
                    statement=self.rec_name))

    @classmethod
    @ModelView.button_action('tthcc_staffing.wizard_statement_correct')
    def correct(cls, statements):
        pass

    @classmethod
    @move(['approved', 'confirmed'], 'approved', button='correct')
    def correct_by(cls, statements, days, hours, amount, reason):
        """Add lines that correct days and amount, and hours off in lieu, each
        may be None; the department confirms anew."""
        Line = Pool().get('tthcc.staffing.statement.line')
        reason = (reason or '').strip()
        if not reason or not (days or hours or amount):
            raise StatementError(gettext(
                    'tthcc_staffing.msg_statement_correction'))
        employee = cls._acting_employee()
        lines = []
        for statement in statements:
            statement.check_not_own()
            statement.approved_by, statement.confirmed_by = employee, None
            for kind, quantity, amount_ in [
                    ('correction', days, amount), ('lieu', hours, None)]:
                if quantity or amount_:
                    lines.append(Line(
                            statement=statement, kind=kind,
                            sequence=len(statement.lines) + len(lines),
                            start_date=statement.start_date,
                            end_date=statement.end_date,
                            quantity=quantity, amount=amount_, reason=reason,
                            corrected_by=employee, corrected_at=clock.now()))
        Line.save(lines)


class Line(sequence_ordered(), ModelSQL, ModelView):
    "A line of a statement"
    __name__ = 'tthcc.staffing.statement.line'

    statement = fields.Many2One(
        'tthcc.staffing.statement', "Statement", required=True,
        ondelete='CASCADE')
    kind = fields.Selection([
            ('present', "Days Present"),
            ('leave', "Days of Leave"),
            ('on_call', "Days on Call"),
            ('absent', "Days Absent"),
            ('overtime', "Hours of Overtime"),
            ('weekend', "Hours on Days Off"),
            ('lieu', "Hours off in Lieu"),
            ('lieu_taken', "Hours in Lieu Taken"),
            ('allowance', "Allowance"),
            ('correction', "Correction"),
            ], "Kind", required=True, sort=False)
    kind_string = kind.translated('kind')
    allowance = fields.Many2One(
        'tthcc.allowance', "Allowance", ondelete='RESTRICT')
    text = fields.Function(fields.Char("What"), 'get_text')
    start_date = fields.Date("From", required=True)
    end_date = fields.Date("To", required=True)
    quantity = fields.Numeric(
        "Days or Hours", digits=(6, 2),
        help="Days, of overtime and time off hours.")
    amount = fields.Numeric("Amount", digits=(16, 0), help="In đồng.")
    reason = fields.Text("Reason")
    corrected_by = fields.Many2One(
        'company.employee', "Corrected By", ondelete='RESTRICT')
    corrected_at = fields.DateTime("Corrected At")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('statement')
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.statement, Index.Equality())))

    @classmethod
    def get_text(cls, lines, name):
        with without_check_access():
            return {
                line.id: ' – '.join(filter(None, [
                            line.allowance.name if line.allowance
                            else line.kind_string, line.reason]))
                for line in cls.browse(lines)}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', Eval('reason') & 'warning'),
            ]

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        for line in lines:
            # What is approved is corrected by further lines only
            if external or (
                    mode != 'create' and line.statement.state != 'draft'):
                raise AccessError(gettext(
                        'tthcc_staffing.msg_statement_fixed',
                        statement=line.statement.rec_name))


class MakeStatements(Wizard):
    "Make the statements of a month"
    __name__ = 'tthcc.staffing.statement.make'

    start = StateView(
        'tthcc.staffing.statement.make.start',
        'tthcc_staffing.statement_make_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Make", 'make', 'tryton-ok', default=True),
            ])
    make = StateAction('tthcc_staffing.act_statement')

    def do_make(self, action):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Statement = pool.get('tthcc.staffing.statement')
        with check_access():
            Centre.read([self.start.centre.id], ['id'])
        statements = Statement.make(self.start.centre, self.start.month)
        return action, {'res_id': [s.id for s in statements]}


class MakeStatementsStart(ModelView):
    "Of which centre and month"
    __name__ = 'tthcc.staffing.statement.make.start'

    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    month = fields.Date(
        "Month", required=True, help="Any day of the month.")

    @staticmethod
    def default_centre():
        return Pool().get('tthcc.dossier').default_centre()

    @staticmethod
    def default_month():
        return clock.today() - relativedelta(months=1, day=1)


class CorrectStatement(Wizard):
    "Correct a statement by a further line"
    __name__ = 'tthcc.staffing.statement.correct'

    start = StateView(
        'tthcc.staffing.statement.correct.start',
        'tthcc_staffing.statement_correct_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Correct", 'correct', 'tryton-ok', default=True),
            ])
    correct = StateTransition()

    def transition_correct(self):
        Statement = Pool().get('tthcc.staffing.statement')
        with check_access():
            Statement.correct_by(
                self.records, self.start.days, self.start.hours,
                self.start.amount, self.start.reason)
        return 'end'


class CorrectStatementStart(ModelView):
    "What to add or to take off, and why"
    __name__ = 'tthcc.staffing.statement.correct.start'

    days = fields.Numeric(
        "Days", digits=(4, 1), help="Less than 0 takes off.")
    hours = fields.Numeric(
        "Hours off in Lieu", digits=(6, 2), help="Less than 0 takes off.")
    amount = fields.Numeric(
        "Amount", digits=(16, 0), help="In đồng; less than 0 takes off.")
    reason = fields.Text("Reason", required=True)
