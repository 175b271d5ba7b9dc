# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is bought for a replacement at its line of the budget."

from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access


class Replacement(metaclass=PoolMeta):
    __name__ = 'tthcc.replacement'

    @classmethod
    def buy(cls, requests, supplier, price, ordered_on, due_on=None):
        with without_check_access():
            for line in filter(None, map(cls._budget_line, requests)):
                line.check_spent(price)
        super().buy(requests, supplier, price, ordered_on, due_on=due_on)

    @classmethod
    def take_in(cls, requests, delivered_on, **values):
        Purchase = Pool().get('tthcc.budget.purchase')
        super().take_in(requests, delivered_on, **values)
        # The facility manager neither plans nor spends the budget
        with without_check_access():
            for request in requests:
                line = request._budget_line()
                # What has come is taken in, whoever pays for it
                if line and line.pays(request.price, delivered_on):
                    Purchase.create([{
                                'line': line.id,
                                'date': delivered_on,
                                'supplier': request.supplier,
                                'amount': request.price,
                                'items': [('add', [request.new_item.id])],
                                }])

    def _budget_line(self):
        "Return the approved line of the budget for the request, if any"
        Line = Pool().get('tthcc.budget.line')
        lines = Line.search([
                ('origin', '=', str(self)),
                ('budget.state', '=', 'approved'),
                ('approved', '>', 0),
                ], limit=1)
        return lines[0] if lines else None
