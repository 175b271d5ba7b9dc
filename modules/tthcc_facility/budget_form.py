# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

"""The request as a submission to the committee (tờ trình) and as a
spreadsheet."""

from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font

from trytond.modules.tthcc import clock
from trytond.modules.tthcc.form import Form
from trytond.modules.tthcc.words import in_words
from trytond.pool import Pool
from trytond.report import Report


class BudgetForm(Form):
    "Tờ trình đề nghị phê duyệt dự toán"
    __name__ = 'tthcc.budget.form'

    @classmethod
    def template_name(cls):
        return 'tthcc_facility/form/budget'

    @classmethod
    def centre_and_date(cls, budget):
        moment = budget.submitted_at or clock.now()
        timezone = budget.centre.timezone
        return budget.centre, clock.to_local(moment, timezone).date()

    @classmethod
    def get_context(cls, records, header, data):
        Lang = Pool().get('ir.lang')
        lang = Lang.get()
        context = super().get_context(records, header, data)
        context['format_amount'] = lambda amount: lang.format_number(
            amount or 0, digits=0)
        context['format_area'] = lambda area: lang.format_number(
            area, digits=1)
        context['in_words'] = in_words
        context['by_source'] = by_source
        context['conformity'] = conformity
        return context


def by_source(budget):
    "Return the amounts proposed and approved of each source by its name"
    sums = {}
    for line in budget.lines:
        source = line.funding_source.name if line.funding_source else ""
        proposed, approved = sums.get(source, (Decimal(0), Decimal(0)))
        sums[source] = (
            proposed + line.proposed, approved + (line.approved or 0))
    return sorted(sums.items(), key=lambda item: -item[1][0])


def conformity(budget):
    "Return how the area of the centre compares with the standard today"
    Conformity = Pool().get('tthcc.centre.conformity')
    row, = Conformity.search([('centre', '=', budget.centre.id)]) or [None]
    return row


class BudgetSheet(Report):
    "Bảng dự toán: the lines of requests, one below the other"
    __name__ = 'tthcc.budget.sheet'

    @classmethod
    def render(cls, report, report_context):
        pool = Pool()
        Budget = pool.get('tthcc.budget')
        Line = pool.get('tthcc.budget.line')
        of_budget = ['centre', 'year', 'revision']
        of_line = [
            'priority', 'name', 'evidence', 'quantity', 'unit_price',
            'proposed', 'approved', 'cut_reason', 'funding_source', 'spent']
        book = Workbook()
        sheet = book.active
        sheet.append([
                Model.fields_get([name])[name]['string']
                for Model, names in [(Budget, of_budget), (Line, of_line)]
                for name in names])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for budget in report_context['records']:
            for line in sorted(
                    budget.lines, key=lambda x: (x.priority, x.id)):
                sheet.append([
                        _cell(record, name)
                        for record, names in [
                            (budget, of_budget), (line, of_line)]
                        for name in names])
        for row in sheet:
            for cell in row:
                if isinstance(cell.value, str):
                    # A text that begins with = is no formula
                    cell.data_type = 's'
        for column in 'AEF':
            sheet.column_dimensions[column].width = 40
        sheet.freeze_panes = 'A2'
        stream = BytesIO()
        book.save(stream)
        return stream.getvalue()

    @classmethod
    def convert(cls, report, data, **options):
        return 'xlsx', data


def _cell(record, name):
    value = getattr(record, name)
    if name == 'priority':
        return record.priority_string
    return getattr(value, 'rec_name', value)
