# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure a round of many papers, from filling it to the last signature

Officer and coordinator are clients over JSON-RPC, as in lives.py.
"""
import argparse
import contextlib
import os
import tempfile
import time
from statistics import median
from types import SimpleNamespace

from benchmarks import lives

CALLS = ['fill', 'tick_all', 'give', 'tick_all', 'receive']


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--dossiers', type=int, default=200, help="in a round, default 200")
    parser.add_argument(
        '--rounds', type=int, default=3, help="to measure, default 3")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        lives.set_environment(stack, folder)
        office, *_ = lives.make_database()
        os.environ['TRYTOND_DATABASE_NAMES'] = lives.FEW
        server = stack.enter_context(lives.serve())
        from benchmarks import results
        from tests.server import Client
        from trytond.modules.tthcc.tests.tools import PASSWORD
        people = [
            Client(
                SimpleNamespace(url=server.url, database=lives.FEW),
                office.logins[role], PASSWORD)
            for role in ['officer', 'processor']]
        processes = {server.pid, lives.postmaster()}
        times = [
            measure(*people, office, options.dossiers, processes)
            for _ in range(options.rounds)]
    print(f"{results.machine()}; {options.dossiers} dossiers in a round.\n")
    print("| | elapsed | CPU |\n|---|---|---|")
    for name, *taken in zip([
                "fill", "tick (giver)", "sign (giver)", "tick (receiver)",
                "sign (receiver)"], *times):
        print(f"| {name} | " + ' | '.join(
                f'{median(seconds):.2f}' for seconds in zip(*taken)) + " |")


def measure(officer, coordinator, office, number, processes):
    "Return the seconds and the CPU seconds each call of a round took"
    for _ in range(number // 20):
        ids = officer.create('tthcc.dossier', *[office.values] * 20)
        officer.model('tthcc.dossier', 'register', ids)
    department, = {
        s['department'] for s in officer.search(
            'tthcc.dossier.step', [('dossier', '=', ids[0])], ['department'])
        } - {None}
    round_ = officer.create('tthcc.handover', {
            'centre': office.centre,
            'department': department,
            'direction': 'to_department',
            })
    taken = []
    for client, button in zip(
            [officer] * 3 + [coordinator] * 2, CALLS):
        started, used = time.monotonic(), lives.cpu_time(processes)
        client.model('tthcc.handover', button, round_)
        taken.append((
                time.monotonic() - started,
                lives.cpu_time(processes) - used))
    dossier, = officer.read('tthcc.dossier', ids[:1], ['holder_department'])
    assert dossier['holder_department'] == department
    return taken


if __name__ == '__main__':
    main()
