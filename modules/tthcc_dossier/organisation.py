# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta

from . import classes


class Centre(metaclass=PoolMeta):
    __name__ = 'tthcc.centre'

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
        Dossier = Pool().get('tthcc.dossier')
        super()._transfer_open_work(successor)
        Dossier.hand_over(
            Dossier.search(self._open_dossiers()), successor)


class CalendarDay(metaclass=PoolMeta):
    __name__ = 'tthcc.calendar.day'

    @classmethod
    def on_modification(cls, mode, days, field_names=None):
        "A decision on days off moves the due moments of open dossiers"
        Dossier = Pool().get('tthcc.dossier')
        super().on_modification(mode, days, field_names=field_names)
        # From the queue: there may be thousands
        Dossier.__queue__.recount_for(
            list({d.calendar.id for d in days}),
            gettext('tthcc_dossier.msg_calendar_changed',
                days=', '.join(sorted({d.rec_name for d in days}))))
