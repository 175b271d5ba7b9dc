# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool

from .equipment import CONDITIONS

KINDS = [
    ('intake', "Taken In"),
    ('inspection', "Inspected"),
    ('damage', "Damaged"),
    ('repair', "Repaired"),
    ('move', "Moved"),
    ('transfer', "Transferred"),
    ('return', "Returned"),
    ('loss', "Lost"),
    ('found', "Found Again"),
    ('disposal', "Disposed Of"),
    ]


class EquipmentEvent(ModelSQL, ModelView):
    """What happened to an item (nhật ký thiết bị).  Events are neither
    changed nor deleted, so that the history is complete."""
    __name__ = 'tthcc.equipment.event'

    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", required=True, ondelete='RESTRICT')
    at = fields.DateTime("At", required=True)
    kind = fields.Selection(KINDS, "Event", required=True, sort=False)
    kind_string = kind.translated('kind')
    condition = fields.Selection(
        CONDITIONS, "Condition", required=True, sort=False,
        help="The condition of the item afterwards.")
    employee = fields.Many2One(
        'company.employee', "By", ondelete='RESTRICT')
    note = fields.Text("Note")
    picture = fields.Binary("Picture", file_id='picture_id')
    picture_id = fields.Char("Picture ID")
    origin = fields.Reference(
        "Origin", selection='get_origin', help="What caused the event.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('equipment')
        cls._order = [('at', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.equipment, Index.Equality()),
                    (t.at, Index.Range())),
                })

    @classmethod
    def _get_origin(cls):
        "Return the names of the models that cause events"
        return []

    @classmethod
    def get_origin(cls):
        Model = Pool().get('ir.model')
        return [(None, '')] + [
            (name, Model.get_name(name)) for name in cls._get_origin()]

    def get_rec_name(self, name):
        return f'{self.kind_string} {self.equipment.rec_name}'

    @classmethod
    def check_modification(cls, mode, events, values=None, external=False):
        super().check_modification(
            mode, events, values=values, external=external)
        if external or mode != 'create':
            raise AccessError(gettext(
                    'tthcc_facility.msg_equipment_event_fixed'))
