# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Buttons that ask for a reason before they move a dossier."""

from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import check_access
from trytond.wizard import (
    Button, StateReport, StateTransition, StateView, Wizard)


class DecisionStart(ModelView):
    "The reason of a decision"
    __name__ = 'tthcc.dossier.decision.start'

    reason = fields.Text("Reason", required=True)


def _ask_reason():
    return StateView(
        'tthcc.dossier.decision.start',
        'tthcc_dossier.decision_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Decide", 'decide', 'tryton-ok', default=True),
            ])


class _Decision(Wizard):
    "Ask for the reason, then decide"
    decide = StateTransition()

    def transition_decide(self):
        Dossier = Pool().get('tthcc.dossier')
        with check_access():
            getattr(Dossier, self._method())(
                self.records, self.start.reason)
        return 'end'


class AskPayment(_Decision):
    __name__ = 'tthcc.dossier.ask_payment'

    start = _ask_reason()

    def _method(self):
        return 'wait_for_payment'


class Refuse(_Decision):
    __name__ = 'tthcc.dossier.refuse'

    start = _ask_reason()
    print_ = StateReport('tthcc.dossier.refusal')

    def _method(self):
        return 'refuse_for'

    def transition_decide(self):
        super().transition_decide()
        return 'print_'

    def do_print_(self, action):
        return action, {'ids': [r.id for r in self.records]}


class Reject(_Decision):
    __name__ = 'tthcc.dossier.reject'

    start = _ask_reason()

    def _method(self):
        return 'reject_for'


class GiveUp(_Decision):
    __name__ = 'tthcc.dossier.give_up'

    start = _ask_reason()

    def _method(self):
        return 'give_up_for'


class Withdraw(_Decision):
    __name__ = 'tthcc.dossier.withdraw'

    start = _ask_reason()

    def _method(self):
        return 'withdraw_for'


class Void(_Decision):
    __name__ = 'tthcc.dossier.void'

    start = _ask_reason()

    def _method(self):
        return 'void_for'
