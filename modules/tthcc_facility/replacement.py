# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from decimal import Decimal
from functools import partial

from sql.aggregate import Sum

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import one_at_a_time, pressed_in
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from . import urgency
from .approval import ROLES
from .downtime import downtimes
from .equipment import CONDITIONS
from .exceptions import ApprovalError, ReplacementError

STATES = [
    ('draft', "Draft"),
    ('submitted', "Submitted"),
    ('rejected', "Rejected"),
    ('approved', "Approved"),
    ('ordered', "Ordered"),
    ('delivered', "Delivered"),
    ('in_service', "In Service"),
    ]
OPEN = ['draft', 'submitted', 'approved', 'ordered', 'delivered']
# What is entered; buttons do all else
_BY_HAND = {'reason', 'estimate', 'estimate_source'}
_OLD = ['good', 'worn', 'damaged', 'out_of_order', 'lost']


# What a button does to records in some states
act = partial(
    pressed_in, ReplacementError, 'tthcc_facility.msg_replacement_state')


class Replacement(ModelSQL, ModelView):
    """A request to replace an item (đề nghị thay thế thiết bị).
    It follows the rights of the item."""
    __name__ = 'tthcc.replacement'

    _states = {'readonly': Eval('state') != 'draft'}
    _ordered = {
        'readonly': True,
        'invisible': ~Eval('state').in_(
            ['ordered', 'delivered', 'in_service']),
        }

    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", required=True, ondelete='RESTRICT',
        domain=[
            If(Eval('state') == 'draft',
                ('condition', '!=', 'disposed'), ()),
            ],
        states={'readonly': Eval('id', -1) >= 0})
    centre = fields.Function(
        fields.Many2One('tthcc.centre', "Centre"),
        'get_centre', searcher='search_centre')
    fault = fields.Many2One(
        'tthcc.fault', "Fault", readonly=True, ondelete='RESTRICT')
    reason = fields.Text("Reason", required=True, states=_states)
    estimate = fields.Numeric(
        "Estimate", digits=(16, 0), required=True, states=_states,
        domain=[('estimate', '>', 0)], help="In đồng.")
    estimate_source = fields.Char(
        "Source of the Estimate", required=True, states=_states,
        help="An offer, a price list, the ceiling of the type.")
    age = fields.Numeric(
        "Age", digits=(3, 1), readonly=True, help="In years.")
    useful_life = fields.Integer(
        "Useful Life", readonly=True, help="In years.")
    condition = fields.Selection(
        [c for c in CONDITIONS if c[0] in _OLD], "Condition",
        required=True, readonly=True, sort=False)
    condition_string = condition.translated('condition')
    downtime = fields.Integer(
        "Days Out of Order", readonly=True, help="In the last year.")
    repair_cost = fields.Numeric(
        "Repairs So Far", digits=(16, 0), readonly=True, help="In đồng.")
    value = fields.Numeric(
        "Value", digits=(16, 0), readonly=True,
        help="What the item cost, in đồng.")
    urgency = fields.Integer(
        "Urgency", readonly=True,
        help="From 0 to 100, as it was at submission.")
    formula = fields.Function(fields.Text("How Urgent"), 'get_formula')
    state = fields.Selection(
        STATES, "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')
    requested_by = fields.Char("Requested By", readonly=True)
    requester = fields.Many2One(
        'res.user', "Requester", readonly=True, ondelete='SET NULL')
    submitted_at = fields.DateTime("Submitted At", readonly=True)
    for_facility_manager = fields.Boolean("For a Facility Manager")
    for_director = fields.Boolean("For the Centre Director")
    for_leader = fields.Boolean("For the People's Committee")
    approvals = fields.Function(fields.Text("Approvals"), 'get_approvals')
    approver = fields.Many2One(
        'company.employee', "Approver", readonly=True, ondelete='RESTRICT')
    decided_by = fields.Char("Decided By", readonly=True)
    decided_at = fields.DateTime("Decided At", readonly=True)
    reject_reason = fields.Text(
        "Reason of Rejection", readonly=True,
        states={'invisible': ~Eval('reject_reason')})
    supplier = fields.Char("Supplier", states=_ordered)
    price = fields.Numeric(
        "Price", digits=(16, 0), states=_ordered, help="In đồng.")
    ordered_on = fields.Date("Ordered On", states=_ordered)
    due_on = fields.Date("Expected On", states=_ordered)
    delivered_on = fields.Date("Delivered On", states=_ordered)
    new_item = fields.Many2One(
        'tthcc.equipment', "New Item", ondelete='RESTRICT', states=_ordered)

    del _states, _ordered

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('equipment')
        cls._order = [('urgency', 'DESC NULLS LAST'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t, (t.equipment, Index.Equality())),
                Index(t, (t.fault, Index.Equality())),
                Index(t, (t.new_item, Index.Equality())),
                Index(t,
                    (t.state, Index.Equality(cardinality='low')),
                    where=t.state.in_(OPEN)),
                })
        for button, sources in {
                'submit': ['draft'],
                'approve': ['submitted'],
                'reject': ['submitted'],
                'revise': ['rejected'],
                'order': ['approved'],
                'deliver': ['ordered'],
                'put_in_service': ['delivered'],
                }.items():
            cls._buttons[button] = {
                'invisible': ~Eval('state').in_(sources),
                'depends': ['state'],
                }

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def default_condition(cls):
        return 'good'

    def get_rec_name(self, name):
        return gettext(
            'tthcc_facility.msg_replacement_name',
            equipment=self.equipment.rec_name)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('equipment.rec_name', *clause[1:])]

    @classmethod
    def get_centre(cls, requests, name):
        return {r.id: r.equipment.centre.id for r in requests}

    @classmethod
    def search_centre(cls, name, clause):
        return [(f'equipment.{clause[0]}', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state').in_(['in_service', 'rejected']), 'muted',
                    If(Eval('state') == 'submitted', 'warning', ''))),
            ]

    @fields.depends('equipment', methods=['measure'])
    def on_change_equipment(self):
        if self.equipment:
            self.measure()
            for name, value in self.ceiling_estimate(self.equipment).items():
                setattr(self, name, value)

    @classmethod
    def ceiling_estimate(cls, equipment):
        "What to propose as estimate: the price ceiling of the type, if any"
        amount = equipment.type.ceiling_at(clock.today())
        return {
            'estimate': amount,
            'estimate_source': (
                gettext('tthcc_facility.msg_replacement_ceiling')
                if amount else None),
            }

    @fields.depends('equipment')
    def measure(self):
        "Set what the urgency is counted from, as of now"
        item = self.equipment
        self.age = round(Decimal(
                (clock.today() - item.purchase_date).days) / Decimal(365.25),
            1)
        self.useful_life = item.type.useful_life
        self.condition = item.condition
        self.downtime = downtimes([item])[item.id]
        self.repair_cost = self._repair_cost(item)
        self.value = item.value
        self.urgency = sum(self.points)

    @staticmethod
    def _repair_cost(item):
        pool = Pool()
        fault = pool.get('tthcc.fault').__table__()
        repair = pool.get('tthcc.repair').__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*repair
            .join(fault, condition=repair.fault == fault.id)
            .select(Sum(repair.cost), where=fault.equipment == item.id))
        (cost,), = cursor.fetchall()
        return Decimal(str(cost or 0))

    @property
    def points(self):
        return urgency.points(
            self.age, self.useful_life, self.condition, self.downtime,
            self.repair_cost, self.value)

    def get_formula(self, name):
        Lang = Pool().get('ir.lang')
        points = self.points
        return gettext(
            'tthcc_facility.msg_urgency',
            age=Lang.get().format('%.1f', self.age or 0),
            useful_life=self.useful_life or 0,
            condition=self.condition_string,
            downtime=self.downtime or 0,
            repair_cost=Lang.get().format(
                '%d', self.repair_cost or 0, grouping=True),
            value=Lang.get().format('%d', self.value or 0, grouping=True),
            urgency=sum(points),
            **{f'{n}_points': p for n, p in points._asdict().items()},
            **urgency.MAXIMA)

    def get_approvals(self, name):
        "Who has approved, and whose approval is missing"
        return '\n'.join(
            f'{label}: {click.user.name}' if click
            else gettext('tthcc_facility.msg_approval_missing', role=label)
            for label, click in self._clicks())

    def _clicks(self):
        "Yield the label of each role that must approve, and its click"
        pool = Pool()
        Click = pool.get('ir.model.button.click')
        Threshold = pool.get('tthcc.approval.threshold')
        with without_check_access():
            clicks = Click.search([
                    ('button.model', '=', self.__name__),
                    ('button.name', '=', 'approve'),
                    ('record_id', '=', self.id),
                    ])
            for role in self.needed:
                group = _group(role)
                yield Threshold(role=role).role_string, next((
                        c for c in clicks
                        if group in {g.id for g in c.user.groups}), None)

    @property
    def needed(self):
        "The roles that must approve"
        return [r for r, _ in ROLES if getattr(self, f'for_{r}')]

    @classmethod
    def check_modification(
            cls, mode, requests, values=None, external=False):
        super().check_modification(
            mode, requests, values=values, external=external)
        if not external:
            return
        for request in requests:
            if request.state != 'draft':
                raise AccessError(gettext(
                        'tthcc_facility.msg_replacement_fixed',
                        request=request.rec_name,
                        state=request.state_string))
        if mode == 'write' and not values.keys() <= _BY_HAND or (
                mode == 'create' and any(
                    getattr(r, name) for r in requests for name in [
                        'fault', 'requester', 'new_item', 'price'])):
            raise AccessError(gettext(
                    'tthcc_facility.msg_replacement_by_button'))

    @classmethod
    def on_modification(cls, mode, requests, field_names=None):
        super().on_modification(mode, requests, field_names=field_names)
        if mode == 'create':
            for request in requests:
                request.measure()
            cls.save(requests)

    @classmethod
    def validate_fields(cls, requests, field_names):
        super().validate_fields(requests, field_names)
        if field_names is None or 'equipment' in field_names:
            cls.check_single(requests)

    @classmethod
    def check_single(cls, requests):
        "Raise ReplacementError where an item is already asked for"
        one_at_a_time([r.equipment for r in requests])
        for request in requests:
            others = cls.search([
                    ('equipment', '=', request.equipment.id),
                    ('state', 'in', OPEN),
                    ('id', '!=', request.id),
                    ], limit=1)
            if request.state in OPEN and others:
                raise ReplacementError(gettext(
                        'tthcc_facility.msg_replacement_twice',
                        equipment=request.equipment.rec_name,
                        state=others[0].state_string))

    @classmethod
    def copy(cls, requests, default=None):
        default = default.copy() if default else {}
        kept = {'equipment', 'condition'} | _BY_HAND
        for name, field in cls._fields.items():
            if name not in kept and not isinstance(field, fields.Function):
                default.setdefault(name)
        default['state'] = 'draft'
        return super().copy(requests, default=default)

    @classmethod
    @act('submit', ['draft'])
    def submit(cls, requests):
        pool = Pool()
        Notification = pool.get('res.notification')
        Threshold = pool.get('tthcc.approval.threshold')
        User = pool.get('res.user')
        user = User(Transaction().user)
        groups = User.get_groups()
        roles = [r for r, _ in ROLES]
        own = [r for r in roles if _group(r) in groups]
        for request in requests:
            request.measure()
            needed = Threshold.approvers(
                request.estimate, clock.today(), own)
            for role in roles:
                setattr(request, f'for_{role}', role in needed)
            request.requester = user
            request.requested_by = Pool().get('res.user').acting_name()
            request.submitted_at = clock.now()
            request.state = 'submitted'
        cls.save(requests)
        for request in requests:
            centre = request.equipment.centre
            for role in request.needed:
                Notification.tell(
                    [u for u in User.in_charge_at(centre, role)
                        if u != user.id],
                    [request], 'tthcc_facility.msg_replacements_submitted')

    @classmethod
    def approve(cls, requests):
        "Approve; the last of those who must makes the request approved"
        # Of two at once each would see only their own approval
        one_at_a_time(requests)
        for request in requests:
            request.check_approver()
        cls._approve(requests)

    def check_approver(self):
        """Raise ApprovalError where the user asked for it, or is none of
        those whose approval is missing"""
        User = Pool().get('res.user')
        with without_check_access():
            request = self.__class__(self.id)
            if request.requester and (
                    request.requester.id == Transaction().user):
                raise ApprovalError(gettext(
                        'tthcc_facility.msg_approval_own',
                        request=request.rec_name))
            missing = {
                _group(role): label
                for role, (label, click) in zip(
                    request.needed, request._clicks()) if not click}
            if request.state == 'submitted' and (
                    missing.keys().isdisjoint(User.get_groups())):
                raise ApprovalError(gettext(
                        'tthcc_facility.msg_approval_other',
                        request=request.rec_name,
                        roles=', '.join(missing.values())))

    @classmethod
    @act('approve', ['submitted'])
    def _approve(cls, requests):
        for request in requests:
            request._decide('approved')
        cls.save(requests)
        cls._tell_requester(
            requests, 'tthcc_facility.msg_replacements_approved')

    def _decide(self, state):
        self.state = state
        self.approver = Pool().get('res.user').acting_employee()
        self.decided_by = Pool().get('res.user').acting_name()
        self.decided_at = clock.now()

    @classmethod
    def _tell_requester(cls, requests, message):
        Notification = Pool().get('res.notification')
        for request in requests:
            if request.requester:
                Notification.tell(
                    [request.requester.id], [request], message)

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_replacement_reject')
    def reject(cls, requests):
        pass

    @classmethod
    def reject_for(cls, requests, reason):
        for request in requests:
            request.check_approver()
        cls._reject(requests, reason)

    @classmethod
    @act('reject', ['submitted'])
    def _reject(cls, requests, reason):
        for request in requests:
            request._decide('rejected')
            request.reject_reason = reason
        cls.save(requests)
        for request in requests:
            if request.fault:
                request.fault.decide_again(reason)
        cls._tell_requester(
            requests, 'tthcc_facility.msg_replacements_rejected')

    @classmethod
    @act('revise', ['rejected'])
    def revise(cls, requests):
        "Make a draft again of what was rejected"
        for request in requests:
            request.state = 'draft'
        cls.save(requests)
        cls.check_single(requests)
        for request in requests:
            if request.fault:
                request.fault.wait_for_replacement()

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_replacement_order')
    def order(cls, requests):
        pass

    @classmethod
    @act('order', ['approved'])
    def buy(cls, requests, supplier, price, ordered_on, due_on=None):
        """Note the order; raise ReplacementError where it costs more than
        was approved"""
        for request in requests:
            if price > request.estimate:
                raise ReplacementError(gettext(
                        'tthcc_facility.msg_replacement_price',
                        request=request.rec_name,
                        price=_amount(price),
                        estimate=_amount(request.estimate)))
            if due_on and due_on < ordered_on:
                raise ReplacementError(gettext(
                        'tthcc_facility.msg_replacement_dates'))
            _check_past(ordered_on)
            request.supplier = supplier
            request.price = price
            request.ordered_on = ordered_on
            request.due_on = due_on
            request.state = 'ordered'
        cls.save(requests)

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_replacement_deliver')
    def deliver(cls, requests):
        pass

    @classmethod
    @act('deliver', ['ordered'])
    def take_in(cls, requests, delivered_on, **values):
        """Take the delivered item in; values are those of the new item, such
        as model, serial, warranty_end"""
        Equipment = Pool().get('tthcc.equipment')
        _check_past(delivered_on)
        for request in requests:
            if delivered_on < request.ordered_on:
                raise ReplacementError(gettext(
                        'tthcc_facility.msg_replacement_dates'))
            old = request.equipment
            request.new_item, = Equipment.create([{
                        'type': old.type.id,
                        'centre': old.centre.id,
                        'purchase_date': delivered_on,
                        'supplier': request.supplier,
                        'value': request.price,
                        **values,
                        }])
            request.delivered_on = delivered_on
            request.state = 'delivered'
        cls.save(requests)

    @classmethod
    @ModelView.button_action(
        'tthcc_facility.wizard_replacement_put_in_service')
    def put_in_service(cls, requests):
        pass

    @classmethod
    @act('put_in_service', ['delivered'])
    def take_place(cls, requests, **values):
        """Give the new item the place of the old one, which is disposed of,
        and close the fault; values are those of the disposal"""
        Movement = Pool().get('tthcc.equipment.movement')
        for request in requests:
            old, new = request.equipment, request.new_item
            Movement.make(
                [new], 'move', old.zone, old.counter, old.employee,
                reason=request.rec_name)
            if request.fault and request.fault.state != 'closed':
                request.fault.replaced_by(new)
            if old.condition != 'disposed':
                # Whoever approved the replacement decided on this
                movement = Movement.make(
                    [old], 'disposal', approver=request.approver,
                    decided_at=request.decided_at,
                    reason=gettext('tthcc_facility.msg_replaced_by',
                        equipment=new.rec_name), **values)
                movement.state = 'done'
                movement.save()
                movement.dispose()
            request.state = 'in_service'
        cls.save(requests)


def _group(role):
    ModelData = Pool().get('ir.model.data')
    return ModelData.get_id('tthcc', f'group_{role}')


def _amount(amount):
    return Pool().get('ir.lang').get().format('%d', amount, grouping=True)


def _check_past(date):
    if date > clock.today():
        raise ReplacementError(gettext(
                'tthcc_facility.msg_replacement_future'))
