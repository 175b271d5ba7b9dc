# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the centre prints about fees: the slip to pay by, the receipt."""

from trytond.i18n import gettext
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.form import Form
from trytond.modules.tthcc.words import in_words

from .exceptions import NotRegisteredError
from .fee import format_amount


class _MoneyForm(Form):

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['format_amount'] = format_amount
        context['amount_in_words'] = lambda amount: in_words(
            amount).capitalize()
        return context


class FeeSlip(_MoneyForm):
    "Phiếu nộp phí, lệ phí: what is to be paid, with a VietQR code"
    __name__ = 'tthcc.dossier.fee_slip'

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/fee_slip'

    @classmethod
    def centre_and_date(cls, dossier):
        if not dossier.code:
            raise NotRegisteredError(gettext(
                    'tthcc_dossier.msg_receipt_not_registered',
                    dossier=dossier.rec_name))
        return dossier.centre, clock.today(dossier.centre.timezone)


class PaymentReceipt(_MoneyForm):
    """Biên lai thu phí, lệ phí: what was paid, with a VietQR code for what
    is still outstanding"""
    __name__ = 'tthcc.payment.receipt'

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/payment_receipt'

    @classmethod
    def centre_and_date(cls, payment):
        return payment.centre, payment.dossier.local(payment.at).date()
