# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import DeactivableMixin, ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool


class EquipmentType(DeactivableMixin, ModelSQL, ModelView):
    "Loại thiết bị"
    __name__ = 'tthcc.equipment.type'

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char(
        "Code", required=True,
        help="By which files for import name the type.")
    useful_life = fields.Integer(
        "Useful Life", required=True,
        domain=[('useful_life', '>', 0)],
        help="In years.")
    inspection_interval = fields.Integer(
        "Inspection Every",
        domain=['OR',
            ('inspection_interval', '=', None),
            ('inspection_interval', '>', 0),
            ],
        help="In months. Empty where nothing is to be inspected.")
    per_person = fields.Boolean(
        "Personal Computer",
        help="Each member of the staff needs one to work with.")
    wears = fields.One2Many(
        'tthcc.equipment.type.wear', 'type', "Wear")
    ceilings = fields.One2Many(
        'tthcc.equipment.type.ceiling', 'type', "Price Ceilings")
    specifications = fields.One2Many(
        'tthcc.equipment.type.specification', 'type',
        "Minimum Specification")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.code),
                'tthcc_facility.msg_equipment_type_code_unique'),
            ]
        cls._order.insert(0, ('name', 'ASC'))

    @classmethod
    def default_per_person(cls):
        return False

    @classmethod
    def search_rec_name(cls, name, clause):
        bool_op = 'AND' if clause[1].startswith(('!', 'not ')) else 'OR'
        return [bool_op, ('name', *clause[1:]), ('code', *clause[1:])]

    @classmethod
    def on_modification(cls, mode, types, field_names=None):
        Equipment = Pool().get('tthcc.equipment')
        super().on_modification(mode, types, field_names=field_names)
        if mode == 'write' and 'useful_life' in (field_names or ()):
            Equipment.count_life(types)

    def ceiling_at(self, date):
        "Return the price ceiling in đồng on the date, None without one"
        ceiling = _in_force(self.ceilings, date)
        return ceiling.amount if ceiling else None


def _in_force(rows, date):
    return max(
        (r for r in rows if r.start_date <= date),
        key=lambda r: r.start_date, default=None)


class _Dated(ModelSQL, ModelView):
    "A rule about a type, in force until the next one of its kind"

    type = fields.Many2One(
        'tthcc.equipment.type', "Type", required=True, ondelete='CASCADE')
    start_date = fields.Date("In Force Since", required=True)
    legal_basis = fields.Char("Legal Basis", required=True, translate=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('type')
        cls._order = [
            ('type', 'ASC'), ('start_date', 'DESC'), ('id', 'ASC')]


class EquipmentWear(_Dated):
    "Tỷ lệ hao mòn"
    __name__ = 'tthcc.equipment.type.wear'

    rate = fields.Numeric(
        "Wear", digits=(3, 2), required=True,
        domain=[('rate', '>', 0), ('rate', '<=', 100)],
        help="Per cent of the value in a year.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('start_date_unique', Unique(t, t.type, t.start_date),
                'tthcc_facility.msg_equipment_type_start_date_unique'),
            ]


class EquipmentCeiling(_Dated):
    "Mức giá tối đa"
    __name__ = 'tthcc.equipment.type.ceiling'

    amount = fields.Numeric(
        "Price Ceiling", digits=(16, 0), required=True,
        domain=[('amount', '>', 0)],
        help="The most that one may cost, in đồng.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('start_date_unique', Unique(t, t.type, t.start_date),
                'tthcc_facility.msg_equipment_type_start_date_unique'),
            ]


class EquipmentProperty(ModelSQL, ModelView):
    "Thông số kỹ thuật"
    __name__ = 'tthcc.equipment.property'

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char(
        "Code", required=True,
        help="The column of files for import that holds the property.")
    unit = fields.Char("Unit", translate=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.code),
                'tthcc_facility.msg_equipment_property_code_unique'),
            ]
        cls._order.insert(0, ('name', 'ASC'))

    def get_rec_name(self, name):
        return f'{self.name} ({self.unit})' if self.unit else self.name


class EquipmentSpecification(_Dated):
    "Cấu hình tối thiểu"
    __name__ = 'tthcc.equipment.type.specification'

    property = fields.Many2One(
        'tthcc.equipment.property', "Property", required=True,
        ondelete='RESTRICT')
    minimum = fields.Numeric(
        "At Least", required=True, help="In the unit of the property.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('start_date_unique',
                Unique(t, t.type, t.property, t.start_date),
                'tthcc_facility.msg_equipment_type_start_date_unique'),
            ]
