# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The WSGI application: Tryton's own, watched, with its costs removed

    TRYTOND_CONFIG=trytond.conf TRYTOND_DATABASE_NAMES=tthcc \\
    gunicorn trytond.modules.tthcc.server.application:app
"""
from . import OPTIONS, REMOVALS, apply

# Before the modules are loaded from the database
apply(OPTIONS)

# Next, for it sets the logging up
from trytond.application import app  # noqa: E402

from .monitoring import Monitoring  # noqa: E402

__all__ = ['app']

_in_force = apply(REMOVALS)
app.wsgi_app = Monitoring(
    app.wsgi_app, {name: name in _in_force for name in REMOVALS})
