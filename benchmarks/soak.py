# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Let 50 officers work on all processes of a province, then check it

On a PostgreSQL of its own stand two workers of the server, one process for
the bus, the worker of the queue and the scheduler.  The officers (see
soak_officers.py) make one call every five seconds each and listen to the bus;
notices go into files.  Afterwards nothing may be lost, doubled or left over.
"""
import argparse
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from statistics import linear_regression, mean

from benchmarks import database, lives
from benchmarks.database import ROOT, step

APPLICATION = 'trytond.modules.tthcc.server.application:app'
NAME = 'soak'
LIMIT = 300  # milliseconds
SAMPLED = 10  # seconds
ANNOUNCED = 15  # seconds
CONFIG = '''
[database]
language = vi
retry = 30
[queue]
worker = True
[bus]
allow_subscribe = True
url_host = http://{bus}/
long_polling_timeout = 60
[tthcc_notice]
email = trytond.modules.tthcc_dossier.gateway.email_to_file
sms = trytond.modules.tthcc_dossier.gateway.sms_to_file
folder = {folder}/outbox
'''


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--minutes', type=float, default=20, help="default 20")
    parser.add_argument(
        '--officers', type=int, default=50, help="default 50")
    parser.add_argument(
        '--dossiers', type=int, default=100_000,
        help="there already, default 100,000")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory(dir='/tmp')))
        bus = lives.free_address()
        config = folder / 'trytond.conf'
        config.write_text(CONFIG.format(bus=bus, folder=folder))
        stack.enter_context(database.postgresql('jit=off', config=config))
        os.environ['TRYTOND_DATABASE_NAMES'] = NAME
        make(folder, options)
        processes = start(stack, folder, bus)
        memory = work(folder, processes, options)
        drain()
        from benchmarks import results
        print(f"\n{results.machine()}.\n")
        faults = [
            *report_calls(folder), *report_memory(memory), *check(folder)]
    print('\n'.join(faults or ["\nNothing wrong."]))
    sys.exit(bool(faults))


def make(folder, options):
    "Make the province and what the officers are told of it"
    from benchmarks import province
    from trytond.transaction import Transaction
    with step("modules"):
        database.create(NAME)
        database.update(NAME, 'tthcc_dossier', 'tthcc_language_vi')
    with step("offices"):
        offices = province.make(NAME)
    with step(f"{options.dossiers:,} dossiers"):
        with Transaction().start(NAME, 0) as transaction:
            province.fill(transaction.connection.cursor(), options.dossiers)
        database.execute(NAME, "VACUUM ANALYZE")
    (folder / 'soak.json').write_text(json.dumps({
                'offices': [vars(office) for office in offices],
                'since': query("SELECT max(id) FROM tthcc_dossier")[0][0],
                'notices': query(
                    "SELECT coalesce(max(id), 0) FROM tthcc_dossier_notice"
                    )[0][0],
                }))
    # Those of the making never leave
    database.execute(
        NAME, "UPDATE tthcc_dossier_notice SET state = 'cancelled'")
    database.close(NAME)


def query(sql, *parameters):
    from trytond.transaction import Transaction
    with Transaction().start(NAME, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def start(stack, folder, bus):
    "Start the processes of a province, and return the pid of each by name"
    log = stack.enter_context(open(folder / 'log', 'w'))
    server = stack.enter_context(lives.serve(APPLICATION, log=log))
    listener = stack.enter_context(lives.serve(
            APPLICATION, '--workers', '1', '--threads', '100', address=bus,
            log=log))
    processes = {
        'server': server.pid, 'bus': listener.pid}
    for name in ['worker', 'scheduler']:
        process = subprocess.Popen([
                sys.executable,
                pathlib.Path(sys.executable).with_name(f'tthcc-{name}'),
                '-d', NAME], stderr=log, start_new_session=True)
        stack.callback(process.wait)
        # With the processes it has started
        stack.callback(os.killpg, process.pid, signal.SIGTERM)
        processes[name] = process.pid
    (folder / 'url').write_text(server.url)
    return processes


def work(folder, processes, options):
    """Let the officers work, and return the samples of memory in megabytes,
    by process"""
    log = folder / 'locust.log'
    officers = subprocess.Popen([
            sys.executable, '-m', 'locust', '--headless', '--only-summary',
            '--locustfile', ROOT / 'benchmarks' / 'soak_officers.py',
            '--users', str(options.officers), '--spawn-rate', '0.5',
            '--reset-stats', '--run-time', f'{60 * options.minutes:.0f}s',
            '--stop-timeout', '30', '--csv', folder / 'calls',
            '--exit-code-on-error', '0', '--logfile', log,
            ],
        env={**os.environ, 'SOAK': str(folder), 'PYTHONPATH': os.pathsep.join(
                [str(ROOT), str(ROOT / 'tools')])},
        stdout=subprocess.DEVNULL)
    memory = {}
    announcements = 0
    started = announced = time.monotonic()
    with step(f"{options.minutes:g} minutes"):
        while officers.poll() is None:
            time.sleep(SAMPLED)
            now = time.monotonic()
            for name, megabytes in resident(processes):
                memory.setdefault(name, []).append((now - started, megabytes))
            if now - announced > ANNOUNCED:
                announced = now
                announcements += 1
                announce(announcements)
    if officers.returncode:
        raise SystemExit(log.read_text())
    return memory


def resident(processes):
    "Yield each process, or each of its workers, and its resident memory"
    for name, pid in processes.items():
        children = pathlib.Path(
            f'/proc/{pid}/task/{pid}/children').read_text().split()
        for child in children or [pid]:
            status = pathlib.Path(f'/proc/{child}/status').read_text()
            yield f'{name} {child}', int(
                status.split('VmRSS:')[1].split()[0]) / 1024


def announce(number):
    "Send everybody a number over the bus"
    from trytond.bus import notify
    from trytond.transaction import Transaction
    users = query("SELECT id FROM res_user WHERE login LIKE 'o%%\\_%%'")
    with Transaction().start(NAME, 0):
        for user, in users:
            notify(str(number), user=user)


def drain():
    "Wait until what was queued is done"
    with step("the rest of the queue"):
        for _ in range(60):
            left, = query(
                "SELECT (SELECT count(*) FROM ir_queue "
                "WHERE finished_at IS NULL), "
                "(SELECT count(*) FROM tthcc_dossier_notice "
                "WHERE state IN ('waiting', 'claimed'))")
            if not any(left):
                break
            time.sleep(1)


def report_calls(folder):
    "Print what the calls took and yield what is wrong"
    import csv
    with open(folder / 'calls_stats.csv') as file:
        rows = list(csv.DictReader(file))
    print("| | calls | failed | median ms | 95 % |\n|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['Name']} | {row['Request Count']} "
            f"| {row['Failure Count']} | {row['50%']} | {row['95%']} |")
    total = rows[-1]
    if int(total['Failure Count']):
        yield (folder / 'calls_failures.csv').read_text()
    if float(total['95%']) >= LIMIT:
        yield f"95 of 100 calls take up to {total['95%']} ms"
    log = (folder / 'log').read_text()
    if 'Traceback' in log or 'ERROR' in log:
        yield log[-4000:]


def report_memory(memory):
    "Print how the memory of each process went; what grows is for a person"
    print("\n| | first 5 minutes, MB | last 5 minutes | MB per hour "
        "after the first 5 |")
    print("|---|---|---|---|")
    for name, samples in memory.items():
        end = samples[-1][0]
        first = [m for t, m in samples if t <= 300]
        last = [m for t, m in samples if t > end - 300]
        later = [s for s in samples if s[0] > min(300, end / 2)]
        slope = linear_regression(*zip(*later)).slope * 3600
        print(f"| {name.split()[0]} | {mean(first):.1f} | {mean(last):.1f} "
            f"| {slope:+.1f} |")
    return []


def check(folder):
    "Yield what was lost, doubled or left over"
    told = json.loads((folder / 'soak.json').read_text())
    noted = [
        json.loads(line)
        for line in (folder / 'noted.jsonl').read_text().splitlines()]
    # Each dossier as the officers know it
    expected = {}
    for note in noted:
        if 'dossier' in note:
            expected[note['dossier']] = note['state']
    rows = query(
        "SELECT id, code, state FROM tthcc_dossier WHERE id > %s",
        told['since'])
    found = {id: state for id, _, state in rows}
    print(f"\n{len(found)} dossiers: "
        + ', '.join(f"{n} {s}" for s, n in Counter(found.values()).items()))
    if found != expected:
        yield "Dossiers differ: %s" % {
            id: (expected.get(id), found.get(id))
            for id in found.keys() | expected.keys()
            if expected.get(id) != found.get(id)}
    yield from check_codes(code for _, code, _ in rows if code)
    yield from check_notices(folder, told, found)
    yield from check_bus(noted)


def check_codes(codes):
    "Codes of a unit and day go on from those of the making, without gap"
    numbers = {}
    for code in codes:
        unit, _, number = code.rpartition('-')
        numbers.setdefault(unit, []).append(int(number))
    for unit, found in numbers.items():
        first = min(found)
        if sorted(found) != list(range(first, first + len(found))):
            yield f"Codes of {unit}: {sorted(found)}"


def check_notices(folder, told, found):
    "Each dossier registered and resolved is told once"
    states = Counter(dict(query(
                "SELECT state, count(*) FROM tthcc_dossier_notice "
                "WHERE id > %s GROUP BY state", told['notices'])))
    sent = [
        json.loads(line) for line in (
            folder / 'outbox' / 'sms.jsonl').read_text().splitlines()]
    wanted = sum(s != 'draft' for s in found.values()) + sum(
        s in {'resolved', 'returned'} for s in found.values())
    print(f"{len(sent)} notices sent of {wanted}")
    if set(states) != {'sent'} or states['sent'] != wanted:
        yield f"Notices: {dict(states)}, {wanted} wanted"
    if len(sent) != wanted or len({(s['to'], s['text']) for s in sent}) != (
            wanted):
        yield f"{len(sent)} messages for {wanted} notices"


def check_bus(noted):
    "Each officer heard each announcement once"
    heard = Counter(
        (n['officer'], n['heard']) for n in noted if 'heard' in n)
    officers = {officer for officer, _ in heard}
    numbers = {number for _, number in heard}
    # Some had left at the last one
    numbers -= {max(numbers, default=0)}
    print(f"{len(numbers)} announcements heard by {len(officers)} officers")
    for officer in officers:
        for number in numbers:
            if heard[officer, number] != 1:
                yield (f"Officer {officer} heard announcement {number} "
                    f"{heard[officer, number]} times")


if __name__ == '__main__':
    main()
