# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Which procedures nobody at the centre can receive, and when."""

import datetime as dt
from collections import defaultdict

from sql import Literal, Values

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.calendar import WEEKDAYS
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

from .secondment import HALVES

_WEEKS = 4
_NAMED = 3


class CoverGap(ModelSQL, ModelView):
    """Half days of the week in which a procedure cannot be received (khoảng
    trống tiếp nhận)"""
    __name__ = 'tthcc.cover.gap'

    centre = fields.Many2One('tthcc.centre', "Centre")
    procedure = fields.Many2One('tthcc.procedure', "Procedure")
    weekday = fields.Selection(WEEKDAYS, "Weekday", sort=False)
    half = fields.Selection(HALVES, "Half Day", sort=False)
    first_date = fields.Date("First On")
    times = fields.Integer(
        "Times", help="On how many days of the weeks looked at.")
    on_call = fields.Boolean(
        "On Call", help="Somebody comes when called.")
    proposals = fields.Function(
        fields.Char("Could Cover",
            help="Substitutes named for it and people of the department, who "
            "are not on leave on the first day."),
        'get_proposals')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('on_call', 'ASC'), ('weekday', 'ASC'), ('half', 'ASC'),
            ('procedure', 'ASC'), ('id', 'ASC')]

    @classmethod
    def table_query(cls):
        centre, first, last = _context()
        with without_check_access():
            gaps = centre.cover_gaps(first, last) if centre else []
        rows = defaultdict(list)
        for gap in gaps:
            rows[gap.procedure, gap.date.weekday(), gap.half].append(gap)
        lines = [
            (number, centre.id, procedure, str(weekday), half,
                found[0].date.isoformat(), len(found),
                all(g.on_call for g in found))
            for number, ((procedure, weekday, half), found)
            in enumerate(rows.items(), 1)]
        # VALUES needs a line to know its columns
        values = Values(lines or [(0, 0, 0, '', '', '2000-01-01', 0, False)])
        names = [
            'id', 'centre', 'procedure', 'weekday', 'half', 'first_date',
            'times', 'on_call']
        return values.select(*(
                cls._fields[name].sql_cast(
                    getattr(values, f'column{number}')).as_(name)
                for number, name in enumerate(names, 1)),
            where=values.column1 > Literal(0))

    @classmethod
    def get_proposals(cls, rows, name):
        "Ask once for all procedures of the same postings and departments"
        with without_check_access():
            named, offered, posted = {}, {}, {}
            names = {}
            for row in cls.browse(rows):
                centre, date = row.centre, row.first_date
                if centre not in offered:
                    offered[centre] = centre.offered(date)
                if (centre, date) not in posted:
                    posted[centre, date] = centre.posted(date, date)
                departments = offered[centre].get(row.procedure, set())
                postings = tuple(
                    s for s in posted[centre, date]
                    if s.covers(row.procedure, departments))
                key = postings, frozenset(departments), date, row.half
                if key not in named:
                    people = centre.could_cover(*key)
                    named[key] = ', '.join(
                        e.rec_name for e in people[:_NAMED])
                names[row.id] = named[key]
        return names


class CoverContext(ModelView):
    "The centre and weeks whose cover is looked at"
    __name__ = 'tthcc.cover.context'

    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    start_date = fields.Date("From", required=True)
    weeks = fields.Integer(
        "Weeks", required=True,
        domain=[('weeks', '>=', 1), ('weeks', '<=', 13)])

    @classmethod
    def default_centre(cls):
        centre = _default_centre()
        return centre.id if centre else None

    @staticmethod
    def default_start_date():
        return clock.today()

    @staticmethod
    def default_weeks():
        return _WEEKS


def _default_centre():
    pool = Pool()
    Centre = pool.get('tthcc.centre')
    User = pool.get('res.user')
    centres = Centre.search([
            ('id', 'in', User.get_workplace()[0]),
            ('state', '=', 'operating'),
            ], limit=1)
    return centres[0] if centres else None


def _context():
    """Return the centre, if the user may see it, and the first and the last
    day of the context"""
    Centre = Pool().get('tthcc.centre')
    context = Transaction().context
    if id := context.get('centre'):
        centres = Centre.search([('id', '=', id)])
        centre = centres[0] if centres else None
    else:
        centre = _default_centre()
    first = context.get('start_date') or clock.today()
    weeks = context.get('weeks') or _WEEKS
    return centre, first, first + dt.timedelta(weeks=weeks, days=-1)
