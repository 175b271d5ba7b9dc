# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Pages of our own beside the clients."""

from trytond.protocols.wrappers import HTTPStatus, Response

from .form import templates


def page(template, status=HTTPStatus.OK, **values):
    """Return the response that shows the template, MODULE/page/NAME.html,
    filled with the values; in a browser it may do nothing but that and send
    its own form"""
    return Response(
        templates.load(template).generate(**values).render(
            'html', doctype='html5'),
        status, content_type='text/html; charset=utf-8', headers={
            'Cache-Control': 'no-store',
            'Content-Security-Policy':
            "default-src 'none'; style-src 'unsafe-inline'; "
            "form-action 'self'",
            'Referrer-Policy': 'same-origin',
            'X-Robots-Tag': 'noindex',
            })
