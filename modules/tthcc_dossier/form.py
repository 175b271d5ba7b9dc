# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.modules.tthcc.form import Form, document_number

from .exceptions import NotRegisteredError


class Receipt(Form):
    "Giấy tiếp nhận hồ sơ và hẹn trả kết quả (form 01)"
    __name__ = 'tthcc.dossier.receipt'

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/receipt'

    @classmethod
    def centre_and_date(cls, dossier):
        if not dossier.code:
            raise NotRegisteredError(gettext(
                    'tthcc_dossier.msg_receipt_not_registered',
                    dossier=dossier.rec_name))
        return dossier.centre, dossier.local(dossier.received_at).date()

    @classmethod
    def get_context(cls, dossiers, header, data):
        context = super().get_context(dossiers, header, data)
        context['document_number'] = document_number
        context['moment'] = lambda dossier, moment: dossier.local(
            moment).strftime('%H giờ %M phút, ngày %d/%m/%Y')
        return context
