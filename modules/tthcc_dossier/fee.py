# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields, sequence_ordered
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc.vietqr import MAX_AMOUNT
from trytond.modules.tthcc_procedure import tariff
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, without_check_access

from .exceptions import FeeError
from .line import Line

# More pages, copies or dossiers than this are a slip of the finger
_MOST = 99_999
_NOT_CHARGED = {'refused', 'voided'}


class Fee(Line, sequence_ordered(), ModelSQL, ModelView):
    """What a dossier costs under one tariff (phí, lệ phí phải nộp).

    The server counts the amount; by hand a price is entered only where the
    procedure states none."""
    __name__ = 'tthcc.dossier.fee'

    case = fields.Function(
        fields.Many2One('tthcc.procedure.case', "Case"),
        'on_change_with_case')
    fee = fields.Many2One(
        'tthcc.procedure.fee', "Tariff", ondelete='RESTRICT',
        domain=[('case', '=', Eval('case', -1))])
    name = fields.Char("Name", required=True)
    quantity = fields.Integer("Quantity", required=True)
    unit = fields.Function(fields.Char("Unit"), 'on_change_with_unit')
    items = fields.Integer(
        "Copies", required=True,
        help="How many times the quantity is charged, such as the copies of "
        "a paper of so many pages.")
    price = fields.Numeric(
        "Price", digits=(16, 0),
        states={
            'readonly': Bool(Eval('fee')),
            'required': ~Eval('fee'),
            },
        help="In đồng a unit, where there is no tariff.")
    exemption = fields.Many2One(
        'tthcc.procedure.fee.exemption', "Exemption", ondelete='RESTRICT',
        domain=[('fee', '=', Eval('fee', -1))])
    reduction = fields.Integer(
        "Reduction", required=True, help="In per cent; 100 pays nothing.")
    reason = fields.Char(
        "Reason of the Reduction",
        states={'required': Eval('reduction', 0) > 0})
    amount = fields.Numeric("Amount", digits=(16, 0), readonly=True)

    @staticmethod
    def default_fee():
        # A further line has the same tariff, such as for another paper
        Case = Pool().get('tthcc.procedure.case')
        if case := Transaction().context.get('fee_case'):
            return next((f.id for f in Case(case).fees), None)

    @staticmethod
    def default_quantity():
        return 1

    @staticmethod
    def default_items():
        return 1

    @staticmethod
    def default_reduction():
        return 0

    @classmethod
    def of_case(cls, case, dossier=None):
        "Return new lines for what a dossier of the case costs, one unit each"
        if case.fees:
            fees = [
                cls(fee=f, name=f.name, sequence=f.sequence)
                for f in case.fees]
        elif case.fee:
            fees = [cls(
                    fee=None, name=gettext('tthcc_dossier.msg_fee'),
                    price=case.fee)]
        else:
            fees = []
        for fee in fees:
            if dossier:
                fee.dossier = dossier
            fee.quantity = fee.items = 1
            fee.reduction = 0
            fee.amount = fee.count()
        return fees

    @fields.depends('dossier', '_parent_dossier.case')
    def on_change_with_case(self, name=None):
        if self.dossier:
            return self.dossier.case
        # A line of a window, of no dossier yet
        return Transaction().context.get('fee_case')

    @fields.depends('fee')
    def on_change_with_unit(self, name=None):
        return self.fee.unit if self.fee else None

    @fields.depends('fee', 'exemption', methods=['on_change_quantity'])
    def on_change_fee(self):
        self.exemption = None
        if self.fee:
            self.name = self.fee.name
            self.price = None
        self.on_change_quantity()

    @fields.depends('exemption', methods=['on_change_quantity'])
    def on_change_exemption(self):
        if self.exemption:
            self.reduction = self.exemption.reduction
            self.reason = self.exemption.name
        self.on_change_quantity()

    @fields.depends('fee', 'quantity', 'items', 'price', 'reduction')
    def on_change_quantity(self):
        self.amount = self.count()

    on_change_items = on_change_quantity
    on_change_price = on_change_quantity
    on_change_reduction = on_change_quantity

    def count(self):
        """Return the amount in whole đồng, None while something to count
        with is missing or out of range"""
        for number in [self.quantity, self.items]:
            if not number or not 0 < number <= _MOST:
                return
        reduction = getattr(self, 'reduction', None) or 0
        if not 0 <= reduction <= 100:
            return
        price = getattr(self, 'price', None)
        if getattr(self, 'fee', None):
            amount = self.fee.amount(self.quantity, self.items)
        elif price is not None:
            amount = price * self.quantity * self.items
        else:
            return
        return tariff.reduced(amount, reduction)

    @property
    def text(self):
        "What is paid for, as the slip says it: 5 trang × 2"
        parts = [f'{self.quantity} {self.unit or ""}'.strip()]
        if self.items > 1:
            item = self.fee.item if self.fee else None
            parts.append(f'{self.items} {item or ""}'.strip())
        text = f"{self.name}: {' × '.join(parts)}"
        if self.reduction:
            text += ' ' + gettext(
                'tthcc_dossier.msg_fee_reduced',
                reduction=self.reduction, reason=self.reason)
        return text

    def compute_fields(self, field_names=None):
        "Whatever the client sent, the amount is what the tariff says"
        values = super().compute_fields(field_names=field_names)
        amount = self.count()
        if amount != self.amount:
            values['amount'] = amount
        return values

    @classmethod
    def preprocess_values(cls, mode, values):
        Exemption = Pool().get('tthcc.procedure.fee.exemption')
        values = super().preprocess_values(mode, values)
        for name, least, most, message in [
                ('quantity', 1, _MOST, 'msg_fee_quantity'),
                ('items', 1, _MOST, 'msg_fee_quantity'),
                ('reduction', 0, 100, 'msg_fee_reduction'),
                ]:
            if not least <= values.get(name, least) <= most:
                raise FeeError(gettext(
                        f'tthcc_dossier.{message}', least=least, most=most))
        if values.get('exemption'):
            exemption = Exemption(values['exemption'])
            values['reduction'] = exemption.reduction
            values['reason'] = exemption.name
        elif 'exemption' not in values and 'reduction' in values:
            # Another reduction than that of the exemption
            values['exemption'] = None
        return values

    @classmethod
    def validate_fields(cls, fees, field_names):
        super().validate_fields(fees, field_names)
        for fee in fees:
            fee.check_tariff()

    def check_tariff(self):
        "Raise FeeError unless the line charges what the procedure says"
        case = self.dossier.case
        if self.fee:
            wrong = self.fee.case != case
        elif case.fees:
            wrong = True
        else:
            wrong = (
                self.price is None or self.price < 0
                or case.fee is not None and self.price != case.fee)
        if wrong:
            raise FeeError(gettext(
                    'tthcc_dossier.msg_fee_not_of_case',
                    fee=self.name, case=case.rec_name))
        if (self.count() or 0) > MAX_AMOUNT:
            raise FeeError(gettext(
                    'tthcc_dossier.msg_fee_too_much', fee=self.name))

    @classmethod
    def check_modification(cls, mode, fees, values=None, external=False):
        # Not as other lines: often only the department knows the quantity
        super(Line, cls).check_modification(
            mode, fees, values=values, external=external)
        if not external:
            return
        for fee in fees:
            dossier = fee.dossier
            if (dossier.state in _NOT_CHARGED
                    or mode == 'write' and 'dossier' in values):
                raise AccessError(gettext(
                        'tthcc_dossier.msg_dossier_fixed',
                        dossier=dossier.rec_name))
            if mode != 'create' and dossier.paid:
                raise FeeError(gettext(
                        'tthcc_dossier.msg_fee_paid',
                        dossier=dossier.rec_name))

    @classmethod
    def on_modification(cls, mode, fees, field_names=None):
        super().on_modification(mode, fees, field_names=field_names)
        if (mode != 'delete'
                and (field_names is None or 'amount' in field_names)
                and not Transaction().context.get('_charged')):
            cls._count_due([f.dossier.id for f in fees])

    @classmethod
    def on_delete(cls, fees):
        callbacks = super().on_delete(fees)
        dossiers = [f.dossier.id for f in fees]
        callbacks.append(lambda: cls._count_due(dossiers))
        return callbacks

    @staticmethod
    def _count_due(dossiers):
        Dossier = Pool().get('tthcc.dossier')
        with without_check_access():
            Dossier.count_due(Dossier.browse(list(set(dossiers))))


class FeeMixin:
    "Gives a dossier what it costs"
    __slots__ = ()

    fees = fields.One2Many(
        'tthcc.dossier.fee', 'dossier', "Fees",
        context={'fee_case': Eval('case', None)})
    amount_due = fields.Numeric(
        "Fees in All", digits=(16, 0), readonly=True, help="In đồng.")

    def charge(self):
        """Charge what the case costs, unless the officer has entered it;
        return the fees to be saved"""
        Fee = Pool().get('tthcc.dossier.fee')
        if self.fees:
            return []
        # Counted here, to be written with all else
        with Transaction().set_context(_charged=True):
            fees = Fee.of_case(self.case, self)
        self.amount_due = sum(
            (f.count() or 0 for f in fees), Decimal(0)) or None
        return fees

    @classmethod
    def recharge(cls, dossiers):
        """Charge what another case costs instead

        Raises FeeError where something was paid."""
        Fee = Pool().get('tthcc.dossier.fee')
        for dossier in dossiers:
            if dossier.paid:
                raise FeeError(gettext(
                        'tthcc_dossier.msg_fee_paid',
                        dossier=dossier.rec_name))
            with without_check_access():
                Fee.delete(dossier.fees)
                Fee.save(Fee.of_case(dossier.case, dossier))

    @classmethod
    def count_due(cls, dossiers):
        "Store what the fees of the dossiers come to"
        changed = []
        for dossier in dossiers:
            amount = total(dossier.fees)
            if amount != (dossier.amount_due or 0):
                dossier.amount_due = amount
                changed.append(dossier)
        cls.save(changed)

    @property
    def fee_text(self):
        "What the dossier costs, as people read it"
        if self.fees:
            return format_amount(total(self.fees))
        if self.case.fee is None:
            return self.case.fee_text
        if not self.case.fee:
            return gettext('tthcc_dossier.msg_no_fee')
        return format_amount(self.case.fee)


def total(fees):
    return sum((f.amount or Decimal(0) for f in fees), Decimal(0))


def format_amount(amount):
    "An amount as people read it, such as 14.000 đ"
    Lang = Pool().get('ir.lang')
    return Lang.get().format_number(amount, digits=0) + ' đ'
