# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Filing online by a portal, and following a dossier."""
import base64
import datetime as dt
import hashlib
import hmac
import io
import json
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pypdf
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance, response_schema_conformance,
    status_code_conformance)

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD, create_user
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure)
from trytond.pool import Pool
from trytond.transaction import Transaction

# Monday 9 November 2026, 08:00 in Vietnam
MONDAY = dt.datetime(2026, 11, 9, 1, 0)


def pdf():
    "Return a page of PDF as base64"
    buffer = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(buffer)
    return base64.b64encode(buffer.getvalue()).decode()


PDF = pdf()


@pytest.fixture(scope='module')
def office(database):
    "Two offices and two portals, of which one may file at the first only"
    with Transaction().start(database, 0):
        pool = Pool()
        Portal = pool.get('tthcc.filing.portal')
        online = create_procedure(channel='online')
        counter = create_procedure('1.000002')
        offices = [
            create_office('th_', "UBND huyện Thiệu Hóa", [online, counter]),
            create_office('lc_', "UBND huyện Lang Chánh", [online])]
        portals = Portal.create([{
                    'name': name,
                    'user': create_user(name, [], offices[0].company).id,
                    'centres': [('add', [c.centre.id for c in centres])],
                    } for name, centres in [
                        ('narrow', offices[:1]), ('wide', [])]])
        Portal.renew_key(portals)
        revision = online.revisions[0]
        units = [o.centre.regimes[0].unit_id for o in offices]
        return SimpleNamespace(
            keys={p.name: p.key for p in portals},
            portals={p.name: p.id for p in portals},
            paper=revision.papers[0].id,
            unit=units[0], elsewhere=units[1],
            dossier={
                'centre': units[0],
                'procedure': online.code,
                'applicants': [{
                        'name': "Lê Thị Bưởi",
                        'identity_number': '038190000123',
                        'phone': '0912 345 678'}],
                'papers': [{
                        'paper': revision.papers[0].id,
                        'files': [{'name': "to-khai.pdf", 'content': PDF}],
                        }],
                })


@pytest.fixture
def call(server, office):
    "call(method, path, body): the status and the answer of the interface"
    def call(method, path, body=None, key=office.keys['wide'], language='vi'):
        headers = {
            'Content-Type': 'application/json', 'Accept-Language': language}
        if key:
            headers['Authorization'] = f'Bearer {key}'
        request = urllib.request.Request(
            f'{server.url}{server.database}/tthcc/filing/v1/{path}',
            json.dumps(body).encode() if body is not None else None,
            headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
    return call


def test_from_the_portal_to_the_result(call, rpc, office):
    with clock.moved_to(MONDAY):
        status, procedures = call('GET', f'procedures?centre={office.unit}')
        assert status == 200
        procedure, = procedures
        assert procedure['papers'][0]['paper'] == office.paper

        status, filed = call('PUT', 'dossiers/A-1', office.dossier)
    assert status == 201, filed
    assert (filed['state'], filed['portal_code'], filed['code']) == (
        'submitted', 1, None)
    assert filed['class'] == 'not_due'

    officer = rpc('th_officer', PASSWORD)
    dossier, = officer.search(
        'tthcc.dossier', [('filings.reference', '=', 'A-1')],
        ['applicant_name', 'filings.portal_name'])
    assert dossier['applicant_name'] == "Lê Thị Bưởi"
    file, = officer.search(
        'tthcc.dossier.file', [('dossier', '=', dossier['id'])],
        ['name', 'pages', 'content', 'paper.required_paper'])
    assert (file['name'], file['pages']) == ("to-khai.pdf", 1)
    assert base64.b64encode(file['content']).decode() == PDF
    assert file['paper.']['required_paper'] == office.paper
    with clock.moved_to(MONDAY + dt.timedelta(hours=1)):
        officer.model('tthcc.dossier', 'accept', [dossier['id']])

    _, accepted = call('GET', 'dossiers/A-1')
    assert accepted['code'] == f'{office.unit}-261109-0001'
    assert accepted['portal_code'] == 2
    assert accepted['received_at'] == '2026-11-09T02:00:00Z'
    assert accepted['due'] == '2026-11-16T10:00:00Z'


def test_the_portal_is_told_each_move(call, rpc, office, endpoint,
        send_notices):
    portal = office.portals['wide']
    rpc().write(
        'tthcc.filing.portal', [portal], {'callback_url': endpoint.url})
    secret = rpc().read(
        'tthcc.filing.portal', [portal], ['secret'])[0]['secret']
    with clock.moved_to(MONDAY):
        call('PUT', 'dossiers/told', office.dossier)
        officer = rpc('th_officer', PASSWORD)
        dossier, = officer.search(
            'tthcc.dossier', [('filings.reference', '=', 'told')])
        officer.model('tthcc.dossier', 'accept', [dossier['id']])

    send_notices(MONDAY)

    told = [json.loads(r.body) for r in endpoint.requests]
    assert sorted(t['portal_code'] for t in told) == [1, 2]
    assert {t['reference'] for t in told} == {'told'}
    for request in endpoint.requests:
        assert request.headers['X-TTHCC-Signature'] == 'sha256=' + hmac.new(
            secret.encode(), request.body, hashlib.sha256).hexdigest()


def test_refused_with_the_reason(call, rpc, office):
    call('PUT', 'dossiers/refused', office.dossier)
    officer = rpc('th_officer', PASSWORD)
    dossier, = officer.search(
        'tthcc.dossier', [('filings.reference', '=', 'refused')])
    with officer.wizard(
            'tthcc.dossier.refuse', 'tthcc.dossier',
            [dossier['id']]) as wizard:
        wizard.values['reason'] = "Không thuộc thẩm quyền"
        wizard.execute('decide')

    _, status = call('GET', 'dossiers/refused')

    assert status['portal_code'] == 3
    assert status['reason'] == "Không thuộc thẩm quyền"


def test_the_same_request_files_once(call, rpc, office):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(
                lambda _: call('PUT', 'dossiers/once', office.dossier),
                range(4)))
    again = call('PUT', 'dossiers/once', office.dossier)
    other = call('PUT', 'dossiers/once', {
            **office.dossier, 'applicants': [{'name': "Người khác"}]})

    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert again[0] == 200
    assert other[0] == 409 and '"once"' in other[1]['detail']
    assert len(rpc('th_officer', PASSWORD).search(
            'tthcc.dossier', [('filings.reference', '=', 'once')])) == 1


@pytest.mark.parametrize('change, pointer', [
        ({'applicants': []}, '/applicants'),
        ({'applicants': [{'name': ''}]}, '/applicants/0/name'),
        ({'applicants': [{'name': "A\x00"}]}, '/applicants/0/name'),
        ({'applicants': [{'name': "A\ud800"}]}, '/applicants/0/name'),
        ({'return_method': 'pigeon'}, '/return_method'),
        ({'unknown': 1}, '/'),
        ])
def test_what_is_not_as_described(call, office, change, pointer):
    status, problem = call(
        'PUT', 'dossiers/wrong', {**office.dossier, **change})

    assert status == 422
    assert problem['errors'][0]['pointer'] == pointer
    assert call('GET', 'dossiers/wrong')[0] == 404


@pytest.mark.parametrize('change, says', [
        ({'centre': '000.00.99.H56'}, '000.00.99.H56'),
        ({'procedure': '9.999999'}, '9.999999'),
        ({'procedure': '1.000002'}, 'case'),
        ({'papers': []}, "Tờ khai"),
        ({'papers': [{'paper': 2 ** 70, 'files': [
                            {'name': "a.pdf", 'content': PDF}]}]},
            str(2 ** 70)),
        ({'applicants': [{'name': "An", 'identity_number': '12'}]}, '"12"'),
        ])
def test_what_cannot_be_filed(call, office, change, says):
    status, problem = call(
        'PUT', 'dossiers/wrong', {**office.dossier, **change})

    assert status == 422 and says in problem['detail']
    assert call('GET', 'dossiers/wrong')[0] == 404


@pytest.mark.parametrize('content', ['TVqQAAMAAAA=', 'A'])
def test_a_file_that_is_no_scan(call, office, content):
    status, problem = call('PUT', 'dossiers/no-scan', {
            **office.dossier, 'papers': [{
                    'paper': office.paper,
                    'files': [{'name': "a.pdf", 'content': content}]}]})

    assert status == 422 and 'a.pdf' in problem['detail']
    assert call('GET', 'dossiers/no-scan')[0] == 404


def test_errors_speak_the_language_asked_for(call, office):
    _, vietnamese = call('GET', 'dossiers/none')
    _, english = call('GET', 'dossiers/none', language='en')

    assert "chưa nộp hồ sơ" in vietnamese['detail']
    assert "has filed nothing" in english['detail']


def test_without_a_key(call, office):
    for key in [None, 'wrong', '']:
        assert call('PUT', 'dossiers/x', office.dossier, key)[0] == 401


def test_an_old_key_opens_nothing(call, rpc, office):
    old = office.keys['narrow']
    assert call('GET', f'procedures?centre={office.unit}', key=old)[0] == 200

    rpc().model(
        'tthcc.filing.portal', 'renew_key', [office.portals['narrow']])

    assert call('GET', f'procedures?centre={office.unit}', key=old)[0] == 401
    portal, = rpc().read(
        'tthcc.filing.portal', [office.portals['narrow']], ['key'])
    office.keys['narrow'] = portal['key']


def test_a_portal_is_kept_to_its_centres_and_dossiers(call, office):
    key = office.keys['narrow']
    call('PUT', 'dossiers/mine', office.dossier)

    elsewhere = call('PUT', 'dossiers/theirs', {
            **office.dossier, 'centre': office.elsewhere}, key)
    others = call('GET', 'dossiers/mine', key=key)

    assert elsewhere[0] == 422 and office.elsewhere in elsewhere[1]['detail']
    assert others[0] == 404


def test_only_administrators_see_keys(rpc, office):
    for login in ['th_officer', 'th_director']:
        with pytest.raises(Refused):
            rpc(login, PASSWORD).read(
                'tthcc.filing.portal', [office.portals['wide']], ['key'])
        with pytest.raises(Refused):
            rpc(login, PASSWORD).model(
                'tthcc.filing.portal', 'renew_key', [office.portals['wide']])


def test_the_portal_itself_reads_no_model(rpc, office):
    with pytest.raises(Refused):
        rpc('wide', PASSWORD).search('tthcc.dossier', [])


def test_body_that_is_no_json(server, office):
    request = urllib.request.Request(
        f'{server.url}{server.database}/tthcc/filing/v1/dossiers/x',
        b'[' * 100_000, {
            'Content-Type': 'application/json',
            'Authorization': f'Bearer {office.keys["wide"]}'}, method='PUT')

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)

    assert refused.value.code == 400
    assert refused.value.headers['Content-Type'] == 'application/problem+json'


def test_the_interface_is_as_described(server, office):
    base = f'{server.url}{server.database}/tthcc/filing/v1'
    description = schemathesis.openapi.from_url(f'{base}/openapi.json')
    answered = set()

    for operation in description.get_all_operations():
        operation = operation.ok()

        @given(operation.as_strategy())
        @settings(
            max_examples=30, deadline=None, database=None,
            derandomize=True, suppress_health_check=list(HealthCheck))
        def answers_as_described(case):
            response = case.call_and_validate(
                base_url=base,
                headers={'Authorization': f'Bearer {office.keys["wide"]}'},
                checks=[
                    not_a_server_error, status_code_conformance,
                    content_type_conformance, response_schema_conformance])
            answered.add((operation.label, response.status_code))

        answers_as_described()

    assert answered >= {
        ('PUT /dossiers/{reference}', 422),
        ('GET /dossiers/{reference}', 404),
        ('GET /procedures', 422),
        }


def track(server, code):
    try:
        with urllib.request.urlopen(
                f'{server.url}{server.database}/tthcc/track/'
                + urllib.parse.quote(code)) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_anybody_follows_a_dossier_by_its_code(server, call, rpc, office):
    with clock.moved_to(MONDAY + dt.timedelta(days=1)):
        call('PUT', 'dossiers/followed', office.dossier)
        officer = rpc('th_officer', PASSWORD)
        dossier, = officer.search(
            'tthcc.dossier', [('filings.reference', '=', 'followed')])
        officer.model('tthcc.dossier', 'accept', [dossier['id']])
        _, status = call('GET', 'dossiers/followed')

        code, page = track(server, status['code'])

    assert code == 200, page
    assert "Đã tiếp nhận" in page and "17:00 17/11/2026" in page
    for secret in ["Bưởi", '038190000123', '0912345678', "khai sinh"]:
        assert secret not in page


@pytest.mark.parametrize('code', ["0", "<script>", "\x00", "a'--", "Đ" * 300])
def test_following_an_unknown_code(server, office, code):
    status, page = track(server, code)

    assert status == 404
    assert "Không tìm thấy" in page and '<script' not in page
