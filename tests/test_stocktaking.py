# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
# The fixtures of tests/facility.py are imported
# ruff: noqa: F401, F811
"The yearly stock-taking, by scanning labels"
import datetime as dt

import pytest

from tests.facility import NOW, at_ten, districts, log_in, new_item, record
from tests.server import Refused
from trytond.modules.tthcc import clock


@pytest.fixture
def rooms(districts, start, pool):
    "Two rooms of district A"
    with start():
        site, = pool.get('tthcc.site').create([{
                    'name': "Trụ sở", 'centre': districts.a.centre,
                    'area': 100, 'start_date': dt.date(2015, 1, 1),
                    'zones': [('create', [{
                                    'name': name, 'kind': 'counters',
                                    'area': 40,
                                    'start_date': dt.date(2015, 1, 1),
                                    } for name in ["Phòng 1", "Phòng 2"]])],
                    }])
        return [z.id for z in site.zones]


def test_a_stock_taking(
        districts, rooms, log_in, new_item, record, start, pool):
    manager = log_in('facility_manager_a')
    found, moved, missing, lost = [
        new_item(zone=rooms[0]) for _ in range(4)]
    broken = new_item('printer')
    record(lost, 'loss', 'lost')
    record(broken, 'damage', 'damaged')
    with start():
        Equipment = pool.get('tthcc.equipment')
        foreign, = Equipment.create([{
                    'type': Equipment(found).type.id,
                    'centre': districts.b.centre,
                    'purchase_date': dt.date(2016, 1, 1),
                    }])
        tag = {i.id: i.tag for i in Equipment.browse(
                [found, moved, missing, lost, broken, foreign.id])}
        url = Equipment(found).label_url
        foreign = foreign.id

    taking, = manager.create('tthcc.stocktaking', {
            'centre': districts.a.centre, 'zone': rooms[0]})
    with pytest.raises(Refused, match="chưa quét"):
        manager.model('tthcc.stocktaking', 'submit', [taking])
    answers = []

    def scan(*codes):
        with manager.wizard(
                'tthcc.stocktaking.scan', 'tthcc.stocktaking',
                [taking]) as wizard:
            for code in codes:
                wizard.values['code'] = code
                wizard.execute('take')
                answers.append(wizard.values['answer'])

    scan(url, tag[found], f' {tag[lost]} ', tag[broken], tag[foreign],
        'X-1', '')
    manager.write('tthcc.stocktaking', [taking], {'zone': rooms[1]})
    scan(tag[moved])
    assert "Có mặt" in answers[0]
    assert "đã quét" in answers[1]
    assert "Của trung tâm khác" in answers[4]
    assert "Không có trong sổ" in answers[5]

    values, = manager.read('tthcc.stocktaking', [taking], [
            'expected', 'counted', 'differences'])
    assert values['expected'] == 4
    assert values['counted'] == 5
    manager.model('tthcc.stocktaking', 'submit', [taking])
    lines = manager.search('tthcc.stocktaking.line', [
            ('stocktaking', '=', taking)], ['tag', 'result'])
    assert {line['tag']: line['result'] for line in lines} == {
        tag[found]: 'found',
        tag[moved]: 'elsewhere',
        tag[missing]: 'missing',
        tag[lost]: 'elsewhere',
        tag[broken]: 'found',
        tag[foreign]: 'elsewhere',
        'X-1': 'unknown',
        }

    # Nothing has changed in the books before somebody else approves
    for client in [manager, log_in('director_b')]:
        with pytest.raises(Refused):
            client.model('tthcc.stocktaking', 'approve', [taking])
    with pytest.raises(Refused):
        manager.write('tthcc.stocktaking', [taking], {'note': "x"})
    with pytest.raises(Refused):
        manager.model('tthcc.stocktaking', 'delete', [taking])
    values = manager.read('tthcc.equipment', [missing, moved], [
            'condition', 'zone'])
    assert [v['condition'] for v in values] == ['good', 'good']

    with clock.moved_to(NOW + dt.timedelta(days=1)):
        log_in('director_a').model('tthcc.stocktaking', 'approve', [taking])
    values = {v['id']: v for v in manager.read(
            'tthcc.equipment', [found, moved, missing, lost, broken],
            ['condition', 'zone', 'events.kind', 'events.origin'])}
    assert [values[i]['condition']
        for i in [found, moved, missing, lost, broken]] == [
            'good', 'good', 'lost', 'good', 'damaged']
    assert values[moved]['zone'] == rooms[1]
    assert [values[i]['events.'][0]['kind']
        for i in [found, moved, missing, lost]] == [
            'intake', 'move', 'loss', 'found']
    assert values[missing]['events.'][0]['origin'] == (
        f'tthcc.stocktaking,{taking}')


def test_what_is_missing_may_be_looked_for(
        districts, log_in, new_item):
    items = [new_item('chair'), new_item('chair')]
    manager = log_in('facility_manager_a')
    taking, = manager.create('tthcc.stocktaking', {
            'centre': districts.a.centre})
    tags = [v['tag'] for v in manager.read(
            'tthcc.equipment', items, ['tag'])]
    with manager.wizard('tthcc.stocktaking.scan', 'tthcc.stocktaking',
            [taking]) as wizard:
        wizard.values['code'] = tags[0]
        wizard.execute('take')
    manager.model('tthcc.stocktaking', 'submit', [taking])
    manager.model('tthcc.stocktaking', 'count_again', [taking])
    with manager.wizard('tthcc.stocktaking.scan', 'tthcc.stocktaking',
            [taking]) as wizard:
        wizard.values['code'] = tags[1]
        wizard.execute('take')
    lines = manager.search('tthcc.stocktaking.line', [
            ('stocktaking', '=', taking)], ['result'])
    assert [line['result'] for line in lines] == ['found', 'found']


def test_stock_takings_are_the_centre_s_own(districts, log_in):
    manager = log_in('facility_manager_a')
    taking, = manager.create('tthcc.stocktaking', {
            'centre': districts.a.centre})
    other = log_in('facility_manager_b')
    assert not other.search('tthcc.stocktaking', [('id', '=', taking)])
    for try_ in [
            lambda: other.create('tthcc.stocktaking', {
                    'centre': districts.a.centre}),
            lambda: other.model('tthcc.stocktaking', 'cancel', [taking]),
            lambda: log_in('counter_officer_a').create('tthcc.stocktaking', {
                    'centre': districts.a.centre}),
            lambda: manager.create('tthcc.stocktaking.line', {
                    'stocktaking': taking, 'tag': 'x', 'result': 'found'}),
            ]:
        with pytest.raises(Refused):
            try_()
