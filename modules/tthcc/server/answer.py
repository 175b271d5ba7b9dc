# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Answers encoded once, by orjson

Tryton encodes in Python, gives up after 1,400 characters and begins again to
compress.  What orjson does not take as Tryton does, such as keys that are not
text, whole numbers beyond 64 bits or half characters, goes Tryton's way.
"""
import gzip
from functools import partial

import orjson

from trytond.protocols import jsonrpc
from trytond.protocols.jsonrpc import JSONProtocol, encoder
from trytond.protocols.wrappers import Response

UPSTREAM = {
    'trytond.protocols.jsonrpc:dumps': 'f1b9ca674f7d83d9',
    'trytond.protocols.jsonrpc:JSONEncoder.default': 'd7f758fc0091b24f',
    'trytond.protocols.jsonrpc:JSONProtocol.response': '00c037d821d2a5bc',
    }
# Bytes from which on compression is worth its time
LIMIT = 1400


def apply(replace):
    replace(jsonrpc, 'dumps', dumps)
    replace(
        JSONProtocol, 'response',
        classmethod(partial(response, JSONProtocol.response.__func__)))


def dumps(obj):
    try:
        return orjson.dumps(
            obj, encoder.default,
            orjson.OPT_PASSTHROUGH_DATETIME
            | orjson.OPT_PASSTHROUGH_DATACLASS)
    except TypeError:
        return encoder.encode(obj).encode('utf-8')


def response(stock, cls, data, request):
    response = stock(cls, data, request)
    if isinstance(response, Response) and 'gzip' in request.accept_encodings:
        body = response.get_data()
        if len(body) > LIMIT:
            response.set_data(gzip.compress(body, compresslevel=1))
            response.headers['Content-Encoding'] = 'gzip'
    return response
