# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval

from .line import Line
from .workflow import move


class Pause(Line, ModelSQL, ModelView):
    "A stop of the clock of a dossier (tạm dừng tính thời gian)"
    __name__ = 'tthcc.dossier.pause'

    _by_hand = False

    kind = fields.Selection([
            ('supplement', "Supplement"),
            ('payment', "Payment"),
            ], "Waiting For", required=True)
    start = fields.DateTime("Stopped At", required=True)
    end = fields.DateTime(
        "Went On At",
        domain=['OR', ('end', '=', None), ('end', '>=', Eval('start'))])
    reason = fields.Text("Reason", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('start', 'ASC'), ('id', 'ASC')]

    @staticmethod
    def default_start():
        return clock.now()


class PauseMixin:
    "Lets the clock of a dossier stop and go on"
    __slots__ = ()

    pauses = fields.One2Many(
        'tthcc.dossier.pause', 'dossier', "Pauses", readonly=True)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_suspend')
    def suspend(cls, dossiers):
        pass

    @classmethod
    @move(['processing'], 'supplement', button='suspend')
    def wait_for_supplement(cls, dossiers, reason):
        cls._stop_clock(dossiers, 'supplement', reason)

    @classmethod
    @move(['processing'], 'payment', button='suspend')
    def wait_for_payment(cls, dossiers, reason):
        cls._stop_clock(dossiers, 'payment', reason)

    @classmethod
    def _stop_clock(cls, dossiers, kind, reason):
        Pause = Pool().get('tthcc.dossier.pause')
        cls._check_leg(dossiers)
        Pause.save([
                Pause(dossier=d, kind=kind, reason=reason) for d in dossiers])

    @classmethod
    @move(['supplement', 'payment'], 'processing')
    def resume(cls, dossiers):
        "The citizen supplemented or paid: the clock goes on"
        cls._check_leg(dossiers, or_centre=True)
        cls._end_pauses(dossiers)
        for dossier in dossiers:
            dossier.set_deadline()
        cls._plan_legs(dossiers)

    @classmethod
    def _end_pauses(cls, dossiers):
        pauses = [p for d in dossiers for p in d.pauses if not p.end]
        for pause in pauses:
            pause.end = clock.now()
        Pool().get('tthcc.dossier.pause').save(pauses)
