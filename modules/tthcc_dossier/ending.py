# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Ends without a result."""

from trytond.model import ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval

from .workflow import move


class EndMixin:
    "Lets a dossier end without a result"
    __slots__ = ()

    end_reason = fields.Text(
        "Reason", readonly=True,
        states={'invisible': ~Eval('end_reason')},
        help="Why the dossier ended without a result.")

    end_number = fields.Integer(
        "Number", readonly=True,
        help="The number of the refusal or stop notice, by centre and year.")
    withdrawal_asked_at = fields.DateTime(
        "Withdrawal Asked At", readonly=True)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_refuse')
    def refuse(cls, dossiers):
        pass

    @classmethod
    @move(['draft', 'submitted'], 'refused', button='refuse')
    def refuse_for(cls, dossiers, reason):
        "Do not receive"
        Counter = Pool().get('tthcc.dossier.counter')
        for dossier in dossiers:
            dossier.set_applicant_name()
            dossier.received_at = dossier.finished_at = clock.now()
            dossier.received_by = cls._acting_employee()
            dossier.end_reason = reason
            dossier.end_number = Counter.take_for_form(
                'refusal', dossier.centre)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_reject')
    def reject(cls, dossiers):
        pass

    @classmethod
    @move(['processing'], 'rejected', button='reject')
    def reject_for(cls, dossiers, reason):
        "Refuse the request after appraisal"
        cls._check_leg(dossiers)
        cls._end(dossiers, reason)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_give_up')
    def give_up(cls, dossiers):
        pass

    @classmethod
    @move(['supplement', 'payment'], 'unsupplemented', button='give_up')
    def give_up_for(cls, dossiers, reason):
        """Close what the citizen did not supplement in time.

        Raises SupplementError while there is still time."""
        cls._check_leg(dossiers, or_centre=True)
        for dossier in dossiers:
            if dossier.state == 'supplement':
                dossier.check_unanswered()
        cls._end(dossiers, reason)

    @classmethod
    @move(['processing'], 'withdrawal')
    def ask_withdrawal(cls, dossiers):
        "The citizen asks to withdraw; the clock runs until it is decided"
        for dossier in dossiers:
            dossier.withdrawal_asked_at = clock.now()

    @classmethod
    @move(['withdrawal'], 'processing')
    def keep(cls, dossiers):
        "The dossier is not withdrawn after all"

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_withdraw')
    def withdraw(cls, dossiers):
        pass

    @classmethod
    @move(
        ['received', 'withdrawal', 'supplement', 'payment'], 'withdrawn',
        button='withdraw')
    def withdraw_for(cls, dossiers, reason):
        "Stop at the citizen's request"
        Counter = Pool().get('tthcc.dossier.counter')
        for dossier in dossiers:
            if dossier.state != 'withdrawal':
                dossier.withdrawal_asked_at = clock.now()
            dossier.end_number = Counter.take_for_form(
                'stop notice', dossier.centre)
        cls._end(dossiers, reason)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_void')
    def void(cls, dossiers):
        pass

    @classmethod
    @move(
        ['received', 'processing', 'supplement', 'payment'], 'voided',
        button='void')
    def void_for(cls, dossiers, reason):
        "Take a dossier registered in error out of every statistic"
        cls._end(dossiers, reason)

    @classmethod
    def _end(cls, dossiers, reason):
        Step = Pool().get('tthcc.dossier.step')
        cls._end_pauses(dossiers, restart=False)
        legs = [d.leg for d in dossiers if d.leg]
        for leg in legs:
            leg.end(clock.now(), cls._acting_employee())
        Step.save(legs)
        for dossier in dossiers:
            dossier.finished_at = clock.now()
            dossier.end_reason = reason
            dossier.set_deadline()
            dossier.stand_at(None)
