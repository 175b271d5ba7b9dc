# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Statements on paper and as a spreadsheet for payroll."""

from trytond.i18n import gettext
from trytond.modules.tthcc.form import Form
from trytond.modules.tthcc.listing import Sheet
from trytond.modules.tthcc_dossier.fee import format_amount

_COLUMNS = [
    'employee', 'department', 'month', 'text', 'start_date', 'end_date',
    'quantity', 'amount', 'payer', 'legal_basis', 'state']


class StatementForm(Form):
    "Bảng chấm công và bồi dưỡng của công chức được cử"
    __name__ = 'tthcc.staffing.statement.form'

    @classmethod
    def template_name(cls):
        return 'tthcc_staffing/form/statement'

    @classmethod
    def centre_and_date(cls, statement):
        return statement.centre, statement.end_date

    @classmethod
    def get_context(cls, statements, header, data):
        context = super().get_context(statements, header, data)
        context['format_amount'] = format_amount
        context['format_quantity'] = cls.format_quantity
        return context

    @classmethod
    def format_quantity(cls, quantity):
        "Half days with one digit, hours with two where they need them"
        digits = 1 if quantity == round(quantity, 1) else 2
        return cls.format_number(quantity, None, digits=digits)


class StatementSheet(Sheet):
    "The lines of the statements, a row each"
    __name__ = 'tthcc.staffing.statement.sheet'

    @classmethod
    def rows(cls, statements):
        yield [
            gettext(f'tthcc_staffing.msg_statement_column_{name}')
            for name in _COLUMNS]
        for statement in statements:
            for line in statement.lines:
                yield cls._row(statement, line)

    @classmethod
    def _row(cls, statement, line):
        allowance = line.allowance
        return [
            statement.employee.rec_name, statement.department.rec_name,
            statement.month_text, line.text, line.start_date, line.end_date,
            line.quantity, line.amount,
            allowance.payer_string if allowance else '',
            allowance.legal_basis if allowance else '',
            statement.state_string]
