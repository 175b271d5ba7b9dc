# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""How much work comes, when, and how long it takes.

Like the monthly statistics two table queries: facts, which know no user and
may be materialised, and what sums them up as the user asks.  A day is the
number of local days since 1970, a whole number in both databases.
"""

import datetime as dt

from dateutil.relativedelta import relativedelta
from sql import Cast, Column, Literal, Null, Union, Window
from sql.aggregate import Count, Sum
from sql.conditionals import Case, Coalesce, Least, NullIf
from sql.functions import DatePart, Extract, RowNumber

from trytond import backend
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc_dossier.classes import OPEN
from trytond.modules.tthcc_dossier.materialized import MaterializedMixin
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

from .asked import once

_EPOCH = dt.date(1970, 1, 1)
# After every day and month that is asked for
LATER = 999_999
# What to group by, and how to write its first day
_TIMES = {
    'day': '%d/%m/%Y', 'week': '%d/%m/%Y', 'month': '%m/%Y', 'year': '%Y'}


def day_number(date):
    "Return the number of a date, as facts have it"
    return (date - _EPOCH).days


def seconds(moment):
    "Return the SQL of the local seconds since 1970 of a UTC moment"
    now = clock.now()
    offset = (clock.to_local(now) - now) // dt.timedelta(seconds=1)
    return epoch(moment) + offset


def epoch(moment):
    "Return the SQL of the seconds since 1970 of a moment, a date or a delta"
    # Of PostgreSQL EXTRACT makes a number of any length, which is slow
    part = DatePart if backend.name == 'postgresql' else Extract
    return Cast(part('EPOCH', moment), 'BIGINT')


def counter_time(dossier, case, standard):
    """Return SQL of whether the citizen came to the counter to file, and of
    the seconds that took: since the window was opened, no longer than the
    standard has it, or what the standard says where that is not known"""
    # Refused at the counter before a case was chosen
    came = Coalesce(case.channel, Literal('in_person')) == Literal('in_person')
    taken = Case(
        (dossier.opened_at == Null, standard.reception_minutes * 60),
        else_=Least(
            seconds(dossier.received_at) - seconds(dossier.opened_at),
            standard.longest_minutes * 60))
    return came, taken


def at_counter(moment, period):
    """Return the dossiers whose column moment is in the period, with case
    and standard of that day, as join and its tables"""
    pool = Pool()
    Standard = pool.get('tthcc.staffing.standard')
    dossier = pool.get('tthcc.dossier').__table__()
    case = pool.get('tthcc.procedure.case').__table__()
    column = Column(dossier, moment)
    where = (column != Null) & (dossier.state != Literal('voided'))
    join = dossier.join(case, 'LEFT', condition=dossier.case == case.id)
    if period.since:
        where &= column >= period.since
        # Cheaper than a join for each dossier
        standard = Standard.since(period.first, column)
    else:
        day = seconds(column) / 86400
        standard = Standard.periods()
        join = join.join(standard, 'LEFT',
            condition=(standard.start_day <= day) & (day < standard.end_day))
    return join, dossier, case, standard, where


class FactMixin(MaterializedMixin, ModelSQL):
    "Facts about the work, as one row each or, when materialised, by group"

    centre = fields.Many2One('tthcc.centre', "Centre")
    resolver = fields.Many2One('company.company', "Resolving Committee")
    department = fields.Many2One('tthcc.department', "Department")

    _groups = ()
    _sums = ()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        if cls._table_query_materialized():
            t = cls.__table__()
            cls._sql_indexes.add(
                Index(t,
                    (Column(t, cls._groups[0]), Index.Range()),
                    (t.centre, Index.Range())))

    @classmethod
    def sources(cls, period):
        """Return what to sum up of the period: the facts that are kept, or
        each kind of rows by itself, which lets PostgreSQL use all cores"""
        if cls._table_query_materialized():
            return [cls.__table__()]
        return list(cls._facts(period))

    @classmethod
    def table_query(cls):
        materialized = cls._table_query_materialized()
        rows = Union(*cls._facts(Period(whole=materialized)), all_=True)
        groups = [Column(rows, name) for name in cls._groups]
        if materialized:
            return rows.select(
                RowNumber(window=Window([])).as_('id'), *groups,
                *[Cast(Sum(Column(rows, name)), 'BIGINT').as_(name)
                    for name in cls._sums],
                group_by=groups)
        # The sums are of rows that need no id of their own
        return rows.select(
            Literal(1).as_('id'), *groups,
            *[Column(rows, name) for name in cls._sums])

    @classmethod
    def _select(cls, from_, where, dossier, **values):
        values = {
            'centre': dossier.centre,
            'resolver': dossier.resolver,
            'department': dossier.lead_department,
            **values}
        return from_.select(
            *[values.get(name, Literal(0)).as_(name)
                for name in [*cls._groups, *cls._sums]],
            where=where)


class Fact(FactMixin):
    "What came to a centre, was finished or was done by a department on a day"
    __name__ = 'tthcc.workload.fact'

    day = fields.Integer("Day")
    procedure = fields.Many2One('tthcc.procedure', "Procedure")
    officer = fields.Many2One('company.employee', "Officer")
    received = fields.Integer("Received")
    visits = fields.Integer("Visits")
    counter_seconds = fields.Integer("Seconds at the Counter")
    finished = fields.Integer("Finished")
    legs = fields.Integer("Legs")
    leg_seconds = fields.Integer("Seconds of Legs")
    open = fields.Integer("Open")

    _groups = [
        'day', 'centre', 'resolver', 'department', 'procedure', 'officer']
    _sums = [
        'received', 'visits', 'counter_seconds', 'finished', 'legs',
        'leg_seconds', 'open']

    @classmethod
    def _facts(cls, period):
        yield cls._received(period)
        yield cls._finished(period)
        yield cls._legs(period)
        yield cls._open()

    @classmethod
    def _of(cls, from_, where, dossier, **values):
        return cls._select(from_, where, dossier, **{
                'procedure': dossier.procedure,
                'officer': dossier.received_by,
                **values})

    @classmethod
    def _received(cls, period):
        join, dossier, case, standard, where = at_counter(
            'received_at', period)
        came, taken = counter_time(dossier, case, standard)
        return cls._of(
            join, where, dossier,
            day=seconds(dossier.received_at) / 86400,
            received=Literal(1),
            visits=Case((came, 1), else_=0),
            counter_seconds=Case((came, taken), else_=0))

    @classmethod
    def _finished(cls, period):
        dossier = Pool().get('tthcc.dossier').__table__()
        where = (
            (dossier.finished_at != Null) & (dossier.received_at != Null)
            & (dossier.state != Literal('voided')))
        if period.since:
            where &= dossier.finished_at >= period.since
        return cls._of(
            dossier, where, dossier,
            day=seconds(dossier.finished_at) / 86400, finished=Literal(1))

    @classmethod
    def _legs(cls, period):
        pool = Pool()
        dossier = pool.get('tthcc.dossier').__table__()
        step = pool.get('tthcc.dossier.step').__table__()
        where = (
            (step.ended_at != Null) & (step.department != Null)
            # Not voided, and says which index has all of the dossier
            & (dossier.received_month != Null)
            & (dossier.state != Literal('voided')))
        if period.since:
            where &= step.ended_at >= period.since
        return cls._of(
            step.join(dossier, condition=step.dossier == dossier.id),
            where, dossier,
            day=seconds(step.ended_at) / 86400,
            department=step.department,
            officer=step.ended_by,
            legs=Literal(1),
            leg_seconds=_worked_seconds(step.worked))

    @classmethod
    def _open(cls):
        dossier = Pool().get('tthcc.dossier').__table__()
        return cls._of(
            dossier,
            (dossier.finished_at == Null) & (dossier.received_month != Null)
            & dossier.state.in_(OPEN),
            dossier,
            # Today, after all that happened
            day=Literal(LATER), open=Literal(1))


def _worked_seconds(worked):
    return Coalesce(epoch(worked), 0)


class PeakFact(FactMixin):
    "How many citizens came to file or to fetch a result, at what time"
    __name__ = 'tthcc.workload.peak.fact'

    month = fields.Integer("Month", help="As YYYYMM.")
    weekday = fields.Integer("Weekday", help="0 is Monday.")
    hour = fields.Integer("Hour")
    visits = fields.Integer("Visits")
    counter_seconds = fields.Integer("Seconds at the Counter")

    _groups = [
        'month', 'weekday', 'hour', 'centre', 'resolver', 'department']
    _sums = ['visits', 'counter_seconds']

    @classmethod
    def _facts(cls, period):
        for join, dossier, moment, month, taken, where in cls._visits(period):
            yield cls._at(
                join, where, dossier, moment,
                month=month, counter_seconds=taken)

    @classmethod
    def _visits(cls, period):
        "Yield the parts of a query: of those who file, of those who fetch"
        join, dossier, case, standard, where = at_counter(
            'received_at', period)
        came, taken = counter_time(dossier, case, standard)
        yield (
            join, dossier, dossier.received_at, dossier.received_month,
            taken, where & came)
        join, dossier, case, standard, where = at_counter(
            'returned_at', period)
        yield (
            join, dossier, dossier.returned_at,
            # Offices work while the month of UTC is theirs
            Cast(
                Extract('YEAR', dossier.returned_at) * 100
                + Extract('MONTH', dossier.returned_at), 'INTEGER'),
            standard.return_minutes * 60,
            where & (dossier.return_method == Literal('centre')))

    @classmethod
    def came(cls, centre, first, end):
        """Return visits and their seconds by id of the department, from the
        local day first until before the day end"""
        result = {}
        cursor = Transaction().connection.cursor()
        with Transaction().set_context(start_date=first):
            period = Period()
        until = clock.to_utc(dt.datetime.combine(end, dt.time.min))
        for join, dossier, moment, _, taken, where in cls._visits(period):
            cursor.execute(*join.select(
                    dossier.lead_department, Count(dossier.id), Sum(taken),
                    where=where & (moment < until)
                    & (dossier.centre == centre.id),
                    group_by=dossier.lead_department))
            for department, number, seconds in cursor:
                visits, spent = result.get(department, (0, 0))
                result[department] = (
                    visits + number, spent + int(seconds or 0))
        return result

    @classmethod
    def _at(cls, from_, where, dossier, moment, **values):
        local = seconds(moment)
        return cls._select(
            from_, where, dossier,
            # 1970 began on a Thursday
            weekday=(local / 86400 + 3) % 7,
            hour=local / 3600 % 24,
            visits=Literal(1), **values)


class Period:
    "What the context asks for"

    def __init__(self, whole=False):
        """whole: all there is, for facts that are materialised"""
        context = Transaction().context
        self.by = context.get('by')
        self.first = context.get('start_date') or first_day()
        self.last = context.get('end_date') or clock.today()
        self.since = None if whole else clock.to_utc(
            dt.datetime.combine(self.first, dt.time.min))
        self.filters = [
            (name, '=', context['of_' + name])
            for name in ['centre', 'department'] if context.get('of_' + name)]

    def visible(self, Fact, fact):
        "Return the condition for the facts that the user may see"
        Rule = Pool().get('ir.rule')
        _, condition = Fact.search_domain(
            [Rule.domain_get(Fact.__name__), self.filters],
            tables={None: (fact, None)})
        return condition

    def starts(self, by):
        "Return the first days of the months or years in the period"
        month = 1 if by == 'year' else self.first.month
        step = relativedelta(
            years=by == 'year', months=by == 'month')
        day = self.first.replace(month=month, day=1)
        while day <= self.last:
            yield day
            day += step


def first_day():
    return clock.today() - relativedelta(months=2, day=1)


class Workload(ModelSQL, ModelView):
    """The dossiers received, finished and in work, and how long they take at
    the counter and in the departments (khối lượng công việc)"""
    __name__ = 'tthcc.workload'

    # No id of a record, since it may be none, a day or a month
    group = fields.Integer("Group")
    what = fields.Function(fields.Char("Name"), 'get_what')
    received = fields.Integer("Received")
    visits = fields.Integer(
        "At the Counter", help="Those filed in person.")
    finished = fields.Integer("Finished")
    in_work = fields.Integer(
        "In Work", help="Received and not finished, at the end.")
    counter_minutes = fields.Float(
        "Minutes at the Counter", digits=(5, 1),
        help="Of each that was filed in person, from opening the reception "
        "window to registering.")
    counter_hours = fields.Float(
        "Hours at the Counter", digits=(9, 1))
    legs = fields.Integer(
        "Legs of Departments", help="The legs that departments ended.")
    leg_hours = fields.Float(
        "Hours of a Leg", digits=(7, 1),
        help="The working time a department had each, pauses out.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'ASC')]

    @classmethod
    def table_query(cls):
        return once(cls, cls._rows(Period()))

    @classmethod
    def _rows(cls, period):
        parts = Union(*cls._parts(period), all_=True)
        names = [
            'received', 'visits', 'counter_seconds', 'finished', 'legs',
            'leg_seconds', 'left']
        parts = parts.select(
            cls._group(period, parts.group).as_('group'),
            *[Column(parts, name) for name in names])
        sums = parts.select(
            parts.group,
            *[bigint(Sum(Column(parts, name))).as_(name) for name in names],
            group_by=parts.group)
        in_time = period.by in _TIMES
        in_work = sums.left
        if in_time:
            # What is open now, less what came later and more what went
            in_work = (
                Sum(sums.left, window=Window([], order_by=[sums.group.desc]))
                + sums.received - sums.finished)
        rows = sums.select(
            (Coalesce(sums.group, 0) + 1).as_('id'),
            sums.group, sums.received, sums.visits, sums.finished,
            cls.in_work.sql_cast(in_work).as_('in_work'),
            _each(sums.counter_seconds, sums.visits, 60).as_(
                'counter_minutes'),
            (cls.counter_hours.sql_cast(sums.counter_seconds) / 3600).as_(
                'counter_hours'),
            sums.legs,
            _each(sums.leg_seconds, sums.legs, 3600).as_('leg_hours'))
        return rows.select(
            *[Column(rows, name).as_(name) for name in [
                    'id', 'group', 'received', 'visits', 'finished',
                    'in_work', 'counter_minutes', 'counter_hours', 'legs',
                    'leg_hours']],
            where=((rows.group == Null) | (rows.group != LATER))
            & (rows.received + rows.finished + rows.legs + rows.in_work > 0))

    @classmethod
    def _parts(cls, period):
        """Yield the query of the sums, for each source of facts, by day or by
        what else is asked for"""
        Fact = Pool().get('tthcc.workload.fact')
        by = period.by or 'department'
        first, last = day_number(period.first), day_number(period.last)
        for fact in Fact.sources(period):
            where = period.visible(Fact, fact)
            if Fact._table_query_materialized():
                # The others begin there
                where &= fact.day >= first
            rows = fact.select(
                Column(fact, 'day' if by in _TIMES else by).as_('group'),
                fact.day,
                *[Column(fact, name) for name in Fact._sums],
                where=where)
            until = later = None
            if period.last < clock.today():
                until, later = rows.day <= last, rows.day > last
            left = Sum(rows.open)
            if by in _TIMES or later is not None:
                left -= _total(
                    rows.received - rows.finished,
                    None if by in _TIMES else later)
            yield rows.select(
                rows.group,
                *[_total(Column(rows, name), until).as_(name)
                    for name in Fact._sums if name != 'open'],
                bigint(left).as_('left'),
                group_by=rows.group)

    @classmethod
    def _group(cls, period, group):
        if period.by not in _TIMES:
            return group
        later = (group > day_number(period.last), LATER)
        if period.by == 'day':
            return Case(later, else_=group)
        elif period.by == 'week':
            # Of the Monday
            return Case(later, else_=group - (group + 3) % 7)
        return Case(later, *[
                (group >= day_number(start), day_number(start))
                for start in sorted(period.starts(period.by), reverse=True)],
            else_=LATER)

    @classmethod
    def get_what(cls, rows, name):
        by = Period().by or 'department'
        # Reading the group would count once more, without the rights
        groups = {r.id: r.id - 1 for r in rows}
        if by in _TIMES:
            return {
                id_: f'{_EPOCH + dt.timedelta(group):{_TIMES[by]}}'
                for id_, group in groups.items()}
        Target = getattr(
            Pool().get('tthcc.workload.fact'), by).get_target()
        with without_check_access():
            targets = Target.browse(list(filter(None, groups.values())))
            names = {
                t.id: getattr(t, 'short_name', None) or t.rec_name
                for t in targets}
            if (by == 'department'
                    and len({t.company for t in targets}) > 1):
                # They are called the same everywhere
                names = {
                    t.id: f'{t.rec_name}, {t.company.rec_name}'
                    for t in targets}
        return {
            id_: names.get(group, '–') for id_, group in groups.items()}


def _total(column, where):
    if where is not None:
        column = Case((where, column), else_=0)
    return bigint(Sum(column))


def bigint(sum_):
    # Of a year all seconds are more than an integer holds
    return Cast(sum_, 'BIGINT')


def _each(total, number, unit):
    return Workload.counter_hours.sql_cast(total) / NullIf(number, 0) / unit


class WorkloadContext(ModelView):
    "What to look at of the workload"
    __name__ = 'tthcc.workload.context'

    start_date = fields.Date("From", required=True)
    end_date = fields.Date("To", required=True)
    by = fields.Selection([
            ('department', "Department"),
            ('procedure', "Procedure"),
            ('officer', "Officer"),
            ('centre', "Centre"),
            ('day', "Day"),
            ('week', "Week"),
            ('month', "Month"),
            ('year', "Year"),
            ], "By", required=True, sort=False)
    of_centre = fields.Many2One('tthcc.centre', "Centre")
    of_department = fields.Many2One('tthcc.department', "Department")

    @staticmethod
    def default_start_date():
        return first_day()

    @staticmethod
    def default_end_date():
        return clock.today()

    @staticmethod
    def default_by():
        User = Pool().get('res.user')
        return 'centre' if len(User.get_companies()) > 1 else 'department'
