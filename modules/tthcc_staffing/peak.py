# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt

from sql import Union
from sql.aggregate import Sum

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc_dossier.months import month_of
from trytond.pool import Pool

from .asked import once
from .workload import Period, bigint


class Peak(ModelSQL, ModelView):
    """At what time of the day, the week and the year citizens come to the
    counter (giờ cao điểm)"""
    __name__ = 'tthcc.workload.peak'

    group = fields.Integer("Group")
    what = fields.Function(fields.Char("When"), 'get_what')
    visits = fields.Integer(
        "Visits", help="To file in person, or to fetch a result.")
    hours = fields.Float(
        "Hours at the Counter", digits=(9, 1),
        help="The time these visits took.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'ASC')]

    @classmethod
    def table_query(cls):
        rows = Union(*cls._parts(Period()), all_=True)
        return once(cls, rows.select(
            (rows.group + 1).as_('id'), rows.group.as_('group'),
            cls.visits.sql_cast(Sum(rows.visits)).as_('visits'),
            (cls.hours.sql_cast(Sum(rows.counter_seconds)) / 3600).as_(
                'hours'),
            group_by=rows.group))

    @classmethod
    def _parts(cls, period):
        "Yield the query of the sums by group, for each source of facts"
        Fact = Pool().get('tthcc.workload.peak.fact')
        for fact in Fact.sources(period):
            rows = fact.select(
                cls._group(period, fact).as_('group'),
                fact.visits, fact.counter_seconds,
                where=period.visible(Fact, fact)
                & (fact.month >= month_of(period.first))
                & (fact.month <= month_of(period.last)))
            yield rows.select(
                rows.group, Sum(rows.visits).as_('visits'),
                bigint(Sum(rows.counter_seconds)).as_('counter_seconds'),
                group_by=rows.group)

    @classmethod
    def _group(cls, period, fact):
        if period.by == 'season':
            return fact.month % 100
        elif period.by == 'month':
            return fact.month
        elif period.by == 'hour':
            return fact.hour
        return fact.weekday

    @classmethod
    def get_what(cls, rows, name):
        by = Period().by
        # Reading the group would count once more, without the rights
        groups = {r.id: r.id - 1 for r in rows}
        if by == 'season':
            return {i: f'{month:02}' for i, month in groups.items()}
        elif by == 'month':
            return {
                i: f'{month % 100:02}/{month // 100}'
                for i, month in groups.items()}
        elif by == 'hour':
            return {
                i: f'{dt.time(hour):%H:%M}' for i, hour in groups.items()}
        weekdays = dict(
            Pool().get('tthcc.calendar.period').fields_get(
                ['weekday'])['weekday']['selection'])
        return {i: weekdays[str(day)] for i, day in groups.items()}


class PeakContext(ModelView):
    "Which time to look at, and of which months"
    __name__ = 'tthcc.workload.peak.context'

    start_date = fields.Date(
        "From Month", required=True, help="Any day of the first month.")
    end_date = fields.Date(
        "To Month", required=True, help="Any day of the last month.")
    by = fields.Selection([
            ('weekday', "Weekday"),
            ('hour', "Hour"),
            ('season', "Month of the Year"),
            ('month', "Month"),
            ], "By", required=True, sort=False)
    of_centre = fields.Many2One('tthcc.centre', "Centre")
    of_department = fields.Many2One('tthcc.department', "Department")

    @staticmethod
    def default_start_date():
        return Pool().get('tthcc.workload.context').default_start_date()

    @staticmethod
    def default_end_date():
        return Pool().get('tthcc.workload.context').default_end_date()

    @staticmethod
    def default_by():
        return 'weekday'
