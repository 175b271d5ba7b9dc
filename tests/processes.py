# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The processes that serve a province, to be broken"
import contextlib
import os
import pathlib
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from tests.server import Client

ROOT = pathlib.Path(__file__).parent.parent
CONFIG = ROOT / 'tests' / 'gunicorn.conf.py'


class Processes:
    """Starts processes on the database, each with its log in the folder, and
    ends them with stop()"""

    def __init__(self, database, folder, **environment):
        self.database = database
        self.folder = pathlib.Path(folder)
        self._environment = {
            **os.environ, 'TRYTOND_DATABASE_NAMES': database,
            'TRYTOND_QUEUE__WORKER': 'True', 'PYTHONPATH': str(ROOT),
            **environment}
        self._running = []

    def start(self, name, *command, **environment):
        with open(self.folder / f'{name}.log', 'ab') as log:
            process = subprocess.Popen(
                [sys.executable,
                    pathlib.Path(sys.executable).parent / command[0],
                    *command[1:]],
                env={**self._environment, **environment}, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)
        self._running.append(process)
        return process

    def serve(self, workers=2, name='server', **environment):
        "Start a server whose workers have loaded the modules"
        server = Server(self, workers, name, environment)
        return server

    def worker(self, **environment):
        return self.start(
            'worker', 'tthcc-worker', '-d', self.database, **environment)

    def run_scheduler(self, **environment):
        "Run the tasks of the scheduler that are due"
        process = self.start(
            'scheduler', 'tthcc-scheduler', '--once', '-d', self.database,
            **environment)
        assert process.wait(60) == 0

    def log(self, name):
        return (self.folder / f'{name}.log').read_text()

    def kill(self, process, signal_=signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal_)
        process.wait()
        self._running.remove(process)

    def stop(self):
        for process in self._running[::-1]:
            self.kill(process)


class Server:

    def __init__(self, processes, workers, name, environment):
        self.database = processes.database
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            address = '%s:%s' % probe.getsockname()
        self.url = f'http://{address}/'
        self.process = processes.start(
            name, 'gunicorn', '--config', str(CONFIG),
            '--workers', str(workers), '--bind', address,
            **environment)
        wait_for(self._answers, "the server")

    def _answers(self):
        try:
            urllib.request.urlopen(
                urllib.request.Request(self.url, method='OPTIONS'))
        except OSError:
            assert self.process.poll() is None, "The server does not start"
            return False
        return True

    def workers(self):
        "The ids of the processes that answer"
        path = f'/proc/{self.process.pid}/task/{self.process.pid}/children'
        return [int(pid) for pid in pathlib.Path(path).read_text().split()]

    def client(self, login, password):
        return Client(self, login, password)


@contextlib.contextmanager
def full_disk(folder, pids):
    """Leave no room in the folder for the processes: by a small disk of its
    own, or where none may be mounted by a limit like that of a quota"""
    mounted = subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder],
        stderr=subprocess.DEVNULL).returncode == 0
    limits = {}
    if mounted:
        (folder / 'filler').write_bytes(bytes(4096))
    else:
        for pid in pids:
            _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            limits[pid] = resource.prlimit(
                pid, resource.RLIMIT_FSIZE, (0, most))
    try:
        yield
    finally:
        if mounted:
            subprocess.run(['umount', folder], check=True)
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def wait_for(condition, what, seconds=60):
    "Return what the condition says as soon as it is true"
    limit = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < limit, f"Waited in vain for {what}"
        time.sleep(.1)
    return found
