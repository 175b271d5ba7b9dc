# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Nobody gets at the staff of others, on the demo"
import pytest

from demo.load import load
from demo.logins import PASSWORD
from tests.server import Refused

# Of people
OWN = [
    'tthcc.secondment', 'tthcc.leave', 'tthcc.presence', 'attendance.line',
    'tthcc.staffing.statement', 'tthcc.staffing.remark']
PARTS = [
    'tthcc.secondment.slot', 'tthcc.roster', 'tthcc.roster.duty',
    'tthcc.staffing.recommendation', 'tthcc.staffing.outcome',
    'tthcc.staffing.statement.line', 'tthcc.staffing.remark.line']
SETTINGS = [
    'tthcc.allowance', 'tthcc.remark.criterion', 'tthcc.staffing.standard',
    'tthcc.secondment.rule']


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


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


@pytest.mark.parametrize('model', SETTINGS)
@pytest.mark.parametrize('login', [
        'officer.thieuhoa', 'coordinator.thieuhoa', 'director.thieuhoa',
        'supervisor'])
def test_only_administrators_change_settings(rpc, model, login):
    records = ids(rpc('administrator', PASSWORD), model)
    assert records
    with pytest.raises(Refused):
        rpc(login, PASSWORD).model(model, 'delete', records[:1])
