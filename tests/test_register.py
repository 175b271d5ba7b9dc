# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The register of a field and year, on paper and as a spreadsheet."""
import datetime as dt
import io
import re
import shutil
import subprocess
from types import SimpleNamespace

import openpyxl
import pytest

from tests.conftest import leave_out
from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc_dossier import book as register_book
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool
from trytond.transaction import Transaction

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)
# The last hour of 2025 and the first of 2026 in Vietnam
NEW_YEAR = dt.datetime(2025, 12, 31, 17, 0)
NAMES = [
    "Nguyễn Văn Ân", "Lê Thị Hoa Mai", "Trần Đức Bình", "Phạm Ngọc Cúc",
    "Hoàng Hữu Dương", "=1+1"]


@pytest.fixture(scope='module')
def office(database):
    "Two offices; the first one's book of 2026 has six numbers, of 2025 one"
    with Transaction().start(database, 0):
        Dossier = Pool().get('tthcc.dossier')
        procedure = create_procedure()
        offices = [
            create_office('b_', "UBND huyện Thiệu Hóa", [procedure]),
            create_office('e_', "UBND huyện Lang Chánh", [procedure])]
        create_user(
            'b_supervisor', ['supervisor'], offices[0].company,
            company_filter='all', employees=[], employee=None)

        def file(office, name, moment):
            values = new_dossier(office, procedure)
            values['applicants'] = [('create', [{
                            'name': name,
                            'phone': '0912000041',
                            'address': "Thiệu Đô, Thiệu Hóa",
                            }])]
            with clock.moved_to(moment):
                dossier, = Dossier.create([values])
                Dossier.register([dossier])
            return dossier
        file(offices[0], "Người Năm Trước", NEW_YEAR - dt.timedelta(hours=1))
        dossiers = [
            file(offices[0], name,
                NEW_YEAR if not n else MONDAY + dt.timedelta(minutes=20 * n))
            for n, name in enumerate(NAMES)]
        with clock.moved_to(MONDAY + dt.timedelta(days=1)):
            for button in ['pass_on', 'complete_step', 'resolve', 'return_']:
                getattr(Dossier, button)(dossiers[:1])
            Dossier.withdraw_for(dossiers[1:2], "Theo đơn")
        elsewhere = file(offices[1], "Người Nơi Khác", MONDAY)
        return SimpleNamespace(
            centre=offices[0].centre.id,
            field=procedure.revisions[0].field.id,
            codes=[d.code for d in dossiers],
            elsewhere=elsewhere.id)


def book(client, office, button, **values):
    "Return the file of the register and its extension"
    with clock.moved_to(MONDAY), client.wizard(
            'tthcc.dossier.register.print') as wizard:
        wizard.values.update(
            {'centre': office.centre, 'field': office.field, **values})
        wizard.execute(button)
        (action, data), = wizard.actions
        extension, content, _, _ = client.report(
            action['report_name'], data['ids'], data)
    return extension, content


def rows(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return list(sheet.values)


def test_spreadsheet(rpc, office):
    client = rpc('b_officer', PASSWORD)
    extension, content = book(client, office, 'sheet')
    assert extension == 'xlsx'
    head, *lines = rows(content)
    assert head[:3] == ("STT", "Mã hồ sơ", "Tên TTHC")
    assert [line[:2] for line in lines] == list(enumerate(office.codes, 1))
    # Also what would be a formula
    assert [line[3] for line in lines] == NAMES
    assert lines[0][4:9] == (
        "Thiệu Đô, Thiệu Hóa, 0912000041", "Tư pháp – Hộ tịch",
        "00:00 01/01/2026", "17:00 08/01/2026", "08:00 10/11/2026")
    assert lines[1][8] == "Đã rút"
    assert lines[2][8] is None

    _, content = book(client, office, 'sheet', first=2, last=3)
    assert [line[0] for line in rows(content)[1:]] == [2, 3]
    _, content = book(client, office, 'sheet', year=2025)
    assert [line[3] for line in rows(content)[1:]] == ["Người Năm Trước"]


def test_printed_book(rpc, office, pictures, tmp_path):
    if not shutil.which('pdftotext'):
        leave_out("pdftotext of poppler-utils")
    extension, content = book(rpc('b_director', PASSWORD), office, 'print_')
    assert extension == 'pdf'
    path = tmp_path / 'register.pdf'
    path.write_bytes(content)
    text = subprocess.check_output(
        ['pdftotext', '-layout', path, '-'], text=True)
    assert "SỔ THEO DÕI HỒ SƠ" in text
    assert "Hộ tịch/2026" in text
    # Across
    assert re.search(
        r'Page size: +841\.\d+ x 595\.\d+',
        subprocess.check_output(['pdfinfo', path], text=True))
    for name in ["Lê Thị Hoa", "Tư pháp"]:
        assert name in text
    assert "Người Năm Trước" not in text
    subprocess.check_call([
            'pdftoppm', '-png', '-r', '100', '-singlefile', path,
            pictures / 'register'])


def test_book_that_is_empty_or_too_long(rpc, office, monkeypatch):
    client = rpc('b_officer', PASSWORD)
    with pytest.raises(Refused, match="2019"):
        book(client, office, 'print_', year=2019)
    monkeypatch.setattr(register_book, 'PRINTABLE', 5)
    with pytest.raises(Refused, match="6 hồ sơ"):
        book(client, office, 'print_')
    book(client, office, 'print_', first=2)


def test_who_may_print(rpc, office):
    # Another district finds nothing in this book
    with pytest.raises(Refused, match="2026"):
        book(rpc('e_director', PASSWORD), office, 'sheet')
    # Nor does it print what is not its own by number
    dossiers = rpc('b_officer', PASSWORD).search('tthcc.dossier', [])
    with pytest.raises(Refused):
        rpc('e_director', PASSWORD).report(
            'tthcc.dossier.register.sheet', [d['id'] for d in dossiers])
    # It shows contact data, which supervisors do not see
    for login in ['b_supervisor', 'b_processor']:
        client = rpc(login, PASSWORD)
        with pytest.raises(Refused):
            book(client, office, 'sheet')
        for report in ['register', 'register.sheet']:
            with pytest.raises(Refused):
                client.report(
                    f'tthcc.dossier.{report}', [d['id'] for d in dossiers])
