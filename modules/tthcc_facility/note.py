# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import io

from PIL import Image

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .equipment import CONDITIONS
from .exceptions import PictureError

_LIMIT = 5
_MEGABYTE = 1024 * 1024


def check_picture(picture):
    "Raise PictureError unless the bytes are a JPEG or PNG of modest size"
    if not picture:
        return
    try:
        if len(picture) > _LIMIT * _MEGABYTE:
            raise ValueError("too large")
        # Also what claims much memory is refused
        Image.open(io.BytesIO(picture), formats=['JPEG', 'PNG']).verify()
    except Exception as exception:
        raise PictureError(gettext(
                'tthcc_facility.msg_picture', limit=_LIMIT)) from exception


class NoteStart(ModelView):
    "Ghi sự việc của thiết bị"
    __name__ = 'tthcc.equipment.note.start'

    kind = fields.Selection([
            ('inspection', "Inspected"),
            ('loss', "Lost"),
            ('found', "Found Again"),
            ], "Event", required=True, sort=False)
    condition = fields.Selection(
        CONDITIONS[:4], "Condition", sort=False, states={
            'invisible': Eval('kind') == 'loss',
            'required': Eval('kind') != 'loss',
            })
    note = fields.Text("Note")
    picture = fields.Binary("Picture")

    @staticmethod
    def default_kind():
        return 'inspection'


class Note(Wizard):
    "Write down an inspection, or that items are lost or found"
    __name__ = 'tthcc.equipment.note'

    start = StateView(
        'tthcc.equipment.note.start',
        'tthcc_facility.equipment_note_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Write Down", 'note', 'tryton-ok', default=True),
            ])
    note = StateTransition()

    def default_start(self, fields):
        lost = self.record.condition == 'lost'
        return {
            'kind': 'found' if lost else 'inspection',
            'condition': 'good' if lost else self.record.condition,
            }

    def transition_note(self):
        Equipment = Pool().get('tthcc.equipment')
        with check_access():
            Equipment.note_down(self.records)
        check_picture(self.start.picture)
        kind = self.start.kind
        Equipment.record(
            self.records, kind,
            'lost' if kind == 'loss' else self.start.condition,
            note=self.start.note, picture=self.start.picture)
        return 'end'
