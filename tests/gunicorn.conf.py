# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import os


def post_fork(arbiter, worker):
    # By that name the database knows which process it serves
    os.environ['TRYTOND_APPNAME'] = f'worker {worker.pid}'
