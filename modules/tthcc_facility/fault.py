# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from functools import partial

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import pressed_in
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import check_access, without_check_access

from .equipment import CONDITIONS, PRESENT
from .exceptions import FaultError
from .note import check_picture

STATES = [
    ('reported', "Reported"),
    ('repair', "Under Repair"),
    ('replace', "To Replace"),
    ('closed', "Closed"),
    ]
OPEN = ['reported', 'repair', 'replace']
OUTCOMES = [
    ('repaired', "Repaired"),
    ('replaced', "Replaced"),
    ('no_fault', "No Fault Found"),
    ('joined', "Joined to Another"),
    ('unrepaired', "Left Unrepaired"),
    ]
# From the best to the worst
_WORSE = [c for c, _ in CONDITIONS]


# What a button does to records in some states
act = partial(pressed_in, FaultError, 'tthcc_facility.msg_fault_state')


class Fault(ModelSQL, ModelView):
    """What is broken of an item, and what becomes of it (hư hỏng, sự cố).
    It follows the rights of its item; only buttons change it."""
    __name__ = 'tthcc.fault'
    _rec_name = 'summary'

    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", required=True, readonly=True,
        ondelete='RESTRICT')
    centre = fields.Function(
        fields.Many2One('tthcc.centre', "Centre"),
        'get_place', searcher='search_place')
    counter = fields.Function(
        fields.Many2One('tthcc.counter', "Counter"),
        'get_place', searcher='search_place')
    summary = fields.Char("What Is Broken", required=True, readonly=True)
    unusable = fields.Boolean(
        "Cannot Be Used", readonly=True,
        help="The item does no work until the fault is closed.")
    condition_before = fields.Selection(
        CONDITIONS, "Condition Before", required=True, readonly=True,
        sort=False)
    reported_at = fields.DateTime("Reported At", required=True, readonly=True)
    reports = fields.One2Many(
        'tthcc.fault.report', 'fault', "Reports", readonly=True)
    number_reports = fields.Function(
        fields.Integer("Reports"), 'get_number_reports')
    repairs = fields.One2Many(
        'tthcc.repair', 'fault', "Repairs", readonly=True)
    replacements = fields.One2Many(
        'tthcc.replacement', 'fault', "Replacement Requests", readonly=True)
    outages = fields.One2Many(
        'tthcc.counter.outage', 'fault', "Counters Out of Service",
        readonly=True)
    history = fields.One2Many(
        'tthcc.fault.step', 'fault', "History", readonly=True)
    stops_counter = fields.Function(
        fields.Boolean("Stops a Counter"), 'get_stops_counter')
    state = fields.Selection(
        STATES, "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')
    outcome = fields.Selection(
        [(None, ""), *OUTCOMES], "Outcome", readonly=True, sort=False)
    outcome_string = outcome.translated('outcome')
    closed_at = fields.DateTime(
        "Closed At", readonly=True,
        states={'invisible': Eval('state') != 'closed'})

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('equipment')
        cls._order = [('reported_at', 'DESC'), ('id', 'DESC')]
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.equipment, Index.Equality()),
                    (t.reported_at, Index.Range())),
                Index(t,
                    (t.state, Index.Equality(cardinality='low')),
                    (t.reported_at, Index.Range()),
                    where=t.state.in_(OPEN)),
                })
        for button, sources in {
                'repair': ['reported', 'replace'],
                'finish_repair': ['repair'],
                'replace': ['reported'],
                'close': ['reported', 'replace'],
                'reopen': ['closed'],
                'join': ['reported'],
                }.items():
            cls._buttons[button] = {
                'invisible': ~Eval('state').in_(sources),
                'depends': ['state'],
                }
        cls._buttons['restore_counter'] = {
            'invisible': ~Eval('stops_counter'),
            'depends': ['stops_counter'],
            }

    def get_rec_name(self, name):
        return f'{self.equipment.tag}: {self.summary}'

    @classmethod
    def search_rec_name(cls, name, clause):
        operator = 'AND' if clause[1].startswith(('!', 'not ')) else 'OR'
        return [operator,
            ('summary', *clause[1:]),
            ('equipment.rec_name', *clause[1:]),
            ]

    @classmethod
    def get_place(cls, faults, names):
        return {
            name: {
                f.id: value.id if (value := getattr(f.equipment, name))
                else None for f in faults}
            for name in names}

    @classmethod
    def search_place(cls, name, clause):
        _, *nested = clause[0].partition('.')
        return [(f'equipment.{clause[0]}', *clause[1:])]

    @classmethod
    def get_number_reports(cls, faults, name):
        return {f.id: len(f.reports) for f in faults}

    @classmethod
    def get_stops_counter(cls, faults, name):
        return {
            f.id: any(not o.until for o in f.outages) for f in faults}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'closed', 'muted',
                    If(Eval('stops_counter', False), 'danger',
                        If(Eval('state') == 'reported', 'warning', '')))),
            ]

    @classmethod
    def check_modification(cls, mode, faults, values=None, external=False):
        super().check_modification(
            mode, faults, values=values, external=external)
        if external:
            raise AccessError(gettext('tthcc_facility.msg_fault_by_button'))

    @classmethod
    def report(
            cls, equipment, summary, unusable=False, counter=None,
            fault=None, details=None, picture=None):
        """
        Report that something is broken of the item, and return the fault.

        The report joins the open fault, where one is given. A counter is out
        of service from now on. Whoever may read the item may report. Raise
        FaultError where the item takes no report, PictureError where the
        picture is none.
        """
        pool = Pool()
        Equipment = pool.get('tthcc.equipment')
        with check_access():
            Equipment.read([equipment.id], ['id'])
        with without_check_access():
            equipment = Equipment(equipment.id)
            cls._check_report(equipment, fault, counter)
            check_picture(picture)
            if not fault:
                fault = cls(
                    equipment=equipment, summary=summary, unusable=False,
                    condition_before=equipment.condition,
                    reported_at=clock.now(), state='reported')
            fault.unusable = bool(fault.unusable or unusable or counter)
            joins = fault.id is not None
            fault.save()
            fault._take(summary, details, picture)
            fault._log('joined' if joins else 'reported', summary)
            if counter:
                fault._stop(counter)
            fault._worsen(summary, picture)
            if not joins:
                fault._tell_managers()
        return fault

    @classmethod
    def _check_report(cls, equipment, fault, counter):
        if equipment.condition not in PRESENT:
            raise FaultError(gettext(
                    'tthcc_facility.msg_fault_equipment',
                    equipment=equipment.rec_name,
                    condition=equipment.condition_string))
        if fault and (
                fault.equipment != equipment or fault.state == 'closed'):
            raise FaultError(gettext(
                    'tthcc_facility.msg_fault_join', fault=fault.rec_name))
        if counter and counter.centre != equipment.centre:
            raise FaultError(gettext(
                    'tthcc_facility.msg_fault_counter',
                    counter=counter.rec_name,
                    equipment=equipment.rec_name))

    def _take(self, summary, details, picture):
        Report = Pool().get('tthcc.fault.report')
        Report.create([{
                    'fault': self.id,
                    'at': clock.now(),
                    'by': Pool().get('res.user').acting_name(),
                    'summary': summary,
                    'details': details,
                    'picture': picture,
                    }])

    def _log(self, action, note=None):
        Step = Pool().get('tthcc.fault.step')
        Step.create([{
                    'fault': self.id,
                    'at': clock.now(),
                    'by': Pool().get('res.user').acting_name(),
                    'action': action,
                    'note': note,
                    }])

    def _stop(self, counter):
        Outage = Pool().get('tthcc.counter.outage')
        if any(o.counter == counter and not o.until for o in self.outages):
            return
        Outage.create([{
                    'fault': self.id,
                    'counter': counter.id,
                    'since': clock.now(),
                    }])

    def _worsen(self, note, picture=None):
        "Give the item the condition that the fault means, unless it is worse"
        Equipment = Pool().get('tthcc.equipment')
        condition = max(
            self.equipment.condition,
            'out_of_order' if self.unusable else 'damaged',
            key=_WORSE.index)
        Equipment.record(
            [self.equipment], 'damage', condition, note=note,
            picture=picture, origin=str(self))

    def _tell_managers(self):
        pool = Pool()
        Notification = pool.get('res.notification')
        User = pool.get('res.user')
        Notification.tell(
            User.in_charge_at(self.equipment.centre, 'facility_manager'),
            [self],
            'tthcc_facility.msg_faults_reported')

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_fault_repair')
    def repair(cls, faults):
        pass

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_fault_finish_repair')
    def finish_repair(cls, faults):
        pass

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_fault_replace')
    def replace(cls, faults):
        pass

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_fault_close')
    def close(cls, faults):
        pass

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_fault_reopen')
    def reopen(cls, faults):
        pass

    @classmethod
    @ModelView.button_action('tthcc_facility.wizard_fault_join')
    def join(cls, faults):
        pass

    @classmethod
    @act('repair', ['reported', 'replace'])
    def start_repair(cls, faults, **values):
        """Send what is broken to repair; values are those of the repair.

        Raise RepairError where they make no sense."""
        Repair = Pool().get('tthcc.repair')
        for fault in faults:
            fault._drop_requests()
            fault.state = 'repair'
        cls.save(faults)
        repairs = Repair.create([{
                    'fault': f.id, **values} for f in faults])
        for fault, repair in zip(faults, repairs):
            fault._log('repair', repair.rec_name)

    @classmethod
    @act('finish_repair', ['repair'])
    def end_repair(cls, faults, result, condition='good', **values):
        """End the repair. One that worked closes the fault and gives the item
        the condition; else the fault waits for another decision."""
        Repair = Pool().get('tthcc.repair')
        for fault in faults:
            repair = fault.current_repair
            Repair.write([repair], {'result': result, **values})
            if result == 'repaired':
                fault._close('repaired', condition, repair.rec_name)
            else:
                fault.state = 'reported'
                fault.save()
                fault._log('failed', repair.rec_name)

    @property
    def current_repair(self):
        "The repair that has no result yet, None without"
        return next((r for r in self.repairs if not r.result), None)

    @classmethod
    @act('replace', ['reported'])
    def ask_replacement(cls, faults, **values):
        "Draft a request to replace the item, and return the requests"
        Replacement = Pool().get('tthcc.replacement')
        for fault in faults:
            fault.state = 'replace'
        cls.save(faults)
        requests = Replacement.create([{
                    'equipment': f.equipment.id, 'fault': f.id, **values,
                    } for f in faults])
        for fault in faults:
            fault._log('replace', values['reason'])
        return requests

    def decide_again(self, reason):
        "Wait for another decision, as the replacement was rejected"
        if self.state == 'replace':
            self.state = 'reported'
            self.save()
        self._log('rejected', reason)

    def wait_for_replacement(self):
        "Wait for the replacement that is asked for again"
        if self.state != 'reported':
            raise FaultError(gettext(
                    'tthcc_facility.msg_fault_state',
                    fault=self.rec_name, state=self.state_string))
        self.state = 'replace'
        self.save()
        self._log('replace')

    def replaced_by(self, equipment):
        "Close the fault, as the equipment has taken the place of the item"
        self._close('replaced', None, equipment.rec_name)

    def _drop_requests(self):
        "Delete requests that were not submitted; there may be no others"
        Replacement = Pool().get('tthcc.replacement')
        for request in self.replacements:
            if request.state not in {'draft', 'rejected', 'in_service'}:
                raise FaultError(gettext(
                        'tthcc_facility.msg_fault_requested',
                        fault=self.rec_name, state=request.state_string))
        Replacement.delete(
            [r for r in self.replacements if r.state == 'draft'])

    @classmethod
    @act('close', ['reported', 'replace'])
    def close_with(cls, faults, outcome, note):
        """Close the fault without repair or replacement.

        outcome: 'no_fault' gives the item the condition it had before,
        'unrepaired' leaves it as it is"""
        for fault in faults:
            fault._drop_requests()
            fault._close(
                outcome,
                fault.condition_before if outcome == 'no_fault' else None,
                note)

    def _close(self, outcome, condition, note):
        """Close the fault; the item gets the condition, unless something else
        is broken of it"""
        pool = Pool()
        Equipment = pool.get('tthcc.equipment')
        Notification = pool.get('res.notification')
        self.state = 'closed'
        self.outcome = outcome
        self.closed_at = clock.now()
        self.save()
        self._end_outages()
        self._log(outcome, note)
        others = self.__class__.search([
                ('equipment', '=', self.equipment.id),
                ('state', 'in', OPEN),
                ], limit=1)
        if condition and not others:
            kind = 'repair' if outcome == 'repaired' else 'inspection'
            Equipment.record(
                [self.equipment], kind, condition, note=note,
                origin=str(self))
        Notification.tell(
            list({r.create_uid.id for r in self.reports if r.create_uid}),
            [self], 'tthcc_facility.msg_faults_closed')

    def _end_outages(self):
        Outage = Pool().get('tthcc.counter.outage')
        Outage.write(
            [o for o in self.outages if not o.until], {'until': clock.now()})

    @classmethod
    @act('reopen', ['closed'])
    def reopen_for(cls, faults, reason):
        "Open the fault again, which keeps what was done before"
        for fault in faults:
            cls._check_report(fault.equipment, None, None)
            fault.state = 'reported'
            fault.outcome = fault.closed_at = None
            fault.save()
            fault._log('reopened', reason)
            fault._worsen(reason)

    @classmethod
    @ModelView.button
    def restore_counter(cls, faults):
        "The counter works again, as with a spare, while the fault is open"
        for fault in faults:
            fault._end_outages()
            fault._log('restored')

    @classmethod
    @act('join', ['reported'])
    def join_to(cls, faults, into):
        """Move the reports of the faults to another open fault of the same
        item, and close them"""
        pool = Pool()
        Outage = pool.get('tthcc.counter.outage')
        Report = pool.get('tthcc.fault.report')
        for fault in faults:
            cls._check_report(fault.equipment, into, None)
            Report.write(list(fault.reports), {'fault': into.id})
            Outage.write(list(fault.outages), {'fault': into.id})
            into._log('joined', fault.summary)
            # Whoever reported it hears of the other one
            fault = cls(fault.id)
            fault._close('joined', None, into.rec_name)
        if any(f.unusable for f in faults):
            into.unusable = True
            into.save()
