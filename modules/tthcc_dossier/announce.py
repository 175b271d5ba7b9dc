# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Whom to tell of what happens to a dossier, and when."""

import datetime as dt

from trytond.model import fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from . import gateway

# What a move is to the applicant; of others they know, or need not know
_EVENTS = {
    'register': 'received',
    'accept': 'received',
    'refuse_for': 'refused',
    'wait_for_supplement': 'supplement',
    'wait_for_payment': 'payment',
    'extend': 'extension',
    'reject_for': 'rejected',
    'give_up_for': 'rejected',
    'resolve': 'resolved',
    }
_TOGETHER = 30


class AnnounceMixin:
    "Tells the applicants what happens to their dossier"
    __slots__ = ()

    notices = fields.One2Many(
        'tthcc.dossier.notice', 'dossier', "Notices", readonly=True)

    @classmethod
    def on_move(cls, dossiers, name):
        super().on_move(dossiers, name)
        if event := _EVENTS.get(name):
            cls.announce(dossiers, event)

    @classmethod
    @without_check_access
    def announce(cls, dossiers, event, occasion=None):
        """Post the notices of the event, by each channel that is open and
        that the applicants wish; of an occasion once.

        What is wrong with a notice shows in its state; it never keeps
        anybody from going on."""
        Notice = Pool().get('tthcc.dossier.notice')
        for some in grouped_slice(dossiers, _TOGETHER):
            notices = []
            for dossier in cls.browse(some):
                for channel, recipient, language in dossier.addressees():
                    notice = Notice(
                        dossier=dossier, event=event, occasion=occasion,
                        channel=channel, recipient=recipient,
                        language=language, state='waiting')
                    notice.compose()
                    notices.append(notice)
            Notice.post(notices)

    def addressees(self):
        """Yield channel, recipient and language of those to tell: for each
        channel one, the applicant rather than who files in their stead."""
        people = [*self.principals, *([self.proxy] if self.proxy else [])]
        for channel in ['email', 'sms']:
            if gateway.is_open(channel):
                for person in people:
                    if recipient := person.contact(channel):
                        yield channel, recipient, person.language
                        break

    def notice_values(self, event, language):
        """Return the texts that a notice may quote, no more of the citizen's
        than they need to know which dossier is meant."""
        with Transaction().set_context(language=language):
            dossier = self.__class__(self.id)
            centre = dossier.centre
            return {
                'code': dossier.code or '',
                'procedure': (
                    dossier.revision or dossier.procedure).rec_name,
                'centre': centre.name,
                'address': ', '.join((centre.address or '').splitlines()),
                'phone': centre.phone or '',
                'received': dossier.local(
                    dossier.received_at or clock.now()).strftime(
                        '%H:%M %d/%m/%Y'),
                'due': dossier.notice_due(event),
                'reason': dossier.notice_reason(event) or '',
                'tracking': (
                    dossier.tracking_address
                    if dossier.code and centre.public_url else ''),
                'collect': dossier.return_method == 'centre',
                }

    def notice_due(self, event):
        "When the result is promised, also by an apology that moves no term"
        if event == 'extension':
            return self.local_text(self.apology.new_due)
        return self.due_text

    def notice_reason(self, event):
        "Why it came to the event, as the officer wrote it"
        if event == 'supplement':
            supplement = self.supplements[-1]
            return '\n'.join([
                    supplement.reason,
                    *(f'- {item.name}' for item in supplement.items)])
        elif event == 'payment':
            return self.pauses[-1].reason
        elif event == 'extension':
            return self.apology.reason
        return self.end_reason

    @classmethod
    def announce_uncollected(cls):
        "Tell those whose result has been waiting for as long as centres say"
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        notice = pool.get('tthcc.dossier.notice').__table__()
        told = notice.select(
            notice.dossier, where=notice.event == 'uncollected')
        for centre in Centre.search([('uncollected_days', '!=', None)]):
            since = clock.now() - dt.timedelta(days=centre.uncollected_days)
            cls.announce(
                cls.search([
                        ('centre', '=', centre.id),
                        ('state', '=', 'resolved'),
                        ('resolved_at', '<=', since),
                        ('return_method', '=', 'centre'),
                        ('id', 'not in', told),
                        ]),
                'uncollected', 'once')


class Centre(metaclass=PoolMeta):
    __name__ = 'tthcc.centre'

    uncollected_days = fields.Integer(
        "Remind of Results After",
        domain=['OR',
            ('uncollected_days', '=', None),
            ('uncollected_days', '>', 0),
            ],
        help="After how many days applicants are reminded, once, of a result "
        "that they have not collected. Empty: never.")

    @staticmethod
    def default_uncollected_days():
        return 7
