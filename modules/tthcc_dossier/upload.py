# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The address at which many scans of a dossier are uploaded at once

GET shows a page to choose them; POST takes a multipart/form-data whose parts
are files, each named after the id of its paper.  They are streamed to disk,
before any transaction, and kept or refused one by one."""

import contextlib
import json

from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream

from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc.page import page
from trytond.protocols.wrappers import (
    HTTPStatus, Response, abort, with_pool, with_transaction)
from trytond.transaction import Transaction, check_access
from trytond.wsgi import app

from .content import BadContent
from .exceptions import FileRefused

FILES = 100
"The number of files in one request"


@app.route(
    '/<database_name>/tthcc/dossier/<int:id>/files', methods=['GET', 'POST'])
@app.auth_required
@with_pool
def files(request, pool, id):
    if request.method == 'GET':
        return _show(request, pool, id)
    _check(request, pool, id)
    with contextlib.ExitStack() as stack:
        parts = _receive(request, pool.get('tthcc.dossier.file'), stack)
        return _keep(request, pool, id, parts)


class _Part:
    """A file of the request while it comes: what is bad about it is kept for
    the answer, so that the others are still taken in."""

    def __init__(self, incoming):
        self.incoming = incoming
        self.content = self.bad = None

    def write(self, data):
        self._do(self.incoming.write, data)

    def seek(self, offset):
        "Called by the parser at the end of the part"
        self.content = self._do(self.incoming.finish)

    def _do(self, function, *args):
        if not self.bad:
            try:
                return function(*args)
            except BadContent as exception:
                self.bad = exception
                self.incoming.close()


def _receive(request, File, stack):
    """Stream the files of the request to disk and return them as a list of
    field name, file name and part; the stack removes them."""
    if request.mimetype != 'multipart/form-data':
        raise UnsupportedMediaType()
    # What stands around a file takes less than that
    limit = FILES * (File.size_limit() + 2000)
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge()

    def part(**kwargs):
        return _Part(stack.enter_context(File.incoming()))
    parser = FormDataParser(
        stream_factory=part, max_form_memory_size=500_000,
        # A page may have more papers than files
        max_form_parts=2 * FILES, silent=False)
    _, _, files = parser.parse(
        get_input_stream(request.environ), request.mimetype,
        request.content_length, request.mimetype_params)
    # A browser sends an empty part for a field without a file
    return [
        (field, file.filename, file.stream)
        for field, file in files.items(multi=True) if file.filename]


@contextlib.contextmanager
def _as_user(pool, id):
    "Act as the user with their preferences; yield the dossier, if theirs"
    Dossier = pool.get('tthcc.dossier')
    File = pool.get('tthcc.dossier.file')
    Paper = pool.get('tthcc.dossier.paper')
    User = pool.get('res.user')
    preferences = User.get_preferences(context_only=True)
    with Transaction().set_context(preferences), check_access():
        try:
            dossier = Dossier(id)
            File.check_state(dossier, Paper.file_states)
            Dossier.upload([dossier])
        except FileRefused as exception:
            abort(HTTPStatus.CONFLICT, exception.message)
        except AccessError as exception:
            abort(HTTPStatus.FORBIDDEN, exception.message)
        if Transaction().readonly:
            # To ask is not logged, only to upload
            Transaction().log_records.clear()
        yield dossier


@with_transaction(readonly=True, user='request')
def _check(request, pool, id):
    with _as_user(pool, id):
        pass


@with_transaction(readonly=True, user='request')
def _show(request, pool, id):
    with _as_user(pool, id) as dossier:
        return _page(dossier)


@with_transaction(user='request')
def _keep(request, pool, id, parts):
    File = pool.get('tthcc.dossier.file')
    answer = []
    with _as_user(pool, id) as dossier:
        papers = {str(p.id): p for p in dossier.papers}
        for field, name, part in parts:
            try:
                if part.bad:
                    raise part.bad
                if field not in papers:
                    raise FileRefused(gettext(
                            'tthcc_dossier.msg_file_paper', file=name))
                file = File.keep(
                    papers[field], name, part.incoming, part.content)
            except BadContent as exception:
                refusal = File.refusal(name, exception)
                answer.append({'name': name, 'error': refusal.message})
            except UserError as exception:
                answer.append({'name': name, 'error': exception.message})
            else:
                answer.append({
                        'name': file.name, 'id': file.id, 'pages': file.pages})
        status = (
            HTTPStatus.OK if any('id' in a for a in answer)
            else HTTPStatus.UNPROCESSABLE_ENTITY)
        if request.accept_mimetypes.best_match(
                ['application/json', 'text/html']) == 'text/html':
            return _page(dossier, answer, status)
    return Response(
        json.dumps({'files': answer}), status,
        content_type='application/json')


def _page(dossier, answer=(), status=HTTPStatus.OK):
    "The page where files are chosen, with what became of the last ones"
    return page(
        'tthcc_dossier/page/upload.html', status,
        language=Transaction().language,
        dossier=dossier,
        papers=[(p, p.scans) for p in dossier.papers],
        stored=[a for a in answer if 'id' in a],
        refused=[a for a in answer if 'error' in a],
        text=lambda name: gettext(f'tthcc_dossier.msg_upload_{name}'))
