# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import json

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction


class Notification(metaclass=PoolMeta):
    __name__ = 'res.notification'

    @classmethod
    def tell(cls, users, records, message, name='rec_name'):
        """Show the users, by ids, the message, an XML id that may quote the
        number, with the records behind it, which the field names"""
        User = Pool().get('res.user')
        notifications = []
        for user in User.browse(users):
            language = user.language.code if user.language else None
            with Transaction().set_context(language=language):
                label = gettext(message, number=len(records))
            notifications.append(cls(
                    user=user, icon='tryton-notification', label=label,
                    description=', '.join(getattr(r, name) for r in records),
                    model=records[0].__name__,
                    records=json.dumps([r.id for r in records])))
        cls.save(notifications)
