# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a person is told while the database is away or the disk is full

Tryton answers that the service is unavailable, in the words of the driver.
The web client repeats the call in silence some times, also one that may have
been saved, then waits for ever.  Here it is told in the language of the user,
in words that stay in the process, for those of messages are in the database.
"""
import errno
import functools

import polib

from trytond import backend, config
from trytond.exceptions import UserError
from trytond.protocols.jsonrpc import JSONRequest
from trytond.protocols.wrappers import exceptions
from trytond.tools import file_open
from trytond.wsgi import TrytondWSGI

from .connection import CommitUncertain

UPSTREAM = {
    'trytond.wsgi:TrytondWSGI.dispatch_request': '7e3cb83aa6e81410',
    'trytond.protocols.dispatcher:login': '3c68c8180db4a05b',
    }


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class OutageError(UserError):
    pass


def apply(replace):
    replace(
        TrytondWSGI, 'dispatch_request',
        functools.partialmethod(
            dispatch_request, TrytondWSGI.dispatch_request))


def dispatch_request(app, stock, request):
    response = stock(app, request)
    # Pages make it an error of the server, a login says that nothing is found
    cause = response
    if isinstance(response, (
                exceptions.NotFound, exceptions.InternalServerError)):
        cause = response.__context__
    if isinstance(cause, exceptions.ServiceUnavailable):
        name = _away(cause.description)
    elif isinstance(cause, backend.DatabaseOperationalError):
        name = _away(str(cause))
    elif isinstance(cause, OSError) and cause.errno in _FULL:
        name = 'msg_disk_full'
    else:
        return response
    if not _is_call(request):
        return exceptions.ServiceUnavailable(
            text(name, config.get('database', 'language')))
    message = text(name, _language(request))
    if isinstance(response, exceptions.NotFound):
        # Of a login the client shows it like that
        return Exception(message)
    return OutageError(message)


def _away(error):
    if error == CommitUncertain.TEXT:
        return 'msg_database_uncertain'
    return 'msg_database_away'


def _is_call(request):
    "Whether it comes from a client, not from a browser or a portal"
    try:
        return (
            isinstance(request, JSONRequest)
            and isinstance(request.parsed_data, dict)
            and {'method', 'params'} <= set(request.parsed_data))
    except exceptions.BadRequest:
        return False


def _language(request):
    "The language of the user, which their client sends with each call"
    last = request.rpc_params[-1] if request.rpc_params else None
    if isinstance(last, dict):
        last = last.get('language')
    if isinstance(last, str):
        return last
    return config.get('database', 'language')


@functools.cache
def _catalogue():
    with file_open('tthcc/locale/vi.po', encoding='utf-8') as file:
        return {e.msgctxt: e for e in polib.pofile(file.read())}


def text(name, language):
    entry = _catalogue()[f'model:ir.message,text:{name}']
    return entry.msgid if language.startswith('en') else entry.msgstr
