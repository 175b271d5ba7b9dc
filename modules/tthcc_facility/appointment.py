# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is to happen to premises and equipment, by day, for a calendar."

from sql import Literal, Null, Union
from sql.operators import Concat

from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool

from .equipment import PRESENT


class Appointment(ModelSQL, ModelView):
    "Lịch kiểm tra, sửa chữa và các mốc của phương án"
    __name__ = 'tthcc.facility.appointment'

    date = fields.Date("Date")
    kind = fields.Selection([
            ('inspection', "Inspection"),
            ('warranty', "Warranty Ends"),
            ('repair', "Back from Repair"),
            ('delivery', "Delivery"),
            ('milestone', "Milestone"),
            ], "Kind", sort=False)
    kind_string = kind.translated('kind')
    centre = fields.Many2One('tthcc.centre', "Centre")
    subject = fields.Reference("Subject", [
            ('tthcc.equipment', "Equipment"),
            ('tthcc.fault', "Fault"),
            ('tthcc.replacement', "Replacement Request"),
            ('tthcc.upgrade.milestone', "Milestone"),
            ])
    label = fields.Function(fields.Char("Label"), 'get_label')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('date', 'ASC'), ('id', 'ASC')]

    @classmethod
    def get_label(cls, appointments, name):
        return {
            a.id: f'{a.kind_string}: {a.subject.rec_name}'
            for a in appointments}

    @classmethod
    def table_query(cls):
        queries = []
        parts = list(cls._parts())
        for i, (kind, model, query) in enumerate(parts):
            queries.append(query.select(
                    (query.id * len(parts) + i).as_('id'),
                    query.date.as_('date'),
                    cls.kind.sql_cast(Literal(kind)).as_('kind'),
                    query.centre.as_('centre'),
                    cls.subject.sql_cast(
                        Concat(Literal(f'{model},'),
                            fields.Char("ID").sql_cast(query.id))).as_(
                                'subject')))
        return Union(*queries, all_=True)

    @classmethod
    def _parts(cls):
        "Yield kinds with the model of their subjects and a query of these"
        pool = Pool()
        Equipment = pool.get('tthcc.equipment')
        Fault = pool.get('tthcc.fault')
        Repair = pool.get('tthcc.repair')
        Replacement = pool.get('tthcc.replacement')
        item = Equipment.__table__()
        visible = Equipment.search(
            [('condition', '!=', 'disposed')], order=[], query=True)

        for kind, date in [
                ('inspection', item.next_inspection),
                ('warranty', item.warranty_end)]:
            yield kind, 'tthcc.equipment', item.select(
                item.id, item.centre, date.as_('date'),
                where=(date != Null) & item.condition.in_(PRESENT)
                & item.id.in_(visible))

        fault, repair = Fault.__table__(), Repair.__table__()
        yield 'repair', 'tthcc.fault', (repair
            .join(fault, condition=repair.fault == fault.id)
            .join(item, condition=fault.equipment == item.id)
            .select(
                fault.id, item.centre, repair.due_on.as_('date'),
                where=(repair.due_on != Null) & (repair.result == Null)
                & item.id.in_(visible)))

        request = Replacement.__table__()
        yield 'delivery', 'tthcc.replacement', (request
            .join(item, condition=request.equipment == item.id)
            .select(
                request.id, item.centre, request.due_on.as_('date'),
                where=(request.due_on != Null)
                & (request.state == 'ordered')
                & item.id.in_(visible)))

        Upgrade = pool.get('tthcc.upgrade')
        plan = Upgrade.__table__()
        milestone = pool.get('tthcc.upgrade.milestone').__table__()
        yield 'milestone', 'tthcc.upgrade.milestone', (milestone
            .join(plan, condition=milestone.upgrade == plan.id)
            .select(
                milestone.id, plan.centre,
                milestone.planned_date.as_('date'),
                where=(milestone.done_date == Null)
                & plan.id.in_(Upgrade.search([], order=[], query=True))))
