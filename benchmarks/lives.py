# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure lives of dossiers beside those of a bare Tryton model

Officers are clients over JSON-RPC of a server with two worker processes, on
a PostgreSQL of their own.  The suite and the yardstick, a few dossiers and
many take turns, a second or two each, so that what else the machine does
falls on all alike.
"""
import argparse
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from benchmarks import database
from benchmarks.database import ROOT, step

FOLDER = ROOT / 'benchmarks'
WORKERS = 2
FEW, MANY = 'few', 'many'
YARDSTICK, TTHCC = 'yardstick', 'tthcc'
# All officers at one centre take the codes from one counter
TOGETHER = 'tthcc at one centre'
TURNS = [
    (FEW, YARDSTICK), (FEW, TTHCC), (MANY, TTHCC), (MANY, YARDSTICK),
    (MANY, TOGETHER)]
OFFICERS = 4


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--few', type=int, default=1000, help="dossiers, default 1,000")
    parser.add_argument(
        '--many', type=int, default=100_000, help="default 100,000")
    parser.add_argument(
        '--rounds', type=int, default=20, help="turns of each, default 20")
    parser.add_argument(
        '--lives', type=int, default=3,
        help="of each officer in a turn, default 3")
    parser.add_argument(
        '--write', action='store_true',
        help="keep results in benchmarks/")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        set_environment(stack, folder)
        offices = make_database()
        database.create(MANY, FEW)
        fill(FEW, options.few)
        fill(MANY, options.many)
        server = stack.enter_context(serve())
        from benchmarks import results
        text = results.text(options, *measure(server, offices, options))
        print(text)
        if options.write:
            results.write(text, FOLDER / 'README.md')


def set_environment(stack, folder):
    "Start PostgreSQL and register the yardstick, before importing Tryton"
    sys.path.insert(0, folder)
    # Tryton finds modules by the entry points of what is installed
    info = pathlib.Path(folder, 'yardstick-8.0.dist-info')
    info.mkdir()
    (info / 'METADATA').write_text('Name: yardstick\nVersion: 8.0\n')
    (info / 'entry_points.txt').write_text(
        '[trytond.modules]\nyardstick = benchmarks.yardstick\n')
    stack.enter_context(
        database.postgresql(
            config=ROOT / 'config' / 'trytond.conf'))
    os.environ.update({
            'TRYTOND_DATABASE_NAMES': f'{FEW},{MANY}',
            'PYTHONPATH': os.pathsep.join([folder, str(ROOT)]),
            })


def make_database():
    "Make the database with the offices, and return them"
    from benchmarks import province
    with step("modules"):
        database.create(FEW)
        database.update(FEW, 'yardstick', 'tthcc_language_vi')
    with step("offices"):
        return province.make(FEW)


def fill(name, total):
    from benchmarks import province
    from trytond.transaction import Transaction
    with step(f"{total:,} dossiers"):
        with Transaction().start(name, 0) as transaction:
            cursor = transaction.connection.cursor()
            province.fill(cursor, total)
            province.copy_to_yardstick(cursor)
        database.execute(name, "VACUUM ANALYZE")


def free_address():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return '%s:%s' % probe.getsockname()


@contextlib.contextmanager
def serve(
        application='trytond.application:app', *options, address=None,
        log=None):
    address = address or free_address()
    process = subprocess.Popen([
            sys.executable, '-m', 'gunicorn', '--workers', str(WORKERS),
            '--bind', address, '--log-level', 'warning', '--timeout', '120',
            *options, application], stderr=log)
    try:
        url = f'http://{address}/'
        while True:
            try:
                urllib.request.urlopen(
                    urllib.request.Request(url, method='OPTIONS'))
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit("The server does not start: see above")
                time.sleep(0.2)
        yield SimpleNamespace(url=url, pid=process.pid)
    finally:
        process.terminate()
        process.wait()


def measure(server, offices, options):
    """Return the seconds and the CPU seconds that a life took in each turn,
    by database and kind, and the times of all calls"""
    from benchmarks.officer import Officer, Times
    times = Times()
    officers = {
        (name, kind): [
            Officer(server, name, office, times) for office in (
                offices[:1] * OFFICERS if kind == TOGETHER
                else offices[:OFFICERS])]
        for name, kind in TURNS}
    processes = {server.pid, postmaster()}
    seconds = {turn: [] for turn in TURNS}
    cpu_seconds = {turn: [] for turn in TURNS}

    with ThreadPoolExecutor(OFFICERS) as executor:
        def take_turn(name, kind, lives):
            started, used = time.monotonic(), cpu_time(processes)
            for _ in executor.map(
                    lambda officer: [
                        officer.live(kind) for _ in range(lives)],
                    officers[name, kind]):
                pass
            total = lives * OFFICERS
            return (
                (time.monotonic() - started) / total,
                (cpu_time(processes) - used) / total)
        with step("warming up"):
            for turn in TURNS:
                take_turn(*turn, 3)
            times.clear()
        turns = list(TURNS)
        with step("lives"):
            for _ in range(options.rounds):
                for turn in turns:
                    elapsed, used = take_turn(*turn, options.lives)
                    seconds[turn].append(elapsed)
                    cpu_seconds[turn].append(used)
                turns.reverse()
    officer = officers[MANY, TTHCC][0]
    with step("lists"):
        for _ in range(2 * options.rounds):
            for kind in [YARDSTICK, TTHCC]:
                officer.list_overdue(kind)
            officer.open_form()
    with step("receptions"):
        for number in range(options.rounds):
            officer.receive(number)
    return seconds, cpu_seconds, times


def postmaster():
    "The process that started those that serve the connections"
    from trytond.transaction import Transaction
    with Transaction().start(FEW, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute("SELECT pg_backend_pid()")
        pid, = cursor.fetchone()
    return _stat(pid)[0]


def cpu_time(processes):
    "The CPU seconds that the processes and their children have used so far"
    ticks = 0
    for path in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            parent, *used = _stat(path.name)
        except OSError:
            continue
        if int(path.name) in processes:
            # Its own and that of its children that have ended
            ticks += sum(used)
        elif parent in processes:
            ticks += sum(used[:2])
    return ticks / os.sysconf('SC_CLK_TCK')


def _stat(pid):
    "Parent, user and system time, the same of the ended children"
    text = pathlib.Path('/proc', str(pid), 'stat').read_text()
    fields = text.rpartition(')')[2].split()
    return [int(fields[i]) for i in [1, 11, 12, 13, 14]]


if __name__ == '__main__':
    main()
