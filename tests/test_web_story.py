# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A day at the counter in the web client, on the demo province"
import re
import shutil
import subprocess

import pytest
from playwright.sync_api import expect

from demo.load import load
from demo.logins import PASSWORD
from tests.conftest import leave_out

PROCEDURE = "2.000635"


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


def test_from_counter_to_result(log_in, rpc, pictures, tmp_path):
    if not shutil.which('pdftotext'):
        leave_out("pdftotext of poppler-utils")
    client = log_in('officer.thieuhoa')

    receipt = receive(client, tmp_path)
    text = subprocess.check_output(
        ['pdftotext', receipt, '-'], text=True)
    subprocess.check_call([
            'pdftoppm', '-png', '-r', '100', '-singlefile', receipt,
            pictures / 'receipt'])
    officer = rpc('officer.thieuhoa', PASSWORD)
    dossier, = officer.search(
        'tthcc.dossier', [('applicants.name', '=', "Lê Thị Hoa Mai")],
        ['code', 'state'])
    assert dossier['code'] in text

    find(client, dossier['code'])
    client.press("Chuyển phòng, ban")
    expect(client.field('state')).to_have_value('"processing"')
    resolve(rpc, dossier['id'])
    client.page.get_by_title("Tải lại/Hoàn tác").click()
    expect(client.field('state')).to_have_value('"resolved"')
    client.picture('dossier')
    client.press("Trả kết quả")
    window = client.page.locator('.modal:visible')
    expect(window.locator('[name=to]')).to_have_value("Lê Thị Hoa Mai")
    client.picture('return')
    window.get_by_role('button', name="Trả kết quả").click()
    expect(client.field('state')).to_have_value('"returned"')


def receive(client, folder):
    "Fill in the reception window as an officer does, return the receipt"
    client.open_menu("Trung tâm Một cửa", "Hồ sơ", "Tiếp nhận hồ sơ")
    window = client.page.locator('.modal:visible')
    press = client.page.keyboard.press
    expect(window.locator('[name=return_method]')).to_have_value('"centre"')
    client.choose(
        window.locator('[name=procedure]'), "ban sao trich luc", PROCEDURE)
    expect(window.locator('[name=fee]')).to_have_value("8.000 đ")
    expect(window.locator('[name=due]')).not_to_be_empty()

    window.locator('[name=identity_number]').fill('038190000041')
    for text in ["Lê Thị Hoa Mai", "0912000041", "Thiệu Đô, Thiệu Hóa"]:
        press('Tab')
        client.page.keyboard.type(text)
    press('Tab')
    for paper in ["Tờ khai", "Giấy tờ tùy thân"]:
        row = window.get_by_role('row').filter(has_text=paper)
        row.get_by_role('checkbox').nth(1).click()
    client.picture('reception')
    with client.page.expect_download() as download:
        window.get_by_role('button', name="Tiếp nhận").click()
    path = folder / 'receipt.pdf'
    download.value.save_as(path)
    return path


def find(client, code):
    client.open_queue("Tất cả")
    client.page.get_by_placeholder("Tìm kiếm").fill(code)
    client.page.keyboard.press('Enter')
    rows = client.rows()
    expect(rows).to_have_count(1)
    rows.get_by_text(code).dblclick(delay=50)
    expect(client.field('code')).to_have_value(code)


def resolve(rpc, dossier):
    "Do what the department and the leader do"
    rpc('processor.thieuhoa', PASSWORD).model(
        'tthcc.dossier', 'complete_step', [dossier])
    rpc('leader.thieuhoa', PASSWORD).model(
        'tthcc.dossier', 'resolve', [dossier])


def test_statistics_and_the_list_behind_a_figure(log_in):
    client = log_in('supervisor')
    client.open_menu("Trung tâm Một cửa", "Báo cáo", "Thống kê tháng")
    row = client.rows().first
    expect(row).to_be_visible()
    client.picture('statistics')

    name = re.compile("^(huyện|thành phố|thị xã|phường|xã) ")
    row.get_by_text(name).dblclick(delay=50)
    expect(client.field('received').first).not_to_have_value("0")
    client.press("Tiếp nhận")
    expect(client.tab).to_contain_text("Tiếp nhận – ")
    expect(client.rows().first).to_be_visible()
