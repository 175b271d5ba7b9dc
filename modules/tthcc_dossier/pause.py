# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond import backend
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

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
    restarts = fields.Boolean(
        "Starts Again",
        help="The term starts again from the end of the stop.")
    interrupted = fields.Selection([
            ('received', "Received"),
            ('processing', "Processing"),
            ], "Interrupted", required=True, sort=False,
        help="The state to which the dossier goes back.")

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
    was_stopped = fields.Boolean(
        "Was Stopped", readonly=True,
        help="Whether the clock has ever stopped, so that the pauses count.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # Supplements are taken in paper by paper
        cls._buttons['resume']['invisible'] = Eval('state') != 'payment'

    @classmethod
    def __register__(cls, module):
        pause = Pool().get('tthcc.dossier.pause')
        handler = cls.__table_handler__(module)
        fill = (
            not handler.column_exist('was_stopped')
            and backend.TableHandler.table_exist(pause._table))
        super().__register__(module)
        if fill:
            dossier, pause = cls.__table__(), pause.__table__()
            Transaction().connection.cursor().execute(*dossier.update(
                    [dossier.was_stopped], [True],
                    where=dossier.id.in_(pause.select(pause.dossier))))

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_ask_payment')
    def ask_payment(cls, dossiers):
        pass

    @classmethod
    @move(['received', 'processing'], 'payment', button='ask_payment')
    def wait_for_payment(cls, dossiers, reason):
        cls._stop_clock(dossiers, 'payment', reason)

    @classmethod
    @move(['supplement', 'payment'])
    def resume(cls, dossiers):
        "The citizen supplemented or paid: the clock goes on"
        Supplement = Pool().get('tthcc.dossier.supplement')
        cls._check_leg(dossiers, or_centre=True)
        Supplement.answer([
                s for d in dossiers for s in d.supplements
                if not s.answered_at])
        for dossier in dossiers:
            dossier.state = next(
                p for p in dossier.pauses if not p.end).interrupted
        cls._end_pauses(dossiers)
        for dossier in dossiers:
            dossier.set_deadline()
        cls._plan_legs(dossiers)

    @classmethod
    def _stop_clock(cls, dossiers, kind, reason):
        Pause = Pool().get('tthcc.dossier.pause')
        cls._check_leg(dossiers)
        Pause.save([
                Pause(
                    dossier=d, kind=kind, reason=reason, interrupted=d.state,
                    restarts=(
                        kind == 'supplement'
                        and d.supplement_clock == 'restart'))
                for d in dossiers])
        for dossier in dossiers:
            dossier.was_stopped = True

    @classmethod
    def _end_pauses(cls, dossiers, restart=True):
        "End the stops; without restart no term starts again from there"
        pauses = [p for d in dossiers for p in d.pauses if not p.end]
        for pause in pauses:
            pause.end = clock.now()
            pause.restarts &= restart
        Pool().get('tthcc.dossier.pause').save(pauses)
