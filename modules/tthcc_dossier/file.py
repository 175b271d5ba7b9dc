# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import os
import pathlib
import shutil
import time
import unicodedata
from urllib.parse import urljoin

from trytond import config
from trytond.filestore import filestore
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access
from trytond.url import http_host

from .content import EXTENSIONS, MAX_PAGES, MAX_PIXELS, BadContent
from .exceptions import FileRefused
from .incoming import Incoming
from .line import Line
from .paper import Paper

_NAME_LENGTH = 120
_MEGABYTE = 1024 * 1024
# Seconds
_SWEPT_AFTER = 24 * 60 * 60
_SLICE = 1000


class File(Line, ModelSQL, ModelView):
    """A scan or an electronic document of a paper or of a result (tệp tin),
    kept outside the database exactly as it came."""
    __name__ = 'tthcc.dossier.file'

    _by_hand = False

    paper = fields.Many2One(
        'tthcc.dossier.paper', "Paper", ondelete='CASCADE',
        domain=[('dossier', '=', Eval('dossier', -1))])
    result = fields.Many2One(
        'tthcc.dossier.result', "Result", ondelete='CASCADE')
    name = fields.Char("File", required=True)
    content = fields.Binary("Content", filename='name', file_id='file_id')
    file_id = fields.Char("File ID")
    mime = fields.Selection([
            ('application/pdf', "PDF"),
            ('image/jpeg', "JPEG"),
            ('image/png', "PNG"),
            ('image/tiff', "TIFF"),
            ], "Kind", required=True, sort=False,
        help="What the file is by its content.")
    size = fields.Integer("Size", required=True, help="In bytes.")
    pages = fields.Integer("Pages", required=True)
    sha256 = fields.Char(
        "SHA-256", required=True,
        help="The digest by which one can tell that the file is unchanged.")
    uploaded_at = fields.DateTime("Uploaded At", required=True)
    uploaded_by = fields.Many2One(
        'company.employee', "Uploaded By", ondelete='RESTRICT')
    reused_from = fields.Many2One(
        'tthcc.dossier.file', "Reused From", ondelete='SET NULL',
        states={'invisible': ~Eval('reused_from')},
        help="The file of an earlier dossier, taken over with the "
        "applicant's consent.")
    signatures = fields.One2Many(
        'tthcc.dossier.signature', 'file', "Digital Signatures",
        readonly=True, states={'invisible': ~Eval('signatures')})

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.content.store_prefix = cls.store_prefix()
        t = cls.__table__()
        cls._sql_constraints += [
            ('paper_content_unique', Unique(t, t.paper, t.sha256),
                'tthcc_dossier.msg_file_unique'),
            ('result_content_unique', Unique(t, t.result, t.sha256),
                'tthcc_dossier.msg_file_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.file_id, Index.Equality())))

    @staticmethod
    def store_prefix():
        "The folder of the file store that holds files of dossiers only"
        return f'{Transaction().database.name}/dossier'

    @classmethod
    def size_limit(cls):
        "The greatest size of a file in bytes"
        return config.getint('tthcc', 'file_size', default=10) * _MEGABYTE

    @classmethod
    def store(cls, owner, name, stream):
        """Check and store what the binary stream holds as a file of its
        owner, a paper or a result, and return its record; of a file the owner
        already has, the record there is.

        Raise FileRefused when it cannot be taken in; nothing is left of it
        then, nor when the transaction is rolled back.  Whether the user may
        is for the caller to check."""
        try:
            with cls.incoming() as incoming:
                shutil.copyfileobj(stream, incoming)
                return cls.keep(owner, name, incoming, incoming.finish())
        except BadContent as exception:
            raise cls.refusal(name, exception) from exception

    @classmethod
    def incoming(cls):
        "Return a new Incoming, which needs no transaction"
        return Incoming(cls.content.store_prefix, cls.size_limit())

    @classmethod
    def refusal(cls, name, bad_content):
        "Return the FileRefused that says why the file has bad content"
        reason, = bad_content.args
        return FileRefused(gettext(
                f'tthcc_dossier.msg_file_{reason}',
                file=_clean(name),
                limit=cls.size_limit() // _MEGABYTE,
                pixels=MAX_PIXELS // 1_000_000,
                pages=MAX_PAGES))

    @classmethod
    def check_state(cls, dossier, states):
        "Raise FileRefused when the dossier takes no more papers"
        if dossier.state not in states:
            raise FileRefused(gettext(
                    'tthcc_dossier.msg_file_dossier_ended',
                    dossier=dossier.rec_name, state=dossier.state_string))

    @classmethod
    @without_check_access
    def keep(cls, owner, name, incoming, content):
        "Store the file that was received and checked, return its record"
        Signature = Pool().get('tthcc.dossier.signature')
        dossier = owner.dossier
        cls.check_state(dossier, owner.file_states)
        field = 'paper' if owner.__name__.endswith('.paper') else 'result'
        files = cls.search([
                (field, '=', owner.id),
                ('sha256', '=', incoming.sha256),
                ])
        if files:
            return files[0]
        signatures = (
            Signature.of_file(incoming.path) if content.signed else [])
        if field == 'result' and any(s.state == 'broken' for s in signatures):
            raise BadContent('signature')
        file = cls(
            dossier=dossier,
            name=_clean(name, EXTENSIONS[content.mime]),
            file_id=incoming.keep(),
            mime=content.mime,
            size=incoming.size,
            pages=content.pages,
            sha256=incoming.sha256,
            uploaded_at=clock.now(),
            uploaded_by=dossier._acting_employee(),
            signatures=signatures)
        setattr(file, field, owner)
        file.save()
        return file

    @classmethod
    def sweep(cls):
        """Remove files of the store that no record points to, such as those
        of a server that was killed; for cron."""
        pool = Pool()
        Queue = pool.get('ir.filestore.queue')
        tables = [cls.__table__(), Queue.__table__()]
        cursor = Transaction().connection.cursor()
        # A younger one may be on its way to its record
        limit = time.time() - _SWEPT_AFTER
        root = pathlib.Path(filestore.path, cls.content.store_prefix)
        for folder in root.glob('*'):
            paths = {
                p.name: p for p in folder.rglob('*')
                if p.is_file() and p.stat().st_mtime < limit}
            for table in tables:
                for names in grouped_slice(list(paths), _SLICE):
                    cursor.execute(*table.select(
                            table.file_id,
                            where=fields.SQL_OPERATORS['in'](
                                table.file_id, list(names))))
                    for name, in cursor:
                        paths.pop(name)
            for path in paths.values():
                path.unlink()


def _clean(name, extension=None):
    """Return the name of a file without folders and control characters, with
    an extension that tells what it is."""
    name = unicodedata.normalize('NFC', name or '').replace('\\', '/')
    name = ''.join(c for c in name.rsplit('/', 1)[-1] if c.isprintable())
    stem, suffix = os.path.splitext(name.strip())
    if extension and suffix.lower() not in {
            extension, extension.replace('jpg', 'jpeg'),
            extension.replace('tiff', 'tif')}:
        stem, suffix = stem + suffix, extension
    return stem[:_NAME_LENGTH] + suffix[:len('.jpeg')]


class FileMixin:
    "Gives a dossier its scans and electronic documents"
    __slots__ = ()

    files = fields.One2Many(
        'tthcc.dossier.file', 'dossier', "Scans", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        for button in ['attach', 'reuse', 'upload']:
            cls._buttons[button] = {
                'invisible': ~Eval('state').in_(Paper.file_states),
                'depends': ['state'],
                }

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_attach')
    def attach(cls, dossiers):
        cls._check_leg(dossiers, or_centre=True)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_reuse')
    def reuse(cls, dossiers):
        cls._check_leg(dossiers, or_centre=True)

    @classmethod
    @ModelView.button_action('tthcc_dossier.url_upload')
    def upload(cls, dossiers):
        "Open the page that takes many files of a dossier at once"
        cls._check_leg(dossiers, or_centre=True)
        for dossier in dossiers:
            return {'url': urljoin(
                    http_host(), f'/{Transaction().database.name}'
                    f'/tthcc/dossier/{dossier.id}/files')}


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('tthcc.dossier.file|sweep', "Remove Files of no Dossier"))
