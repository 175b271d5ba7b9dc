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
import datetime as dt
import json
import os
import pathlib
import tempfile
import time
from statistics import median
from types import SimpleNamespace

from benchmarks import database, lives
from benchmarks.database import ROOT, step

APPLICATION = 'trytond.modules.tthcc.server.application:app'
OFFICES = 'offices'
SIZES = [10_000, 1_000_000, 10_000_000]
# Not closed, at any size: what is in hand does not grow with the archive
OPEN = 4000
TARGET = 1.3
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


def postgresql(folder, *settings, config=ROOT / 'config' / 'trytond.conf'):
    return database.postgresql(
        *settings, config=config, keep=folder / 'postgresql')


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
    found = text(times, databases, options)
    found += "\nSequential scans on tables that grow: " + (', '.join(
            f"{number - before[table]} on {table}"
            for table, number in scans(databases[-1]).items()
            if number > before.get(table, number)) or "none") + ".\n"
    print(found)
    if options.write:
        (FOLDER / 'scale.md').write_text(f"# What an archive costs\n\n{found}")
        plot(
            ratios(times, databases), FOLDER / 'scale.svg',
            "Cost at {:,} dossiers by that at {:,}".format(
                options.sizes[-1], options.sizes[0]))
        from benchmarks import plans
        plans.write(plans.explain(databases[-1]), FOLDER / 'explain')


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
        'phone': '0912000001', 'email': 'an@example.com'}
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
    from benchmarks import results
    lines = [
        f"{dt.date.today()}, {results.machine()}; {options.rounds} turns.",
        "Milliseconds, median and 95th percentile, by number of dossiers; "
        "the ratio is that of the medians of the last and the first.",
        "",
        "| | " + ' | '.join(f'{s:,} | ' for s in options.sizes)
        + " | ratio |",
        "|---|" + "---|---|" * len(databases) + "---|"]
    found = ratios(times, databases)
    for name in times.names('tthcc'):
        lines.append(f"| {results.CALLS.get(name, name)} | " + ' | '.join(
                results.spread(times[d, 'tthcc', name])
                if len(times[d, 'tthcc', name]) > 1 else ' | '
                for d in databases)
            + (f" | {found[name]:.2f} |" if name in found else " | |"))
    return '\n'.join(lines) + '\n'


def ratios(times, databases):
    "Return by name what it costs at the last size by what at the first"
    first, *_, last = databases
    return {
        name: (median(times[last, 'tthcc', name])
            / median(times[first, 'tthcc', name]))
        for name in times.names('tthcc')
        if times[first, 'tthcc', name] and times[last, 'tthcc', name]}


def plot(found, path, title):
    "Draw how much more each costs, beside the target"
    import matplotlib
    matplotlib.use('svg')
    from matplotlib import pyplot
    pyplot.rcParams.update({
            'svg.fonttype': 'none', 'svg.hashsalt': 'scale',
            'font.size': 8})
    figure, axes = pyplot.subplots(figsize=(8, 0.15 * len(found) + 1))
    axes.barh(
        list(found), list(found.values()), color=[
            '#2f7d5b' if ratio <= TARGET else '#e0a030'
            for ratio in found.values()])
    axes.axvline(TARGET, color='#c0392b', linewidth=1)
    axes.set_xscale('log')
    axes.set_xticks([0.5, 1, TARGET, 2, 5, 10, 20])
    axes.get_xaxis().set_major_formatter('{x:g}')
    axes.minorticks_off()
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.set_title(title)
    figure.savefig(path, bbox_inches='tight', metadata={'Date': None})


if __name__ == '__main__':
    main()
