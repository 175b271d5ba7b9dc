# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Which mode of posting fits a department at a centre, and why."""

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc_dossier.workflow import pressed
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import check_access, without_check_access
from trytond.wizard import Button, StateAction, StateView, Wizard

from . import fitting
from .column import CentreColumnMixin
from .demand import demands, first_day, level
from .exceptions import RecommendationError
from .secondment import MODES


def percent(share):
    return round(100 * share)


def number(value, digits=1):
    "Write the number as the user's language does"
    lang = Pool().get('ir.lang').get()
    return lang.format(f'%.{digits}f', value)


def slots_text(slots):
    "Name the half days, those of one weekday together"
    pool = Pool()
    Slot = pool.get('tthcc.secondment.slot')
    texts = Slot.fields_get(['weekday', 'half'])
    weekdays = dict(texts['weekday']['selection'])
    halves = dict(texts['half']['selection'])
    # Mornings come first
    return ', '.join(
        f'{weekdays[str(weekday)]} ({halves[half].lower()})'
        for weekday, half in sorted(
            slots, key=lambda s: (s[0], s[1] != 'morning')))


def when_text(outcome):
    "Say when somebody is there, if it is not all the time open"
    if outcome.mode == 'weekdays':
        return slots_text(outcome.slots)
    elif outcome.mode == 'seasonal':
        return gettext(
            'tthcc_staffing.msg_months',
            months=', '.join(map(str, sorted(outcome.months))))


def figures(outcome, demand):
    "Return the values of the fields that tell of an outcome"
    wait = fitting.finite(outcome.wait)
    return {
        'mode': outcome.mode,
        'when': when_text(outcome),
        'officers': outcome.officers,
        'hours': round(outcome.hours, 1),
        'given_back': round(
            max(0, demand.open_hours * outcome.officers - outcome.hours), 1),
        'use': percent(outcome.use),
        'served': percent(outcome.served),
        'lost': percent(outcome.lost),
        'wait': round(wait, 1) if wait is not None else None,
        }


class Recommendation(CentreColumnMixin, ModelSQL, ModelView):
    """The mode of posting that fits a department at a centre (đề xuất hình
    thức cử người)

    Figures are those of the day it was made."""
    __name__ = 'tthcc.staffing.recommendation'

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, readonly=True,
        ondelete='CASCADE')
    department = fields.Many2One(
        'tthcc.department', "Department", required=True, readonly=True,
        ondelete='CASCADE')
    company = fields.Many2One(
        'company.company', "Committee", required=True, readonly=True,
        ondelete='CASCADE')
    made_on = fields.Date("Made On", required=True, readonly=True)
    first_date = fields.Date("Figures From", required=True, readonly=True)
    last_date = fields.Date("Figures To", required=True, readonly=True)
    visits = fields.Integer("Visits", readonly=True)
    weekly = fields.Float("Visits a Week", digits=(6, 1), readonly=True)
    minutes = fields.Float(
        "Minutes a Visit", digits=(4, 1), readonly=True)
    present_mode = fields.Selection(
        [(None, ""), *MODES], "Mode Now", readonly=True, sort=False,
        help="Of the posting in force on that day.")
    present_mode_string = present_mode.translated('present_mode')
    mode = fields.Selection(
        [(None, "Too Little Data"), *MODES], "Recommended",
        readonly=True, sort=False)
    mode_string = mode.translated('mode')
    given_back = fields.Float(
        "Hours Given Back", digits=(5, 1), readonly=True,
        help="The hours a week that the department gets back, compared with "
        "somebody there all the time.")
    reasons = fields.Text("Reasons", readonly=True)
    outcomes = fields.One2Many(
        'tthcc.staffing.outcome', 'recommendation', "Modes Compared",
        readonly=True)
    adopted_on = fields.Date("Adopted On", readonly=True)
    weeks_since = fields.Function(
        fields.Integer("Weeks Since"), 'get_effect')
    forecast_weekly = fields.Function(
        fields.Float("Visits Met, Forecast", digits=(6, 1),
            help="A week."), 'get_effect')
    actual_weekly = fields.Function(
        fields.Float("Visits Met", digits=(6, 1),
            help="A week, since it was adopted."), 'get_effect')
    forecast_use = fields.Function(
        fields.Integer("Use, Forecast, %"), 'get_effect')
    actual_use = fields.Function(
        fields.Integer("Use, %",
            help="The time of these visits, of the hours forecast."),
        'get_effect')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [
            ('made_on', 'DESC'), ('given_back', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.add(
            Index(t,
                (t.centre, Index.Equality()),
                (t.department, Index.Equality()),
                (t.made_on, Index.Range())))
        cls._buttons.update({
                'adopt': {
                    'invisible': Bool(Eval('adopted_on')) | ~Eval('mode'),
                    'depends': ['adopted_on', 'mode'],
                    },
                'what_if': {},
                })

    @classmethod
    def get_rec_name(cls, records, name):
        return {
            r.id: f'{r.department.rec_name}: {r.mode_string}'
            for r in records}

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('department.rec_name', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(~Eval('mode'), 'muted', '')),
            ('/form//page[@id="effect"]', 'states', {
                    'invisible': ~Eval('adopted_on'),
                    }),
            ]

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if external and mode != 'delete':
            raise AccessError(gettext(
                    'tthcc_staffing.msg_recommendation_fixed'))

    @classmethod
    def make(cls, centre, first, last):
        """Recommend a mode for each department whose work comes to the
        centre, by the figures from first to last; return the records.

        Raises RecommendationError where nobody came at all."""
        pool = Pool()
        Department = pool.get('tthcc.department')
        Standard = pool.get('tthcc.staffing.standard')
        asked = level(Standard.at(clock.today(centre.timezone)))
        with without_check_access():
            found = demands(centre, first, last)
            departments = Department.browse(sorted(found))
            if not departments:
                raise RecommendationError(gettext(
                        'tthcc_staffing.msg_recommendation_nothing',
                        centre=centre.rec_name))
            present = cls._present_modes(centre)
            records = [
                cls._of(centre, department, found, asked, first, last,
                    present.get(department.id))
                for department in departments
                if department.company == centre.company]
            cls.save(records)
        return records

    @classmethod
    def _of(cls, centre, department, found, asked, first, last, present):
        demand = found[department.id]
        advice = fitting.advise(
            demand, asked, sharing(found, department.id, asked))
        Outcome = Pool().get('tthcc.staffing.outcome')
        outcome = advice.outcome
        return cls(
            centre=centre, department=department, company=centre.company,
            made_on=clock.today(centre.timezone),
            first_date=first, last_date=last,
            visits=demand.total,
            weekly=round(demand.weekly, 1),
            minutes=round(demand.minutes, 1),
            present_mode=present,
            mode=advice.mode,
            given_back=(
                figures(outcome, demand)['given_back'] if outcome else None),
            reasons=reasons_text(demand, asked, advice),
            outcomes=[
                Outcome(keeps=o.keeps(asked), **figures(o, demand))
                for o in advice.outcomes])

    @classmethod
    def _present_modes(cls, centre):
        "Return the mode in force today by department"
        Secondment = Pool().get('tthcc.secondment')
        return {
            s.department.id: s.mode for s in Secondment.search([
                    ('centre', '=', centre.id),
                    *Secondment.in_force(clock.today(centre.timezone)),
                    ], order=[('start_date', 'ASC'), ('id', 'ASC')])}

    def demand(self):
        """Return demand, level and the hours of the departments that could
        share an officer, as when the recommendation was made"""
        Standard = Pool().get('tthcc.staffing.standard')
        asked = level(Standard.at(self.made_on))
        found = demands(self.centre, self.first_date, self.last_date)
        return (
            found[self.department.id], asked,
            sharing(found, self.department.id, asked))

    @property
    def outcome(self):
        return next((o for o in self.outcomes if o.mode == self.mode), None)

    @classmethod
    def get_effect(cls, records, names):
        "What was forecast, and what happened since it was adopted"
        result = {name: dict.fromkeys(map(int, records)) for name in names}
        since = {}
        for record in records:
            outcome = record.outcome
            if not record.adopted_on or not outcome:
                continue
            today = clock.today()
            weeks = (today - record.adopted_on).days // 7
            values = {
                'weeks_since': weeks,
                'forecast_weekly': round(
                    record.weekly * (1 - outcome.lost / 100), 1),
                'forecast_use': outcome.use,
                }
            key = record.centre, record.adopted_on
            if weeks and key not in since:
                with without_check_access():
                    since[key] = cls._came(*key, today)
            if weeks:
                visits, seconds = since[key].get(
                    record.department.id, (0, 0))
                values['actual_weekly'] = round(visits / weeks, 1)
                values['actual_use'] = percent(
                    seconds / 3600 / weeks / outcome.hours
                    if outcome.hours else 0)
            for name in names:
                result[name][record.id] = values.get(name)
        return result

    @classmethod
    def _came(cls, centre, first, last):
        "Return visits and their seconds by department in whole weeks"
        PeakFact = Pool().get('tthcc.workload.peak.fact')
        return PeakFact.came(
            centre, first,
            first + dt.timedelta(weeks=(last - first).days // 7))

    @classmethod
    @pressed('adopt', lambda cls, records: cls._check_adoptable(records))
    def adopt(cls, records):
        "From now on compare with what happens"
        for record in records:
            record.adopted_on = clock.today(record.centre.timezone)
        cls.save(records)

    @classmethod
    def _check_adoptable(cls, records):
        for record in cls.browse(records):
            if record.adopted_on or not record.mode:
                raise RecommendationError(gettext(
                        'tthcc_staffing.msg_recommendation_adopted',
                        recommendation=record.rec_name))

    @classmethod
    @ModelView.button_action('tthcc_staffing.wizard_what_if')
    def what_if(cls, records):
        pass


def sharing(found, department, asked):
    """Return the hours of service a week of the other departments that could
    share an officer with the department: the least first, as long as all
    together leave enough of the time."""
    own = found[department]
    most = asked.shared * own.open_hours
    hours = 0
    for other in sorted(
            d.busy_hours for id, d in found.items() if id != department):
        if own.busy_hours + hours + other <= most:
            hours += other
    return hours


def reasons_text(demand, asked, advice):
    "Write out why, with the figures"
    def say(message, **values):
        return gettext(f'tthcc_staffing.msg_reason_{message}', **values)
    lines = [say(
            'demand', visits=demand.total, weeks=demand.weeks,
            weekly=number(demand.weekly), minutes=number(demand.minutes),
            busy=number(demand.busy_hours), open=number(demand.open_hours),
            use=percent(demand.busy_hours / demand.open_hours))]
    outcome = advice.outcome
    for reason in advice.reasons:
        lines.append(say(
                reason, least_weeks=asked.least_weeks,
                least_visits=asked.least_visits,
                full_time=percent(asked.full_time),
                hours=number(outcome.hours) if outcome else ''))
    if outcome:
        lines.append(say(
                'served', served=percent(outcome.served),
                asked=percent(asked.served), wait=asked.wait,
                lost=percent(outcome.lost), most=percent(asked.lost)))
        if when := when_text(outcome):
            lines.append(say('when', when=when))
        if outcome.officers > 1:
            lines.append(say('officers', officers=outcome.officers))
    for other in advice.outcomes:
        if other.mode == advice.mode or not advice.mode:
            continue
        if other.served < asked.served:
            lines.append(say(
                    'not_served', mode=_mode_name(other.mode),
                    served=percent(other.served),
                    asked=percent(asked.served)))
        elif other.lost > asked.lost:
            lines.append(say(
                    'not_met', mode=_mode_name(other.mode),
                    lost=percent(other.lost), most=percent(asked.lost)))
        else:
            lines.append(say(
                    'more_hours', mode=_mode_name(other.mode),
                    hours=number(other.hours)))
    return '\n'.join(lines)


def _mode_name(mode):
    Secondment = Pool().get('tthcc.secondment')
    return dict(
        Secondment.fields_get(['mode'])['mode']['selection'])[mode]


class Outcome(ModelSQL, ModelView):
    "What a mode would come to"
    __name__ = 'tthcc.staffing.outcome'

    recommendation = fields.Many2One(
        'tthcc.staffing.recommendation', "Recommendation", required=True,
        readonly=True, ondelete='CASCADE')
    mode = fields.Selection(MODES, "Mode", readonly=True, sort=False)
    when = fields.Char("When", readonly=True)
    officers = fields.Integer("Officers", readonly=True)
    hours = fields.Float(
        "Hours a Week", digits=(5, 1), readonly=True,
        help="The hours that officers of the department give.")
    given_back = fields.Float(
        "Hours Given Back", digits=(5, 1), readonly=True)
    use = fields.Integer(
        "Use, %", readonly=True,
        help="The part of these hours in which citizens are served.")
    served = fields.Integer(
        "Served in Time, %", readonly=True,
        help="Of those who meet somebody.")
    lost = fields.Integer(
        "Lost, %", readonly=True,
        help="Those who come while nobody is there.")
    wait = fields.Float(
        "Mean Wait (minutes)", digits=(5, 1), readonly=True,
        help="Empty where more come than can be served.")
    keeps = fields.Boolean(
        "Keeps the Level", readonly=True,
        help="As many are served in time, and no more are lost, than the "
        "standard asks for.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('recommendation')
        t = cls.__table__()
        cls._order = [('hours', 'ASC'), ('id', 'ASC')]
        cls._sql_indexes.add(Index(t, (t.recommendation, Index.Equality())))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Bool(Eval('keeps')), '', 'muted')),
            ]

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if external:
            raise AccessError(gettext(
                    'tthcc_staffing.msg_recommendation_fixed'))


class Recommend(Wizard):
    "Recommend modes for the departments of a centre"
    __name__ = 'tthcc.staffing.recommend'

    start = StateView(
        'tthcc.staffing.recommend.start',
        'tthcc_staffing.recommend_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Recommend", 'recommend', 'tryton-ok', default=True),
            ])
    recommend = StateAction('tthcc_staffing.act_recommendation')

    def do_recommend(self, action):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Recommendation = pool.get('tthcc.staffing.recommendation')
        with check_access():
            Centre.read([self.start.centre.id], ['id'])
        records = Recommendation.make(
            self.start.centre, self.start.first_date, self.start.last_date)
        return action, {'res_id': [r.id for r in records]}


class RecommendStart(ModelView):
    "For which centre, by which figures"
    __name__ = 'tthcc.staffing.recommend.start'

    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    first_date = fields.Date(
        "From Month", required=True,
        domain=[('first_date', '<=', Eval('last_date', None))],
        help="Figures count from the first day of that month.")
    last_date = fields.Date(
        "To Month", required=True,
        domain=[('last_date', '<=', Eval('today', None))],
        help="Figures count to the last day of that month, or to today.")
    today = fields.Date("Today", readonly=True)

    @staticmethod
    def default_centre():
        return Pool().get('tthcc.dossier').default_centre()

    @staticmethod
    def default_today():
        return clock.today()

    @staticmethod
    def default_last_date():
        return clock.today()

    @fields.depends('centre')
    def on_change_with_first_date(self):
        return first_day(self.centre) if self.centre else None
