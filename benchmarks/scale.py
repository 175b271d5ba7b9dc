# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure what officers wait for at 10,000 to 10,000,000 dossiers

One PostgreSQL holds a database of each size, all with the same work in hand;
one server with two worker processes, without the costs of Tryton's own,
serves them.  One officer after the other does the same at each size in turn,
so that what else the machine does falls on all sizes alike.
"""
import argparse
import contextlib
import json
import os
import pathlib
import tempfile
import time
from types import SimpleNamespace

from benchmarks import database, lives
from benchmarks.database import ROOT, step

APPLICATION = 'trytond.modules.tthcc.server.application:app'
OFFICES = 'offices'
SIZES = [10_000, 1_000_000, 10_000_000]
# Not closed, at any size: what is in hand does not grow with the archive
OPEN = 4000
YEARS = 10
SETTINGS = [
    'shared_buffers=4GB', 'effective_cache_size=12GB', 'work_mem=32MB',
    'random_page_cost=1.1', 'jit=off', 'max_wal_size=8GB',
    'default_statistics_target=1000']
BUILD = [
    *SETTINGS, 'wal_level=minimal', 'max_wal_senders=0',
    'autovacuum=off', 'max_wal_size=8GB', 'checkpoint_timeout=30min',
    'maintenance_work_mem=3GB', 'work_mem=512MB',
    'temp_buffers=256MB',
    'max_parallel_maintenance_workers=2']
FOLDER = pathlib.Path(__file__).parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--sizes', type=int, nargs='+', default=SIZES, metavar='DOSSIERS',
        help="default 10,000, 1,000,000 and 10,000,000, about 35 GB")
    parser.add_argument(
        '--rounds', type=int, default=20, help="turns of each, default 20")
    parser.add_argument(
        '--keep', metavar='FOLDER',
        help="keep PostgreSQL there, and take what it holds already")
    parser.add_argument(
        '--build', action='store_true', help="only build the databases")
    parser.add_argument(
        '--write', action='store_true',
        help="keep figures, plot and plans in benchmarks/")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(
            options.keep
            or stack.enter_context(tempfile.TemporaryDirectory(dir='/tmp')))
        offices = build(folder, options.sizes)
        if not options.build:
            measure(stack, folder, offices, options)


def build(folder, sizes):
    "Make what the folder lacks and return the offices"
    path = folder / 'offices.json'
    with postgresql(folder, *BUILD):
        from benchmarks import province
        if not path.exists():
            with step("modules"):
                database.create(OFFICES)
                database.update(
                    OFFICES, 'tthcc_dossier', 'tthcc_language_vi')
            with step("offices"):
                path.write_text(json.dumps(
                        [vars(o) for o in province.make(OFFICES)]))
        for size in sizes:
            if not (folder / name_of(size)).exists():
                fill(size)
                (folder / name_of(size)).touch()
    return [SimpleNamespace(**o) for o in json.loads(path.read_text())]


def postgresql(folder, *settings):
    return database.postgresql(
        *settings, config=ROOT / 'config' / 'trytond.conf',
        keep=folder / 'postgresql')


def name_of(size):
    return f'd{size}'


def fill(size):
    from tqdm import tqdm

    from benchmarks import province
    from trytond.transaction import Transaction
    name = name_of(size)
    database.create(name, OFFICES)
    with Transaction().start(name, 0) as transaction:
        cursor = transaction.connection.cursor()
        with province.without_indexes(
                cursor, lambda rows: tqdm(rows, "indexes", unit="")):
            province.fill(
                cursor, size, OPEN, 365 * YEARS,
                progress=lambda total: tqdm(
                    total=total, desc=f"{size:,}", unit=" dossiers",
                    unit_scale=True))
    with step("vacuum"):
        database.execute(
            name, "VACUUM (FREEZE, ANALYZE, PARALLEL 2)", "CHECKPOINT")
    database.close(name)


def measure(stack, folder, offices, options):
    databases = [name_of(size) for size in options.sizes]
    stack.enter_context(postgresql(folder, *SETTINGS))
    os.environ['TRYTOND_DATABASE_NAMES'] = ','.join(databases)
    server = stack.enter_context(lives.serve(APPLICATION))
    from benchmarks.officer import Times
    from benchmarks.waits import Waits
    times = Times()
    officers = [
        Waits(server, name, with_contact(offices[0]), times)
        for name in databases]
    with step("warming up"):
        take_turns(officers)
        times.clear()
    before = scans(databases[-1])
    with step(f"{options.rounds} turns"):
        for _ in range(options.rounds):
            take_turns(officers)
            officers.reverse()
    print(text(times, databases, options))
    print("\nSequential scans on tables that grow: " + (', '.join(
                f"{number - before[table]} on {table}"
                for table, number in scans(databases[-1]).items()
                if number > before[table]) or "none") + ".")


def scans(database):
    "Return how often each table that has grown has been read from end to end"
    from benchmarks import plans
    from trytond.transaction import Transaction
    # PostgreSQL counts with some delay
    time.sleep(2)
    growing = plans.grown(database)
    with Transaction().start(database, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(
            "SELECT relname, seq_scan FROM pg_stat_user_tables "
            "WHERE relname = ANY(%s)", [list(growing)])
        return dict(cursor.fetchall())


def with_contact(office):
    "The office with new dossiers whose applicants are told what happens"
    applicant = {
        'name': "Nguyễn Văn Ân", 'identity_number': '001099000001',
        'phone': '0912000001'}
    return SimpleNamespace(**{
            **vars(office), 'values': {
                **office.values, 'applicants': [['create', [applicant]]]}})


def take_turns(officers):
    "Do each act at each size in turn"
    acts = [officer.acts() for officer in officers]
    for name in acts[0]:
        for act in acts:
            act[name]()


def text(times, databases, options):
    "Return the table of medians and 95th percentiles"
    from statistics import median, quantiles
    lines = [
        "| | " + ' | '.join(f'{s:,} | ' for s in options.sizes)
        + " | ratio |",
        "|---|" + "---|---|" * len(databases) + "---|"]
    for name in times.names('tthcc'):
        values = [times[d, 'tthcc', name] for d in databases]
        lines.append(
            f"| {name} | " + ' | '.join(
                f'{median(v):.0f} | {quantiles(v, n=20)[-1]:.0f}'
                if len(v) > 1 else ' | ' for v in values)
            + (f" | {median(values[-1]) / median(values[0]):.2f} |"
                if values[0] else " | |"))
    return '\n'.join(lines)


if __name__ == '__main__':
    main()
