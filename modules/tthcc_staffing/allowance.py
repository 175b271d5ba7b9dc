# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from .secondment import MODES


class Allowance(ModelSQL, ModelView):
    """What those who are posted to a centre get besides their pay (chế độ bồi
    dưỡng; paid by the sending agency, Decrees 61/2018/NĐ-CP and
    118/2025/NĐ-CP)"""
    __name__ = 'tthcc.allowance'

    name = fields.Char("Name", required=True)
    company = fields.Many2One(
        'company.company', "Committee", ondelete='CASCADE',
        help="Empty for all committees.")
    mode = fields.Selection(
        [(None, "All Modes")] + MODES, "Mode", sort=False)
    basis = fields.Selection([
            ('day', "Per Day Present"),
            ('month', "Per Month"),
            ('share', "Share of an Amount per Month"),
            ], "Basis", required=True, sort=False,
        help="Of a month the part counts that the posting had.")
    on_call = fields.Boolean(
        "Days on Call Too",
        states={'invisible': Eval('basis') != 'day'},
        help="Paid also for days on which the person was not called.")
    amount = fields.Numeric(
        "Amount", digits=(16, 0), required=True,
        domain=[('amount', '>=', 0)], help="In đồng.")
    percent = fields.Numeric(
        "Share, %", digits=(5, 2),
        domain=[If(Bool(Eval('percent')),
                [('percent', '>', 0), ('percent', '<=', 100)], ())],
        states={
            'invisible': Eval('basis') != 'share',
            'required': Eval('basis') == 'share',
            })
    payer = fields.Selection([
            ('department', "Sending Department"),
            ('centre', "Centre"),
            ('committee', "Committee"),
            ], "Payer", required=True, sort=False)
    payer_string = payer.translated('payer')
    legal_basis = fields.Char("Legal Basis", required=True)
    start_date = fields.Date("From", required=True)
    end_date = fields.Date(
        "To",
        domain=[If(Bool(Eval('end_date')),
                ('end_date', '>=', Eval('start_date', None)), ())])

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('start_date', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.add(Index(t, (t.start_date, Index.Range())))

    @staticmethod
    def default_company():
        return Transaction().context.get('company')

    @staticmethod
    def default_payer():
        return 'department'

    @staticmethod
    def default_basis():
        return 'day'

    @classmethod
    def applying(cls, company, mode, first, last):
        "Return the allowances of a mode in force between first and last"
        return cls.search([
                ('company', 'in', [None, company.id]),
                ('mode', 'in', [None, mode]),
                ('start_date', '<=', last),
                ['OR', ('end_date', '=', None), ('end_date', '>=', first)],
                ], order=[('name', 'ASC'), ('start_date', 'ASC')])
