# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

"""What the requests of a fiscal year come to, centre by centre and source by
source, and what granting them would change."""

from sql import Null
from sql.aggregate import Max, Min, Sum
from sql.conditionals import Case, Coalesce
from sql.operators import Like

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction


def _year():
    return Transaction().context.get('year') or clock.today().year + 1


def _lines(year):
    """Return the query of the lines of the last revisions of the year, with
    the amount granted: what was approved or, until that is decided, what is
    proposed"""
    pool = Pool()
    Line = pool.get('tthcc.budget.line')
    budget = pool.get('tthcc.budget').__table__()
    line = Line.__table__()
    purchase = pool.get('tthcc.budget.purchase').__table__()
    spent = purchase.select(
        purchase.line, Sum(purchase.amount).as_('amount'),
        group_by=purchase.line)

    def amount(column):
        return Line.proposed.sql_cast(Coalesce(column, 0))
    return (budget
        .join(line, 'LEFT', condition=line.budget == budget.id)
        .join(spent, 'LEFT', condition=spent.line == line.id)
        .select(
            budget.id.as_('budget'), budget.centre, budget.state,
            line.id, line.origin, line.quantity, line.funding_source,
            amount(line.proposed).as_('proposed'),
            amount(line.approved).as_('approved'),
            amount(Coalesce(line.approved, line.proposed)).as_('granted'),
            amount(spent.amount).as_('spent'),
            where=(budget.year == year) & (budget.state != 'superseded')))


class Effect(ModelSQL, ModelView):
    """Dự toán của các trung tâm và kết quả nếu được duyệt

    One row per centre; its id is that of the centre."""
    __name__ = 'tthcc.budget.effect'

    centre = fields.Many2One('tthcc.centre', "Centre")
    centre_name = fields.Char("Centre")
    budget = fields.Many2One('tthcc.budget', "Request")
    proposed = fields.Numeric("Proposed", digits=(16, 0), help="In đồng.")
    approved = fields.Numeric("Approved", digits=(16, 0), help="In đồng.")
    spent = fields.Numeric("Spent", digits=(16, 0), help="In đồng.")
    area = fields.Float("Area Today (m²)", digits=(16, 1))
    area_after = fields.Float(
        "Area Then (m²)", digits=(16, 1),
        help="With the works of the request, unless they were cut.")
    conformity = fields.Selection([
            (None, ""),
            ('below', "Stays Below"),
            ('becomes', "Becomes Conforming"),
            ('conforms', "Conforms Already"),
            ], "Area against the Standard", sort=False)
    gap = fields.Integer(
        "Equipment to Buy", help="To meet the standard, today.")
    gap_after = fields.Integer(
        "Still to Buy", help="After what the request buys, unless cut.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('centre_name', 'ASC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return self.centre_name

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="conformity"]', 'visual',
                If(Eval('conformity') == 'below', 'danger', 'success')),
            ]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Conformity = pool.get('tthcc.centre.conformity')
        conformity = Conformity.query_on(clock.today())
        request, gap = cls._requests(), cls._gaps()
        area_after = conformity.area + Coalesce(request.area_gained, 0)
        left = Coalesce(gap.quantity, 0) - Coalesce(request.bought, 0)
        return (conformity
            .join(request, 'LEFT',
                condition=request.centre == conformity.centre)
            .join(gap, 'LEFT', condition=gap.centre == conformity.centre)
            .select(
                conformity.id, conformity.centre, conformity.centre_name,
                request.budget,
                *[cls.proposed.sql_cast(Coalesce(
                            getattr(request, n), 0)).as_(n)
                    for n in ['proposed', 'approved', 'spent']],
                conformity.area,
                area_after.as_('area_after'),
                Case(
                    (conformity.minimum == Null, Null),
                    (conformity.area >= conformity.minimum, 'conforms'),
                    (area_after >= conformity.minimum, 'becomes'),
                    else_='below').as_('conformity'),
                Coalesce(gap.quantity, 0).as_('gap'),
                Case((left > 0, left), else_=0).as_('gap_after')))

    @staticmethod
    def _requests():
        "Return the query of the requests of the year by centre"
        pool = Pool()
        Line = pool.get('tthcc.budget.line')
        Upgrade = pool.get('tthcc.upgrade')
        line, plan = _lines(_year()), Upgrade.__table__()
        is_plan = Like(line.origin, Upgrade.__name__ + ',%')
        granted = line.granted > 0
        return (line
            .join(plan, 'LEFT', condition=Case(
                    (is_plan, Line.origin.sql_id(line.origin, Line)),
                    ) == plan.id)
            .select(
                line.centre, Max(line.budget).as_('budget'),
                Sum(line.proposed).as_('proposed'),
                Sum(line.approved).as_('approved'),
                Sum(line.spent).as_('spent'),
                Sum(Case(
                        (granted & (plan.state != 'done'), plan.area_gained),
                        else_=0)).as_('area_gained'),
                Sum(Case(
                        (granted & (line.spent == 0)
                            & (line.origin != Null) & (plan.id == Null),
                            line.quantity),
                        else_=0)).as_('bought'),
                group_by=line.centre))

    @staticmethod
    def _gaps():
        "Return the query of how much equipment each centre has to buy"
        gap = Pool().get('tthcc.equipment.gap').__table__()
        return gap.select(
            gap.centre, Sum(gap.quantity).as_('quantity'),
            group_by=gap.centre)


class SourceSum(ModelSQL, ModelView):
    """Dự toán theo nguồn kinh phí

    Its id is that of the source, 0 for what has none."""
    __name__ = 'tthcc.budget.source_sum'

    source = fields.Many2One('tthcc.funding_source', "Funding Source")
    proposed = fields.Numeric("Proposed", digits=(16, 0), help="In đồng.")
    approved = fields.Numeric("Approved", digits=(16, 0), help="In đồng.")
    spent = fields.Numeric("Spent", digits=(16, 0), help="In đồng.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('proposed', 'DESC'), ('id', 'ASC')]

    @classmethod
    def table_query(cls):
        Budget = Pool().get('tthcc.budget')
        line = _lines(_year())
        visible = Budget.search([], order=[], query=True)
        return line.select(
            Coalesce(line.funding_source, 0).as_('id'),
            Min(line.funding_source).as_('source'),
            *[cls.proposed.sql_cast(Sum(getattr(line, n))).as_(n)
                for n in ['proposed', 'approved', 'spent']],
            where=(line.id != Null) & line.budget.in_(visible),
            group_by=line.funding_source)


class YearContext(ModelView):
    "Năm ngân sách"
    __name__ = 'tthcc.budget.year'

    year = fields.Integer("Fiscal Year", required=True)

    @classmethod
    def default_year(cls):
        return _year()
