# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Notices leave through real servers on the loopback."""
import datetime as dt
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from trytond import config
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)


@pytest.fixture
def options():
    "Set options of the configuration for a test: options(section, name=…)"
    before = []

    def set_(section, **values):
        if not config.has_section(section):
            config.add_section(section)
        for name, value in values.items():
            before.append((section, name, config.get(section, name)))
            config.set(section, name, value)

    yield set_
    for section, name, value in reversed(before):
        config.set(section, name, value)


@pytest.fixture
def endpoint():
    "A web address that keeps what is posted and answers as it is told"
    endpoint = SimpleNamespace(requests=[], status=200, answer='ok')

    class Handler(BaseHTTPRequestHandler):

        def do_POST(self):
            body = self.rfile.read(int(self.headers['Content-Length']))
            endpoint.requests.append(SimpleNamespace(
                    path=self.path, headers=self.headers, body=body))
            status = endpoint.status
            if status is None:
                # Breaks off without an answer
                return
            self.send_response(status)
            self.send_header('Location', '/elsewhere')
            self.end_headers()
            self.wfile.write(endpoint.answer.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    endpoint.url = f'http://127.0.0.1:{server.server_port}/notices'
    yield endpoint
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope='module')
def office(database):
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        offices = [
            create_office('th_', "UBND huyện Thiệu Hóa", [procedure]),
            create_office('lc_', "UBND huyện Lang Chánh", [procedure]),
            ]
        return SimpleNamespace(
            centre=offices[0].centre.id,
            values=new_dossier(offices[0], procedure),
            elsewhere=new_dossier(offices[1], procedure))


@pytest.fixture
def people(server, office):
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in ['officer', 'processor', 'leader', 'director']})


def press(client, button, id):
    return client.model('tthcc.dossier', button, [id])


def register(people, office, at=MONDAY, **values):
    with clock.moved_to(at):
        id, = people.officer.create(
            'tthcc.dossier', {**office.values, **values})
        press(people.officer, 'register', id)
    return id


@pytest.fixture
def send(start, pool):
    "Send what waits, as the scheduler does: send(at)"
    def send(at=MONDAY):
        from trytond.transaction import Transaction
        from trytond.worker import run_task
        Notice = pool.get('tthcc.dossier.notice')
        with clock.moved_to(at):
            with start(0):
                Notice.send_waiting()
            tasks = Transaction().tasks
            while tasks:
                run_task(pool, tasks.pop(0))
    return send


@pytest.fixture
def post(start, pool):
    "Post a notice to a web address and return its id"
    def post(dossier, url, occasion='1', at=MONDAY, body='{"state": 2}'):
        Notice = pool.get('tthcc.dossier.notice')
        with clock.moved_to(at), start(0):
            notices = Notice.post([Notice(
                        dossier=dossier, event='status', occasion=occasion,
                        channel='web', recipient=url, body=body)])
            return notices[0].id if notices else None
    return post


@pytest.fixture
def notice(people):
    "Return fields of a notice"
    def notice(id):
        return people.officer.read('tthcc.dossier.notice', [id], [
                'state', 'attempts', 'next_try', 'sent_at', 'answer',
                'message_id'])[0]
    return notice


def test_portal_is_told(people, office, endpoint, post, send, notice):
    id = post(register(people, office), endpoint.url)
    assert notice(id)['state'] == 'waiting'

    send()

    request, = endpoint.requests
    assert json.loads(request.body) == {'state': 2}
    told = notice(id)
    assert told['state'] == 'sent'
    assert told['sent_at'] == MONDAY
    assert told['answer'] == '200 ok'
    assert f"<{request.headers['Idempotency-Key']}>" == told['message_id']
    assert 'X-TTHCC-Signature' not in request.headers


def test_portal_knows_us_by_the_signature(people, office, endpoint, post,
        send, monkeypatch, pool):
    monkeypatch.setattr(pool.get('tthcc.dossier.notice'), 'key', 'secret')
    post(register(people, office), endpoint.url)

    send()

    request, = endpoint.requests
    digest = hmac.new(b'secret', request.body, hashlib.sha256).hexdigest()
    assert request.headers['X-TTHCC-Signature'] == f'sha256={digest}'


def test_same_event_is_told_once(people, office, endpoint, post, send):
    dossier = register(people, office)

    assert post(dossier, endpoint.url)
    assert not post(dossier, endpoint.url)
    assert post(dossier, endpoint.url, occasion='2')
    send()

    assert len(endpoint.requests) == 2


@pytest.mark.parametrize('status', [500, 429, None])
def test_portal_in_trouble_is_tried_again(people, office, endpoint, post,
        send, notice, status):
    id = post(register(people, office), endpoint.url)
    endpoint.status = status

    send()
    told = notice(id)
    assert told['state'] == 'waiting'
    assert told['answer']
    assert told['next_try'] == MONDAY + dt.timedelta(minutes=1)

    # Not before its time
    send(MONDAY + dt.timedelta(seconds=59))
    assert notice(id)['attempts'] == 1
    send(MONDAY + dt.timedelta(minutes=1))
    told = notice(id)
    assert told['attempts'] == 2
    assert told['next_try'] == MONDAY + dt.timedelta(minutes=6)

    endpoint.status = 200
    send(told['next_try'])
    assert notice(id)['state'] == 'sent'
    # By which it knows that it has it already
    assert len({
            r.headers['Idempotency-Key'] for r in endpoint.requests}) == 1


def test_portal_that_stays_away_is_given_up(people, office, endpoint, post,
        send, notice):
    id = post(register(people, office), endpoint.url)
    endpoint.status = 503

    at = MONDAY
    while at:
        send(at)
        at = notice(id)['next_try']

    told = notice(id)
    assert told['state'] == 'failed'
    assert told['attempts'] == 7


@pytest.mark.parametrize('status', [302, 400, 404, 410])
def test_portal_that_refuses_is_not_tried_again(people, office, endpoint,
        post, send, notice, status):
    id = post(register(people, office), endpoint.url)
    endpoint.status = status

    send()

    assert notice(id)['state'] == 'failed'
    assert notice(id)['answer'] == f'{status} ok'
    assert [r.path for r in endpoint.requests] == ['/notices']


@pytest.mark.parametrize('url', [
        'file:///etc/passwd', 'ftp://localhost/x', '-', 'http://',
        'http://a b', 'http://localhost:0x1/', 'http://[::1'])
def test_what_is_no_web_address_fails(people, office, post, send, notice,
        url):
    id = post(register(people, office), url)

    send()

    assert notice(id)['state'] == 'failed'
    assert notice(id)['answer']
