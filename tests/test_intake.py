# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
# The fixtures of tests/facility.py are imported
# ruff: noqa: F401, F811
"Lists of equipment that come as files; the labels that go onto the items"
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from tests.facility import NOW, at_ten, districts, log_in, new_item
from tests.server import Refused

CSV = """\
Loại;Nhãn hiệu;Số sê-ri;Ngày mua;Giá trị;Nguồn kinh phí;Quầy;\
Người phụ trách;Tình trạng;memory
computer;Dell OptiPlex;A1;20/5/2015;12.500.000;Ngân sách cấp huyện;1;\
counter_officer_a;Đã cũ;4
máy in;Canon;;2015-06-01;3600000;;;;;
""".replace('\\\n', '')
BAD = """\
loại,ngày mua,giá trị,quầy,mã thiết bị
chưa có,1/1/2016,,,
computer,31/2/2016,,,
computer,1/1/2026,,,
computer,1/1/2016,-5,,
computer,1/1/2016,,9,
,1/1/2016,,,
computer,1/1/2016,,,A-1
computer,1/1/2016,,,A-1
"""


@pytest.fixture
def import_(districts, log_in):
    "Preview a file as a manager does, return the open wizard's values"
    def import_(data, button=None, login='facility_manager_a', **values):
        if isinstance(data, str):
            data = data.encode()
        with log_in(login).wizard('tthcc.equipment.intake') as wizard:
            wizard.values.update(
                file=data, centre=districts.a.centre)
            wizard.execute('preview')
            preview = wizard.values
            if button:
                wizard.values.update(values)
                wizard.execute(button)
            return preview
    return import_


def test_a_list_becomes_items(districts, log_in, import_):
    preview = import_(CSV)
    assert preview['summary'] == "2 thiết bị mới, 0 dòng lỗi"
    assert not log_in('facility_manager_a').search(
        'tthcc.equipment', [('serial', '=', 'A1')])
    import_(CSV, 'import_')
    item, = log_in('facility_manager_a').search(
        'tthcc.equipment', [('serial', '=', 'A1')], [
            'type.code', 'model', 'purchase_date', 'value', 'counter',
            'funding_source.code', 'employee', 'condition', 'specs.value',
            'events.kind', 'tag'])
    assert item['type.']['code'] == 'computer'
    assert item['purchase_date'] == dt.date(2015, 5, 20)
    assert item['value'] == Decimal(12_500_000)
    assert item['counter'] == districts.a.counter
    assert item['employee'] == districts.a.staff['counter_officer_a']
    assert item['funding_source.']['code'] == 'district'
    assert item['condition'] == 'worn'
    assert item['specs.'][0]['value'] == 4
    assert [e['kind'] for e in item['events.']] == ['intake']


def test_a_spreadsheet_does_as_well(log_in, import_):
    book = openpyxl.Workbook()
    for row in [
            ['Type', 'Serial', 'Purchase_Date', 'Value'],
            ['scanner', 778899, dt.datetime(2016, 3, 4), 9_800_000],
            [None, None, None, None],
            ]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    import_(stream.getvalue(), 'import_')
    item, = log_in('facility_manager_a').search(
        'tthcc.equipment', [('serial', '=', '778899')], [
            'value', 'purchase_date'])
    assert item['value'] == Decimal(9_800_000)
    assert item['purchase_date'] == dt.date(2016, 3, 4)


def test_bad_rows_are_named(log_in, import_):
    preview = import_(BAD)
    bad = {b['line']: b['text'] for b in preview['bad']}
    assert bad.keys() == {2, 3, 4, 5, 6, 7, 9}
    assert '"chưa có"' in bad[2] and "31/2/2016" in bad[3]
    assert "quầy" in bad[6] and '"A-1"' in bad[9]
    with pytest.raises(Refused, match="2, 3, 4, 5, 6, 7, 9"):
        import_(BAD, 'import_')
    import_(BAD, 'import_', good_only=True)
    assert log_in('facility_manager_a').search(
        'tthcc.equipment', [('tag', '=', 'A-1')])


@pytest.mark.parametrize('data, reason', [
        (b'', "trống"),
        (b'\xff\xfe', "UTF-8"),
        (b'PK no spreadsheet', "Không đọc được"),
        (b'serial\n1', "thiếu cột"),
        ])
def test_files_that_are_none(import_, data, reason):
    with pytest.raises(Refused, match=reason):
        import_(data)


def test_only_the_centre_s_manager_imports(import_):
    for login in ['counter_officer_a', 'facility_manager_b']:
        with pytest.raises(Refused):
            import_(CSV, 'import_', login=login)


def test_labels_of_many_items_are_one_file(
        districts, log_in, new_item):
    items = [new_item('chair') for _ in range(4)]
    client = log_in('facility_manager_a')
    extension, content, *_ = client.report('tthcc.equipment.labels', items)
    assert extension == 'pdf'
    assert content.startswith(b'%PDF')
    with pytest.raises(Refused):
        log_in('facility_manager_b').report('tthcc.equipment.labels', items)
