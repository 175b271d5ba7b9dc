# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a mode would come to: cover, waiting and the hours given back."""

from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access, without_check_access
from trytond.wizard import Button, StateView, Wizard

from . import fitting
from .recommendation import figures, percent
from .secondment import HALVES, MODES


class WhatIf(Wizard):
    "Try another mode"
    __name__ = 'tthcc.staffing.what_if'

    start = StateView(
        'tthcc.staffing.what_if.start',
        'tthcc_staffing.what_if_start_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def default_start(self, fields):
        demand, asked, _ = self.record.demand()
        mode = self.record.mode or 'full_time'
        slots = fitting.busiest_slots(demand, asked)
        return {
            'recommendation': self.record.id,
            'mode': mode,
            'slots': [f'{weekday} {half}' for weekday, half in sorted(slots)],
            'months': list(map(str, sorted(fitting.season(demand, asked)))),
            'response_minutes': asked.response,
            }


class WhatIfStart(ModelView):
    "A mode, and what it would come to"
    __name__ = 'tthcc.staffing.what_if.start'

    recommendation = fields.Many2One(
        'tthcc.staffing.recommendation', "Recommendation",
        states={'readonly': True})
    mode = fields.Selection(MODES, "Mode", required=True, sort=False)
    slots = fields.MultiSelection(
        'get_slots', "Half Days", sort=False,
        states={'invisible': Eval('mode') != 'weekdays'})
    months = fields.MultiSelection(
        'get_months', "Months", sort=False,
        states={'invisible': Eval('mode') != 'seasonal'})
    response_minutes = fields.Integer(
        "Response Time", domain=[('response_minutes', '>=', 0)],
        states={'invisible': Eval('mode') != 'on_call'},
        help="In minutes, from the call to the arrival at the centre.")
    officers = fields.Integer("Officers", readonly=True)
    hours = fields.Float("Hours a Week", digits=(5, 1), readonly=True)
    given_back = fields.Float(
        "Hours Given Back", digits=(5, 1), readonly=True)
    covered = fields.Integer(
        "Covered, %", readonly=True,
        help="Of the time open, somebody is there, without being called.")
    use = fields.Integer("Use, %", readonly=True)
    served = fields.Integer("Served in Time, %", readonly=True)
    lost = fields.Integer("Lost, %", readonly=True)
    wait = fields.Float(
        "Mean Wait (minutes)", digits=(5, 1), readonly=True,
        help="Empty where more come than can be served.")
    keeps = fields.Boolean("Keeps the Level", readonly=True)

    @classmethod
    def get_slots(cls):
        texts = Pool().get('tthcc.secondment.slot').fields_get(
            ['weekday', 'half'])
        halves = dict(texts['half']['selection'])
        return [
            (f'{weekday} {half}', f'{name}, {halves[half].lower()}')
            for weekday, name in texts['weekday']['selection']
            for half, _ in HALVES]

    @classmethod
    def get_months(cls):
        return [(str(n), str(n)) for n in range(1, 13)]

    @fields.depends(
        'recommendation', 'mode', 'slots', 'months', 'response_minutes')
    def on_change_mode(self):
        Recommendation = Pool().get('tthcc.staffing.recommendation')
        names = [
            'officers', 'hours', 'given_back', 'covered', 'use', 'served',
            'lost', 'wait', 'keeps']
        for name in names:
            setattr(self, name, None)
        if not self.recommendation or not self.mode:
            return
        # Who may read the recommendation may know its figures
        with check_access():
            Recommendation.read([self.recommendation.id], ['id'])
        with without_check_access():
            demand, asked, others = self.recommendation.demand()
        outcome = fitting.outcome(
            demand, asked, self.mode,
            slots=frozenset(
                (int(weekday), half) for weekday, half in map(
                    str.split, self.slots or [])) & demand.hours.keys(),
            months=frozenset(map(int, self.months or [])
                ) & demand.months.keys(),
            response=self.response_minutes, others=others)
        if not outcome:
            return
        values = figures(outcome, demand) | {
            'covered': percent(fitting.covered(demand, outcome)),
            'keeps': outcome.keeps(asked)}
        for name in names:
            setattr(self, name, values[name])

    on_change_slots = on_change_months = on_change_response_minutes = (
        on_change_mode)
    on_change_recommendation = on_change_mode
