# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import os
import shutil
import unicodedata

from trytond import config
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.tthcc import clock
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from .content import EXTENSIONS, MAX_PAGES, MAX_PIXELS, BadContent, inspect
from .exceptions import FileRefused
from .incoming import Incoming, TooLarge
from .line import Line

# The states in which papers may still come
STATES = [
    'draft', 'submitted', 'received', 'processing', 'supplement', 'payment',
    'withdrawal']
_NAME_LENGTH = 120
_MEGABYTE = 1024 * 1024


class File(Line, ModelSQL, ModelView):
    """A scan or an electronic document of a paper (tệp tin), kept outside the
    database exactly as it came."""
    __name__ = 'tthcc.dossier.file'

    _by_hand = False

    paper = fields.Many2One(
        'tthcc.dossier.paper', "Paper", ondelete='CASCADE',
        domain=[('dossier', '=', Eval('dossier', -1))])
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

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.content.store_prefix = cls.store_prefix()
        t = cls.__table__()
        cls._sql_constraints += [
            ('paper_content_unique', Unique(t, t.paper, t.sha256),
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
    def store(cls, paper, name, stream):
        """Check and store what the binary stream holds as a file of the paper
        and return its record; of a file the paper already has, the record
        there is.

        Raise FileRefused when it cannot be taken in; nothing is left of it
        then, nor when the transaction is rolled back.  Whether the user may
        is for the caller to check."""
        with cls.incoming() as incoming:
            cls.receive(name, incoming, stream)
            return cls.keep(paper, name, incoming, cls.check(name, incoming))

    @classmethod
    def incoming(cls):
        return Incoming(cls.store_prefix(), cls.size_limit())

    @classmethod
    def receive(cls, name, incoming, stream):
        try:
            shutil.copyfileobj(stream, incoming)
        except TooLarge:
            cls.refuse(name, 'size')
        except OSError:
            cls.refuse(name, 'disk')

    @classmethod
    def check(cls, name, incoming):
        "Return the content of the complete file, raise FileRefused if bad"
        try:
            incoming.finish()
        except OSError:
            cls.refuse(name, 'disk')
        try:
            return inspect(incoming.path)
        except BadContent as exception:
            cls.refuse(name, *exception.args)

    @classmethod
    def refuse(cls, name, reason):
        raise FileRefused(gettext(
                f'tthcc_dossier.msg_file_{reason}',
                file=_clean(name),
                limit=cls.size_limit() // _MEGABYTE,
                pixels=MAX_PIXELS // 1_000_000,
                pages=MAX_PAGES))

    @classmethod
    def keep(cls, paper, name, incoming, content):
        "Store the file that was received and checked, return its record"
        dossier = paper.dossier
        if dossier.state not in STATES:
            raise FileRefused(gettext(
                    'tthcc_dossier.msg_file_dossier_ended',
                    dossier=dossier.rec_name, state=dossier.state_string))
        with without_check_access():
            files = cls.search([
                    ('paper', '=', paper.id),
                    ('sha256', '=', incoming.sha256),
                    ])
            if files:
                return files[0]
            file = cls(
                dossier=dossier,
                paper=paper,
                name=_clean(name, EXTENSIONS[content.mime]),
                file_id=cls._keep(name, incoming),
                mime=content.mime,
                size=incoming.size,
                pages=content.pages,
                sha256=incoming.sha256,
                uploaded_at=clock.now(),
                uploaded_by=dossier._acting_employee())
            file.save()
        return file

    @classmethod
    def _keep(cls, name, incoming):
        try:
            return incoming.keep()
        except OSError:
            cls.refuse(name, 'disk')


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
