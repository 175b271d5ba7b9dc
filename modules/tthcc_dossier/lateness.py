# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Where a dossier lost its time.

A leg overruns when it takes more working time than it was promised.  The
lateness of a dossier, the working time from its due moment until its result
is ready, belongs to the legs that took more than their part of the term, in
proportion to what they took too much, so that the shares make the whole.
"""
import datetime as dt

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.tthcc import clock, worktime
from trytond.pool import Pool
from trytond.pyson import Eval, If

_NOTHING = dt.timedelta(0)
# How many characters the bar of a leg has
_BAR = 16


def attribute(lateness, excesses):
    """Divide lateness, a timedelta of whole seconds, in proportion to the
    timedeltas excesses; the parts are whole seconds and make the whole, or
    are nothing where there is no excess."""
    total = sum(excesses, _NOTHING)
    parts, taken, given = [], _NOTHING, _NOTHING
    for excess in excesses:
        taken += excess
        part = _NOTHING
        if total:
            seconds = lateness.total_seconds() * (taken / total)
            part = dt.timedelta(seconds=round(seconds)) - given
        given += part
        parts.append(part)
    return parts


def later(calendar, start, amount, pauses):
    "The local moment after so much working time, pauses out"
    moment = worktime.add_working_time(calendar, start, amount)
    for pause in pauses:
        if start <= pause.start < moment:
            lost, _ = worktime.worked(calendar, pause.start, pause.end)
            moment = worktime.add_working_time(calendar, moment, lost)
    return moment


def duration(amount):
    "Working time as people read it"
    hours, minutes = divmod(amount // dt.timedelta(minutes=1), 60)
    return gettext(
        'tthcc_dossier.msg_duration', hours=hours, minutes=f'{minutes:02}')


class LateStepMixin:
    "Gives a leg what it took too long"
    __slots__ = ()

    overrun = fields.TimeDelta(
        "Overrun", 'working_hours',
        help="The working time the leg took beyond what it was promised.")
    lateness = fields.TimeDelta(
        "Part of the Lateness", 'working_hours',
        help="What the leg has of the time by which the result was late.")
    worked_so_far = fields.Function(
        fields.TimeDelta("Working Time", 'working_hours',
            help="The working time the leg took until it ended, or until "
            "now, without pauses."),
        'get_so_far')
    overrun_so_far = fields.Function(
        fields.TimeDelta("Overrun", 'working_hours',
            help="The working time beyond what the leg was promised, until "
            "it ended or until now."),
        'get_so_far')
    bar = fields.Function(
        fields.Char("Time Line",
            help="When the leg was under way between reception and result: "
            "▓ within what it was promised, █ beyond it."),
        'get_bar')

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            (f'/tree/field[@name="{name}"]', 'visual',
                If(Eval('lateness'), 'danger',
                    If(Eval('overrun_so_far'), 'warning', '')),
                ['lateness', 'overrun_so_far'])
            for name in ['bar', 'overrun_so_far', 'lateness']]

    def worked_until(self, moment, in_term=False):
        """The working time from the start of the leg until the UTC moment,
        or only what of it falls in the term that counts now"""
        dossier = self.dossier
        start, end = dossier.local(self.started_at), dossier.local(moment)
        if in_term:
            start = min(max(start, dossier.counted_from), end)
        worked, _ = worktime.worked(
            dossier.centre.worktime(), start, end,
            dossier.local_stops(ended=False))
        return worked

    def overrun_until(self, moment):
        """The working time the leg has taken at the UTC moment beyond what
        it was promised; None when there is none, and for the return, which
        is the citizen's to end."""
        if self.promised is None or self.work == 'return':
            return
        overrun = self.worked_until(moment, in_term=True) - self.promised
        return overrun if overrun > _NOTHING else None

    @classmethod
    def get_so_far(cls, steps, names):
        result = {name: dict.fromkeys(map(int, steps)) for name in names}
        now = clock.now()
        for step in steps:
            if step.ended_at:
                worked, overrun = step.worked, step.overrun
            elif step.started_at:
                worked = step.worked_until(now)
                overrun = step.overrun_until(now)
            else:
                continue
            if 'worked_so_far' in names:
                result['worked_so_far'][step.id] = worked
            if 'overrun_so_far' in names:
                result['overrun_so_far'][step.id] = overrun
        return result

    @classmethod
    def get_bar(cls, steps, name):
        return {s.id: s.dossier.bar_of(s) for s in steps}


class LatenessMixin:
    "Tells of a dossier which legs made it late"
    __slots__ = ()

    lateness = fields.Function(
        fields.TimeDelta("Late By", 'working_hours',
            help="The working time from the due moment until the result."),
        'get_lateness')
    lateness_text = fields.Function(
        fields.Text("Where the Time Was Lost",
            states={'invisible': ~Eval('lateness_text')}),
        'get_lateness_text')

    @classmethod
    def attribute_lateness(cls, dossiers):
        "Give the legs of dossiers resolved late their parts of it"
        Step = Pool().get('tthcc.dossier.step')
        legs = []
        for dossier in dossiers:
            if dossier.due and dossier.resolved_at > dossier.due:
                legs.extend(dossier._attribute_lateness())
        Step.save(legs)

    def _attribute_lateness(self):
        legs = [
            s for s in self.main_legs if s.ended_at and s.work != 'return']
        # By the term as it now is: the due moment may have moved since
        excesses = []
        for leg, (_, promised) in zip(legs, self.leg_promises(legs)):
            worked = leg.worked_until(leg.ended_at, in_term=True)
            excesses.append(max(_NOTHING, worked - promised))
        for leg, part in zip(
                legs, attribute(self.late_by(self.resolved_at), excesses)):
            requests = [s for s in self.steps if s.parent == leg and s.overrun]
            if requests and part:
                # They ran side by side: the longest kept the leg waiting
                overruns = [s.overrun for s in requests]
                theirs = min(part, max(overruns))
                for request, its in zip(requests, attribute(theirs, overruns)):
                    request.lateness = its or None
                part -= theirs
            leg.lateness = part or None
        return [s for s in self.steps if s.ended_at]

    def late_by(self, moment):
        "The working time from the due moment to a UTC moment, pauses out"
        late, _ = worktime.worked(
            self.centre.worktime(), self.local(self.due), self.local(moment),
            self.local_stops(ended=False))
        return late

    @classmethod
    def get_lateness(cls, dossiers, name):
        return {d.id: d._lateness() for d in dossiers}

    def _lateness(self):
        "The lateness of the result, so far where there is none yet"
        moment = self.finished_at or clock.now()
        if self.due and moment > self.due and (
                self.resolved_at or not self.finished_at):
            return self.late_by(moment)

    @classmethod
    def get_lateness_text(cls, dossiers, name):
        return {d.id: d._lateness_text() for d in dossiers}

    def _lateness_text(self):
        lateness = self._lateness()
        if not lateness:
            return
        field = 'lateness' if self.resolved_at else 'overrun_so_far'
        legs = '\n'.join(
            gettext('tthcc_dossier.msg_lateness_leg',
                leg=leg.name,
                place=leg.place,
                time=duration(getattr(leg, field)))
            for leg in self.steps if getattr(leg, field))
        return gettext(
            'tthcc_dossier.msg_lateness' if self.resolved_at
            else 'tthcc_dossier.msg_lateness_so_far',
            time=duration(lateness), legs=legs)

    def bar_of(self, leg):
        """Draw when the leg was under way between reception and result,
        or due moment where that comes later"""
        if not leg.started_at or leg.work == 'return':
            return
        calendar = self.centre.worktime()
        start = self.local(self.received_at)
        end = self.finished_at or clock.now()
        end = self.local(max(end, self.due or end))
        begun = self.local(leg.started_at)
        ended = self.local(leg.ended_at or clock.now())
        beyond = ended
        if leg.overrun_so_far:
            beyond = later(
                calendar, max(begun, self.counted_from), leg.promised,
                self.local_stops())
        cell = (end - start) / _BAR

        def sign(begin):
            if begin + cell <= begun or begin >= ended:
                return '░'
            return '▓' if begin + cell <= beyond else '█'
        return ''.join(sign(start + n * cell) for n in range(_BAR))
