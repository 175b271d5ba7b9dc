# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .exceptions import HandoverError


class Scan(Wizard):
    "Tick one paper after another with a reader of codes"
    __name__ = 'tthcc.handover.scan'

    start = StateView(
        'tthcc.handover.scan.start',
        'tthcc_dossier.handover_scan_start_view_form', [
            Button("Close", 'end', 'tryton-close'),
            Button("Tick", 'tick', 'tryton-ok', default=True),
            ])
    tick = StateTransition()

    def default_start(self, fields):
        return {'progress': self._progress()}

    def transition_tick(self):
        Handover = Pool().get('tthcc.handover')
        with check_access():
            Handover.scan([self.record])
        try:
            self.start.answer = self.record.take_code(self.start.code)
        except HandoverError as error:
            # In the window, as a dialog would swallow the next codes
            self.start.answer = error.message
        return 'start'

    def value_start(self, fields):
        return {
            'code': None,
            'answer': self.start.answer,
            'progress': self._progress(),
            }

    def _progress(self):
        Handover = Pool().get('tthcc.handover')
        round_ = Handover(self.record.id)
        return f'{round_.ticked} / {round_.amount}'


class ScanStart(ModelView):
    "Scan papers of a round"
    __name__ = 'tthcc.handover.scan.start'

    code = fields.Char(
        "Code", help="Scan the code or QR code of a dossier, or type it.")
    answer = fields.Char("Last Code", readonly=True)
    progress = fields.Char("Ticked", readonly=True)
