# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Tryton itself in Vietnamese"
import datetime as dt
import pathlib
import re
import unicodedata

import polib
import pytest

from tests.conftest import leave_out
from tests.databases import PASSWORD
from tests.server import Refused
from trytond import backend
from trytond.pool import Pool

ROOT = pathlib.Path(__file__).parent.parent
CATALOGUES = ROOT / 'modules' / 'tthcc_language_vi' / 'client'
SOURCES = {
    'web': 'sao/locale/messages.pot',
    'desktop': (
        'desktop/lib/python*/site-packages/tryton/data/locale/tryton.pot'),
    }
PLACEHOLDER = re.compile(
    # of both clients, markup, keys
    r'%\(\w+\)[a-z]|%[sd%]|%\d|</?\w+>')
ACCELERATOR = re.compile(r'_[A-Za-z]')


@pytest.mark.once
def test_update_of_tryton_keeps_translations(new_database, start):
    def translations():
        with start() as transaction:
            Translation = Pool().get('ir.translation')
            found = sorted(
                (t.module, t.type, t.name, t.res_id, t.src, t.value)
                for t in Translation.search([('lang', '=', 'vi')]))
            transaction.rollback()
        return found

    before = translations()
    with start():
        Translation = Pool().get('ir.translation')
        Translation.delete(Translation.search([
                    ('lang', '=', 'vi'),
                    ('module', 'in', ['res', 'currency']),
                    ]))
    assert translations() != before

    Pool(new_database).init(update=['currency'], lang=['vi', 'en'])

    assert translations() == before


def test_server_refuses_in_vietnamese(rpc):
    client = rpc('admin', PASSWORD)

    with pytest.raises(
            Refused, match='Phải nhập giá trị cho trường "Tên" '):
        client.create('party.category', {'name': None})


def test_days_and_months(transaction):
    vi = Pool().get('ir.lang').get('vi')

    written = vi.strftime(dt.date(2026, 11, 2), '%A, %d %B %Y')

    assert written.replace('\xa0', ' ') == "Thứ Hai, 02 tháng Mười một 2026"


def test_order_of_names(transaction):
    names = [
        "an", "An", "ăn", "Ân", "Da", "Dà", "Dả", "Dã", "Dá", "Dạ", "Dung",
        "Đào", "Đỗ", "Em", "Êm", "Oanh", "Ôn", "Ơn", "Uyên", "Ưng", "Xuân"]
    Category = Pool().get('party.category')
    Category.create([{'name': name} for name in reversed(names)])

    found = [c.name for c in Category.search(
            [('name', 'in', names)], order=[('name', 'ASC')])]

    # SQLite knows no alphabet but the code of letters
    assert found == (names if backend.name == 'postgresql' else sorted(names))


@pytest.mark.parametrize('client', SOURCES)
def test_catalogue_has_all_texts_of_the_client(client):
    found = list((ROOT / '.run').glob(SOURCES[client]))
    if not found:
        leave_out(f"the {client} client")
    source, = map(read, found)

    catalogue = read(CATALOGUES / f'{client}.po')

    assert catalogue.keys() == source.keys()
    assert not [text for text, vi in catalogue.items() if not vi]


@pytest.mark.parametrize('client', SOURCES)
def test_catalogue_keeps_placeholders_and_accelerators(client):
    for text, vi in read(CATALOGUES / f'{client}.po').items():
        assert unicodedata.is_normalized('NFC', vi)
        assert (sorted(PLACEHOLDER.findall(vi))
            == sorted(PLACEHOLDER.findall(text))), text
        assert (len(ACCELERATOR.findall(vi))
            == len(ACCELERATOR.findall(text))), text


def test_clients_say_the_same():
    web, desktop = (
        read(CATALOGUES / f'{client}.po') for client in SOURCES)

    assert not [
        text for text in web.keys() & desktop.keys()
        if web[text] != desktop[text]]


def test_words_are_those_of_the_glossary():
    text = (ROOT / 'docs' / 'glossary.md').read_text(encoding='utf-8')
    # Terms without a remark, of Tryton
    words = dict(re.findall(
            r'^\| ([^(|]+) \| ([^;|]+) \|$',
            text.partition("## The one-stop centre")[0], re.MULTILINE))

    assert len(words) > 100
    for path in CATALOGUES.parent.glob('*/*.po'):
        for text, vi in read(path).items():
            term = text.lower().rstrip('.:')
            if term in words:
                assert (
                    vi.lower().rstrip('.:') in words[term].split(' / ')), text


def read(path):
    return {
        e.msgid: e.msgstr_plural[0] if e.msgid_plural else e.msgstr
        for e in polib.pofile(path)}
