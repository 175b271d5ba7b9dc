# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The rooms of centres against the standard of their level and time"
import datetime as dt
from io import BytesIO
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.server import Refused
from trytond.modules.tthcc.tests.tools import (
    PASSWORD, create_centre, create_committee, create_user)

MODELS = [
    'tthcc.site', 'tthcc.zone', 'tthcc.centre.conformity']
START = dt.date(2016, 1, 1)


@pytest.fixture(scope='module')
def districts(database):
    from trytond.transaction import Transaction
    districts = {}
    with Transaction().start(database, 1):
        for key, name in [
                ('langchanh', "huyện Lang Chánh"),
                ('samson', "thành phố Sầm Sơn"),
                ('hacthanh', "phường Hạc Thành")]:
            company = create_committee(f"UBND {name}")
            if key == 'hacthanh':
                centre = create_centre(company, level='commune', year=2025)
            else:
                centre = create_centre(company)
            create_user(
                f'facility.{key}', ['facility_manager'], company, centre)
            create_user(f'officer.{key}', ['counter_officer'], company, centre)
            create_user(f'leader.{key}', ['leader'], company)
            districts[key] = SimpleNamespace(
                company=company.id, centre=centre.id)
        create_user(
            'supervisor', ['supervisor'], company,
            companies=[('add', [d.company for d in districts.values()])],
            company_filter='all')
        create_user('administrator', ['administrator'], company)
    return SimpleNamespace(**districts)


@pytest.fixture(scope='module')
def sites(districts, server):
    "The sites of the centres, made by their facility managers"
    def make(key, area, zones, **values):
        manager = server.client(f'facility.{key}', PASSWORD)
        site, = manager.create('tthcc.site', {
                'name': "Trụ sở",
                'centre': getattr(districts, key).centre,
                'area': area,
                'start_date': START,
                'zones': [('create', [
                            {'name': name, 'kind': kind, 'area': size,
                                'start_date': START}
                            for name, kind, size in zones])],
                **values,
                })
        return site
    return SimpleNamespace(
        langchanh=make('langchanh', 60., [
                ("Phòng tiếp nhận", 'counters', 38.),
                ("Chỗ ngồi chờ", 'waiting', 22.)],
            shared_with="Văn phòng HĐND – UBND huyện"),
        samson=make('samson', 199., [
                ("Sảnh tiếp nhận", 'counters', 72.),
                ("Khu chờ", 'waiting', 96.),
                ("Kho lưu trữ", 'archive', 30.4)]),
        hacthanh=make('hacthanh', 64., [
                ("Quầy giao dịch", 'counters', 36.),
                ("Khu chờ", 'waiting', 24.)]))


def conformity(client, centre, **context):
    row, = client.search(
        'tthcc.centre.conformity', [('centre', '=', centre)], [
            'area', 'shared_area', 'waiting_area', 'minimum', 'maximum',
            'shortfall', 'shortfall_share', 'state', 'standard.start_date'],
        **context)
    return row


def test_province_sees_who_meets_the_standard(districts, sites, rpc):
    supervisor = rpc('supervisor', PASSWORD)

    langchanh = conformity(supervisor, districts.langchanh.centre)
    samson = conformity(supervisor, districts.samson.centre)
    hacthanh = conformity(supervisor, districts.hacthanh.centre)

    assert (langchanh['area'], langchanh['minimum']) == (60, 80)
    assert langchanh['shared_area'] == 60
    assert langchanh['shortfall'] == 20
    assert langchanh['shortfall_share'] == pytest.approx(.25)
    assert langchanh['state'] == 'below'
    assert (samson['area'], samson['maximum']) == (198.4, 150)
    assert samson['shared_area'] == samson['shortfall'] == 0
    assert samson['state'] == 'above'
    # Of 60 m² half would have to be for waiting
    assert (hacthanh['minimum'], hacthanh['waiting_area']) == (40, 24)
    assert hacthanh['state'] == 'crowded'


def test_conformity_is_printed_and_given_as_a_spreadsheet(
        districts, sites, rpc):
    supervisor = rpc('supervisor', PASSWORD)
    ids = [districts.langchanh.centre, districts.samson.centre]
    files = {}
    for action in supervisor.search(
            'ir.action.report', [('model', '=', 'tthcc.centre.conformity')],
            ['report_name']):
        extension, content, *_ = supervisor.report(
            action['report_name'], ids, {
                'model': 'tthcc.centre.conformity',
                'action_id': action['id']})
        files[extension] = BytesIO(content)

    text = ' '.join(PdfReader(files['pdf']).pages[0].extract_text().split())
    assert "60,0 80,0 20,0 25 37 Dưới định mức" in text
    assert "Cộng 258,4 20,0" in text
    head, langchanh, samson = load_workbook(files['xlsx']).active.values
    assert head[1:4] == (
        "Đang sử dụng (m²)", "Tối thiểu (m²)", "Còn thiếu (m²)")
    assert langchanh[1:5] == (60, 80, 20, 25)
    assert samson[1] == 198.4 and samson[-1] == "Trên định mức"
    with pytest.raises(Refused):
        rpc('officer.samson', PASSWORD).report('tthcc.listing', ids[:1], {
                'model': 'tthcc.centre.conformity'})


def test_conformity_is_of_its_day(districts, sites, rpc):
    supervisor = rpc('supervisor', PASSWORD)

    before = conformity(
        supervisor, districts.langchanh.centre, date=dt.date(2015, 12, 31))
    early = conformity(
        supervisor, districts.samson.centre, date=dt.date(2017, 1, 1))

    assert (before['area'], before['state']) == (0, 'unmeasured')
    # The standard of then had no maximum but a share for waiting
    assert early['standard.']['start_date'] == dt.date(2015, 5, 15)
    assert early['maximum'] is None
    assert early['state'] == 'crowded'


def test_a_new_room_counts_from_its_first_day(districts, sites, rpc):
    manager = rpc('facility.langchanh', PASSWORD)
    centre = districts.langchanh.centre
    manager.write('tthcc.site', [sites.langchanh], {'area': 85.})
    zone, = manager.create('tthcc.zone', {
            'site': sites.langchanh, 'name': "Phòng mới", 'kind': 'reception',
            'area': 25., 'start_date': dt.date(2019, 3, 1)})

    before = conformity(manager, centre, date=dt.date(2019, 2, 28))
    after = conformity(manager, centre, date=dt.date(2019, 3, 1))
    manager.model('tthcc.zone', 'delete', [zone])
    manager.write('tthcc.site', [sites.langchanh], {'area': 60.})

    assert (before['area'], before['state']) == (60, 'below')
    assert (after['area'], after['state']) == (85, 'within')


def test_new_standard_is_data(districts, sites, rpc):
    administrator = rpc('administrator', PASSWORD)
    standard, = administrator.create('tthcc.area_standard', {
            'level': 'commune', 'start_date': dt.date(2027, 1, 1),
            'minimum': 70., 'legal_basis': "Quyết định thử nghiệm"})
    supervisor = rpc('supervisor', PASSWORD)

    before = conformity(
        supervisor, districts.hacthanh.centre, date=dt.date(2026, 12, 31))
    after = conformity(
        supervisor, districts.hacthanh.centre, date=dt.date(2027, 1, 1))
    with pytest.raises(Refused) as refused:
        administrator.create('tthcc.area_standard', {
                'level': 'commune', 'start_date': dt.date(2027, 1, 1),
                'minimum': 90., 'legal_basis': "Quyết định khác"})
    administrator.model('tthcc.area_standard', 'delete', [standard])

    assert before['state'] == 'crowded'
    assert (after['shortfall'], after['state']) == (10, 'below')
    assert "định mức" in refused.value.message


def test_readiness_counts_the_area(districts, sites, rpc):
    supervisor = rpc('supervisor', PASSWORD)

    rows = supervisor.search(
        'tthcc.centre.readiness', [('criterion', '=', 'area')],
        ['centre', 'actual', 'required', 'met'])

    assert {r['centre']: (r['actual'], r['required'], r['met'])
        for r in rows} == {
            districts.langchanh.centre: (60, 80, False),
            districts.samson.centre: (198, 80, True),
            districts.hacthanh.centre: (60, 40, True)}


@pytest.mark.parametrize('values, told', [
        ({'area': -5.}, "Diện tích"),
        ({'area': 5., 'start_date': dt.date(2015, 1, 1)}, "thời gian"),
        ({'area': 5., 'end_date': dt.date(2015, 1, 1)}, "Đến"),
        ({'area': 22.}, "60"),
        ])
def test_zone_must_fit_its_site(districts, sites, rpc, values, told):
    manager = rpc('facility.langchanh', PASSWORD)

    with pytest.raises(Refused) as refused:
        manager.create('tthcc.zone', {
                'site': sites.langchanh, 'name': "Phòng thêm",
                'kind': 'other', 'start_date': START, **values})

    assert told in refused.value.message


def test_site_cannot_shrink_below_its_rooms(districts, sites, rpc):
    manager = rpc('facility.langchanh', PASSWORD)

    with pytest.raises(Refused) as refused:
        manager.write('tthcc.site', [sites.langchanh], {'area': 59.})
    assert "60,0" in refused.value.message
    with pytest.raises(Refused):
        manager.write('tthcc.site', [sites.langchanh], {
                'end_date': dt.date(2015, 1, 1)})


@pytest.mark.parametrize('model', MODELS)
def test_other_centres_read_nothing(districts, sites, rpc, model):
    own = rpc('officer.langchanh', PASSWORD).search(model, [])
    other = rpc('officer.samson', PASSWORD)

    assert own
    assert not {r['id'] for r in own} & {
        r['id'] for r in other.search(model, [])}
    with pytest.raises(Refused):
        other.read(model, [own[0]['id']], ['centre'])


@pytest.mark.parametrize('login', [
        'facility.samson', 'officer.langchanh', 'leader.langchanh'])
def test_only_the_manager_of_the_centre_changes_rooms(
        districts, sites, rpc, login):
    client = rpc(login, PASSWORD)

    with pytest.raises(Refused):
        client.write('tthcc.site', [sites.langchanh], {'name': "Khác"})
    with pytest.raises(Refused):
        client.create('tthcc.site', {
                'name': "Trụ sở 2", 'centre': districts.langchanh.centre,
                'area': 10., 'start_date': START})


def test_only_the_administrator_changes_standards(districts, rpc):
    manager = rpc('facility.langchanh', PASSWORD)

    with pytest.raises(Refused):
        manager.create('tthcc.area_standard', {
                'level': 'district', 'start_date': START, 'minimum': 1.,
                'legal_basis': "Không có"})
