# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The WSGI application: Tryton's own, watched, with its costs removed

    TRYTOND_CONFIG=trytond.conf TRYTOND_DATABASE_NAMES=tthcc \\
    gunicorn trytond.modules.tthcc.server.application:app
"""
# First, for it sets the logging up
from trytond.application import app

from . import REMOVALS, apply
from .monitoring import Monitoring

__all__ = ['app']

_in_force = apply()
app.wsgi_app = Monitoring(
    app.wsgi_app, {name: name in _in_force for name in REMOVALS})
