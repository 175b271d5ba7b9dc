# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt
from itertools import pairwise

import holidays

from trytond.cache import Cache
from trytond.i18n import gettext, ngettext
from trytond.model import DeactivableMixin, ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock, worktime
from .exceptions import CalendarDayError, CalendarPeriodError, NoPeriodError

WEEKDAYS = [
    ('0', "Monday"),
    ('1', "Tuesday"),
    ('2', "Wednesday"),
    ('3', "Thursday"),
    ('4', "Friday"),
    ('5', "Saturday"),
    ('6', "Sunday"),
    ]
DAY_KINDS = [
    ('off', "Day Off"),
    ('working', "Working Day"),
    ]
# Decided swaps the package misses: the day off and the Saturday worked for it
MISSED_SWAPS = {dt.date(2026, 1, 2): dt.date(2026, 1, 10)}


class Calendar(DeactivableMixin, ModelSQL, ModelView):
    "Lịch làm việc"
    __name__ = 'tthcc.calendar'

    name = fields.Char("Name", required=True, translate=True)
    company = fields.Many2One(
        'company.company', "Committee", ondelete='CASCADE',
        help="Leave empty for a calendar that all committees share.")
    counting = fields.Selection([
            ('day', "By Day"),
            ('hour', "By Hour"),
            ], "Counting of Working Days", required=True,
        help="By day: the day of reception does not count, and the result "
        "is due at closing time.\n"
        "By hour: the result is due at the same time of the day as the "
        "reception.")
    day_length = fields.TimeDelta(
        "Working Day", required=True,
        domain=[
            ('day_length', '>', dt.timedelta(0)),
            ('day_length', '<=', dt.timedelta(days=1)),
            ],
        help="How much working time makes a working day, counted by hour.")
    rounding = fields.TimeDelta(
        "Rounding", required=True,
        domain=[
            ('rounding', '>=', dt.timedelta(0)),
            ('rounding', '<=', dt.timedelta(hours=1)),
            ],
        help="Due moments counted by hour are rounded up to this.")
    periods = fields.One2Many('tthcc.calendar.period', 'calendar', "Week")
    days = fields.One2Many(
        'tthcc.calendar.day', 'calendar', "Days Off and Make-up Days")

    _worktime_cache = Cache('tthcc.calendar.worktime', context=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('name', 'ASC'))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_counting(cls):
        return 'day'

    @classmethod
    def default_day_length(cls):
        return dt.timedelta(hours=8)

    @classmethod
    def default_rounding(cls):
        return dt.timedelta(minutes=15)

    @classmethod
    def on_modification(cls, mode, calendars, field_names=None):
        super().on_modification(mode, calendars, field_names=field_names)
        cls._worktime_cache.clear()

    def worktime(self):
        """
        Return the calendar as a value of worktime, from a cache.

        Raises NoPeriodError if it has no opening period in the week.
        """
        value = self._worktime_cache.get(self.id)
        if value is None:
            # Whoever counts a term need not be allowed to read the calendar
            with without_check_access():
                value = self.__class__(self.id)._worktime()
            self._worktime_cache.set(self.id, value)
        return value

    def _worktime(self):
        if not self.periods:
            raise NoPeriodError(gettext(
                    'tthcc.msg_calendar_no_period', calendar=self.rec_name))
        week = [[] for _ in WEEKDAYS]
        for period in sorted(self.periods, key=lambda p: p.start):
            week[int(period.weekday)].append((period.start, period.end))
        week = tuple(map(tuple, week))
        return worktime.Calendar(
            week=week,
            days={
                day.date: worktime.Day(
                    day.name,
                    week[int(day.like_weekday)]
                    if day.kind == 'working' else ())
                for day in self.days},
            counting=self.counting,
            day_length=self.day_length,
            rounding=self.rounding)

    @classmethod
    def days_to_fill(cls, calendars, year):
        """
        Return the days off and make-up days of Vietnam that the calendars
        have not got in the year, as unsaved records.
        """
        Day = Pool().get('tthcc.calendar.day')
        package = holidays.country_holidays('VN', language='vi', years=year)
        source = f'holidays {holidays.__version__}'
        make_up = gettext('tthcc.msg_make_up_day', 'vi')
        days = {
            date: (make_up, 'working', source)
            for date in package.weekend_workdays if date.year == year}
        days |= {
            date: (name, 'off', source) for date, name in package.items()}
        source = gettext('tthcc.msg_calendar_swap_source', 'vi')
        for day_off, saturday in MISSED_SWAPS.items():
            name = package.substituted_label % saturday.strftime(
                package.substituted_date_format)
            for date, name, kind in [
                    (day_off, name, 'off'), (saturday, make_up, 'working')]:
                if date.year == year:
                    days.setdefault(date, (name, kind, source))
        missing = []
        for calendar in calendars:
            known = {d.date for d in calendar.days}
            missing += [
                Day(
                    calendar=calendar, date=date, name=name, kind=kind,
                    like_weekday='0' if kind == 'working' else None,
                    source=source)
                for date, (name, kind, source) in sorted(days.items())
                if date not in known]
        return missing

    @classmethod
    def swaps_decided(cls, year):
        """
        Return whether the swaps of working days of the year are known.

        Each is decided late in the year before, so up to the last one known
        the days off are facts; after it they follow from the law alone.
        """
        package = holidays.country_holidays(
            'VN', years=range(year, year + 10))
        known = {*package.weekend_workdays, *MISSED_SWAPS}
        return year <= max(d.year for d in known)

    @classmethod
    def fill(cls, calendars, year):
        "Add to the calendars what they have not got in the year"
        Day = Pool().get('tthcc.calendar.day')
        Day.save(cls.days_to_fill(calendars, year))

    @classmethod
    def explain(cls, lines):
        "Return lines of worktime as sentences in the user's language"
        Period = Pool().get('tthcc.calendar.period')
        weekdays = dict(
            Period.fields_get(['weekday'])['weekday']['selection'])
        return '\n'.join(cls._sentence(line, weekdays) for line in lines)

    @classmethod
    def _sentence(cls, line, weekdays):
        params = {
            name: cls._words(value, weekdays)
            for name, value in line.params.items()}
        if line.moment:
            params['moment'] = cls._words(line.moment, weekdays)
        if unit := line.params.get('unit'):
            params['amount'] = ngettext(
                f'tthcc.msg_amount_{unit}',
                1 if params['amount'] == '1' else 2,
                amount=params['amount'])
        kind = line.kind
        if kind == 'weekend' and line.params['last'] == line.moment:
            kind = 'weekend_day'
        return ngettext(
            f'tthcc.msg_line_{kind}', line.params.get('value') or 0, **params)

    @classmethod
    def _words(cls, value, weekdays):
        Lang = Pool().get('ir.lang')
        if isinstance(value, dt.date):
            text = (
                f'{weekdays[str(value.weekday())]} '
                f'{Lang.get().strftime(value, "%x")}')
            if isinstance(value, dt.datetime):
                text = f'{value:%H:%M} {text}'
            return text
        elif isinstance(value, dt.time):
            return f'{value:%H:%M}'
        elif isinstance(value, dt.timedelta):
            hours, minutes = divmod(value // dt.timedelta(minutes=1), 60)
            return f'{hours}:{minutes:02}' if minutes else str(hours)
        return '?' if value is None else str(value)


class Period(ModelSQL, ModelView):
    "Giờ mở cửa trong tuần"
    __name__ = 'tthcc.calendar.period'

    calendar = fields.Many2One(
        'tthcc.calendar', "Calendar", required=True, ondelete='CASCADE')
    weekday = fields.Selection(
        WEEKDAYS, "Weekday", required=True, sort=False)
    weekday_string = weekday.translated('weekday')
    start = fields.Time("From", required=True, format='%H:%M')
    end = fields.Time(
        "To", required=True, format='%H:%M',
        domain=[
            ('end', '>', Eval('start')),
            ])

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('calendar')
        cls._order = [('weekday', 'ASC'), ('start', 'ASC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return (
            f'{self.weekday_string} '
            f'{self.start:%H:%M}–{self.end:%H:%M}')

    @classmethod
    def on_modification(cls, mode, periods, field_names=None):
        Calendar = Pool().get('tthcc.calendar')
        super().on_modification(mode, periods, field_names=field_names)
        Calendar._worktime_cache.clear()

    @classmethod
    def validate_fields(cls, periods, field_names):
        super().validate_fields(periods, field_names)
        cls.check_overlap(periods)

    @classmethod
    def check_overlap(cls, periods):
        for calendar in {p.calendar for p in periods}:
            ordered = sorted(
                calendar.periods, key=lambda p: (p.weekday, p.start))
            for first, second in pairwise(ordered):
                if (first.weekday == second.weekday
                        and second.start < first.end):
                    raise CalendarPeriodError(gettext(
                            'tthcc.msg_calendar_period_overlap',
                            first=first.rec_name, second=second.rec_name))


class Day(ModelSQL, ModelView):
    "Ngày nghỉ, ngày làm bù"
    __name__ = 'tthcc.calendar.day'

    calendar = fields.Many2One(
        'tthcc.calendar', "Calendar", required=True, ondelete='CASCADE')
    date = fields.Date("Date", required=True)
    name = fields.Char("Name", required=True)
    kind = fields.Selection(DAY_KINDS, "Kind", required=True, sort=False)
    like_weekday = fields.Selection(
        [(None, "")] + WEEKDAYS, "Hours of", sort=False,
        states={
            'required': Eval('kind') == 'working',
            'invisible': Eval('kind') != 'working',
            },
        help="The weekday whose opening hours hold on this day.")
    source = fields.Char(
        "Source",
        help="The decision on the day, or the software it was filled from.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('calendar')
        table = cls.__table__()
        cls._sql_constraints += [
            ('date_unique', Unique(table, table.calendar, table.date),
                'tthcc.msg_calendar_day_unique'),
            ]
        cls._order = [('date', 'DESC'), ('id', 'DESC')]

    @classmethod
    def default_kind(cls):
        return 'off'

    @fields.depends('kind', 'like_weekday')
    def on_change_kind(self):
        if self.kind != 'working':
            self.like_weekday = None
        elif not self.like_weekday:
            self.like_weekday = '0'

    def get_rec_name(self, name):
        Lang = Pool().get('ir.lang')
        return f'{Lang.get().strftime(self.date)} – {self.name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('name', *clause[1:])]

    @classmethod
    def on_modification(cls, mode, days, field_names=None):
        Calendar = Pool().get('tthcc.calendar')
        super().on_modification(mode, days, field_names=field_names)
        Calendar._worktime_cache.clear()

    @classmethod
    def validate_fields(cls, days, field_names):
        super().validate_fields(days, field_names)
        cls.check_hours(days, field_names)

    @classmethod
    def check_hours(cls, days, field_names=None):
        if field_names and not field_names & {
                'calendar', 'kind', 'like_weekday'}:
            return
        for day in days:
            if day.kind == 'working' and not any(
                    p.weekday == day.like_weekday
                    for p in day.calendar.periods):
                raise CalendarDayError(gettext(
                        'tthcc.msg_calendar_day_closed', day=day.rec_name))


class FillStart(ModelView):
    "Thêm ngày nghỉ trong năm: chọn năm"
    __name__ = 'tthcc.calendar.fill.start'

    year = fields.Integer(
        "Year", required=True,
        domain=[
            ('year', '>=', 1976),
            ('year', '<=', 2099),
            ])

    @classmethod
    def default_year(cls):
        return clock.today().year


class FillPreview(ModelView):
    "Thêm ngày nghỉ trong năm: xem trước"
    __name__ = 'tthcc.calendar.fill.preview'

    note = fields.Text("Note", readonly=True)
    days = fields.One2Many(
        'tthcc.calendar.fill.day', None, "Days to Add",
        help="Remove those that should not be added.")


class FillDay(ModelView):
    "Ngày nghỉ, ngày làm bù sẽ thêm"
    __name__ = 'tthcc.calendar.fill.day'

    calendar = fields.Many2One('tthcc.calendar', "Calendar", readonly=True)
    date = fields.Date("Date", readonly=True)
    name = fields.Char("Name", readonly=True)
    kind = fields.Selection(DAY_KINDS, "Kind", readonly=True)


class Fill(Wizard):
    "Thêm ngày nghỉ trong năm"
    __name__ = 'tthcc.calendar.fill'

    start = StateView(
        'tthcc.calendar.fill.start', 'tthcc.calendar_fill_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Show", 'preview', 'tryton-forward', default=True),
            ])
    preview = StateView(
        'tthcc.calendar.fill.preview',
        'tthcc.calendar_fill_preview_view_form', [
            Button("Back", 'start', 'tryton-back'),
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Add", 'add', 'tryton-ok', default=True),
            ])
    add = StateTransition()

    def default_preview(self, fields):
        days = self.model.days_to_fill(self.records, self.start.year)
        notes = [gettext(
                'tthcc.msg_calendar_fill_source', version=holidays.__version__)
            if days else gettext(
                'tthcc.msg_calendar_fill_nothing', year=self.start.year)]
        if not self.model.swaps_decided(self.start.year):
            notes.append(gettext(
                    'tthcc.msg_calendar_fill_projection',
                    year=self.start.year))
        return {
            'note': '\n'.join(notes),
            'days': [{
                    'calendar': day.calendar.id,
                    'calendar.': {'rec_name': day.calendar.rec_name},
                    'date': day.date,
                    'name': day.name,
                    'kind': day.kind,
                    } for day in days],
            }

    def transition_add(self):
        pool = Pool()
        Day = pool.get('tthcc.calendar.day')
        chosen = {(d.calendar, d.date) for d in self.preview.days}
        Day.save([
                d for d in self.model.days_to_fill(
                    self.records, self.start.year)
                if (d.calendar, d.date) in chosen])
        return 'end'
