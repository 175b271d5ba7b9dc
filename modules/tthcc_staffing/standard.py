# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt
from types import SimpleNamespace

from sql import Literal, Null, Window
from sql.conditionals import Case, Coalesce
from sql.functions import Lead

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.transaction import without_check_access

from .exceptions import StandardError
from .workload import LATER, epoch


def _at_least(name, least):
    return [(name, '>=', least)]


def _percent(name):
    return [(name, '>=', 0), (name, '<=', 100)]


class Standard(ModelSQL, ModelView):
    "Định mức phục vụ tại quầy (by what workload and postings are judged)"
    __name__ = 'tthcc.staffing.standard'

    start_date = fields.Date("From", required=True)
    source = fields.Char(
        "Source", required=True, translate=True,
        help="The decision that sets these figures.")
    reception_minutes = fields.Integer(
        "Minutes for a Reception", required=True,
        domain=_at_least('reception_minutes', 1),
        help="Counted where nobody knows when the reception window was "
        "opened.")
    longest_minutes = fields.Integer(
        "Most Minutes for a Reception", required=True,
        domain=_at_least('longest_minutes', 1),
        help="A window that stood open for longer counts as this much.")
    return_minutes = fields.Integer(
        "Minutes for a Return", required=True,
        domain=_at_least('return_minutes', 1),
        help="Counted for each result given back at the counter.")
    wait_minutes = fields.Integer(
        "Wait at Most (minutes)", required=True,
        domain=_at_least('wait_minutes', 0))
    served_percent = fields.Integer(
        "Served Within, %", required=True, domain=_percent('served_percent'),
        help="So many of the citizens must be served within that wait.")
    lost_percent = fields.Integer(
        "Lost at Most, %", required=True, domain=_percent('lost_percent'),
        help="So many of the citizens may come while nobody is there.")
    response_minutes = fields.Integer(
        "On Call Within (minutes)", required=True,
        domain=_at_least('response_minutes', 0),
        help="How long who is on call takes to reach the counter.")
    full_time_percent = fields.Integer(
        "Full Time from a Use of, %", required=True,
        domain=_percent('full_time_percent'),
        help="An officer who serves for that part of the time open or longer "
        "is there full time.")
    shared_percent = fields.Integer(
        "Shared up to a Use of, %", required=True,
        domain=_percent('shared_percent'),
        help="One officer may receive for several departments while their "
        "work fills no more than that part of the time open.")
    season_percent = fields.Integer(
        "Season from, %", required=True,
        domain=_at_least('season_percent', 100),
        help="A month belongs to the season when that many citizens come, "
        "of those of a usual month.")
    least_weeks = fields.Integer(
        "Least Weeks", required=True, domain=_at_least('least_weeks', 1),
        help="Nothing is recommended on figures of fewer weeks.")
    least_visits = fields.Integer(
        "Least Visits", required=True, domain=_at_least('least_visits', 1),
        help="Nothing is recommended on fewer visits.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('start_date', 'DESC'), ('id', 'DESC')]
        cls._sql_constraints += [
            ('start_date_unique', Unique(t, t.start_date),
                'tthcc_staffing.msg_standard_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.start_date, Index.Range())))

    def get_rec_name(self, name):
        lang = Pool().get('ir.lang').get()
        return lang.strftime(self.start_date)

    @classmethod
    def at(cls, date):
        "Return the standard in force on the date; StandardError if none is"
        with without_check_access():
            standards = cls.search(
                [('start_date', '<=', date)],
                order=[('start_date', 'DESC')], limit=1)
        if not standards:
            raise StandardError(gettext(
                    'tthcc_staffing.msg_standard_missing', date=str(date)))
        return standards[0]

    @classmethod
    def since(cls, first, moment):
        """Return the minutes of the standard in force at the moment, an SQL
        expression, which is never before the local day first"""
        with without_check_access():
            standards = cls.search([], order=[('start_date', 'DESC')])
        later = [s for s in standards if s.start_date > first]
        until_first = standards[len(later):][:1]

        def figure(name):
            *cases, else_ = [
                *[(moment >= s.start_at, getattr(s, name)) for s in later],
                getattr(until_first[0], name) if until_first else Null]
            return Case(*cases, else_=else_) if cases else Literal(else_)
        return SimpleNamespace(**{
                name: figure(name) for name in [
                    'reception_minutes', 'longest_minutes',
                    'return_minutes']})

    @property
    def start_at(self):
        "The moment in UTC from which it is in force"
        return clock.to_utc(dt.datetime.combine(self.start_date, dt.time.min))

    @classmethod
    def periods(cls):
        """Return the query of the standards with start_day and end_day, the
        day from which the next one is in force, as numbers of days"""
        t = cls.__table__()

        def day(date):
            return epoch(date) / 86400
        return t.select(
            t.reception_minutes, t.longest_minutes, t.return_minutes,
            day(t.start_date).as_('start_day'),
            Coalesce(
                day(Lead(t.start_date, window=Window(
                            [], order_by=[t.start_date]))),
                LATER).as_('end_day'))
