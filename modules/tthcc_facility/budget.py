# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from decimal import Decimal
from functools import partial

from sql.aggregate import Sum
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import one_at_a_time, pressed_in
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from .exceptions import BudgetError, OwnRequestError

STATES = [
    ('draft', "Draft"),
    ('submitted', "Submitted"),
    ('reviewed', "Reviewed"),
    ('approved', "Approved"),
    ('executed', "Executed"),
    ('superseded', "Superseded"),
    ]
_draft = {'readonly': Eval('state') != 'draft'}
# Who may write in each state, and what
_WRITERS = {
    'draft': ['group_budget_planner'],
    'reviewed': ['group_leader'],
    'approved': ['group_budget_planner', 'group_facility_manager'],
    }
_WRITABLE = {
    'draft': {'ceiling', 'note', 'lines'},
    'reviewed': {'ceiling', 'lines'},
    'approved': {'lines'},
    }


# What a button does to records in some states
act = partial(pressed_in, BudgetError, 'tthcc_facility.msg_budget_state')


class Budget(ModelSQL, ModelView):
    """Dự toán kinh phí của trung tâm trong năm ngân sách

    What a request looked like when it was revised is kept: the revision
    before is superseded."""
    __name__ = 'tthcc.budget'

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    year = fields.Integer(
        "Fiscal Year", required=True,
        domain=[('year', '>=', 2000), ('year', '<', 2100)],
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    revision = fields.Integer("Revision", required=True, readonly=True)
    ceiling = fields.Numeric(
        "Ceiling", digits=(16, 0),
        domain=['OR', ('ceiling', '=', None), ('ceiling', '>', 0)],
        states={
            'readonly': ~Eval('state').in_(['draft', 'reviewed']),
            },
        help="What there is to spend, in đồng. Empty while nobody said.")
    note = fields.Text("Reasons", states=_draft)
    lines = fields.One2Many(
        'tthcc.budget.line', 'budget', "Lines",
        states={
            'readonly': ~Eval('state').in_(
                ['draft', 'reviewed', 'approved']),
            })
    proposed = fields.Function(
        fields.Numeric("Proposed", digits=(16, 0), help="In đồng."),
        'get_sums')
    fitting = fields.Function(
        fields.Numeric(
            "Under the Ceiling", digits=(16, 0),
            help="What fits of it, taken by priority."),
        'get_sums')
    approved = fields.Function(
        fields.Numeric("Approved", digits=(16, 0), help="In đồng."),
        'get_sums')
    spent = fields.Function(
        fields.Numeric("Spent", digits=(16, 0), help="In đồng."),
        'get_sums')
    state = fields.Selection(
        STATES, "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')
    submitted_at = fields.DateTime("Submitted At", readonly=True)
    submitted_by = fields.Char("Submitted By", readonly=True)
    submitter = fields.Many2One(
        'res.user', "Submitter", readonly=True, ondelete='RESTRICT')
    reviewed_at = fields.DateTime("Reviewed At", readonly=True)
    reviewed_by = fields.Char("Reviewed By", readonly=True)
    approved_at = fields.DateTime("Approved At", readonly=True)
    approved_by = fields.Char("Approved By", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('year', 'DESC'), ('centre.name', 'ASC'), ('revision', 'DESC'),
            ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_constraints += [
            ('revision_unique',
                Unique(table, table.centre, table.year, table.revision),
                'tthcc_facility.msg_budget_revision_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.year, Index.Range())))
        for button, states in {
                'propose': ['draft'],
                'submit': ['draft'],
                'review': ['submitted'],
                'approve': ['reviewed'],
                'revise': ['submitted', 'reviewed'],
                'execute': ['approved'],
                }.items():
            cls._buttons[button] = {
                'invisible': ~Eval('state').in_(states),
                'depends': ['state'],
                }

    @classmethod
    def default_centre(cls):
        return Pool().get('res.user').own_centre()

    @classmethod
    def default_year(cls):
        return clock.today().year + 1

    @classmethod
    def default_revision(cls):
        return 1

    @classmethod
    def default_state(cls):
        return 'draft'

    def get_rec_name(self, name):
        return gettext(
            'tthcc_facility.msg_budget_name', centre=self.centre.rec_name,
            year=self.year, revision=self.revision)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('centre.rec_name', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'superseded', 'muted',
                    If(Eval('state').in_(['submitted', 'reviewed']),
                        'warning', ''))),
            ]

    @classmethod
    def get_sums(cls, budgets, names):
        pool = Pool()
        line = pool.get('tthcc.budget.line').__table__()
        purchase = pool.get('tthcc.budget.purchase').__table__()
        cursor = Transaction().connection.cursor()
        ids = [b.id for b in budgets]
        zeros = dict.fromkeys(ids, Decimal(0))
        sums = {n: zeros.copy() for n in names}

        def add(query):
            cursor.execute(*query)
            for id, *amounts in cursor:
                for name, amount in zip(query_names, amounts):
                    if name in sums:
                        sums[name][id] = _whole(amount)
        of_budgets = fields.SQL_OPERATORS['in'](line.budget, ids)
        query_names = ['proposed', 'approved']
        add(line.select(
                line.budget, Sum(line.proposed),
                Sum(Coalesce(line.approved, 0)),
                where=of_budgets, group_by=line.budget))
        query_names = ['spent']
        add(purchase
            .join(line, condition=purchase.line == line.id)
            .select(
                line.budget, Sum(purchase.amount),
                where=of_budgets, group_by=line.budget))
        if 'fitting' in names:
            for budget in budgets:
                sums['fitting'][budget.id] = sum(
                    (x.proposed for x in budget.fitting_lines), Decimal(0))
        return sums

    @property
    def fitting_lines(self):
        "The lines that fit under the ceiling, taken by priority"
        if self.ceiling is None:
            return list(self.lines)
        lines, left = [], self.ceiling
        for line in sorted(self.lines, key=lambda x: (x.priority, x.id)):
            if line.proposed <= left:
                lines.append(line)
                left -= line.proposed
        return lines

    @classmethod
    def check_modification(cls, mode, budgets, values=None, external=False):
        super().check_modification(
            mode, budgets, values=values, external=external)
        if not external:
            return
        for budget in budgets:
            budget.check_writer()
            if (mode != 'write' and (
                        budget.state != 'draft' or budget.submitted_at
                        or budget.approved_at)
                    or mode == 'write'
                    and values.keys() - _WRITABLE[budget.state]):
                budget.refuse()

    def check_writer(self):
        "Raise AccessError unless the user may change something now"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        User = pool.get('res.user')
        writers = {
            ModelData.get_id('tthcc', group)
            for group in _WRITERS.get(self.state, [])}
        if writers.isdisjoint(User.get_groups()):
            self.refuse()

    def refuse(self):
        raise AccessError(gettext(
                'tthcc_facility.msg_budget_fixed',
                budget=self.rec_name, state=self.state_string))

    @classmethod
    def copy(cls, budgets, default=None):
        default = default.copy() if default else {}
        for name in [
                'submitted_at', 'submitted_by', 'submitter', 'reviewed_at',
                'reviewed_by', 'approved_at', 'approved_by']:
            default.setdefault(name)
        default.setdefault('state', 'draft')
        default.setdefault(
            'revision', lambda values: cls._next_revision(values))
        return super().copy(budgets, default=default)

    @classmethod
    @without_check_access
    def _next_revision(cls, values):
        last = cls.search([
                ('centre', '=', values['centre']),
                ('year', '=', values['year']),
                ], order=[('revision', 'DESC')], limit=1)
        return last[0].revision + 1

    @classmethod
    @act('propose', ['draft'])
    def propose(cls, budgets):
        "Add a line for each replacement, plan and gap that has none yet"
        Line = Pool().get('tthcc.budget.line')
        one_at_a_time(budgets)
        lines = []
        for budget in budgets:
            lines += Line.propose(budget)
        Line.save(lines)

    @classmethod
    @act('submit', ['draft'])
    def submit(cls, budgets):
        for budget in budgets:
            if not budget.lines:
                raise BudgetError(gettext(
                        'tthcc_facility.msg_budget_empty',
                        budget=budget.rec_name))
            if unpriced := [x.name for x in budget.lines if not x.proposed]:
                raise BudgetError(gettext(
                        'tthcc_facility.msg_budget_unpriced',
                        lines="; ".join(unpriced)))
            budget.submitter = Transaction().user
        cls._sign(budgets, 'submitted')

    @classmethod
    @act('review', ['submitted'])
    def review(cls, budgets):
        "Put what fits under the ceiling before the leader"
        Line = Pool().get('tthcc.budget.line')
        cls._check_not_own(budgets)
        lines = []
        for budget in budgets:
            fitting = set(budget.fitting_lines)
            for line in budget.lines:
                line.approved = line.proposed
                if line not in fitting:
                    line.approved = Decimal(0)
                    line.cut_reason = gettext(
                        'tthcc_facility.msg_budget_above_ceiling')
                lines.append(line)
        Line.save(lines)
        cls._sign(budgets, 'reviewed')

    @classmethod
    @act('approve', ['reviewed'])
    def approve(cls, budgets):
        Upgrade = Pool().get('tthcc.upgrade')
        cls._check_not_own(budgets)
        plans = []
        for budget in budgets:
            if (budget.ceiling is not None
                    and budget.approved > budget.ceiling):
                raise BudgetError(gettext(
                        'tthcc_facility.msg_budget_ceiling',
                        budget=budget.rec_name))
            for line in budget.lines:
                if line.approved < line.proposed and not line.cut_reason:
                    raise BudgetError(gettext(
                            'tthcc_facility.msg_budget_cut_reason',
                            line=line.name))
                if line.approved and isinstance(line.origin, Upgrade):
                    plans.append(line.origin)
        cls._sign(budgets, 'approved')
        Upgrade.approved(plans)

    @classmethod
    @act('revise', ['submitted', 'reviewed'])
    def revise(cls, budgets):
        "Go on with a copy in draft"
        with without_check_access():
            cls.copy(budgets)
        cls.write(budgets, {'state': 'superseded'})

    @classmethod
    @act('execute', ['approved'])
    def execute(cls, budgets):
        "All that was to be bought has been"
        cls.write(budgets, {'state': 'executed'})

    @classmethod
    def _sign(cls, budgets, state):
        name = Pool().get('res.user').acting_name()
        for budget in budgets:
            budget.state = state
            setattr(budget, f'{state}_at', clock.now())
            setattr(budget, f'{state}_by', name)
        cls.save(budgets)

    @classmethod
    def _check_not_own(cls, budgets):
        user = Transaction().user
        for budget in budgets:
            if budget.submitter and budget.submitter.id == user:
                raise OwnRequestError(gettext(
                        'tthcc_facility.msg_own_request',
                        request=budget.rec_name))


def _whole(amount):
    "The đồng of what SQL summed up"
    return Decimal(str(amount or 0)).quantize(Decimal(1))
