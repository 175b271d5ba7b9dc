# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Column, Literal, Null, Union
from sql.aggregate import Avg, Count
from sql.conditionals import Case, Coalesce

from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from . import clock


class Readiness(ModelSQL, ModelView):
    "Mức độ sẵn sàng hoạt động của trung tâm"
    __name__ = 'tthcc.centre.readiness'

    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    criterion = fields.Selection([
            ('decision', "Opening Decision"),
            ('date', "Planned or Actual Opening"),
            ('director', "Director"),
            ('regime', "Regime in Force"),
            ('calendar', "Days Off of the Year"),
            ('counter', "Counters"),
            ('staff', "Staff"),
            ], "Criterion", sort=False)
    criterion_string = criterion.translated('criterion')
    actual = fields.Integer("Actual")
    required = fields.Integer("Required")
    met = fields.Boolean("Met")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('centre')
        cls._order = [
            ('centre.name', 'ASC'),
            ('centre', 'ASC'),
            ('id', 'ASC'),
            ]

    def get_rec_name(self, name):
        return self.criterion_string

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('met'), '', 'danger')),
            ]

    @classmethod
    def table_query(cls):
        queries = []
        for i, (criterion, query) in enumerate(cls._criteria()):
            queries.append(query.select(
                    (query.centre * 1000 + i).as_('id'),
                    query.centre.as_('centre'),
                    cls.criterion.sql_cast(Literal(criterion)).as_(
                        'criterion'),
                    query.actual.as_('actual'),
                    query.required.as_('required'),
                    (query.actual >= query.required).as_('met')))
        return Union(*queries, all_=True)

    @classmethod
    def _criteria(cls):
        """
        Yield each criterion, a value of its selection, with a query of
        centre, actual and required, both integers.

        Every module adds its own.
        """
        pool = Pool()
        Counter = pool.get('tthcc.counter')
        Employee = pool.get('company.employee')
        Regime = pool.get('tthcc.centre.regime')

        yield 'decision', cls._filled('legal_basis')
        yield 'date', cls._filled('planned_date', 'opening_date')
        yield 'director', cls._filled('director')

        today = clock.today()
        regime = Regime.__table__()
        yield 'regime', cls._counted(
            regime,
            where=lambda centre: (
                (regime.start_date <= today)
                | (regime.start_date <= centre.planned_date)))

        yield 'calendar', cls._counted(cls._days_off(today))

        counter = Counter.__table__()
        yield 'counter', cls._counted(
            counter, where=lambda centre: counter.active == Literal(True))

        employee = Employee.__table__()
        yield 'staff', cls._counted(
            employee,
            where=lambda centre: (
                (Coalesce(employee.start_date, today) <= today)
                & (Coalesce(employee.end_date, today) >= today)))

    @classmethod
    def _filled(cls, *names):
        "Return the query of whether one of the fields of centres has a value"
        centre = Pool().get('tthcc.centre').__table__()
        value = Coalesce(*(
                Case((Column(centre, name) != Null, 1)) for name in names), 0)
        return centre.select(
            centre.id.as_('centre'),
            value.as_('actual'),
            Literal(1).as_('required'),
            where=centre.state != 'closed')

    @classmethod
    def _counted(cls, table, required=1, where=lambda centre: Literal(True)):
        "Return the query of how many rows of the table centres have"
        centre = Pool().get('tthcc.centre').__table__()
        return (centre
            .join(table, 'LEFT',
                condition=(table.centre == centre.id) & where(centre))
            .select(
                centre.id.as_('centre'),
                Count(table.id).as_('actual'),
                Literal(required).as_('required'),
                where=centre.state != 'closed',
                group_by=[centre.id]))

    @classmethod
    def _days_off(cls, today):
        "Return the query of the days off that centres know of this year"
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Day = pool.get('tthcc.calendar.day')
        centre = Centre.__table__()
        day = Day.__table__()
        return (day
            .join(centre, condition=centre.calendar == day.calendar)
            .select(
                day.id, centre.id.as_('centre'),
                where=(day.kind == 'off')
                & (day.date >= today.replace(month=1, day=1))
                & (day.date <= today.replace(month=12, day=31))))

    @classmethod
    def get_rates(cls, centres):
        "Return the share of met criteria of each centre by its id"
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        rates = dict.fromkeys(map(int, centres))
        cursor.execute(*table.select(
                table.centre,
                Avg(Case((table.met, 1.0), else_=0.0)),
                where=fields.SQL_OPERATORS['in'](table.centre, list(rates)),
                group_by=[table.centre]))
        rates.update(
            (centre, round(float(rate), 2)) for centre, rate in cursor)
        return rates
