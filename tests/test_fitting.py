# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Which mode fits, without a database"
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trytond.modules.tthcc_staffing import fitting
from trytond.modules.tthcc_staffing.fitting import Demand, Level

LEVEL = Level(
    wait=30, served=.9, lost=.1, response=30, full_time=.5, shared=.7,
    season=1.5, least_weeks=8, least_visits=30)
SLOTS = list(product(range(5), ['morning', 'afternoon']))
HOURS = {slot: 4.5 if slot[1] == 'morning' else 3.5 for slot in SLOTS}


def demand(visits, minutes=15, months=None, weeks=20, total=None):
    return Demand(
        visits, HOURS, minutes, months or {}, weeks,
        round(weeks * sum(visits.values())) if total is None else total)


def test_busy_department_is_full_time():
    advice = fitting.advise(
        demand(dict.fromkeys(SLOTS, 10)), LEVEL, others=2)
    assert (advice.mode, advice.reasons) == ('full_time', ['busy'])
    # One cannot keep the service level at 70 %
    assert advice.outcome.officers == 2
    assert advice.outcome.hours == 80
    assert advice.outcome.use == pytest.approx(25 / 80)


def test_two_mornings():
    visits = {(0, 'morning'): 4, (3, 'morning'): 5, (4, 'afternoon'): .5}
    advice = fitting.advise(demand(visits), LEVEL)
    assert advice.mode == 'weekdays'
    assert advice.outcome.slots == {(0, 'morning'), (3, 'morning')}
    assert advice.outcome.hours == 9
    assert advice.outcome.lost == pytest.approx(.5 / 9.5)
    assert 'fewest_hours' in advice.reasons


def test_on_call():
    visits = dict.fromkeys(SLOTS, .3)
    advice = fitting.advise(demand(visits), LEVEL)
    assert advice.mode == 'on_call'
    # 3 visits of 15 minutes, half an hour there, half an hour back
    assert advice.outcome.hours == pytest.approx(3 * 75 / 60)
    assert advice.outcome.wait > 30
    assert advice.outcome.lost == 0
    # Not when the response takes longer than people shall wait
    level = LEVEL._replace(response=31)
    outcome = fitting.outcome(demand(visits), level, 'on_call')
    assert outcome.served == 0 and not outcome.keeps(level)


def test_season():
    months = dict.fromkeys(range(1, 13), .2)
    months.update({5: 3.5, 6: 3.5, 7: 3.2})
    advice = fitting.advise(
        demand(dict.fromkeys(SLOTS, 1), months=months), LEVEL)
    season, = [o for o in advice.outcomes if o.mode == 'seasonal']
    assert season.months == {5, 6, 7}
    assert season.lost == pytest.approx(9 * .2 / 12, abs=.01)
    # A quarter of the year's hours, but more lost than allowed
    assert season.hours == pytest.approx(40 / 4)
    assert advice.mode != 'seasonal'
    advice = fitting.advise(
        demand(dict.fromkeys(SLOTS, 1), months=months),
        LEVEL._replace(lost=.2))
    assert advice.mode == 'seasonal'
    # Half a year says nothing about seasons
    half = {m: months[m] for m in range(1, 7)}
    assert fitting.season(demand({}, months=half), LEVEL) == set()


def test_shared():
    visits = dict.fromkeys(SLOTS, 3)
    advice = fitting.advise(demand(visits), LEVEL, others=5)
    shared, = [o for o in advice.outcomes if o.mode == 'shared']
    assert advice.mode == 'shared'
    # 7.5 of 12.5 hours of service are its own
    assert shared.hours == pytest.approx(40 * 7.5 / 12.5, rel=.01)
    # Too much together for one officer
    advice = fitting.advise(demand(visits), LEVEL, others=25)
    assert advice.mode != 'shared'


@pytest.mark.parametrize('figures, reason', [
        ({'weeks': 7}, 'few_weeks'),
        ({'total': 29}, 'few_visits')])
def test_too_little_data(figures, reason):
    advice = fitting.advise(
        demand(dict.fromkeys(SLOTS, 1), **figures), LEVEL)
    assert advice.mode is None
    assert advice.reasons == [reason]


@given(
    st.dictionaries(st.sampled_from(SLOTS), st.floats(.1, 12), min_size=1),
    st.floats(2, 40), st.floats(0, 30))
def test_every_outcome(visits, minutes, others):
    "What holds of every demand"
    figures = demand(visits, minutes)
    advice = fitting.advise(figures, LEVEL, others)
    assert advice.outcomes[0].mode == 'full_time'
    for outcome in advice.outcomes:
        for share in [outcome.use, outcome.served, outcome.lost]:
            assert 0 <= share <= 1 + 1e-9
        assert outcome.wait >= 0
        if outcome.mode == 'weekdays':
            assert outcome.lost <= LEVEL.lost + 1e-9
        else:
            assert outcome.lost == pytest.approx(0, abs=1e-9)
    assume(advice.mode)
    assert advice.outcome.hours <= advice.outcomes[0].hours + 1e-9
    assert (
        advice.mode == 'full_time' or advice.outcome.keeps(LEVEL))


@given(st.sets(st.sampled_from(SLOTS), min_size=1))
def test_given_slots(slots):
    "Nobody comes to a half day that is not covered, all others are met"
    figures = demand(dict.fromkeys(SLOTS, 1))
    outcome = fitting.outcome(
        figures, LEVEL, 'weekdays', slots=frozenset(slots))
    assert outcome.lost == pytest.approx(1 - len(slots) / len(SLOTS))
    assert outcome.hours == sum(HOURS[slot] for slot in slots)
    assert fitting.covered(figures, outcome) == outcome.hours / sum(
        HOURS.values())


def test_covered():
    "Full time covers all, a season its months, and who is called nothing"
    figures = demand(
        dict.fromkeys(SLOTS, 1), months=dict.fromkeys(range(1, 13), 1))
    assert [
        fitting.covered(figures, fitting.outcome(
                figures, LEVEL, mode, months=frozenset([7, 8, 9])))
        for mode in ['full_time', 'seasonal', 'on_call']] == [1, .25, 0]
