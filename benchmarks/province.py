# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A province with many dossiers, copied with SQL from a few real ones"""
import contextlib
import datetime as dt
from itertools import permutations, product
from types import SimpleNamespace

from benchmarks import database
from trytond.modules.tthcc.search import fold
from trytond.modules.tthcc.tests.tools import create_department, create_user
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool
from trytond.transaction import Transaction

OFFICES = 10
PROCEDURES = 20
# Of closed dossiers of the last procedure another department resolves all,
# and that of the others assists in one of so many
ASSISTED = 25
# The first id of copies
FIRST = 1_000_000
DOSSIERS_PER_PARTY = 4
# One dossier of so many has fees and notices, to save room
WITH_FEE = 10
# Dossiers that are copied in one go
CHUNK = 200_000
_REST = [
    'tthcc_dossier_applicant', 'tthcc_dossier_paper', 'tthcc_dossier_step',
    'tthcc_dossier_fee', 'tthcc_dossier_notice', 'party_party',
    'party_identifier']
# The states of a hundred dossiers of a centre, and the buttons to them
MIX = {
    'overdue': (1, ['register', 'pass_on']),
    'processing': (1, ['register', 'pass_on', 'complete_step']),
    'received': (1, ['register']),
    'resolved': (1, ['register', 'pass_on', 'complete_step', 'resolve']),
    'returned': (96, [
            'register', 'pass_on', 'complete_step', 'resolve', 'return_']),
    }
SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Hồ Ngô Dương".split()
MIDDLES = "Văn Thị Đức Hữu Ngọc Thanh Minh Quốc Xuân Thu".split()
GIVEN = (
    "An Ân Bình Cường Dũng Đạt Giang Hà Hải Hạnh Hiếu Hoa Hòa Huệ Hùng "
    "Hương Khánh Lan Lâm Linh Long Mai Nam Nga Nhung Oanh Phúc Phượng "
    "Quân Quỳnh Sơn Tâm Thảo Thắng Thủy Trang Tuấn Vân Việt Yến").split()


def values_of(office, procedure, **values):
    "The values of a new dossier with three papers, its applicant to be told"
    applicant = {'name': "Nguyễn Văn Ân", 'email': 'an@example.com'}
    values = {
        **new_dossier(office, procedure),
        'applicants': [('create', [applicant])],
        **values}
    (_, papers), = values['papers']
    papers.append({'name': "Sổ hộ khẩu", 'received': True})
    return values


def make(name):
    "Make the offices in the database, and return them"
    Pool(name).init()
    with Transaction().start(name, 0):
        offices = build()
    database.close(name)
    return offices


def build():
    """Make offices with a dossier in each state of the mix

    Return of each who works there and the values of a new dossier."""
    pool = Pool()
    CentreProcedure = pool.get('tthcc.centre.procedure')
    Dossier = pool.get('tthcc.dossier')
    Party = pool.get('party.party')
    procedure, *others = [
        create_procedure(f'1.{n:06}') for n in range(1, PROCEDURES + 1)]
    offices = [
        create_office(f'o{n}_', f"UBND huyện {n}", [procedure, *others])
        for n in range(1, OFFICES + 1)]
    create_user(
        'supervisor', ['supervisor'], offices[0].company,
        companies=[('add', [o.company.id for o in offices])],
        company_filter='all', employees=[], employee=None)
    for office in offices:
        create_department(office.company, 'land')
        employee = office.users['officer'].employee
        for state, (_, buttons) in MIX.items():
            party = Party.record(
                office.company, "Nguyễn Văn Ân", '001099000001')
            with Transaction().set_context(employee=employee.id):
                dossier, = Dossier.create([values_of(
                            office, procedure,
                            applicants=[('create', [{
                                        'party': party.id,
                                        'name': party.name,
                                        'identity_number': '001099000001',
                                        'phone': '0912000001',
                                        }])],
                            note=state)])
                for button in buttons:
                    getattr(Dossier, button)([dossier])
    return [
        SimpleNamespace(
            logins={
                role: office.users[role].login
                for role in ['officer', 'processor', 'leader']},
            centre=office.centre.id,
            company=office.company.id,
            offer=CentreProcedure.search([
                    ('centre', '=', office.centre.id),
                    ('procedure', '=', procedure.id)])[0].id,
            values=values_of(office, procedure))
        for office in offices]


def fill(cursor, total, open_=None, days=720, rest=True, progress=None):
    """Bring the offices to total dossiers

    By default 4 of 100 are not closed; else as many as open_, however many
    there are in all.  The closed ones go back over so many days.  Without
    rest, dossiers alone are copied.  What progress makes of a total is told
    how many dossiers have been added.

    Copies differ from their original in code, applicant and moments, and are
    the later the greater their id is."""
    tables = ['tthcc_dossier', *(_REST if rest else [])]
    prepare(cursor, tables)
    parties = max(total // DOSSIERS_PER_PARTY // OFFICES, 1) * OFFICES
    bar = progress(total) if progress else None
    done = 0
    for state, count in amounts(total, open_).items():
        for start in range(0, count, CHUNK):
            stop = min(start + CHUNK, count)
            choose(cursor, state, start, stop, count, done, parties, days)
            copy_dossiers(cursor)
            if rest:
                copy_rest(cursor, parties)
            done += stop - start
            if bar is not None:
                bar.update(stop - start)
    for table in tables:
        cursor.execute(
            f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    cursor.execute("SET session_replication_role = DEFAULT")


def amounts(total, open_=None):
    "Return how many dossiers there are by state, the closed ones first"
    closed = 'returned'
    counts = {}
    for state, (share, _) in MIX.items():
        if open_ is None:
            counts[state] = total * share // 100
        elif state != closed:
            counts[state] = open_ // (len(MIX) - 1)
    counts.pop(closed, None)
    return {closed: total - sum(counts.values()), **counts}


def prepare(cursor, tables):
    "Make the tables that the copies are chosen from"
    cursor.execute("SET session_replication_role = replica")
    middles = [*MIDDLES, *map(' '.join, permutations(MIDDLES, 2))]
    names = [' '.join(n) for n in product(SURNAMES, middles, GIVEN)]
    cursor.execute(
        "CREATE TEMP TABLE person AS "
        "SELECT * FROM unnest(%s::int[], %s::text[], %s::text[]) "
        "AS person(number, name, folded)",
        [list(range(len(names))), names, [fold(n) for n in names]])
    cursor.execute(
        "INSERT INTO tthcc_dossier_applicant_name (name) "
        "SELECT DISTINCT folded FROM person ON CONFLICT DO NOTHING")
    cursor.execute(
        "CREATE TEMP TABLE kind AS "
        "SELECT row_number() OVER (ORDER BY r.id) - 1 AS number, "
        "r.procedure, r.id AS revision, c.id AS case "
        "FROM tthcc_procedure_revision r "
        "JOIN tthcc_procedure_case c ON c.revision = r.id")
    # Dossiers by state and office
    cursor.execute(
        "CREATE TEMP TABLE original AS SELECT d.id, a.party, d.note AS state, "
        "row_number() OVER (PARTITION BY d.note ORDER BY d.id) - 1 AS number, "
        "d.lead_department AS lead, (SELECT max(id) FROM tthcc_department "
        "WHERE company = d.company) AS other "
        "FROM tthcc_dossier d "
        "JOIN tthcc_dossier_applicant a ON a.dossier = d.id")
    for table in tables:
        cursor.execute(
            f"CREATE TEMP TABLE original_{table} AS SELECT * FROM {table}")
    cursor.execute(
        "CREATE TEMP TABLE copy (original INT, original_party INT, "
        "id INT, n INT, party INT, name VARCHAR, folded VARCHAR, "
        "shift INTERVAL, procedure INT, revision INT, procedure_case INT, "
        "lead INT, assisting INT)")


def choose(cursor, state, start, stop, count, before, parties, days):
    """Choose what is copied: from start to stop of count in the state, after
    others, of each office in turn"""
    # The closed ones go far back, the overdue ones began a month ago, the
    # others today
    newest, between = {
        'overdue': (dt.timedelta(days=30), dt.timedelta(minutes=1)),
        'returned': (dt.timedelta(days=10), dt.timedelta(days=days) / count),
        }.get(state, (dt.timedelta(0), dt.timedelta(seconds=1)))
    cursor.execute("TRUNCATE copy")
    cursor.execute(
        "INSERT INTO copy "
        "SELECT o.id, o.party, %(first)s + n, n, n %% %(parties)s, "
        "p.name, p.folded, "
        "%(newest)s + %(between)s * (%(oldest)s - n), "
        "k.procedure, k.revision, k.case, "
        "CASE WHEN elsewhere THEN o.other ELSE o.lead END, "
        "CASE WHEN elsewhere AND n / %(offices)s / %(procedures)s "
        "%% %(assisted)s = 0 THEN o.lead END "
        "FROM generate_series(%(from)s, %(to)s - 1) n "
        "JOIN original o "
        "ON o.state = %(state)s AND o.number = n %% %(offices)s "
        "JOIN person p ON p.number = "
        "(n %% %(parties)s::bigint / %(offices)s * 7919 "
        "+ n %% %(offices)s * 977) %% (SELECT count(*) FROM person) "
        "JOIN kind k ON k.number = n / %(offices)s %% %(procedures)s "
        "CROSS JOIN LATERAL (SELECT o.state = 'returned' "
        "AND k.number = %(procedures)s - 1 AS elsewhere) e "
        "ORDER BY n", {
            'state': state, 'from': before, 'to': before + stop - start,
            'oldest': before - start + count, 'first': FIRST,
            'newest': newest, 'between': between, 'parties': parties,
            'offices': OFFICES, 'procedures': PROCEDURES,
            'assisted': ASSISTED})


def copy_dossiers(cursor):
    # A number of the day that no other dossier of the office has
    code = (
        "split_part(t.code, '-', 1) || to_char(t.received_at - c.shift "
        "+ interval '7 hours', '-YYMMDD-') "
        f"|| 10000 + c.n / {OFFICES} % 80000")
    copy(cursor, 'tthcc_dossier', 't.id = c.original',
        id='c.id', code=code, note='NULL', procedure='c.procedure',
        revision='c.revision', case='c.procedure_case',
        applicant_name='c.name', search_text='c.folded',
        lead_department='c.lead', assisting_department='c.assisting',
        **{f'{name}_month': month(f't.{source} - c.shift')
            for name, source in [
                ('received', 'received_at'), ('finished', 'finished_at'),
                ('due', 'due')]})


def month(moment):
    "Return the SQL of the local month of a moment"
    return f"to_char({moment} + interval '7 hours', 'YYYYMM')::int"


def copy_rest(cursor, parties):
    "Copy what belongs to the dossiers, a party at its first one"
    identity = '(101099000000 + c.party)::text'
    party = f'{FIRST} + c.party'
    of_dossier = 't.dossier = c.original'
    approval = "t.work = 'approval'"
    of_party = f'c.n < {parties} AND t.%s = c.original_party'
    copy(cursor, 'tthcc_dossier_applicant', of_dossier,
        dossier='c.id', name='c.name', party=party, identity_number=identity,
        phone="'09' || lpad((20000000 + c.party)::text, 8, '0')")
    copy(cursor, 'tthcc_dossier_paper', of_dossier, dossier='c.id')
    copy(cursor, 'tthcc_dossier_step', of_dossier,
        dossier='c.id', department=f'CASE WHEN {approval} THEN c.assisting '
        'WHEN t.department IS NOT NULL THEN c.lead END')
    some = f'{of_dossier} AND c.id % {WITH_FEE} = 0'
    copy(cursor, 'tthcc_dossier_fee', some, dossier='c.id')
    copy(cursor, 'tthcc_dossier_notice', some,
        dossier='c.id', state="'sent'", next_try='NULL')
    copy(cursor, 'party_party', of_party % 'id',
        id=party, code=f'({party})::text', name='c.name',
        search_text='c.folded')
    copy(cursor, 'party_identifier', of_party % 'party',
        party=party, code=identity, code_compact=identity)


def copy(cursor, table, on, **values):
    """Copy the rows of the table that belong to the original dossiers

    The moments of a copy lie earlier by its shift."""
    expressions = {}
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s "
        "AND is_generated = 'NEVER'", [table])
    for name, type_ in cursor.fetchall():
        if name in values:
            expressions[name] = values[name]
        elif name != 'id':
            expressions[name] = f't."{name}"'
            if type_.startswith('timestamp'):
                expressions[name] += ' - c.shift'
    names = ', '.join(f'"{n}"' for n in expressions)
    cursor.execute(
        f"INSERT INTO {table} ({names}) "
        f"SELECT {', '.join(expressions.values())} "
        f"FROM copy c JOIN original_{table} t ON {on} ORDER BY c.n")


def copy_to_yardstick(cursor):
    "Give the yardstick the same rows"
    for source, target in [
            ('tthcc_dossier', 'yardstick_dossier'),
            ('tthcc_dossier_paper', 'yardstick_paper')]:
        columns = []
        for table in [source, target]:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_name = %s ORDER BY column_name", [table])
            columns.append([name for name, in cursor.fetchall()])
        assert columns[0] == columns[1], columns
        names = ', '.join(f'"{n}"' for n in columns[0])
        cursor.execute(
            f"INSERT INTO {target} ({names}) "
            f"SELECT {names} FROM {source} ORDER BY id")
        cursor.execute(
            f"SELECT setval('{target}_id_seq', "
            f"(SELECT max(id) FROM {target}))")


@contextlib.contextmanager
def without_indexes(cursor, progress):
    "Drop the indexes that do not serve the copying, and make them again"
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique "
        "ORDER BY i.indrelid, c.relname", [['tthcc_dossier', *_REST]])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, definition in progress(indexes):
        cursor.execute(definition)
