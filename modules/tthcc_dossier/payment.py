# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock, vietqr
from trytond.modules.tthcc.workflow import pressed
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import (
    Button, StateReport, StateTransition, StateView, Wizard)

from .exceptions import PaymentError
from .fee import format_amount

METHODS = [
    ('cash', "Cash"),
    ('transfer', "Bank Transfer"),
    ('qr', "QR Code"),
    ]
# Where nothing is paid: not yet received, or in error
_UNPAYABLE = ['draft', 'submitted', 'refused', 'voided']


class Payment(ModelSQL, ModelView):
    """What a citizen paid, with the number of its receipt (biên lai thu phí,
    lệ phí).  It is cancelled at most, never changed or deleted."""
    __name__ = 'tthcc.payment'

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, readonly=True,
        ondelete='RESTRICT')
    year = fields.Integer("Year", required=True, readonly=True)
    number = fields.Integer(
        "Number", required=True, readonly=True,
        help="The number of the receipt, by centre and year.")
    dossier = fields.Many2One(
        'tthcc.dossier', "Dossier", required=True, readonly=True,
        ondelete='RESTRICT')
    purpose = fields.Text(
        "Paid For", readonly=True, help="The fees on the day of payment.")
    amount = fields.Numeric(
        "Amount", digits=(16, 0), required=True, readonly=True,
        help="In đồng.")
    method = fields.Selection(
        METHODS, "Method", required=True, readonly=True, sort=False)
    method_string = method.translated('method')
    reference = fields.Char(
        "Reference", readonly=True,
        help="The number that the bank gave the transfer.")
    at = fields.DateTime("At", required=True, readonly=True)
    closing = fields.Many2One(
        'tthcc.cash_closing', "Cash of the Day", required=True,
        readonly=True, ondelete='RESTRICT')
    cashier = fields.Many2One(
        'company.employee', "Cashier", required=True, readonly=True,
        ondelete='RESTRICT')
    state = fields.Selection([
            ('paid', "Paid"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    cancel_reason = fields.Text(
        "Reason", readonly=True,
        states={'invisible': Eval('state') != 'cancelled'})
    cancelled_at = fields.DateTime(
        "Cancelled At", readonly=True,
        states={'invisible': Eval('state') != 'cancelled'})
    cancelled_by = fields.Many2One(
        'company.employee', "Cancelled By", readonly=True,
        ondelete='RESTRICT',
        states={'invisible': Eval('state') != 'cancelled'})

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('at', 'DESC'), ('id', 'DESC')]
        cls.__access__.add('dossier')
        t = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(t, t.centre, t.year, t.number),
                'tthcc_dossier.msg_payment_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.dossier, Index.Range())),
                Index(t, (t.closing, Index.Range())),
                Index(t,
                    (t.at, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC'))),
                })
        cls._buttons['cancel'] = {
            'invisible': Eval('state') != 'paid',
            'depends': ['state'],
            }

    @property
    def receipt_number(self):
        return f'{self.number:07}/{self.year}'

    def get_rec_name(self, name):
        return self.receipt_number

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('dossier.rec_name', *clause[1:])]

    @classmethod
    def check_modification(cls, mode, payments, values=None, external=False):
        super().check_modification(
            mode, payments, values=values, external=external)
        if external or mode == 'delete':
            raise AccessError(gettext('tthcc_dossier.msg_payment_fixed'))

    @classmethod
    def take(cls, dossier, method, amount, reference=None):
        """Take the amount in đồng for the dossier and return the payment.

        Raises PaymentError unless so much is outstanding, ClosingError when
        the acting employee takes no more payments today."""
        pool = Pool()
        Closing = pool.get('tthcc.cash_closing')
        Counter = pool.get('tthcc.dossier.counter')
        outstanding = dossier.outstanding
        if not 0 < amount <= outstanding or amount != int(amount):
            raise PaymentError(gettext(
                    'tthcc_dossier.msg_payment_amount',
                    dossier=dossier.rec_name,
                    amount=format_amount(amount),
                    outstanding=format_amount(outstanding)))
        now = clock.now()
        closing = Closing.of_today(dossier.centre)
        year = closing.day.year
        number, = Counter.take(f'payment {dossier.centre.id} {year}')
        payment = cls(
            centre=dossier.centre, year=year, number=number, dossier=dossier,
            purpose='\n'.join(
                f'{f.text} = {format_amount(f.amount)}'
                for f in dossier.fees),
            amount=amount, method=method, reference=reference, at=now,
            closing=closing, cashier=closing.employee, state='paid')
        payment.save()
        # Of two who take or count at once the later one is refused by these
        # writes, and finds what the first one left
        dossier.paid = (dossier.paid or 0) + amount
        dossier.save()
        Closing.count([closing])
        return payment

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_payment_cancel')
    def cancel(cls, payments):
        pass

    def _check_cancel(cls, payments):
        for payment in payments:
            if payment.state == 'cancelled':
                message = 'msg_payment_cancelled'
            elif payment.closing.state == 'closed':
                message = 'msg_payment_closed'
            elif not payment.closing.is_kept_by_user():
                message = 'msg_payment_not_yours'
            else:
                continue
            raise PaymentError(gettext(
                    f'tthcc_dossier.{message}',
                    payment=payment.rec_name,
                    cashier=payment.cashier.rec_name,
                    day=payment.closing.rec_name))

    @classmethod
    @pressed('cancel', _check_cancel)
    def cancel_for(cls, payments, reason):
        "Cancel the payments, as long as the day of their cashier is open"
        pool = Pool()
        Closing = pool.get('tthcc.cash_closing')
        Dossier = pool.get('tthcc.dossier')
        for payment in payments:
            payment.state = 'cancelled'
            payment.cancel_reason = reason
            payment.cancelled_at = clock.now()
            payment.cancelled_by = Dossier._acting_employee()
            payment.save()
            payment.dossier.paid -= payment.amount
            payment.dossier.save()
            Closing.count([payment.closing])


class PayMixin:
    "Lets a dossier be paid for"
    __slots__ = ()

    payments = fields.One2Many(
        'tthcc.payment', 'dossier', "Payments", readonly=True)
    paid = fields.Numeric(
        "Paid", digits=(16, 0), readonly=True, help="In đồng.")
    outstanding = fields.Function(
        fields.Numeric(
            "Outstanding", digits=(16, 0),
            help="What the citizen has yet to pay, in đồng."),
        'on_change_with_outstanding')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['pay'] = {
            'invisible': Eval('state').in_(_UNPAYABLE),
            'depends': ['state'],
            }

    @fields.depends('amount_due', 'paid')
    def on_change_with_outstanding(self, name=None):
        return (self.amount_due or Decimal(0)) - (self.paid or Decimal(0))

    @property
    def payment_code(self):
        """The text of a VietQR code for what is outstanding, None where
        nothing is or the centre has no account"""
        if self.outstanding > 0 and self.centre.bank_account:
            return vietqr.payload(
                self.centre.bank, self.centre.bank_account, self.outstanding,
                self.code)

    @property
    def transfer_purpose(self):
        "What the transfer is to say, as banks take it"
        return vietqr.plain(self.code)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_pay')
    def pay(cls, dossiers):
        pass

    def _check_pay(cls, dossiers):
        for dossier in dossiers:
            if dossier.outstanding <= 0:
                raise PaymentError(gettext(
                        'tthcc_dossier.msg_payment_nothing',
                        dossier=dossier.rec_name,
                        payments=', '.join(
                            p.rec_name for p in dossier.payments
                            if p.state == 'paid') or '–'))

    @classmethod
    @pressed('pay', _check_pay)
    def pay_by(cls, dossiers, method, amount, reference=None):
        """Take the amount in đồng for each of the dossiers and return the
        payments; one that waited for it goes on."""
        Payment = Pool().get('tthcc.payment')
        payments = [
            Payment.take(d, method, amount, reference) for d in dossiers]
        cls.resume([
                d for d in dossiers
                if d.state == 'payment' and not d.outstanding])
        return payments

    @classmethod
    def _stop_clock(cls, dossiers, kind, reason):
        if kind == 'payment':
            for dossier in dossiers:
                if dossier.case.payment_stops_clock == 'never':
                    raise PaymentError(gettext(
                            'tthcc_dossier.msg_payment_never_stops',
                            dossier=dossier.rec_name,
                            case=dossier.case.rec_name))
        super()._stop_clock(dossiers, kind, reason)

    @classmethod
    def on_move(cls, dossiers, name):
        "Where the procedure says so the clock stands until all is paid"
        super().on_move(dossiers, name)
        if name in {'register', 'accept'}:
            unpaid = [
                d for d in dossiers
                if d.case.payment_stops_clock == 'registration'
                and d.outstanding > 0]
            if unpaid:
                cls.wait_for_payment(
                    unpaid, gettext('tthcc_dossier.msg_payment_first'))


class Pay(Wizard):
    "Take a payment and print its receipt"
    __name__ = 'tthcc.dossier.pay'

    start = StateView(
        'tthcc.dossier.pay.start', 'tthcc_dossier.pay_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Take the Payment", 'pay', 'tryton-ok', default=True),
            ])
    pay = StateTransition()
    receipt = StateReport('tthcc.payment.receipt')

    def default_start(self, fields):
        return {
            'outstanding': self.record.outstanding,
            'amount': self.record.outstanding,
            }

    def transition_pay(self):
        Dossier = Pool().get('tthcc.dossier')
        with check_access():
            self.start.payment, = Dossier.pay_by(
                self.records, self.start.method, self.start.amount,
                self.start.reference)
        return 'receipt'

    def do_receipt(self, action):
        payment = self.start.payment
        return action, {'ids': [payment.id], 'id': payment.id}


class PayStart(ModelView):
    "What the citizen pays"
    __name__ = 'tthcc.dossier.pay.start'

    outstanding = fields.Numeric(
        "Outstanding", digits=(16, 0), readonly=True)
    amount = fields.Numeric(
        "Amount", digits=(16, 0), required=True, help="In đồng.")
    method = fields.Selection(METHODS, "Method", required=True, sort=False)
    reference = fields.Char(
        "Reference", states={'invisible': Eval('method') == 'cash'},
        help="The number that the bank gave the transfer.")
    payment = fields.Many2One('tthcc.payment', "Payment", readonly=True)

    @staticmethod
    def default_method():
        return 'cash'


class CancelPayment(Wizard):
    "Cancel a payment, with the reason"
    __name__ = 'tthcc.payment.cancel'

    start = StateView(
        'tthcc.dossier.decision.start',
        'tthcc_dossier.decision_start_view_form', [
            Button("Keep", 'end', 'tryton-cancel'),
            Button("Cancel the Payment", 'cancel', 'tryton-ok', default=True),
            ])
    cancel = StateTransition()

    def transition_cancel(self):
        Payment = Pool().get('tthcc.payment')
        with check_access():
            Payment.cancel_for(self.records, self.start.reason)
        return 'end'
