# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from genshi.core import Markup

from trytond.modules.tthcc.form import Form, qr_code, templates


class Labels(Form):
    "Sheet of labels with QR codes to stick on items, on A4"
    __name__ = 'tthcc.equipment.labels'

    @classmethod
    def render(cls, report, report_context):
        sheet = templates.load('tthcc_facility/form/labels.html').generate(
            items=report_context['records'], qr_code=qr_code)
        return templates.load('tthcc/form/page.html').generate(
            pages=Markup(sheet.render('html'))).render('html')
