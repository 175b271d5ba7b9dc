# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is bought for a replacement at its line of the budget."

from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access


class Replacement(metaclass=PoolMeta):
    __name__ = 'tthcc.replacement'

    @classmethod
    def take_in(cls, requests, delivered_on, **values):
        pool = Pool()
        Line = pool.get('tthcc.budget.line')
        Purchase = pool.get('tthcc.budget.purchase')
        super().take_in(requests, delivered_on, **values)
        # The facility manager neither plans nor spends the budget
        with without_check_access():
            for request in requests:
                for line in Line.search([
                            ('origin', '=', str(request)),
                            ('budget.state', '=', 'approved'),
                            ('approved', '>', 0),
                            ], limit=1):
                    Purchase.create([{
                                'line': line.id,
                                'date': delivered_on,
                                'supplier': request.supplier,
                                'amount': request.price,
                                'items': [('add', [request.new_item.id])],
                                }])
