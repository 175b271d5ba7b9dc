# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval, If


class CentreProcedure(ModelSQL, ModelView):
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
        cls._order = [('centre', 'ASC'), ('procedure', 'ASC')]

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
        pool = Pool()
        Department = pool.get('tthcc.department')
        for assignment in self.assignments:
            if assignment.department_kind == kind:
                return assignment.department, assignment.employee
        departments = Department.search([
                ('company', '=', self.centre.company.id),
                ('kind', '=', kind.id),
                ], order=[('id', 'ASC')], limit=1)
        return (departments[0] if departments else None), None


class Assignment(ModelSQL, ModelView):
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
