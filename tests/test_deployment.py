# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Two application servers on one database, behind the nginx of deploy/"""
import contextlib
import copy
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import psycopg
import pytest

from tests.conftest import leave_out
from tests.databases import PASSWORD as ADMIN_PASSWORD
from tests.deployment import (
    DEPLOY, HOST, OFFICE, Load, Site, get, nginx, ssl_trust, wait)
from tests.mailbox import Mailbox
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

A, B = '127.0.0.2', '127.0.0.3'
pytestmark = pytest.mark.postgresql


@pytest.fixture(scope='module')
def mailbox():
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope='module')
def site(databases, mailbox, tmp_path_factory):
    for program, found in [
            ("nginx", nginx()), ("openssl", shutil.which('openssl'))]:
        if not found:
            leave_out(program)
    database = databases.restore('province', prepare)
    folder = tmp_path_factory.mktemp('site')
    web_client = folder / 'sao'
    web_client.mkdir()
    (web_client / 'index.html').write_text("<title>Một cửa</title>")
    site = Site(
        folder, database, os.environ['TRYTOND_DATABASE_URI'], mailbox.uri,
        [A, B], web_client)
    try:
        site.start()
        with ssl_trust(site.certificate):
            yield site
    finally:
        site.stop()


def prepare(database):
    from trytond.transaction import Transaction
    with Transaction().start(database, 1):
        procedure = create_procedure()
        for name in 'ab':
            create_office(f'{name}_', f"UBND huyện {name}", [procedure])


@pytest.fixture(scope='module')
def values(site):
    "The values of a new dossier, by office"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(site.database, 1) as transaction:
        pool = Pool()
        procedure, = pool.get('tthcc.procedure').search([
                ('code', '=', '1.000001')])
        values = {
            name: new_dossier(
                SimpleNamespace(centre=pool.get('res.user').search([
                            ('login', '=', f'{name}_officer')]
                        )[0].employee.centre),
                procedure)
            for name in 'ab'}
        transaction.rollback()
    return values


def at(client, site, address):
    "The session of the client, at one application server"
    other = copy.copy(client)
    other._url = f'{site.direct(address)}{site.database}/rpc/'
    return other


def ask(site, method, path, source=HOST, body=None, **headers):
    "Return the answer of nginx to a client of the address"
    connection = http.client.HTTPSConnection(
        HOST, site.port, timeout=10, source_address=(source, 0),
        context=ssl.create_default_context(cafile=site.certificate))
    with contextlib.closing(connection):
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return SimpleNamespace(
            status=answer.status, headers=answer.headers,
            text=answer.read().decode())


def query(site, statement, *parameters):
    uri = site.uri.rstrip('/') + '/' + site.database
    with psycopg.connect(uri) as connection:
        return connection.execute(statement, parameters).fetchall()


def metrics(site, address):
    "Return the values that an application server tells, by name and labels"
    with get(f'{site.direct(address)}metrics') as answer:
        lines = answer.read().decode().splitlines()
    return dict(
        line.rsplit(' ', 1) for line in lines if not line.startswith('#'))


def test_static_client(site):
    page = ask(site, 'GET', '/')

    assert "Một cửa" in page.text
    assert page.headers['Cache-Control'] == 'no-cache'
    assert 'max-age' in page.headers['Strict-Transport-Security']
    assert ask(site, 'POST', '/').status == 403
    assert ask(site, 'GET', '/package.json').status == 404


def test_plain_http_leads_to_tls(site):
    connection = http.client.HTTPConnection(HOST, site.plain_port)
    with contextlib.closing(connection):
        connection.request('GET', '/x', headers={'Host': 'motcua.example.vn'})
        answer = connection.getresponse()
        assert answer.status == 301
        assert answer.headers['Location'] == 'https://motcua.example.vn/x'


def test_certificate_is_checked(site):
    with pytest.raises(ssl.SSLCertVerificationError):
        connection = http.client.HTTPSConnection(
            HOST, site.port, context=ssl.create_default_context(
                cafile=ssl.get_default_verify_paths().openssl_cafile))
        connection.request('GET', '/')


@pytest.mark.parametrize('path', ['health', 'metrics'])
def test_monitoring_is_for_those_inside(site, path):
    assert get(f'{site.direct(A)}{path}').status == 200
    assert ask(site, 'GET', f'/{path}').status == 404
    forwarded = get(
        f'{site.direct(A)}{path}', **{'X-Forwarded-For': '203.0.113.1'})
    assert forwarded.status == 404


def test_metrics(site):
    before = metrics(site, A)
    client = site.client('a_officer', PASSWORD, site.direct(A))
    for _ in range(5):
        client.search('tthcc.dossier', [])
    after = metrics(site, A)

    assert after['tthcc_database_up{database="%s"}' % site.database] == '1.0'
    assert after['tthcc_removal{name="audit"}'] == '1.0'
    name = 'tthcc_requests_total{kind="call",status="200"}'
    assert float(after[name]) - float(before.get(name, 0)) >= 6
    name = 'tthcc_request_seconds_count{kind="call"}'
    assert float(after[name]) >= 6
    for name in [
            'queue_length', 'queue_age_seconds', 'cron_late_seconds',
            'notices_waiting', 'notices_late_seconds', 'notices_to_settle',
            'database_connections_max', 'filestore_free_bytes']:
        key = 'tthcc_%s{database="%s"}' % (name, site.database)
        assert float(after[key]) >= 0
    assert not any('officer' in name for name in after)


def test_alerts_ask_for_what_is_told(site):
    told = {name.partition('{')[0] for name in metrics(site, A)}
    alerts = (DEPLOY / 'prometheus' / 'alerts.yml').read_text()
    asked = set(re.findall(r'tthcc_[a-z_]+', alerts))
    # That of the backups comes from their script
    assert 'tthcc_backup_timestamp_seconds' in (DEPLOY / 'backup').read_text()

    assert len(asked) > 10
    assert asked - told == {'tthcc_backup_timestamp_seconds'}


def test_settings_are_known_to_postgresql(site):
    settings = re.findall(
        r'^(\w+) = ', (DEPLOY / 'postgresql' / 'tthcc.conf').read_text(),
        re.MULTILINE)
    known = query(
        site, "SELECT name FROM pg_settings WHERE name = ANY(%s)", settings)
    assert sorted(settings) == sorted(name for name, in known)


def test_units_are_what_systemd_understands(tmp_path):
    if not shutil.which('systemd-analyze'):
        leave_out("systemd")
    programs = pathlib.Path(sys.executable).parent
    units = []
    for unit in (DEPLOY / 'systemd').iterdir():
        units.append(tmp_path / unit.name)
        text = unit.read_text()
        for path, here in [
                ('/opt/tthcc/.venv/bin', programs),
                ('/opt/tthcc', DEPLOY.parent)]:
            text = text.replace(path, str(here))
        units[-1].write_text(text)
    result = subprocess.run(
        ['systemd-analyze', 'verify', *units], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, '')


def test_the_guide_names_what_there_is():
    guide = DEPLOY.parent / 'docs' / 'administration.md'
    text = guide.read_text()
    for path in re.findall(r'/opt/tthcc/((?:deploy|docs)/[\w./*-]+)', text):
        assert list(DEPLOY.parent.glob(path)), path
    for link in re.findall(r'\]\(([^#)]+)', text):
        assert (guide.parent / link).exists(), link
    headings = {
        re.sub(r'[^\w -]', '', h.lower()).replace(' ', '-')
        for h in re.findall(r'^#+ (.*)', text, re.MULTILINE)}
    assert set(re.findall(r'\]\(#([^)]+)', text)) <= headings


def test_real_address_is_written_down(site):
    "Also when the client names another"
    body = json.dumps({
            'id': 0, 'method': 'common.db.login',
            'params': ['a_leader', {'password': "wrong"}]})
    ask(
        site, 'POST', f'/{site.database}/rpc/', '127.0.0.7', body, **{
            'Content-Type': 'application/json',
            'X-Forwarded-For': '203.0.113.1'})

    assert query(
        site, "SELECT ip_address FROM res_user_login_attempt "
        "WHERE login = 'a_leader'") == [('127.0.0.7',)]


@pytest.mark.parametrize('path, source', [
        ('/session/login', '127.0.0.8'),
        ('/rpc/', '127.0.0.9'),
        ])
def test_too_many_logins(site, path, source):
    path = f'/{site.database}{path}'
    answers = [ask(site, 'GET', path, source) for _ in range(120)]

    assert answers[0].status == 405
    refused = answers[-1]
    assert refused.status == 429
    assert "hãy đợi vài giây" in refused.text
    assert refused.headers['Retry-After']
    assert ask(site, 'GET', path, '127.0.0.10').status == 405
    office = [ask(site, 'GET', path, OFFICE) for _ in range(120)]
    assert {answer.status for answer in office} == {405}


def test_too_many_calls(site):
    connection = http.client.HTTPSConnection(
        HOST, site.port, source_address=('127.0.0.11', 0),
        context=ssl.create_default_context(cafile=site.certificate))
    statuses = []
    with contextlib.closing(connection):
        while len(statuses) < 3000 and 429 not in statuses:
            connection.request('GET', '/')
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)

    assert len(statuses) > 300
    assert set(statuses) == {200, 429}


@pytest.mark.parametrize('path, megabytes, fits', [
        ('rpc/', 19, True),
        ('rpc/', 21, False),
        ('tthcc/dossier/1/files', 21, True),
        ('tthcc/dossier/1/files', 1200, False),
        ])
def test_size_of_what_is_sent(site, path, megabytes, fits):
    size = megabytes * 2 ** 20
    client = site.client('a_officer', PASSWORD)
    answer = ask(
        site, 'POST', f'/{site.database}/{path}',
        # Too much is refused by the length that is announced
        body=bytes(size) if fits else b'',
        **client._headers, **{'Content-Length': str(size)})
    assert (answer.status == 413) == (not fits)
    assert ("Tệp quá lớn" in answer.text) == (not fits)


@pytest.mark.parametrize('method, path, servers', [
        ('POST', 'rpc/', 1),
        ('POST', 'session/login', 1),
        ('GET', 'tthcc/track/1', 2),
        ('POST', 'bus', 2),
        ])
def test_what_may_have_been_done_is_not_sent_again(
        tmp_path, method, path, servers):
    "Two servers that take every call and end without an answer"
    calls = []

    def break_off(server):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    calls.append(connection.recv(1000))

    site = Site(tmp_path, 'tthcc', 'postgresql:///', '', [A, B], tmp_path)
    port = site.bus if path == 'bus' else site.http
    listening = [socket.create_server((a, port)) for a in [A, B]]
    threads = [
        threading.Thread(target=break_off, args=[s]) for s in listening]
    for thread in threads:
        thread.start()
    try:
        site.start_nginx()
        answer = ask(site, method, f'/tthcc/{path}', body='{}')
    finally:
        site.stop()
        for server in listening:
            server.shutdown(socket.SHUT_RDWR)
            server.close()
        for thread in threads:
            thread.join()

    assert answer.status == 502
    assert "xem việc vừa làm đã được ghi chưa" in answer.text
    assert len(calls) == servers


def test_changes_reach_the_other_server(site):
    "What its processes have cached of rights is read anew"
    officer = site.client('a_officer', PASSWORD)
    admin = at(site.client('admin', ADMIN_PASSWORD), site, A)
    there = at(officer, site, B)
    administrator, = admin.read('res.user', [admin.user], ['groups'])

    def may():
        # Enough calls for all processes
        return {
            bool(there.model(
                    'ir.model.access', 'get_access', ['ir.cron']
                    )['ir.cron']['write'])
            for _ in range(10)}

    for change, result in [('add', True), ('remove', False)]:
        assert may() == {not result}
        admin.write('res.user', [officer.user], {
                'groups': [(change, administrator['groups'])]})
        wait(lambda: may() == {result}, seconds=10)


def test_logout_reaches_the_other_server(site):
    officer = site.client('a_officer', PASSWORD)
    here, there = at(officer, site, A), at(officer, site, B)

    def is_out():
        try:
            there.read('res.user', [officer.user], ['login'])
        except urllib.error.HTTPError as error:
            return error.code in {401, 403}

    assert not is_out()
    here.call('common.db.logout')
    wait(is_out, seconds=20)


def test_a_message_reaches_clients_of_the_other_server(site):
    officer = site.client('a_officer', PASSWORD)
    admin = at(site.client('admin', ADMIN_PASSWORD), site, A)
    channel = f'notification:{officer.user}'
    request = urllib.request.Request(
        f'http://{B}:{site.bus}/{site.database}/bus',
        json.dumps({'channels': [channel]}).encode(), officer._headers)
    with ThreadPoolExecutor() as executor:
        poll = executor.submit(urllib.request.urlopen, request, timeout=30)
        while not poll.done():
            admin.create('res.notification', {
                    'user': officer.user, 'label': "Có hồ sơ mới"})
            time.sleep(.2)
        with poll.result() as answer:
            assert json.load(answer)['channel'] == channel


def test_a_server_dies_under_load(site, values, mailbox):
    site.start_worker()
    officers = 2 * [
        (f'{name}_officer', values[name]) for name in values]
    with Load(site, officers) as load:
        time.sleep(3)
        site.kill_server(A)
        killed_at = time.monotonic()
        time.sleep(3)
        site.start_server(A)
        site.wait_for(A)
        done = len(load.registered)
        wait(lambda: len(load.registered) >= done + 10)

    # The calls that the server was answering, and no other
    assert len(load.failed) <= len(officers)
    assert all(started < killed_at for started, _ in load.failed), load.failed
    assert {type(e) for _, e in load.failed} <= {urllib.error.HTTPError}
    assert {e.code for _, e in load.failed} <= {502}

    codes = query(
        site, "SELECT id, code FROM tthcc_dossier WHERE code IS NOT NULL")
    assert load.registered.items() <= dict(codes).items()
    numbers = defaultdict(list)
    for _, code in codes:
        series, _, number = code.rpartition('-')
        numbers[series].append(int(number))
    for series in numbers.values():
        assert sorted(series) == list(range(1, len(series) + 1))

    # Nobody is told twice, nobody forgotten
    recipients = [a for a, in query(
            site, "SELECT a.email FROM tthcc_dossier_applicant a "
            "JOIN tthcc_dossier d ON d.id = a.dossier "
            "WHERE d.code IS NOT NULL")]
    wait(lambda: len(mailbox.messages) >= len(recipients))
    assert sorted(m['To'] for m in mailbox.messages) == sorted(recipients)
