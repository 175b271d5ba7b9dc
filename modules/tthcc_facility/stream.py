# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Does a camera answer at the address of its stream?  Neither database nor
log: addresses and passwords stay here."""

import base64
import hashlib
import re
import socket
import ssl
from urllib.parse import urlsplit

PORTS = {'rtsp': 554, 'http': 80, 'https': 443}
_METHODS = {'rtsp': 'DESCRIBE', 'http': 'GET', 'https': 'GET'}
_VERSIONS = {'rtsp': 'RTSP/1.0', 'http': 'HTTP/1.0', 'https': 'HTTP/1.0'}
_ANSWER = re.compile(rb'(?:RTSP|HTTP)/\d\.\d (\d{3})')
_CHALLENGE = re.compile(rb'(?im)^www-authenticate: *(basic|digest) *(.*)$')
_SIZE = 4096


def is_address(address):
    "Whether it is the address of a stream, without login and password"
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in PORTS and bool(parts.hostname)
            and '@' not in parts.netloc and address.isprintable()
            and ' ' not in address and parts.port != 0)
    except ValueError:
        return False


def check(address, login='', password='', timeout=3):
    """Return 'works', 'silent' when nothing answers within the timeout in
    seconds, 'password' when it refuses the password or wants one, 'error'
    when it answers with anything else."""
    try:
        answer = _ask(address, timeout)
        status = _status(answer)
        if status == 401 and password:
            status = _status(_ask(
                    address, timeout,
                    _authorization(answer, address, login, password)))
    except ssl.SSLCertVerificationError:
        # It answers, but the password would go to whom nobody vouches for
        return 'error'
    except (OSError, ValueError):
        return 'silent'
    if status in {401, 403}:
        return 'password'
    return 'works' if status and 200 <= status < 300 else 'error'


def _ask(address, timeout, authorization=None):
    parts = urlsplit(address)
    lines = [
        f'{_METHODS[parts.scheme]} {_target(parts, address)} '
        f'{_VERSIONS[parts.scheme]}', 'CSeq: 1', f'Host: {parts.hostname}']
    if authorization:
        lines.append(f'Authorization: {authorization}')
    port = parts.port or PORTS[parts.scheme]
    with socket.create_connection((parts.hostname, port), timeout) as stream:
        if parts.scheme == 'https':
            stream = ssl.create_default_context().wrap_socket(
                stream, server_hostname=parts.hostname)
        stream.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode())
        # The head of the answer is enough, whatever follows
        return stream.recv(_SIZE)


def _target(parts, address):
    if parts.scheme == 'rtsp':
        return address
    return (parts.path or '/') + (f'?{parts.query}' if parts.query else '')


def _status(answer):
    match = _ANSWER.match(answer)
    return int(match[1]) if match else None


def _authorization(answer, address, login, password):
    match = _CHALLENGE.search(answer.replace(b'\r', b''))
    if not match:
        return None
    if match[1].lower() == b'basic':
        token = base64.b64encode(f'{login}:{password}'.encode())
        return f'Basic {token.decode()}'
    if not (login + password).isprintable():
        raise ValueError("the login is no text")
    fields = dict(re.findall(r'(\w+)="([^"]*)"', match[2].decode('latin1')))
    parts = urlsplit(address)
    target = _target(parts, address)
    realm, nonce = fields.get('realm', ''), fields.get('nonce', '')
    who = _md5(f'{login}:{realm}:{password}')
    what = _md5(f'{_METHODS[parts.scheme]}:{target}')
    response = _md5(f'{who}:{nonce}:{what}')
    return (
        f'Digest username="{login}", realm="{realm}", nonce="{nonce}", '
        f'uri="{target}", response="{response}"')


def _md5(text):
    # What RFC 2617 asks for, and cameras understand
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
