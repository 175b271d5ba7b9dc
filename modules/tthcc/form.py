# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import base64
import logging
import mimetypes
import os
from functools import lru_cache

from genshi.core import Markup
from genshi.template import MarkupTemplate, TemplateLoader, TemplateNotFound

from trytond.i18n import gettext
from trytond.report import Report
from trytond.tools import file_open

from .exceptions import PrintingError

logger = logging.getLogger(__name__)


def _open_template(name):
    name = os.path.normpath(name)
    stream = file_open(name, 'rb')
    return stream.name, name, stream, None


templates = TemplateLoader(
    [_open_template], auto_reload=False, default_class=MarkupTemplate)


class Form(Report):
    """A statutory form on the head of a centre (biểu mẫu).

    The template of a record is found by the set of forms in force at its
    centre on its day: MODULE/form/NAME_SET.html."""

    @classmethod
    def template_name(cls):
        "Return the path of the templates, as MODULE/form/NAME"
        raise NotImplementedError

    @classmethod
    def centre_and_date(cls, record):
        "Return the centre that issues the form and its local date"
        raise NotImplementedError

    @classmethod
    def render(cls, report, report_context):
        pages = []
        for record in report_context['records']:
            centre, date = cls.centre_and_date(record)
            form_set = centre.regime_at(date).regime.form_set
            try:
                template = templates.load(
                    f'{cls.template_name()}_{form_set}.html')
            except TemplateNotFound as error:
                raise PrintingError(gettext(
                        'tthcc.msg_form_not_of_set',
                        centre=centre.rec_name,
                        form_set=form_set)) from error
            pages.append(template.generate(
                    **report_context | {
                        'record': record,
                        'centre': centre,
                        'date': date,
                        'place_and_date': cls.place_and_date(centre, date),
                        'qr_code': qr_code,
                        }).render('html'))
        page = templates.load('tthcc/form/page.html')
        return page.generate(pages=Markup(''.join(pages))).render('html')

    @classmethod
    def convert(cls, report, data, timeout=5 * 60, retry=5):
        "Make a PDF with the fonts of the suite and nothing from the network"
        try:
            import weasyprint
        except (ImportError, OSError) as error:
            # Without Pango everything but printing works
            logger.error("cannot print: %s", error)
            raise PrintingError(gettext('tthcc.msg_printing_missing')) \
                from error
        return 'pdf', weasyprint.HTML(
            string=data, url_fetcher=_module_fetcher()).write_pdf()

    @staticmethod
    def place_and_date(centre, date):
        """The line of place and date as Decree 30/2020/NĐ-CP has it: a zero
        only before days under 10 and before the months 1 and 2."""
        month = f'{date.month:02}' if date.month < 3 else date.month
        return (
            f'{centre.place or ""}, ngày {date.day:02} tháng {month} '
            f'năm {date.year}').lstrip(', ')


@lru_cache(maxsize=1)
def _module_fetcher():
    import weasyprint
    from weasyprint.urls import URLFetcherResponse

    class ModuleFetcher(weasyprint.URLFetcher):
        "Fetch module:MODULE/PATH and data: only"

        def fetch(self, url, headers=None):
            scheme, _, path = url.partition(':')
            if scheme != 'module':
                return super().fetch(url, headers)
            with file_open(path, 'rb') as stream:
                return URLFetcherResponse(url, stream.read(), {
                        'Content-Type': mimetypes.guess_type(path)[0]
                        or 'application/octet-stream'})

    return ModuleFetcher(allowed_protocols={'data'})


def qr_code(text):
    "Return a data: address of the picture of the QR code of the text"
    import qrcode
    from qrcode.image.svg import SvgPathImage

    image = qrcode.make(text, image_factory=SvgPathImage, border=0)
    return 'data:image/svg+xml;base64,' + base64.b64encode(
        image.to_string()).decode()


def document_number(number):
    "The number of a document as Decree 30/2020/NĐ-CP has it: 05, 12, 130"
    return f'{number:02}'
