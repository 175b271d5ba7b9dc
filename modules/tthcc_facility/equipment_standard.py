# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal
from sql.aggregate import Count, Sum
from sql.conditionals import Case, Coalesce

from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool

from .standard import newest


class EquipmentStandard(ModelSQL, ModelView):
    """Định mức thiết bị: how many of a type a centre of the level needs.

    What a type must be able to do is its minimum specification."""
    __name__ = 'tthcc.equipment.standard'

    level = fields.Selection('get_levels', "Level", required=True, sort=False)
    level_string = level.translated('level')
    type = fields.Many2One(
        'tthcc.equipment.type', "Type", required=True, ondelete='CASCADE')
    quantity = fields.Integer(
        "Quantity", required=True,
        domain=[('quantity', '>=', 0)],
        help="None ends what held before.")
    per = fields.Selection([
            ('centre', "Centre"),
            ('counter', "Counter"),
            ('officer', "Member of the Staff"),
            ], "For Each", required=True, sort=False)
    per_string = per.translated('per')
    start_date = fields.Date(
        "In Force Since", required=True,
        help="It holds until a later one of the same level and type begins.")
    legal_basis = fields.Char("Legal Basis", required=True, translate=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('level', 'ASC'), ('type.name', 'ASC'), ('start_date', 'DESC'),
            ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_constraints += [
            ('start_unique',
                Unique(
                    table, table.level, table.type, table.per,
                    table.start_date),
                'tthcc_facility.msg_equipment_standard_start_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.type, Index.Equality())))

    @classmethod
    def get_levels(cls):
        Centre = Pool().get('tthcc.centre')
        return Centre.fields_get(['level'])['level']['selection']

    @classmethod
    def default_per(cls):
        return 'centre'

    def get_rec_name(self, name):
        return f'{self.level_string}, {self.type.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('type.rec_name', *clause[1:])]

    @classmethod
    def required(cls, date):
        """Return the query of the quantity that each centre must have of each
        type on the local date"""
        pool = Pool()
        Counter = pool.get('tthcc.counter')
        Employee = pool.get('company.employee')
        centre = pool.get('tthcc.centre').__table__()
        standard = cls.__table__()
        counter, employee = Counter.__table__(), Employee.__table__()
        counters = counter.select(
            counter.centre, Count(counter.id).as_('number'),
            where=counter.active == Literal(True),
            group_by=counter.centre)
        officers = employee.select(
            employee.centre, Count(employee.id).as_('number'),
            where=(Coalesce(employee.start_date, date) <= date)
            & (Coalesce(employee.end_date, date) >= date),
            group_by=employee.centre)
        number = Case(
            (standard.per == 'counter', Coalesce(counters.number, 0)),
            (standard.per == 'officer', Coalesce(officers.number, 0)),
            else_=1)
        return (newest(standard, date, 'level', 'type', 'per')
            .join(centre, condition=centre.level == standard.level)
            .join(counters, 'LEFT', condition=counters.centre == centre.id)
            .join(officers, 'LEFT', condition=officers.centre == centre.id)
            .select(
                centre.id.as_('centre'), standard.type,
                Sum(standard.quantity * number).as_('quantity'),
                where=centre.state != 'closed',
                group_by=[centre.id, standard.type]))
