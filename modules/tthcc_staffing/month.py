# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What there is once for each month of a posting."""

from trytond.model import Index, Unique, fields
from trytond.modules.tthcc_dossier.deadline import LocalTimeMixin
from trytond.modules.tthcc_dossier.workflow import MoveMixin


class MonthMixin(MoveMixin, LocalTimeMixin):
    "The record of a posting in a month, begun as a draft and moved by buttons"
    __slots__ = ()

    # What is said of a second one
    _unique_message = None

    secondment = fields.Many2One(
        'tthcc.secondment', "Posting", required=True, readonly=True,
        ondelete='RESTRICT')
    month = fields.Date(
        "Month", required=True, readonly=True, help="Its first day.")
    month_text = fields.Function(fields.Char("Month"), 'get_month_text')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, readonly=True,
        ondelete='RESTRICT')
    department = fields.Many2One(
        'tthcc.department', "Sent By", required=True, readonly=True,
        ondelete='RESTRICT')
    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, readonly=True,
        ondelete='RESTRICT')
    company = fields.Many2One(
        'company.company', "Committee", required=True, readonly=True,
        ondelete='RESTRICT')
    moved_at = fields.DateTime("Last Move", readonly=True)
    moved_by = fields.Many2One(
        'company.employee', "Last Move By", readonly=True,
        ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('month', 'DESC'), ('centre', 'ASC'), ('id', 'DESC')]
        cls._sql_constraints += [
            ('month_unique', Unique(t, t.secondment, t.month),
                cls._unique_message),
            ]
        cls._sql_indexes.update({
                Index(t,
                    (t.centre, Index.Equality()), (t.month, Index.Range())),
                Index(t,
                    (t.department, Index.Equality()),
                    (t.month, Index.Range())),
                Index(t, (t.employee, Index.Equality())),
                })

    @staticmethod
    def default_state():
        return 'draft'

    @classmethod
    def get_month_text(cls, records, name):
        return {r.id: f'{r.month:%m/%Y}' for r in records}

    @classmethod
    def get_rec_name(cls, records, name):
        return {
            r.id: f'{r.employee.rec_name}, {r.month:%m/%Y}' for r in records}

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('employee.rec_name', *clause[1:])]
