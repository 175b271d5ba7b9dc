# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Nobody gets at the staff of others, on the demo"
import pytest

from demo.load import load
from demo.logins import PASSWORD
from tests.server import Refused
from trytond.model.exceptions import AccessError
from trytond.transaction import without_check_access

# Of people
OWN = [
    'tthcc.secondment', 'tthcc.leave', 'tthcc.presence', 'attendance.line',
    'tthcc.staffing.statement', 'tthcc.staffing.remark']
# Clients reach them through their posting only
LINKS = [
    'tthcc.secondment-tthcc.procedure.field',
    'tthcc.secondment-tthcc.procedure', 'tthcc.secondment-substitute']
PARTS = [
    'tthcc.secondment.slot', 'tthcc.secondment.period',
    'tthcc.secondment.extension', 'tthcc.roster', 'tthcc.roster.duty',
    'tthcc.staffing.recommendation', 'tthcc.staffing.outcome',
    'tthcc.staffing.statement.line', 'tthcc.staffing.remark.line']
SETTINGS = {
    'tthcc.allowance': {'amount': 30_000},
    'tthcc.remark.criterion': {'most': 20},
    'tthcc.staffing.standard': {'wait_minutes': 20},
    'tthcc.secondment.rule': {'severity': 'warning'},
    }


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


@pytest.fixture(scope='module', autouse=True)
def posting(database):
    "A posting under way with all its parts"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        pool = Pool()
        Procedure = pool.get('tthcc.procedure')
        Secondment = pool.get('tthcc.secondment')
        User = pool.get('res.user')
        director, = User.search([('login', '=', 'director.thieuhoa')])
        posting = Secondment.search([
                ('centre', '=', director.employee.centre.id),
                ('state', '=', 'active'), ('substitutes', '!=', None),
                ], limit=1)[0]
        procedure, = Procedure.search([], limit=1)
        days = {
            'start_date': posting.start_date, 'end_date': posting.end_date}
        Secondment.write([posting], {
                'procedures': [('add', [procedure.id])],
                'procedure_fields': [('add', [procedure.field.id])],
                'periods': [('create', [days])],
                'extensions': [('create', [{
                                'decision_number': "7/QĐ-UBND",
                                'decision_date': posting.start_date,
                                'old_end': posting.start_date,
                                'new_end': posting.end_date}])],
                })
        return posting.id


def ids(client, model, domain=()):
    return [r['id'] for r in client.search(model, list(domain))]


@pytest.mark.parametrize('model', OWN + PARTS)
def test_another_district_sees_and_changes_nothing(rpc, model):
    records = ids(rpc('director.thieuhoa', PASSWORD), model)
    assert records
    for login in [
            'director.hacthanh', 'leader.samson', 'officer.hacthanh',
            'coordinator.hacthanh']:
        other = rpc(login, PASSWORD)
        try:
            assert not ids(other, model, [('id', 'in', records)])
        except Refused:
            # The role sees none at all
            pass
        for refused in [
                lambda: other.read(model, records[:1], ['create_date']),
                lambda: other.model(model, 'delete', records[:1])]:
            with pytest.raises(Refused):
                refused()


@pytest.mark.parametrize('model', OWN)
def test_a_person_sees_no_colleague(rpc, model):
    officer = rpc('officer.thieuhoa', PASSWORD)
    own, = officer.read('res.user', [officer.user], ['employee'])
    employees = {
        r['employee'] for r in officer.search(model, [], ['employee'])}
    assert employees <= {own['employee']}
    director = rpc('director.thieuhoa', PASSWORD)
    others = ids(director, model, [('employee', '!=', own['employee'])])
    assert others
    with pytest.raises(Refused):
        officer.read(model, others[:1], ['employee'])


@pytest.mark.parametrize('model', [
        'tthcc.secondment', 'tthcc.staffing.statement',
        'tthcc.staffing.remark', 'tthcc.staffing.recommendation'])
def test_a_department_sees_its_own_people(rpc, model):
    coordinator = rpc('coordinator.thieuhoa', PASSWORD)
    found = {
        r['department']
        for r in coordinator.search(model, [], ['department'])}
    director = rpc('director.thieuhoa', PASSWORD)
    others = ids(director, model, [('department', 'not in', list(found))])
    assert len(found) <= 1 and others
    with pytest.raises(Refused):
        coordinator.read(model, others[:1], ['department'])


@pytest.mark.parametrize('model', LINKS)
def test_parts_change_with_their_posting_only(
        rpc, start, pool, posting, model):
    Link = pool.get(model)
    links = [('secondment', '=', posting)]
    for login, sees in [
            ('director.thieuhoa', True), ('director.hacthanh', False)]:
        user = rpc(login, PASSWORD).user
        with start(user, context={'_check_access': True}) as transaction:
            found = Link.search(links)
            assert bool(found) == sees
            with without_check_access():
                found = Link.search(links)
            with pytest.raises(AccessError):
                Link.delete(found)
            transaction.rollback()


@pytest.mark.parametrize('model', SETTINGS)
@pytest.mark.parametrize('login', [
        'officer.thieuhoa', 'coordinator.thieuhoa', 'director.thieuhoa',
        'supervisor'])
def test_only_administrators_change_settings(rpc, model, login):
    records = ids(rpc('administrator', PASSWORD), model)
    assert records
    with pytest.raises(Refused):
        rpc(login, PASSWORD).write(model, records[:1], SETTINGS[model])


@pytest.mark.parametrize('model', SETTINGS)
def test_administrators_change_what_is_shipped(rpc, model):
    administrator = rpc('administrator', PASSWORD)
    record, = ids(administrator, model)[:1]
    (name, value), = SETTINGS[model].items()
    administrator.write(model, [record], {name: value})
    assert administrator.read(model, [record], [name])[0][name] == value
