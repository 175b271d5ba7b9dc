# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from decimal import Decimal

from sql.aggregate import Sum

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import pressed
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .exceptions import ClosingError
from .fee import format_amount

_COUNTED = {'counted', 'reason'}
_open = {'readonly': Eval('state') == 'closed'}


class CashClosing(ModelSQL, ModelView):
    """What an officer took on a day and counted at its end (chốt quỹ cuối
    ngày).  It begins with the first payment; once closed the day is fixed."""
    __name__ = 'tthcc.cash_closing'

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, readonly=True,
        ondelete='RESTRICT')
    employee = fields.Many2One(
        'company.employee', "Officer", required=True, readonly=True,
        ondelete='RESTRICT')
    day = fields.Date("Day", required=True, readonly=True)
    payments = fields.One2Many(
        'tthcc.payment', 'closing', "Payments", readonly=True)
    expected = fields.Numeric(
        "Cash Expected", digits=(16, 0), required=True, readonly=True,
        help="What was paid in cash, in đồng, without cancelled payments.")
    transferred = fields.Numeric(
        "Paid to the Account", digits=(16, 0), required=True, readonly=True,
        help="By transfer or QR code, in đồng; to compare with the bank's "
        "statement.")
    counted = fields.Numeric(
        "Cash Counted", digits=(16, 0), states=_open,
        domain=['OR', ('counted', '=', None), ('counted', '>=', 0)],
        help="What is in the till, in đồng, without the float.")
    difference = fields.Function(
        fields.Numeric("Difference", digits=(16, 0)),
        'on_change_with_difference')
    reason = fields.Text(
        "Reason of the Difference", states=_open)
    state = fields.Selection([
            ('open', "Open"),
            ('closed', "Closed"),
            ], "State", required=True, readonly=True, sort=False)
    closed_at = fields.DateTime("Closed At", readonly=True)
    closed_by = fields.Many2One(
        'company.employee', "Closed By", readonly=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('day', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_constraints += [
            ('day_unique', Unique(t, t.centre, t.employee, t.day),
                'tthcc_dossier.msg_closing_day_unique'),
            ]
        cls._sql_indexes.update({
                Index(t,
                    (t.centre, Index.Range()),
                    (t.day, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.centre, Index.Range()), where=t.state == 'open'),
                })
        cls._buttons['close'] = {
            'invisible': Eval('state') != 'open',
            'depends': ['state'],
            }

    @staticmethod
    def default_state():
        return 'open'

    @staticmethod
    def default_expected():
        return Decimal(0)

    @staticmethod
    def default_transferred():
        return Decimal(0)

    @fields.depends('expected', 'counted')
    def on_change_with_difference(self, name=None):
        if self.counted is not None:
            return self.counted - (self.expected or 0)

    def get_rec_name(self, name):
        Lang = Pool().get('ir.lang')
        return f'{self.employee.rec_name}, {Lang.get().strftime(self.day)}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('employee.rec_name', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="difference"]', 'visual',
                Eval('difference', 0) & 'danger'),
            ]

    @classmethod
    def check_modification(cls, mode, closings, values=None, external=False):
        super().check_modification(
            mode, closings, values=values, external=external)
        if not external:
            return
        for closing in closings:
            if (mode != 'write' or closing.state == 'closed'
                    or values.keys() - _COUNTED
                    or not closing.is_kept_by_user()):
                raise AccessError(gettext(
                        'tthcc_dossier.msg_closing_fixed',
                        closing=closing.rec_name))

    @classmethod
    def of_today(cls, centre):
        """Return the open row of the acting employee at the centre today.

        Raises ClosingError when they are nobody or have closed the day."""
        Dossier = Pool().get('tthcc.dossier')
        employee = Dossier._acting_employee()
        if not employee:
            raise ClosingError(gettext('tthcc_dossier.msg_closing_nobody'))
        day = clock.today(centre.timezone)
        closings = cls.search([
                ('centre', '=', centre.id),
                ('employee', '=', employee),
                ('day', '=', day),
                ])
        if not closings:
            return cls.create([{
                        'centre': centre.id, 'employee': employee,
                        'day': day}])[0]
        closing, = closings
        if closing.state == 'closed':
            raise ClosingError(gettext(
                    'tthcc_dossier.msg_closing_closed',
                    closing=closing.rec_name))
        return closing

    @classmethod
    def count(cls, closings):
        "Add up the payments of the days"
        payment = Pool().get('tthcc.payment').__table__()
        cursor = Transaction().connection.cursor()
        for closing in closings:
            cursor.execute(*payment.select(
                    payment.method, Sum(payment.amount),
                    where=(payment.closing == closing.id)
                    & (payment.state == 'paid'),
                    group_by=payment.method))
            sums = {m: Decimal(str(s)).quantize(Decimal(1)) for m, s in cursor}
            closing.expected = sums.pop('cash', Decimal(0))
            closing.transferred = sum(sums.values(), Decimal(0))
        cls.save(closings)

    def is_kept_by_user(self):
        "Whether the user is the officer, or directs the centre"
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        User = pool.get('res.user')
        return (
            not Transaction().user
            or self.employee.id in User.get_employees()
            or Dossier._in_groups(['group_director']))

    def _check_close(cls, closings):
        for closing in closings:
            if closing.state == 'closed':
                message = 'msg_closing_closed'
            elif not closing.is_kept_by_user():
                message = 'msg_closing_fixed'
            elif closing.counted is None:
                message = 'msg_closing_uncounted'
            elif closing.difference and not closing.reason:
                message = 'msg_closing_difference'
            else:
                continue
            raise ClosingError(gettext(
                    f'tthcc_dossier.{message}',
                    closing=closing.rec_name,
                    difference=format_amount(closing.difference or 0)))

    @classmethod
    @pressed('close', _check_close)
    def close(cls, closings):
        "Fix the day, with what was counted"
        Dossier = Pool().get('tthcc.dossier')
        for closing in closings:
            closing.state = 'closed'
            closing.closed_at = clock.now()
            closing.closed_by = Dossier._acting_employee()
        cls.save(closings)
