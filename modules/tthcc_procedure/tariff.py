# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a tariff comes to: pure functions, in whole đồng."""

from decimal import ROUND_HALF_UP, Decimal


def amount(steps, quantity, items=1, maximum=None):
    """Return the amount for a number of items of quantity units each, such
    as two copies of five pages.

    steps: pairs of the first unit for which a price holds, and that price
    per unit; the first step begins with unit 1, and what lies before the
    next step keeps its price
    maximum: the most that one item costs, None without limit

    2.000 đồng a page, 1.000 đồng from page 3 on, 200.000 đồng a copy at most
    is [(1, 2000), (3, 1000)] with the maximum 200000 (Circular
    226/2016/TT-BTC, art. 4)."""
    if quantity < 1 or items < 1:
        raise ValueError("nothing to pay for")
    steps = sorted(steps)
    ends = [first for first, _ in steps[1:]] + [quantity + 1]
    total = sum(
        price * max(0, min(end, quantity + 1) - first)
        for (first, price), end in zip(steps, ends))
    if maximum is not None:
        total = min(total, maximum)
    return Decimal(items * total)


def reduced(amount, reduction):
    """Return what is left of the amount after a reduction in per cent,
    rounded to whole đồng, half a đồng up."""
    return (amount * (100 - reduction) / 100).quantize(
        Decimal(1), ROUND_HALF_UP)
