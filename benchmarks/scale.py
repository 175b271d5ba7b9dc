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
from types import SimpleNamespace

from benchmarks import database, lives
from benchmarks.database import step

APPLICATION = 'trytond.modules.tthcc.server.application:app'
OFFICES = 'offices'
SIZES = [10_000, 1_000_000, 10_000_000]
# Not closed, at any size: what is in hand does not grow with the archive
OPEN = 4000
YEARS = 10
SETTINGS = [
    'shared_buffers=4GB', 'effective_cache_size=12GB', 'work_mem=32MB',
    'random_page_cost=1.1', 'jit=off', 'max_wal_size=8GB']
BUILD = [
    *SETTINGS[:1], 'wal_level=minimal', 'max_wal_senders=0',
    'autovacuum=off', 'max_wal_size=8GB', 'checkpoint_timeout=30min',
    'maintenance_work_mem=3GB', 'work_mem=512MB', 'temp_buffers=256MB',
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
        *settings, config=lives.ROOT / 'config' / 'trytond.conf',
        keep=folder / 'postgresql')


def name_of(size):
    return f'd{size}'


def fill(size):
    from benchmarks import province
    from tqdm import tqdm
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
    raise SystemExit


if __name__ == '__main__':
    main()
