# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A province as deploy/ sets it up, on addresses of this machine

Its files are taken as they are but for addresses, ports and paths.
"""
import contextlib
import itertools
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

from tests.server import Client
from trytond.modules.tthcc.tests.tools import PASSWORD

ROOT = pathlib.Path(__file__).parent.parent
DEPLOY = ROOT / 'deploy'
HOST = '127.0.0.1'
# Whose people are not limited
OFFICE = '127.0.0.12'
NGINX = """\
%(user)s
daemon off;
pid nginx.pid;
error_log error.log;
worker_processes 1;
events {}
http {
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include tthcc.conf;
}
"""


class Site:
    "Application servers behind nginx, on one database"

    def __init__(self, folder, database, uri, mail, addresses, web_client):
        self.folder = pathlib.Path(folder)
        self.database, self.uri = database, uri
        self.addresses = addresses
        self.port, self.plain_port, self.http, self.bus = [
            free_port() for _ in range(4)]
        self.url = f'https://{HOST}:{self.port}/'
        self.certificate = self.folder / 'fullchain.pem'
        self.config = self.folder / 'trytond.conf'
        self.log = self.folder / 'log'
        self._processes = {}
        (self.folder / 'files').mkdir()
        self._write_config(mail)
        self._write_nginx(web_client)

    def _write_config(self, mail):
        self.config.write_text(adapted(DEPLOY / 'trytond.conf', {
                    'uri = postgresql:///': f'uri = {self.uri}',
                    'path = /var/lib/tthcc': f'path = {self.folder}/files',
                    'uri = smtp+tls://user:password@mail.example.vn:587':
                    f'uri = {mail}',
                    }))

    def _write_nginx(self, web_client):
        subprocess.run([
                'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                '-subj', '/CN=motcua.example.vn',
                '-addext', f'subjectAltName=IP:{HOST}',
                '-keyout', self.folder / 'privkey.pem',
                '-out', self.certificate], check=True, capture_output=True)
        (self.folder / 'snippets').mkdir()
        shutil.copy(
            DEPLOY / 'nginx' / 'tthcc-proxy.conf', self.folder / 'snippets')

        def servers(port):
            return '\n'.join(
                f'server {a}:{port} max_fails=1 fail_timeout=10s;'
                for a in self.addresses)
        (self.folder / 'tthcc.conf').write_text(adapted(
                DEPLOY / 'nginx' / 'tthcc.conf', {
                    'server 127.0.0.1:8001 max_fails=1 fail_timeout=10s;':
                    servers(self.http),
                    'server 127.0.0.1:8002 max_fails=1 fail_timeout=10s;':
                    servers(self.bus),
                    '# 203.0.113.7 1;': f'{OFFICE} 1;',
                    'listen 80;': f'listen {HOST}:{self.plain_port};',
                    'listen [::]:80;': '',
                    'listen 443 ssl http2;':
                    f'listen {HOST}:{self.port} ssl http2;',
                    'listen [::]:443 ssl http2;': '',
                    '/etc/tthcc/tls': str(self.folder),
                    'root /opt/tthcc/.run/sao;': f'root {web_client};',
                    # Of the paths the first part is the database
                    ' /tthcc/': f' /{self.database}/',
                    }))
        (self.folder / 'nginx.conf').write_text(
            NGINX % {'user': '' if os.getuid() else 'user root;'})

    def start(self):
        for address in self.addresses:
            self.start_server(address)
        self.start_nginx()
        for address in self.addresses:
            self.wait_for(address)

    def start_nginx(self):
        self._start(('nginx',), [
                nginx(), '-p', self.folder, '-c', self.folder / 'nginx.conf'])
        with ssl_trust(self.certificate):
            wait(lambda: get(self.url).status < 500)

    def start_server(self, address):
        command = [
            sys.executable, '-m', 'gunicorn', '--log-level', 'warning',
            '-c', DEPLOY / 'gunicorn.conf.py']
        self._start(('server', address), [
                *command, '--bind', f'{address}:{self.http}',
                '--workers', '2'])
        self._start(('bus', address), [
                *command, '--bind', f'{address}:{self.bus}',
                '--workers', '1', '--threads', '50'])

    def start_worker(self):
        command = pathlib.Path(sys.executable).with_name('tthcc-worker')
        self._start(('worker',), [
                sys.executable, command,
                '-c', self.config, '-d', self.database, '-n', '1'])

    def kill_server(self, address):
        "As when the machine loses its power"
        for kind in ['server', 'bus']:
            process = self._processes.pop((kind, address))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_for(self, address):
        for kind, port in [('server', self.http), ('bus', self.bus)]:
            process = self._processes[kind, address]

            def is_up():
                assert process.poll() is None, self.log.read_text()
                return get(
                    f'http://{address}:{port}/health').status == 200
            wait(is_up)

    def direct(self, address):
        return f'http://{address}:{self.http}/'

    def client(self, login, password, url=None):
        return Client(
            SimpleNamespace(url=url or self.url, database=self.database),
            login, password)

    def _start(self, name, command):
        folder = self.folder / '-'.join(['metrics', *map(str, name)])
        folder.mkdir(exist_ok=True)
        environment = {
            n: v for n, v in os.environ.items()
            if not n.startswith('TRYTOND_')}
        environment.update(
            TRYTOND_CONFIG=str(self.config),
            TRYTOND_DATABASE_NAMES=self.database,
            PROMETHEUS_MULTIPROC_DIR=str(folder))
        with open(self.log, 'a') as log:
            self._processes[name] = subprocess.Popen(
                [str(c) for c in command], cwd=ROOT, env=environment,
                stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)

    def stop(self):
        for process in self._processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Load:
    "Officers who register dossiers of their values until it ends"

    def __init__(self, site, officers):
        "officers: their logins and the values of a dossier of theirs"
        # The codes by ids
        self.registered = {}
        # When a call that failed began, and how
        self.failed = []
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(
                target=self._work,
                args=(i, site.client(login, PASSWORD), values))
            for i, (login, values) in enumerate(officers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _work(self, i, client, values):
        for n in itertools.count():
            if self._ended.is_set():
                break
            email = f'applicant-{i}-{n}@example.vn'
            try:
                started = time.monotonic()
                id, = client.create('tthcc.dossier', {
                        **values, 'applicants': [('create', [{
                                        'name': "Nguyễn Văn Ân",
                                        'email': email,
                                        'notify_by': 'email'}])]})
                started = time.monotonic()
                client.model('tthcc.dossier', 'register', [id])
                started = time.monotonic()
                dossier, = client.read('tthcc.dossier', [id], ['code'])
            except Exception as exception:
                self.failed.append((started, exception))
            else:
                self.registered[id] = dossier['code']


def adapted(path, changes):
    "Return the text of the file; each change must be one"
    text = path.read_text()
    for old, new in changes.items():
        assert old in text, f"{path.name} lacks {old}"
        text = text.replace(old, new)
    return text


def nginx():
    return shutil.which('nginx', path=os.pathsep.join(
            [os.environ.get('PATH', ''), '/usr/sbin']))


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def ssl_trust(certificate):
    "Have clients of this process trust the certificate"
    before = os.environ.get('SSL_CERT_FILE')
    os.environ['SSL_CERT_FILE'] = str(certificate)
    yield
    if before is None:
        del os.environ['SSL_CERT_FILE']
    else:
        os.environ['SSL_CERT_FILE'] = before


def get(url, **headers):
    "Return the answer, also when it is an error"
    try:
        return urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=5)
    except urllib.error.HTTPError as error:
        return error


def wait(is_true, seconds=60):
    "Wait until it is true"
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, ssl.SSLError):
            if is_true():
                return
        assert time.monotonic() < end, "it does not come true"
        time.sleep(.1)
