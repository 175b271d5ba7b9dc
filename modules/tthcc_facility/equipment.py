# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from urllib.parse import quote, urljoin

from dateutil.relativedelta import relativedelta
from sql import Literal, Null
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.search import SearchText
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access
from trytond.url import http_host

from .attention import BROKEN, PRESENT, AttentionMixin
from .depreciation import WorthMixin
from .exceptions import EquipmentDateError, EquipmentDisposedError

CONDITIONS = [
    ('good', "Good"),
    ('worn', "Worn"),
    ('damaged', "Damaged"),
    ('out_of_order', "Out of Order"),
    ('lost', "Lost"),
    ('disposed', "Disposed"),
    ]
WORKING = ['good', 'worn']
"The conditions in which an item does its work"
# What only events change, so that the history is complete
_BY_EVENT = {
    'centre': 'move', 'zone': 'move', 'counter': 'move',
    'employee': 'move',
    'condition': 'condition', 'condition_since': 'condition',
    'company': 'move', 'home': 'move'}
# Creating many at once takes time by their square
_TOGETHER = 30


class Equipment(
        AttentionMixin, WorthMixin, SearchText, ModelSQL, ModelView):
    "Thiết bị, tài sản"
    __name__ = 'tthcc.equipment'
    _rec_name = 'tag'

    _states = {
        'readonly': Eval('condition') == 'disposed',
        }
    _placed = {
        'readonly': Eval('id', -1) >= 0,
        }

    tag = fields.Char(
        "Tag", states=_states,
        help="What the label says; given by the software when empty.")
    type = fields.Many2One(
        'tthcc.equipment.type', "Type", required=True, ondelete='RESTRICT',
        states=_states)
    model = fields.Char(
        "Make and Model", states=_states)
    company = fields.Many2One(
        'company.company', "Committee", required=True, readonly=True,
        ondelete='RESTRICT')
    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states=_placed)
    zone = fields.Many2One(
        'tthcc.zone', "Room", ondelete='RESTRICT', states=_placed,
        domain=[('centre', '=', Eval('centre', -1))])
    counter = fields.Many2One(
        'tthcc.counter', "Counter", ondelete='RESTRICT', states=_placed,
        domain=[('centre', '=', Eval('centre', -1))])
    employee = fields.Many2One(
        'company.employee', "Answered For By", ondelete='RESTRICT',
        states=_placed,
        domain=[('company', '=', Eval('company', -1))],
        help="Who works with the item and answers for it.")
    serial = fields.Char("Serial Number", states=_states)
    supplier = fields.Char("Supplier", states=_states)
    purchase_date = fields.Date(
        "Bought On", required=True, states=_states)
    value = fields.Numeric(
        "Value", digits=(16, 0), states=_states,
        domain=['OR', ('value', '=', None), ('value', '>', 0)],
        help="What it cost, in đồng.")
    funding_source = fields.Many2One(
        'tthcc.funding_source', "Funding Source", ondelete='RESTRICT',
        states=_states)
    warranty_end = fields.Date(
        "Warranty Until", states=_states,
        domain=[
            If(Eval('warranty_end') & Eval('purchase_date'),
                ('warranty_end', '>=', Eval('purchase_date')),
                ()),
            ])
    condition = fields.Selection(
        CONDITIONS, "Condition", required=True, sort=False, states=_placed,
        help="It changes with what happens to the item, see its history.")
    condition_string = condition.translated('condition')
    condition_since = fields.DateTime(
        "Since", required=True, readonly=True)
    next_inspection = fields.Date("Next Inspection", states=_states)
    life_end = fields.Date(
        "Useful Until", readonly=True,
        help="The end of the useful life of its type.")
    home = fields.Many2One(
        'tthcc.centre', "Belongs To", readonly=True, ondelete='RESTRICT',
        help="The centre that lent it.")
    lent_by = fields.Function(
        fields.Char("Lent By", states={'invisible': ~Eval('lent_by')}),
        'get_lent_by')
    specs = fields.One2Many(
        'tthcc.equipment.spec', 'equipment', "Specification",
        states=_states)
    events = fields.One2Many(
        'tthcc.equipment.event', 'equipment', "History", readonly=True)
    note = fields.Text("Note", states=_states)

    del _states, _placed

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('tag_unique', Unique(t, t.tag),
                'tthcc_facility.msg_equipment_tag_unique'),
            ]
        present = t.condition.in_(PRESENT)
        cls._sql_indexes.update({
                Index(t,
                    (t.centre, Index.Equality()),
                    (t.type, Index.Equality())),
                Index(t, (t.zone, Index.Equality()),
                    where=t.zone != Null),
                Index(t, (t.home, Index.Equality()),
                    where=t.home != Null),
                Index(t, (t.employee, Index.Equality()),
                    where=t.employee != Null),
                Index(t, (t.counter, Index.Equality()),
                    where=t.counter != Null),
                Index(t,
                    (t.centre, Index.Equality()),
                    (t.condition, Index.Equality(cardinality='low')),
                    where=t.condition.in_(BROKEN)),
                Index(t,
                    (t.next_inspection, Index.Range()), where=present),
                Index(t, (t.warranty_end, Index.Range()), where=present),
                Index(t, (t.life_end, Index.Range()), where=present),
                })
        cls._order.insert(0, ('tag', 'ASC'))
        for name in ['note_down', 'move', 'dispose']:
            cls._buttons[name] = {
                'invisible': (
                    (Eval('id', -1) < 0) | (Eval('condition') == 'disposed')),
                'depends': ['condition'],
                }

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('condition') == 'out_of_order', 'danger',
                    If(Eval('condition') == 'damaged', 'warning',
                        If(Eval('condition').in_(['lost', 'disposed']),
                            'muted', '')))),
            ]

    @classmethod
    def default_centre(cls):
        return Pool().get('res.user').own_centre()

    @fields.depends('centre', 'company', 'zone', 'counter')
    def on_change_centre(self):
        if self.centre:
            self.company = self.centre.company
        if self.zone and self.zone.site.centre != self.centre:
            self.zone = None
        if self.counter and self.counter.centre != self.centre:
            self.counter = None

    @classmethod
    def default_purchase_date(cls):
        return clock.today()

    @classmethod
    def default_condition(cls):
        return 'good'

    @classmethod
    def default_condition_since(cls):
        return clock.now()

    @property
    def name(self):
        "What people call it: its type and model, without the tag"
        return ' '.join(filter(None, [self.type.name, self.model]))

    def get_rec_name(self, name):
        return f'{self.tag} {self.name}'

    @classmethod
    def _search_text_fields(cls):
        return {'tag', 'type', 'model', 'serial'}

    def _get_search_text(self):
        return ' '.join(filter(None, [
                    self.tag, self.type.name, self.model, self.serial]))

    def get_lent_by(self, name):
        # Its users need not be able to read the centre
        return self.home.rec_name if self.home else None

    @property
    def label_url(self):
        "The address in the QR code of the label; it ends with the tag"
        return urljoin(
            http_host(), f'/{Transaction().database.name}'
            f'/tthcc/equipment/{quote(self.tag, safe="")}')

    @classmethod
    def preprocess_values(cls, mode, values):
        Centre = Pool().get('tthcc.centre')
        values = super().preprocess_values(mode, values)
        if values.get('centre'):
            values['company'] = Centre(values['centre']).company.id
        return values

    def compute_fields(self, field_names=None):
        # The id makes a tag that no other has without asking for numbers
        values = {} if self.tag else {'tag': f'TB{self.id:07}'}
        for name, value in values.items():
            setattr(self, name, value)
        values.update(super().compute_fields(
                field_names=None if values else field_names))
        if (end := self._get_life_end()) != self.life_end:
            values['life_end'] = end
        if field_names is None and not self.next_inspection:
            if due := self.inspection_after(self.purchase_date):
                values['next_inspection'] = due
        return values

    def _get_life_end(self):
        return self.purchase_date + relativedelta(
            years=self.type.useful_life)

    def inspection_after(self, date):
        "Return the date of the inspection that is due after the date"
        if interval := self.type.inspection_interval:
            return date + relativedelta(months=interval)

    @classmethod
    def count_life(cls, types):
        "Bring the ends of the useful lives up to date with the types"
        with without_check_access():
            items = cls.search([('type', 'in', [t.id for t in types])])
            for some in grouped_slice(items, 1000):
                some = list(some)
                for item in some:
                    item.life_end = item._get_life_end()
                cls.save(some)

    @classmethod
    def validate_fields(cls, items, field_names):
        super().validate_fields(items, field_names)
        if field_names is None or 'purchase_date' in field_names:
            today = clock.today()
            for item in items:
                if item.purchase_date > today:
                    raise EquipmentDateError(gettext(
                            'tthcc_facility.msg_equipment_future',
                            equipment=item.name,
                            date=item.purchase_date))

    @classmethod
    def check_modification(cls, mode, items, values=None, external=False):
        super().check_modification(
            mode, items, values=values, external=external)
        if mode == 'delete':
            for item in items:
                raise AccessError(gettext(
                        'tthcc_facility.msg_equipment_delete',
                        equipment=item.rec_name))
        if mode == 'write' and external:
            cls.check_present(items)
            for name in values.keys() & _BY_EVENT.keys():
                for item in items:
                    raise AccessError(gettext(
                            'tthcc_facility.'
                            f'msg_equipment_by_{_BY_EVENT[name]}',
                            equipment=item.rec_name))

    @classmethod
    def check_present(cls, items):
        "Raise EquipmentDisposedError for what was disposed of"
        for item in items:
            if item.condition == 'disposed':
                raise EquipmentDisposedError(gettext(
                        'tthcc_facility.msg_equipment_disposed',
                        equipment=item.rec_name))

    @classmethod
    def on_modification(cls, mode, items, field_names=None):
        super().on_modification(mode, items, field_names=field_names)
        if mode == 'create':
            cls.record(items, 'intake')

    @classmethod
    def copy(cls, items, default=None):
        default = default.copy() if default else {}
        for name in ['tag', 'serial', 'events', 'next_inspection', 'home']:
            default.setdefault(name)
        default.setdefault('condition', 'good')
        default.setdefault('condition_since', clock.now())
        return super().copy(items, default=default)

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_equipment_note')
    def note_down(cls, items):
        pass

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_equipment_move')
    def move(cls, items):
        pass

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_equipment_dispose')
    def dispose(cls, items):
        pass

    @classmethod
    @without_check_access
    def record(cls, items, kind, condition=None, **values):
        """Write down what happened to the items and return the events.

        kind: one of KINDS of equipment_event
        condition: the one they have from now on, None to leave it
        values: other fields of the events, such as note, picture and origin

        This is the only way a condition changes. Whether the user may is for
        the caller to check. Raise EquipmentDisposedError where an item has
        been disposed of."""
        Event = Pool().get('tthcc.equipment.event')
        if not items:
            return []
        cls.check_present(items)
        values.setdefault('at', clock.now())
        values.setdefault('employee', Pool().get('res.user').acting_employee())
        changed = [i for i in items if condition not in {None, i.condition}]
        if changed:
            cls.write(changed, {
                    'condition': condition,
                    'condition_since': values['at'],
                    })
        if kind == 'inspection':
            for item in items:
                item.next_inspection = item.inspection_after(
                    clock.to_local(values['at']).date())
            cls.save(items)
        events = []
        for some in grouped_slice(items, _TOGETHER):
            events += Event.create([{
                        'equipment': item.id,
                        'kind': kind,
                        'condition': condition or item.condition,
                        **values,
                        } for item in some])
        return events

    @classmethod
    def below_specification(cls, date):
        """Return the query of the ids of the items that lack something of
        the minimum specification of their type in force on the date; a
        property that nobody entered is lacking."""
        pool = Pool()
        Spec = pool.get('tthcc.equipment.spec')
        Minimum = pool.get('tthcc.equipment.type.specification')
        item = cls.__table__()
        spec = Spec.__table__()
        minimum = Minimum.__table__()
        later = Minimum.__table__()
        return (item
            .join(minimum, condition=minimum.type == item.type)
            .join(spec, 'LEFT', condition=(
                    (spec.equipment == item.id)
                    & (spec.property == minimum.property)))
            .join(later, 'LEFT', condition=(
                    (later.type == minimum.type)
                    & (later.property == minimum.property)
                    & (later.start_date > minimum.start_date)
                    & (later.start_date <= date)))
            .select(
                item.id,
                where=(minimum.start_date <= date)
                & (later.id == Null)
                # SQLite keeps decimals as text
                & Coalesce(
                    Spec.value.sql_cast(spec.value)
                    < Minimum.minimum.sql_cast(minimum.minimum),
                    Literal(True)),
                group_by=[item.id]))


class EquipmentSpec(ModelSQL, ModelView):
    "Thông số của thiết bị"
    __name__ = 'tthcc.equipment.spec'

    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", required=True, ondelete='CASCADE')
    property = fields.Many2One(
        'tthcc.equipment.property', "Property", required=True,
        ondelete='RESTRICT')
    value = fields.Numeric(
        "Value", required=True, help="In the unit of the property.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('equipment')
        t = cls.__table__()
        cls._sql_constraints += [
            ('property_unique', Unique(t, t.equipment, t.property),
                'tthcc_facility.msg_equipment_spec_unique'),
            ]
