# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The real server over HTTP, and clients for it"
import base64
import contextlib
import json
import threading
import urllib.request

import proteus
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.databases import PASSWORD
from trytond.protocols.jsonrpc import JSONDecoder, JSONEncoder
from trytond.wsgi import app


class Server:
    "An HTTP server in a thread, so that tests share its clock and its pool"

    def __init__(self, database):
        self.database = database
        self._server = make_server(
            '127.0.0.1', 0, app, threaded=True,
            request_handler=_QuietRequestHandler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def host(self):
        return f'localhost:{self.port}'

    @property
    def url(self):
        return f'http://{self.host}/'

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def client(self, login='admin', password=PASSWORD):
        return Client(self, login, password)

    @contextlib.contextmanager
    def proteus(self, login='admin', password=PASSWORD):
        "Yield the configuration of proteus in a session of the user"
        # Proteus tells its configurations apart by their URL
        url = f'{self.url}{self.database}/rpc/?{login}'
        with proteus.config.set_xmlrpc_session(
                url, login, password) as config:
            yield config


class _QuietRequestHandler(WSGIRequestHandler):

    def log(self, *args):
        pass


class Client:
    """A user's session over JSON-RPC, as the standard clients speak it

    What the server refuses is raised as Refused.
    """

    def __init__(self, server, login, password):
        self._url = f'{server.url}{server.database}/rpc/'
        self._headers = {'Content-Type': 'application/json'}
        self.user, session, _ = self.call(
            'common.db.login', login, {'password': password})
        token = base64.b64encode(f'{login}:{self.user}:{session}'.encode())
        self._headers['Authorization'] = f'Session {token.decode()}'
        self.context = self.call('model.res.user.get_preferences', True, {})

    def call(self, method, *args):
        request = urllib.request.Request(
            self._url,
            json.dumps(
                {'id': 0, 'method': method, 'params': args},
                cls=JSONEncoder).encode(),
            self._headers)
        with urllib.request.urlopen(request) as response:
            answer = json.load(response, object_hook=JSONDecoder())
        if error := answer.get('error'):
            raise Refused.of(*error)
        return answer['result']

    def model(self, name, method, *args, **context):
        "Call a method, a button too, of the model"
        return self.call(
            f'model.{name}.{method}', *args, {**self.context, **context})

    def create(self, name, *values, **context):
        return self.model(name, 'create', values, **context)

    def write(self, name, ids, values, **context):
        self.model(name, 'write', ids, values, **context)

    def read(self, name, ids, fields, **context):
        return self.model(name, 'read', ids, fields, **context)

    def search(self, name, domain, fields=(), order=None, **context):
        "Return the values of the records that match the domain"
        return self.model(
            name, 'search_read', domain, 0, None, order, ['id', *fields],
            **context)

    @contextlib.contextmanager
    def wizard(self, name, model=None, ids=(), **context):
        context.update(
            active_model=model, active_ids=ids,
            active_id=ids[0] if ids else None)
        session, start, end = self.call(
            f'wizard.{name}.create', {**self.context, **context})
        wizard = WizardSession(self, name, session, context)
        try:
            if start != end:
                wizard.execute(start)
            yield wizard
        finally:
            self.call(f'wizard.{name}.delete', session, self.context)

    def report(self, name, ids, data=None, **context):
        "Return the file extension, the content, whether to print, the name"
        return self.call(
            f'report.{name}.execute', ids, data or {},
            {**self.context, **context})

    def accept(self, warning):
        "Say yes to the warning, once"
        self.model('res.user.warning', 'skip', warning.name)


class WizardSession:
    "A wizard as its user sees it: a form to fill in, then a button"

    def __init__(self, client, name, session, context):
        self._client, self._name = client, name
        self._session, self._context = session, context
        self._state = None
        self.values = {}
        self.actions = []

    def execute(self, button):
        "Press the button of the form, send its values"
        form = {self._state: self.values} if self._state else {}
        answer = self._client.call(
            f'wizard.{self._name}.execute', self._session, form, button,
            {**self._client.context, **self._context})
        self.actions = answer.get('actions', [])
        if view := answer.get('view'):
            self._state = view['state']
            # As clients, without the names of the records
            self.values = {
                n: v for n, v in {
                    **view['defaults'], **view.get('values', {})}.items()
                if not n.endswith('.')}
        return self


class Refused(Exception):
    "What the server answers when it does not do what it was asked"

    def __init__(self, message, description=''):
        super().__init__(message, description)
        self.message = message
        self.description = description

    @classmethod
    def of(cls, kind, details):
        if kind == 'UserWarning':
            return Warned(*details)
        if kind == 'UserError':
            return cls(*details[:2])
        return cls(kind, str(details))


class Warned(Refused):

    def __init__(self, name, message, description=''):
        super().__init__(message, description)
        self.name = name
