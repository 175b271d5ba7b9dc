# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The address in the QR code of a label: a page for phones on which whoever
scans it reports that the item is broken"""

import contextlib

from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.modules.tthcc.page import page
from trytond.protocols.wrappers import (
    HTTPStatus, abort, set_max_request_size, with_pool, with_transaction)
from trytond.transaction import Transaction, check_access
from trytond.wsgi import app

# A photograph of a phone
_SIZE = 12 * 1024 * 1024


@app.route(
    '/<database_name>/tthcc/equipment/<tag>', methods=['GET', 'POST'])
@set_max_request_size(_SIZE)
@app.auth_required
@with_pool
def damage(request, pool, tag):
    if request.method == 'GET':
        return _show(request, pool, tag)
    return _report(request, pool, tag)


@contextlib.contextmanager
def _as_user(pool, tag):
    "Act as the user with their preferences; yield the item of the tag"
    Equipment = pool.get('tthcc.equipment')
    User = pool.get('res.user')
    preferences = User.get_preferences(context_only=True)
    with Transaction().set_context(preferences):
        item = Equipment.of_code(tag)
        if not item:
            abort(HTTPStatus.NOT_FOUND, gettext(
                    'tthcc_facility.msg_damage_unknown', tag=tag))
        yield item


@with_transaction(readonly=True, user='request')
def _show(request, pool, tag):
    with _as_user(pool, tag) as item:
        return _page(item)


@with_transaction(user='request')
def _report(request, pool, tag):
    Fault = pool.get('tthcc.fault')
    form = request.form
    with _as_user(pool, tag) as item:
        known = item.damage_defaults()['fault']
        picture = request.files.get('picture')
        if picture:
            # Read before when the transaction is tried again
            picture.stream.seek(0)
        try:
            if not form.get('summary', '').strip():
                raise UserError(gettext(
                        'tthcc_facility.msg_damage_summary'))
            with check_access():
                Fault.report(
                    item, form['summary'].strip(), bool(form.get('unusable')),
                    item.counter if form.get('stops_counter') else None,
                    Fault(known) if known and form.get('same') else None,
                    picture=picture.read() or None if picture else None)
        except UserError as error:
            Transaction().rollback()
            return _page(item, error.message, HTTPStatus.UNPROCESSABLE_ENTITY)
        return _page(item, done=True)


def _page(item, error=None, status=HTTPStatus.OK, done=False):
    return page(
        'tthcc_facility/page/damage.html', status,
        language=Transaction().language,
        item=item,
        known=[f for f in item.faults if f.state != 'closed'],
        error=error,
        done=done,
        text=lambda name: gettext(f'tthcc_facility.msg_damage_{name}'))
