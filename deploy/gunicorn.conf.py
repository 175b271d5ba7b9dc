# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""gunicorn as an application server; --bind and the like win over this"""
import os

wsgi_app = 'trytond.modules.tthcc.server.application:app'
bind = '127.0.0.1:8001'

# Half of a call waits for the database, so a few threads share a process
worker_class = 'gthread'
workers = max(2, os.cpu_count())
threads = 4
# Loaded once: the workers share the memory of the classes
preload_app = True

# nginx opens a connection for each call, see deploy/nginx/tthcc.conf
keepalive = 0
# Seconds in which calls may end when the service is stopped
graceful_timeout = 60

# systemd is what controls it
control_socket_disable = True

# The access log is that of nginx; journald keeps the other
accesslog = None
errorlog = '-'


def child_exit(server, worker):
    if os.environ.get('PROMETHEUS_MULTIPROC_DIR'):
        from prometheus_client import multiprocess
        multiprocess.mark_process_dead(worker.pid)
