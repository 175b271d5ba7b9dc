# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What belongs to a fault"

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelStorage, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from .fault import OUTCOMES

ACTIONS = [
    ('reported', "Reported"),
    ('repair', "Sent to Repair"),
    ('failed', "Repair Failed"),
    ('replace', "Replacement Asked For"),
    ('rejected', "Replacement Rejected"),
    ('restored', "Counter Back in Service"),
    ('reopened', "Reopened"),
    *OUTCOMES,
    ]


class FaultLine(ModelStorage):
    "A row of a fault, which follows its rights; only buttons change it"
    __slots__ = ()

    fault = fields.Many2One(
        'tthcc.fault', "Fault", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('fault')
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.fault, Index.Equality())))

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external:
            raise AccessError(gettext('tthcc_facility.msg_fault_by_button'))


class FaultReport(FaultLine, ModelSQL, ModelView):
    "Phiếu báo hỏng"
    __name__ = 'tthcc.fault.report'
    _rec_name = 'summary'

    at = fields.DateTime("At", required=True)
    by = fields.Char("By")
    summary = fields.Char("What Is Broken", required=True)
    details = fields.Text("Details")
    picture = fields.Binary("Picture", file_id='picture_id')
    picture_id = fields.Char("Picture ID")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('at', 'DESC'), ('id', 'DESC')]


class FaultStep(FaultLine, ModelSQL, ModelView):
    "Quá trình xử lý hư hỏng"
    __name__ = 'tthcc.fault.step'

    at = fields.DateTime("At", required=True)
    by = fields.Char("By")
    action = fields.Selection(ACTIONS, "What Was Done", required=True)
    note = fields.Text("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('at', 'DESC'), ('id', 'DESC')]


class CounterOutage(FaultLine, ModelSQL, ModelView):
    "Thời gian quầy ngừng phục vụ vì thiết bị hỏng"
    __name__ = 'tthcc.counter.outage'

    counter = fields.Many2One(
        'tthcc.counter', "Counter", required=True, ondelete='CASCADE')
    reason = fields.Function(fields.Char("What Is Broken"), 'get_reason')
    since = fields.DateTime("Since", required=True)
    until = fields.DateTime("Until")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # The item of the fault may since have gone to another centre
        cls.__access__.remove('fault')
        cls.__access__.add('counter')
        cls._order = [('since', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.counter, Index.Equality()), where=t.until == Null))

    @classmethod
    @without_check_access
    def get_reason(cls, outages, name):
        return {o.id: o.fault.summary for o in cls.browse(outages)}


class Counter(metaclass=PoolMeta):
    __name__ = 'tthcc.counter'

    out_of_service = fields.Function(
        fields.Boolean(
            "Out of Service",
            help="Something is broken without which nobody can be served."),
        'get_out_of_service', searcher='search_out_of_service')
    outages = fields.One2Many(
        'tthcc.counter.outage', 'counter', "Out of Service", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['report_damage'] = {}

    @classmethod
    def get_out_of_service(cls, counters, name):
        Outage = Pool().get('tthcc.counter.outage')
        outage = Outage.__table__()
        cursor = Transaction().connection.cursor()
        out = {c.id: False for c in counters}
        cursor.execute(*outage.select(
                outage.counter,
                where=(outage.until == Null)
                & fields.SQL_OPERATORS['in'](outage.counter, list(out))))
        out.update((id, True) for id, in cursor)
        return out

    @classmethod
    def search_out_of_service(cls, name, clause):
        Outage = Pool().get('tthcc.counter.outage')
        outage = Outage.__table__()
        _, operator, value = clause
        stopped = outage.select(outage.counter, where=outage.until == Null)
        if operator not in {'=', '!='}:
            raise ValueError(operator)
        return [
            ('id', 'in' if (operator == '=') == bool(value) else 'not in',
                stopped)]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('out_of_service', False), 'danger', '')),
            ]

    @classmethod
    def copy(cls, counters, default=None):
        default = default.copy() if default else {}
        default.setdefault('outages', None)
        return super().copy(counters, default=default)

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_report_damage')
    def report_damage(cls, counters):
        pass
