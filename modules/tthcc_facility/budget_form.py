# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

"""The request as a submission to the committee (tờ trình) and as a
spreadsheet."""

from decimal import Decimal

from trytond.modules.tthcc import clock
from trytond.modules.tthcc.form import Form
from trytond.modules.tthcc.listing import Sheet
from trytond.modules.tthcc.words import in_words
from trytond.pool import Pool


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


class BudgetSheet(Sheet):
    "Bảng dự toán: the lines of requests, one below the other"
    __name__ = 'tthcc.budget.sheet'

    @classmethod
    def rows(cls, budgets):
        pool = Pool()
        Budget = pool.get('tthcc.budget')
        Line = pool.get('tthcc.budget.line')
        of_budget = ['centre', 'year', 'revision']
        of_line = [
            'priority', 'name', 'evidence', 'quantity', 'unit_price',
            'proposed', 'approved', 'cut_reason', 'funding_source', 'spent']
        yield [
            Model.fields_get([name])[name]['string']
            for Model, names in [(Budget, of_budget), (Line, of_line)]
            for name in names]
        for budget in budgets:
            for line in sorted(
                    budget.lines, key=lambda x: (x.priority, x.id)):
                yield [
                    _cell(record, name)
                    for record, names in [
                        (budget, of_budget), (line, of_line)]
                    for name in names]

    @classmethod
    def widths(cls):
        return [40, 8, 10, 12, 40, 40, 10, 14, 14, 14, 30, 24, 14]


def _cell(record, name):
    value = getattr(record, name)
    if name == 'priority':
        return record.priority_string
    return getattr(value, 'rec_name', value)
