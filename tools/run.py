# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Make the database with the demo province once, then run the processes

The server, the worker of the queue (on PostgreSQL) and the scheduler run
together until Ctrl-C.  It runs in the virtual environment of prepare.py.
"""
import hashlib
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from prepare import ROOT, VENV, WORK, Stop, call, one_line, step

MODULES = sorted(p.parent.name for p in ROOT.glob('modules/*/tryton.cfg'))
LOGINS = ROOT / 'demo' / 'logins.txt'
ADMIN_PASSWORD = 'tthcc-admin'
MAKING = 'making'


def main():
    os.chdir(ROOT)
    # Tryton takes them where its configuration files do not say otherwise
    os.environ.setdefault('TRYTOND_DATABASE__PATH', str(WORK))
    os.environ.setdefault('TRYTOND_WEB__ROOT', str(WORK / 'sao'))
    files = ['config/trytond.conf']
    if own := os.environ.get('TRYTOND_CONFIG'):
        if not os.path.isfile(own):
            raise Stop(f"TRYTOND_CONFIG names {own}, which is not there")
        files.append(own)

    from trytond import config
    config.update_etc(files)
    host, port = config.split_netloc(config.get('web', 'listen'))
    if os.environ.get('PORT'):
        port = os.environ['PORT']
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise Stop(f"PORT must be a number from 1 to 65535, not {port}")
        files.append(write_config('port', 'web', 'listen', f'{host}:{port}'))
    check_port(host, int(port))

    from databases import open_database
    database = open_database(os.environ.get('DATABASE') or 'tthcc')
    prepare_database(database, files)
    commands = {'server': 'tthcc-server', 'scheduler': 'tthcc-scheduler'}
    if database.has_worker:
        files.append(write_config('worker', 'queue', 'worker', 'True'))
        commands['worker'] = 'tthcc-worker'
    serve(
        f'http://{host or "localhost"}:{port}/', database.name,
        {name: [VENV / 'bin' / command, '-c', *files, '-d', database.name]
            for name, command in commands.items()})


def write_config(name, section, option, value):
    path = WORK / f'{name}.conf'
    path.write_text(f'[{section}]\n{option} = {value}\n')
    return str(path)


def check_port(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Stop(
                f"Port {port} cannot be used ({error.strerror}): end what "
                f"uses it or take another, e.g. make run PORT=8001")


def prepare_database(database, files):
    stamp = WORK / f'{database.key}.stamp'
    current = digest()
    state = database.state()
    done = stamp.read_text() if stamp.exists() else ''
    if state == 'missing':
        new = database.begin()
        make(new, files)
        database.finish(new)
    elif state == 'empty' or done == MAKING:
        # Made by hand, for a role that may not make others
        stamp.write_text(MAKING)
        make(database.name, files)
    elif done != current:
        with step("Updating the database, half a minute"):
            update(database.name, files)
    stamp.write_text(current)


def digest():
    "Return the digest of all that makes the database"
    result = hashlib.sha256()
    for path in sorted(ROOT.glob('modules/**/*')):
        if (path.suffix in {'.py', '.cfg', '.xml', '.po'}
                and path.parent.name != 'tests'):
            result.update(path.read_bytes())
    return result.hexdigest()


def make(name, files):
    with step("Making the database, half a minute"):
        update(name, files, '--email', 'admin@example.com')
    # In a process of its own, which leaves no connection behind
    loading = multiprocessing.get_context('spawn').Process(
        target=load_demo, args=(name, files))
    loading.start()
    loading.join()
    if loading.exitcode:
        raise Stop("The demo province is not loaded: see above")


def load_demo(name, files):
    sys.path.insert(0, str(ROOT))
    from demo.load import load
    started = time.monotonic()
    try:
        load(name, files, ProgressBar())
    except KeyboardInterrupt:
        sys.exit(1)
    print(" %d s" % (time.monotonic() - started))


class ProgressBar:
    "Draw how much of the demo is loaded, share from 0 to 1"

    line = None

    def __call__(self, share, text=''):
        bar = ('#' * round(30 * share)).ljust(30)
        width = shutil.get_terminal_size().columns - 1
        line = f"Loading the demo province [{bar}] {share:4.0%} {text}"
        line = line[:width].ljust(width)
        if line != self.line:
            print(end=f'\r{line}', flush=True)
            self.line = line


def update(name, files, *options):
    with tempfile.NamedTemporaryFile('w') as passfile:
        print(ADMIN_PASSWORD, file=passfile, flush=True)
        os.environ['TRYTONPASSFILE'] = passfile.name
        call([VENV / 'bin' / 'trytond-admin', '-c', *files, '-d', name,
                '--language', 'vi', 'en', '--activate-dependencies',
                *options, '--update', *MODULES])


def serve(url, name, commands):
    "Run the processes until Ctrl-C, or until one of them ends by itself"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    processes = {}
    try:
        for process, command in commands.items():
            with open(log_path(process), 'w') as log:
                # Its own session keeps Ctrl-C from it and groups its children
                processes[process] = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT, start_new_session=True)
            if process == 'server':
                wait_for(url, processes)
        print(f"TTHCC runs at {url} (database {name})")
        print()
        print(LOGINS.read_text(encoding='utf-8').strip())
        print(f"{'admin':26}Tryton's administrator, {ADMIN_PASSWORD}\n")
        print("Ctrl-C ends it", flush=True)
        while True:
            check(processes)
            time.sleep(1)
    except KeyboardInterrupt:
        print("\nEnded")
    finally:
        for process in processes.values():
            end(process)


def log_path(process):
    return WORK / f'{process}.log'


def check(processes):
    for name, process in processes.items():
        if process.poll() is not None:
            raise Stop(f"The {name} has ended: see "
                f"{log_path(name).relative_to(ROOT)} and run it again")


def wait_for(url, processes):
    while True:
        check(processes)
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(.1)


def end(process):
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
    except ProcessLookupError:
        pass
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


if __name__ == '__main__':
    one_line(main)
