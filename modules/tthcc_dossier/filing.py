# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What portals file in the citizens' stead."""

import base64
import hashlib
import io
import json
import secrets

from trytond.i18n import gettext
from trytond.model import DeactivableMixin, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import SQLConstraintError
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.transaction import TransactionError, without_check_access

from .content import BadContent
from .exceptions import FilingConflict, FilingError
from .line import Line

APPLICATION = 'tthcc_filing'


class UserApplication(metaclass=PoolMeta):
    __name__ = 'res.user.application'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.application.selection.append((APPLICATION, "Online Filing"))


class Portal(DeactivableMixin, ModelSQL, ModelView):
    "A public service portal that files online (cổng dịch vụ công)"
    __name__ = 'tthcc.filing.portal'

    name = fields.Char("Name", required=True)
    user = fields.Many2One(
        'res.user', "User", required=True, ondelete='RESTRICT',
        help="The user whose keys the portal files with; needs no group.")
    centres = fields.Many2Many(
        'tthcc.filing.portal-tthcc.centre', 'portal', 'centre', "Centres",
        help="The centres the portal may file at; all if empty.")
    callback_url = fields.Char(
        "Callback Address",
        help="The web address that is told each move of a dossier.")
    secret = fields.Char(
        "Secret", required=True, strip=False,
        help="What is sent to the callback address is signed with it "
        "(HMAC-SHA256).")
    key = fields.Function(fields.Char("Key"), 'get_key')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('user_unique', Unique(t, t.user),
                'tthcc_dossier.msg_portal_user_unique'),
            ]
        cls._order = [('name', 'ASC'), ('id', 'ASC')]
        cls._buttons['renew_key'] = {}
        # Do not cache a secret
        cls.__rpc__['default_get'].cache = None

    @classmethod
    def default_secret(cls):
        return secrets.token_urlsafe(32)

    def get_key(self, name):
        return next((a.key for a in self._applications()), None)

    def _applications(self):
        Application = Pool().get('res.user.application')
        return Application.search([
                ('user', '=', self.user.id),
                ('application', '=', APPLICATION),
                ('state', '=', 'validated'),
                ], order=[('id', 'DESC')])

    @classmethod
    @ModelView.button
    def renew_key(cls, portals):
        "Give a new key; the old ones open nothing any more"
        Application = Pool().get('res.user.application')
        for portal in portals:
            Application.cancel(portal._applications())
            Application.create([{
                        'user': portal.user.id,
                        'application': APPLICATION,
                        }])

    @classmethod
    def of_user(cls, user):
        "Return the portal of the id of its user, None if there is none"
        portals = cls.search([('user', '=', user)])
        return portals[0] if portals else None

    def centre_of(self, unit):
        "Return the centre of the unit code, where the portal may file"
        Regime = Pool().get('tthcc.centre.regime')
        today = clock.today()
        for row in Regime.search([
                    ('unit_id', '=', unit),
                    ('centre.state', '=', 'operating'),
                    ('start_date', '<=', today),
                    ], order=[('start_date', 'DESC')]):
            if (row.centre.regime_at(today) == row
                    and (not self.centres or row.centre in self.centres)):
                return row.centre
        raise FilingError(gettext(
                'tthcc_dossier.msg_filing_centre', unit=unit))


class PortalCentre(ModelSQL):
    "Portal - Centre"
    __name__ = 'tthcc.filing.portal-tthcc.centre'

    portal = fields.Many2One(
        'tthcc.filing.portal', "Portal", required=True, ondelete='CASCADE')
    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='CASCADE')


class Filing(Line, ModelSQL, ModelView):
    "By which portal a dossier was filed, and under which reference there"
    __name__ = 'tthcc.dossier.filing'

    _by_hand = False

    portal = fields.Many2One(
        'tthcc.filing.portal', "Portal", required=True, ondelete='RESTRICT')
    portal_name = fields.Function(fields.Char("Portal"), 'get_portal_name')
    reference = fields.Char("Reference", required=True)
    digest = fields.Char("Digest", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('reference_unique', Unique(t, t.portal, t.reference),
                'tthcc_dossier.msg_filing_reference_unique'),
            ]

    def get_portal_name(self, name):
        # Only administrators may read portals
        return self.portal.name

    @classmethod
    def find(cls, portal, reference):
        filings = cls.search([
                ('portal', '=', portal.id),
                ('reference', '=', reference),
                ])
        return filings[0] if filings else None

    @classmethod
    def file(cls, portal, reference, request):
        """File what the portal asks for, as data of the schema Dossier of
        data/filing.json, once per reference of the portal.

        Return the filing, and whether it is new.  Raises FilingConflict when
        the reference was used for something else, UserError for what cannot
        be filed."""
        Dossier = Pool().get('tthcc.dossier')
        digest = hashlib.sha256(
            json.dumps(request, sort_keys=True).encode()).hexdigest()
        filing = cls.find(portal, reference)
        if filing:
            if filing.digest != digest:
                raise FilingConflict(gettext(
                        'tthcc_dossier.msg_filing_conflict',
                        reference=reference))
            return filing, False
        dossier = cls._dossier(portal, request)
        dossier.save()
        dossier.check_complete(dossier.offer)
        cls._store_files(dossier, request['papers'])
        try:
            filing, = cls.create([{
                        'portal': portal.id,
                        'reference': reference,
                        'digest': digest,
                        'dossier': dossier.id,
                        }])
        except SQLConstraintError:
            # The same request at the same moment was first: look again
            raise TransactionError
        Dossier.submit([dossier])
        return filing, True

    @classmethod
    def _dossier(cls, portal, request):
        "Return the draft of what is asked for"
        pool = Pool()
        Applicant = pool.get('tthcc.dossier.applicant')
        Dossier = pool.get('tthcc.dossier')
        Paper = pool.get('tthcc.dossier.paper')
        Procedure = pool.get('tthcc.procedure')
        centre = portal.centre_of(request['centre'])
        procedures = Procedure.search([
                ('code', '=', request['procedure']),
                ('state', '=', 'published'),
                ])
        revision = (
            procedures[0].revision_at(clock.today()) if procedures else None)
        if not revision:
            raise FilingError(gettext(
                    'tthcc_dossier.msg_filing_procedure',
                    procedure=request['procedure']))
        case = cls._case(revision, request.get('case'))
        papers = Paper.required_by(revision)
        given = {p['paper'] for p in request['papers']}
        if unknown := given - {p.required_paper.id for p in papers}:
            raise FilingError(gettext(
                    'tthcc_dossier.msg_filing_paper',
                    papers=', '.join(map(str, sorted(unknown)))))
        for paper in papers:
            paper.received = paper.required_paper.id in given
        return Dossier(
            centre=centre,
            procedure=procedures[0],
            revision=revision,
            case=case,
            applicants=[Applicant(**a) for a in request['applicants']],
            papers=papers,
            by_portal=True,
            sets=1,
            return_method=request.get('return_method', 'centre'))

    @staticmethod
    def _store_files(dossier, papers):
        File = Pool().get('tthcc.dossier.file')
        by_required = {p.required_paper.id: p for p in dossier.papers}
        for paper in papers:
            for file in paper['files']:
                try:
                    content = base64.b64decode(file['content'], validate=True)
                except ValueError as error:
                    raise File.refusal(
                        file['name'], BadContent('damaged')) from error
                File.store(
                    by_required[paper['paper']], file['name'],
                    io.BytesIO(content))

    @staticmethod
    def _case(revision, wanted):
        cases = [c for c in revision.cases if c.channel == 'online']
        if wanted is not None:
            cases = [c for c in cases if c.id == wanted]
        if len(cases) != 1:
            raise FilingError(gettext(
                    'tthcc_dossier.msg_filing_case',
                    cases=', '.join(
                        str(c.id) for c in revision.cases
                        if c.channel == 'online')))
        return cases[0]

    @classmethod
    @without_check_access
    def tell_portals(cls, dossiers):
        "Have the portals told where their dossiers stand"
        Notice = Pool().get('tthcc.dossier.notice')
        filings = cls.search([('dossier', 'in', [d.id for d in dossiers])])
        Notice.post([
                Notice(
                    dossier=filing.dossier,
                    event='status',
                    occasion=f'{filing.dossier.state} '
                    f'{filing.dossier.moved_at.isoformat()}',
                    channel='web',
                    recipient=filing.portal.callback_url,
                    body=json.dumps(filing.status, ensure_ascii=False))
                for filing in filings if filing.portal.callback_url])

    @property
    def status(self):
        "The status of the dossier as data of the schema Status"
        def moment(value):
            return value.isoformat() + 'Z' if value else None
        dossier = self.dossier
        pause = next((p for p in dossier.pauses if not p.end), None)
        return {
            'reference': self.reference,
            'code': dossier.code,
            'state': dossier.state,
            'portal_code': dossier.portal_code,
            'class': dossier.class_,
            'received_at': moment(dossier.received_at),
            'due': moment(dossier.due),
            'finished_at': moment(dossier.finished_at),
            'returned_at': moment(dossier.returned_at),
            'reason': pause.reason if pause else dossier.end_reason,
            }


class FilingMixin:
    "Tells portals of the moves of the dossiers they filed"
    __slots__ = ()

    filings = fields.One2Many(
        'tthcc.dossier.filing', 'dossier', "Filed by", readonly=True)
    by_portal = fields.Boolean("Filed by a Portal", readonly=True)

    @classmethod
    def on_move(cls, dossiers, name):
        super().on_move(dossiers, name)
        filed = [d for d in dossiers if d.by_portal]
        if filed:
            Pool().get('tthcc.dossier.filing').tell_portals(filed)
