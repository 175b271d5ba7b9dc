# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The register of dossiers, a book per centre, field and year."""

from genshi.core import Markup

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.form import Form, templates
from trytond.modules.tthcc.listing import Sheet
from trytond.pool import Pool
from trytond.transaction import check_access
from trytond.wizard import Button, StateReport, StateView, Wizard

from .exceptions import RegisterError

# So many rows take a quarter of a minute to lay out
PRINTABLE = 2000
# Widths in millimetres, of 252
COLUMNS = [
    ("STT", 10),
    ("Mã hồ sơ", 36),
    ("Tên TTHC", 39),
    ("Tên tổ chức, cá nhân", 30),
    ("Địa chỉ, điện thoại", 32),
    ("Cơ quan chủ trì giải quyết", 25),
    ("Nhận hồ sơ", 17),
    ("Hẹn trả kết quả", 17),
    ("Trả kết quả", 17),
    ("Phương thức nhận kết quả", 18),
    ("Ký nhận", 11),
    ]


def row(dossier):
    "Return what the book says of the dossier, a text for each column"
    applicant = dossier.principals[0]
    department = dossier.lead_department or dossier.resolver

    def moment(moment):
        return dossier.local(moment).strftime('%H:%M %d/%m/%Y')
    if dossier.returned_at:
        returned = moment(dossier.returned_at)
    elif dossier.finished_at and not dossier.resolved_at:
        returned = dossier.state_string
    else:
        returned = ''
    return [
        str(dossier.register_number),
        dossier.code,
        dossier.revision.name,
        dossier.applicant_name,
        ', '.join(filter(None, [applicant.address, applicant.phone])),
        department.rec_name,
        moment(dossier.received_at),
        dossier.due_text,
        returned,
        dossier.return_method_string,
        '',
        ]


class Register(Form):
    "Sổ theo dõi hồ sơ (form 06 of 2018, 07 of 2025)"
    __name__ = 'tthcc.dossier.register'

    @classmethod
    def render(cls, report, report_context):
        "Make one book of all records"
        first, *_ = dossiers = report_context['records']
        date = clock.today(first.centre.timezone)
        form_set = first.centre.regime_at(date).regime.form_set
        book = templates.load(f'tthcc_dossier/form/register_{form_set}.html')
        page = templates.load('tthcc/form/page.html')
        return page.generate(pages=Markup(book.generate(**report_context | {
                        'centre': first.centre,
                        'place_and_date': cls.place_and_date(
                            first.centre, date),
                        'field': first.revision.field.name,
                        'year': first.local(first.received_at).year,
                        'columns': COLUMNS,
                        'rows': map(row, dossiers),
                        }).render('html'))).render('html')


class RegisterSheet(Sheet):
    "The register as a spreadsheet"
    __name__ = 'tthcc.dossier.register.sheet'

    @classmethod
    def rows(cls, dossiers):
        yield [name for name, _ in COLUMNS]
        for dossier in dossiers:
            number, *texts = row(dossier)
            yield [int(number), *texts]

    @classmethod
    def widths(cls):
        # A character takes about 2 mm
        return [width / 2 for _, width in COLUMNS]


class RegisterStart(ModelView):
    "Which book, and from which number to which"
    __name__ = 'tthcc.dossier.register.start'

    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    field = fields.Many2One('tthcc.procedure.field', "Field", required=True)
    year = fields.Integer("Year", required=True)
    first = fields.Integer("From Number", required=True)
    last = fields.Integer("To Number", help="Empty for all that follow.")

    @staticmethod
    def default_centre():
        return Pool().get('tthcc.dossier').default_centre()

    @staticmethod
    def default_year():
        return clock.today().year

    @staticmethod
    def default_first():
        return 1

    def dossiers(self):
        "Return the dossiers of the book that the user may see"
        Dossier = Pool().get('tthcc.dossier')
        domain = [
            ('centre', '=', self.centre.id),
            ('revision.field', '=', self.field.id),
            ('received_month', '>', self.year * 100),
            ('received_month', '<=', self.year * 100 + 12),
            ('register_number', '>=', self.first),
            ]
        if self.last is not None:
            domain.append(('register_number', '<=', self.last))
        with check_access():
            dossiers = Dossier.search(
                domain, order=[('register_number', 'ASC'), ('id', 'ASC')])
        if not dossiers:
            raise RegisterError(gettext(
                    'tthcc_dossier.msg_register_empty',
                    centre=self.centre.rec_name, field=self.field.rec_name,
                    year=self.year))
        return dossiers


class PrintRegister(Wizard):
    "Print the register of a field and year"
    __name__ = 'tthcc.dossier.register.print'

    start = StateView(
        'tthcc.dossier.register.start',
        'tthcc_dossier.register_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Spreadsheet", 'sheet', 'tryton-save'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('tthcc.dossier.register')
    sheet = StateReport('tthcc.dossier.register.sheet')

    def do_print_(self, action):
        dossiers = self.start.dossiers()
        if len(dossiers) > PRINTABLE:
            raise RegisterError(gettext(
                    'tthcc_dossier.msg_register_long',
                    number=len(dossiers), most=PRINTABLE))
        return action, {'ids': [d.id for d in dossiers]}

    def do_sheet(self, action):
        return action, {'ids': [d.id for d in self.start.dossiers()]}
