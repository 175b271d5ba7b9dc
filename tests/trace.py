# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a server answers to the calls of a story, byte for byte but for what no
two runs have in common"""
import base64
import gzip
import json
import re
import urllib.error
import urllib.request

from trytond.protocols.jsonrpc import JSONDecoder, JSONEncoder

# Moments of the machine's own clock, and the times of last modification
_MASKED = {'_timestamp', 'create_date', 'write_date', 'last_modified_at'}


class Tracer:
    """Speaks JSON-RPC and keeps each answer: its status, whether it came
    compressed, what it says once decoded"""

    def __init__(self, server):
        self._url = f'{server.url}{server.database}/rpc/'
        self._secrets = set()
        self.answers = []

    def login(self, login, password, **options):
        result = self.call(
            None, 'common.db.login', login, {'password': password}, **options)
        if not result:
            return
        user, session, _ = result
        self._secrets.add(session)
        self.answers[-1] = self._masked(self.answers[-1])
        return base64.b64encode(
            f'{login}:{user}:{session}'.encode()).decode()

    def call(self, token, method, *args, accept='gzip', body=None):
        headers = {'Content-Type': 'application/json'}
        if accept:
            headers['Accept-Encoding'] = accept
        if token:
            headers['Authorization'] = f'Session {token}'
        if body is None:
            body = json.dumps(
                {'id': 7, 'method': method, 'params': args},
                cls=JSONEncoder).encode()
        request = urllib.request.Request(self._url, body, headers)
        try:
            with urllib.request.urlopen(request) as response:
                status, head = response.status, response.headers
                content = response.read()
        except urllib.error.HTTPError as error:
            status, head, content = error.code, error.headers, error.read()
        packed = content[:2] == b'\x1f\x8b'
        if packed:
            content = gzip.decompress(content)
        answer = content.decode()
        if head.get_content_type() == 'application/json':
            answer = json.loads(answer, object_hook=JSONDecoder())
        self.answers.append(self._masked({
                    'method': method,
                    'status': status,
                    'type': head.get_content_type(),
                    'packed': packed,
                    'marked': head['Content-Encoding'],
                    'cache': head['X-Tryton-Cache'],
                    'answer': answer,
                    }))
        if isinstance(answer, dict):
            return answer.get('result')

    def _masked(self, value, name=None):
        if isinstance(value, dict):
            return {n: self._masked(v, n) for n, v in value.items()}
        if isinstance(value, list):
            return [self._masked(v) for v in value]
        if name in _MASKED and value is not None:
            return 'masked'
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, 'session')
            # The address of the server in links, the places of objects
            value = re.sub(r'localhost:\d+', 'localhost', value)
            return re.sub(r'0x[0-9a-f]{6,}', '0x', value)
        return value
