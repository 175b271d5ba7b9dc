# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import asyncio
import datetime as dt
import os
from functools import lru_cache
from typing import NamedTuple

from trytond import config
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.tools import timezone as tz


class Signature(ModelSQL, ModelView):
    """A digital signature of a file (chữ ký số), as it was found when the
    file was stored.  The file itself is kept unchanged, so that anybody can
    verify it again."""
    __name__ = 'tthcc.dossier.signature'

    file = fields.Many2One(
        'tthcc.dossier.file', "File", required=True, ondelete='CASCADE')
    state = fields.Selection([
            ('trusted', "Valid"),
            ('unknown', "Intact, signer not known"),
            ('broken', "Broken"),
            ], "Verification", required=True, sort=False,
        help="Valid: unchanged since, and the signer is vouched for by one of "
        "the authorities the server trusts.")
    signer = fields.Char("Signer")
    issuer = fields.Char("Issued By")
    serial = fields.Char("Serial Number")
    signed_at = fields.DateTime(
        "Signed At", help="The moment the signer states.")
    verified_at = fields.DateTime("Verified At", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('file')
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.file, Index.Range())))

    @classmethod
    def of_file(cls, path):
        "Return new records of the signatures of the PDF at the path"
        return [
            cls(**found._asdict(), verified_at=clock.now())
            for found in verify(path, trusted_roots(
                    config.get('tthcc', 'trust_roots', default='')))]


class Found(NamedTuple):
    "A signature as verify() finds it; its fields are those of Signature"
    state: str
    signer: str = None
    issuer: str = None
    serial: str = None
    signed_at: dt.datetime = None


def verify(path, roots):
    """Return each signature of the PDF at the path as Found.

    roots: the certificates of the authorities that are trusted; nothing is
    fetched from the network"""
    # They take most of a second to load, and few files are signed
    from pyhanko.pdf_utils.reader import PdfFileReader
    with open(path, 'rb') as file:
        return [
            _verify(signature, roots)
            for signature in PdfFileReader(file).embedded_signatures]


def _verify(signature, roots):
    status = asyncio.run(_status(signature, roots))
    if not status:
        return Found('broken')
    certificate = status.signing_cert
    if not status.intact or not status.valid or not status.docmdp_ok:
        state = 'broken'
    else:
        state = 'trusted' if status.bottom_line else 'unknown'
    moment = status.signer_reported_dt
    return Found(
        state,
        certificate.subject.native.get('common_name'),
        certificate.issuer.native.get('common_name'),
        str(certificate.serial_number),
        moment and moment.astimezone(tz.UTC).replace(
            tzinfo=None, microsecond=0))


async def _status(signature, roots):
    "What pyHanko says of the signature, None when it cannot be read"
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext
    try:
        return await async_validate_pdf_signature(
            signature,
            ValidationContext(trust_roots=roots, allow_fetching=False))
    # Whatever the parser stumbles over
    except Exception:
        return None


@lru_cache(maxsize=1)
def trusted_roots(folder):
    "Return the certificates in the folder, PEM or DER"
    from pyhanko.keys import load_certs_from_pemder
    if not folder:
        return []
    return list(load_certs_from_pemder(
            sorted(entry.path for entry in os.scandir(folder))))
