# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.form import Form
from trytond.modules.tthcc.workflow import pressed
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import (
    Button, StateReport, StateTransition, StateView, Wizard)

from .equipment import CONDITIONS
from .exceptions import MovementError

KINDS = [
    ('move', "Move within the Centre"),
    ('transfer', "Transfer to Another Centre"),
    ('loan', "Lend to Another Centre"),
    ('return', "Return to the Lending Centre"),
    ('disposal', "Disposal"),
    ]
METHODS = [
    (None, ""),
    ('sale', "Sale"),
    ('destruction', "Destruction"),
    ('dismantling', "Dismantling for Parts"),
    ]
_AWAY = ['transfer', 'loan']
_EVENTS = {'loan': 'transfer'}
_TOGETHER = 30


class _Details:
    "What a person enters about a movement"
    __slots__ = ()

    kind = fields.Selection(KINDS, "Kind", required=True, sort=False)
    kind_string = kind.translated('kind')
    reason = fields.Text("Reason")
    decision = fields.Char(
        "Decision", states={'invisible': Eval('kind') == 'move'},
        help="Number, date and author of the decision behind it.")
    method = fields.Selection(
        METHODS, "Method", sort=False, states={
            'invisible': Eval('kind') != 'disposal',
            'required': Eval('kind') == 'disposal',
            })
    method_string = method.translated('method')
    council = fields.Text(
        "Council", states={
            'invisible': Eval('kind') != 'disposal',
            'required': Eval('kind') == 'disposal',
            },
        help="Who disposes of it, one in each line; the minutes name them.")
    proceeds = fields.Numeric(
        "Proceeds", digits=(16, 0),
        domain=['OR', ('proceeds', '=', None), ('proceeds', '>=', 0)],
        states={'invisible': Eval('kind') != 'disposal'},
        help="In đồng.")


class Movement(_Details, ModelSQL, ModelView):
    """Phiếu điều chuyển, bàn giao hoặc thanh lý thiết bị: a document, which
    names in text what people of the other centre cannot read"""
    __name__ = 'tthcc.equipment.movement'

    centre = fields.Many2One(
        'tthcc.centre', "From Centre", required=True, ondelete='RESTRICT')
    to_centre = fields.Many2One(
        'tthcc.centre', "To Centre", ondelete='RESTRICT')
    from_name = fields.Function(fields.Char("From"), 'get_name')
    to_name = fields.Function(
        fields.Char("To", states={'invisible': ~Eval('to_name')}),
        'get_name')
    date = fields.Date("Date", required=True)
    place = fields.Char(
        "New Place", help="Room and counter there.",
        states={'invisible': ~Eval('place')})
    receiver = fields.Char(
        "Receiver", states={'invisible': ~Eval('receiver')})
    giver = fields.Many2One(
        'company.employee', "Entered By", ondelete='RESTRICT')
    giver_name = fields.Function(fields.Char("Entered By"), 'get_name')
    approver_name = fields.Function(
        fields.Char("Decided By", states={
                'invisible': ~Eval('approver_name')}),
        'get_name')
    approver = fields.Many2One(
        'company.employee', "Decided By", ondelete='RESTRICT')
    decided_at = fields.DateTime(
        "Decided At", states={'invisible': ~Eval('decided_at')})
    lines = fields.One2Many(
        'tthcc.equipment.movement.line', 'movement', "Items")
    state = fields.Selection([
            ('proposed', "Proposed"),
            ('done', "Done"),
            ('rejected', "Rejected"),
            ], "State", required=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('date', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t, (t.centre, Index.Equality())),
                Index(t, (t.to_centre, Index.Equality())),
                Index(t, (t.centre, Index.Equality()),
                    where=t.state == 'proposed'),
                })
        for name in ['approve', 'reject']:
            cls._buttons[name] = {
                'invisible': Eval('state') != 'proposed',
                'depends': ['state'],
                }

    def get_rec_name(self, name):
        lang = Pool().get('ir.lang').get()
        return f'{self.kind_string} {lang.strftime(self.date)}'

    @classmethod
    def get_name(cls, movements, names):
        sources = {
            'from_name': 'centre', 'to_name': 'to_centre',
            'giver_name': 'giver', 'approver_name': 'approver'}
        with without_check_access():
            return {
                name: {
                    m.id: getattr(m, sources[name]).rec_name
                    if getattr(m, sources[name]) else None
                    for m in cls.browse(movements)}
                for name in names}

    @classmethod
    def check_modification(cls, mode, movements, values=None, external=False):
        super().check_modification(
            mode, movements, values=values, external=external)
        if external or mode == 'delete':
            raise AccessError(gettext('tthcc_facility.msg_movement_fixed'))

    @classmethod
    @without_check_access
    def make(cls, items, kind, zone=None, counter=None, employee=None,
            to_centre=None, **values):
        """Move the items, or propose to dispose of them; return the movement.

        zone, counter, employee: where they come to, within the centre
        to_centre: of a transfer or loan
        values: the other fields of the movement

        Raise MovementError where the items cannot go there."""
        items = list(items)
        centre = cls._common_centre(items)
        if kind == 'return':
            to_centre = cls._home(items)
        elif kind in _AWAY:
            cls._check_away(items, kind, to_centre)
        place = ', '.join(p.rec_name for p in [zone, counter] if p)
        movement = cls(
            kind=kind, centre=centre, to_centre=to_centre,
            date=clock.today(), place=place,
            receiver=employee.rec_name if employee else None,
            giver=Pool().get('res.user').acting_employee(),
            state='proposed' if kind == 'disposal' else 'done', **values)
        movement.save()
        movement._add(items)
        if kind != 'disposal':
            movement._place(items, zone, counter, employee)
        return movement

    @classmethod
    def _common_centre(cls, items):
        Equipment = Pool().get('tthcc.equipment')
        Equipment.check_present(items)
        centres = {i.centre for i in items}
        if len(centres) > 1:
            raise MovementError(gettext(
                    'tthcc_facility.msg_movement_centres',
                    centres=', '.join(sorted(c.rec_name for c in centres))))
        return centres.pop()

    @staticmethod
    def _home(items):
        homes = {i.home for i in items}
        home = homes.pop()
        if homes or not home:
            raise MovementError(gettext(
                    'tthcc_facility.msg_movement_not_lent',
                    items=', '.join(i.rec_name for i in items if not i.home)))
        return home

    @staticmethod
    def _check_away(items, kind, to_centre):
        User = Pool().get('res.user')
        centres, _ = User.get_workplace()
        if to_centre == items[0].centre:
            raise MovementError(gettext(
                    'tthcc_facility.msg_movement_same_centre',
                    centre=to_centre.rec_name))
        if Transaction().user and to_centre.id not in centres:
            raise AccessError(gettext(
                    'tthcc_facility.msg_movement_other_centre'))
        lent = [i for i in items if i.home]
        if lent:
            raise MovementError(gettext(
                    'tthcc_facility.msg_movement_lent',
                    items=', '.join(i.rec_name for i in lent)))

    def _add(self, items):
        Line = Pool().get('tthcc.equipment.movement.line')
        for some in grouped_slice(items, _TOGETHER):
            Line.create([{
                        'movement': self.id,
                        'equipment': item.id,
                        'tag': item.tag,
                        'description': item.name,
                        'serial': item.serial,
                        'condition': item.condition,
                        'value': item.value,
                        'worth': item.worth,
                        } for item in some])

    def _place(self, items, zone, counter, employee):
        Equipment = Pool().get('tthcc.equipment')
        values = {'zone': zone, 'counter': counter, 'employee': employee}
        if self.to_centre:
            values['centre'] = self.to_centre
            values['home'] = self.centre if self.kind == 'loan' else None
        Equipment.write(items, {
                name: value.id if value else None
                for name, value in values.items()})
        Equipment.record(
            items, _EVENTS.get(self.kind, self.kind), origin=str(self),
            note=': '.join(filter(None, [
                        self.to_name or self.place, self.reason])))

    def _check_decide(cls, movements):
        "Nobody decides on what they proposed"
        User = Pool().get('res.user')
        employee = User.acting_employee()
        for movement in movements:
            if movement.state != 'proposed':
                raise MovementError(gettext(
                        'tthcc_facility.msg_movement_decided',
                        movement=movement.rec_name,
                        employee=movement.approver_name))
            if not employee or movement.create_uid.id == Transaction().user:
                raise MovementError(gettext(
                        'tthcc_facility.msg_movement_own',
                        movement=movement.rec_name))

    def dispose(self):
        "Take its items out of use, as was decided"
        Equipment = Pool().get('tthcc.equipment')
        Equipment.record(
            [line.equipment for line in self.lines], 'disposal', 'disposed',
            origin=str(self), note=self.reason)

    @classmethod
    @pressed('approve', _check_decide)
    def approve(cls, movements):
        "The items are disposed of, which is final"
        for movement in movements:
            if gone := [
                    line.tag for line in movement.lines
                    if line.equipment.centre != movement.centre
                    or line.equipment.condition == 'disposed']:
                raise MovementError(gettext(
                        'tthcc_facility.msg_movement_gone',
                        movement=movement.rec_name, items=', '.join(gone)))
        cls._decide(movements, 'done')
        for movement in movements:
            movement.dispose()

    @classmethod
    @pressed('reject', _check_decide)
    def reject(cls, movements):
        "The items stay"
        cls._decide(movements, 'rejected')

    @classmethod
    def _decide(cls, movements, state):
        cls.write(movements, {
                'state': state,
                'approver': Pool().get('res.user').acting_employee(),
                'decided_at': clock.now(),
                })


class MovementLine(ModelSQL, ModelView):
    "Thiết bị trong phiếu"
    __name__ = 'tthcc.equipment.movement.line'

    movement = fields.Many2One(
        'tthcc.equipment.movement', "Movement", required=True,
        ondelete='CASCADE')
    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", required=True, ondelete='RESTRICT')
    tag = fields.Char("Tag", required=True)
    description = fields.Char("Equipment", required=True)
    serial = fields.Char("Serial Number")
    condition = fields.Selection(
        CONDITIONS, "Condition", required=True, sort=False)
    condition_string = condition.translated('condition')
    value = fields.Numeric("Value", digits=(16, 0), help="In đồng.")
    worth = fields.Numeric("Worth", digits=(16, 0), help="In đồng.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('movement')
        cls._order = [('movement', 'ASC'), ('tag', 'ASC'), ('id', 'ASC')]


class EquipmentEvent(metaclass=PoolMeta):
    __name__ = 'tthcc.equipment.event'

    @classmethod
    def _get_origin(cls):
        return super()._get_origin() + ['tthcc.equipment.movement']


class MoveStart(_Details, ModelView):
    "Điều chuyển, thanh lý thiết bị"
    __name__ = 'tthcc.equipment.move.start'

    centre = fields.Many2One('tthcc.centre', "Centre", readonly=True)
    to_centre = fields.Many2One(
        'tthcc.centre', "To Centre",
        domain=[('id', '!=', Eval('centre', -1))],
        states={
            'invisible': ~Eval('kind').in_(_AWAY),
            'required': Eval('kind').in_(_AWAY),
            })
    zone = fields.Many2One(
        'tthcc.zone', "Room", domain=[('centre', '=', Eval('centre', -1))],
        states={'invisible': Eval('kind') != 'move'})
    counter = fields.Many2One(
        'tthcc.counter', "Counter",
        domain=[('centre', '=', Eval('centre', -1))],
        states={'invisible': Eval('kind') != 'move'})
    employee = fields.Many2One(
        'company.employee', "Answered For By",
        domain=[('centre', '=', Eval('centre', -1))],
        states={'invisible': Eval('kind') != 'move'})
    movement = fields.Many2One(
        'tthcc.equipment.movement', "Movement", readonly=True)


class Move(Wizard):
    "Move items and print the slip"
    __name__ = 'tthcc.equipment.move'

    start = StateView(
        'tthcc.equipment.move.start',
        'tthcc_facility.equipment_move_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Go On", 'do', 'tryton-ok', default=True),
            ])
    do = StateTransition()
    slip = StateReport('tthcc.equipment.movement.slip')

    _button = 'move'

    def default_start(self, fields):
        values = {'kind': 'move', 'centre': self.record.centre.id}
        if len(self.records) == 1:
            for name in ['zone', 'counter', 'employee']:
                if value := getattr(self.record, name):
                    values[name] = value.id
        return values

    def transition_do(self):
        pool = Pool()
        Equipment = pool.get('tthcc.equipment')
        Movement = pool.get('tthcc.equipment.movement')
        start = self.start
        with check_access():
            getattr(Equipment, self._button)(self.records)
            values = {'reason': start.reason, 'decision': start.decision}
            if start.kind == 'move':
                values.update(
                    zone=start.zone, counter=start.counter,
                    employee=start.employee)
            elif start.kind == 'disposal':
                values.update(
                    method=start.method, council=start.council,
                    proceeds=start.proceeds)
            else:
                values['to_centre'] = start.to_centre
            start.movement = Movement.make(
                self.records, start.kind, **values)
        return 'slip'

    def do_slip(self, action):
        movement = self.start.movement
        return action, {'ids': [movement.id], 'id': movement.id}


class Dispose(Move):
    "Propose to dispose of items and print the minutes"
    __name__ = 'tthcc.equipment.dispose'

    _button = 'dispose'

    def default_start(self, fields):
        return {'kind': 'disposal', 'centre': self.record.centre.id}


class Slip(Form):
    "Biên bản bàn giao, biên bản thanh lý"
    __name__ = 'tthcc.equipment.movement.slip'

    @classmethod
    def template_name(cls):
        return 'tthcc_facility/form/movement'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['amount'] = lambda value: (
            '' if value is None else f'{value:,.0f}'.replace(',', '.'))
        return context

    @classmethod
    def centre_and_date(cls, movement):
        return movement.centre, movement.date
