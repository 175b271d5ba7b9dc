# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Garbage is looked for among what requests leave behind

Python's collector walks through all objects again and again; most of them are
the classes of the pool, which stay.
"""
import gc
from functools import partialmethod

from trytond.pool import Pool

UPSTREAM = {
    'trytond.pool:Pool.init': '980ed237dc636696',
    }


def apply(replace):
    replace(Pool, 'init', partialmethod(init, Pool.init))
    if Pool.database_list():
        freeze()


def init(pool, stock, *args, **kwargs):
    stock(pool, *args, **kwargs)
    freeze()


def freeze():
    # Pools of before may have gone
    gc.unfreeze()
    gc.collect()
    gc.freeze()
