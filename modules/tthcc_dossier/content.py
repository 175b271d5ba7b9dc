# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a file is by its content, whatever its name says.

Pure functions over a file on disk, which may be hostile: no picture is
decoded, so that a small file cannot claim much memory."""

import mmap
import os
from typing import NamedTuple

from PIL import Image

EXTENSIONS = {
    'application/pdf': '.pdf',
    'image/jpeg': '.jpg',
    'image/png': '.png',
    'image/tiff': '.tiff',
    }
MAX_PIXELS = 100_000_000
"An A0 map at 200 dots per inch has 62 million"
MAX_PAGES = 3000
# Tags of a TIFF: where its strips or tiles lie, and how long they are
_TIFF_PARTS = [(273, 279), (324, 325)]


class Content(NamedTuple):
    "mime: media type; pages: number of pages; signed: has signature fields"
    mime: str
    pages: int
    signed: bool = False


class BadContent(ValueError):
    """The file cannot be taken in; its argument says why, such as 'empty',
    'type', 'damaged', 'encrypted', 'pixels' or 'pages'."""


def inspect(path):
    """Return the Content of the file at the path, PDF, JPEG, PNG or TIFF.

    Raise BadContent for any other and for what is damaged."""
    with open(path, 'rb') as file:
        head = file.read(16)
    if not head:
        raise BadContent('empty')
    for start, inspect_ in _KINDS.items():
        if head.startswith(start):
            try:
                return inspect_(path)
            except BadContent:
                raise
            # Whatever a parser stumbles over
            except Exception as exception:
                raise BadContent('damaged') from exception
    raise BadContent('type')


def _pdf(path):
    # Loaded by the processes that take in files only
    from pypdf import PdfReader
    with open(path, 'rb') as file:
        # Strict: what needs repair is damaged, most often cut short
        pdf = PdfReader(file, strict=True)
        # Also one that only forbids to print or change
        if pdf.is_encrypted:
            raise BadContent('encrypted')
        pages = len(pdf.pages)
        if not pages:
            raise BadContent('damaged')
        if pages > MAX_PAGES:
            raise BadContent('pages')
        form = pdf.root_object.get('/AcroForm')
        signed = bool(form and form.get_object().get('/SigFlags', 0) & 1)
    return Content('application/pdf', pages, signed)


def _jpeg(path):
    _open(path, 'JPEG').close()
    with open(path, 'rb') as file:
        # The segments before the data may hold a thumbnail with an end too
        file.seek(2)
        marker = None
        while marker != b'\xff\xda':
            marker, length = file.read(2), file.read(2)
            if marker[:1] != b'\xff' or len(length) < 2:
                raise BadContent('damaged')
            file.seek(int.from_bytes(length, 'big') - 2, os.SEEK_CUR)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data.find(b'\xff\xd9', file.tell()) < 0:
                raise BadContent('damaged')
    return Content('image/jpeg', 1)


def _png(path):
    with _open(path, 'PNG') as image:
        # Check sums, without decoding
        image.verify()
    return Content('image/png', 1)


def _tiff(path):
    with _open(path, 'TIFF') as image:
        pages = 0
        while True:
            _check_pixels(image)
            _check_parts(image.fp, image.tag_v2)
            pages += 1
            if pages > MAX_PAGES:
                raise BadContent('pages')
            try:
                image.seek(pages)
            except EOFError:
                return Content('image/tiff', pages)


def _check_parts(file, tags):
    "Check that the page of a TIFF lies within the file, without decoding"
    size = file.seek(0, os.SEEK_END)
    parts = [
        part for offsets, lengths in _TIFF_PARTS
        for part in zip(tags.get(offsets, ()), tags.get(lengths, ()))]
    if not parts or any(o + length > size for o, length in parts):
        raise BadContent('damaged')


def _open(path, format):
    try:
        image = Image.open(path, formats=[format])
    except Image.DecompressionBombError as exception:
        raise BadContent('pixels') from exception
    try:
        _check_pixels(image)
    except BadContent:
        image.close()
        raise
    return image


def _check_pixels(image):
    if image.width * image.height > MAX_PIXELS:
        raise BadContent('pixels')


_KINDS = {
    b'%PDF-': _pdf,
    b'\xff\xd8\xff': _jpeg,
    b'\x89PNG\r\n\x1a\n': _png,
    b'II*\x00': _tiff,
    b'MM\x00*': _tiff,
    }
