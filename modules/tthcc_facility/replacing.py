# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is asked when a replacement is rejected, ordered, delivered or used."

from trytond.model import ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .movement import METHODS


def _ask(name):
    return StateView(
        f'tthcc.replacement.{name}.start',
        f'tthcc_facility.replacement_{name}_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("OK", 'do', 'tryton-ok', default=True),
            ])


class Reject(Wizard):
    "Reject"
    __name__ = 'tthcc.replacement.reject'

    start = _ask('reject')
    do = StateTransition()

    def transition_do(self):
        Replacement = Pool().get('tthcc.replacement')
        with check_access():
            Replacement.reject_for(self.records, self.start.reason)
        return 'end'


class RejectStart(ModelView):
    "Why the request is rejected"
    __name__ = 'tthcc.replacement.reject.start'

    reason = fields.Text("Reason", required=True)


class Order(Wizard):
    "Order"
    __name__ = 'tthcc.replacement.order'

    start = _ask('order')
    do = StateTransition()

    def default_start(self, fields):
        return {
            'price': self.record.estimate,
            'ordered_on': clock.today(),
            }

    def transition_do(self):
        Replacement = Pool().get('tthcc.replacement')
        start = self.start
        with check_access():
            Replacement.buy(
                [self.record], start.supplier, start.price,
                start.ordered_on, start.due_on)
        return 'end'


class OrderStart(ModelView):
    "From whom, and for how much"
    __name__ = 'tthcc.replacement.order.start'

    supplier = fields.Char("Supplier", required=True)
    price = fields.Numeric(
        "Price", digits=(16, 0), required=True, domain=[('price', '>', 0)],
        help="In đồng.")
    ordered_on = fields.Date("Ordered On", required=True)
    due_on = fields.Date("Expected On")


class Deliver(Wizard):
    "Take In"
    __name__ = 'tthcc.replacement.deliver'

    start = _ask('deliver')
    do = StateTransition()

    def default_start(self, fields):
        return {'delivered_on': clock.today()}

    def transition_do(self):
        Replacement = Pool().get('tthcc.replacement')
        start = self.start
        with check_access():
            Replacement.take_in(
                [self.record], start.delivered_on, model=start.model,
                serial=start.serial, warranty_end=start.warranty_end)
        return 'end'


class DeliverStart(ModelView):
    "What was delivered"
    __name__ = 'tthcc.replacement.deliver.start'

    delivered_on = fields.Date("Delivered On", required=True)
    model = fields.Char("Make and Model", required=True)
    serial = fields.Char("Serial Number")
    warranty_end = fields.Date("Warranty Until")


class PutInService(Wizard):
    "Put in Service"
    __name__ = 'tthcc.replacement.put_in_service'

    start = _ask('put_in_service')
    do = StateTransition()

    def transition_do(self):
        Replacement = Pool().get('tthcc.replacement')
        start = self.start
        with check_access():
            Replacement.take_place(
                [self.record], method=start.method, council=start.council,
                decision=start.decision)
        return 'end'


class PutInServiceStart(ModelView):
    "How the old item is disposed of"
    __name__ = 'tthcc.replacement.put_in_service.start'

    method = fields.Selection(
        METHODS, "Disposal of the Old Item", required=True, sort=False)
    council = fields.Text(
        "Disposal Council", required=True,
        help="Those who sign the minutes, one in a line.")
    decision = fields.Char("Decision")
