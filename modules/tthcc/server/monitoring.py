# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What an administrator watches: /health, and /metrics as Prometheus's text

Requests are counted by kind, never by what they name, so that no code of a
dossier and no login is told.  With several worker processes
PROMETHEUS_MULTIPROC_DIR is the folder in which they put their counts together.
"""
import os
import time

from prometheus_client import (
    CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram,
    generate_latest, multiprocess)
from prometheus_client.core import GaugeMetricFamily
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from trytond import __version__
from trytond.pool import Pool
from trytond.transaction import Transaction

_own = CollectorRegistry()
REQUESTS = Counter(
    'tthcc_requests', "Requests answered", ['kind', 'status'], registry=_own)
SECONDS = Histogram(
    'tthcc_request_seconds', "Time to answer", ['kind'], registry=_own,
    buckets=[.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60])
RUNNING = Gauge(
    'tthcc_requests_running', "Requests being answered", ['kind'],
    registry=_own, multiprocess_mode='livesum')
_KINDS = {
    'rpc': 'call',
    'bus': 'bus',
    'session': 'login',
    'tthcc': 'page',
    }


class Monitoring:
    """WSGI middleware around Tryton's application

    removals: by name, whether in force"""

    def __init__(self, app, removals):
        self._app = app
        self._removals = removals
        self._pages = {
            '/health': self._health,
            '/metrics': self._metrics,
            }

    def __call__(self, environ, start_response):
        page = self._pages.get(environ['PATH_INFO'])
        if not page:
            return self._count(environ, start_response)
        if 'HTTP_X_FORWARDED_FOR' in environ:
            # From outside, through the proxy
            response = Response(status=404)
        else:
            response = page()
        return response(environ, start_response)

    def _count(self, environ, start_response):
        kind = kind_of(environ['PATH_INFO'])
        status = '500'

        def start(status_line, headers, *args):
            nonlocal status
            status = status_line[:3]
            return start_response(status_line, headers, *args)

        started = time.monotonic()
        running = RUNNING.labels(kind)
        running.inc()
        try:
            return self._app(environ, start)
        except HTTPException as exception:
            status = str(exception.code)
            raise
        finally:
            running.dec()
            REQUESTS.labels(kind, status).inc()
            SECONDS.labels(kind).observe(time.monotonic() - started)

    def _health(self):
        "200 when every database answers, else 503"
        try:
            for name in Pool.database_list():
                with Transaction().start(name, 0, readonly=True) as t:
                    t.connection.cursor().execute("SELECT 1")
        except Exception as exception:
            return Response(f"{type(exception).__name__}\n", status=503)
        return Response("ok\n")

    def _metrics(self):
        registry = CollectorRegistry()
        if os.environ.get('PROMETHEUS_MULTIPROC_DIR'):
            multiprocess.MultiProcessCollector(registry)
        else:
            registry.register(_own)
        registry.register(self)
        return Response(
            generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    def collect(self):
        info = GaugeMetricFamily(
            'tthcc_info', "Version of Tryton", labels=['tryton'])
        info.add_metric([__version__], 1)
        yield info
        removals = GaugeMetricFamily(
            'tthcc_removal', "Whether a removal of docs/server.md is in force",
            labels=['name'])
        for name, in_force in self._removals.items():
            removals.add_metric([name], in_force)
        yield removals
        yield from self._figures()

    def _figures(self):
        "What the databases say, and whether they do"
        up = GaugeMetricFamily(
            'tthcc_database_up', "Whether the database answers",
            labels=['database'])
        families = {}
        for name in Pool.database_list():
            try:
                with Transaction().start(name, 0, readonly=True):
                    figures = Pool(name).get('tthcc.figures').get()
            except Exception:
                up.add_metric([name], 0)
                continue
            up.add_metric([name], 1)
            for figure, text, values in figures:
                for labels, value in values.items():
                    if figure not in families:
                        families[figure] = GaugeMetricFamily(
                            f'tthcc_{figure}', text,
                            labels=['database', *dict(labels)])
                    families[figure].add_metric(
                        [name, *dict(labels).values()], value)
        yield up
        yield from families.values()


def kind_of(path):
    "Return of which kind a request of the path is"
    parts = path.strip('/').split('/')
    if parts[0] == 'rpc':
        return 'call'
    return _KINDS.get(parts[1], 'other') if len(parts) > 1 else 'other'
