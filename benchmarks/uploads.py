# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a server needs while it takes in 100 scans of 10 MB

    python benchmarks/uploads.py

It starts a server of its own on SQLite, uploads the scans in one request and
then, to other dossiers, from four officers at once, and prints the greatest
resident memory the server has had so far.  Linux only."""
import http.client
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
PORT = 8765
MEGABYTE = 1024 * 1024
SIZE = 10 * MEGABYTE
SCANS = 100
OFFICERS = 4


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({
                'TRYTOND_DATABASE_URI': 'sqlite://',
                'TRYTOND_DATABASE__PATH': folder,
                'TRYTOND_DATABASE__LANGUAGE': 'vi',
                'TRYTOND_WEB__LISTEN': f'localhost:{PORT}',
                })
        database, dossiers = prepare()
        process = subprocess.Popen([
                pathlib.Path(sys.executable).with_name('trytond'),
                '-d', database])
        try:
            measure(process, database, dossiers)
        finally:
            process.terminate()
            process.wait()


def prepare():
    "Return the name of a database, and the ids of dossiers and of a paper"
    from tests.databases import Databases
    from trytond.modules.tthcc_dossier.tests import tools
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    database = Databases().restore()
    with Transaction().start(database, 0):
        procedure = tools.create_procedure()
        office = tools.create_office('', procedures=[procedure])
        dossiers = Pool().get('tthcc.dossier').create([
                tools.new_dossier(office, procedure)
                for _ in range(1 + OFFICERS)])
        return database, [(d.id, d.papers[0].id) for d in dossiers]


def measure(process, database, dossiers):
    from tests.server import Client
    from trytond.modules.tthcc.tests.tools import PASSWORD
    server = SimpleNamespace(
        url=f'http://localhost:{PORT}/', database=database)
    client = None
    while not client:
        try:
            client = Client(server, 'officer', PASSWORD)
        except OSError:
            time.sleep(.5)

    def upload(dossier, scans):
        id, paper = dossier
        connection = http.client.HTTPConnection('localhost', PORT)
        connection.request(
            'POST', f'/{database}/tthcc/dossier/{id}/files',
            body(paper, scans), {
                **client._headers,
                'Accept': 'application/json',
                'Content-Type': 'multipart/form-data; boundary=limit',
                'Content-Length': str(sum(map(len, body(paper, scans)))),
                }, encode_chunked=False)
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200 and b'error' not in answer, answer

    def report(name, seconds=None):
        status = pathlib.Path(f'/proc/{process.pid}/status').read_text()
        peak = int(status.split('VmHWM:')[1].split()[0]) // 1024
        print(f"{name}: {peak} MB" + (
                f", {seconds:.0f} s" if seconds else ''), flush=True)

    report("before")
    start = time.monotonic()
    upload(dossiers[0], SCANS)
    report(f"{SCANS} scans in one request", time.monotonic() - start)
    start = time.monotonic()
    with ThreadPoolExecutor(OFFICERS) as officers:
        list(officers.map(
                upload, dossiers[1:], [SCANS // OFFICERS] * OFFICERS))
    report(f"{OFFICERS} officers at once", time.monotonic() - start)


def body(paper, scans):
    "Yield the parts of a request with so many scans, no two the same"
    for number in range(scans):
        scan = SCAN[:-1] + bytes([number])
        yield (
            '--limit\r\nContent-Disposition: form-data; '
            f'name="{paper}"; filename="{number}.pdf"\r\n\r\n').encode()
        yield scan
        yield b'\r\n'
    yield b'--limit--\r\n'


def scan():
    "Return a PDF of the size, whose last byte does not matter"
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    picture = DecodedStreamObject()
    picture.set_data(os.urandom(SIZE - 10_000))
    writer._add_object(picture)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue() + b'\n '


SCAN = scan()


if __name__ == '__main__':
    main()
