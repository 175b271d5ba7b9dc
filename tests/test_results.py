# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Results of a dossier: their signatures, and how they are returned."""
import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pypdf import PdfWriter

from tests.server import Refused
from trytond import config
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier import signature
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)


@pytest.fixture(scope='module')
def office(database):
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure()
        offices = [
            create_office('th_', "UBND huyện Thiệu Hóa", [procedure]),
            create_office('lc_', "UBND huyện Lang Chánh", [procedure]),
            ]
        return new_dossier(offices[0], procedure)


@pytest.fixture
def people(server, office):
    return SimpleNamespace(**{
            role: server.client(f'th_{role}', PASSWORD)
            for role in ['officer', 'processor', 'leader', 'director']})


@pytest.fixture
def processed(people, office):
    "The id of a dossier that waits for the leader's signature"
    id, = people.officer.create('tthcc.dossier', office)
    press(people.officer, 'register', id)
    press(people.officer, 'pass_on', id)
    press(people.processor, 'complete_step', id)
    return id


def press(client, button, id):
    return client.model('tthcc.dossier', button, [id])


def in_thread(function, *args):
    "Call what runs an event loop, of which the browser has one here"
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(function, *args).result()


class Authority:
    "An authority of certificates, in the folder that the server trusts"

    def __init__(self, folder):
        self._key, self._root = self._certificate("Tổ chức chứng thực", None)
        (folder / 'root.pem').write_bytes(
            self._root.public_bytes(serialization.Encoding.PEM))

    def _certificate(self, name, key, issuer=None):
        own = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=30))
            .add_extension(
                x509.BasicConstraints(ca=not issuer, path_length=None), True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True, content_commitment=True,
                    key_cert_sign=not issuer, crl_sign=not issuer,
                    key_encipherment=False, data_encipherment=False,
                    key_agreement=False, encipher_only=False,
                    decipher_only=False), True)
            .sign(key or own, hashes.SHA256()))
        return own, certificate

    def sign(self, pdf, name):
        "Return the PDF signed by somebody for whom the authority vouches"
        key, certificate = self._certificate(name, self._key, self._root)
        signer = SimpleSigner.load_pkcs12_data(
            pkcs12.serialize_key_and_certificates(
                None, key, certificate, [self._root],
                serialization.NoEncryption()), [])
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        field = f'Signature{len(writer.prev.embedded_signatures) + 1}'
        return in_thread(
            sign_pdf, writer, PdfSignatureMetadata(field_name=field), signer
            ).getvalue()


@pytest.fixture
def authority(tmp_path, monkeypatch):
    if not config.has_section('tthcc'):
        config.add_section('tthcc')
    config.set('tthcc', 'trust_roots', str(tmp_path))
    yield Authority(tmp_path)
    config.set('tthcc', 'trust_roots', '')
    signature.trusted_roots.cache_clear()


@pytest.fixture
def stranger(tmp_path_factory):
    "An authority that nobody trusts"
    return Authority(tmp_path_factory.mktemp('stranger'))


def pdf():
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def record(client, id, content=None, **values):
    with client.wizard(
            'tthcc.dossier.record_result', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update({
                'number': "12/GCN-UBND",
                'signer': "Lê Thị Thử Nghiệm",
                **values,
                })
        if content is not None:
            wizard.values.update(content=content, name="giấy chứng nhận.pdf")
        wizard.execute('record_')


def results(client, id):
    return client.search(
        'tthcc.dossier.result', [('dossier', '=', id)],
        ['number', 'files', 'recorded_by'])


def signatures(client, id):
    return client.search(
        'tthcc.dossier.signature', [('file.dossier', '=', id)],
        ['state', 'signer', 'issuer', 'signed_at'])


def hand_out(client, id, **values):
    with client.wizard(
            'tthcc.dossier.return', 'tthcc.dossier', [id]) as wizard:
        wizard.values.update(values)
        wizard.execute('return_')
        return wizard


def test_a_signed_result_up_to_its_return(people, processed, authority):
    signed = authority.sign(
        authority.sign(pdf(), "Lê Thị Thử Nghiệm"), "UBND huyện Thiệu Hóa")
    record(people.leader, processed, signed)
    result, = results(people.leader, processed)
    assert result['recorded_by'] == people.leader.context['employee']
    file, = people.leader.read(
        'tthcc.dossier.file', result['files'], ['content', 'pages'])
    # Not a byte is changed, else the signature would break
    assert file == {
        'id': file['id'], 'content': signed, 'pages': 1}
    first, second = signatures(people.leader, processed)
    assert (first['state'], second['state']) == ('trusted', 'trusted')
    assert first['signer'] == "Lê Thị Thử Nghiệm"
    assert second['signer'] == "UBND huyện Thiệu Hóa"
    assert first['issuer'] == "Tổ chức chứng thực"
    now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    assert abs(first['signed_at'] - now) < dt.timedelta(minutes=10)

    press(people.leader, 'resolve', processed)
    hand_out(people.officer, processed, to="Trần Văn Giả Định",
        how='electronic', acknowledgement='electronic')
    dossier, = people.officer.read(
        'tthcc.dossier', [processed],
        ['state', 'returned_to', 'returned_how', 'acknowledgement',
            'returned_by', 'tracking_number'])
    del dossier['id']
    assert dossier == {
        'state': 'returned', 'returned_to': "Trần Văn Giả Định",
        'returned_how': 'electronic', 'acknowledgement': 'electronic',
        'returned_by': people.officer.context['employee'],
        'tracking_number': None}


def test_signature_of_an_unknown_authority(
        people, processed, authority, stranger):
    record(people.leader, processed, stranger.sign(pdf(), "Lê Thị Lạ"))
    found, = signatures(people.leader, processed)
    assert (found['state'], found['signer']) == ('unknown', "Lê Thị Lạ")


def test_result_changed_after_signing_is_refused(
        people, processed, authority):
    signed = authority.sign(pdf(), "Lê Thị Thử Nghiệm")
    changed = signed.replace(b'595', b'600', 1)
    assert changed != signed
    with pytest.raises(Refused, match="không còn nguyên vẹn"):
        record(people.leader, processed, changed)
    # Neither file nor result
    assert not results(people.leader, processed)


def test_unsigned_result_has_no_signature(people, processed):
    record(people.leader, processed, pdf())
    assert results(people.leader, processed)[0]['files']
    assert not signatures(people.leader, processed)


def test_results_are_recorded_by_whose_turn_it_is(
        server, people, processed):
    for client in [people.officer, server.client('lc_leader', PASSWORD)]:
        with pytest.raises(Refused):
            record(client, processed)
    press(people.leader, 'resolve', processed)
    # Now it is the officer's, who scans what comes back on paper
    with pytest.raises(Refused):
        record(people.processor, processed)
    record(people.officer, processed, pdf())
    for client in vars(people).values():
        with pytest.raises(Refused):
            client.create('tthcc.dossier.result', {
                    'dossier': processed, 'number': "1", 'signer': "A",
                    'date': dt.date(2026, 1, 1)})
        with pytest.raises(Refused):
            client.write(
                'tthcc.dossier', [processed], {'returned_to': "Ai đó"})


def test_return_by_post(people, processed):
    record(people.leader, processed)
    press(people.leader, 'resolve', processed)
    with people.officer.wizard(
            'tthcc.dossier.return', 'tthcc.dossier', [processed]) as wizard:
        assert wizard.values['to'] == "Nguyễn Văn Ân"
        assert wizard.values['how'] == 'centre'
    hand_out(people.officer, processed, how='post',
        tracking_number="EB123456789VN", acknowledgement='delivery')
    dossier, = people.officer.read(
        'tthcc.dossier', [processed], ['tracking_number', 'returned_how'])
    assert dossier['tracking_number'] == "EB123456789VN"
    assert dossier['returned_how'] == 'post'


def test_nothing_to_return_electronically(people, processed):
    record(people.leader, processed)
    press(people.leader, 'resolve', processed)
    with pytest.raises(Refused, match="chưa có tệp"):
        hand_out(people.officer, processed, how='electronic')
    dossier, = people.officer.read('tthcc.dossier', [processed], ['state'])
    assert dossier['state'] == 'resolved'


def test_return_only_once_and_by_the_centre(server, people, processed):
    press(people.leader, 'resolve', processed)
    for client in [people.processor, server.client('lc_officer', PASSWORD)]:
        with pytest.raises(Refused):
            hand_out(client, processed)
    hand_out(people.officer, processed, acknowledgement='signed')
    with pytest.raises(Refused, match="Đã trả"):
        hand_out(people.officer, processed)


def test_signature_of_a_citizens_paper_is_shown(
        people, office, start, pool, authority):
    changed = authority.sign(pdf(), "Nguyễn Văn Ân").replace(
        b'595', b'600', 1)

    def file():
        with start(0):
            dossier, = pool.get('tthcc.dossier').create([office])
            pool.get('tthcc.dossier.file').store(
                dossier.papers[0], "đơn.pdf", io.BytesIO(changed))
            return dossier.id
    found, = signatures(people.officer, in_thread(file))
    assert found['state'] == 'broken'
