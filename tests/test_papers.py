# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Scans and electronic documents of a dossier."""
import contextlib
import datetime as dt
import errno
import http.client
import io
import json
import os
import pathlib
import socket
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfWriter

from tests.server import Refused
from trytond import config
from trytond.filestore import filestore
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier import incoming
from trytond.modules.tthcc_dossier.exceptions import FileRefused
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool

MEGABYTE = 1024 * 1024


@pytest.fixture(scope='module')
def office(database):
    "Two offices of which each may receive dossiers"
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        offices = [
            create_office('th_', "UBND huyện Thiệu Hóa", [procedure]),
            create_office('lc_', "UBND huyện Lang Chánh", [procedure]),
            ]
        return SimpleNamespace(
            values=new_dossier(offices[0], procedure),
            centre=offices[0].centre.id)


@pytest.fixture
def people(server, office):
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in ['officer', 'processor', 'leader', 'director']})


@pytest.fixture
def draft(office, start):
    "The ids of a dossier being written and of its papers"
    with start(0):
        dossier, = Pool().get('tthcc.dossier').create([office.values])
        return SimpleNamespace(
            id=dossier.id, papers=[p.id for p in dossier.papers])


def pdf(pages=1, password=None, owner_password=None):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password is not None:
        writer.encrypt(password, owner_password)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def image(format, size=(300, 400), pages=1, **options):
    stream = io.BytesIO()
    pictures = [
        Image.effect_noise(size, 60).convert('RGB') for _ in range(pages)]
    if pages > 1:
        options.update(save_all=True, append_images=pictures[1:])
    pictures[0].save(stream, format, **options)
    return stream.getvalue()


def bomb(format, **options):
    "A picture of some kilobytes that would claim gigabytes of memory"
    stream = io.BytesIO()
    Image.new('1', (40_000, 40_000)).save(stream, format, **options)
    assert len(stream.getvalue()) < MEGABYTE
    return stream.getvalue()


def store(paper, name, data):
    pool = Pool()
    return pool.get('tthcc.dossier.file').store(
        pool.get('tthcc.dossier.paper')(paper), name, io.BytesIO(data))


def stored(database):
    "The files in the file store, of dossiers that is, and on the way there"
    folder = pathlib.Path(config.get('database', 'path')) / database
    return {p for p in folder.rglob('*') if p.is_file()}


@pytest.mark.parametrize('name, data, mime, pages', [
        ("tờ khai.pdf", pdf(3), 'application/pdf', 3),
        ("tờ khai.jpg", image('JPEG'), 'image/jpeg', 1),
        ("tờ khai.jpg", image('JPEG', progressive=True), 'image/jpeg', 1),
        ("tờ khai.png", image('PNG'), 'image/png', 1),
        ("tờ khai.tif", image('TIFF', pages=3), 'image/tiff', 3),
        ("tờ khai.tiff", image('TIFF', compression='jpeg'), 'image/tiff', 1),
        ])
def test_a_scan_is_kept_as_it_came(
        people, draft, start, name, data, mime, pages):
    with start(0):
        id = store(draft.papers[0], name, data).id
    file, = people.officer.read(
        'tthcc.dossier.file', [id],
        ['name', 'mime', 'pages', 'size', 'content', 'dossier', 'paper'])
    assert file['content'] == data
    assert file['name'] == name
    assert (file['mime'], file['pages']) == (mime, pages)
    assert file['size'] == len(data)
    assert file['dossier'] == draft.id
    assert file['paper'] == draft.papers[0]


def test_a_wrong_scan_is_taken_out_again(people, draft, start):
    with start(0):
        wrong, right = [
            store(draft.papers[0], name, pdf(pages)).id
            for name, pages in [("nhầm.pdf", 1), ("đúng.pdf", 2)]]
    people.officer.model('tthcc.dossier', 'register', [draft.id])
    with pytest.raises(Refused):
        people.officer.model('tthcc.dossier.file', 'delete', [wrong])

    with people.officer.wizard(
            'tthcc.dossier.correct', 'tthcc.dossier', [draft.id]) as wizard:
        wizard.values.update(
            wrong_files=[wrong], reason="Quét nhầm giấy tờ của người khác")
        wizard.execute('correct')

    assert people.officer.search(
        'tthcc.dossier.file', [('dossier', '=', draft.id)]) == [{'id': right}]
    change, = people.officer.search(
        'tthcc.dossier.change', [('dossier', '=', draft.id)],
        ['field', 'old', 'reason'])
    assert change['field'] == 'file'
    assert change['old'].startswith("nhầm.pdf (SHA-256 ")
    assert change['reason'] == "Quét nhầm giấy tờ của người khác"


@pytest.mark.parametrize('name, data, reason', [
        ("trống.pdf", b'', "rỗng"),
        ("chương trình.pdf", b'MZ\x90\0\x03' + bytes(2000), "PDF"),
        ("giấu.pdf", b'MZ' + pdf(), "PDF"),
        ("trang.html", b'<html><body>%PDF-1.7', "PDF"),
        ("cụt.pdf", pdf(30)[:-400], "hỏng"),
        ("giả.pdf", b'%PDF-1.7\n', "hỏng"),
        ("mật khẩu.pdf", pdf(password='x'), "mật khẩu"),
        ("cấm in.pdf", pdf(password='', owner_password='x'), "mật khẩu"),
        ("cụt.jpg", image('JPEG')[:-500], "hỏng"),
        ("cụt.png", image('PNG')[:-500], "hỏng"),
        ("cụt.tif", image('TIFF')[:-5000], "hỏng"),
        ("bom.png", bomb('PNG'), "triệu điểm"),
        ("bom.tif", bomb('TIFF', compression='group4'), "triệu điểm"),
        ("lớn.pdf", pdf() + bytes(11 * MEGABYTE), "10 MB"),
        ])
def test_what_is_no_scan_is_refused(draft, start, database, name, data,
        reason):
    before = stored(database)
    with start(0, context={'language': 'vi'}):
        with pytest.raises(FileRefused, match=reason) as refused:
            store(draft.papers[0], name, data)
        assert name in refused.value.message
        assert not Pool().get('tthcc.dossier.file').search([
                ('dossier', '=', draft.id)])
    assert stored(database) == before


def test_limit_is_up_to_and_including(draft, start, pool, monkeypatch):
    scan = pdf()
    File = pool.get('tthcc.dossier.file')
    with start(0):
        monkeypatch.setattr(
            File, 'size_limit', classmethod(lambda cls: len(scan)))
        store(draft.papers[0], "a.pdf", scan)
        with pytest.raises(FileRefused):
            store(draft.papers[0], "b.pdf", scan + b'\n')


def test_the_same_file_twice_is_kept_once(draft, start, database):
    scan = image('PNG')
    with start(0):
        file = store(draft.papers[0], "a.png", scan)
        before = stored(database)
        assert store(draft.papers[0], "b.png", scan) == file
        assert stored(database) == before
        # Of another paper it is another file
        assert store(draft.papers[1], "b.png", scan) != file


def test_roll_back_leaves_no_file(draft, start, database):
    before = stored(database)
    with start(0) as transaction:
        store(draft.papers[0], "a.pdf", pdf())
        assert len(stored(database)) == len(before) + 1
        transaction.rollback()
    assert stored(database) == before


@pytest.mark.parametrize('function', ['write', 'fsync', 'link'])
def test_full_disk_leaves_nothing_half_stored(
        draft, start, database, monkeypatch, function):
    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = stored(database)
    if function == 'write':
        class Full(incoming.Incoming):
            def __init__(self, *args):
                super().__init__(*args)
                self._file.write = full
        monkeypatch.setattr(
            'trytond.modules.tthcc_dossier.file.Incoming', Full)
    else:
        monkeypatch.setattr(os, function, full)
    with start(0, context={'language': 'vi'}):
        with pytest.raises(FileRefused, match="không ghi được"):
            store(draft.papers[0], "a.pdf", pdf())
        assert not Pool().get('tthcc.dossier.file').search([
                ('dossier', '=', draft.id)])
    assert stored(database) == before


@pytest.mark.parametrize('name, kept', [
        ("..\\..\\C:\\quét\\đơn.pdf", "đơn.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("đơn.exe", "đơn.exe.pdf"),
        ("đơn\n\x00.PDF", "đơn.PDF"),
        ("d" * 400 + ".pdf", "d" * 120 + ".pdf"),
        ("", ".pdf"),
        (None, ".pdf"),
        ])
def test_names_are_cleaned(draft, start, name, kept):
    with start(0) as transaction:
        assert store(draft.papers[0], name, pdf()).name == kept
        transaction.rollback()


def test_ended_dossier_takes_no_more_papers(draft, start):
    with start(0, context={'language': 'vi'}):
        Dossier = Pool().get('tthcc.dossier')
        Dossier.refuse_for([Dossier(draft.id)], "Không thuộc thẩm quyền")
        with pytest.raises(FileRefused, match="Không được tiếp nhận"):
            store(draft.papers[0], "a.pdf", pdf())


def test_scans_are_for_who_handles_the_dossier(server, people, draft, start):
    with start(0):
        id = store(draft.papers[0], "a.pdf", pdf()).id
    assert people.director.read('tthcc.dossier.file', [id], ['name'])
    for stranger in [
            people.processor, server.client('lc_officer', PASSWORD)]:
        with pytest.raises(Refused):
            stranger.read('tthcc.dossier.file', [id], ['content'])
        assert not stranger.search(
            'tthcc.dossier.file', [('id', '=', id)])
    press = people.officer.model
    press('tthcc.dossier', 'register', [draft.id])
    press('tthcc.dossier', 'pass_on', [draft.id])
    assert people.processor.read('tthcc.dossier.file', [id], ['name'])


def test_nobody_changes_a_scan_by_hand(people, draft, start):
    with start(0):
        id = store(draft.papers[0], "a.pdf", pdf()).id
    for role in vars(people).values():
        with pytest.raises(Refused):
            role.write('tthcc.dossier.file', [id], {'name': "b.pdf"})
        with pytest.raises(Refused):
            role.write('tthcc.dossier.file', [id], {'content': b'b'})
        with pytest.raises(Refused):
            role.model('tthcc.dossier.file', 'delete', [id])
        with pytest.raises(Refused):
            role.model('tthcc.dossier.file', 'copy', [id])
    with pytest.raises(Refused):
        people.officer.create('tthcc.dossier.file', {
                'dossier': draft.id, 'paper': draft.papers[0],
                'name': "a.exe", 'content': b'MZ', 'mime': 'application/pdf',
                'pages': 1, 'size': 2, 'sha256': 'x'})


def test_a_copy_of_a_dossier_has_no_scans(people, draft, start):
    with start(0):
        store(draft.papers[0], "a.pdf", pdf())
    id, = people.officer.model('tthcc.dossier', 'copy', [draft.id])
    copy, = people.officer.read('tthcc.dossier', [id], ['files', 'papers'])
    assert not copy['files']
    assert len(copy['papers']) == 2


# Many at once


def upload(server, dossier, files, client=None, accept='application/json',
        cut=0):
    """Send files, as names of fields, names and contents, and return the
    status and the answer; cut: how many bytes never arrive."""
    boundary = 'a-boundary'
    body = b''.join(
        f'--{boundary}\r\n'
        f'Content-Disposition: form-data; name="{field}"; '
        f'filename="{name}"\r\n\r\n'.encode() + data + b'\r\n'
        for field, name, data in files) + f'--{boundary}--\r\n'.encode()
    connection = http.client.HTTPConnection('localhost', server.port)
    with contextlib.closing(connection):
        connection.putrequest(
            'POST', f'/{server.database}/tthcc/dossier/{dossier}/files')
        headers = {
            'Accept': accept,
            'Content-Type': f'multipart/form-data; boundary={boundary}',
            'Content-Length': str(len(body)),
            }
        if client:
            headers['Authorization'] = client._headers['Authorization']
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body[:len(body) - cut])
        if cut:
            connection.sock.shutdown(socket.SHUT_WR)
        response = connection.getresponse()
        answer = response.read().decode()
        if response.headers['Content-Type'] == 'application/json':
            answer = json.loads(answer)['files']
        return response.status, answer


def scans(client, dossier):
    return client.search(
        'tthcc.dossier.file', [('dossier', '=', dossier)], ['name', 'paper'])


def test_upload_keeps_the_good_and_names_the_bad(
        server, people, draft, database):
    before = stored(database)
    first, second = draft.papers
    status, answer = upload(server, draft.id, [
            (first, "tờ khai 1.pdf", pdf(2)),
            (first, "tờ khai 2.jpg", image('JPEG')),
            (second, "virus.pdf", b'MZ' + bytes(5000)),
            (second, "lớn.pdf", pdf() + bytes(11 * MEGABYTE)),
            (second, "chứng sinh.png", image('PNG')),
            (second, "", b''),
            (0, "lạc.pdf", pdf()),
            ], people.officer)
    assert status == 200
    assert [a['name'] for a in answer if 'error' not in a] == [
        "tờ khai 1.pdf", "tờ khai 2.jpg", "chứng sinh.png"]
    errors = {a['name']: a['error'] for a in answer if 'error' in a}
    assert errors.keys() == {"virus.pdf", "lớn.pdf", "lạc.pdf"}
    assert "10 MB" in errors["lớn.pdf"]
    files = scans(people.officer, draft.id)
    assert [(f['name'], f['paper']) for f in files] == [
        ("tờ khai 1.pdf", first), ("tờ khai 2.jpg", first),
        ("chứng sinh.png", second)]
    assert len(stored(database) - before) == 3
    papers = people.officer.read(
        'tthcc.dossier.paper', draft.papers, ['scans'])
    assert [p['scans'] for p in papers] == [2, 1]


def test_upload_of_bad_files_only(server, people, draft, database):
    before = stored(database)
    status, answer = upload(
        server, draft.id, [(draft.papers[0], "a.pdf", b'')], people.officer)
    assert status == 422
    assert "a.pdf" in answer[0]['error']
    assert stored(database) == before


def test_upload_again_stores_nothing_anew(server, people, draft, database):
    files = [(draft.papers[0], "a.pdf", pdf())]
    _, answer = upload(server, draft.id, files, people.officer)
    before = stored(database)
    assert upload(server, draft.id, files, people.officer) == (200, answer)
    assert stored(database) == before


def test_upload_that_breaks_off_leaves_nothing(
        server, people, draft, database):
    before = stored(database)
    status, _ = upload(
        server, draft.id, [(draft.papers[0], "a.pdf", pdf(200))],
        people.officer, cut=3000)
    assert status == 400
    assert not scans(people.officer, draft.id)
    assert stored(database) == before


def test_upload_by_strangers(server, people, draft, database):
    before = stored(database)
    files = [(draft.papers[0], "a.pdf", pdf())]
    assert upload(server, draft.id, files)[0] == 401
    for client in [
            server.client('lc_officer', PASSWORD),
            # The leg is not theirs
            people.processor]:
        assert upload(server, draft.id, files, client)[0] == 403
        assert upload(server, 10 ** 6, files, client)[0] == 403
    assert stored(database) == before


def test_upload_to_papers_of_another_dossier(
        server, people, draft, office, start):
    with start(0):
        other, = Pool().get('tthcc.dossier').create([office.values])
        paper = other.papers[0].id
    status, answer = upload(
        server, draft.id, [(paper, "a.pdf", pdf())], people.officer)
    assert status == 422
    assert not scans(people.officer, other.id)


def test_upload_to_ended_dossier(server, people, draft, start, database):
    with start(0):
        Dossier = Pool().get('tthcc.dossier')
        Dossier.refuse_for([Dossier(draft.id)], "Không thuộc thẩm quyền")
    before = stored(database)
    status, answer = upload(
        server, draft.id, [(draft.papers[0], "a.pdf", pdf())],
        people.officer)
    assert status == 409
    assert "Không được tiếp nhận" in answer
    assert stored(database) == before


def test_upload_of_what_is_no_form(server, people, draft):
    request = urllib.request.Request(
        f'{server.url}{server.database}/tthcc/dossier/{draft.id}/files',
        pdf(), {
            **people.officer._headers, 'Content-Type': 'application/pdf'})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 415


def test_too_many_files(server, people, draft, database):
    before = stored(database)
    status, _ = upload(
        server, draft.id,
        [(draft.papers[0], f"{i}.pdf", b'%PDF-') for i in range(201)],
        people.officer)
    assert status == 413
    assert stored(database) == before


def test_the_page_shows_what_was_stored_and_what_not(server, people, draft):
    status, page = upload(server, draft.id, [
            (draft.papers[0], "<b>đơn</b>.pdf", pdf()),
            (draft.papers[0], "hỏng.pdf", b'%PDF-'),
            ], people.officer, accept='text/html,*/*;q=0.8')
    assert status == 200
    assert "&lt;b&gt;đơn" not in page and "b&gt;.pdf" in page
    assert "“hỏng.pdf” bị hỏng" in page
    assert f'name="{draft.papers[1]}"' in page


def test_attach_by_wizard(people, draft):
    first, second = draft.papers
    with people.officer.wizard(
            'tthcc.dossier.attach', 'tthcc.dossier', [draft.id]) as wizard:
        lines = wizard.values['papers']
        lines[0].update(name="đơn.pdf", content=pdf())
        lines[1].update(not_digitised='shown', content=None, name=None)
        wizard.values['papers'] = lines
        wizard.execute('attach')
    assert [f['paper'] for f in scans(people.officer, draft.id)] == [first]
    paper, = people.officer.read(
        'tthcc.dossier.paper', [second], ['not_digitised', 'scans'])
    assert (paper['not_digitised'], paper['scans']) == ('shown', 0)


def test_attach_by_wizard_is_all_or_nothing(people, draft, database):
    before = stored(database)
    with people.officer.wizard(
            'tthcc.dossier.attach', 'tthcc.dossier', [draft.id]) as wizard:
        lines = wizard.values['papers']
        lines[0].update(name="đơn.pdf", content=pdf())
        lines[1].update(name="hỏng.pdf", content=b'%PDF-')
        wizard.values['papers'] = lines
        with pytest.raises(Refused, match="hỏng.pdf"):
            wizard.execute('attach')
    assert not scans(people.officer, draft.id)
    assert stored(database) == before


def test_attach_by_wizard_of_strangers(server, people, draft):
    for client in [people.processor, server.client('lc_officer', PASSWORD)]:
        with pytest.raises(Refused):
            with client.wizard(
                    'tthcc.dossier.attach', 'tthcc.dossier', [draft.id]
                    ) as wizard:
                wizard.values['papers'] = []
                wizard.execute('attach')


# Sweeping


def test_sweep_removes_what_no_record_points_to(draft, start, database):
    File = Pool(database).get('tthcc.dossier.file')
    with start(0):
        kept = store(draft.papers[0], "a.pdf", pdf())
        gone = store(draft.papers[0], "b.pdf", pdf(2))
        path = pathlib.Path(filestore._filename(
                kept.file_id, File.content.store_prefix))
        before = stored(database)
        # As deleted by a record, which Tryton keeps for a while
        File.delete([gone])
        File.sweep()
        assert stored(database) == before
    with File.incoming() as left, File.incoming() as coming:
        left.write(b'left by a server that was killed')
        coming.write(b'on its way')
        lost = path.with_name('lost')
        lost.write_bytes(b'lost')
        old = time.time() - 2 * 24 * 60 * 60
        for file in [path, lost, left.path]:
            os.utime(file, (old, old))
        with start(0):
            File.sweep()
        assert path.exists()
        assert not lost.exists()
        assert not os.path.exists(left.path)
        assert os.path.exists(coming.path)


def test_scans_in_the_browser(browser, draft, start, pictures, tmp_path):
    for name, data in {
            "tờ khai.pdf": pdf(2), "chứng sinh.jpg": image('JPEG'),
            "ảnh hỏng.png": image('PNG')[:-500]}.items():
        (tmp_path / name).write_bytes(data)
    with start(0):
        Dossier = Pool().get('tthcc.dossier')
        dossier = Dossier(draft.id)
        Dossier.register([dossier])
        code = dossier.code
    browser.log_in('th_officer', PASSWORD)
    # In the list of all the drafts of other tests come first
    browser.open_queue("Chờ chuyển")
    browser.rows().get_by_text(code).dblclick(delay=50)
    expect(browser.field('code')).to_have_value(code)
    browser.tab.get_by_role('tab', name="Bản quét").click()
    with browser.page.expect_popup() as popup:
        browser.press("Tải bản quét lên")
    page = popup.value
    first, second = page.locator('input[type=file]').all()
    first.set_input_files([tmp_path / "tờ khai.pdf"])
    second.set_input_files([
            tmp_path / "chứng sinh.jpg", tmp_path / "ảnh hỏng.png"])
    page.get_by_role('button', name="Tải lên").click()
    expect(page.locator('.stored')).to_contain_text(
        "tờ khai.pdf, chứng sinh.jpg")
    expect(page.locator('.refused')).to_contain_text("ảnh hỏng.png")
    page.screenshot(path=pictures / 'upload.png')
    page.close()

    browser.page.get_by_title("Tải lại/Hoàn tác").click()
    expect(browser.tab.get_by_text("chứng sinh.jpg")).to_be_visible()
    browser.picture('scans')
    browser.press("Đính kèm tệp")
    window = browser.page.locator('.modal:visible, .tab-pane.active .wizard')
    expect(window.get_by_text("Giấy chứng sinh").first).to_be_visible()
    browser.picture('attach')


# Reuse


@pytest.fixture
def returning(people, office, start):
    "Ids of an old dossier with a scan, and of a new one of the same person"
    with start(0):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        party, = pool.get('party.party').create([{'name': "Nguyễn Văn Ân"}])
        old, new = Dossier.create([{
                    **office.values,
                    'applicants': [('create', [
                                {'name': party.name, 'party': party.id}])],
                    } for _ in range(2)])
        Dossier.register([old])
        file = store(old.papers[1].id, "chứng sinh.pdf", pdf(3))
        return SimpleNamespace(
            old=old.id, new=new.id, file=file.id,
            papers=[p.id for p in new.papers])


def reuse(client, id, consent=True, change=None):
    with client.wizard(
            'tthcc.dossier.reuse', 'tthcc.dossier', [id]) as wizard:
        lines = wizard.values['files']
        wizard.values.update(files=lines, consent=consent)
        if change:
            change(lines)
        wizard.execute('reuse')
    return lines


def test_paper_filed_before_is_reused(people, returning, database):
    later = clock.now() + dt.timedelta(days=40, hours=1)
    with clock.moved_to(later):
        line, = reuse(people.officer, returning.new)
    assert line['title'] == "Giấy chứng sinh"
    assert line['age'] == 40
    # It is offered for the paper of the same name
    assert line['paper'] == returning.papers[1]
    file, = people.officer.search(
        'tthcc.dossier.file', [('dossier', '=', returning.new)],
        ['paper', 'reused_from', 'content', 'uploaded_at'])
    assert file['paper'] == returning.papers[1]
    assert file['reused_from'] == returning.file
    assert file['uploaded_at'] == later
    original, = people.officer.read(
        'tthcc.dossier.file', [returning.file], ['content'])
    assert file['content'] == original['content']


def test_reuse_needs_consent(people, returning):
    with pytest.raises(Refused, match="đồng ý"):
        reuse(people.officer, returning.new, consent=False)
    assert not scans(people.officer, returning.new)


def test_reuse_of_what_was_not_offered(people, returning, draft, start):
    with start(0):
        other = store(draft.papers[0], "của người khác.pdf", pdf(5)).id

    def change(lines):
        lines[0]['file'] = other
    reuse(people.officer, returning.new, change=change)
    assert not scans(people.officer, returning.new)

    def change(lines):
        lines[0]['paper'] = draft.papers[1]
    reuse(people.officer, returning.new, change=change)
    assert not scans(people.officer, returning.new)
    assert len(scans(people.officer, draft.id)) == 1


def test_nothing_to_reuse(people, draft):
    with pytest.raises(Refused, match="chưa từng nộp"):
        reuse(people.officer, draft.id)
