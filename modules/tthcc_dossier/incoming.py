# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Files on their way into Tryton's file store, streamed through the disk."""

import contextlib
import hashlib
import logging
import os
import tempfile
import uuid

from trytond.filestore import filestore
from trytond.transaction import Transaction

from .content import BadContent, inspect

logger = logging.getLogger(__name__)

FOLDER = 'incoming'


class Incoming:
    """A file that is being received: write() to it, finish() it, then keep()
    it or not.

    prefix: the prefix of the file store
    limit: the greatest size in bytes

    It lies beside the file store, so that keeping it moves no byte. Closing
    it removes what was not kept, so nothing half written stays. What cannot
    be taken in raises BadContent: 'size', 'disk', or as inspect() says."""

    def __init__(self, prefix, limit):
        self._prefix = prefix
        self._limit = limit
        self._hash = hashlib.sha256()
        self.size = 0
        folder = os.path.join(filestore.path, prefix, FOLDER)
        with _disk():
            os.makedirs(folder, mode=0o770, exist_ok=True)
            self._file = tempfile.NamedTemporaryFile(
                dir=folder, delete=False)
        self.path = self._file.name

    @property
    def sha256(self):
        return self._hash.hexdigest()

    def write(self, data):
        self.size += len(data)
        if self.size > self._limit:
            raise BadContent('size')
        self._hash.update(data)
        with _disk():
            return self._file.write(data)

    def finish(self):
        "All is written: bring it to the disk, and return its Content"
        with _disk(), self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
        return inspect(self.path)

    def keep(self):
        """Put the file into the store and return its id there.

        A roll-back of the transaction takes it out again."""
        id = str(uuid.uuid4())
        path = filestore._filename(id, self._prefix)
        kept = Transaction().join(_Kept())
        kept.paths.append(path)
        with _disk():
            os.makedirs(os.path.dirname(path), mode=0o770, exist_ok=True)
            os.link(self.path, path)
        return id

    def close(self):
        # It may fail to write what it still holds
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


@contextlib.contextmanager
def _disk():
    try:
        yield
    except OSError as exception:
        logger.error("cannot store a file: %s", exception)
        raise BadContent('disk') from exception


class _Kept:
    "What a transaction has put into the file store"

    def __init__(self):
        self.paths = []

    def __eq__(self, other):
        return isinstance(other, _Kept)

    def tpc_begin(self, transaction):
        pass

    def commit(self, transaction):
        pass

    def tpc_vote(self, transaction):
        pass

    def tpc_finish(self, transaction):
        self.paths.clear()

    def tpc_abort(self, transaction):
        while self.paths:
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.paths.pop())
