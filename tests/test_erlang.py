# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Erlang C against published values, to three digits"
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.tthcc_staffing.erlang import (
    erlang_c, mean_wait, served_within)


def digits(value):
    return float(f'{value:.3g}')


# Mitan Ltd, "The Erlang-C Formula" (www.mitan.co.uk/erlang/elgcmath.htm): 360
# calls in half an hour of 240 seconds each, 55 agents, a target of 15 seconds
def test_call_centre():
    load = 360 / 1800 * 240
    assert digits(load) == 48
    assert digits(erlang_c(55, load)) == .239
    assert digits(served_within(55, load, 240, 15)) == .846


# D. Gross and C. M. Harris, "Fundamentals of Queueing Theory" (Wiley, 3rd
# edition 1998), the M/M/c queue, example 2.2: an eye clinic, 6 patients an
# hour, 20 minutes each, 3 doctors
def test_clinic():
    assert digits(erlang_c(3, 2)) == .444
    assert digits(mean_wait(3, 2, 20)) == 8.89


# Call Centre Helper, "Erlang C Formula – Made Simple With an Easy Worked
# Example" (www.callcentrehelper.com): 100 calls in half an hour
# of 180 seconds each, a target of 20 seconds, 14 agents
def test_worked_example():
    assert digits(erlang_c(14, 10)) == .174
    assert digits(served_within(14, 10, 180, 20)) == .888


@given(st.floats(0.01, .99), st.floats(0, 60))
def test_one_officer(load, limit):
    "With one officer there is a formula without sums (M/M/1)"
    assert erlang_c(1, load) == pytest.approx(load)
    assert mean_wait(1, load, 10) == pytest.approx(load * 10 / (1 - load))
    assert served_within(1, load, 10, limit) == pytest.approx(
        1 - load * math.exp(-(1 - load) * limit / 10))


@given(st.integers(1, 20), st.floats(.01, 30))
def test_one_more_officer(officers, load):
    assert erlang_c(officers + 1, load) <= erlang_c(officers, load) <= 1
    assert (
        served_within(officers, load, 10, 5)
        <= served_within(officers + 1, load, 10, 5))


def test_overload():
    assert erlang_c(2, 2) == 1
    assert mean_wait(2, 2, 10) == math.inf
    assert served_within(2, 3, 10, 60) == 0
    assert served_within(2, 1, 10, -1) == 0
