# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Bool, Eval

from .exceptions import RepairError
from .fault_line import FaultLine

KINDS = [
    ('in_house', "In House"),
    ('warranty', "Under Warranty"),
    ('supplier', "By a Supplier"),
    ]
RESULTS = [
    ('repaired', "Repaired"),
    ('failed', "Could Not Be Repaired"),
    ]


class Repair(FaultLine, ModelSQL, ModelView):
    "Sửa chữa thiết bị"
    __name__ = 'tthcc.repair'

    kind = fields.Selection(KINDS, "Repair", required=True, sort=False)
    kind_string = kind.translated('kind')
    supplier = fields.Char(
        "Supplier", states={'required': Eval('kind') != 'in_house'})
    started_on = fields.Date("Since", required=True)
    due_on = fields.Date("Expected Back")
    ended_on = fields.Date(
        "Ended On", states={'required': Bool(Eval('result'))})
    cost = fields.Numeric(
        "Cost", digits=(16, 0), help="In đồng.",
        states={
            'required': Bool(Eval('result')) & (Eval('kind') == 'supplier'),
            })
    result = fields.Selection(
        [(None, ""), *RESULTS], "Result", sort=False)
    note = fields.Text("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('started_on', 'DESC'), ('id', 'DESC')]

    def get_rec_name(self, name):
        return ', '.join(filter(None, [
                    self.kind_string, self.supplier, self.note]))

    @classmethod
    def validate_fields(cls, repairs, field_names):
        super().validate_fields(repairs, field_names)
        for repair in repairs:
            repair.check()

    def check(self):
        "Raise RepairError where warranty, dates or cost make no sense"
        Lang = Pool().get('ir.lang')
        item = self.fault.equipment

        def fail(message, **values):
            raise RepairError(gettext(
                    f'tthcc_facility.msg_repair_{message}',
                    equipment=item.rec_name, **values))
        if (self.kind == 'warranty' and (
                    not item.warranty_end
                    or item.warranty_end < self.started_on)):
            fail('warranty', date=(
                    Lang.get().strftime(item.warranty_end)
                    if item.warranty_end
                    else gettext('tthcc_facility.msg_repair_no_warranty')))
        for date in [self.due_on, self.ended_on]:
            if date and date < self.started_on:
                fail('dates', start=Lang.get().strftime(self.started_on),
                    date=Lang.get().strftime(date))
        if max(self.started_on, self.ended_on or self.started_on) > (
                clock.today()):
            fail('future')
        if self.cost is not None and self.cost < 0:
            fail('cost')
