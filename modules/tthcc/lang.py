# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import PoolMeta

from .kept import KeptMixin, forget


class Lang(KeptMixin, metaclass=PoolMeta):
    "Whoever counts something asks it for the plural"
    __name__ = 'ir.lang'


class Translation(metaclass=PoolMeta):
    __name__ = 'ir.translation'

    @classmethod
    def on_modification(cls, mode, translations, field_names=None):
        super().on_modification(mode, translations, field_names=field_names)
        # The names of what is kept may be made of it
        forget()
