# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The desktop client on a display of its own, driven as an officer does"
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).parent.parent
CLIENT = ROOT / '.run' / 'desktop' / 'bin' / 'tryton'
PROGRAMS = ['Xvfb', 'dbus-daemon', 'xdotool', 'import']
SIZE = '1366', '768'
TIMEOUT = 20


class DesktopClient:
    "The client's window, which fills the display"

    def __init__(self, server, pictures):
        self._server = server
        self._pictures = pictures
        self._home = tempfile.TemporaryDirectory(prefix='tthcc-desktop-')
        self._processes = []
        self._environment = {
            'PATH': os.environ['PATH'],
            'HOME': self._home.name,
            'LANG': 'C.UTF-8',
            'TZ': 'Asia/Ho_Chi_Minh',
            'DISPLAY': ':' + self._start(
                'Xvfb', '-displayfd', '1', '-nolisten', 'tcp',
                '-screen', '0', 'x'.join(SIZE + ('24',))),
            }
        self._environment['DBUS_SESSION_BUS_ADDRESS'] = self._start(
            'dbus-daemon', '--session', '--nofork', '--print-address=1')

    def _start(self, *command):
        "Start the program; return the first line it writes"
        process = subprocess.Popen(
            command, env=getattr(self, '_environment', None), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._processes.append(process)
        return process.stdout.readline().strip()

    def open(self, login):
        "Start the client, which asks for the password"
        configuration = pathlib.Path(self._home.name, 'tryton.conf')
        configuration.write_text(
            '[client]\ntitle = TTHCC\nlang = vi\ncheck_version = False\n'
            '[login]\nprofile = TTHCC\n')
        server = self._server
        self._processes.append(subprocess.Popen(
                [CLIENT, '-c', configuration, '-s', server.host, '-u', login,
                    f'tryton://{server.host}/{server.database}/'],
                env=self._environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        self.find(f"Mật khẩu của {login}")
        window = self._run('xdotool', 'search', '--onlyvisible', 'TTHCC')
        self._run('xdotool', 'windowmove', window, '0', '0',
            'windowsize', window, *SIZE)

    def log_in(self, login, password):
        self.open(login)
        self.type(password)
        self.key('Return')

    def showing(self):
        "Return what is to be seen: its text, role and centre"
        return json.loads(self._run(
                '/usr/bin/python3', ROOT / 'tests' / 'accessible.py'))

    def find(self, text, role=None):
        "Return the first thing with the text, once it is to be seen"
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            showing = self.showing()
            for thing in showing:
                if thing['text'] == text and role in {None, thing['role']}:
                    return thing
            time.sleep(.2)
        raise AssertionError(
            f"{text!r} is not among {[t['text'] for t in showing]}")

    def click(self, text, role=None, times=1):
        self.click_at(self.find(text, role)['centre'], times)

    def click_at(self, centre, times=1):
        x, y = centre
        self._run('xdotool', 'mousemove', str(x), str(y),
            'click', '--repeat', str(times), '--delay', '80', '1',
            # Away from what would explain itself
            'mousemove', '0', '0')

    def type(self, text):
        self._run('xdotool', 'type', '--delay', '20', text)

    def key(self, *keys):
        self._run('xdotool', 'key', *keys)

    def picture(self, name):
        "Save what the display shows as NAME.png"
        self._run(
            'import', '-window', 'root', self._pictures / f'{name}.png')

    def close(self):
        for process in reversed(self._processes):
            process.terminate()
            process.wait()
            if process.stdout:
                process.stdout.close()
        self._home.cleanup()

    def _run(self, *command):
        return subprocess.run(
            command, env=self._environment, check=True, text=True,
            stdout=subprocess.PIPE).stdout.strip()


def missing():
    "Return what the machine lacks to run the client, if anything"
    for program in PROGRAMS:
        if not shutil.which(program):
            return program
    if not CLIENT.exists():
        return "GTK and its accessibility interface"
