# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure the server with its costs removed beside Tryton's as it comes

Two servers with two worker processes each on one PostgreSQL; the bare model
on both and the suite on the one without the costs take turns of a second or
two, so that what else the machine does falls on all alike.
"""
import argparse
import contextlib
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks import database, lives
from benchmarks.database import step
from benchmarks.lives import MANY, OFFICERS, TTHCC, YARDSTICK

STOCK = 'trytond.application:app'
REMOVED = 'trytond.modules.tthcc.server.application:app'
TURNS = {
    "bare, as it comes": (STOCK, YARDSTICK),
    "bare, costs removed": (REMOVED, YARDSTICK),
    "tthcc, costs removed": (REMOVED, TTHCC),
    }
TARGETS = [
    ("bare, costs removed", {'life': 1.8, 'list': 2}),
    ("tthcc, costs removed", {'life': 1.1, 'list': 1.6}),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--dossiers', type=int, default=100_000, help="default 100,000")
    parser.add_argument(
        '--rounds', type=int, default=20, help="turns of each, default 20")
    parser.add_argument(
        '--lives', type=int, default=3,
        help="of each officer in a turn, default 3")
    parser.add_argument(
        '--lists', type=int, default=6,
        help="of each officer in a turn, default 6")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        lives.set_environment(stack, folder)
        offices = lives.make_database()
        database.create(MANY, lives.FEW)
        lives.fill(MANY, options.dossiers)
        os.environ['TRYTOND_DATABASE_NAMES'] = MANY
        servers = {
            application: stack.enter_context(lives.serve(application))
            for application in [STOCK, REMOVED]}
        print(text(measure(servers, offices[:OFFICERS], options)))


def measure(servers, offices, options):
    """Return the seconds and CPU seconds of one life and one list in each
    turn, by kind of turn"""
    from benchmarks.officer import Officer, Times
    officers = {
        name: [
            Officer(servers[application], MANY, office, Times())
            for office in offices]
        for name, (application, _) in TURNS.items()}
    processes = {s.pid for s in servers.values()} | {lives.postmaster()}
    measured = {
        (name, act): [] for name in TURNS for act in ['life', 'list']}

    with ThreadPoolExecutor(OFFICERS) as executor:
        def take_turn(name, act, times):
            _, kind = TURNS[name]
            acts = {'life': Officer.live, 'list': Officer.list_overdue}
            started, used = time.monotonic(), lives.cpu_time(processes)
            for _ in executor.map(
                    lambda officer: [
                        acts[act](officer, kind) for _ in range(times)],
                    officers[name]):
                pass
            return (
                (time.monotonic() - started) / times / OFFICERS,
                (lives.cpu_time(processes) - used) / times / OFFICERS)

        with step("warming up"):
            for name, act in measured:
                take_turn(name, act, 4)
        turns = list(measured)
        with step("turns"):
            for _ in range(options.rounds):
                for name, act in turns:
                    times = options.lives if act == 'life' else options.lists
                    measured[name, act].append(take_turn(name, act, times))
                turns.reverse()
    return measured


def text(measured):
    "Return the tables; ratios are medians over the rounds"
    def median(name, act, i):
        return statistics.median(t[i] for t in measured[name, act])

    def ratio(name, act, i):
        return statistics.median(
            stock[i] / other[i] for stock, other in zip(
                measured["bare, as it comes", act], measured[name, act]))

    lines = [
        "| | lives/s | CPU ms | lists/s | CPU ms |", "|---|---|---|---|---|"]
    for name in TURNS:
        lines.append("| %s | %.1f | %.0f | %.1f | %.0f |" % (name, *(
                    figure for act in ['life', 'list'] for figure in [
                        1 / median(name, act, 0),
                        1000 * median(name, act, 1)])))
    lines += ['', "| against bare, as it comes | elapsed | CPU | target |",
        "|---|---|---|---|"]
    for name, targets in TARGETS:
        for act, target in targets.items():
            lines.append("| %s: %s | %.2f | %.2f | %s |" % (
                    name, act, ratio(name, act, 0), ratio(name, act, 1),
                    target))
    return '\n'.join(lines)


if __name__ == '__main__':
    main()
