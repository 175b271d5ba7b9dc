# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal, Null, Union
from sql.aggregate import Sum
from sql.conditionals import Case, Coalesce

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval, If

from .equipment import BROKEN, PRESENT
from .standard import newest

# So many types at most, in the ids of gaps
_TYPES = 10_000
_FIGURES = ['required', 'fit', 'broken', 'below', 'past_life']


class Gap(ModelSQL, ModelView):
    """Thiết bị còn thiếu so với định mức

    What a centre has today of a type against what the standard wants.  An
    item is counted once: as broken, else as below the specification, else as
    past its useful life, else as fit."""
    __name__ = 'tthcc.equipment.gap'

    centre = fields.Many2One('tthcc.centre', "Centre")
    type = fields.Many2One('tthcc.equipment.type', "Type")
    required = fields.Integer("Required")
    fit = fields.Integer("Fit")
    missing = fields.Integer(
        "Missing", help="What the standard wants beyond all that is there.")
    broken = fields.Integer("Broken")
    below = fields.Integer("Below Specification")
    past_life = fields.Integer("Past Useful Life")
    quantity = fields.Integer(
        "To Buy", help="What the standard wants beyond what is fit.")
    unit_price = fields.Numeric(
        "Price Ceiling", digits=(16, 0), help="Of one, in đồng.")
    cost = fields.Numeric(
        "Cost", digits=(16, 0),
        help="At the price ceiling, in đồng; unknown without one.")
    items = fields.Function(
        fields.Many2Many('tthcc.equipment', None, None, "Not Fit"),
        'get_items')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('cost', 'DESC NULLS LAST'), ('quantity', 'DESC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return f'{self.type.rec_name}, {self.centre.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('type.rec_name', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="quantity"]', 'visual',
                If(Eval('quantity', 0) > 0, 'danger', 'success')),
            ]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Standard = pool.get('tthcc.equipment.standard')
        ceiling = pool.get('tthcc.equipment.type.ceiling').__table__()
        date = clock.today()
        required = Standard.required(date)
        items = cls._items(date)
        rows = Union(
            required.select(
                required.centre, required.type,
                required.quantity.as_('required'),
                *[Literal(0).as_(n) for n in _FIGURES[1:]]),
            items.select(
                items.centre, items.type,
                Literal(0).as_('required'),
                *[Case((items.state == n, 1), else_=0).as_(n)
                    for n in _FIGURES[1:]]),
            all_=True)
        counts = rows.select(
            rows.centre, rows.type,
            *[cls.required.sql_cast(Sum(getattr(rows, n))).as_(n)
                for n in _FIGURES],
            group_by=[rows.centre, rows.type])
        price = newest(ceiling, date, 'type').select(
            ceiling.type, cls.cost.sql_cast(ceiling.amount).as_('amount'))

        def beyond(*names):
            there = sum((getattr(counts, n) for n in names), Literal(0))
            return Case(
                (counts.required > there, counts.required - there), else_=0)
        quantity = beyond('fit')
        return (counts
            .join(price, 'LEFT', condition=price.type == counts.type)
            .select(
                (counts.centre * _TYPES + counts.type).as_('id'),
                counts.centre, counts.type,
                *[getattr(counts, n).as_(n) for n in _FIGURES],
                beyond(*_FIGURES[1:]).as_('missing'),
                quantity.as_('quantity'),
                price.amount.as_('unit_price'),
                cls.cost.sql_cast(quantity * price.amount).as_('cost')))

    @classmethod
    def _items(cls, date):
        "Return the query of the items at their place, each with its state"
        Equipment = Pool().get('tthcc.equipment')
        item = Equipment.__table__()
        below = Equipment.below_specification(date)
        return (item
            .join(below, 'LEFT', condition=below.id == item.id)
            .select(
                item.id, item.centre, item.type,
                Case(
                    (item.condition.in_(BROKEN), 'broken'),
                    (below.id != Null, 'below'),
                    (Coalesce(item.life_end, date) < date, 'past_life'),
                    else_='fit').as_('state'),
                where=item.condition.in_(PRESENT)))

    @classmethod
    def get_items(cls, gaps, name):
        Equipment = Pool().get('tthcc.equipment')
        items = cls._items(clock.today())
        unfit = items.select(items.id, where=items.state != 'fit')
        found = {}
        for item in Equipment.search([
                    ('centre', 'in', list({g.centre.id for g in gaps})),
                    ('type', 'in', list({g.type.id for g in gaps})),
                    ('id', 'in', unfit),
                    ]):
            found.setdefault((item.centre, item.type), []).append(item.id)
        return {g.id: found.get((g.centre, g.type), []) for g in gaps}

    @property
    def priority(self):
        "The priority of a line of a request that fills the gap"
        if self.missing or self.broken:
            return '1'
        return '2' if self.below else '3'

    @property
    def evidence(self):
        "The figures of the gap as a request quotes them"
        return gettext(
            'tthcc_facility.msg_gap_evidence',
            **{n: getattr(self, n) for n in _FIGURES},
            present=sum(getattr(self, n) for n in _FIGURES[1:]))
