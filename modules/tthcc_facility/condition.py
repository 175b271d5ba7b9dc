# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The condition of the equipment of each centre, in numbers."

from sql import Literal
from sql.aggregate import Min, Sum
from sql.conditionals import Case

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool

from .equipment import PRESENT


class ConditionCount(ModelSQL, ModelView):
    "The equipment of each centre by condition"
    __name__ = 'tthcc.equipment.condition_count'

    centre = fields.Many2One('tthcc.centre', "Centre")
    centre_name = fields.Char("Centre")
    good = fields.Integer("Good")
    worn = fields.Integer("Worn")
    damaged = fields.Integer("Damaged")
    out_of_order = fields.Integer("Out of Order")
    lost = fields.Integer("Lost")
    past_life = fields.Integer(
        "Past Useful Life", help="Those present, in any condition.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('out_of_order', 'DESC'), ('damaged', 'DESC'),
            ('centre_name', 'ASC'), ('id', 'ASC')]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Equipment = pool.get('tthcc.equipment')
        centre, item = Centre.__table__(), Equipment.__table__()

        def count(clause):
            return Sum(Case((clause, Literal(1)), else_=Literal(0)))
        visible = Equipment.search(
            [('condition', '!=', 'disposed')], order=[], query=True)
        return (item
            .join(centre, condition=item.centre == centre.id)
            .select(
                item.centre.as_('id'),
                item.centre.as_('centre'),
                Min(Centre.sql_short_name(centre)).as_('centre_name'),
                *[count(item.condition == Literal(name)).as_(name)
                    for name in [*PRESENT, 'lost']],
                count(
                    item.condition.in_(PRESENT)
                    & (item.life_end < clock.today())).as_('past_life'),
                where=item.id.in_(visible),
                group_by=item.centre))
