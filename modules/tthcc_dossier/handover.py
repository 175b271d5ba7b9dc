# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Rounds in which papers go between a centre and a department."""

from functools import wraps

from sql import Literal
from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Workflow, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import lock_before_reading
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from . import classes
from .deadline import LocalTimeMixin
from .exceptions import HandoverError, NotYourSideError, UntickedWarning
from .workflow import MoveMixin, move

# The groups that may sign for each side
_SIDE_GROUPS = {
    'centre': ['group_counter_officer', 'group_director'],
    'department': ['group_coordinator'],
    }
# A record costs more the more of them are handled at once
_TOGETHER = 50
_CODES_NAMED = 10


def _button(func):
    "Make the method a button that reads only what nobody else is changing"
    press = ModelView.button(func)

    @wraps(func)
    def wrapper(cls, *args):
        lock_before_reading(cls)
        return press(cls, *args)
    return wrapper


class Handover(
        MoveMixin, LocalTimeMixin, Workflow, ModelSQL, ModelView):
    """A round of papers between a centre and a department (đợt bàn giao).

    The giver ticks what goes and signs, the taker ticks what came and signs.
    Only then do the papers change hands, all at once."""
    __name__ = 'tthcc.handover'

    _moved_message = 'tthcc_dossier.msg_handover_moved'
    _fixed = {'readonly': Eval('id', -1) >= 0}

    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states=_fixed)
    company = fields.Function(
        fields.Many2One('company.company', "Committee"),
        'on_change_with_company')
    department = fields.Many2One(
        'tthcc.department', "Department", required=True, ondelete='RESTRICT',
        states=_fixed,
        domain=[('company', '=', Eval('company', -1))])
    direction = fields.Selection([
            ('to_department', "To the department"),
            ('to_centre', "To the centre"),
            ], "Direction", required=True, sort=False, states=_fixed)
    date = fields.Date("Date", required=True, readonly=True)
    number = fields.Integer(
        "Round", readonly=True,
        help="Counted by day and direction, from the signature of the giver "
        "on.")
    lines = fields.One2Many(
        'tthcc.handover.line', 'handover', "Papers",
        states={'readonly': ~Eval('state').in_(['draft', 'given'])})
    note = fields.Text("Note", states={
            'readonly': ~Eval('state').in_(['draft', 'given'])})
    given_by = fields.Many2One(
        'company.employee', "Given By", readonly=True, ondelete='RESTRICT')
    given_at = fields.DateTime("Given At", readonly=True)
    received_by = fields.Many2One(
        'company.employee', "Received By", readonly=True, ondelete='RESTRICT')
    received_at = fields.DateTime("Received At", readonly=True)
    moved_at = fields.DateTime("Last Move", readonly=True)
    moved_by = fields.Many2One(
        'company.employee', "Last Move By", readonly=True,
        ondelete='RESTRICT')
    state = fields.Selection([
            ('draft', "Being Made Up"),
            ('given', "Given"),
            ('received', "Received"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')
    amount = fields.Function(fields.Integer("Papers"), 'get_amounts')
    ticked = fields.Function(fields.Integer("Ticked"), 'get_amounts')
    discrepancies = fields.Function(
        fields.Integer("Discrepancies"), 'get_amounts')
    awaits_me = fields.Function(
        fields.Boolean("Awaits Me",
            help="The next signature is to be the user's side's."),
        None)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('date', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.centre, Index.Range()),
                    (t.date, Index.Range(order='DESC'))),
                Index(t,
                    (t.department, Index.Range()),
                    (t.date, Index.Range(order='DESC'))),
                Index(t,
                    (t.state, Index.Equality()),
                    (t.given_at, Index.Range()),
                    where=t.state.in_(['draft', 'given'])),
                })
        open_ = ~Eval('state').in_(['draft', 'given'])
        cls._buttons.update({
                'fill': {
                    'invisible': Eval('state') != 'draft',
                    'depends': ['state'],
                    },
                'scan': {'invisible': open_, 'depends': ['state']},
                'tick_all': {'invisible': open_, 'depends': ['state']},
                })

    @classmethod
    def default_state(cls):
        return 'draft'

    @staticmethod
    def default_date():
        return clock.today()

    @classmethod
    def default_direction(cls):
        centres, departments = cls._signed_for()
        return (
            'to_centre' if departments and not centres else 'to_department')

    @classmethod
    def default_centre(cls):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Department = pool.get('tthcc.department')
        centres, departments = cls._signed_for()
        if not centres and len(departments) == 1:
            department = Department(departments[0])
            centres = [c.id for c in Centre.search([
                        ('company', '=', department.company.id),
                        ('state', '=', 'operating'),
                        ])]
        if len(centres) == 1:
            return centres[0]

    @classmethod
    def default_department(cls):
        _, departments = cls._signed_for()
        if len(departments) == 1:
            return departments[0]

    @fields.depends('centre')
    def on_change_with_company(self, name=None):
        return self.centre.company if self.centre else None

    def get_rec_name(self, name):
        return gettext(
            'tthcc_dossier.msg_handover_name',
            number=self.number or '…',
            date=self.date.strftime('%d/%m/%Y'),
            giver=self.giver.rec_name,
            taker=self.taker.rec_name)

    @classmethod
    def get_amounts(cls, rounds, names):
        Line = Pool().get('tthcc.handover.line')
        line = Line.__table__()
        amounts = {name: {r.id: 0 for r in rounds} for name in names}
        conditions = {
            'amount': line.id > 0,
            'ticked': line.ticked == Literal(True),
            'discrepancies': line.discrepancy != '',
            }
        cursor = Transaction().connection.cursor()
        for some in grouped_slice(rounds, _TOGETHER):
            cursor.execute(*line.select(
                    line.handover,
                    *[Count(line.id, filter_=conditions[n]) for n in names],
                    where=fields.SQL_OPERATORS['in'](
                        line.handover, [r.id for r in some]),
                    group_by=line.handover))
            for round_, *counts in cursor:
                for name, count in zip(names, counts):
                    amounts[name][round_] = count
        return amounts

    @classmethod
    def domain_awaits_me(cls, domain, tables):
        table, _ = tables[None]
        _, operator, value = domain
        centres, departments = cls._signed_for()

        def among(column, ids):
            if not ids:
                return Literal(False)
            return fields.SQL_OPERATORS['in'](column, list(ids))
        awaits_centre = (
            (table.state == Literal('draft'))
            & (table.direction == Literal('to_department'))
            | (table.state == Literal('given'))
            & (table.direction == Literal('to_centre')))
        clause = table.state.in_(['draft', 'given']) & (
            awaits_centre & among(table.centre, centres)
            | ~awaits_centre & among(table.department, departments))
        return clause if (operator == '=') == bool(value) else ~clause

    @classmethod
    def column_awaits_me(cls, tables):
        return cls.domain_awaits_me(('awaits_me', '=', True), tables)

    @classmethod
    def check_modification(cls, mode, rounds, values=None, external=False):
        super().check_modification(
            mode, rounds, values=values, external=external)
        if not external:
            return
        for round_ in rounds:
            if mode == 'write' and round_.state in {'draft', 'given'} and (
                    values.keys() <= {'note', 'lines'}
                    | round_._unchanged(values)):
                continue
            # A draft is made and thrown away by the side that gives
            round_.signer('giver')
            if mode == 'write' or round_.state != 'draft' or any(
                    getattr(round_, name) for name in [
                        'number', 'given_by', 'received_by', 'moved_by']
                    ) or (mode == 'create' and round_.date != clock.today()):
                raise AccessError(gettext(
                        'tthcc_dossier.msg_handover_fixed',
                        handover=round_.rec_name))

    def _unchanged(self, values):
        "The names of the values that are those already, as clients send some"
        names = set()
        for name, value in values.items():
            old = getattr(self, name)
            if getattr(old, 'id', old) == value:
                names.add(name)
        return names

    @classmethod
    def copy(cls, rounds, default=None):
        "A copy is an empty round of the same sides, of today"
        default = default.copy() if default else {}
        for name in [
                'lines', 'number', 'given_by', 'given_at', 'received_by',
                'received_at', 'moved_at', 'moved_by']:
            default.setdefault(name, None)
        default.setdefault('date', clock.today())
        default['state'] = cls.default_state()
        return super().copy(rounds, default=default)

    # The two sides

    @property
    def giver(self):
        "The centre or department that gives"
        return (
            self.centre if self.direction == 'to_department'
            else self.department)

    @property
    def taker(self):
        "The centre or department that receives"
        return (
            self.department if self.direction == 'to_department'
            else self.centre)

    def signer(self, side):
        """Return the employee as whom the user signs for the side, giver or
        taker.

        Raise NotYourSideError where the user does not work, or signs for the
        other side already."""
        pool = Pool()
        Employee = pool.get('company.employee')
        User = pool.get('res.user')
        place = getattr(self, side)
        name = (
            'centre' if place.__name__ == 'tthcc.centre' else 'department')
        employees = Employee.browse(User.get_employees())
        if side == 'taker' and self.given_by in employees:
            raise NotYourSideError(gettext(
                    'tthcc_dossier.msg_handover_both_sides',
                    handover=self.rec_name, employee=self.given_by.rec_name))
        if self._in_groups(_SIDE_GROUPS[name]):
            for employee in employees:
                if getattr(employee, name) == place:
                    return employee
        raise NotYourSideError(gettext(
                'tthcc_dossier.msg_handover_not_yours',
                handover=self.rec_name, place=place.rec_name))

    @property
    def acting_side(self):
        "The side whose turn it is: giver in a draft, then the taker"
        return 'giver' if self.state == 'draft' else 'taker'

    @classmethod
    def _signed_for(cls):
        "The ids of the centres and of the departments the user signs for"
        User = Pool().get('res.user')
        centres, departments = User.get_workplace()
        return (
            centres if cls._in_groups(_SIDE_GROUPS['centre']) else (),
            departments if cls._in_groups(_SIDE_GROUPS['department']) else ())

    # What goes

    def fitting(self):
        "Return the dossiers whose turn it is to go, and that are in no round"
        Dossier = Pool().get('tthcc.dossier')
        domain = [('centre', '=', self.centre.id), ('handover', '=', None)]
        if self.direction == 'to_centre':
            return Dossier.search([domain,
                    ('holder_department', '=', self.department.id),
                    ['OR',
                        ('state', 'in', ['resolved', *classes.ENDED]),
                        # The next leg is an officer's or elsewhere
                        [('department', '=', None), ('role', '=', 'officer')],
                        [('department', '!=', None),
                            ('department', '!=', self.department.id)],
                        ]])
        dossiers = Dossier.search([domain,
                ('state', 'in', classes.OPEN),
                ['OR',
                    [('state', '=', 'received'),
                        ('steps', 'where', [
                                ('department', '=', self.department.id),
                                ('started_at', '=', None)])],
                    [('department', '=', self.department.id),
                        ('holder_centre', '=', self.centre.id)],
                    ]])
        return [
            d for d in dossiers
            if self.carries(d) and (
                d.state != 'received'
                or d.next_leg.department == self.department)]

    def carries(self, dossier):
        """Whether the dossier may go in the round: the giver has its paper,
        or it has none and waits to be passed on, and the taker has to do with
        it."""
        if self.direction == 'to_centre':
            return dossier.holder_place == self.department
        if dossier.electronic:
            here = dossier.state == 'received'
        else:
            here = dossier.holder_place == self.centre
        return here and dossier.state in classes.OPEN and any(
            s.department == self.department and not s.ended_at
            for s in dossier.steps)

    @classmethod
    @_button
    def fill(cls, rounds):
        "Take in what is ready to go, and out what no longer goes"
        Line = Pool().get('tthcc.handover.line')
        for round_ in rounds:
            round_.signer('giver')
            Line.delete([
                    line for line in round_.lines
                    if not round_.carries(line.dossier)])
            round_.add(round_.fitting())

    def add(self, dossiers, **values):
        "Add lines for the dossiers; they now belong to this round"
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Line = pool.get('tthcc.handover.line')
        for some in grouped_slice(dossiers, _TOGETHER):
            Line.create([{
                        'handover': self.id,
                        'dossier': dossier.id,
                        # There is nothing in hand to tick
                        'ticked': dossier.electronic,
                        **values,
                        } for dossier in some])
        Dossier.write(dossiers, {'handover': self.id})

    @classmethod
    @_button
    def tick_all(cls, rounds):
        "Tick what is neither ticked nor marked as a discrepancy"
        Line = Pool().get('tthcc.handover.line')
        for round_ in rounds:
            round_.signer(round_.acting_side)
            Line.write(
                [line for line in round_.lines if not line.discrepancy],
                {'ticked': True})

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_handover_scan')
    def scan(cls, rounds):
        pass

    def take_code(self, text):
        """Tick the dossier whose code, or tracking address, was scanned.

        A giver adds it to the round; for a taker it is one too many. Return
        what was done, as text. Raise HandoverError for a code that is none of
        the centre's or that cannot go in this round."""
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Line = pool.get('tthcc.handover.line')
        lock_before_reading(Dossier)
        self.signer(self.acting_side)
        code = Dossier.code_in(text or '')
        dossiers = Dossier.search([
                ('code', '=', code),
                ('centre', '=', self.centre.id),
                ]) if code else []
        if not dossiers:
            raise HandoverError(gettext(
                    'tthcc_dossier.msg_handover_unknown_code',
                    code=code, centre=self.centre.rec_name))
        dossier, = dossiers
        line = next(
            (line for line in self.lines if line.dossier == dossier), None)
        if line and (line.ticked or line.discrepancy == 'extra'):
            message = 'msg_handover_ticked_before'
        elif line:
            message = 'msg_handover_ticked'
            Line.write([line], {
                    'ticked': True,
                    'discrepancy': (
                        line.discrepancy if line.discrepancy != 'missing'
                        else None),
                    })
        elif self.state == 'draft':
            message = 'msg_handover_added'
            self._check_free(dossier)
            self.add([dossier], ticked=True)
        else:
            message = 'msg_handover_extra'
            Line.create([{
                        'handover': self.id,
                        'dossier': dossier.id,
                        'discrepancy': 'extra',
                        }])
        return gettext(f'tthcc_dossier.{message}', code=code)

    def _check_free(self, dossier):
        if dossier.handover:
            raise HandoverError(gettext(
                    'tthcc_dossier.msg_handover_other_round',
                    code=dossier.code, handover=dossier.handover.rec_name))
        if not self.carries(dossier):
            raise HandoverError(gettext(
                    'tthcc_dossier.msg_handover_not_carried',
                    code=dossier.code, state=dossier.state_string,
                    holder=(
                        dossier.holder or gettext('tthcc_dossier.msg_no_one')),
                    handover=self.rec_name))

    # The signatures

    @classmethod
    @move(['draft'], 'given')
    def give(cls, rounds):
        "The giver signs for what is ticked; the rest stays for another round"
        pool = Pool()
        Counter = pool.get('tthcc.dossier.counter')
        Line = pool.get('tthcc.handover.line')
        for round_ in rounds:
            round_.given_by = round_.signer('giver')
            going = [line for line in round_.lines if line.ticked]
            if not going:
                raise HandoverError(gettext(
                        'tthcc_dossier.msg_handover_empty',
                        handover=round_.rec_name))
            round_._refuse(
                [line for line in going if not round_.carries(line.dossier)],
                'tthcc_dossier.msg_handover_gone')
            round_._leave_out(
                [line for line in round_.lines if not line.ticked])
            Line.write(
                [line for line in going if not line.dossier.electronic],
                {'ticked': False})
            # The day of the round is that of its first signature
            round_.date = round_.local(clock.now()).date()
            round_.given_at = clock.now()
            round_.number, = Counter.take(
                f'handover {round_.direction} {round_.centre.id} '
                f'{round_.department.id} {round_.date}')

    def _leave_out(self, lines):
        pool = Pool()
        Line = pool.get('tthcc.handover.line')
        Warning_ = pool.get('res.user.warning')
        if not lines:
            return
        key = Warning_.format('handover_unticked', lines)
        if Warning_.check(key):
            raise UntickedWarning(key, gettext(
                    'tthcc_dossier.msg_handover_unticked_stay',
                    number=len(lines), codes=_codes(lines)))
        Line.delete(lines)

    @classmethod
    @move(['given'], 'received')
    def receive(cls, rounds):
        """The taker signs: the papers that came change hands, and what was
        only received so far is passed on to the department."""
        for round_ in rounds:
            round_.received_by = round_.signer('taker')
            round_.received_at = clock.now()
            round_._refuse(
                [line for line in round_.lines if line.is_open],
                'tthcc_dossier.msg_handover_open_lines')
            came = [line for line in round_.lines if line.ticked]
            round_._refuse(
                [line for line in came if not line.dossier.electronic
                    and line.dossier.holder_place != round_.giver],
                'tthcc_dossier.msg_handover_left_giver')
            round_._pass_on([line.dossier for line in came])
            round_._take_over([
                    line.dossier for line in came
                    if not line.dossier.electronic])
            cls._release([round_])

    def _pass_on(self, dossiers):
        Dossier = Pool().get('tthcc.dossier')
        if self.direction != 'to_department':
            return
        # In the name of who gave them, whose leg ends
        with Transaction().set_user(0), \
                Transaction().set_context(employee=self.given_by.id):
            for some in grouped_slice(dossiers, _TOGETHER):
                Dossier.pass_on([
                        d for d in Dossier.browse(some)
                        if d.state == 'received' and d.next_leg
                        and d.next_leg.department == self.department])

    def _take_over(self, dossiers):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Transfer = pool.get('tthcc.dossier.transfer')
        for some in grouped_slice(dossiers, _TOGETHER):
            Transfer.create([{
                        'dossier': dossier.id,
                        'at': self.received_at,
                        'giver': self.given_by.id,
                        'place': self.taker.rec_name,
                        'taker': self.received_by.id,
                        'handover': self.rec_name,
                        } for dossier in some])
        Dossier.write(dossiers, {
                **Dossier.held_by(self.taker, self.received_by),
                'handover': None,
                })

    @classmethod
    @move(['draft', 'given'], 'cancelled')
    def cancel(cls, rounds):
        "Either side gives the round up; the papers stay with the giver"
        for round_ in rounds:
            try:
                round_.signer('giver')
            except NotYourSideError:
                round_.signer('taker')
        cls._release(rounds)

    @classmethod
    def abandon(cls, rounds):
        "Cancel the open rounds of a centre that closes"
        cls._release(rounds)
        cls.write(rounds, {'state': 'cancelled'})

    @classmethod
    def _release(cls, rounds):
        "The dossiers of the rounds may go in others"
        Dossier = Pool().get('tthcc.dossier')
        Dossier.write(
            Dossier.search([('handover', 'in', [r.id for r in rounds])]),
            {'handover': None})

    def _refuse(self, lines, message):
        if lines:
            raise HandoverError(gettext(
                    message, handover=self.rec_name, codes=_codes(lines)))


def _codes(lines):
    "The codes of the lines, the first ones of many"
    codes = [line.code for line in lines[:_CODES_NAMED]]
    if len(lines) > _CODES_NAMED:
        codes.append('…')
    return ', '.join(codes)
