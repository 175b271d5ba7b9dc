# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Null
from sql.aggregate import Count
from sql.conditionals import Case, Coalesce

from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.kept import KeptMixin
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard


class CentreProcedure(KeptMixin, ModelSQL, ModelView):
    "Thủ tục hành chính tiếp nhận tại trung tâm"
    __name__ = 'tthcc.centre.procedure'

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    procedure = fields.Many2One(
        'tthcc.procedure', "Procedure", required=True, ondelete='RESTRICT',
        domain=[
            ('state', '!=', 'draft'),
            ],
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    start_date = fields.Date("Offered from", required=True)
    end_date = fields.Date(
        "Offered until",
        domain=[
            If(Eval('start_date') & Eval('end_date'),
                ('end_date', '>=', Eval('start_date')),
                ()),
            ])
    assignments = fields.One2Many(
        'tthcc.centre.procedure.assignment', 'offer', "Assignments",
        help="Who does the work of each kind of department. "
        "Without a row it is the committee's department of that kind.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('procedure_unique',
                Unique(table, table.centre, table.procedure),
                'tthcc_procedure.msg_centre_procedure_unique'),
            ]
        cls._sql_indexes.add(
            Index(table, (table.procedure, Index.Equality())))
        cls._order = [
            ('centre', 'ASC'), ('procedure', 'ASC'), ('id', 'ASC')]

    @classmethod
    def default_start_date(cls):
        return clock.today()

    def get_rec_name(self, name):
        return self.procedure.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('procedure.rec_name', *clause[1:])]

    @classmethod
    def offered(cls, date):
        "Return the domain of what is offered on the date"
        return [
            ('start_date', '<=', date),
            ['OR',
                ('end_date', '=', None),
                ('end_date', '>=', date),
                ],
            ('procedure.state', '=', 'published'),
            ]

    def assignee(self, kind):
        """
        Return the department and the employee, either may be None, that do
        at this centre the work of the kind of department.
        """
        for assignment in self.assignments:
            if assignment.department_kind == kind:
                return assignment.department, assignment.employee
        return self.centre.company_department(kind), None


class Assignment(KeptMixin, ModelSQL, ModelView):
    "Phân công giải quyết thủ tục tại trung tâm"
    __name__ = 'tthcc.centre.procedure.assignment'

    offer = fields.Many2One(
        'tthcc.centre.procedure', "Offer", required=True,
        ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    company = fields.Function(
        fields.Many2One('company.company', "Committee"),
        'on_change_with_company')
    department_kind = fields.Many2One(
        'tthcc.department.kind', "Department Kind", required=True,
        ondelete='RESTRICT')
    department = fields.Many2One(
        'tthcc.department', "Department", required=True, ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    employee = fields.Many2One(
        'company.employee', "Employee", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('department', '=', Eval('department', -1)),
            ],
        help="Who does the work; whoever is free in the department if empty.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('kind_unique',
                Unique(table, table.offer, table.department_kind),
                'tthcc_procedure.msg_assignment_kind_unique'),
            ]
        cls._sql_indexes.add(
            Index(table, (table.department, Index.Equality())))
        cls.__access__.add('offer')

    @fields.depends('offer', '_parent_offer.centre')
    def on_change_with_company(self, name=None):
        if self.offer and self.offer.centre:
            return self.offer.centre.company.id

    def get_rec_name(self, name):
        return self.department.rec_name


class OfferStart(ModelView):
    "Chọn trung tâm tiếp nhận"
    __name__ = 'tthcc.centre.procedure.offer.start'

    centres = fields.Many2Many(
        'tthcc.centre', None, None, "Centres", required=True,
        domain=[
            ('state', '!=', 'closed'),
            ])
    start_date = fields.Date("Offered from", required=True)

    @classmethod
    def default_start_date(cls):
        return clock.today()


class Offer(Wizard):
    "Đưa thủ tục vào tiếp nhận tại trung tâm"
    __name__ = 'tthcc.centre.procedure.offer'

    start = StateView(
        'tthcc.centre.procedure.offer.start',
        'tthcc_procedure.offer_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Offer", 'offer', 'tryton-ok', default=True),
            ])
    offer = StateTransition()

    @check_access
    def transition_offer(self):
        "Add the procedures the centres do not offer yet"
        pool = Pool()
        CentreProcedure = pool.get('tthcc.centre.procedure')
        centres = [c.id for c in self.start.centres]
        procedures = [p.id for p in self.records]
        known = {
            (o.centre.id, o.procedure.id)
            for o in CentreProcedure.search([
                    ('centre', 'in', centres),
                    ('procedure', 'in', procedures),
                    ])}
        CentreProcedure.create([{
                    'centre': centre,
                    'procedure': procedure,
                    'start_date': self.start.start_date,
                    }
                for centre in centres for procedure in procedures
                if (centre, procedure) not in known])
        return 'end'


class Readiness(metaclass=PoolMeta):
    __name__ = 'tthcc.centre.readiness'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.criterion.selection += [
            ('procedure', "Procedures Offered"),
            ('department', "Departments for Them"),
            ]

    @classmethod
    def _criteria(cls):
        pool = Pool()
        Assignment = pool.get('tthcc.centre.procedure.assignment')
        Centre = pool.get('tthcc.centre')
        Department = pool.get('tthcc.department')
        Offer = pool.get('tthcc.centre.procedure')
        Procedure = pool.get('tthcc.procedure')
        Step = pool.get('tthcc.procedure.step')

        yield from super()._criteria()

        today = clock.today()
        offer = Offer.__table__()
        yield 'procedure', cls._counted(
            offer,
            where=lambda centre: Coalesce(offer.end_date, today) >= today)

        centre = Centre.__table__()
        procedure = Procedure.__table__()
        step = Step.__table__()
        department = Department.__table__()
        assignment = Assignment.__table__()
        query = (centre
            .join(offer, 'LEFT',
                condition=(offer.centre == centre.id)
                & (Coalesce(offer.end_date, today) >= today))
            .join(procedure, 'LEFT',
                condition=offer.procedure == procedure.id)
            .join(step, 'LEFT',
                condition=step.revision == procedure.current)
            .join(department, 'LEFT',
                condition=(department.company == centre.company)
                & (department.kind == step.department_kind)
                & department.active)
            .join(assignment, 'LEFT',
                condition=(assignment.offer == offer.id)
                & (assignment.department_kind == step.department_kind)))
        staffed = Coalesce(department.id, assignment.department) != Null
        yield 'department', query.select(
            centre.id.as_('centre'),
            Count(Case((staffed, step.department_kind)), distinct=True).as_(
                'actual'),
            Count(step.department_kind, distinct=True).as_('required'),
            where=centre.state != 'closed',
            group_by=[centre.id])
