# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.tthcc import clock, worktime
from trytond.pool import Pool


class LocalTimeMixin:
    "Gives a model with a centre the times of its place"
    __slots__ = ()

    def local(self, moment):
        "The local time of a UTC moment"
        return clock.to_local(moment, self.centre.timezone)

    def local_text(self, moment):
        "The local time of a UTC moment as people read it"
        return self.local(moment).strftime('%H:%M %d/%m/%Y')

    def utc(self, moment):
        "The UTC moment of a local time"
        return clock.to_utc(moment, self.centre.timezone)


class DeadlineMixin(LocalTimeMixin):
    """Gives a model with a centre, a case, pauses and extensions its due
    moment.

    The moments are kept in UTC and change together; the working calendar of
    the centre counts in local time."""
    __slots__ = ()

    received_at = fields.DateTime(
        "Received At", readonly=True,
        help="The moment of registration; the term runs from here, unless "
        "a supplement made it start again.")
    due = fields.DateTime(
        "Due", readonly=True,
        help="The moment by which the result must be ready.\n"
        "Empty when the procedure states no term or the clock is stopped "
        "before a term was counted.")
    warn_at = fields.DateTime("Warn At", readonly=True)
    due_day = fields.DateTime(
        "Start of Due Day", readonly=True,
        help="The moment at which the local day of the due moment begins.")
    explanation = fields.Function(
        fields.Text("How the Due Moment Was Counted"), 'get_explanation')

    def deadline(self, ended=True):
        """Return the worktime.Deadline of the dossier, in local time, with
        all stops of the clock or only those that have ended"""
        return worktime.deadline(
            self.centre.worktime(), self.case.term(),
            self.local(self.received_at), self.local_stops(ended),
            [
                worktime.Extension(
                    self.local(e.made_at), self.local(e.new_due), e.reason)
                # Who has no code yet was never extended
                for e in (self.extensions if self.code else [])
                if e.moved_due])

    @property
    def counted_from(self):
        """The local moment from which the term counts now: the reception, or
        the end of the last pause that made it start again"""
        moment, _ = self._counting()
        return moment

    def local_pauses(self):
        """The pauses that have ended and belong to the term that counts now,
        in local time as values of worktime"""
        _, pauses = self._counting()
        return pauses

    def _counting(self):
        return worktime.counted_from(
            self.local(self.received_at), self.local_stops())

    def local_stops(self, ended=True):
        """All stops of the clock in local time as values of worktime, or only
        those that have ended"""
        if not self.was_stopped:
            return []
        return [
            worktime.Pause(
                self.local(p.start), self.local(p.end) if p.end else None,
                p.reason, p.restarts)
            for p in self.pauses if p.end or not ended]

    def set_deadline(self):
        """Count the due moment anew and set all that is stored of it.

        While the clock is stopped the due moment counted so far stays: the
        class of the dossier is waiting whatever it says."""
        deadline = self.deadline()
        self.due = self.warn_at = self.due_day = None
        if deadline.due:
            midnight = deadline.due.replace(
                hour=0, minute=0, second=0, microsecond=0)
            self.due = self.utc(deadline.due)
            self.warn_at = self.utc(deadline.warn_at)
            self.due_day = self.utc(midnight)

    def get_explanation(self, name):
        Calendar = Pool().get('tthcc.calendar')
        if self.received_at and self.case:
            text = Calendar.explain(
                self.deadline(ended=False).lines)
            due = self.deadline().due
            if (self.utc(due) if due else None) != self.due:
                text += '\n' + gettext(
                    'tthcc_dossier.msg_calendar_since', due=self.due_text)
            return text

    @property
    def due_text(self):
        "The due moment as printed, or that the procedure states none"
        if not self.due:
            return gettext('tthcc_dossier.msg_no_term')
        return self.local_text(self.due)

    @classmethod
    def recount(cls, dossiers, reason):
        """Count the due moments of open dossiers anew and note with the
        reason those that moved, as after a late decision on days off."""
        pool = Pool()
        Change = pool.get('tthcc.dossier.change')
        changes, moved = [], []
        for dossier in dossiers:
            before = dossier.due_text
            old = dossier.due
            dossier.set_deadline()
            if dossier.due != old:
                moved.append(dossier)
                changes.append(Change(
                        dossier=dossier, field='due', reason=reason,
                        old=before, new=dossier.due_text))
        cls.save(moved)
        Change.save(changes)
        cls._plan_legs(moved)
