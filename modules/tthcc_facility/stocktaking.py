# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from functools import partial

from sql import Literal
from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import lock_before_reading, pressed_in
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .attention import PRESENT
from .exceptions import StocktakingError

_TOGETHER = 30
# What is entered; buttons do all else
_BY_HAND = {'date', 'zone', 'note'}
_counting = {'readonly': Eval('state') != 'counting'}
# What a button does to records in some states
act = partial(
    pressed_in, StocktakingError, 'tthcc_facility.msg_stocktaking_state')


class Stocktaking(ModelSQL, ModelView):
    "Kiểm kê tài sản"
    __name__ = 'tthcc.stocktaking'

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states={'readonly': Eval('id', -1) >= 0})
    date = fields.Date("Date", required=True, states=_counting)
    zone = fields.Many2One(
        'tthcc.zone', "Room", ondelete='RESTRICT', states=_counting,
        domain=[('centre', '=', Eval('centre', -1))],
        help="Where labels are being scanned now; an item the books have "
        "in another room is elsewhere. Empty for the whole centre.")
    lines = fields.One2Many(
        'tthcc.stocktaking.line', 'stocktaking', "Items", readonly=True)
    note = fields.Text("Note", states=_counting)
    counted = fields.Function(fields.Integer("Scanned"), 'get_numbers')
    expected = fields.Function(
        fields.Integer(
            "In the Books", help="What should be at the centre."),
        'get_numbers')
    differences = fields.Function(
        fields.Integer("Differences"), 'get_numbers')
    submitted_by = fields.Many2One(
        'company.employee', "Submitted By", readonly=True,
        ondelete='RESTRICT')
    submitter = fields.Many2One(
        'res.user', "Submitter", readonly=True, ondelete='RESTRICT')
    submitted_at = fields.DateTime("Submitted At", readonly=True)
    booked = fields.Integer("In the Books Then", readonly=True)
    approved_by = fields.Many2One(
        'company.employee', "Approved By", readonly=True,
        ondelete='RESTRICT')
    approved_at = fields.DateTime("Approved At", readonly=True)
    state = fields.Selection([
            ('counting', "Counting"),
            ('submitted', "Submitted"),
            ('approved', "Approved"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('date', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.centre, Index.Equality())))
        for name, state in [
                ('scan', 'counting'), ('submit', 'counting'),
                ('cancel', 'counting'), ('count_again', 'submitted'),
                ('approve', 'submitted')]:
            cls._buttons[name] = {
                'invisible': Eval('state') != state,
                'depends': ['state'],
                }

    @classmethod
    def default_centre(cls):
        return Pool().get('res.user').own_centre()

    @classmethod
    def default_date(cls):
        return clock.today()

    @classmethod
    def default_state(cls):
        return 'counting'

    def get_rec_name(self, name):
        lang = Pool().get('ir.lang').get()
        return f'{self.centre.rec_name} {lang.strftime(self.date)}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('centre.rec_name', *clause[1:])]

    @classmethod
    def get_numbers(cls, takings, names):
        line = Pool().get('tthcc.stocktaking.line').__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*line.select(
                line.stocktaking, line.result, Count(Literal(1)),
                where=fields.SQL_OPERATORS['in'](
                    line.stocktaking, [t.id for t in takings]),
                group_by=[line.stocktaking, line.result]))
        numbers = {
            name: dict.fromkeys((t.id for t in takings), 0) for name in names}
        for id, result, number in cursor.fetchall():
            if 'counted' in names and result not in {'missing', 'unknown'}:
                numbers['counted'][id] += number
            if 'differences' in names and result != 'found':
                numbers['differences'][id] += number
        if 'expected' in names:
            for taking in takings:
                # As the books were when it was submitted
                numbers['expected'][taking.id] = (
                    taking._expected(count=True)
                    if taking.state == 'counting' else taking.booked)
        return numbers

    def _expected(self, **options):
        Equipment = Pool().get('tthcc.equipment')
        return Equipment.search([
                ('centre', '=', self.centre.id),
                ('condition', 'in', PRESENT),
                ], **options)

    @classmethod
    def check_modification(cls, mode, takings, values=None, external=False):
        super().check_modification(
            mode, takings, values=values, external=external)
        for taking in takings:
            if (mode == 'delete' and taking.submitted_at
                    or external and (
                        taking.state != 'counting'
                        or mode == 'create' and taking.submitted_at
                        or mode == 'write' and values.keys() - _BY_HAND)):
                raise AccessError(gettext(
                        'tthcc_facility.msg_stocktaking_fixed',
                        stocktaking=taking.rec_name,
                        state=taking.state_string))

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_stocktaking_scan')
    def scan(cls, takings):
        pass

    @without_check_access
    def take_code(self, text):
        """Write down the item whose label, or typed tag, is the text; return
        what was found, as text."""
        pool = Pool()
        Equipment = pool.get('tthcc.equipment')
        Line = pool.get('tthcc.stocktaking.line')
        lock_before_reading(type(self))
        if self.state != 'counting':
            raise StocktakingError(gettext(
                    'tthcc_facility.msg_stocktaking_state',
                    record=self.rec_name, state=self.state_string))
        tag = (text or '').strip().rstrip('/').rsplit('/', 1)[-1]
        if not tag:
            return gettext('tthcc_facility.msg_stocktaking_no_code')
        before = Line.search([
                ('stocktaking', '=', self.id), ('tag', '=', tag)])
        if before:
            return gettext('tthcc_facility.msg_stocktaking_twice', tag=tag)
        item, = Equipment.search([('tag', '=', tag)]) or [None]
        line = Line(stocktaking=self, tag=tag, zone=self.zone)
        if not item:
            line.result = 'unknown'
        elif item.centre != self.centre:
            # Nothing more is told of what others own
            line.result = 'elsewhere'
            line.description = gettext(
                'tthcc_facility.msg_stocktaking_of_other')
        else:
            line.equipment = item
            line.description = item.name
            line.result = 'found' if (
                item.condition in PRESENT
                and (not self.zone or item.zone in {None, self.zone})
                ) else 'elsewhere'
        line.save()
        return gettext(
            'tthcc_facility.msg_stocktaking_taken', tag=tag,
            result=line.result_string, item=line.description or '')

    @classmethod
    @act('submit', ['counting'])
    def submit(cls, takings):
        "What should be there and was not scanned is missing"
        Line = Pool().get('tthcc.stocktaking.line')
        for taking in takings:
            if not taking.lines:
                raise StocktakingError(gettext(
                        'tthcc_facility.msg_stocktaking_empty',
                        stocktaking=taking.rec_name))
            cls.write([taking], {'booked': taking.expected})
            seen = {line.equipment for line in taking.lines}
            missing = [i for i in taking._expected() if i not in seen]
            for some in grouped_slice(missing, _TOGETHER):
                Line.create([{
                            'stocktaking': taking.id,
                            'equipment': item.id,
                            'tag': item.tag,
                            'description': item.name,
                            'result': 'missing',
                            } for item in some])
        cls.write(takings, {
                'state': 'submitted',
                'submitted_by': Pool().get('res.user').acting_employee(),
                'submitter': Transaction().user,
                'submitted_at': clock.now(),
                })

    @classmethod
    @act('count_again', ['submitted'])
    def count_again(cls, takings):
        "What is missing may be looked for"
        Line = Pool().get('tthcc.stocktaking.line')
        Line.delete([
                line for taking in takings for line in taking.lines
                if line.result == 'missing'])
        cls.write(takings, {'state': 'counting'})

    @classmethod
    @act('cancel', ['counting'])
    def cancel(cls, takings):
        cls.write(takings, {'state': 'cancelled'})

    @classmethod
    @act('approve', ['submitted'])
    def approve(cls, takings):
        """The differences go into the history of the items; nobody approves
        what they submitted"""
        employee = Pool().get('res.user').acting_employee()
        for taking in takings:
            if not employee or taking.submitter.id == Transaction().user:
                raise StocktakingError(gettext(
                        'tthcc_facility.msg_stocktaking_own',
                        stocktaking=taking.rec_name))
            taking._settle()
        cls.write(takings, {
                'state': 'approved',
                'approved_by': employee,
                'approved_at': clock.now(),
                })

    def _settle(self):
        Equipment = Pool().get('tthcc.equipment')
        origin = str(self)
        lost = [
            line.equipment for line in self.lines
            if line.result == 'missing'
            and line.equipment.condition in PRESENT]
        Equipment.record(lost, 'loss', 'lost', origin=origin)
        for line in self.lines:
            item = line.equipment
            if line.result != 'elsewhere' or not item:
                continue
            if item.condition == 'lost':
                Equipment.record([item], 'found', 'good', origin=origin)
            if line.zone and item.zone != line.zone:
                Equipment.write([item], {'zone': line.zone.id})
                Equipment.record(
                    [item], 'move', origin=origin, note=line.zone.rec_name)


class StocktakingLine(ModelSQL, ModelView):
    "Thiết bị đã kiểm kê"
    __name__ = 'tthcc.stocktaking.line'

    stocktaking = fields.Many2One(
        'tthcc.stocktaking', "Stock-Taking", required=True,
        ondelete='CASCADE')
    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", ondelete='RESTRICT')
    tag = fields.Char("Tag", required=True)
    description = fields.Char("Equipment")
    zone = fields.Many2One('tthcc.zone', "Room", ondelete='RESTRICT')
    result = fields.Selection([
            ('found', "Found"),
            ('missing', "Missing"),
            ('elsewhere', "Elsewhere in the Books"),
            ('unknown', "Unknown"),
            ], "Result", required=True, sort=False)
    result_string = result.translated('result')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('stocktaking')
        cls._order = [('id', 'DESC')]
        t = cls.__table__()
        cls._sql_constraints += [
            ('tag_unique', Unique(t, t.stocktaking, t.tag),
                'tthcc_facility.msg_stocktaking_line_unique'),
            ]

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external:
            raise AccessError(gettext(
                    'tthcc_facility.msg_stocktaking_line_fixed'))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('result') == 'missing', 'danger',
                    If(Eval('result') == 'found', '', 'warning'))),
            ]


class EquipmentEvent(metaclass=PoolMeta):
    __name__ = 'tthcc.equipment.event'

    @classmethod
    def _get_origin(cls):
        return super()._get_origin() + ['tthcc.stocktaking']


class Scan(Wizard):
    "Scan one label after another"
    __name__ = 'tthcc.stocktaking.scan'

    start = StateView(
        'tthcc.stocktaking.scan.start',
        'tthcc_facility.stocktaking_scan_start_view_form', [
            Button("Close", 'end', 'tryton-close'),
            Button("Take", 'take', 'tryton-ok', default=True),
            ])
    take = StateTransition()

    def default_start(self, fields):
        return {'zone': self.record.zone.id if self.record.zone else None}

    def transition_take(self):
        Stocktaking = Pool().get('tthcc.stocktaking')
        with check_access():
            Stocktaking.scan([self.record])
        self.start.answer = self.record.take_code(self.start.code)
        return 'start'

    def value_start(self, fields):
        return {'code': None, 'answer': self.start.answer}


class ScanStart(ModelView):
    "Quét nhãn thiết bị"
    __name__ = 'tthcc.stocktaking.scan.start'

    zone = fields.Many2One('tthcc.zone', "Room", readonly=True)
    code = fields.Char(
        "Label", help="Scan the label of an item, or type its tag.")
    answer = fields.Char("Last Label", readonly=True)
