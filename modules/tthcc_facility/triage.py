# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is asked when the facility manager decides about a fault."

from trytond.model import ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from .equipment import CONDITIONS, WORKING
from .repair import KINDS, RESULTS


def _ask(name):
    return StateView(
        f'tthcc.fault.{name}.start',
        f'tthcc_facility.fault_{name}_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("OK", 'do', 'tryton-ok', default=True),
            ])


class StartRepair(Wizard):
    "Send to Repair"
    __name__ = 'tthcc.fault.repair'

    start = _ask('repair')
    do = StateTransition()

    def default_start(self, fields):
        item = self.record.equipment
        today = clock.today()
        covered = item.warranty_end and item.warranty_end >= today
        return {
            'kind': 'warranty' if covered else 'in_house',
            'supplier': item.supplier,
            'started_on': today,
            }

    def transition_do(self):
        Fault = Pool().get('tthcc.fault')
        start = self.start
        with check_access():
            Fault.start_repair(
                [self.record], kind=start.kind,
                supplier=(
                    start.supplier if start.kind != 'in_house' else None),
                started_on=start.started_on, due_on=start.due_on,
                note=start.note)
        return 'end'


class StartRepairStart(ModelView):
    "Send to repair"
    __name__ = 'tthcc.fault.repair.start'

    kind = fields.Selection(KINDS, "Repair", required=True, sort=False)
    supplier = fields.Char(
        "Supplier", states={
            'invisible': Eval('kind') == 'in_house',
            'required': Eval('kind') != 'in_house',
            })
    started_on = fields.Date("Since", required=True)
    due_on = fields.Date("Expected Back")
    note = fields.Text("Note")


class FinishRepair(Wizard):
    "End the Repair"
    __name__ = 'tthcc.fault.finish_repair'

    start = _ask('finish_repair')
    do = StateTransition()

    def default_start(self, fields):
        repair = self.record.current_repair
        return {
            'kind': repair.kind,
            'result': 'repaired',
            'condition': 'good',
            'ended_on': clock.today(),
            'note': repair.note,
            }

    def transition_do(self):
        Fault = Pool().get('tthcc.fault')
        start = self.start
        with check_access():
            Fault.end_repair(
                [self.record], start.result, start.condition,
                ended_on=start.ended_on, cost=start.cost, note=start.note)
        return 'end'


class FinishRepairStart(ModelView):
    "What came of the repair"
    __name__ = 'tthcc.fault.finish_repair.start'

    kind = fields.Selection(KINDS, "Repair", sort=False, readonly=True)
    result = fields.Selection(RESULTS, "Result", required=True, sort=False)
    condition = fields.Selection(
        [c for c in CONDITIONS if c[0] in WORKING],
        "Condition Now", sort=False,
        states={
            'invisible': Eval('result') != 'repaired',
            'required': Eval('result') == 'repaired',
            })
    ended_on = fields.Date("Ended On", required=True)
    cost = fields.Numeric(
        "Cost", digits=(16, 0), help="In đồng.",
        states={'required': Eval('kind') == 'supplier'})
    note = fields.Text("Note")


class AskReplacement(Wizard):
    "Ask for a Replacement"
    __name__ = 'tthcc.fault.replace'

    start = _ask('replace')
    do = StateAction('tthcc_facility.act_replacement')

    def default_start(self, fields):
        Replacement = Pool().get('tthcc.replacement')
        fault = self.record
        return {
            'reason': fault.summary,
            **Replacement.ceiling_estimate(fault.equipment),
            }

    def do_do(self, action):
        Fault = Pool().get('tthcc.fault')
        with check_access():
            requests = Fault.ask_replacement(
                [self.record], reason=self.start.reason,
                estimate=self.start.estimate,
                estimate_source=self.start.estimate_source)
        action['views'].reverse()
        return action, {'res_id': [r.id for r in requests]}


class AskReplacementStart(ModelView):
    "Why to replace, and what it would cost"
    __name__ = 'tthcc.fault.replace.start'

    reason = fields.Text("Reason", required=True)
    estimate = fields.Numeric(
        "Estimate", digits=(16, 0), required=True,
        domain=[('estimate', '>', 0)], help="In đồng.")
    estimate_source = fields.Char(
        "Source of the Estimate", required=True,
        help="An offer, a price list, the ceiling of the type.")


class Close(Wizard):
    "Close"
    __name__ = 'tthcc.fault.close'

    start = _ask('close')
    do = StateTransition()

    def transition_do(self):
        Fault = Pool().get('tthcc.fault')
        with check_access():
            Fault.close_with(
                [self.record], self.start.outcome, self.start.note)
        return 'end'


class CloseStart(ModelView):
    "Close without repair or replacement"
    __name__ = 'tthcc.fault.close.start'

    outcome = fields.Selection([
            ('no_fault', "No Fault Found"),
            ('unrepaired', "Left Unrepaired"),
            ], "Outcome", required=True, sort=False,
        help="A fault that was repaired is closed by the end of its repair, "
        "one that was replaced when the new item is in service.")
    note = fields.Text("Reason", required=True)


class Reopen(Wizard):
    "Reopen"
    __name__ = 'tthcc.fault.reopen'

    start = _ask('reopen')
    do = StateTransition()

    def transition_do(self):
        Fault = Pool().get('tthcc.fault')
        with check_access():
            Fault.reopen_for([self.record], self.start.reason)
        return 'end'


class ReopenStart(ModelView):
    "Why the fault is open again"
    __name__ = 'tthcc.fault.reopen.start'

    reason = fields.Text("Reason", required=True)


class Join(Wizard):
    "Join to Another"
    __name__ = 'tthcc.fault.join'

    start = _ask('join')
    do = StateTransition()

    def default_start(self, fields):
        return {
            'fault': self.record.id,
            'equipment': self.record.equipment.id,
            }

    def transition_do(self):
        Fault = Pool().get('tthcc.fault')
        with check_access():
            Fault.join_to([self.record], self.start.into)
        return 'end'


class JoinStart(ModelView):
    "The fault that was reported before"
    __name__ = 'tthcc.fault.join.start'

    fault = fields.Many2One('tthcc.fault', "Fault", readonly=True)
    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", readonly=True)
    into = fields.Many2One(
        'tthcc.fault', "Same As", required=True,
        domain=[
            ('equipment', '=', Eval('equipment', -1)),
            ('state', '!=', 'closed'),
            ('id', '!=', Eval('fault', -1)),
            ])
