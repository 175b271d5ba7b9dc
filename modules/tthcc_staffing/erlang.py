# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""How long people wait at a counter, as pure functions (Erlang C).

People come at random to one queue and are served by so many officers, each
service taking a random time of a known mean (M/M/c; A. K. Erlang, "Løsning af
nogle Problemer fra Sandsynlighedsregningen af Betydning for de automatiske
Telefoncentraler", 1917).  The load is arrivals × mean service time over the
time open, all in one unit: so many officers are busy on average.  Who cannot
be served at once waits; nobody gives up.
"""

import math

__all__ = ['erlang_c', 'mean_wait', 'served_within']


def _erlang_b(officers, load):
    "The share that finds all busy if nobody waited, by its recurrence"
    blocked = 1.0
    for n in range(1, officers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(officers, load):
    """Return the share, from 0 to 1, of those who have to wait.

    officers: how many serve, an integer; load: how many are busy on average

    Where there are not more officers than load the queue only grows, and
    everybody waits."""
    if officers <= load:
        return 1.0
    blocked = _erlang_b(officers, load)
    return blocked / (1 - load / officers * (1 - blocked))


def mean_wait(officers, load, service):
    """Return how long people wait on average, in the unit of service, the
    mean time of a service; infinity where the queue only grows."""
    if officers <= load:
        return math.inf
    return erlang_c(officers, load) * service / (officers - load)


def served_within(officers, load, service, limit):
    """Return the share, from 0 to 1, of those who wait at most limit, in the
    unit of service; 0 where the queue only grows, or limit is negative."""
    if officers <= load or limit < 0:
        return 0.0
    return 1 - erlang_c(officers, load) * math.exp(
        -(officers - load) * limit / service)
