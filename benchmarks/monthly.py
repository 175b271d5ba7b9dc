# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure the monthly statistics on a million dossiers

On a PostgreSQL of its own, filled by SQL, as the supervisor of the province
and as the director of one centre ask for them; then the same with the facts
materialised.
"""
import argparse
import contextlib
import datetime as dt
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks import database

# Phases are told in the environment of another database than that made here
DATABASE = 'TTHCC_BENCHMARK_DATABASE'
NAME = os.environ.get(DATABASE, 'monthly')
CONFIG = '''
[table_query_materialized]
tthcc.dossier.monthly.fact = 3600
'''
REPEAT = 5
FIELDS = [
    'what', 'carried', 'received', 'early', 'on_time', 'late', 'not_eligible',
    'not_resolved', 'withdrawn', 'open', 'in_term', 'overdue', 'waiting',
    'rate_finished', 'rate_received', 'rate_portal']
# What is asked, by whom, grouped by what, over so many months
QUESTIONS = [
    ("one month by centre", 'supervisor', 'centre', 1),
    ("one month by procedure", 'supervisor', 'procedure', 1),
    ("one month by officer", 'supervisor', 'officer', 1),
    ("a year by centre", 'supervisor', 'centre', 12),
    ("a year by month", 'supervisor', 'month', 12),
    ("one month by field, one centre", 'o1_director', 'field', 1),
    ("a year by month, one centre", 'o1_director', 'month', 12),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--dossiers', type=int, default=1_000_000, help="default 1,000,000")
    parser.add_argument(
        '--keep', metavar='FOLDER',
        help="ask the database of so many dossiers that benchmarks.scale has "
        "kept there")
    parser.add_argument('--phase', choices=['ask', 'materialise'],
        help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.phase == 'ask':
        return ask()
    elif options.phase == 'materialise':
        return materialise()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        config = pathlib.Path(folder, 'trytond.conf')
        config.touch()
        if options.keep:
            from benchmarks import scale
            stack.enter_context(scale.postgresql(
                    pathlib.Path(options.keep), *scale.SETTINGS,
                    config=config))
            os.environ[DATABASE] = scale.name_of(options.dossiers)
        else:
            stack.enter_context(database.postgresql(config=config))
            make(options.dossiers)
        print("\nnot materialised", flush=True)
        call('ask')
        config.write_text(CONFIG)
        call('materialise')
        print("\nmaterialised", flush=True)
        call('ask')


def call(phase, module=__spec__.name):
    "Run the phase in a process of its own, which reads the configuration"
    subprocess.check_call([sys.executable, '-m', module, '--phase', phase])


def make(total, *modules):
    "Make the province, with further modules, and fill it"
    from benchmarks import province
    from trytond.transaction import Transaction
    database.create(NAME)
    database.update(NAME, 'tthcc_language_vi', 'tthcc_dossier', *modules)
    province.make(NAME)
    with Transaction().start(NAME, 0) as transaction:
        cursor = transaction.connection.cursor()
        province.fill(cursor, total, rest=False)
        spread(cursor)
    database.execute(NAME, "VACUUM ANALYZE")


def spread(cursor):
    """Let the dossiers take up to three weeks, so that a third of them is
    open at the end of a month, some late, some with their clock stopped"""
    from benchmarks.province import month
    cursor.execute(
        "UPDATE tthcc_dossier SET "
        "resolved_at = resolved_at + interval '1 day' * (id % 21), "
        "finished_at = finished_at + interval '1 day' * (id % 21), "
        "due = due + interval '1 day' * (id % 17), "
        "due_day = due_day + interval '1 day' * (id % 17) "
        "WHERE state = 'returned' "
        "AND received_at < now() - interval '22 days'")
    cursor.execute(
        f"UPDATE tthcc_dossier SET "
        f"finished_month = {month('finished_at')}, "
        f"due_month = {month('due')} WHERE state = 'returned'")
    cursor.execute(
        "INSERT INTO tthcc_dossier_past_standing "
        "(dossier, first_month, last_month, due_month, waiting) "
        "SELECT id, received_month, received_month, due_month, true "
        "FROM tthcc_dossier "
        "WHERE finished_month > received_month AND id % 10 = 0")


def materialise():
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    database.update(NAME, 'tthcc_dossier')
    Pool(NAME).init()
    Fact = Pool(NAME).get('tthcc.dossier.monthly.fact')
    with Transaction().start(NAME, 0) as transaction:
        started = time.perf_counter()
        Fact._table_query_refresh(force=True)
        transaction.commit()
        print(f"refreshed in {time.perf_counter() - started:.1f} s")
        print(f"{Fact.search([], count=True):,} rows")
    database.execute(NAME, "VACUUM ANALYZE tthcc_dossier_monthly_fact")


def ask():
    """Print how long each question takes, the first time and then, and how
    much of it PostgreSQL and this process work"""
    from trytond.modules.tthcc import clock
    from trytond.pool import Pool
    from trytond.transaction import Transaction, check_access
    pool = Pool(NAME)
    pool.init()
    with Transaction().start(NAME, 0):
        users = {
            u.login: u.id for u in pool.get('res.user').search([])}
    # The year until last month
    last = clock.today().replace(day=1) - dt.timedelta(days=1)
    print("| milliseconds | first | median | most | CPU, median |")
    print("|---|---|---|---|---|")
    for name, login, group_by, months in QUESTIONS:
        first = last.replace(day=1)
        for _ in range(months - 1):
            first = (first - dt.timedelta(days=1)).replace(day=1)
        times, cpu = [], []
        for _ in range(REPEAT):
            with Transaction().start(
                    NAME, users[login], readonly=True) as transaction:
                context = pool.get('res.user').get_preferences(
                    context_only=True)
                context.update(
                    group_by=group_by, from_date=first, to_date=last)
                with transaction.set_context(context), check_access():
                    used = cpu_time(transaction)
                    started = time.perf_counter()
                    rows = pool.get('tthcc.dossier.monthly').search_read(
                        [], fields_names=FIELDS)
                    times.append(1000 * (time.perf_counter() - started))
                    cpu.append(cpu_time(transaction) - used)
        print(f"| {name}, {len(rows)} rows | {times[0]:.0f} "
            f"| {statistics.median(times):.0f} | {max(times):.0f} "
            f"| {statistics.median(cpu):.0f} |",
            flush=True)


def cpu_time(transaction):
    "The milliseconds this process and its PostgreSQL have worked so far"
    pid = transaction.connection.info.backend_pid
    nanoseconds, *_ = pathlib.Path(
        f'/proc/{pid}/schedstat').read_text().split()
    return int(nanoseconds) / 1e6 + 1000 * time.process_time()


if __name__ == '__main__':
    main()
