# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Costs of Tryton's server, removed while it runs

Each module of this package replaces a few functions of Tryton by faster ones
that answer the same; docs/server.md says what each costs.  A removal stays
away when [tthcc_server] says so, and when Tryton's functions are no longer
those it was written for: then Tryton works as it comes, and the log says it.
"""
import hashlib
import importlib
import inspect
import logging
import operator

from trytond import __version__, config

__all__ = ['OPTIONS', 'REMOVALS', 'apply', 'undo', 'changed']

logger = logging.getLogger(__name__)

REMOVALS = [
    'cursor', 'columns', 'answer', 'encoding', 'session', 'audit', 'search',
    'children', 'written', 'existence', 'timedelta', 'button', 'instance',
    'connection', 'garbage', 'outage', 'worker']
# What only those servers want whose configuration says so
OPTIONS = ['replica']
_replaced = []


def apply(names=(*REMOVALS, *OPTIONS)):
    """Replace what the configuration allows of the names, and return those in
    force"""
    removals = {
        name: importlib.import_module(f'.{name}', __name__)
        for name in names
        if config.getboolean(
            'tthcc_server', name, default=name in REMOVALS)}
    for name, functions in [(n, changed(r)) for n, r in removals.items()]:
        if functions:
            logger.warning(
                "Tryton %s has changed %s: it runs without the removal %s of "
                "docs/server.md, only slower",
                __version__, ", ".join(functions), name)
            del removals[name]
    for removal in removals.values():
        removal.apply(replace)
    return list(removals)


def undo():
    "Put Tryton's own functions back"
    while _replaced:
        owner, name, value = _replaced.pop()
        setattr(owner, name, value)


def replace(owner, name, value):
    _replaced.append((owner, name, vars(owner)[name]))
    setattr(owner, name, value)


def changed(removal):
    "Return the functions that are not those the removal was written for"
    return [
        path for path, digest in removal.UPSTREAM.items()
        if fingerprint(path) != digest]


def fingerprint(path):
    """Return the digest of the source of a function or class, None without

    path: module:name, or module:Class.name
    """
    module, _, name = path.partition(':')
    try:
        function = operator.attrgetter(name)(importlib.import_module(module))
        source = inspect.getsource(function)
    except (AttributeError, ImportError, OSError, TypeError):
        return None
    return hashlib.sha256(source.encode()).hexdigest()[:16]
