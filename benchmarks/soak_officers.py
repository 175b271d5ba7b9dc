# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The officers of soak.py, for locust

Of five, three receive and return, one appraises and one signs.  Each call is
one of locust's tasks; what becomes of a dossier is noted once the server has
answered.
"""
import contextlib
import itertools
import json
import os
import pathlib
import random
import time
import urllib.request
from types import SimpleNamespace

import gevent
from locust import User, constant_pacing, task

from tests.server import Client
from trytond.modules.tthcc.tests.tools import PASSWORD

FOLDER = pathlib.Path(os.environ['SOAK'])
TOLD = json.loads((FOLDER / 'soak.json').read_text())
SERVER = SimpleNamespace(
    url=(FOLDER / 'url').read_text(), database='soak')
ROLES = ['officer', 'officer', 'officer', 'processor', 'leader']
NAMES = ["nguyen van an", "tran thi", "le van", "pham duc binh"]
SHOWN = ['rec_name', 'procedure.rec_name', 'applicant_name', 'due', 'class_']
noted = open(FOLDER / 'noted.jsonl', 'a', buffering=1)


def note(**values):
    print(json.dumps(values), file=noted)


class Officer(User):
    host = SERVER.url
    wait_time = constant_pacing(5)
    _numbers = itertools.count()

    def on_start(self):
        self._number = next(self._numbers)
        self._random = random.Random(self._number)
        self._role = ROLES[self._number % len(ROLES)]
        self._office = TOLD['offices'][
            self._number // len(ROLES) % len(TOLD['offices'])]
        with self._timed('login'):
            self._client = Client(
                SERVER, self._office['logins'][self._role], PASSWORD)
        # What is to be done next with dossiers of one's own
        self._todo = []
        self._mine = []
        self._made = 0
        self._steps = {
            'officer': self._receive, 'processor': self._finish,
            'leader': self._finish}[self._role]()
        self._listener = gevent.spawn(self._listen)

    def on_stop(self):
        self._listener.kill()

    @contextlib.contextmanager
    def _timed(self, name):
        started, failed = time.perf_counter(), None
        try:
            yield
        except Exception as error:
            failed = error
        self.environment.events.request.fire(
            request_type='RPC', name=name, exception=failed, context={},
            response_length=0,
            response_time=1000 * (time.perf_counter() - started))

    def _call(self, name, method, *args, **context):
        answer = None
        with self._timed(f'{self._role}: {name}'):
            answer = self._client.model(
                'tthcc.dossier', method, *args, **context)
        return answer

    @task
    def work(self):
        next(self._steps)

    def _receive(self):
        "Receive and pass on, look things up, return what is ready"
        waiting = []
        while True:
            self._made += 1
            ids = self._call('create', 'create', [self._new()])
            if not ids:
                yield
                continue
            id, = ids
            note(dossier=id, state='draft')
            yield
            self._press('register', id, 'received')
            yield
            yield self._look_up()
            self._press('pass_on', id, 'processing')
            waiting.append(id)
            yield
            yield self._look_up()
            ready = self._call(
                'what is ready', 'search',
                [('id', 'in', waiting), ('state', '=', 'resolved')])
            yield
            for id in ready or []:
                waiting.remove(id)
                self._press('return_', id, 'returned')
                yield

    def _finish(self):
        "Finish the legs of the role: appraise or sign"
        button, state, role = {
            'processor': ('complete_step', 'processing', 'processor'),
            'leader': ('resolve', 'resolved', 'leader')}[self._role]
        while True:
            ids = self._call(
                'what is to be done', 'search', [
                    ('id', '>', TOLD['since']), ('role', '=', role),
                    ('state', '=', 'processing')], 0, 20)
            yield
            for id in ids or []:
                self._press(button, id, state)
                yield
            yield self._look_up()

    def _press(self, button, id, state):
        with self._timed(f'{self._role}: {button}'):
            self._client.model('tthcc.dossier', button, [id])
            note(dossier=id, state=state)

    def _look_up(self):
        role = 'officer' if self._role == 'officer' else 'processor'
        domain = self._random.choice([
                [('class_', '=', 'overdue')],
                [('mine', '=', True)],
                [('rec_name', 'ilike',
                    f'%{self._random.choice(NAMES)}%')],
                [],
                ])
        self._call(
            f"list of {role}", 'search_read', domain, 0, 20, None, SHOWN)

    def _new(self):
        values = dict(self._office['values'])
        number = 1000 * self._number + self._made
        values['applicants'] = [['create', [{
                        'name': "Nguyễn Văn Ân",
                        'identity_number': f'0010990{number:05}',
                        'phone': f'09120{number:05}',
                        'notify_by': 'sms',
                        }]]]
        return values

    def _listen(self):
        "Wait for what the bus says, as clients do"
        last = None
        url = f'{self._bus()}{SERVER.database}/bus'
        while True:
            request = urllib.request.Request(
                url, json.dumps({
                        'channels': [], 'last_message': last}).encode(),
                self._client._headers)
            try:
                with urllib.request.urlopen(request, timeout=90) as response:
                    answer = json.load(response)
            except OSError as error:
                self.environment.events.request.fire(
                    request_type='bus', name='bus', exception=error,
                    response_time=0, response_length=0, context={})
                gevent.sleep(1)
                continue
            if message := answer['message']:
                last = message['message_id']
                if message.get('title', '').isdigit():
                    note(officer=self._number, heard=int(message['title']))

    def _bus(self):
        import configparser
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(FOLDER / 'trytond.conf')
        return parser['bus']['url_host']
