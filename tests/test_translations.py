# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pathlib
import re
import unicodedata

import polib
import pytest

from trytond.pool import Pool

ROOT = pathlib.Path(__file__).parent.parent
FILES = {
    **{p.parent.parent.name: p for p in ROOT.glob('modules/*/locale/vi.po')},
    # Tryton's own
    **{p.stem: p for p in ROOT.glob('modules/tthcc_language_vi/base/*.po')},
    }
MODULES = sorted(FILES)
PLACEHOLDER = re.compile(
    r'%\(\w+\)[a-z]|%[sd]|\$\{\w+\}|\{\w*(?:[.:!][^{}]*)?\}')


@pytest.fixture(scope='module')
def exported(database):
    "Return what Tryton would export for each module"
    from trytond.transaction import Transaction
    with Transaction().start(database, 0) as transaction:
        pool = Pool()
        Configuration = pool.get('ir.configuration')
        Lang = pool.get('ir.lang')
        Translation = pool.get('ir.translation')
        # The language of the source
        configuration = Configuration(1)
        configuration.language = 'en'
        configuration.save()
        language, = Lang.search([('code', '=', 'vi')])
        for name, values, button in [
                ('ir.translation.set', {}, 'set_'),
                ('ir.translation.clean', {}, 'clean'),
                ('ir.translation.update',
                    {'start': {'language': language.id}}, 'update')]:
            Wizard = pool.get(name, type='wizard')
            session, _, _ = Wizard.create()
            Wizard.execute(session, values, button)
            Wizard.delete(session)
        exported = {
            module: read(Translation.translation_export('vi', module).decode())
            for module in MODULES}
        transaction.rollback()
    return exported


def test_every_module_is_translated(transaction):
    Module = Pool().get('ir.module')

    active = {m.name for m in Module.search([('state', '=', 'activated')])}

    assert active <= FILES.keys()


@pytest.mark.parametrize('module', MODULES)
def test_every_string_has_its_vietnamese(exported, module):
    without = [
        key for key, entry in exported[module].items()
        if entry.fuzzy or not all(translations(entry))]

    assert not without


@pytest.mark.parametrize('module', MODULES)
def test_file_is_as_exported(exported, module):
    file = read(FILES[module].read_text(encoding='utf-8'))

    assert not [key for key, entry in file.items() if entry.fuzzy]
    assert file.keys() == exported[module].keys()


@pytest.mark.parametrize('module', MODULES)
def test_translations_are_composed_and_keep_placeholders(exported, module):
    for key, entry in exported[module].items():
        for translation in filter(None, translations(entry)):
            assert unicodedata.is_normalized('NFC', translation), key
            assert (sorted(PLACEHOLDER.findall(translation))
                == sorted(PLACEHOLDER.findall(entry.msgid))), key


def read(text):
    return {(e.msgctxt, e.msgid): e for e in polib.pofile(text)}


def translations(entry):
    return entry.msgstr_plural.values() or [entry.msgstr]
