# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import PoolMeta

from .kept import KeptMixin


class Lang(KeptMixin, metaclass=PoolMeta):
    "Whoever counts something asks it for the plural"
    __name__ = 'ir.lang'
