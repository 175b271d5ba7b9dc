# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure the lists of equipment of 27 centres with 20,000 items

On a PostgreSQL of its own, filled by SQL with five years of events, as the
facility manager of the province and of one centre ask for them.
"""
import argparse
import datetime as dt
import statistics
import time

from benchmarks import database

NAME = 'facility'
CENTRES = 27
REPEAT = 7
LIMIT = 1000
ITEM = [
    'rec_name', 'type.rec_name', 'model', 'centre.rec_name',
    'counter.rec_name', 'employee.rec_name', 'condition', 'attention',
    'life_end']


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--items', type=int, default=20_000, help="default 20,000")
    options = parser.parse_args()
    with database.postgresql():
        make(options.items)
        ask()


def make(items):
    "Make the province and fill it"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    database.create(NAME)
    database.update(NAME, 'tthcc_language_vi', 'tthcc_facility')
    with Transaction().start(NAME, 0):
        Pool(NAME).init()
        build()
    with Transaction().start(NAME, 0) as transaction:
        fill(transaction.connection.cursor(), items)
    database.execute(NAME, "VACUUM ANALYZE")


def build():
    "Make the centres, a manager of one and one of all"
    from trytond.modules.tthcc.tests.tools import (
        create_centre, create_committee, create_user)
    from trytond.pool import Pool
    companies = []
    for number in range(CENTRES):
        company = create_committee(f"UBND huyện số {number}")
        centre = create_centre(company)
        companies.append(company.id)
        for n in range(12):
            create_user(f'officer_{number}_{n}', ['counter_officer'],
                company, centre)
        Pool().get('tthcc.site').create([{
                    'name': "Trụ sở", 'centre': centre.id,
                    'area': 60 + 5 * number,
                    'start_date': dt.date(2018, 1, 1),
                    'zones': [('create', [{
                                    'name': "Tiếp nhận", 'kind': 'reception',
                                    'area': 50,
                                    'start_date': dt.date(2018, 1, 1)}])],
                    }])
    create_user('manager', ['facility_manager'], company, centre)
    create_user(
        'province', ['facility_manager', 'budget_planner'], company,
        companies=[('add', companies)], company_filter='all')


def fill(cursor, items):
    "Items of all types and ages, each inspected twice a year"
    cursor.execute(
        "INSERT INTO tthcc_equipment (tag, type, model, company, centre, "
        "employee, purchase_date, value, condition, condition_since, "
        "life_end, next_inspection, search_text) "
        "SELECT 'TB' || lpad(n::text, 7, '0'), t.id, 'Model ' || n % 50, "
        "c.company, c.id, e.id, bought, 1000000 * (1 + n % 20), "
        "CASE WHEN n % 29 = 0 THEN 'out_of_order' WHEN n % 23 = 0 "
        "THEN 'damaged' WHEN n % 19 = 0 THEN 'disposed' "
        "WHEN n % 3 = 0 THEN 'worn' ELSE 'good' END, bought, "
        "bought + t.useful_life * interval '1 year', "
        "CASE WHEN n % 4 = 0 THEN current_date - 5 "
        "ELSE current_date + n % 300 END, 'tb' || n "
        "FROM (SELECT n, (current_date - n % 2900)::date AS bought "
        "FROM generate_series(1, %s) n) s "
        "JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS i, "
        "count(*) OVER () AS number FROM tthcc_equipment_type) t "
        "ON t.i = n %% t.number "
        "JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS i "
        "FROM tthcc_centre) c ON c.i = n %% 27 "
        "LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY centre "
        "ORDER BY id) - 1 AS i FROM company_employee) e "
        "ON e.centre = c.id AND e.i = n %% 40".replace(
            'n % ', 'n %% '), (items,))
    cursor.execute(
        "INSERT INTO tthcc_equipment_event "
        "(equipment, at, kind, condition, employee) "
        "SELECT e.id, now() - k * interval '6 months', 'inspection', "
        "e.condition, e.employee "
        "FROM tthcc_equipment e, generate_series(1, 10) k")
    cursor.execute(
        "INSERT INTO tthcc_equipment_spec (equipment, property, value) "
        "SELECT e.id, s.property, 4 * (1 + e.id % 4) "
        "FROM tthcc_equipment e JOIN (SELECT DISTINCT type, property "
        "FROM tthcc_equipment_type_specification) s ON s.type = e.type")


def ask():
    "Print how long each question takes, the first time and then"
    from trytond.pool import Pool
    from trytond.transaction import Transaction, check_access
    pool = Pool(NAME)

    def listed(model, fields, domain=(), order=None):
        return lambda: pool.get(model).search_read(
            list(domain), 0, LIMIT, order, fields)

    def newest(model, fields, domain=()):
        return lambda: pool.get(model).search_read(
            list(domain), 0, 80, None, fields)

    questions = [
        ("items, first screen", newest('tthcc.equipment', ITEM)),
        ("items that need attention, first screen", newest(
                'tthcc.equipment', ITEM, [('attention', '!=', None)])),
        ("items found by a word", newest(
                'tthcc.equipment', ITEM, [('rec_name', 'ilike', '%1234%')])),
        ("count of what needs attention", lambda: range(pool.get(
                    'tthcc.equipment').search_count(
                    [('attention', '!=', None)], 0, LIMIT))),
        ("conformity", listed(
                'tthcc.centre.conformity', ['centre.rec_name', 'area'])),
        ("gaps", listed('tthcc.equipment.gap', ['centre.rec_name'])),
        ("staff with computers", listed(
                'tthcc.centre.computers', [
                    'centre.rec_name', 'staff', 'equipped', 'rate'])),
        ]
    with Transaction().start(NAME, 0):
        users = {u.login: u.id for u in pool.get('res.user').search([])}
    print("| milliseconds | rows | first | median | most |")
    print("|---|---|---|---|---|")
    for login in ['province', 'manager']:
        for name, question in questions:
            times = []
            for _ in range(REPEAT):
                with Transaction().start(
                        NAME, users[login], readonly=True) as transaction:
                    context = pool.get('res.user').get_preferences(
                        context_only=True)
                    with transaction.set_context(context), check_access():
                        started = time.perf_counter()
                        rows = len(question())
                        times.append(1000 * (time.perf_counter() - started))
            print(f"| {name}, {login} | {rows} | {times[0]:.0f} "
                f"| {statistics.median(times):.0f} | {max(times):.0f} |",
                flush=True)


if __name__ == '__main__':
    main()
