# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The settings of a deployment, with processes that one can tell apart"
import os
import pathlib
import runpy

globals().update(runpy.run_path(str(
            pathlib.Path(__file__).parent.parent
            / 'deploy' / 'gunicorn.conf.py')))


def post_fork(arbiter, worker):
    # The name of its connections
    os.environ['TRYTOND_APPNAME'] = f'worker {worker.pid}'
