# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Monthly statistics: what came, what became of it, what is left.

Two table queries.  The fact says of each dossier in which month it was
received, finished, or open at the end; it knows no user and no period, so that
it can be materialised.  The statistics sum it up as the user asks.
"""

from sql import Cast, Column, Literal, Null, Union, Window, With
from sql.aggregate import Count, Min, Sum
from sql.conditionals import Case, Coalesce, NullIf
from sql.functions import (
    AtTimeZone, CurrentTimestamp, Extract, Round, RowNumber)

from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import PYSONEncoder
from trytond.transaction import Transaction, without_check_access

from . import classes
from .materialized import MaterializedMixin
from .months import end_month, month_of, previous_month

RECEIVED = ['in_person', 'post', 'online']
DONE = ['early', 'on_time', 'late', 'no_term']
ENDED = ['not_eligible', 'not_resolved', 'withdrawn']
OPEN = ['in_term', 'overdue', 'waiting', 'open_no_term']


class Fact(MaterializedMixin, ModelSQL):
    "In which month a dossier was received, finished, or open"
    __name__ = 'tthcc.dossier.monthly.fact'

    month = fields.Integer("Month", help="As YYYYMM.")
    kind = fields.Selection([
            ('received', "Received"),
            ('finished', "Finished"),
            ('open', "Open at the End"),
            ], "Kind")
    figure = fields.Char("Figure")
    number = fields.Integer("Number")
    centre = fields.Many2One('tthcc.centre', "Centre")
    resolver = fields.Many2One('company.company', "Resolving Committee")
    field = fields.Many2One('tthcc.procedure.field', "Field")
    procedure = fields.Many2One('tthcc.procedure', "Procedure")
    department = fields.Many2One('tthcc.department', "Department")
    officer = fields.Many2One('company.employee', "Receiving Officer")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        if cls._table_query_materialized():
            t = cls.__table__()
            cls._sql_indexes.add(
                Index(t, (t.month, Index.Range()), (t.centre, Index.Range())))

    @classmethod
    def table_query(cls):
        dossier = Pool().get('tthcc.dossier').__table__()
        now, this_month = cls._now()
        months = With('month', recursive=True)
        months.query = Union(
            dossier.select(
                Min(dossier.received_month),
                where=dossier.state != Literal('voided')),
            months.select(
                _next_month(months.month), where=months.month < this_month),
            all_=True)
        rows = Union(
            cls._received(), cls._finished(now),
            cls._open(months, now, this_month), all_=True)
        columns = [
            getattr(rows, name) for name in [
                'month', 'kind', 'figure', 'centre', 'resolver', 'field',
                'procedure', 'department', 'officer']]
        if cls._table_query_materialized():
            return rows.select(
                RowNumber(window=Window([])).as_('id'),
                Count(Literal('*')).as_('number'), *columns,
                group_by=columns, with_=[months])
        return rows.select(
            rows.dossier.as_('id'), Literal(1).as_('number'), *columns,
            with_=[months])

    @classmethod
    def _now(cls):
        """Return the current moment and month in SQL: of the clock, or of
        the refresh when the facts are materialised"""
        if not cls._table_query_materialized():
            return Literal(clock.now()), Literal(month_of(clock.today()))
        local = AtTimeZone(CurrentTimestamp(), clock.TIMEZONE)
        return AtTimeZone(CurrentTimestamp(), 'UTC'), cls.month.sql_cast(
            Extract('YEAR', local) * 100 + Extract('MONTH', local))

    @classmethod
    def _received(cls):
        pool = Pool()
        case = pool.get('tthcc.procedure.case').__table__()
        dossier = pool.get('tthcc.dossier').__table__()
        return cls._rows(
            dossier,
            dossier.join(case, 'LEFT', condition=dossier.case == case.id),
            dossier.received_month, 'received',
            # Refused at the counter before a case was chosen
            Coalesce(case.channel, Literal('in_person')),
            dossier.received_month != Null)

    @classmethod
    def _finished(cls, now):
        dossier = Pool().get('tthcc.dossier').__table__()
        conditions = classes.conditions(dossier, now)
        return cls._rows(
            dossier, dossier, dossier.finished_month, 'finished',
            Case(*[(conditions[c], Literal(c)) for c in DONE + ENDED]),
            (dossier.finished_month != Null)
            & (dossier.received_month != Null))

    @classmethod
    def _open(cls, months, now, this_month):
        """Select what was open at the end of each month, and how it stood
        there; for the month under way, how it stands now"""
        pool = Pool()
        PastStanding = pool.get('tthcc.dossier.past_standing')
        dossier = pool.get('tthcc.dossier').__table__()
        past = PastStanding.__table__()
        waiting = Case(
            (past.id != Null, past.waiting),
            else_=dossier.state.in_(classes.WAITING))
        due_month = Case(
            (past.id != Null, past.due_month), else_=dossier.due_month)
        overdue = Case(
            (months.month == this_month, dossier.due < now),
            else_=due_month <= months.month)
        return cls._rows(
            dossier,
            months
            .join(dossier,
                condition=(dossier.received_month <= months.month)
                & (end_month(dossier) > months.month)
                # Implied, but says which index to take
                & (end_month(dossier) > dossier.received_month))
            .join(past, 'LEFT',
                condition=(past.dossier == dossier.id)
                & (past.first_month <= months.month)
                & (past.last_month >= months.month)),
            months.month, 'open',
            Case(
                (waiting, Literal('waiting')),
                (due_month == Null, Literal('open_no_term')),
                (overdue, Literal('overdue')),
                else_=Literal('in_term')),
            Literal(True))

    @classmethod
    def _rows(cls, dossier, from_, month, kind, figure, where):
        "Select a row for each dossier that counts in a month"
        revision = Pool().get('tthcc.procedure.revision').__table__()
        return from_.join(revision, 'LEFT',
            condition=dossier.revision == revision.id).select(
            dossier.id.as_('dossier'),
            month.as_('month'),
            Literal(kind).as_('kind'),
            # Of one type in all, or PostgreSQL reads what nobody asks for
            cls.figure.sql_cast(figure).as_('figure'),
            dossier.centre.as_('centre'),
            dossier.resolver.as_('resolver'),
            revision.field.as_('field'),
            dossier.procedure.as_('procedure'),
            dossier.lead_department.as_('department'),
            dossier.received_by.as_('officer'),
            where=(dossier.state != Literal('voided')) & where)


def _next_month(month):
    "Return the SQL of the month after the column"
    return Case((month % 100 == 12, month + 89), else_=month + 1)


def _opens(figure):
    "Return a button that lists the dossiers behind a figure"
    def open_(cls, rows):
        if rows:
            return rows[0]._list(figure)
    open_.__name__ = f'list_{figure}'
    return classmethod(ModelView.button_action(
            'tthcc_dossier.act_dossier_of_figure')(open_))


class Statistics(ModelSQL, ModelView):
    """What came in the months, what became of it and what is left, by month,
    centre, field, procedure, department or officer (thống kê hồ sơ)"""
    __name__ = 'tthcc.dossier.monthly'

    # No id of a record, since it may be none
    group = fields.Integer("Group")
    what = fields.Function(fields.Char("Name"), 'get_what')
    carried = fields.Integer(
        "Carried Over", help="Open when the first month began.")
    received = fields.Integer(
        "Received",
        help="In these months, those refused at reception among them.")
    in_person = fields.Integer("In Person")
    post = fields.Integer("Post")
    online = fields.Integer("Online")
    finished = fields.Integer("Finished")
    early = fields.Integer("Early")
    on_time = fields.Integer("On Time")
    late = fields.Integer("Late")
    no_term = fields.Integer(
        "No Term", help="Resolved, where the procedure states no term.")
    not_eligible = fields.Integer(
        "Not Eligible", help="Refused at reception.")
    not_resolved = fields.Integer(
        "Not Resolved", help="Rejected, or not supplemented in time.")
    withdrawn = fields.Integer("Withdrawn")
    open = fields.Integer(
        "Open at the End", help="Of the last month, or now.")
    in_term = fields.Integer("In Term")
    overdue = fields.Integer("Overdue")
    waiting = fields.Integer(
        "Waiting", help="The clock was stopped at the end.")
    open_no_term = fields.Integer("Open, No Term")
    rate_finished = fields.Float(
        "On Time of Finished, %", digits=(3, 1),
        help="Early and on time, of early, on time and late.")
    rate_received = fields.Float(
        "On Time of Received, %", digits=(3, 1),
        help="Early and on time, of all carried over and received that have "
        "a term, except those not eligible (Decree 61/2018/NĐ-CP, "
        "art. 30.2).")
    rate_portal = fields.Float(
        "On Time or In Term, %", digits=(3, 1),
        help="Early, on time and in term, of these, late and overdue, as the "
        "national portal counts.")

    list_carried = _opens('carried')
    list_received = _opens('received')
    list_in_person = _opens('in_person')
    list_post = _opens('post')
    list_online = _opens('online')
    list_finished = _opens('finished')
    list_early = _opens('early')
    list_on_time = _opens('on_time')
    list_late = _opens('late')
    list_no_term = _opens('no_term')
    list_not_eligible = _opens('not_eligible')
    list_not_resolved = _opens('not_resolved')
    list_withdrawn = _opens('withdrawn')
    list_open = _opens('open')
    list_in_term = _opens('in_term')
    list_overdue = _opens('overdue')
    list_waiting = _opens('waiting')
    list_open_no_term = _opens('open_no_term')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'ASC')]
        cls._buttons.update({
                f'list_{figure}': {} for figure in [
                    'carried', 'received', 'finished', 'open',
                    *RECEIVED, *DONE, *ENDED, *OPEN]})

    @classmethod
    def table_query(cls):
        period = Period()
        by_month = period.group_by == 'month'
        # First as few rows as there are figures, then these side by side
        count = With(query=cls._counts(period))

        def at(month):
            return Literal(by_month) | (count.month == month)

        is_open = count.kind == Literal('open')
        rows = Union(
            count.select(
                count.group, count.kind, count.figure, count.number,
                where=(count.month >= period.first)
                & (~is_open | at(period.last))),
            # What one month leaves open the next carries over
            count.select(
                _next_month(count.month) if by_month else count.group,
                Literal('carried'), Literal('carried'), count.number,
                where=is_open & (count.month < period.last)
                & at(previous_month(period.first))),
            all_=True)

        def number(condition):
            return cls.received.sql_cast(Sum(
                    Case((condition, rows.number), else_=Literal(0))))
        sums = rows.select(
            rows.group,
            *[number(rows.kind == kind).as_(kind)
                for kind in ['carried', 'received', 'finished', 'open']],
            *[number(
                    (rows.kind == kind) & (rows.figure == figure)).as_(figure)
                for kind, figures in [
                    ('received', RECEIVED), ('finished', DONE + ENDED),
                    ('open', OPEN)]
                for figure in figures],
            group_by=rows.group, with_=[count])
        in_time = sums.early + sums.on_time
        return sums.select(
            (Coalesce(sums.group, 0) + 1).as_('id'),
            *[Column(sums, name) for name in [
                    'group', 'carried', 'received', 'finished', 'open',
                    *RECEIVED, *DONE, *ENDED, *OPEN]],
            cls._rate(in_time, in_time + sums.late).as_('rate_finished'),
            cls._rate(
                in_time,
                sums.carried + sums.received - sums.not_eligible
                - sums.no_term - sums.open_no_term).as_('rate_received'),
            cls._rate(
                in_time + sums.in_term,
                in_time + sums.in_term + sums.late + sums.overdue,
                ).as_('rate_portal'))

    @classmethod
    def _counts(cls, period):
        """Select the number of each figure by group and month, with what was
        open when the first month began"""
        pool = Pool()
        Fact = pool.get('tthcc.dossier.monthly.fact')
        Rule = pool.get('ir.rule')
        fact = Fact.__table__()
        _, visible = Fact.search_domain(
            [Rule.domain_get(Fact.__name__), period.fact_domain()],
            tables={None: (fact, None)})
        before = previous_month(period.first)
        columns = [
            getattr(fact, period.group_by).as_('group'),
            fact.month, fact.kind, fact.figure]
        return fact.select(
            *columns, Sum(fact.number).as_('number'),
            where=visible
            & (fact.month >= before) & (fact.month <= period.last)
            & Case(
                (fact.kind != Literal('open'), fact.month >= period.first),
                else_=Literal(period.group_by == 'month')
                | fact.month.in_([before, period.last])),
            group_by=[
                getattr(fact, period.group_by),
                fact.month, fact.kind, fact.figure])

    @classmethod
    def _rate(cls, part, whole):
        # As the screen rounds it, which else takes the row for changed
        return cls.rate_finished.sql_cast(
            Round(Cast(part * 100. / NullIf(whole, 0), 'NUMERIC'), 1))

    def get_rec_name(self, name):
        return self.what

    @classmethod
    def get_what(cls, rows, name):
        period = Period()
        if period.group_by == 'month':
            return {
                r.id: f'{r.group % 100:02}/{r.group // 100}' for r in rows}
        Target = getattr(
            Pool().get('tthcc.dossier.monthly.fact'),
            period.group_by).get_target()
        with without_check_access():
            names = {
                # Centres of a province begin all with the same words
                t.id: getattr(t, 'short_name', None) or t.rec_name
                for t in Target.browse([r.group for r in rows if r.group])}
        return {r.id: names.get(r.group, '–') for r in rows}

    def _list(self, figure):
        "Return what makes the list of dossiers that behind the figure"
        label = self.fields_get([figure])[figure]['string']
        return {
            'name': f'{label} – {self.what}',
            'pyson_domain': PYSONEncoder().encode(
                Period().dossier_domain(figure, self.group)),
            }


class Context(ModelView):
    "Which months, and by what to group"
    __name__ = 'tthcc.dossier.monthly.context'

    from_date = fields.Date(
        "From Month", required=True, help="Any day of the first month.")
    to_date = fields.Date(
        "To Month", required=True, help="Any day of the last month.")
    group_by = fields.Selection([
            ('month', "Month"),
            ('centre', "Centre"),
            ('field', "Field"),
            ('procedure', "Procedure"),
            ('department', "Department"),
            ('officer', "Receiving Officer"),
            ], "By", required=True, sort=False)
    of_centre = fields.Many2One('tthcc.centre', "Centre")
    of_field = fields.Many2One('tthcc.procedure.field', "Field")

    @staticmethod
    def default_from_date():
        return clock.today().replace(day=1)

    @staticmethod
    def default_to_date():
        return clock.today()

    @staticmethod
    def default_group_by():
        centres, _ = Pool().get('res.user').get_workplace()
        return 'field' if len(centres) == 1 else 'centre'


class Period:
    "What the context of the statistics asks for"

    # The path from a dossier to what it is grouped by
    paths = {
        'centre': 'centre',
        'field': 'revision.field',
        'procedure': 'procedure',
        'department': 'lead_department',
        'officer': 'received_by',
        }

    def __init__(self):
        context = Transaction().context
        self.now = month_of(clock.today())
        self.group_by = context.get('group_by') or Context.default_group_by()
        self.first = month_of(
            context.get('from_date') or Context.default_from_date())
        self.last = min(self.now, month_of(
                context.get('to_date') or Context.default_to_date()))
        self.filters = [
            (name, context['of_' + name])
            for name in ['centre', 'field'] if context.get('of_' + name)]

    def fact_domain(self):
        return [(name, '=', value) for name, value in self.filters]

    def dossier_domain(self, figure, group):
        """Return the domain of the dossiers behind the figure of the group,
        None for those without one"""
        domain = [
            ('state', '!=', 'voided'),
            *[(self.paths[name], '=', value) for name, value in self.filters],
            ]
        first, last = self.first, self.last
        if self.group_by == 'month':
            first = last = group
        elif self.group_by == 'field' and not group:
            domain.append(('revision', '=', None))
        else:
            domain.append((self.paths[self.group_by], '=', group))
        return domain + self._figure_domain(figure, first, last)

    def _figure_domain(self, figure, first, last):
        received = [
            ('received_month', '>=', first), ('received_month', '<=', last)]
        finished = [
            ('finished_month', '>=', first), ('finished_month', '<=', last)]
        if figure == 'carried':
            return self._open_at_end(previous_month(first))
        elif figure == 'received':
            return received
        elif figure == 'in_person':
            return received + [['OR',
                    ('case.channel', '=', figure), ('case', '=', None)]]
        elif figure in RECEIVED:
            return received + [('case.channel', '=', figure)]
        elif figure == 'finished':
            return finished
        elif figure in DONE + ENDED:
            return finished + [('class_', '=', figure)]
        elif figure == 'open':
            return self._open_at_end(last)
        return self._open_at_end(last) + [self._standing(figure, last)]

    def _open_at_end(self, month):
        return [
            ('received_month', '<=', month),
            ['OR',
                ('finished_month', '=', None),
                ('finished_month', '>', month)],
            ]

    def _standing(self, figure, month):
        "The domain of what stood so at the end of the month, or stands now"
        if month == self.now:
            return [('class_', 'in', {
                        'in_term': ['not_due', 'due_soon'],
                        'open_no_term': ['no_term'],
                        }.get(figure, [figure]))]
        then = [
            ('first_month', '<=', month), ('last_month', '>=', month)]
        due = {
            'in_term': [('due_month', '>', month)],
            'overdue': [('due_month', '<=', month)],
            'open_no_term': [('due_month', '=', None)],
            'waiting': [],
            }[figure]
        waiting = figure == 'waiting'
        return ['OR',
            [('past_standings', 'where', [
                        *then, ('waiting', '=', waiting), *due])],
            [('past_standings', 'not where', then),
                ('state', 'in' if waiting else 'not in', classes.WAITING),
                *due],
            ]
