# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Make a catalogue for a client out of its translations

The web client reads JSON, the desktop client gettext's binary form.  It runs
in the virtual environment of prepare.py.

usage: catalogue.py SOURCE.po TARGET.json|TARGET.mo
"""
import json
import pathlib
import sys

import polib


def main(source, target):
    catalogue = polib.pofile(source)
    if target.suffix == '.json':
        content = json.dumps(
            for_web(catalogue), ensure_ascii=False).encode()
    else:
        content = catalogue.to_binary()
    # All of it or none
    new = target.with_name(target.name + '.new')
    new.parent.mkdir(parents=True, exist_ok=True)
    new.write_bytes(content)
    new.replace(target)


def for_web(catalogue):
    "Return the catalogue as the web client reads it"
    metadata = catalogue.metadata
    result = {'': {
            'content-type': metadata['Content-Type'],
            'language': metadata['Language'],
            'plural-forms': metadata['Plural-Forms'],
            }}
    for entry in catalogue:
        if entry.msgid_plural:
            # It takes a list of two for a text without plural
            forms = [entry.msgid_plural] + 2 * [entry.msgstr_plural[0]]
        else:
            forms = [None, entry.msgstr]
        result[entry.msgid] = forms
    return result


if __name__ == '__main__':
    main(*map(pathlib.Path, sys.argv[1:]))
