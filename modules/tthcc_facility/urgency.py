# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""How urgent the replacement of an item is, in points from 0 to 100

Our own measure: no rule of law gives one.  Without database and clock."""

from collections import namedtuple

# The points for each, of which the parts are given below
AGE, CONDITION, DOWNTIME, REPAIRS = 30, 30, 20, 20
MAXIMA = {
    'age_most': AGE, 'condition_most': CONDITION, 'downtime_most': DOWNTIME,
    'repairs_most': REPAIRS}
# The share of its points that a condition gets
_CONDITIONS = {
    'good': 0,
    'worn': 1 / 3,
    'damaged': 2 / 3,
    'out_of_order': 1,
    'lost': 1,
    }
# Days out of order in the last year, from which all points are given
_LONG = 60
# The share of the purchase value, from which repairs get all points
_DEAR = 1 / 2

Points = namedtuple('Points', ['age', 'condition', 'downtime', 'repairs'])
"What an item gets for each; the urgency is their sum"


def points(
        age=None, useful_life=None, condition='good', downtime=0,
        repair_cost=0, value=None):
    """
    Return the Points of an item, each rounded to whole points.

    age, useful_life: in years; without one of them age gives no points
    downtime: days out of order in the last year
    repair_cost, value: in đồng; without a value repairs give no points
    """
    return Points(
        round(AGE * _share(age, useful_life)),
        round(CONDITION * _CONDITIONS[condition]),
        round(DOWNTIME * _share(downtime, _LONG)),
        round(REPAIRS * _share(repair_cost, value and float(value) * _DEAR)))


def _share(amount, whole):
    if not amount or not whole:
        return 0
    return max(0, min(1, float(amount) / float(whole)))
