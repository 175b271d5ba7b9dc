# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.modules.tthcc.form import Form, document_number

from .exceptions import FormError, NotRegisteredError


class DossierForm(Form):
    "A form about one dossier"

    @classmethod
    def get_context(cls, dossiers, header, data):
        context = super().get_context(dossiers, header, data)
        context['document_number'] = document_number
        context['day'] = lambda dossier, moment: dossier.local(
            moment).strftime('%d/%m/%Y')
        context['moment'] = lambda dossier, moment: dossier.local(
            moment).strftime('%H giờ %M phút, ngày %d/%m/%Y')
        return context

    @classmethod
    def refuse(cls, message, dossier):
        raise FormError(gettext(message, dossier=dossier.rec_name))


class Receipt(DossierForm):
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


class SupplementRequest(DossierForm):
    "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ (form 02)"
    __name__ = 'tthcc.dossier.supplement.request'

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/supplement'

    @classmethod
    def centre_and_date(cls, dossier):
        if not dossier.supplements:
            cls.refuse('tthcc_dossier.msg_form_no_supplement', dossier)
        moment = dossier.supplements[-1].asked_at
        return dossier.centre, dossier.local(moment).date()


class Refusal(DossierForm):
    "Phiếu từ chối tiếp nhận giải quyết hồ sơ (form 03)"
    __name__ = 'tthcc.dossier.refusal'

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/refusal'

    @classmethod
    def centre_and_date(cls, dossier):
        if dossier.state != 'refused':
            cls.refuse('tthcc_dossier.msg_form_not_refused', dossier)
        return dossier.centre, dossier.local(dossier.finished_at).date()


class Apology(DossierForm):
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả (form 04 of 2018), Văn bản
    xin lỗi và đề nghị gia hạn thời gian giải quyết (form 04 of 2025)"""
    __name__ = 'tthcc.dossier.apology'

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/apology'

    @classmethod
    def centre_and_date(cls, dossier):
        if not dossier.apology:
            cls.refuse('tthcc_dossier.msg_form_no_apology', dossier)
        return dossier.centre, dossier.local(dossier.apology.made_at).date()


class StopNotice(DossierForm):
    "Thông báo dừng giải quyết hồ sơ (form 05 of 2025)"
    __name__ = 'tthcc.dossier.stop_notice'

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/stop_notice'

    @classmethod
    def centre_and_date(cls, dossier):
        if dossier.state != 'withdrawn':
            cls.refuse('tthcc_dossier.msg_form_not_withdrawn', dossier)
        return dossier.centre, dossier.local(dossier.finished_at).date()
