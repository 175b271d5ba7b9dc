# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
# The fixtures of tests/facility.py are imported
# ruff: noqa: F401, F811
"Cameras: what they see, and whether they work"
import datetime as dt
import hashlib
import re
import socketserver
import threading
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.facility import NOW, at_ten, districts, log_in, new_item, record
from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc_facility import stream

CHALLENGES = {
    'basic': 'Basic realm="cam"',
    'digest': 'Digest realm="cam", nonce="n1"',
    }


@pytest.fixture
def camera_server():
    "Something that answers as a camera; asks is what it was asked"
    camera = SimpleNamespace(asks=[], challenge=None, status='200 OK')

    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()

    def allows(ask):
        if camera.challenge == 'basic':
            return 'Authorization: Basic eGVtOm3huq10' in ask
        _, target, _ = ask.split('\r\n')[0].split(' ')
        response = md5(
            f"{md5('xem:cam:mật')}:n1:{md5('DESCRIBE:' + target)}")
        return f'response="{response}"' in ask

    class Handler(socketserver.BaseRequestHandler):

        def handle(self):
            ask = self.request.recv(4096).decode()
            camera.asks.append(ask)
            version = re.search(r'(RTSP|HTTP)/1.0', ask)[0]
            if camera.challenge and not allows(ask):
                answer = (
                    '401 Unauthorized\r\nWWW-Authenticate: '
                    + CHALLENGES[camera.challenge])
            else:
                answer = camera.status
            self.request.sendall(f'{version} {answer}\r\n\r\n'.encode())

    server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    camera.address = f'rtsp://127.0.0.1:{server.server_address[1]}/live'
    yield camera
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize('challenge', [None, 'basic', 'digest'])
def test_the_stream_is_opened_with_the_password(camera_server, challenge):
    camera_server.challenge = challenge
    assert stream.check(camera_server.address, 'xem', 'mật') == 'works'
    if challenge:
        assert stream.check(
            camera_server.address, 'xem', 'sai') == 'password'
        assert stream.check(camera_server.address) == 'password'


def test_what_a_stream_may_answer(camera_server):
    camera_server.status = '500 Broken'
    assert stream.check(camera_server.address) == 'error'
    assert stream.check('rtsp://127.0.0.1:1/live', timeout=1) == 'silent'
    http = camera_server.address.replace('rtsp', 'http')
    camera_server.status = '200 OK'
    assert stream.check(http) == 'works'


@pytest.mark.parametrize('address', [
        'file:///etc/passwd', '10.0.0.5', 'rtsp://u:p@10.0.0.5/',
        'rtsp://', 'http://a b/', 'rtsp://h/\r\nX: y', 'rtsp://h:99999/'])
def test_addresses_that_are_none(districts, log_in, address):
    with pytest.raises(Refused):
        log_in('facility_manager_a').create('tthcc.camera', {
                'name': "C", 'centre': districts.a.centre,
                'address': address})


def test_a_camera_that_fails_and_comes_back(
        districts, log_in, start, pool, camera_server):
    manager = log_in('facility_manager_a')
    camera, = manager.create('tthcc.camera', {
            'name': "Camera quầy", 'centre': districts.a.centre,
            'counters': [('add', [districts.a.counter])],
            'address': camera_server.address,
            'login': 'xem', 'password': 'mật'})

    def unwatched():
        return [c['id'] for c in manager.search(
                'tthcc.counter', [('watched', '=', False)])]

    assert districts.a.counter not in unwatched()
    # The password goes in, and never out
    values, = manager.read('tthcc.camera', [camera], ['password'])
    assert values['password'] not in {None, 'mật'}
    with pytest.raises(Refused):
        manager.read('tthcc.camera', [camera], ['secret'])
    manager.write('tthcc.camera', [camera], {
            'password': values['password'], 'name': "Camera quầy 1"})
    camera_server.challenge = 'basic'

    for hours, status in [(0, '200 OK'), (1, '500 No'), (2, '500 No'),
            (5, '200 OK')]:
        camera_server.status = status
        with clock.moved_to(NOW + dt.timedelta(hours=hours)), start(0):
            pool.get('tthcc.camera').check_all()
        watched = districts.a.counter not in unwatched()
        assert watched == (status == '200 OK')
    values, = manager.read('tthcc.camera', [camera], [
            'last_result', 'last_check', 'outages.start', 'outages.length'])
    assert values['last_result'] == 'works'
    assert values['last_check'] == NOW + dt.timedelta(hours=5)
    outage, = values['outages.']
    assert outage['length'] == dt.timedelta(hours=4)
    with pytest.raises(Refused):
        manager.create('tthcc.camera.outage', {
                'camera': camera, 'start': NOW})
    with pytest.raises(Refused):
        log_in('counter_officer_a').read('tthcc.camera', [camera], ['name'])
    assert not log_in('facility_manager_b').search('tthcc.camera', [])


def test_a_broken_camera_watches_nobody(
        districts, log_in, new_item, record):
    manager = log_in('facility_manager_a')
    item = new_item('camera')
    manager.create('tthcc.camera', {
            'name': "Camera 2", 'centre': districts.a.centre,
            'equipment': item, 'counters': [('add', [districts.a.counter])]})
    record(item, 'damage', 'out_of_order')
    seen, = manager.read(
        'tthcc.counter', [districts.a.counter], ['watched'])
    others = manager.search('tthcc.camera', [
            ('counters', '=', districts.a.counter),
            ('last_result', '=', 'works')])
    assert seen['watched'] == bool(others)


def test_staff_with_a_good_enough_computer(
        districts, log_in, new_item, record):
    manager = log_in('facility_manager_a')
    memory, = manager.search(
        'tthcc.equipment.property', [('code', '=', 'memory')])

    def computer(person, size):
        return new_item(
            employee=districts.a.staff[f'{person}_a'], specs=[('create', [{
                            'property': memory['id'],
                            'value': Decimal(size)}])])

    def share():
        values, = manager.search('tthcc.centre.computers', [], [
                'staff', 'equipped', 'rate'])
        return values['equipped'], values['staff']

    assert share() == (0, 3)
    good = computer('director', 8)
    computer('director', 16)
    computer('counter_officer', 2)
    assert share() == (1, 3)
    second = computer('counter_officer', 4)
    assert share() == (2, 3)
    record(second, 'damage', 'out_of_order')
    assert share() == (1, 3)
    criterion, = manager.search('tthcc.centre.readiness', [
            ('criterion', '=', 'computer')], ['actual', 'required', 'met'])
    assert (criterion['actual'], criterion['required']) == (1, 3)
    assert not criterion['met']
    record(good, 'loss', 'lost')
    assert share() == (1, 3)
