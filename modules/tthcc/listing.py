# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Lists on paper and as spreadsheets, with the columns they show."""

import tempfile

from genshi.core import Markup
from lxml import etree

from trytond.pool import Pool
from trytond.report import Report
from trytond.transaction import Transaction

from . import clock
from .form import Form, templates


class Column:
    """A column of the list view of a model: title, whether it has a sum, and
    the values of records as they are and as text"""

    def __init__(self, Model, definition, element):
        self.name = element.get('name')
        self.title = definition['string']
        self.numeric = definition['type'] in {'integer', 'float', 'numeric'}
        self.summed = bool(element.get('sum'))
        self._factor = int(element.get('factor', 1))
        field = Model._fields[self.name]
        _, self._digits = getattr(field, 'digits', None) or (None, 0)
        # Of a share in per cent two digits are of the factor
        self._digits -= len(str(self._factor)) - 1
        self._selection = None
        if definition['type'] == 'selection':
            selection = definition['selection']
            if isinstance(selection, str):
                selection = getattr(Model, selection)()
            self._selection = dict(selection)

    def value(self, record):
        value = getattr(record, self.name)
        if self._selection:
            return self._selection.get(value)
        if self.numeric and value is not None:
            return value * self._factor
        return getattr(value, 'rec_name', value)

    def text(self, value):
        if value is None:
            return ''
        if self.numeric:
            Lang = Pool().get('ir.lang')
            return Lang.get().format_number(value, digits=self._digits)
        return str(value)

    def sum(self, records):
        return sum(self.value(r) or 0 for r in records)


def columns(records):
    "Return the columns that the list of the records always shows"
    Model = Pool().get(records[0].__name__)
    view = Model.fields_view_get(view_type='tree')
    return [
        Column(Model, view['fields'][element.get('name')], element)
        for element in etree.fromstring(view['arch']).iterchildren('field')
        if 'optional' not in element.attrib]


class Listing(Form):
    "The records of a list, on paper with its sums"
    __name__ = 'tthcc.listing'

    @classmethod
    def render(cls, report, report_context):
        "Print the list as of the date of its context, or today"
        records = report_context['records']
        date = Transaction().context.get('date') or clock.today()
        listing = templates.load('tthcc/form/listing.html')
        page = templates.load('tthcc/form/page.html')
        return page.generate(pages=Markup(listing.generate(
                    title=report.name, date=date, records=records,
                    columns=columns(records)).render('html'))
            ).render('html')


class Sheet(Report):
    "A spreadsheet of records, the first row of titles"
    __name__ = 'tthcc.listing.sheet'

    @classmethod
    def rows(cls, records):
        "Yield the titles, then the values of each row"
        shown = columns(records)
        yield [c.title for c in shown]
        for record in records:
            yield [c.value(record) for c in shown]

    @classmethod
    def widths(cls):
        "Return the widths of the columns, in characters"
        return []

    @classmethod
    def _execute(cls, records, header, data, action):
        from openpyxl import Workbook
        from openpyxl.utils import get_column_letter

        # Rows leave for the disk as they come
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.freeze_panes = 'A2'
        for number, width in enumerate(cls.widths(), 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        for row in cls.rows(records):
            sheet.append([
                    cls._text(sheet, v) if isinstance(v, str) else v
                    for v in row])
        with tempfile.TemporaryFile() as file:
            book.save(file)
            file.seek(0)
            return 'xlsx', file.read()

    @staticmethod
    def _text(sheet, text):
        "Return a cell that is a text even where it looks like a formula"
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(sheet, text)
        cell.data_type = 's'
        return cell
