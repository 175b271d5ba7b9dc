# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, Unique, fields)
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .kept import KeptMixin
from .search import SearchText


class DepartmentKind(KeptMixin, DeactivableMixin, ModelSQL, ModelView):
    "Loại phòng, ban chuyên môn"
    __name__ = 'tthcc.department.kind'

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char(
        "Code", required=True,
        help="How the catalogue of procedures names this kind.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(table, table.code),
                'tthcc.msg_department_kind_code_unique'),
            ]
        cls._order.insert(0, ('name', 'ASC'))


class Department(KeptMixin, SearchText, DeactivableMixin, ModelSQL, ModelView):
    "Phòng, ban chuyên môn"
    __name__ = 'tthcc.department'

    name = fields.Char("Name", required=True)
    company = fields.Many2One(
        'company.company', "Committee", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    kind = fields.Many2One(
        'tthcc.department.kind', "Kind", required=True, ondelete='RESTRICT',
        help="Decides which steps of procedures come to this department.")
    head = fields.Many2One(
        'company.employee', "Head", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    coordinator = fields.Many2One(
        'company.employee', "Coordinator", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="Who takes the dossiers from the centre every day "
        "and brings the results back.")
    employees = fields.One2Many(
        'company.employee', 'department', "Employees", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(
            Index(table,
                (table.company, Index.Equality()),
                (table.kind, Index.Equality())))
        cls._order.insert(0, ('name', 'ASC'))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def copy(cls, departments, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('employees', None)
        return super().copy(departments, default=default)
