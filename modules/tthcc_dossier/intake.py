# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The web interface by which portals file, described by data/filing.json."""

import json
import logging
from functools import wraps

import jsonschema
from werkzeug.exceptions import HTTPException

from trytond import config
from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.protocols.wrappers import (
    HTTPStatus, Response, set_max_request_size, user_application, with_pool,
    with_transaction)
from trytond.tools import file_open
from trytond.transaction import Transaction, without_check_access
from trytond.wsgi import app

from .exceptions import FilingConflict
from .filing import APPLICATION

logger = logging.getLogger(__name__)
_BASE = '/<database_name>/tthcc/filing/v1'
# In bytes: the papers of one dossier, base64 makes them a third larger
_MAX_SIZE = config.getint('tthcc', 'filing_max_size', default=100 * 2 ** 20)
with file_open('tthcc_dossier/data/filing.json', encoding='utf-8') as file:
    _DESCRIPTION = json.load(file)
_DOSSIER = jsonschema.Draft202012Validator({
        '$ref': '#/components/schemas/Dossier',
        'components': _DESCRIPTION['components'],
        })


class _Problem(HTTPException):
    "What was wrong with a request, after RFC 9457"

    def __init__(self, status, detail, errors=()):
        super().__init__(detail)
        self.code, self.errors = status, list(errors)

    def get_response(self, *args, **kwargs):
        problem = {
            'status': self.code, 'title': self.name,
            'detail': self.description}
        if self.errors:
            problem['errors'] = self.errors
        return _json(problem, self.code, 'application/problem+json')


def _json(data, status=HTTPStatus.OK, content_type='application/json'):
    return Response(
        json.dumps(data, ensure_ascii=False), status,
        content_type=content_type)


def _answer_problems(func):
    "Answer whatever goes wrong as a problem; a failure of ours is logged"
    @wraps(func)
    def wrapper(request, *args, **kwargs):
        try:
            return func(request, *args, **kwargs)
        except _Problem as problem:
            return problem
        except HTTPException as error:
            return _Problem(error.code, error.description)
        except Exception:
            logger.exception("filing failed")
            return _Problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "The server failed: send the same request later.")
    return wrapper


def _of_portal(func):
    "Call with the portal of the key, as what the suite itself does"
    @wraps(func)
    def wrapper(request, pool, *args, **kwargs):
        Lang = pool.get('ir.lang')
        Portal = pool.get('tthcc.filing.portal')
        transaction = Transaction()
        language = request.accept_languages.best_match(
            Lang.get_translatable_languages())
        with without_check_access(), \
                transaction.set_context(
                    language=language or transaction.language):
            portal = Portal.of_user(transaction.user)
            if not portal:
                raise _Problem(
                    HTTPStatus.FORBIDDEN,
                    gettext('tthcc_dossier.msg_filing_no_portal'))
            with transaction.set_user(0, set_context=True):
                try:
                    return func(request, portal, *args, **kwargs)
                except FilingConflict as error:
                    raise _Problem(HTTPStatus.CONFLICT, error.message)
                except UserError as error:
                    raise _Problem(
                        HTTPStatus.UNPROCESSABLE_ENTITY, error.message)
    return wrapper


def _route(path, methods):
    def decorator(func):
        func = _of_portal(func)
        for wrap in [
                user_application(APPLICATION, json=False), with_transaction(),
                _answer_problems, with_pool, set_max_request_size(_MAX_SIZE),
                app.route(_BASE + path, methods=methods)]:
            func = wrap(func)
        return func
    return decorator


@app.route(_BASE + '/openapi.json', methods=['GET'])
def description(request, database_name):
    "The description of this interface (OpenAPI)"
    return _json(_DESCRIPTION)


@_route('/procedures', ['GET'])
def procedures(request, portal):
    "What the portal may file at a centre"
    Offer = Pool().get('tthcc.centre.procedure')
    centre = portal.centre_of(request.args.get('centre', ''))
    today = clock.today()
    offers = Offer.search([
            ('centre', '=', centre.id),
            Offer.offered(today),
            ])
    revisions = [o.procedure.revision_at(today) for o in offers]
    return _json([_procedure(r) for r in revisions
            if r and any(c.channel == 'online' for c in r.cases)])


def _procedure(revision):
    return {
        'code': revision.procedure.code,
        'name': revision.name,
        'cases': [{
                'case': case.id,
                'name': case.rec_name,
                'fee': int(case.fee) if case.fee is not None else None,
                } for case in revision.cases if case.channel == 'online'],
        'papers': [{
                'paper': paper.id,
                'name': paper.rec_name,
                'mandatory': paper.always_mandatory,
                'condition': paper.condition,
                } for paper in revision.papers],
        }


@_route('/dossiers/<reference>', ['PUT'])
def file_dossier(request, portal, reference):
    "File a dossier; the same request again changes nothing"
    Filing = Pool().get('tthcc.dossier.filing')
    filing, new = Filing.file(
        portal, _checked(reference, 'Reference'), _body(request))
    return _json(
        filing.status, HTTPStatus.CREATED if new else HTTPStatus.OK)


@_route('/dossiers/<reference>', ['GET'])
def dossier_status(request, portal, reference):
    "How far a dossier that the portal filed has come"
    Filing = Pool().get('tthcc.dossier.filing')
    filing = Filing.find(portal, reference)
    if not filing:
        raise _Problem(HTTPStatus.NOT_FOUND, gettext(
                'tthcc_dossier.msg_filing_unknown', reference=reference))
    return _json(filing.status)


def _checked(value, schema):
    jsonschema.validate(value, _DESCRIPTION['components']['schemas'][schema])
    return value


def _body(request):
    "Return the body of the request once it is what the description says"
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise _Problem(HTTPStatus.BAD_REQUEST, gettext(
                'tthcc_dossier.msg_filing_json', error=error))
    errors = [{
            'pointer': '/' + '/'.join(map(str, error.absolute_path)),
            'detail': error.message[:500],
            } for error in _DOSSIER.iter_errors(body)]
    if errors:
        raise _Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            gettext('tthcc_dossier.msg_filing_invalid'), errors)
    return body
