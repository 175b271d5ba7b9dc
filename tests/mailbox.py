# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A mail server that keeps its mail"
import asyncio
import email
import email.policy
import socket

from aiosmtpd.controller import Controller


class Mailbox:
    """Answers to RCPT and DATA are attributes; a number of seconds keeps the
    client waiting after DATA"""

    def __init__(self):
        self.messages = []
        self.rcpt = self.data = None
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        self.uri = f'smtp://127.0.0.1:{self.port}'
        self._controller = None

    def start(self):
        self._controller = Controller(self, '127.0.0.1', self.port)
        self._controller.start()

    def stop(self):
        if self._controller:
            self._controller.stop()
        self._controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        if isinstance(self.data, str):
            return self.data
        self.messages.append(email.message_from_bytes(
                envelope.content, policy=email.policy.default))
        if self.data:
            await asyncio.sleep(self.data)
        return '250 queued as 42'
