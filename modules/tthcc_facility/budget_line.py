# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from collections import Counter
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import one_at_a_time
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, If

from .exceptions import BudgetError

OPEN = ['draft', 'submitted', 'reviewed', 'approved']
_draft = {'readonly': Eval('state') != 'draft'}
_reviewed = {
    'readonly': Eval('state') != 'reviewed',
    'invisible': Eval('state').in_(['draft', 'submitted']),
    }
# In which state what may be written from outside
_WRITABLE = {
    'draft': {
        'priority', 'name', 'type', 'quantity', 'unit_price',
        'funding_source', 'evidence', 'proposed'},
    'reviewed': {'approved', 'cut_reason'},
    'approved': {'purchases'},
    }


class BudgetLine(ModelSQL, ModelView):
    "Khoản mục dự toán"
    __name__ = 'tthcc.budget.line'

    budget = fields.Many2One(
        'tthcc.budget', "Request", required=True, ondelete='CASCADE')
    state = fields.Function(
        fields.Selection('get_states', "State"), 'on_change_with_state')
    priority = fields.Selection([
            ('1', "Urgent"),
            ('2', "Needed"),
            ('3', "Can Wait"),
            ], "Priority", required=True, sort=False, states=_draft)
    priority_string = priority.translated('priority')
    name = fields.Char("Description", required=True, states=_draft)
    origin = fields.Reference(
        "Evidence", selection='get_origins', readonly=True,
        help="What shows the need.")
    evidence = fields.Text(
        "As It Was Then", states=_draft,
        help="What the evidence said when the line was made.")
    type = fields.Many2One(
        'tthcc.equipment.type', "Type", ondelete='RESTRICT', states=_draft)
    quantity = fields.Integer(
        "Quantity", required=True, states=_draft,
        domain=[('quantity', '>', 0)])
    unit_price = fields.Numeric(
        "Unit Price", digits=(16, 0), states=_draft,
        domain=['OR', ('unit_price', '=', None), ('unit_price', '>', 0)],
        help="In đồng.")
    proposed = fields.Numeric(
        "Proposed", digits=(16, 0), required=True, readonly=True,
        help="In đồng.")
    fits = fields.Function(
        fields.Boolean(
            "Fits", help="Under the ceiling, taken by priority."),
        'get_fits')
    approved = fields.Numeric(
        "Approved", digits=(16, 0), states=_reviewed,
        domain=['OR',
            ('approved', '=', None),
            [('approved', '>=', 0), ('approved', '<=', Eval('proposed', 0))],
            ],
        help="In đồng.")
    cut_reason = fields.Char("Reason of the Cut", states=_reviewed)
    funding_source = fields.Many2One(
        'tthcc.funding_source', "Funding Source", ondelete='RESTRICT',
        states=_draft)
    purchases = fields.One2Many(
        'tthcc.budget.purchase', 'line', "Purchases",
        states={
            'readonly': Eval('state') != 'approved',
            'invisible': ~Eval('state').in_(['approved', 'executed']),
            })
    spent = fields.Function(
        fields.Numeric("Spent", digits=(16, 0), help="In đồng."),
        'get_spent')
    delivered = fields.Function(
        fields.Many2Many('tthcc.equipment', None, None, "Delivered"),
        'get_delivered')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('budget')
        cls._order = [
            ('budget', 'DESC'), ('priority', 'ASC'), ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.budget, Index.Equality())),
                Index(table, (table.origin, Index.Equality())),
                })

    @classmethod
    def get_states(cls):
        Budget = Pool().get('tthcc.budget')
        return Budget.fields_get(['state'])['state']['selection']

    @classmethod
    def _get_origins(cls):
        return ['tthcc.replacement', 'tthcc.upgrade', 'tthcc.equipment.gap']

    @classmethod
    def get_origins(cls):
        Model = Pool().get('ir.model')
        return [(None, '')] + [
            (name, Model.get_name(name)) for name in cls._get_origins()]

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def default_priority(cls):
        return '2'

    @classmethod
    def default_quantity(cls):
        return 1

    @classmethod
    def default_proposed(cls):
        return Decimal(0)

    @fields.depends('budget', '_parent_budget.state')
    def on_change_with_state(self, name=None):
        return self.budget.state if self.budget else 'draft'

    @fields.depends(
        'type', 'name', 'unit_price', methods=['on_change_quantity'])
    def on_change_type(self):
        if self.type:
            self.name = self.name or self.type.name
            self.unit_price = (
                self.unit_price or self.type.ceiling_at(clock.today()))
            self.on_change_quantity()

    @fields.depends('quantity', 'unit_price')
    def on_change_quantity(self):
        self.proposed = (self.quantity or 0) * (self.unit_price or Decimal(0))

    @fields.depends(methods=['on_change_quantity'])
    def on_change_unit_price(self):
        self.on_change_quantity()

    def compute_fields(self, field_names=None):
        values = super().compute_fields(field_names=field_names)
        proposed = self.quantity * (self.unit_price or Decimal(0))
        if self.proposed != proposed:
            values['proposed'] = proposed
        return values

    @classmethod
    def get_fits(cls, lines, name):
        fitting = {
            x.id for b in {x.budget for x in lines} for x in b.fitting_lines}
        return {x.id: x.id in fitting for x in lines}

    @property
    def approved_on(self):
        "The local day on which the budget was approved"
        return clock.to_local(self.budget.approved_at).date()

    def pays(self, amount, date):
        "Whether the amount in đồng, spent on the date, is within what it may"
        return (
            date >= self.approved_on
            and self.spent + amount <= (self.approved or 0))

    def check_spent(self, more=0):
        "Raise BudgetError where what is spent, and more, is too much"
        Lang = Pool().get('ir.lang')
        if self.spent + more > (self.approved or 0):
            raise BudgetError(gettext(
                    'tthcc_facility.msg_purchase_amount',
                    line=self.name,
                    approved=Lang.get().format_number(
                        self.approved or 0, digits=0)))

    @classmethod
    def get_spent(cls, lines, name):
        return {
            x.id: sum((p.amount for p in x.purchases), Decimal(0))
            for x in lines}

    @classmethod
    def get_delivered(cls, lines, name):
        Replacement = Pool().get('tthcc.replacement')
        delivered = {}
        for line in lines:
            items = [i.id for p in line.purchases for i in p.items]
            if isinstance(line.origin, Replacement) and line.origin.new_item:
                items.append(line.origin.new_item.id)
            delivered[line.id] = list(dict.fromkeys(items))
        return delivered

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state').in_(['draft', 'submitted'])
                    & ~Bool(Eval('fits')), 'muted', '')),
            ('/tree/field[@name="approved"]', 'visual',
                If(Eval('approved', 0) < Eval('proposed', 0),
                    'warning', '')),
            ]

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if not external:
            return
        for line in lines:
            line.budget.check_writer()
            state = line.budget.state
            if (mode == 'write' and values.keys() - _WRITABLE[state]
                    or mode != 'write' and state != 'draft'):
                line.budget.refuse()

    @classmethod
    def copy(cls, lines, default=None):
        default = default.copy() if default else {}
        for name in ['approved', 'cut_reason', 'purchases']:
            default.setdefault(name)
        return super().copy(lines, default=default)

    @classmethod
    def propose(cls, budget):
        """Return new lines for the replacements, the plans and the gaps of
        the centre that no open request has yet; what a leader cut is free
        again"""
        taken = {str(line.origin) for line in cls.search([
                    ('budget.centre', '=', budget.centre.id),
                    ('budget.state', 'in', OPEN),
                    ('origin', '!=', None),
                    ['OR', ('approved', '=', None), ('approved', '>', 0)],
                    ])}
        return [
            cls(budget=budget, **values)
            for values in cls._proposals(budget)
            if str(values['origin']) not in taken and values['quantity'] > 0]

    @classmethod
    def _proposals(cls, budget):
        "Yield the values of a line for each thing that shows a need"
        pool = Pool()
        Gap = pool.get('tthcc.equipment.gap')
        Replacement = pool.get('tthcc.replacement')
        Upgrade = pool.get('tthcc.upgrade')
        replaced = Counter()
        for request in Replacement.search([
                    ('centre', '=', budget.centre.id),
                    ('state', 'in', ['submitted', 'approved']),
                    ]):
            replaced[request.equipment.type] += 1
            yield {
                'origin': request,
                'priority': _priority(request.urgency),
                'name': request.rec_name,
                'evidence': f'{request.reason}\n{request.formula}',
                'type': request.equipment.type,
                'quantity': 1,
                'unit_price': request.estimate,
                }
        for plan in Upgrade.search([
                    ('centre', '=', budget.centre.id),
                    ('state', '=', 'planned'),
                    ]):
            yield {
                'origin': plan,
                'priority': '2',
                'name': plan.name,
                'evidence': plan.evidence,
                'quantity': 1,
                'unit_price': plan.cost,
                'funding_source': plan.funding_source,
                }
        for gap in Gap.search([
                    ('centre', '=', budget.centre.id),
                    ('quantity', '>', 0),
                    ]):
            yield {
                'origin': gap,
                'priority': gap.priority,
                'name': gap.type.name,
                'evidence': gap.evidence,
                'type': gap.type,
                # Replacements fill some of it
                'quantity': gap.quantity - replaced[gap.type],
                'unit_price': gap.unit_price,
                }


def _priority(urgency):
    "The priority of a line for a replacement that is urgent, from 0 to 100"
    return '1' if urgency >= 60 else '2' if urgency >= 30 else '3'


class Purchase(ModelSQL, ModelView):
    "Việc mua sắm, thuê làm theo dự toán"
    __name__ = 'tthcc.budget.purchase'

    line = fields.Many2One(
        'tthcc.budget.line', "Line", required=True, ondelete='RESTRICT')
    centre = fields.Function(
        fields.Many2One('tthcc.centre', "Centre"), 'on_change_with_centre')
    date = fields.Date("Date", required=True)
    supplier = fields.Char("Supplier", required=True)
    contract = fields.Char("Contract")
    invoice = fields.Char("Invoice")
    amount = fields.Numeric(
        "Amount", digits=(16, 0), required=True,
        domain=[('amount', '>', 0)], help="In đồng.")
    items = fields.Many2Many(
        'tthcc.budget.purchase-tthcc.equipment', 'purchase', 'equipment',
        "Delivered",
        domain=[('centre', '=', Eval('centre', -1))])

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('line')
        cls._order = [('date', 'DESC'), ('id', 'DESC')]
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.line, Index.Equality())))

    @classmethod
    def default_date(cls):
        return clock.today()

    @fields.depends('line', '_parent_line.budget')
    def on_change_with_centre(self, name=None):
        if self.line and self.line.budget:
            return self.line.budget.centre

    def get_rec_name(self, name):
        return ', '.join(filter(None, [
                    self.supplier, self.contract or self.invoice]))

    @classmethod
    def search_rec_name(cls, name, clause):
        bool_op = 'AND' if clause[1].startswith(('!', 'not ')) else 'OR'
        return [bool_op,
            ('supplier', *clause[1:]),
            ('contract', *clause[1:]),
            ('invoice', *clause[1:]),
            ]

    @classmethod
    def check_modification(
            cls, mode, purchases, values=None, external=False):
        super().check_modification(
            mode, purchases, values=values, external=external)
        if external:
            for purchase in purchases:
                budget = purchase.line.budget
                budget.check_writer()
                if budget.state != 'approved':
                    budget.refuse()

    @classmethod
    def validate_fields(cls, purchases, field_names):
        super().validate_fields(purchases, field_names)
        one_at_a_time([p.line for p in purchases])
        for line in {p.line for p in purchases}:
            line.check_spent()
        for purchase in purchases:
            if not (purchase.line.approved_on <= purchase.date
                    <= clock.today()):
                raise BudgetError(gettext(
                        'tthcc_facility.msg_purchase_date',
                        purchase=purchase.rec_name))


class PurchaseItem(ModelSQL):
    "What a purchase delivered"
    __name__ = 'tthcc.budget.purchase-tthcc.equipment'

    purchase = fields.Many2One(
        'tthcc.budget.purchase', "Purchase", required=True,
        ondelete='CASCADE')
    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('purchase')
        table = cls.__table__()
        cls._sql_constraints += [
            ('equipment_unique', Unique(table, table.equipment),
                'tthcc_facility.msg_purchase_equipment_unique'),
            ]
        cls._sql_indexes.add(
            Index(table, (table.purchase, Index.Equality())))


class Equipment(metaclass=PoolMeta):
    __name__ = 'tthcc.equipment'

    budget_line = fields.Function(
        fields.Many2One(
            'tthcc.budget.line', "Budget Line",
            help="The line of the budget that paid for it."),
        'get_budget_line')

    @classmethod
    def get_budget_line(cls, items, name):
        pool = Pool()
        Item = pool.get('tthcc.budget.purchase-tthcc.equipment')
        Line = pool.get('tthcc.budget.line')
        lines = dict.fromkeys([i.id for i in items])
        for line in Line.search([
                    ('origin.new_item', 'in', list(lines),
                        'tthcc.replacement'),
                    ('approved', '>', 0),
                    ]):
            lines[line.origin.new_item.id] = line.id
        for item in Item.search([('equipment', 'in', list(lines))]):
            lines[item.equipment.id] = item.purchase.line.id
        return lines
