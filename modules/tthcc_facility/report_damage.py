# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, If
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .equipment import PRESENT
from .fault import OPEN


class Equipment(metaclass=PoolMeta):
    __name__ = 'tthcc.equipment'

    faults = fields.One2Many(
        'tthcc.fault', 'equipment', "Faults", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['report_damage'] = {
            'invisible': ~Eval('condition').in_(PRESENT),
            'depends': ['condition'],
            }

    @classmethod
    def copy(cls, items, default=None):
        default = default.copy() if default else {}
        default.setdefault('faults', None)
        return super().copy(items, default=default)

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_report_damage')
    def report_damage(cls, items):
        pass

    def damage_defaults(self):
        "What a report of damage to the item begins with"
        fault = next((f for f in self.faults if f.state != 'closed'), None)
        return {
            'centre': self.centre.id,
            'counter': self.counter.id if self.counter else None,
            'fault': fault.id if fault else None,
            'known': bool(fault),
            }

    @classmethod
    def of_code(cls, code):
        """Return the item of the tag that the user may read, or of the
        address that is scanned from its label, None without"""
        with check_access():
            items = cls.search([
                    ('tag', '=', code.strip().rstrip('/').split('/')[-1]),
                    ], limit=1)
        return items[0] if items else None


class Event(metaclass=PoolMeta):
    __name__ = 'tthcc.equipment.event'

    @classmethod
    def _get_origin(cls):
        return super()._get_origin() + ['tthcc.fault', 'tthcc.replacement']


class ReportDamage(Wizard):
    "Report Damage"
    __name__ = 'tthcc.equipment.report_damage'

    start = StateView(
        'tthcc.equipment.report_damage.start',
        'tthcc_facility.report_damage_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Report", 'report', 'tryton-ok', default=True),
            ])
    report = StateTransition()

    def default_start(self, fields):
        pool = Pool()
        Equipment = pool.get('tthcc.equipment')
        User = pool.get('res.user')
        centres, _ = User.get_workplace()
        values = {
            'centre': centres[0] if len(centres) == 1 else None,
            }
        # From the menu it is about nothing yet
        model = self.record.__name__ if self.record else None
        if model == 'tthcc.equipment':
            values['equipment'] = self.record.id
        elif model == 'tthcc.counter':
            counter = self.record
            values['centre'] = counter.centre.id
            values['at_counter'] = counter.id
            with check_access():
                items = Equipment.search([
                        ('counter', '=', counter.id),
                        ('condition', 'in', PRESENT),
                        ], limit=2)
            if len(items) == 1:
                values['equipment'] = items[0].id
        if item := values.get('equipment'):
            values |= Equipment(item).damage_defaults()
        return values

    def transition_report(self):
        Fault = Pool().get('tthcc.fault')
        start = self.start
        Fault.report(
            start.equipment, start.summary, start.unusable,
            start.counter if start.stops_counter else None,
            start.fault, start.details, start.picture)
        return 'end'


class ReportDamageStart(ModelView):
    "What is broken"
    __name__ = 'tthcc.equipment.report_damage.start'

    code = fields.Char(
        "Label", help="Scan the label of the item, or type its tag.")
    centre = fields.Many2One('tthcc.centre', "Centre")
    at_counter = fields.Many2One('tthcc.counter', "At the Counter")
    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", required=True,
        domain=[
            ('condition', 'in', PRESENT),
            If(Bool(Eval('centre')), ('centre', '=', Eval('centre')), ()),
            If(Bool(Eval('at_counter')),
                ('counter', '=', Eval('at_counter')), ()),
            ])
    fault = fields.Many2One(
        'tthcc.fault', "Reported Before",
        domain=[
            ('equipment', '=', Eval('equipment', -1)),
            ('state', 'in', OPEN),
            ],
        states={'invisible': ~Eval('known')},
        help="What is already known of the item. "
        "Empty it when something else is broken.")
    known = fields.Boolean("Known")
    summary = fields.Char("What Is Broken", required=True)
    unusable = fields.Boolean("Cannot Be Used")
    counter = fields.Many2One(
        'tthcc.counter', "Counter",
        domain=[('centre', '=', Eval('centre', -1))],
        states={
            'invisible': ~Eval('stops_counter'),
            'required': Bool(Eval('stops_counter')),
            })
    stops_counter = fields.Boolean(
        "Counter Out of Service",
        help="Nobody can be served at the counter until this is mended.")
    details = fields.Text("Details")
    picture = fields.Binary("Picture")

    @fields.depends('code', 'equipment', methods=['on_change_equipment'])
    def on_change_code(self):
        Equipment = Pool().get('tthcc.equipment')
        if self.code and (item := Equipment.of_code(self.code)):
            self.equipment = item
            self.on_change_equipment()

    @fields.depends('equipment')
    def on_change_equipment(self):
        self.fault = self.counter = None
        self.known = False
        if self.equipment:
            for name, value in self.equipment.damage_defaults().items():
                setattr(self, name, value)
