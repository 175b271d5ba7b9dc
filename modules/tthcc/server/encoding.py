# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""No mark of compression on an answer that is not compressed

Tryton marks every long answer as gzip, also for a client that does not accept
it and gets plain text.
"""
from functools import partial

from trytond.protocols.jsonrpc import JSONProtocol
from trytond.protocols.wrappers import Response

UPSTREAM = {
    'trytond.protocols.jsonrpc:JSONProtocol.response': '00c037d821d2a5bc',
    }


def apply(replace):
    replace(
        JSONProtocol, 'response',
        classmethod(partial(response, JSONProtocol.response.__func__)))


def response(stock, cls, data, request):
    response = stock(cls, data, request)
    if (isinstance(response, Response)
            and 'gzip' not in request.accept_encodings):
        response.headers.pop('Content-Encoding', None)
    return response
