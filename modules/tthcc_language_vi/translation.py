# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pathlib

from trytond.pool import Pool, PoolMeta

FOLDER = pathlib.Path(__file__).parent / 'base'


class Translation(metaclass=PoolMeta):
    __name__ = 'ir.translation'

    @classmethod
    def translation_import(cls, lang, module, po_path):
        """Import with this module's Vietnamese that of Tryton's own modules.

        Tryton reads what a module brings from its own folder only, and lets
        another module change it but not add a language."""
        count = super().translation_import(lang, module, po_path)
        if (lang, module) == ('vi', 'tthcc_language_vi'):
            Module = Pool().get('ir.module')
            for base in Module.search([
                        ('name', 'in', [p.stem for p in FOLDER.glob('*.po')]),
                        ('state', 'in', ['activated', 'to upgrade']),
                        ]):
                count += super().translation_import(
                    lang, base.name, str(FOLDER / f'{base.name}.po'))
        return count
