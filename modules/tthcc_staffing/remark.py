# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the centre says each month of the people posted to it."""

import datetime as dt

from dateutil.relativedelta import relativedelta

from trytond.i18n import gettext
from trytond.model import (
    Index, ModelSQL, ModelView, Workflow, fields, sequence_ordered)
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc_dossier.months import month_of
from trytond.modules.tthcc_dossier.workflow import move
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import check_access
from trytond.wizard import Button, StateAction, StateView, Wizard

from .column import CentreColumnMixin
from .exceptions import RemarkError
from .month import MonthMixin


class Criterion(sequence_ordered(), ModelSQL, ModelView):
    "What a posted person is judged by (tiêu chí nhận xét)"
    __name__ = 'tthcc.remark.criterion'

    name = fields.Char("Name", required=True, translate=True)
    most = fields.Integer(
        "Points at Most", required=True, domain=[('most', '>', 0)])
    start_date = fields.Date("From", required=True)
    end_date = fields.Date(
        "To",
        domain=[If(Bool(Eval('end_date')),
                ('end_date', '>=', Eval('start_date', None)), ())])

    @classmethod
    def at(cls, date):
        return cls.search([
                ('start_date', '<=', date),
                ['OR', ('end_date', '=', None), ('end_date', '>=', date)],
                ])


class Remark(
        CentreColumnMixin, MonthMixin, Workflow, ModelSQL, ModelView):
    """The remarks of a month on a posted person (nhận xét công chức được cử;
    appraisal stays with the sending agency)

    The director writes them, the person may answer, then the department gets
    them."""
    __name__ = 'tthcc.staffing.remark'

    _moved_message = 'tthcc_staffing.msg_remark_moved'
    _unique_message = 'tthcc_staffing.msg_remark_unique'
    _drafted = {'readonly': Eval('state') != 'draft'}

    received = fields.Integer(
        "Dossiers Received", readonly=True,
        help="By the person, in the month.")
    finished = fields.Integer(
        "Dossiers Resolved", readonly=True,
        help="Of those the person received, in the month, with a term.")
    on_time = fields.Integer(
        "On Time, %", readonly=True, help="Of these.")
    lines = fields.One2Many(
        'tthcc.staffing.remark.line', 'remark', "Criteria", states=_drafted)
    points = fields.Function(
        fields.Integer("Points"), 'on_change_with_points')
    text = fields.Text("Remarks", states=_drafted)
    answer = fields.Text(
        "Answer of the Person",
        states={'readonly': Eval('state') != 'shown'})
    state = fields.Selection([
            ('draft', "Draft"),
            ('shown', "Shown to the Person"),
            ('sent', "Sent to the Department"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @fields.depends('lines')
    def on_change_with_points(self, name=None):
        return sum(line.points or 0 for line in self.lines or [])

    @classmethod
    def check_modification(cls, mode, remarks, values=None, external=False):
        User = Pool().get('res.user')
        super().check_modification(
            mode, remarks, values=values, external=external)
        if not external:
            return
        for remark in remarks:
            own = remark.employee.id in User.get_employees()
            allowed = {
                'draft': set() if own else {'lines', 'text'},
                'shown': {'answer'} if own else set(),
                'sent': set()}[remark.state]
            if (mode == 'create'
                    or mode == 'delete' and (own or remark.state != 'draft')
                    or mode == 'write' and values.keys() - allowed):
                raise AccessError(gettext(
                        'tthcc_staffing.msg_remark_fixed',
                        remark=remark.rec_name,
                        state=remark.state_string))

    @classmethod
    def make(cls, centre, month):
        """Begin the remarks of the month on each person posted to the centre
        who has none, and count anew for drafts; return all of the month.

        Raises RemarkError when the month is not over, or nobody was
        posted."""
        pool = Pool()
        Criterion = pool.get('tthcc.remark.criterion')
        Line = pool.get('tthcc.staffing.remark.line')
        Secondment = pool.get('tthcc.secondment')
        first = month.replace(day=1)
        last = first + relativedelta(months=1, days=-1)
        if last >= clock.today(centre.timezone):
            raise RemarkError(gettext(
                    'tthcc_staffing.msg_remark_early',
                    month=f'{first:%m/%Y}'))
        postings = Secondment.search([
                ('centre', '=', centre.id), *Secondment.in_force(first, last)])
        if not postings:
            raise RemarkError(gettext(
                    'tthcc_staffing.msg_remark_nobody',
                    centre=centre.rec_name, month=f'{first:%m/%Y}'))
        month_domain = [('centre', '=', centre.id), ('month', '=', first)]
        known = {r.secondment: r for r in cls.search(month_domain)}
        criteria = Criterion.at(last)
        changed = []
        for posting in postings:
            remark = known.get(posting)
            if not remark:
                remark = cls(
                    secondment=posting, month=first,
                    employee=posting.employee,
                    department=posting.department, centre=centre,
                    company=centre.company, state='draft',
                    lines=[Line(criterion=c) for c in criteria])
            if remark.state == 'draft':
                figures = cls._figures(posting, month_of(first))
                for name, value in figures.items():
                    setattr(remark, name, value)
                changed.append(remark)
        cls.save(changed)
        return cls.search(month_domain)

    @classmethod
    def _figures(cls, posting, month):
        "Count what the person received in the days of the posting"
        Dossier = Pool().get('tthcc.dossier')

        def midnight(date):
            return clock.to_utc(
                dt.datetime.combine(date, dt.time()),
                posting.centre.timezone)
        after = posting.end_date + dt.timedelta(days=1)

        def count(*domain):
            return Dossier.search([
                    ('centre', '=', posting.centre.id),
                    ('received_by', '=', posting.employee.id),
                    ('received_at', '>=', midnight(posting.start_date)),
                    ('received_at', '<', midnight(after)),
                    ('state', '!=', 'voided'), *domain], count=True)
        finished = ('finished_month', '=', month)
        in_time = count(finished, ('class_', 'in', ['early', 'on_time']))
        total = in_time + count(finished, ('class_', '=', 'late'))
        return {
            'received': count(('received_month', '=', month)),
            'finished': total,
            'on_time': round(100 * in_time / total) if total else None,
            }

    @classmethod
    @move(['draft'], 'shown')
    def show(cls, remarks):
        "The person may read and answer"
        own = Pool().get('res.user').get_employees()
        for remark in remarks:
            if remark.employee.id in own:
                raise RemarkError(gettext(
                        'tthcc_staffing.msg_remark_own',
                        remark=remark.rec_name))
            if not remark.text and not any(
                    line.points is not None for line in remark.lines):
                raise RemarkError(gettext(
                        'tthcc_staffing.msg_remark_empty',
                        remark=remark.rec_name))

    @classmethod
    @move(['shown'], 'sent')
    def send(cls, remarks):
        "The department gets the remarks with the answer"


class RemarkLine(ModelSQL, ModelView):
    "The points of a criterion"
    __name__ = 'tthcc.staffing.remark.line'

    remark = fields.Many2One(
        'tthcc.staffing.remark', "Remarks", required=True,
        ondelete='CASCADE')
    criterion = fields.Many2One(
        'tthcc.remark.criterion', "Criterion", required=True, readonly=True,
        ondelete='RESTRICT')
    most = fields.Function(
        fields.Integer("At Most"), 'on_change_with_most')
    points = fields.Integer(
        "Points",
        domain=[If(Bool(Eval('points')),
                [('points', '>=', 0), ('points', '<=', Eval('most', 0))],
                ())])
    note = fields.Char("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('remark')
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.remark, Index.Equality())))

    @fields.depends('criterion')
    def on_change_with_most(self, name=None):
        return self.criterion.most if self.criterion else None

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        User = Pool().get('res.user')
        super().check_modification(
            mode, lines, values=values, external=external)
        if not external:
            return
        for line in lines:
            remark = line.remark
            if (mode != 'write' or values.keys() - {'points', 'note'}
                    or remark.state != 'draft'
                    or remark.employee.id in User.get_employees()):
                raise AccessError(gettext(
                        'tthcc_staffing.msg_remark_fixed',
                        remark=remark.rec_name, state=remark.state_string))


class MakeRemarks(Wizard):
    "Begin the remarks of a month"
    __name__ = 'tthcc.staffing.remark.make'

    start = StateView(
        'tthcc.staffing.statement.make.start',
        'tthcc_staffing.statement_make_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Begin", 'make', 'tryton-ok', default=True),
            ])
    make = StateAction('tthcc_staffing.act_remark')

    def do_make(self, action):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Remark = pool.get('tthcc.staffing.remark')
        with check_access():
            Centre.read([self.start.centre.id], ['id'])
        remarks = Remark.make(self.start.centre, self.start.month)
        return action, {'res_id': [r.id for r in remarks]}
