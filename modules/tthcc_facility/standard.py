# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Column, Table
from sql.aggregate import Max

from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool
from trytond.pyson import Eval


class AreaStandard(ModelSQL, ModelView):
    "Định mức diện tích theo cấp"
    __name__ = 'tthcc.area_standard'

    level = fields.Selection('get_levels', "Level", required=True, sort=False)
    level_string = level.translated('level')
    start_date = fields.Date(
        "In Force Since", required=True,
        help="It holds until a later one of the same level begins.")
    minimum = fields.Float(
        "Minimum (m²)", digits=(16, 1), required=True,
        domain=[('minimum', '>', 0)])
    maximum = fields.Float(
        "Maximum (m²)", digits=(16, 1),
        domain=['OR',
            ('maximum', '=', None),
            ('maximum', '>=', Eval('minimum', 0)),
            ])
    waiting_share = fields.Float(
        "For Waiting (%)", digits=(1, 2),
        domain=['OR',
            ('waiting_share', '=', None),
            [('waiting_share', '>', 0), ('waiting_share', '<=', 1)],
            ],
        help="The least share of the area that is for waiting citizens.")
    legal_basis = fields.Char("Legal Basis", required=True, translate=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('level', 'ASC'), ('start_date', 'DESC'), ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_constraints += [
            ('start_unique', Unique(table, table.level, table.start_date),
                'tthcc_facility.msg_area_standard_start_unique'),
            ]

    @classmethod
    def get_levels(cls):
        Centre = Pool().get('tthcc.centre')
        return Centre.fields_get(['level'])['level']['selection']

    def get_rec_name(self, name):
        Lang = Pool().get('ir.lang')
        return f'{self.level_string}, {Lang.get().strftime(self.start_date)}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('legal_basis', *clause[1:])]


def newest(table, date, *keys):
    """Return a query of the rows of the table that hold on the date: of each
    value of the columns named keys, the last one that has begun."""
    begun = Table(table._name)
    last = begun.select(
        *[Column(begun, key) for key in keys],
        Max(begun.start_date).as_('start_date'),
        where=begun.start_date <= date,
        group_by=[Column(begun, key) for key in keys])
    condition = table.start_date == last.start_date
    for key in keys:
        condition &= Column(table, key) == Column(last, key)
    return table.join(last, condition=condition)
