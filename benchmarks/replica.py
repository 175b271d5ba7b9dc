# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Rehearse the loss of the database server while officers register

A replica follows a PostgreSQL server; an application server reads from it.
Then the first server is killed, the replica promoted by hand, and the
application finds it by itself, for its URI names both.
"""
import argparse
import contextlib
import copy
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.parse

import psycopg

from benchmarks import database
from benchmarks.database import step

SERVER, READER = '127.0.0.2', '127.0.0.3'
NAME = 'replica'
OFFICERS = 4
QUESTIONS = 20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--dossiers', type=int, default=10_000, help="default 10,000")
    parser.add_argument(
        '--seconds', type=int, default=15,
        help="of load before the loss, default 15")
    parser.add_argument(
        '--asynchronous', action='store_true',
        help="a commit does not wait for the replica")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        # The server is gone at the end
        stack.enter_context(contextlib.suppress(RuntimeError))
        stack.enter_context(database.postgresql('synchronous_commit=on'))
        primary = os.environ['TRYTOND_DATABASE_URI']
        offices = make(options.dossiers)
        with step("replica"):
            replica = follow(stack, primary, options.asynchronous)
        rehearse(stack, folder, primary, replica, offices, options)


def make(total):
    from benchmarks import province
    from trytond.transaction import Transaction
    with step("modules"):
        database.create(NAME)
        database.update(NAME, 'tthcc_dossier', 'tthcc_language_vi')
    with step("offices"):
        offices = province.make(NAME)
    with step(f"{total:,} dossiers"):
        with Transaction().start(NAME, 0) as transaction:
            province.fill(transaction.connection.cursor(), total)
        database.execute(NAME, "VACUUM ANALYZE")
    return offices


def follow(stack, primary, asynchronous):
    "Start a replica of the server, and return its URI"
    from tests import postgresql
    folder = tempfile.mkdtemp(prefix='pg-', dir='/tmp')
    as_user = {}
    if os.getuid() == 0:
        as_user = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []}
        os.chown(folder, *_ids('nobody'))
    # Some of its programs may be linked to elsewhere
    binaries = (postgresql.find_binaries() / 'initdb').resolve().parent
    data = pathlib.Path(folder, 'data')

    def run(command, *args):
        subprocess.run(
            [binaries / command, *args], check=True, cwd=folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **as_user)

    def stop():
        run('pg_ctl', '-D', data, '-m', 'immediate', 'stop')

    follow.promote = lambda: run('pg_ctl', '-D', data, '-w', 'promote')
    run('pg_basebackup', '-d', f'{primary}template1', '-D', data, '-R',
        '-X', 'stream', '--create-slot', '--slot', 'replica', '-c', 'fast')
    run('pg_ctl', '-D', data, '-w', '-l', os.path.join(folder, 'log'),
        '-o', f'-k {folder} -c listen_addresses= -c max_connections=200',
        'start')
    stack.callback(stop)
    with psycopg.connect(f'{primary}template1', autocommit=True) as c:
        if not asynchronous:
            c.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        c.execute("SELECT pg_reload_conf()")
    return primary.replace(_host(primary), urllib.parse.quote(folder, ''))


def rehearse(stack, folder, primary, replica, offices, options):
    from tests.deployment import Load, Site, ssl_trust
    both = 'postgresql://tryton@%s,%s/?target_session_attrs=read-write' % (
        _host(primary), _host(replica))
    web_client = pathlib.Path(folder, 'sao')
    web_client.mkdir()
    site = Site(
        folder, NAME, both, 'smtp://127.0.0.1:1', [SERVER], web_client)
    stack.callback(site.stop)
    with step("server"):
        site.start()
    stack.enter_context(ssl_trust(site.certificate))
    officers = [
        (office.logins['officer'], office.values)
        for office in offices[:OFFICERS]]
    with step("server on the replica"):
        reader = read_only(stack, folder, replica)
    with Load(site, officers) as load:
        started = time.monotonic()
        answers = ask(site, reader)
        lags = []
        for _ in range(options.seconds * 4):
            time.sleep(.25)
            lags.append(lag(primary))
        registered = len(load.registered)
        kill(primary)
        killed_at = time.monotonic()
        rate = registered / (killed_at - started)
        follow.promote()
        promoted = time.monotonic() - killed_at
        while len(load.registered) < registered + OFFICERS + 1:
            time.sleep(.02)
        answered = time.monotonic() - killed_at
        time.sleep(5)
    with psycopg.connect(f'{replica}{NAME}') as connection:
        kept = dict(connection.execute(
                "SELECT id, code FROM tthcc_dossier "
                "WHERE code IS NOT NULL").fetchall())
    lost = load.registered.items() - kept.items()
    codes = list(load.registered.values())
    failed = [s - killed_at for s, _ in load.failed]
    for text, value in [
            *answers,
            ("registered before the loss", registered),
            ("a second", f'{rate:.1f}'),
            ("behind, median", f'{statistics.median(lags):.0f} bytes'),
            ("behind, at most", f'{max(lags):.0f} bytes'),
            ("promoted after", f'{promoted:.1f} s'),
            ("the next registered after", f'{answered:.1f} s'),
            ("calls that failed", len(failed)),
            ("the last of them begun after",
                f'{max(failed):.1f} s' if failed else '–'),
            ("registered after", len(load.registered) - registered),
            ("told as registered, and lost", len(lost)),
            ("codes given twice", len(codes) - len(set(codes))),
            ]:
        print(f'| {text} | {value} |')


def read_only(stack, folder, replica):
    "Start an application server on the replica alone"
    from tests.deployment import Site
    folder = pathlib.Path(folder, 'reader')
    folder.mkdir()
    site = Site(
        folder, NAME, replica, 'smtp://127.0.0.1:1', [READER], folder)
    # A replica notifies nobody of what changes
    text = site.config.read_text()
    site.config.write_text(text.replace(
            'clean_timeout = 0', 'clean_timeout = 5').replace(
            '#replica = True', 'replica = True'))
    stack.callback(site.stop)
    site.start_server(READER)
    site.wait_for(READER)
    return site


def ask(site, reader):
    """Ask for statistics and for the public page of a dossier on the replica,
    with a session of the other server"""
    from tests.deployment import get
    from tests.server import Refused
    from trytond.modules.tthcc.tests.tools import PASSWORD
    supervisor = site.client('supervisor', PASSWORD)
    there = copy.copy(supervisor)
    there._url = f'{reader.direct(READER)}{NAME}/rpc/'
    times, failed, same = [], [], 0
    for _ in range(QUESTIONS):
        started = time.perf_counter()
        try:
            rows = there.search(
                'tthcc.dossier.monthly', [], ['what', 'finished'],
                group_by='centre')
        except (OSError, Refused) as exception:
            failed.append(exception)
        else:
            same += len(rows) > 0
        times.append(1000 * (time.perf_counter() - started))
        time.sleep(.5)
    code = there.search('tthcc.dossier', [('code', '!=', None)], ['code'])
    page = get(
        f'{reader.direct(READER)}{NAME}/tthcc/track/{code[0]["code"]}')
    return [
        ("statistics on the replica", f'{same} of {QUESTIONS}'),
        ("their median", f'{statistics.median(times):.0f} ms'),
        ("failures of them", ', '.join(map(repr, failed)) or '–'),
        ("public page on the replica", page.status),
        ]


def lag(primary):
    with psycopg.connect(f'{primary}template1') as connection:
        (value,), = connection.execute(
            "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) "
            "FROM pg_stat_replication").fetchall()
    return value


def kill(uri):
    "As when the machine loses its power"
    data = pathlib.Path(urllib.parse.unquote(_host(uri)), 'data')
    postmaster = int((data / 'postmaster.pid').read_text().split()[0])
    children = subprocess.run(
        ['ps', '-o', 'pid=', '--ppid', str(postmaster)],
        capture_output=True, text=True).stdout.split()
    for pid in [postmaster, *map(int, children)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _host(uri):
    return uri.partition('@')[2].rstrip('/')


def _ids(name):
    import pwd
    user = pwd.getpwnam(name)
    return user.pw_uid, user.pw_gid


if __name__ == '__main__':
    main()
