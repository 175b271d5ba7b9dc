# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A round of papers in the web client, signed by both sides, on the demo"
import re
import shutil
import subprocess

import pytest
from playwright.sync_api import expect

from demo.load import load
from demo.logins import PASSWORD
from tests.conftest import leave_out

PROCEDURE = "2.000635"
ROUND = "Bàn giao hồ sơ"


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


def test_a_round_signed_by_both_sides(log_in, rpc, pictures, tmp_path):
    if not shutil.which('pdftotext'):
        leave_out("pdftotext of poppler-utils")
    officer = rpc('officer.thieuhoa', PASSWORD)
    codes = receive(officer, 4)

    giver = log_in('officer.thieuhoa')
    new_round(giver)
    giver.press("Lấy hồ sơ")
    for code in codes:
        expect(row(giver, code)).to_be_visible()
    giver.press("Kiểm tất cả")
    giver.press("Ký giao")
    expect(giver.field('state')).to_have_value('"given"')

    taker = log_in('coordinator.thieuhoa')
    open_last(taker, "Chờ nhận")
    missing, *came = codes
    press = taker.page.keyboard.press
    taker.press("Quét mã")
    window = taker.page.locator('.modal:visible')
    for code in came:
        window.locator('[name=code]').fill(f'https://example.vn/{code}')
        press('Enter')
        expect(window.locator('[name=answer]')).to_have_value(
            f"Đã kiểm: {code}")
        expect(window.locator('[name=code]')).to_be_focused()
        expect(window.locator('[name=code]')).to_have_value('')
    taker.picture('round-scan')
    window.get_by_role('button', name="Đóng").click()
    expect(window).to_be_hidden()
    mark_missing(taker, missing)
    taker.picture('round')
    taker.press("Ký nhận")
    expect(taker.field('state')).to_have_value('"received"')

    states = {
        d['code']: (d['state'], d['holder']) for d in officer.search(
            'tthcc.dossier', [('code', 'in', codes)],
            ['code', 'state', 'holder'])}
    assert states[missing][0] == 'received'
    assert {states[code][0] for code in came} == {'processing'}
    assert all("Tư pháp" in states[code][1] for code in came)
    round_, = officer.search(
        'tthcc.handover', [('lines.code', '=', missing)])
    slips(officer, came[0], round_['id'], pictures, tmp_path)


def receive(officer, number):
    "Receive dossiers of the justice department, return their codes"
    model, *_ = officer.search('tthcc.dossier', [
            ('procedure.code', '=', PROCEDURE),
            ('state', '=', 'returned'),
            ('case.channel', '=', 'in_person')])
    ids = [
        officer.model('tthcc.dossier', 'copy', [model['id']], {})[0]
        for _ in range(number)]
    officer.model('tthcc.dossier', 'register', ids)
    return [
        d['code'] for d in officer.read('tthcc.dossier', ids, ['code'])]


def new_round(client):
    client.open_menu("Trung tâm Một cửa", "Hồ sơ", ROUND)
    client.open_queue("Chờ giao")
    client.tab.get_by_role('button', name="Thêm mới").click()
    expect(client.field('direction')).to_have_value('"to_department"')
    department = client.field('department')
    client.choose(department, "Phòng Tư pháp", "Tư pháp")
    expect(department).to_have_value(re.compile("Tư pháp"))


def open_last(client, queue):
    client.open_menu("Trung tâm Một cửa", "Hồ sơ", ROUND)
    client.open_queue(queue)
    client.rows().first.get_by_text("Đến phòng, ban").dblclick(delay=50)
    expect(client.field('state')).to_have_value('"given"')


def row(client, code):
    return client.tab.get_by_role('row').filter(
        has=client.page.get_by_text(code, exact=True))


def mark_missing(client, code):
    client.settle()
    cell = row(client, code).get_by_text(code)
    # The first click selects the line, the second one opens it
    cell.click()
    expect(row(client, code)).to_have_class(re.compile('selected'))
    cell.click()
    client.tab.locator('tbody [name=discrepancy]:visible').select_option(
        label="Thiếu")
    client.page.keyboard.press('Enter')
    expect(row(client, code)).to_contain_text("Thiếu")


def slips(officer, code, round_, pictures, folder):
    "Print the list of the round and the control slip of the dossier"
    dossier, = officer.search('tthcc.dossier', [('code', '=', code)])
    for name, report, id in [
            ('handover-list', 'tthcc.handover.list', round_),
            ('control-slip', 'tthcc.dossier.control_slip', dossier['id'])]:
        _, content, *_ = officer.report(report, [id])
        path = folder / f'{name}.pdf'
        path.write_bytes(content)
        text = subprocess.check_output(
            ['pdftotext', '-layout', path, '-'], text=True)
        for shown in [code, "Lê Thị Hạnh", "Nguyễn Văn Khôi"]:
            assert shown in text
        subprocess.check_call([
                'pdftoppm', '-png', '-r', '70', '-singlefile', path,
                pictures / name])
