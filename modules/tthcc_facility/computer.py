# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Who of the staff works on a computer that meets the specification."""

from sql import Literal, Null
from sql.aggregate import Count
from sql.conditionals import Coalesce
from sql.operators import Not

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If

from .equipment import WORKING


def staff_query(date):
    """Return the query of the employees who work at a centre on the date:
    employee, centre, and the id of one as computer, null without a good
    enough one."""
    pool = Pool()
    Equipment = pool.get('tthcc.equipment')
    employee = pool.get('company.employee').__table__()
    item = Equipment.__table__()
    type_ = pool.get('tthcc.equipment.type').__table__()
    good = (item
        .join(type_, condition=item.type == type_.id)
        .select(
            item.employee,
            where=type_.per_person
            & (item.employee != Null)
            & item.condition.in_(WORKING)
            & Not(item.id.in_(Equipment.below_specification(date))),
            group_by=[item.employee]))
    return (employee
        .join(good, 'LEFT', condition=good.employee == employee.id)
        .select(
            employee.id.as_('employee'),
            employee.centre.as_('centre'),
            good.employee.as_('computer'),
            where=(employee.centre != Null)
            & (Coalesce(employee.start_date, date) <= date)
            & (Coalesce(employee.end_date, date) >= date)))


class CentreComputers(ModelSQL, ModelView):
    "Tỷ lệ cán bộ có máy tính đạt cấu hình"
    __name__ = 'tthcc.centre.computers'

    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    staff = fields.Integer("Staff")
    equipped = fields.Integer(
        "With a Computer",
        help="Those who have a computer that works and meets the minimum "
        "specification in force today.")
    rate = fields.Float("Share (%)", digits=(1, 4))

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('centre')
        cls._order = [
            ('rate', 'ASC'), ('centre.name', 'ASC'), ('id', 'ASC')]

    @classmethod
    def table_query(cls):
        staff = staff_query(clock.today())
        return staff.select(
            staff.centre.as_('id'),
            staff.centre.as_('centre'),
            Count(Literal(1)).as_('staff'),
            Count(staff.computer).as_('equipped'),
            (Count(staff.computer) * Literal(1.0)
                / Count(Literal(1))).as_('rate'),
            group_by=[staff.centre])

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('rate', 0) < 1, 'warning', '')),
            ]

    def get_rec_name(self, name):
        return self.centre.rec_name


class Readiness(metaclass=PoolMeta):
    __name__ = 'tthcc.centre.readiness'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.criterion.selection.append(
            ('computer', "Staff with a Good Enough Computer"))

    @classmethod
    def _criteria(cls):
        yield from super()._criteria()
        centre = Pool().get('tthcc.centre').__table__()
        staff = staff_query(clock.today())
        yield 'computer', (centre
            .join(staff, 'LEFT', condition=staff.centre == centre.id)
            .select(
                centre.id.as_('centre'),
                Count(staff.computer).as_('actual'),
                Count(staff.employee).as_('required'),
                where=centre.state != 'closed',
                group_by=[centre.id]))
