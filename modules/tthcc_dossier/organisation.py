# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.tools import grouped_slice

from . import classes

_RECOUNTED_AT_ONCE = 1000


class Centre(metaclass=PoolMeta):
    __name__ = 'tthcc.centre'

    @classmethod
    def on_modification(cls, mode, centres, field_names=None):
        super().on_modification(mode, centres, field_names=field_names)
        if mode == 'write' and 'calendar' in field_names:
            _recount([c.calendar for c in centres])

    def _open_dossiers(self):
        return [
            ('centre', '=', self.id),
            ('state', 'in', [*classes.OPEN, 'resolved']),
            ]

    def _count_open_work(self):
        Dossier = Pool().get('tthcc.dossier')
        return (super()._count_open_work()
            + Dossier.search(self._open_dossiers(), count=True))

    def _transfer_open_work(self, successor):
        "The successor takes the open dossiers over, with their codes"
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        Handover = pool.get('tthcc.handover')
        super()._transfer_open_work(successor)
        Handover.abandon(Handover.search([
                    ('centre', '=', self.id),
                    ('state', 'in', ['draft', 'given']),
                    ]))
        Dossier.hand_over(
            Dossier.search(self._open_dossiers()), successor)


class Employee(metaclass=PoolMeta):
    __name__ = 'company.employee'

    @classmethod
    def on_modification(cls, mode, employees, field_names=None):
        "The people of a committee are no parties that all committees share"
        Party = Pool().get('party.party')
        super().on_modification(mode, employees, field_names=field_names)
        if mode == 'create' or (
                mode == 'write' and 'party' in (field_names or ['party'])):
            to_write = []
            for employee in employees:
                if not employee.party.company:
                    to_write.extend([
                            [employee.party],
                            {'company': employee.company.id}])
            if to_write:
                Party.write(*to_write)


class Calendar(metaclass=PoolMeta):
    __name__ = 'tthcc.calendar'

    @classmethod
    def recount_dossiers(cls, calendars, reason):
        "Count anew what is open at the centres with the calendars"
        Dossier = Pool().get('tthcc.dossier')
        for dossiers in grouped_slice(Dossier.search([
                        ('centre.calendar', 'in', calendars),
                        ('state', 'in', classes.OPEN),
                        ('due', '!=', None),
                        ]), _RECOUNTED_AT_ONCE):
            Dossier.recount(list(dossiers), reason)

    @classmethod
    def on_modification(cls, mode, calendars, field_names=None):
        super().on_modification(mode, calendars, field_names=field_names)
        if (mode == 'write'
                and {'counting', 'day_length', 'rounding'} & field_names):
            _recount(calendars)


class CalendarPeriod(metaclass=PoolMeta):
    __name__ = 'tthcc.calendar.period'

    @classmethod
    def on_modification(cls, mode, periods, field_names=None):
        super().on_modification(mode, periods, field_names=field_names)
        _recount([p.calendar for p in periods])


class CalendarDay(metaclass=PoolMeta):
    __name__ = 'tthcc.calendar.day'

    @classmethod
    def on_modification(cls, mode, days, field_names=None):
        "A decision on days off moves the due moments of open dossiers"
        super().on_modification(mode, days, field_names=field_names)
        _recount(
            [d.calendar for d in days],
            gettext('tthcc_dossier.msg_calendar_changed',
                days=', '.join(sorted({d.rec_name for d in days}))))


def _recount(calendars, reason=None):
    "Count anew from the queue: there may be thousands"
    Calendar = Pool().get('tthcc.calendar')
    Calendar.__queue__.recount_dossiers(
        list(set(calendars)),
        reason or gettext('tthcc_dossier.msg_working_time_changed'))
