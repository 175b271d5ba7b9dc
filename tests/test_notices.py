# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Notices leave through real servers on the loopback."""
import datetime as dt
import hashlib
import hmac
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import parse_qs

import pytest

from tests.server import Refused
from trytond import backend, config
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)


@pytest.fixture
def outbox(options, tmp_path):
    "SMS go into a file; return what is in it"
    options(
        'tthcc_notice',
        sms='trytond.modules.tthcc_dossier.gateway.sms_to_file',
        folder=str(tmp_path))

    def outbox():
        file = tmp_path / 'sms.jsonl'
        return list(map(json.loads, file.read_text('utf-8').splitlines())) \
            if file.exists() else []
    return outbox


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


@pytest.fixture(autouse=True)
def nothing_waits(start, pool):
    "What other tests left is not sent in this one"
    Notice = pool.get('tthcc.dossier.notice')
    with start(0):
        Notice.cancel(Notice.search([('state', '=', 'waiting')]))


def press(client, button, id):
    return client.model('tthcc.dossier', button, [id])


def register(people, office, at=MONDAY, **values):
    with clock.moved_to(at):
        id, = people.officer.create(
            'tthcc.dossier', {**office.values, **values})
        press(people.officer, 'register', id)
    return id


@pytest.fixture
def send(send_notices):
    return lambda at=MONDAY: send_notices(at)


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


MAIL = 'an@example.vn'


def applicant(name="Nguyễn Văn Ân", **values):
    return {'applicants': [('create', [{'name': name, **values}])]}


def notices_of(client, dossier, *fields):
    return client.search(
        'tthcc.dossier.notice', [('dossier', '=', dossier)],
        ['event', 'channel', 'recipient', 'subject', 'body', 'state',
            'attempts', 'next_try', 'answer', 'message_id', *fields],
        order=[('id', 'ASC')])


def test_applicant_is_told_of_each_step(people, office, smtp, outbox, send):
    id = register(people, office, **applicant(
            email=MAIL, phone='0912 345 678'))
    press(people.officer, 'pass_on', id)
    press(people.processor, 'complete_step', id)
    with clock.moved_to(MONDAY + dt.timedelta(days=1)):
        press(people.leader, 'resolve', id)
    send(MONDAY + dt.timedelta(days=1))

    code = people.officer.read('tthcc.dossier', [id], ['code'])[0]['code']
    notices = notices_of(people.officer, id)
    assert [(n['event'], n['channel'], n['recipient']) for n in notices] == [
        ('received', 'email', MAIL), ('received', 'sms', '+84912345678'),
        ('resolved', 'email', MAIL), ('resolved', 'sms', '+84912345678')]
    assert {n['state'] for n in notices} == {'sent'}
    assert notices[0]['answer'] == '250 queued as 42'
    received, resolved = sorted(
        smtp.messages, key=lambda m: 'kết quả' in m['Subject'])
    assert received['Subject'] == f"Đã tiếp nhận hồ sơ {code}"
    assert received['To'] == MAIL
    assert received['From'] == "Một cửa <motcua@example.vn>"
    assert received['Message-ID'] == notices[0]['message_id']
    assert received['Auto-Submitted'] == 'auto-generated'
    text = received.get_content()
    assert "17:00 16/11/2026" in text
    assert "Đăng ký khai sinh" in text
    # No more personal data than needed
    assert "Ân" not in text
    assert "mang giấy tiếp nhận" in resolved.get_content()
    assert [(m['to'], code in m['text']) for m in outbox()] == [
        ('+84912345678', True)] * 2


@pytest.mark.parametrize('wish, channels', [
        ('both', ['email', 'sms']), ('email', ['email']), ('sms', ['sms']),
        ('none', [])])
def test_applicant_chooses_the_channel(people, office, outbox, wish, channels):
    id = register(people, office, **applicant(
            email=MAIL, phone='0912345678', notify_by=wish))

    assert [n['channel'] for n in notices_of(people.officer, id)] == channels


def test_nobody_without_contact_is_told(people, office, outbox):
    id = register(people, office, **applicant(phone='0237 3 852 852'))

    assert notices_of(people.officer, id) == []


def test_closed_channel_makes_no_notices(people, office, options):
    options('tthcc_notice', sms='', email='')

    id = register(people, office, **applicant(
            email=MAIL, phone='0912345678'))

    assert notices_of(people.officer, id) == []


def test_applicant_comes_before_the_proxy(people, office, outbox):
    id = register(people, office, applicants=[('create', [
                    {'name': "Lê Thị Bình", 'proxy_paper': "Giấy ủy quyền",
                        'phone': '0987654321', 'email': 'binh@example.vn'},
                    {'name': "Nguyễn Văn Ân", 'phone': '0912345678'},
                    ])])

    assert {n['recipient'] for n in notices_of(people.officer, id)} == {
        '+84912345678', 'binh@example.vn'}


def test_notice_in_english(people, office, smtp, send):
    register(people, office, **applicant(email=MAIL, language='en'))
    send()

    message, = smtp.messages
    assert message['Subject'].endswith("received")
    assert message.get_content().startswith("Dear Sir or Madam")
    assert message['Content-Language'] == 'en'


def test_what_is_asked_and_why_it_ended_are_said(people, office):
    id = register(people, office, **applicant(email=MAIL))
    press(people.officer, 'pass_on', id)
    decide(people.processor, 'ask_payment', id,
        reason="Nộp lệ phí 8.000 đồng")
    press(people.officer, 'resume', id)
    with people.processor.wizard(
            'tthcc.dossier.ask_supplement', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update(
            items=[{'name': "Bản chính sổ hộ khẩu", 'originals': 1}],
            reason="Chưa chứng minh nơi cư trú")
        wizard.execute('ask')
    with people.officer.wizard(
            'tthcc.dossier.take_in_papers', 'tthcc.dossier', [id]) as wizard:
        wizard.execute('take_in')
    decide(people.processor, 'reject', id, reason="Thiếu <chữ ký> & dấu")

    _, payment, supplement, rejected = notices_of(people.officer, id)
    assert payment['event'] == 'payment'
    assert "Nộp lệ phí 8.000 đồng" in payment['body']
    assert supplement['event'] == 'supplement'
    assert ("Chưa chứng minh nơi cư trú\n- Bản chính sổ hộ khẩu"
        in supplement['body'])
    assert rejected['event'] == 'rejected'
    assert "Lý do: Thiếu <chữ ký> & dấu" in rejected['body']


def test_apology_says_the_new_date_also_when_it_moves_no_term(people, office):
    id = register(people, office, **applicant(email=MAIL))
    press(people.officer, 'pass_on', id)
    # Due on Monday the 16th, too late to put that off
    with clock.moved_to(dt.datetime(2026, 11, 17, 1)), people.leader.wizard(
            'tthcc.dossier.extend', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update(
            new_due=dt.datetime(2026, 11, 20, 3), moves_due=False,
            reason="Chờ ý kiến")
        wizard.execute('extend')

    _, apology = notices_of(people.officer, id)
    assert apology['event'] == 'extension'
    assert "Hẹn lại: 10:00 20/11/2026" in apology['body']
    assert "Lý do: Chờ ý kiến" in apology['body']


def decide(client, button, id, **values):
    with client.wizard(
            f'tthcc.dossier.{button}', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update(values)
        wizard.execute('decide')


def test_result_not_collected(people, office, server, pool, start):
    def remind(days):
        with clock.moved_to(MONDAY + dt.timedelta(days=days)), start(0):
            pool.get('tthcc.dossier').announce_uncollected()

    def reminders(id):
        return [
            n for n in notices_of(people.officer, id)
            if n['event'] == 'uncollected']

    ids = [
        register(people, office, **applicant(email=MAIL), **values)
        for values in [{}, {}, {'return_method': 'post'}]]
    for id in ids:
        press(people.officer, 'pass_on', id)
        press(people.processor, 'complete_step', id)
        with clock.moved_to(MONDAY):
            press(people.leader, 'resolve', id)
    with clock.moved_to(MONDAY):
        press(people.officer, 'return_', ids[1])
    remind(6)
    assert not any(map(reminders, ids))

    remind(7)
    remind(8)

    assert len(reminders(ids[0])) == 1
    assert not reminders(ids[1]) and not reminders(ids[2])


def test_mail_server_that_is_down_and_comes_back(people, office, smtp, send):
    id = register(people, office, **applicant(email=MAIL))
    smtp.stop()
    send()
    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'waiting'
    assert notice['attempts'] == 1
    assert notice['answer']

    smtp.start()
    send(notice['next_try'])

    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'sent'
    assert len(smtp.messages) == 1


def test_mail_server_that_is_down_is_asked_once(people, office, smtp, send,
        start, pool):
    ids = [
        register(people, office, **applicant(email=MAIL)) for _ in range(3)]
    smtp.stop()

    send()

    attempts = [
        n['attempts'] for id in ids for n in notices_of(people.officer, id)]
    assert sorted(attempts) == [0, 0, 1]


@pytest.mark.parametrize('step', ['rcpt', 'data'])
@pytest.mark.parametrize('answer, state', [
        ('550 No such user', 'failed'), ('451 Try again later', 'waiting')])
def test_mail_server_that_refuses(people, office, smtp, send, step, answer,
        state):
    id = register(people, office, **applicant(email=MAIL))
    setattr(smtp, step, answer)

    send()

    notice, = notices_of(people.officer, id)
    assert notice['state'] == state
    assert notice['answer'] == answer


def test_mail_that_may_have_left_is_uncertain(people, office, smtp, send):
    id = register(people, office, **applicant(email=MAIL))
    # Longer than the client waits
    smtp.data = 3

    send()
    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'uncertain'
    smtp.data = None
    send(MONDAY + dt.timedelta(days=2))
    assert len(smtp.messages) == 1

    # Only a person sends it again
    people.officer.model(
        'tthcc.dossier.notice', 'send_again', [notice['id']])
    send(dt.datetime(2100, 1, 1))
    assert len(smtp.messages) == 2
    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'sent'


@pytest.mark.parametrize('address', [
        'an', 'an@', 'an@example.vn, ba@example.vn', 'ân@example.vn',
        '<an@example.vn>', '@', 'an@ví dụ.vn'])
def test_wrong_address_fails_alone(people, office, smtp, send, address):
    ids = [
        register(people, office, **applicant(email=e))
        for e in [address, MAIL]]

    send()

    states = [n['state'] for id in ids for n in notices_of(people.officer, id)]
    assert states == ['failed', 'sent']
    assert [m['To'] for m in smtp.messages] == [MAIL]


def test_corrected_address_is_used_when_sent_again(people, office, smtp,
        send):
    id = register(people, office, **applicant(email='an@'))
    send()
    with people.officer.wizard(
            'tthcc.dossier.correct', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update(email=MAIL, reason="Ghi nhầm")
        wizard.execute('correct')
    notice, = notices_of(people.officer, id)

    people.officer.model(
        'tthcc.dossier.notice', 'send_again', [notice['id']])
    send(dt.datetime(2100, 1, 1))

    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'sent'
    assert [m['To'] for m in smtp.messages] == [MAIL]


def test_cancelled_notice_is_not_sent(people, office, smtp, send):
    id = register(people, office, **applicant(email=MAIL))
    notice, = notices_of(people.officer, id)
    people.officer.model('tthcc.dossier.notice', 'cancel', [notice['id']])

    send()

    assert not smtp.messages
    with pytest.raises(Refused):
        people.officer.model(
            'tthcc.dossier.notice', 'send_again', [notice['id']])


def test_mail_server_that_keeps_silent(people, office, options, send):
    with socket.create_server(('127.0.0.1', 0)) as silent:
        port = silent.getsockname()[1]
        options('email', uri=f'smtp://127.0.0.1:{port}')
        options('tthcc_notice', timeout='1')
        id = register(people, office, **applicant(email=MAIL))
        send()

    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'waiting'
    assert notice['attempts'] == 1


def test_killed_process_leaves_its_notice_uncertain(people, office, smtp,
        options, send, database):
    # Until long after it is killed
    smtp.data = 60
    program = 'trytond-worker'
    if backend.name == 'sqlite':
        # Where there is no worker the scheduler sends
        program = 'trytond-cron'
    else:
        options('queue', worker='True')
    id = register(people, office, clock.now(), **applicant(email=MAIL))
    process = subprocess.Popen(
        [pathlib.Path(sys.executable).with_name(program), '-d', database],
        env={
            **os.environ,
            'TRYTOND_QUEUE__WORKER': str(program == 'trytond-worker'),
            'TRYTOND_EMAIL__URI': smtp.uri,
            'TRYTOND_EMAIL__FROM': config.get('email', 'from'),
            },
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)
    try:
        limit = time.monotonic() + 120
        while not smtp.messages and time.monotonic() < limit:
            time.sleep(.2)
        assert smtp.messages
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    options('queue', worker='False')
    smtp.data = None

    send(clock.now())
    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'claimed'
    send(clock.now() + dt.timedelta(minutes=11))
    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'uncertain'
    send(clock.now() + dt.timedelta(days=2))
    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'uncertain'
    assert len(smtp.messages) == 1


def test_a_hundred_at_once_leave_once_each(people, office, smtp, start, pool):
    dossier = register(people, office)
    Notice = pool.get('tthcc.dossier.notice')
    with clock.moved_to(MONDAY):
        with start(0):
            ids = [n.id for n in Notice.post([
                        Notice(
                            dossier=dossier, event='resolved',
                            channel='email', recipient=MAIL,
                            occasion=str(i), subject=str(i), body="Kết quả")
                        for i in range(100)])]

        def send(ids):
            with start(0):
                Notice.send(Notice.browse(ids))

        # Two that set out at both ends and meet
        with ThreadPoolExecutor() as executor:
            list(executor.map(send, [ids, ids[::-1]]))

    assert sorted(int(m['Subject']) for m in smtp.messages) == list(range(100))
    assert {n['state'] for n in notices_of(people.officer, dossier)} == {
        'sent'}


@pytest.fixture
def provider(options, endpoint):
    "A provider of SMS that takes requests over HTTP"
    options(
        'tthcc_notice', timeout='2',
        sms='trytond.modules.tthcc_dossier.gateway.sms_over_http',
        sms_from='TTHCC', sms_url=endpoint.url,
        sms_headers='{"Authorization": "Bearer key"}',
        sms_parameters=(
            '{"to": "{to}", "text": "{text}", "brand": "{from}", "type": 2}'),
        sms_format='json', sms_accepted='"code": *0')
    endpoint.answer = '{"code": 0, "id": "7"}'
    return endpoint


def test_sms_over_http(people, office, provider, send):
    id = register(people, office, **applicant(phone='+84 912.345.678'))

    send()

    request, = provider.requests
    assert request.headers['Authorization'] == 'Bearer key'
    sent = json.loads(request.body)
    assert sent['to'] == '+84912345678'
    assert sent['brand'] == 'TTHCC'
    assert sent['type'] == 2
    assert "Da tiep nhan ho so" in sent['text']
    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'sent'
    assert notice['answer'] == '200 {"code": 0, "id": "7"}'


def test_sms_as_a_form_cannot_be_broken_out_of(people, office, provider,
        options, send, start, pool):
    options('tthcc_notice', sms_format='form')
    Notice = pool.get('tthcc.dossier.notice')
    dossier = register(people, office)
    with clock.moved_to(MONDAY), start(0):
        Notice.post([Notice(
                    dossier=dossier, event='resolved', channel='sms',
                    occasion='1', recipient='+84912345678',
                    body="{to}&to=1 \"á\"\n")])

    send()

    request, = provider.requests
    assert parse_qs(request.body.decode()) == {
        'to': ['+84912345678'], 'text': ["{to}&to=1 \"á\"\n"],
        'brand': ['TTHCC'], 'type': ['2']}


@pytest.mark.parametrize('status, answer, state', [
        (200, '{"code": 5}', 'failed'), (401, '', 'failed'),
        (503, '', 'waiting'), (None, '', 'uncertain')])
def test_sms_that_is_not_accepted(people, office, provider, send, status,
        answer, state):
    id = register(people, office, **applicant(phone='0912345678'))
    provider.status, provider.answer = status, answer

    send()

    notice, = notices_of(people.officer, id)
    assert notice['state'] == state


def test_gateway_that_does_not_exist(people, office, options, send):
    options('tthcc_notice', sms='nowhere.function')
    id = register(people, office, **applicant(phone='0912345678'))

    send()

    notice, = notices_of(people.officer, id)
    assert notice['state'] == 'failed'
    assert 'nowhere' in notice['answer']


@pytest.fixture
def template(start, pool):
    "Return the text of mails about reception; as shipped after the test"
    Template = pool.get('tthcc.notice.template')
    domain = [('event', '=', 'received'), ('channel', '=', 'email')]
    with start(0):
        before = [
            {name: getattr(t, name) for name in [
                    'event', 'channel', 'language', 'subject', 'body']}
            for t in Template.search(domain)]
        id, = [t.id for t in Template.search(domain) if t.language == 'vi']
    yield id
    with start(0):
        Template.delete(Template.search(domain))
        Template.create(before)


@pytest.mark.parametrize('body', [
        '${nothing}', '${code', '{% if reason %}${nothing}{% end %}',
        '{% if not reason %}${nothing}{% end %}',
        '${1 / 0}', "${open('/etc/passwd').read()}", '${code.__class__}',
        '{% python import os %}', '{% include /etc/hostname %}',
        '${"{0.__globals__[os].environ}".format(defined)}', '$defined',
        '$${code}{defined}'])
def test_wrong_template_is_refused(rpc, template, body):
    with pytest.raises(Refused) as refused:
        rpc().write('tthcc.notice.template', [template], {'body': body})

    assert "Không điền được nội dung" in refused.value.message


def test_template_shows_what_becomes_of_it(rpc, template):
    client = rpc()
    client.write('tthcc.notice.template', [template], {
            'subject': "Hồ sơ ${code}", 'body': "Hẹn trả: ${due}"})

    read, = client.read('tthcc.notice.template', [template], ['preview'])

    assert read['preview'] == (
        "Hồ sơ 000.16.33.H56-261109-0042\n\nHẹn trả: 17:00 16/11/2026")


def test_button_goes_on_without_a_text(people, office, smtp, template, start,
        pool, send):
    Template = pool.get('tthcc.notice.template')
    table = Template.__table__()
    with start(0) as transaction:
        # Which can only happen beside the check
        transaction.connection.cursor().execute(*table.update(
                [table.body], ['${nothing}'], where=table.id == template))
    id = register(people, office, **applicant(email=MAIL))
    wrong, = notices_of(people.officer, id)
    with start(0):
        Template.delete(Template.search([('event', '=', 'received')]))
    id = register(people, office, **applicant(email=MAIL))
    missing, = notices_of(people.officer, id)

    assert wrong['state'] == missing['state'] == 'failed'
    assert "Không điền được nội dung" in wrong['answer']
    assert "Chưa có mẫu thông báo" in missing['answer']
    assert people.officer.read(
        'tthcc.dossier', [id], ['state'])[0]['state'] == 'received'

    rpc_values = {
        'event': 'received', 'channel': 'email', 'language': 'vi',
        'subject': "Hồ sơ ${code}", 'body': "Đã nhận"}
    with start(0):
        Template.create([rpc_values])
    people.officer.model(
        'tthcc.dossier.notice', 'send_again', [missing['id']])
    send(dt.datetime(2100, 1, 1))
    assert [m.get_content().strip() for m in smtp.messages] == ["Đã nhận"]


def test_contacts_are_for_those_who_handle_the_dossier(people, office, rpc):
    id = register(people, office, **applicant(email=MAIL))
    notice, = notices_of(people.officer, id)

    def sees(client):
        return bool(notices_of(client, id))

    assert sees(people.officer) and sees(people.director)
    # Not before the department has it, not after
    assert not sees(people.processor)
    press(people.officer, 'pass_on', id)
    assert sees(people.processor)
    press(people.processor, 'complete_step', id)
    press(people.leader, 'resolve', id)
    assert not sees(people.processor)

    for role in ['officer', 'processor', 'leader', 'director']:
        stranger = rpc(f'lc_{role}', PASSWORD)
        assert not sees(stranger)
        with pytest.raises(Refused):
            stranger.read(
                'tthcc.dossier.notice', [notice['id']], ['recipient'])
        for button in ['send_again', 'cancel']:
            with pytest.raises(Refused):
                stranger.model('tthcc.dossier.notice', button, [notice['id']])


def test_notices_are_not_changed_by_hand(people, office):
    id = register(people, office, **applicant(email=MAIL))
    notice, = notices_of(people.officer, id)
    officer = people.officer

    with pytest.raises(Refused):
        officer.write(
            'tthcc.dossier.notice', [notice['id']], {'recipient': 'x@y.vn'})
    with pytest.raises(Refused):
        officer.create('tthcc.dossier.notice', {
                'dossier': id, 'event': 'status', 'occasion': '1',
                'channel': 'web', 'recipient': 'http://localhost/'})
    with pytest.raises(Refused):
        officer.model('tthcc.dossier.notice', 'delete', [notice['id']])
    for method in ['send', 'post', 'send_waiting']:
        with pytest.raises((Refused, HTTPError)):
            officer.model('tthcc.dossier.notice', method, [notice['id']])
    # Who has the dossier but not the role
    press(officer, 'pass_on', id)
    with pytest.raises(Refused):
        people.processor.model(
            'tthcc.dossier.notice', 'cancel', [notice['id']])
    for name in ['read', 'write']:
        arguments = [['body']] if name == 'read' else [{'body': "x"}]
        with pytest.raises(Refused):
            officer.model('tthcc.notice.template', name, [1], *arguments)


def test_copy_of_a_dossier_has_no_notices(people, office):
    id = register(people, office, **applicant(email=MAIL))

    copy, = people.officer.model('tthcc.dossier', 'copy', [id])

    assert not notices_of(people.officer, copy)
