# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The one clock: all code, and every SQL parameter, takes the time here."""

import datetime as dt
from contextlib import contextmanager

from trytond.tools import timezone as tz

TIMEZONE = 'Asia/Ho_Chi_Minh'
"Used where a company names no timezone: Vietnam has only one."

_standing_at = None


def now():
    "The current moment: naive, in UTC, without microseconds."
    moment = _standing_at
    if moment is None:
        moment = dt.datetime.now(tz.UTC).replace(tzinfo=None)
    return moment.replace(microsecond=0)


def today(timezone=None):
    "The current date in the timezone of that name, Vietnam's by default."
    return to_local(now(), timezone).date()


def to_local(moment, timezone=None):
    "The local time, naive, of a naive UTC moment."
    moment = moment.replace(tzinfo=tz.UTC)
    return moment.astimezone(
        tz.get_tzinfo(timezone or TIMEZONE)).replace(tzinfo=None)


def to_utc(moment, timezone=None):
    "The UTC moment, naive, of a naive local time."
    moment = moment.replace(tzinfo=tz.get_tzinfo(timezone or TIMEZONE))
    return moment.astimezone(tz.UTC).replace(tzinfo=None)


@contextmanager
def moved_to(moment):
    """Make time stand still at the naive UTC moment, in the whole process.

    Only for tests and for the loader of the demo.
    """
    global _standing_at
    previous, _standing_at = _standing_at, moment
    try:
        yield
    finally:
        _standing_at = previous
