# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure workload and peaks on a million dossiers

On a PostgreSQL of its own, filled by SQL, as the supervisor of the province
and as the director of one centre ask for them; then the same with the facts
materialised.
"""
import argparse
import contextlib
import datetime as dt
import pathlib
import statistics
import tempfile
import time

from benchmarks import database, monthly

CONFIG = '''
[table_query_materialized]
tthcc.workload.fact = 3600
tthcc.workload.peak.fact = 3600
'''
# Of deploy/postgresql/tthcc.conf, memory for a server of 8 GB
SETTINGS = [
    'shared_buffers=2GB', 'effective_cache_size=6GB', 'work_mem=32MB',
    'random_page_cost=1.1', 'jit=off', 'default_statistics_target=1000']
REPEAT = 5
FACTS = ['tthcc.workload.fact', 'tthcc.workload.peak.fact']
# What is asked, by whom, of which model, grouped by what, over so many days,
# and whether of one department only
QUESTIONS = [
    ("a month by department", 'supervisor', 'workload', 'department', 30),
    ("a month by day", 'supervisor', 'workload', 'day', 30),
    ("a year by department", 'supervisor', 'workload', 'department', 365),
    ("a year by month, one department", 'supervisor', 'workload', 'month',
        365, True),
    ("a year by month", 'supervisor', 'workload', 'month', 365),
    ("a year by centre", 'supervisor', 'workload', 'centre', 365),
    ("a year by procedure", 'supervisor', 'workload', 'procedure', 365),
    ("a year by week, one centre", 'o1_director', 'workload', 'week', 365),
    ("a year by officer, one centre", 'o1_director', 'workload', 'officer',
        365),
    ("peaks of a year by weekday", 'supervisor', 'peak', 'weekday', 365),
    ("peaks of a year by hour, one centre", 'o1_director', 'peak', 'hour',
        365),
    ]
FIELDS = {
    'workload': [
        'what', 'received', 'visits', 'finished', 'in_work',
        'counter_minutes', 'counter_hours', 'legs', 'leg_hours'],
    'peak': ['what', 'visits', 'hours'],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--dossiers', type=int, default=1_000_000, help="default 1,000,000")
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
        stack.enter_context(database.postgresql(*SETTINGS, config=config))
        monthly.make(options.dossiers, 'tthcc_staffing')
        copy_legs()
        print("\nnot materialised", flush=True)
        monthly.call('ask', __spec__.name)
        config.write_text(CONFIG)
        monthly.call('materialise', __spec__.name)
        print("\nmaterialised", flush=True)
        monthly.call('ask', __spec__.name)


def copy_legs():
    "Give each dossier the leg that its department ended"
    from trytond.transaction import Transaction
    with Transaction().start(monthly.NAME, 0) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(
            "INSERT INTO tthcc_dossier_step (dossier, name, work, role, "
            "department, started_at, ended_at, worked, sequence) "
            "SELECT id, 'Thẩm định', 'appraisal', 'processor', "
            "lead_department, received_at, finished_at, "
            "interval '1 hour' * (id % 30), 2 FROM tthcc_dossier "
            "WHERE finished_at IS NOT NULL")
    database.execute(monthly.NAME, "VACUUM ANALYZE tthcc_dossier_step")


def materialise():
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    database.update(monthly.NAME, 'tthcc_staffing')
    Pool(monthly.NAME).init()
    for name in FACTS:
        Fact = Pool(monthly.NAME).get(name)
        with Transaction().start(monthly.NAME, 0) as transaction:
            started = time.perf_counter()
            Fact._table_query_refresh(force=True)
            transaction.commit()
            print(
                f"{name}: {Fact.search([], count=True):,} rows, "
                f"refreshed in {time.perf_counter() - started:.1f} s")
    database.execute(monthly.NAME, "VACUUM ANALYZE")


def ask():
    """Print how long each question takes as a client asks it, search and then
    read in a transaction of its own; and how much of both together PostgreSQL
    and this process work"""
    from trytond.modules.tthcc import clock
    from trytond.modules.tthcc_staffing import asked
    from trytond.pool import Pool
    from trytond.transaction import Transaction, check_access
    pool = Pool(monthly.NAME)
    pool.init()
    with Transaction().start(monthly.NAME, 0):
        users = {
            u.login: u.id for u in pool.get('res.user').search([])}
        department = pool.get('tthcc.department').search([], limit=1)[0].id
    today = clock.today()

    @contextlib.contextmanager
    def call(login, times, cpu, **values):
        with Transaction().start(
                monthly.NAME, users[login], readonly=True) as transaction:
            context = pool.get('res.user').get_preferences(context_only=True)
            context.update(values)
            with transaction.set_context(context), check_access():
                used = monthly.cpu_time(transaction)
                started = time.perf_counter()
                yield
                times.append(1000 * (time.perf_counter() - started))
                cpu.append(monthly.cpu_time(transaction) - used)
    print(
        "| milliseconds | search | read | both, median | first | most "
        "| CPU, median |")
    print("|---|---|---|---|---|---|---|")
    for name, login, report, by, days, *one in QUESTIONS:
        Report = pool.get(
            'tthcc.workload' + ('.peak' if report == 'peak' else ''))
        values = {
            'by': by,
            'start_date': today - dt.timedelta(days=days), 'end_date': today,
            'of_department': department if one else None}
        searches, reads, cpu = [], [], []
        for _ in range(REPEAT):
            # Each time as if nobody had asked before
            asked._answers._clear(monthly.NAME)
            with call(login, searches, cpu, **values):
                ids = [r.id for r in Report.search([])]
            with call(login, reads, cpu, **values):
                rows = Report.read(ids, FIELDS[report])
        both = [sum(pair) for pair in zip(searches, reads)]
        work = [sum(pair) for pair in zip(cpu[::2], cpu[1::2])]
        figures = [
            statistics.median(searches), statistics.median(reads),
            statistics.median(both), both[0], max(both),
            statistics.median(work)]
        print(
            f"| {name}, {len(rows)} rows | "
            + ' | '.join(f'{x:.0f}' for x in figures) + ' |', flush=True)


if __name__ == '__main__':
    main()
