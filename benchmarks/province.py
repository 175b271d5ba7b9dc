# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A province with many dossiers, copied with SQL from a few real ones"""
import datetime as dt
from itertools import product
from types import SimpleNamespace

from trytond.modules.tthcc.search import fold
from trytond.modules.tthcc.tests.tools import create_user
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool
from trytond.transaction import Transaction

OFFICES = 10
PROCEDURES = 20
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
    "The values of a new dossier with three papers"
    values = new_dossier(office, procedure, **values)
    (_, papers), = values['papers']
    papers.append({'name': "Sổ hộ khẩu", 'received': True})
    return values


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


def fill(cursor, total):
    "Bring the offices to total dossiers and the yardstick to the same"
    copy_dossiers(cursor, total)
    copy_rest(cursor)


def copy_dossiers(cursor, total):
    """Bring the offices to total dossiers, without what belongs to them

    Copies differ from their original in code, applicant and moments."""
    cursor.execute("SET session_replication_role = replica")
    names = [' '.join(n) for n in product(SURNAMES, MIDDLES, GIVEN)]
    cursor.execute(
        "CREATE TEMP TABLE person AS "
        "SELECT * FROM unnest(%s::int[], %s::text[], %s::text[]) "
        "AS person(number, name, folded)",
        [list(range(len(names))), names, [fold(n) for n in names]])
    cursor.execute(
        "CREATE TEMP TABLE kind AS "
        "SELECT row_number() OVER (ORDER BY r.id) - 1 AS number, "
        "r.procedure, r.id AS revision, c.id AS case "
        "FROM tthcc_procedure_revision r "
        "JOIN tthcc_procedure_case c ON c.revision = r.id")
    cursor.execute(
        "CREATE TEMP TABLE copy (original INT, party INT, id INT, n INT, "
        "name VARCHAR, folded VARCHAR, shift INTERVAL, "
        "procedure INT, revision INT, procedure_case INT)")
    cursor.execute(
        "SELECT d.id, a.party, d.note FROM tthcc_dossier d "
        "JOIN tthcc_dossier_applicant a ON a.dossier = d.id ORDER BY d.id")
    originals = cursor.fetchall()
    first = max(id for id, *_ in originals) + 1
    n = 0
    for id, party, state in originals:
        share, _ = MIX[state]
        count = total // OFFICES * share // 100
        # The finished ones go back over two years, the overdue ones began
        # a month ago, the others today
        start, step = {
            'overdue': (dt.timedelta(days=30), dt.timedelta(minutes=1)),
            'returned': (
                dt.timedelta(days=10), dt.timedelta(days=720) / count),
            }.get(state, (dt.timedelta(0), dt.timedelta(seconds=1)))
        cursor.execute(
            "INSERT INTO copy "
            "SELECT %s, %s, %s + n, n, name, folded, %s + %s * (n - %s), "
            "k.procedure, k.revision, k.case "
            "FROM generate_series(%s, %s - 1) n "
            "JOIN person ON person.number = (n::bigint * 7919) %% %s "
            "JOIN kind k ON k.number = n %% %s",
            [id, party, first, start, step, n, n, n + count, len(names),
                PROCEDURES])
        n += count
    code = "left(t.code, -4) || lpad((10000 + c.n)::text, 7, '0')"
    copy(cursor, 'tthcc_dossier', 't.id = c.original',
        id='c.id', code=code, note='NULL', procedure='c.procedure',
        revision='c.revision', case='c.procedure_case',
        applicant_name='c.name',
        search_text=f"lower({code}) || ' ' || c.folded",
        **{f'{name}_month': month(f't.{source} - c.shift')
            for name, source in [
                ('received', 'received_at'), ('finished', 'finished_at'),
                ('due', 'due')]})


def month(moment):
    "Return the SQL of the local month of a moment"
    return f"to_char({moment} + interval '7 hours', 'YYYYMM')::int"


def copy_rest(cursor):
    "Copy what belongs to the dossiers, and the yardstick"
    identity = "(101099000000 + c.n)::text"
    party = 'c.id + 1000000'
    of_dossier = 't.dossier = c.original'
    copy(cursor, 'tthcc_dossier_applicant', of_dossier,
        dossier='c.id', name='c.name', party=party, identity_number=identity,
        phone="'09' || lpad((20000000 + c.n)::text, 8, '0')")
    copy(cursor, 'tthcc_dossier_paper', of_dossier, dossier='c.id')
    copy(cursor, 'tthcc_dossier_step', of_dossier, dossier='c.id')
    copy(cursor, 'ir_model_log',
        "t.resource = 'tthcc.dossier,' || c.original",
        resource="'tthcc.dossier,' || c.id")
    copy(cursor, 'party_party', 't.id = c.party',
        id=party, code=f'({party})::text', name='c.name',
        search_text='c.folded')
    copy(cursor, 'party_identifier', 't.party = c.party',
        party=party, code=identity, code_compact=identity)
    copy_to_yardstick(cursor)
    for table in ['tthcc_dossier', 'party_party']:
        cursor.execute(
            f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    cursor.execute("SET session_replication_role = DEFAULT")


def copy(cursor, table, on, **values):
    """Copy the rows of the table that belong to the original dossiers

    The moments of a copy lie earlier by its shift."""
    expressions = {}
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = %s AND is_generated = 'NEVER'", [table])
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
        f"FROM {table} t JOIN copy c ON {on} ORDER BY c.n")


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
