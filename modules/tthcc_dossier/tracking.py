# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The page on which anybody who knows its code sees how far a dossier is.

Without authentication it shows the code and how far the dossier has come and
nothing that tells whose or what it is (Circular 01/2018/TT-VPCP, art. 16.2;
Law 91/2025/QH15)."""

from trytond.modules.tthcc.page import page
from trytond.pool import Pool
from trytond.protocols.wrappers import (
    HTTPStatus, allow_null_origin, set_max_request_size, with_pool,
    with_transaction)
from trytond.transaction import Transaction
from trytond.wsgi import app


@app.route('/<database_name>/tthcc/track/<code>', methods=['GET'])
@allow_null_origin
@set_max_request_size(0)
@with_pool
@with_transaction(readonly=True)
def track(request, pool, code):
    "The page of the dossier of the code"
    Dossier = pool.get('tthcc.dossier')
    Lang = pool.get('ir.lang')
    language = request.accept_languages.best_match(
        Lang.get_translatable_languages(), Transaction().language)
    with Transaction().set_context(language=language):
        dossiers = [] if '\x00' in code else Dossier.search([
                ('code', '=', code),
                ('state', 'not in', ['draft', 'voided']),
                ], order=[])
        return page(
            'tthcc_dossier/page/track.html',
            HTTPStatus.OK if dossiers else HTTPStatus.NOT_FOUND,
            code=code, dossier=_progress(dossiers[0]) if dossiers else None,
            vietnamese=language == 'vi')


def _progress(dossier):
    "Return what may be shown of the dossier"
    Step = Pool().get('tthcc.procedure.step')
    works = dict(Step.fields_get(['work'])['work']['selection'])
    legs = []
    for step in dossier.steps:
        name = works[step.work]
        if not legs or legs[-1]['name'] != name:
            legs.append({'name': name, 'done': True, 'running': False})
        legs[-1]['done'] &= bool(step.ended_at)
        legs[-1]['running'] |= step.running
    return {
        'centre': dossier.centre.name,
        'state': dossier.state_string,
        'class_': dossier.class_,
        'class_string': dossier.class__string,
        'due': dossier.due_text if dossier.state != 'refused' else None,
        'legs': legs,
        }
