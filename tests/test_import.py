# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Files of procedures: what they state comes in, and nothing is made up"
import csv
import datetime as dt
import io
import json
import pathlib
import time
from decimal import Decimal

import pytest

from trytond.modules.tthcc import clock
from trytond.modules.tthcc_procedure import command, import_, importer, portal
from trytond.modules.tthcc_procedure.exceptions import (
    ImportBadRowsError, ImportFileError)

DATA = pathlib.Path(__file__).parents[2] / 'shared/data/procedures'
CSV = DATA / 'national_catalogue_2026-07.csv'
JSONL = DATA / 'commune_procedures_2026-07.jsonl'
real_data = pytest.mark.skipif(
    not DATA.exists(), reason=f"no published catalogue in {DATA}")

TOMORROW = clock.today() + dt.timedelta(days=1)
ROW = {
    'code': '1.000656',
    'name': "Thủ tục đăng ký khai tử",
    'level': "Cấp xã",
    'field': "Hộ tịch",
    'type': "TTHC được giao luật quy định chi tiết",
    'decision_no': '163/QĐ-BTP',
    'subject': "Công dân Việt Nam",
    'channel': "Trực tiếp",
    'time_value': '5',
    'time_unit': "Ngày làm việc",
    'fee_text': "Miễn phí",
    }
DETAIL = {
    'ma_thu_tuc': '1.000656',
    'ten_thu_tuc': "Thủ tục đăng ký khai tử",
    'so_quyet_dinh': '163/QĐ-BTP',
    'cap_thuc_hien': "Cấp xã",
    'loai_thu_tuc': "TTHC được giao luật quy định chi tiết",
    'linh_vuc': "Hộ tịch",
    'doi_tuong_thuc_hien': "Công dân Việt Nam",
    'co_quan_thuc_hien': "Không có thông tin",
    'co_quan_phoi_hop': "",
    'trinh_tu_thuc_hien': "Bước 1: nộp hồ sơ",
    'cach_thuc_thuc_hien': (
        "Hình thức nộpThời gianPhí, lệ phíMô tả"
        "Trực tiếp5 Ngày làm việcMiễn phíNộp tại Ủy ban nhân dân"),
    'thanh_phan_ho_so': (
        "--Tên giấy tờMẫu đơn, tờ khaiSố lượng"
        "Tờ khai theo mẫu1 bản chính"),
    'can_cu_phap_ly': "Không có thông tin",
    'yeu_cau_dieu_kien': "Không có thông tin",
    'ket_qua_xu_ly': "Trích lục khai tửMã: KQ.G15.000031Từ khóaKhông có "
    "thông tinMô tảKhông có thông tin",
    }


def csv_file(*rows, encoding='utf-8'):
    text = io.StringIO(newline='')
    writer = csv.DictWriter(text, importer.CSV_COLUMNS)
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return text.getvalue().encode(encoding)


def jsonl_file(*rows):
    return '\n'.join(
        json.dumps({**DETAIL, **row}, ensure_ascii=False)
        for row in rows).encode()


@pytest.mark.parametrize('text, note, fee', [
        ("500,000 Việt Nam Đồng", '', 500_000),
        ("8,000 VNĐ", "(8.000 đồng/bản)", 8_000),
        ("Miễn phí", '', 0),
        ("Miễn phí", "(Không)", 0),
        # Not said for sure
        ("Miễn phí", "(Theo Hội đồng nhân dân cấp tỉnh)", None),
        ("150,000 VNĐ", "(Do Hội đồng nhân dân quyết định)", None),
        ("150,000 VNĐ", "(50.000 đồng hoặc 150.000 đồng)", None),
        ("20 VNĐ", "(20.000 đồng/tờ khai)", None),
        ("10 USD", '', None),
        ("Không có thông tin", '', None),
        ])
def test_fee_is_a_number_where_it_is_sure(text, note, fee):
    assert portal.fee(text, note) == fee


def ways(text):
    return [
        (c.channel, c.term_value, c.term_unit, c.term_text, c.fee)
        for c in portal.ways(f'Hình thức nộpThời gianPhí, lệ phíMô tả{text}')]


def test_ways_of_filing_are_taken_apart():
    assert ways(
        "Trực tuyến3 Ngày làm việc50,000 VNĐ"
        "Trực tiếp1 GiờMiễn phíTrực tiếp tại quầy; Trực tuyến nếu có"
        "Dịch vụ bưu chínhKhông quy địnhKhông có thông tin") == [
            ('online', 3, 'working_day', '', 50_000),
            ('in_person', 1, 'hour', '', 0),
            ('post', None, 'none', "Không quy định", None)]


def test_number_without_unit_stays_without():
    assert ways("Trực tiếp1Miễn phí") == [('in_person', 1, 'unstated', '', 0)]


def test_term_that_runs_into_the_fee_is_neither():
    assert ways("Trực tuyến120 VNĐ") == [
        ('online', None, 'unstated', "120 VNĐ", None)]


def papers(text):
    papers = portal.papers(f'--{portal._PAPERS_HEAD}{text}')
    return papers and [(p.name, p.originals, p.copies) for p in papers]


@pytest.mark.parametrize('text, expected', [
        ("- Tờ khai;1 bản chính+ Hộ chiếu0 bản chính,1 bản sao",
            [("Tờ khai", 1, 0), ("Hộ chiếu", 0, 1)]),
        ("Hợp đồng: 02 bản chính;1 bản chính",
            [("Hợp đồng: 02 bản chính", 1, 0)]),
        # A year says where the number of copies begins
        ("Nghị định ngày 25/6/20241 bản chính",
            [("Nghị định ngày 25/6/2024", 1, 0)]),
        # Form 01 once, form 0 eleven times?
        ("Tờ khai theo Mẫu số 011 bản chính", None),
        ("Nộp 2 bản chính tờ khai1 bản chính", None),
        ("Tờ khai1 bản chính1 bản chính", None),
        ("Tờ khai1 bản chínhHộ chiếu", None),
        ("Tờ khai", None),
        ])
def test_papers_are_split_where_that_is_unambiguous(text, expected):
    assert papers(text) == expected


def test_heading_of_a_group_is_the_condition():
    paper, other = portal.papers(
        f"--{portal._PAPERS_HEAD}Tờ khai1 bản chính"
        f"Trường hợp ủy quyền:{portal._PAPERS_HEAD}Giấy ủy quyền1 bản chính")

    assert (paper.condition, paper.mandatory) == ('', True)
    assert (other.condition, other.mandatory) == ("Trường hợp ủy quyền", False)


def test_form_is_split_from_its_paper_where_that_is_clear():
    head = f'--{portal._PAPERS_HEAD}'
    clear, = portal.papers(f"{head}Tờ khai (mẫu A)Mau A.doc1 bản chính")
    unclear, = portal.papers(f"{head}Tờ khai mẫu số.Mau.A.doc1 bản chính")

    assert (clear.name, clear.form_name) == ("Tờ khai (mẫu A)", "Mau A.doc")
    assert (unclear.name, unclear.form_name) == (
        "Tờ khai mẫu số.Mau.A.doc", '')


@pytest.mark.parametrize('text, numbers', [
        ("Luật Cư trú68/2020/QH14Nghị định số 1/2021/NĐ-CP về cư trú"
            "1/2021/NĐ-CP", ['68/2020/QH14', '1/2021/NĐ-CP']),
        ("Luật 54/2014/QH1354/2014/QH13", ['54/2014/QH13']),
        ("Luật năm 202020/2020/QH14", None),
        ("Luật Cư trú68/2020/QH14Luật khácsố 3/2020", None),
        ])
def test_legal_basis_is_split_where_that_is_unambiguous(text, numbers):
    found = portal.legal_basis(f'Tên văn bản pháp lýMã văn bản{text}')

    assert (found and [b.number for b in found]) == numbers


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig'])
def test_mark_before_the_text_does_not_matter(encoding):
    parsed = importer.read(csv_file({}, encoding=encoding))

    assert [i.code for i in parsed.items] == ['1.000656']


@pytest.mark.parametrize('data, reason, params', [
        (csv_file({}, encoding='utf-16'), 'msg_import_encoding',
            {'encoding': "UTF-16"}),
        (csv_file({}, encoding='utf-16-le'), 'msg_import_encoding',
            {'encoding': "UTF-16"}),
        (csv_file({}, encoding='utf-32'), 'msg_import_encoding',
            {'encoding': "UTF-32"}),
        (b'code,name\nT\xb6i', 'msg_import_not_utf8', {'line': 2}),
        (b'PK\x03\x04', 'msg_import_spreadsheet', {}),
        (b'', 'msg_import_empty', {}),
        (b'code,name\n', 'msg_import_columns', {
                'columns': ", ".join(importer.CSV_COLUMNS[2:])}),
        (b'[{}]', 'msg_import_json_array', {}),
        (b'{"x": 1}', 'msg_import_json', {'line': 1}),
        ])
def test_file_that_cannot_be_read_is_named(data, reason, params):
    with pytest.raises(importer.FileError) as error:
        importer.read(data)

    assert error.value.reason == reason
    assert error.value.params == params


@pytest.mark.parametrize('row, reason', [
        ({'code': ''}, 'msg_import_row_no_code'),
        ({'code': 'abc'}, 'msg_import_row_code'),
        ({'name': ' '}, 'msg_import_row_no_name'),
        ({'level': "Cấp thôn"}, 'msg_import_row_level'),
        ({'channel': ''}, 'msg_import_row_no_channel'),
        ({'channel': "Fax"}, 'msg_import_row_channel'),
        ({'time_unit': "Tuần"}, 'msg_import_row_unit'),
        ({'time_value': ''}, 'msg_import_row_unit_alone'),
        ({'time_value': '-1'}, 'msg_import_row_value'),
        ({'time_value': '1.5'}, 'msg_import_row_value'),
        ])
def test_bad_row_has_its_line_and_reason(row, reason):
    parsed = importer.read(csv_file({'code': '1.000001'}, row))

    assert (3, reason) in [(b.line, b.reason) for b in parsed.bad]


def test_procedure_with_a_bad_row_is_left_out():
    parsed = importer.read(csv_file(
            {}, {'channel': "Fax"}, {'code': '1.000001'}))

    assert [i.code for i in parsed.items] == ['1.000001']


def test_procedures_beside_a_row_of_no_code_are_left_out():
    parsed = importer.read(csv_file(
            {}, {'code': ''}, {'code': '1.000001'}, {'code': '1.000002'}))

    assert [i.code for i in parsed.items] == ['1.000002']
    assert [(b.line, b.code) for b in parsed.bad] == [
        (3, ''), (2, '1.000656'), (4, '1.000001')]


def test_rows_that_disagree_are_bad():
    parsed = importer.read(csv_file({}, {'name': "Khai tử"}))

    assert not parsed.items
    assert [(b.line, b.reason) for b in parsed.bad] == [
        (3, 'msg_import_row_disagrees')]


def test_json_line_of_a_known_code_is_bad():
    parsed = importer.read(jsonl_file({}, {'ten_thu_tuc': "Khai tử"}))

    assert not parsed.items
    assert [(b.line, b.reason) for b in parsed.bad] == [
        (2, 'msg_import_row_duplicate')]


def test_broken_json_line_is_bad():
    parsed = importer.read(jsonl_file({}) + b'\n{"ma_thu_tuc": \n')

    assert len(parsed.items) == 1
    assert [(b.line, b.reason) for b in parsed.bad] == [
        (2, 'msg_import_row_json')]


def test_line_of_a_row_counts_the_lines_within_cells():
    parsed = importer.read(csv_file(
            {'name': "Khai\ntử"}, {'code': '1.000001', 'channel': "Fax"}))

    assert parsed.items[0].values['name'] == "Khai tử"
    assert [b.line for b in parsed.bad] == [4]


@pytest.fixture
def catalogue(transaction, pool):
    class Catalogue:

        @staticmethod
        def load(data, **options):
            "Import and return how many are new, changed and unchanged"
            changes = import_.apply(import_.read(data), **options)
            statuses = [c.status for c in changes]
            return tuple(
                map(statuses.count, ['new', 'changed', 'unchanged']))

        @staticmethod
        def get(code='1.000656'):
            procedure, = pool.get('tthcc.procedure').search([
                    ('code', '=', code)])
            return procedure

    return Catalogue


def cases(revision):
    return [
        (c.channel, c.term_value, c.term_unit, c.fee) for c in revision.cases]


def test_rows_of_a_code_and_channel_are_cases(catalogue):
    assert catalogue.load(csv_file(
            {}, {'time_value': '10'},
            {'channel': "Dịch vụ bưu chính", 'time_unit': '',
                'fee_text': "500,000 Việt Nam Đồng"})) == (1, 0, 0)

    procedure = catalogue.get()
    assert procedure.state == 'draft'
    assert procedure.levels == ('commune',)
    assert procedure.field.name == "Hộ tịch"
    assert cases(procedure.drafts[0]) == [
        ('in_person', 5, 'working_day', Decimal(0)),
        ('in_person', 10, 'working_day', Decimal(0)),
        ('post', 5, 'unstated', Decimal(500_000))]


@pytest.mark.parametrize('data', [csv_file({}), jsonl_file({})])
def test_same_file_again_changes_nothing(catalogue, pool, data):
    catalogue.load(data, publish=True)

    assert catalogue.load(data, publish=True) == (0, 0, 1)
    assert len(catalogue.get().revisions) == 1


def test_new_procedures_are_published_from_the_chosen_day(catalogue):
    catalogue.load(csv_file({}), publish=True, start_date=TOMORROW)

    procedure = catalogue.get()
    assert procedure.state == 'published'
    assert procedure.current is None
    assert procedure.revision_at(TOMORROW) == procedure.revisions[0]


def test_what_states_no_way_of_filing_stays_a_draft(catalogue):
    catalogue.load(csv_file({
                'channel': '', 'time_value': '', 'time_unit': '',
                'fee_text': ''}), publish=True)

    assert catalogue.get().state == 'draft'


def test_change_of_a_published_procedure_is_a_draft(catalogue):
    catalogue.load(csv_file({}), publish=True)
    changed = csv_file({'time_value': '3'})

    assert catalogue.load(changed, start_date=TOMORROW) == (0, 1, 0)
    procedure = catalogue.get()
    draft, = procedure.drafts
    assert draft.start_date == TOMORROW
    assert cases(draft) == [('in_person', 3, 'working_day', Decimal(0))]
    assert cases(procedure.current) == [
        ('in_person', 5, 'working_day', Decimal(0))]
    assert catalogue.load(changed) == (0, 0, 1)
    # The next change goes into the same draft
    assert catalogue.load(csv_file({'time_value': '2'})) == (0, 1, 0)
    assert catalogue.get().drafts == (draft,)


def test_change_of_a_draft_stays_in_it(catalogue):
    catalogue.load(csv_file({}))

    assert catalogue.load(csv_file({'name': "Khai tử"})) == (0, 1, 0)
    procedure = catalogue.get()
    assert procedure.name == "Khai tử"
    assert len(procedure.revisions) == 1


def test_each_format_touches_only_what_it_has(catalogue):
    catalogue.load(csv_file({}))
    catalogue.load(jsonl_file({'loai_thu_tuc': ''}))
    catalogue.load(csv_file({'time_value': '3'}))

    revision = catalogue.get().drafts[0]
    assert revision.type == ROW['type']
    assert [p.name for p in revision.papers] == ["Tờ khai theo mẫu"]
    assert [r.name for r in revision.results] == ["Trích lục khai tử"]
    case, = revision.cases
    assert case.term_value == 3
    assert case.note == "Nộp tại Ủy ban nhân dân"


def test_what_somebody_decided_survives_the_same_statement(catalogue, pool):
    Case = pool.get('tthcc.procedure.case')
    catalogue.load(csv_file(
            {'time_unit': "Giờ"}, {'channel': "Trực tuyến", 'time_unit': ''}))
    hours, unstated = catalogue.get().drafts[0].cases
    Case.write(
        [hours], {'term_unit': 'working_hour'},
        [unstated], {'term_unit': 'working_day'})

    catalogue.load(csv_file(
            {'time_unit': "Giờ"}, {'channel': "Trực tuyến", 'time_unit': ''},
            {'channel': "Dịch vụ bưu chính"}))

    assert [c.term_unit for c in catalogue.get().drafts[0].cases] == [
        'working_hour', 'working_day', 'working_day']


def test_edits_stay_until_the_portal_says_something_new(catalogue, pool):
    Revision = pool.get('tthcc.procedure.revision')
    catalogue.load(csv_file({}))
    Revision.write(list(catalogue.get().drafts), {'name': "Khai tử"})

    assert catalogue.load(csv_file({})) == (0, 0, 1)
    assert catalogue.load(csv_file({'subject': "Công dân"})) == (0, 1, 0)
    assert catalogue.get().drafts[0].name == "Khai tử"


def test_unclear_papers_are_kept_as_text_and_flagged(catalogue):
    text = f'--{portal._PAPERS_HEAD}Tờ khai theo Mẫu số 011 bản chính'
    catalogue.load(jsonl_file({'thanh_phan_ho_so': text}))

    revision = catalogue.get().drafts[0]
    assert revision.papers_unclear
    assert revision.papers_text == text
    assert not revision.papers


def test_bad_rows_stop_the_import_or_are_left_out(catalogue, pool):
    data = csv_file({}, {'code': '1.000001', 'channel': "Fax"})

    with pytest.raises(ImportBadRowsError, match="3.*Fax"):
        catalogue.load(data)
    assert not pool.get('tthcc.procedure').search([])
    assert catalogue.load(data, good_only=True) == (1, 0, 0)


def test_own_catalogue_is_published_whole(transaction, pool):
    Procedure = pool.get('tthcc.procedure')
    lines = import_.read_own().items

    assert Procedure.load_catalogue() == len(lines) > 90
    assert Procedure.search([('state', '!=', 'published')]) == []
    assert Procedure.load_catalogue() == 0


@real_data
def test_published_files_come_in_whole(catalogue, pool):
    Procedure = pool.get('tthcc.procedure')
    Case = pool.get('tthcc.procedure.case')
    started = time.monotonic()

    assert catalogue.load(CSV.read_bytes()) == (1739, 0, 0)
    assert catalogue.load(JSONL.read_bytes()) == (0, 384, 0)

    assert time.monotonic() - started < 60
    assert catalogue.load(CSV.read_bytes()) == (0, 0, 1739)
    assert catalogue.load(JSONL.read_bytes()) == (0, 0, 384)
    assert Procedure.search([], count=True) == 1739
    unstated = Case.search([
            ('term_unit', '=', 'unstated'), ('term_value', '!=', None)])
    assert unstated and not any(c.term().is_counted for c in unstated)


@real_data
def test_portal_and_catalogue_agree_on_the_ways_of_filing():
    "The CSV was made from the portal's text, so it checks the reading"
    stated = {
        i.code: i.values['cases']
        for i in importer.read(CSV.read_bytes()).items if 'cases' in i.values}

    for item in importer.read(JSONL.read_bytes()).items:
        if item.code in stated:
            assert [
                (c.channel, c.term_value, c.term_unit)
                for c in item.values['cases']] == [
                    (c.channel, c.term_value, c.term_unit)
                    for c in stated[item.code]], item.code


@pytest.fixture
def run_command(new_database, tmp_path, capsys):
    "Run the command on the database, return what it prints"
    def run(*arguments, files=(), **options):
        paths = []
        for i, data in enumerate(files):
            paths.append(tmp_path / str(i))
            paths[-1].write_bytes(data)
        command.main(
            ['-d', new_database, *arguments, *map(str, paths)])
        return capsys.readouterr().out
    return run


def test_command_imports_and_tells(run_command, start, pool):
    assert "1 mới" in run_command(
        '--publish', '--start-date', '2026-01-01', files=[csv_file({})])

    with start():
        procedure, = pool.get('tthcc.procedure').search([])
        assert procedure.current.start_date == dt.date(2026, 1, 1)


def test_command_only_tells_in_a_dry_run(run_command, start, pool):
    printed = run_command('--dry-run', files=[
            csv_file({}, {'code': '1.000001', 'channel': "Fax"})])

    assert "1 mới" in printed and "Dòng 3" in printed
    with start():
        assert not pool.get('tthcc.procedure').search([])


def test_command_stops_at_bad_rows_with_a_message(run_command, start, pool):
    with pytest.raises(SystemExit, match="Dòng 2.*Fax"):
        run_command(files=[csv_file({'channel': "Fax"})])
    with start():
        assert not pool.get('tthcc.procedure').search([])


def test_wizard_shows_first_and_then_imports(rpc, new_database):
    client = rpc()
    data = csv_file({}, {'code': '1.000001', 'channel': "Fax"})

    with client.wizard('tthcc.procedure.import') as wizard:
        wizard.values.update(file=data, file_name='danh_muc.csv')
        wizard.execute('preview')
        assert wizard.values['summary'].startswith("1 mới")
        bad, = wizard.values['bad_lines']
        assert (bad['line'], bad['code']) == (3, '1.000001')
        wizard.values['good_only'] = True
        wizard.execute('import_')

    procedure, = client.search('tthcc.procedure', [], ['code', 'state'])
    assert (procedure['code'], procedure['state']) == ('1.000656', 'draft')


def test_unreadable_file_is_an_error_people_understand(transaction):
    with pytest.raises(ImportFileError, match="UTF-16"):
        import_.read(csv_file({}, encoding='utf-16'))
