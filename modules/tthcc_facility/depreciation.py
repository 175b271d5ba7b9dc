# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What an item is still worth, for planning only: the books of the treasury
are elsewhere."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from trytond.model import fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool

_MONTHS_PERCENT = Decimal(1200)


def worth(value, bought, date, life, rates=()):
    """Return what is left on the date of the value in đồng, straight-line by
    whole months, rounded to đồng.

    life: useful life in years, by which it wears where no rate is in force
    rates: pairs of the first day and the rate in per cent of the value a
    year; a month wears at the rate of its first day"""
    usual = Decimal(100) / life
    rates = sorted(rates)
    passed = relativedelta(date, bought)
    worn = Decimal(0)
    for month in range(passed.years * 12 + passed.months):
        day = bought + relativedelta(months=month)
        worn += next(
            (rate for start, rate in reversed(rates) if start <= day), usual)
        if worn >= _MONTHS_PERCENT:
            return Decimal(0)
    return (value * (1 - worn / _MONTHS_PERCENT)).quantize(
        Decimal(1), ROUND_HALF_UP)


class WorthMixin:
    "Lets an item tell what it is still worth"
    __slots__ = ()

    worth = fields.Function(
        fields.Numeric(
            "Worth Today", digits=(16, 0),
            help="Its value less the wear, in đồng; for planning only."),
        'get_worth')

    @classmethod
    def get_worth(cls, items, name):
        Wear = Pool().get('tthcc.equipment.type.wear')
        rates = defaultdict(list)
        for wear in Wear.search([
                    ('type', 'in', list({i.type.id for i in items})),
                    ], order=[]):
            rates[wear.type].append((wear.start_date, wear.rate))
        today = clock.today()
        return {
            i.id: (
                worth(i.value, i.purchase_date, today, i.type.useful_life,
                    rates[i.type])
                if i.value is not None else None)
            for i in items}
