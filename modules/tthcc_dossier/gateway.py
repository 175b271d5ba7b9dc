# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The ways by which a notice leaves, set in the section tthcc_notice.

Each function returns the answer it got.  It raises Postponed when nothing
left and another try may help, Refused when none will, Uncertain when the
message may have left all the same; Unreachable is Postponed for all that goes
the same way."""

import hashlib
import hmac
import json
import os
import re
import smtplib
import urllib.request
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from http.client import HTTPException, InvalidURL
from urllib.error import URLError
from urllib.parse import parse_qs, urlencode, urlsplit

from trytond import config
from trytond.i18n import gettext
from trytond.modules.tthcc import clock
from trytond.sendmail import get_smtp_server
from trytond.tools import resolve

_SECTION = 'tthcc_notice'
_ANSWER = 500
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]*\w", re.ASCII)


class Postponed(Exception):
    pass


class Unreachable(Postponed):
    pass


class Refused(Exception):
    pass


class Uncertain(Exception):
    pass


def _option(name, default=None):
    return config.get(_SECTION, name, default=default)


def _timeout():
    "How many seconds a way out may keep silent"
    return config.getint(_SECTION, 'timeout', default=20)


def is_open(channel):
    "Whether notices can go out by the channel: email, sms or web"
    return channel == 'web' or bool(_function(channel))


def _function(channel):
    default = f'{__name__}.email_over_smtp' if channel == 'email' else None
    return _option(channel, default)


# E-mail

def send_email(recipient, subject, body, language, message_id):
    "Send by the function that the option email names"
    if not _ADDRESS.fullmatch(recipient):
        raise Refused(gettext(
                'tthcc_dossier.msg_notice_address', address=recipient))
    message = EmailMessage()
    message['To'] = recipient
    message['From'] = config.get('email', 'from')
    message['Subject'] = subject
    message['Date'] = formatdate()
    message['Message-ID'] = message_id
    message['Auto-Submitted'] = 'auto-generated'
    message.set_content(body)
    message['Content-Language'] = language
    return resolve(_function('email'))(message)


def email_over_smtp(message):
    """Send through the server that the option uri of the section email names.

    One step after the other, since whether something left depends on which
    one failed."""
    try:
        server = get_smtp_server(_smtp_uri(), strict=True)
    except OSError as error:
        raise Unreachable(_text(error)) from error
    try:
        try:
            server.ehlo_or_helo_if_needed()
            _, sender = parseaddr(message['From'])
            code, answer = server.mail(sender)
            if code != 250:
                # The fault is ours or the server's, whoever is written to
                raise Unreachable(_text(code, answer))
            _check(*server.rcpt(message['To'].addresses[0].addr_spec))
        except OSError as error:
            raise Unreachable(_text(error)) from error
        try:
            code, answer = server.data(message.as_bytes(
                    policy=message.policy.clone(linesep='\r\n')))
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, error.smtp_error
        except OSError as error:
            raise Uncertain(_text(error)) from error
        return _check(code, answer)
    finally:
        try:
            server.quit()
        except OSError:
            pass


def _smtp_uri():
    "The address of the server, with a limit to its silence"
    uri = config.get('email', 'uri')
    query = urlsplit(uri).query
    if 'timeout' not in parse_qs(query):
        uri += f"{'&' if query else '?'}timeout={_timeout()}"
    return uri


def _check(code, answer):
    text = _text(code, answer)
    if 200 <= code < 300:
        return text
    raise (Refused if code >= 500 else Postponed)(text)


def _text(*values):
    return ' '.join(
        v.decode(errors='replace') if isinstance(v, bytes)
        else str(v) or type(v).__name__
        for v in values)[:_ANSWER]


def email_to_file(message):
    "Keep the e-mail in the folder of the option folder, for trying out"
    name = re.sub(r'[^\w.@-]', '', message['Message-ID'])
    path = os.path.join(_folder(), f'{name}.eml')
    with open(path, 'wb') as file:
        file.write(bytes(message))
    return path


def _folder():
    folder = _option('folder') or os.path.join(
        config.get('database', 'path'), 'outbox')
    os.makedirs(folder, exist_ok=True)
    return folder


# SMS

def send_sms(text, to):
    """Send by the function that the option sms names.

    It takes text, number and sender, as those of the module
    authentication_sms do."""
    answer = resolve(_function('sms'))(text, to, _option('sms_from'))
    return _text(answer) if answer is not None else None


def sms_to_file(text, to, from_=None):
    "Add the message to a file of the folder, for trying out"
    path = os.path.join(_folder(), 'sms.jsonl')
    with open(path, 'a', encoding='utf-8') as file:
        print(json.dumps({
                    'at': f'{clock.now()}Z', 'to': to, 'from': from_,
                    'text': text}, ensure_ascii=False), file=file)
    return path


def sms_over_http(text, to, from_=None):
    """Send through a provider that takes requests over HTTP.

    Its address is the option sms_url; sms_parameters is a JSON object whose
    texts may hold {text}, {to} and {from}, sent as sms_format says: json, or
    form.  sms_headers is a JSON object, too.  Where the provider answers 200
    whatever happens, sms_accepted is a regular expression that only the
    answer to an accepted message matches."""
    values = {'text': text, 'to': to, 'from': from_ or ''}
    parameters = {
        name: re.sub(
            r'\{(text|to|from)\}', lambda m: values[m[1]], value)
        if isinstance(value, str) else value
        for name, value in json.loads(_option('sms_parameters')).items()}
    if _option('sms_format', 'json') == 'json':
        data, kind = json.dumps(parameters), 'application/json'
    else:
        data, kind = urlencode(parameters), 'application/x-www-form-urlencoded'
    answer = _request(_option('sms_url'), data.encode(), {
            'Content-Type': kind, **json.loads(_option('sms_headers', '{}'))})
    accepted = _option('sms_accepted')
    if accepted and not re.search(accepted, answer):
        raise Refused(answer)
    return answer


# Web addresses

def post_json(url, body, id, key=None):
    """Post the JSON text to the web address, signed with the key.

    The receiver tells by the header Idempotency-Key what it has already, so
    what may have arrived may be sent again."""
    body = body.encode()
    headers = {
        'Content-Type': 'application/json; charset=utf-8',
        'Idempotency-Key': id,
        }
    if key:
        digest = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
        headers['X-TTHCC-Signature'] = f'sha256={digest}'
    try:
        return _request(url, body, headers)
    except Uncertain as error:
        raise Postponed(_text(error)) from error


# Follows no redirection and opens nothing but the web
_opener = urllib.request.OpenerDirector()
for _handler in [
        urllib.request.ProxyHandler, urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler]:
    _opener.add_handler(_handler())


def _request(url, data, headers):
    "Post the data and return the status and the beginning of the answer"
    try:
        parts = urlsplit(url)
        if parts.scheme not in {'http', 'https'} or not parts.hostname:
            raise InvalidURL(gettext(
                    'tthcc_dossier.msg_notice_address', address=url))
        request = urllib.request.Request(
            url, data, {'User-Agent': 'TTHCC', **headers}, method='POST')
        response = _opener.open(request, timeout=_timeout())
    except (InvalidURL, ValueError) as error:
        raise Refused(_text(error)) from error
    except URLError as error:
        raise Unreachable(_text(error.reason)) from error
    except (OSError, HTTPException) as error:
        raise Uncertain(_text(error)) from error
    with response:
        try:
            content = response.read1(_ANSWER)
        except (OSError, HTTPException):
            # The status is answer enough
            content = b''
        answer = _text(response.status, content)
    if 200 <= response.status < 300:
        return answer
    elif response.status >= 500 or response.status in {408, 425, 429}:
        raise Postponed(answer)
    raise Refused(answer)
