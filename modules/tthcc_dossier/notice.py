# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt
import logging
import time
from email.utils import make_msgid

from sql import Literal
from sql.conditionals import Coalesce

from trytond import backend, config
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access
from trytond.url import host

from . import gateway
from .applicant import LANGUAGES
from .exceptions import NoticeTemplateError
from .line import Line

logger = logging.getLogger(__name__)

EVENTS = [
    ('received', "Received"),
    ('refused', "Refused at Reception"),
    ('supplement', "Supplement Asked For"),
    ('payment', "Payment Asked For"),
    ('extension', "New Date"),
    ('rejected', "Ended Without a Result"),
    ('resolved', "Result Ready"),
    ('uncollected', "Result Not Collected"),
    ]
# How long after each failed try the next one comes; then none does
DELAYS = [
    dt.timedelta(minutes=m) for m in [1, 5, 30, 2 * 60, 6 * 60, 24 * 60]]
# Whoever claimed a notice longer ago than any way out takes is gone
LEASE = dt.timedelta(minutes=10)
_PICKED_UP_AT_ONCE = 500
_SETTLED_WITHIN = 30
"How many times, a second and more apart"
_SENT = ['channel', 'recipient', 'subject', 'body', 'language', 'message_id']


class Notice(Workflow, Line, ModelSQL, ModelView):
    """What an applicant or a portal is told of a dossier (thông báo).

    It leaves after the commit: claimed in a transaction of its own, so that
    it leaves once, and settled in another.  One found claimed by a process
    that is gone may have left or not: it is uncertain, and only a person
    sends it again."""
    __name__ = 'tthcc.dossier.notice'

    _by_hand = False

    event = fields.Selection(
        EVENTS + [('status', "Status")], "Event", required=True, sort=False,
        readonly=True)
    event_string = event.translated('event')
    occasion = fields.Char(
        "Occasion", required=True, readonly=True,
        help="Tells two events of the same kind apart: of one event nobody "
        "is told twice by the same channel.")
    channel = fields.Selection([
            ('email', "E-mail"),
            ('sms', "SMS"),
            ('web', "Web Address"),
            ], "Channel", required=True, readonly=True)
    recipient = fields.Char("To", required=True, readonly=True)
    language = fields.Selection(
        LANGUAGES, "Language", required=True, readonly=True)
    subject = fields.Char(
        "Subject", readonly=True,
        states={'invisible': Eval('channel') != 'email'})
    body = fields.Text("Text", readonly=True)
    made_at = fields.DateTime("Made At", required=True, readonly=True)
    attempts = fields.Integer("Tries", required=True, readonly=True)
    next_try = fields.DateTime(
        "Next Try", readonly=True,
        states={'invisible': Eval('state') != 'waiting'})
    claimed_at = fields.DateTime("Last Try", readonly=True)
    sent_at = fields.DateTime("Sent At", readonly=True)
    answer = fields.Text(
        "Answer", readonly=True,
        help="What the other side answered, or why it was not reached.")
    message_id = fields.Char("Message ID", required=True, readonly=True)
    state = fields.Selection([
            ('waiting', "Waiting"),
            ('claimed', "Being Sent"),
            ('sent', "Sent"),
            ('failed', "Failed"),
            ('uncertain', "Uncertain"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False,
        help="Uncertain: the sending was broken off, so that it may have "
        "arrived or not.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        t = cls.__table__()
        cls._sql_constraints += [
            ('occasion_unique', Unique(
                    t, t.dossier, t.event, t.channel, t.recipient,
                    t.occasion),
                'tthcc_dossier.msg_notice_occasion_unique'),
            ]
        cls._sql_indexes.update({
                Index(t,
                    (t.next_try, Index.Range()),
                    where=t.state == Literal('waiting')),
                Index(t,
                    (t.claimed_at, Index.Range()),
                    where=t.state == Literal('claimed')),
                Index(t,
                    (t.id, Index.Range(order='DESC')),
                    where=t.state.in_(['failed', 'uncertain'])),
                })
        cls._transitions |= {
            ('waiting', 'cancelled'),
            ('failed', 'cancelled'),
            ('uncertain', 'cancelled'),
            }
        cls._buttons.update({
                'send_again': {
                    'invisible': ~Eval('state').in_(['failed', 'uncertain']),
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': ~Eval('state').in_(
                        ['waiting', 'failed', 'uncertain']),
                    'depends': ['state'],
                    },
                })

    @staticmethod
    def default_state():
        return 'waiting'

    @staticmethod
    def default_attempts():
        return 0

    @staticmethod
    def default_language():
        return 'vi'

    @staticmethod
    def default_made_at():
        return clock.now()

    @staticmethod
    def default_next_try():
        return clock.now()

    def get_rec_name(self, name):
        return f'{self.dossier.rec_name}: {self.event_string}'

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state').in_(['failed', 'uncertain']), 'danger',
                    If(Eval('state') == 'cancelled', 'muted', ''))),
            ]

    def compose(self):
        """Set the text; without a template, or with one that is wrong, the
        notice has failed."""
        Template = Pool().get('tthcc.notice.template')
        try:
            template = Template.of(self.event, self.channel, self.language)
            if not template:
                raise NoticeTemplateError(gettext(
                        'tthcc_dossier.msg_notice_template_missing'))
            self.language = template.language
            self.subject, self.body = template.render(
                self.dossier.notice_values(self.event, self.language))
        except NoticeTemplateError as error:
            self.state = 'failed'
            self.answer = str(error)

    @property
    def key(self):
        "The key by which the receiver at a web address knows us, or None"
        if self.channel == 'web' and self.dossier.filings:
            return self.dossier.filings[0].portal.secret

    @classmethod
    @without_check_access
    def post(cls, notices):
        """Save the notices and have those that wait sent after the commit.

        Left out is what the same recipient was told already: another notice
        of the same occasion.  One without has an occasion of its own.

        The worker sends them; where there is none, so that nobody waits for
        a mail server, the scheduler does within a minute."""
        notices = cls._not_told(notices)
        if not notices:
            return []
        for notice in notices:
            # Not by default, which all that are saved at once would share;
            # without a port
            notice.message_id = make_msgid(domain=host().partition(':')[0])
            notice.occasion = notice.occasion or notice.message_id
        cls.save(notices)
        cls._leave_to_worker(notices)
        return notices

    @classmethod
    def _not_told(cls, notices):
        def identity(notice):
            return (
                notice.dossier.id, notice.event, notice.channel,
                notice.recipient, notice.occasion)

        dossiers = {n.dossier.id for n in notices if n.occasion}
        if not dossiers:
            return notices
        known = set(map(identity, cls.search(
                    [('dossier', 'in', list(dossiers))], order=[])))
        return [n for n in notices if identity(n) not in known]

    @classmethod
    def _leave_to_worker(cls, notices):
        if config.getboolean('queue', 'worker', default=False):
            cls._queue(notices)

    @classmethod
    def _queue(cls, notices):
        with Transaction().set_context(queue_batch=True):
            cls.__queue__.send(notices)

    @classmethod
    def send_waiting(cls):
        """Queue what waits, which includes what failed and may be tried
        again, and give up on what was claimed by somebody who is gone.

        What lies in the future was noted before the clock was set back, and
        does not wait for it."""
        now = clock.now()
        lost = cls.search([
                ('state', '=', 'claimed'),
                ['OR',
                    ('claimed_at', '<', now - LEASE),
                    ('claimed_at', '>', now + LEASE),
                    ],
                ], order=[])
        for notice in lost:
            notice.state = 'uncertain'
        cls.save(lost)
        cls._queue(cls.search([
                    ('state', '=', 'waiting'),
                    ['OR',
                        ('next_try', '<=', now),
                        ('claimed_at', '>', now),
                        [('claimed_at', '=', None), ('made_at', '>', now)],
                        ],
                    ], limit=_PICKED_UP_AT_ONCE,
                order=[('next_try', 'ASC')]))

    @classmethod
    def send(cls, notices):
        """Send the notices that wait.

        Of those that go the same way none is tried any more when it turns
        out to be closed: else each would wait for it to keep silent."""
        closed = set()
        for notice in notices:
            way = (
                notice.recipient if notice.channel == 'web'
                else notice.channel)
            if way in closed:
                continue
            claim = cls._claim(notice.id)
            if not claim:
                continue
            try:
                answer = cls._deliver(**claim)
            except gateway.Postponed as error:
                if isinstance(error, gateway.Unreachable):
                    closed.add(way)
                if claim['attempts'] > len(DELAYS):
                    state, next_try = 'failed', None
                else:
                    state = 'waiting'
                    next_try = clock.now() + DELAYS[claim['attempts'] - 1]
                cls._settle(
                    claim, state=state, next_try=next_try, answer=str(error))
            except gateway.Uncertain as error:
                cls._settle(claim, state='uncertain', answer=str(error))
            except Exception as error:
                if not isinstance(error, gateway.Refused):
                    logger.exception("notice %s failed", notice.id)
                cls._settle(claim, state='failed', answer=str(error))
            else:
                cls._settle(
                    claim, state='sent', sent_at=clock.now(), answer=answer)

    @classmethod
    def _claim(cls, id):
        """Claim a notice that is due, committed, and return what to send;
        None if it is not, or somebody else has it."""
        t = cls.__table__()
        now = clock.now()
        try:
            with Transaction().new_transaction() as transaction, \
                    transaction.set_user(0):
                cursor = transaction.connection.cursor()
                cursor.execute(*t.update(
                        [t.state, t.claimed_at, t.attempts],
                        ['claimed', now, t.attempts + 1],
                        where=(t.id == id)
                        & (t.state == 'waiting')
                        & ((t.next_try <= now)
                            | (Coalesce(t.claimed_at, t.made_at) > now))))
                if cursor.rowcount:
                    notice = cls(id)
                    return {
                        'id': id,
                        'claimed_at': now,
                        'attempts': notice.attempts,
                        'key': notice.key,
                        **{name: getattr(notice, name) for name in _SENT},
                        }
        except backend.DatabaseOperationalError:
            pass

    @staticmethod
    def _deliver(channel, recipient, subject, body, language, message_id,
            key, **claim):
        if channel == 'email':
            return gateway.send_email(
                recipient, subject, body, language, message_id)
        elif channel == 'sms':
            return gateway.send_sms(body, recipient)
        return gateway.post_json(recipient, body, message_id.strip('<>'), key)

    @classmethod
    def _settle(cls, claim, **values):
        """Note what became of a claimed notice, also if it was given up since

        While the database is away it waits, for nobody else knows."""
        t = cls.__table__()
        query = t.update(
            [getattr(t, name) for name in values], list(values.values()),
            where=(t.id == claim['id'])
            & t.state.in_(['claimed', 'uncertain'])
            & (t.claimed_at == claim['claimed_at']))
        for left in reversed(range(_SETTLED_WITHIN)):
            try:
                with Transaction().new_transaction() as transaction:
                    transaction.connection.cursor().execute(*query)
                break
            except backend.DatabaseOperationalError:
                if not left:
                    raise
                time.sleep(1)

    @classmethod
    @ModelView.button
    def send_again(cls, notices):
        "Send once more what a person decided to, to the contact of today"
        for notice in notices:
            notice.state = 'waiting'
            notice.attempts = 0
            notice.next_try = clock.now()
            for channel, recipient, _ in notice.dossier.addressees():
                if channel == notice.channel:
                    notice.recipient = recipient
            if not notice.body:
                notice.compose()
        cls.save(notices)
        cls._leave_to_worker(notices)

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, notices):
        pass


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.extend([
                ('tthcc.dossier.notice|send_waiting', "Send Notices"),
                ('tthcc.dossier|announce_uncollected',
                    "Remind of Results Not Collected"),
                ])
