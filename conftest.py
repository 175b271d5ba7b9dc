# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The database under test, chosen before anything imports Tryton

Tryton knows one database backend per process.  So `--database both` starts
two workers, one for each; what needs no database, or a screen, runs in one of
them only, the first unless it says otherwise.
"""
import os
import pathlib
import shutil
import tempfile

import pytest

ROOT = pathlib.Path(__file__).parent
BACKENDS = ['sqlite', 'postgresql']


def pytest_addoption(parser):
    parser.addoption(
        '--database', choices=BACKENDS + ['both'], default='sqlite',
        help="the database the tests run on (default: sqlite)")
    parser.addoption(
        '--reuse-db', action='store_true',
        help="keep the prepared SQLite databases from one run to the next, "
        "while only bodies of methods change")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    if config.option.database == 'both' and not is_worker(config):
        config.option.tx = [
            f'popen//env:TTHCC_TEST_BACKEND={b}' for b in BACKENDS]
        config.option.dist = 'each'


def pytest_configure(config):
    config.addinivalue_line(
        'markers', 'postgresql: is for this database only')
    config.addinivalue_line(
        'markers',
        'once(database): takes long, and the same on any database; where both '
        'are tested it is on this one, else the first')
    config.backend = config.option.database
    kept = ROOT / '.run' / 'test'
    if not config.option.reuse_db:
        shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True, exist_ok=True)
    if config.backend == 'both':
        if not is_worker(config):
            return
        config.backend = os.environ['TTHCC_TEST_BACKEND']
    for name in list(os.environ):
        if name.startswith('TRYTOND_') and not name.startswith(
                'TRYTOND_TEST_'):
            del os.environ[name]
    os.environ.update({
            'TRYTOND_DATABASE_URI': database_uri(config),
            'TRYTOND_DATABASE__PATH': temporary_folder(config),
            'TRYTOND_DATABASE__LANGUAGE': 'vi',
            # Officers who register at once try again until all have a code
            'TRYTOND_DATABASE__RETRY': '30',
            'TRYTOND_WEB__ROOT': str(ROOT / '.run' / 'sao'),
            })
    if config.backend == 'postgresql':
        # For the tests of Tryton's ModuleTestCase
        os.environ['DB_NAME'] = f'test_module_{os.getpid()}'


def is_worker(config):
    return hasattr(config, 'workerinput')


def database_uri(config):
    if config.backend == 'sqlite':
        return 'sqlite://'
    from tests import postgresql
    uri, stop = postgresql.start()
    config.add_cleanup(stop)
    return uri


def temporary_folder(config):
    folder = tempfile.mkdtemp(prefix='tthcc-test-')
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return folder


def pytest_collection_modifyitems(config, items):
    for item in items:
        if has_screen(item):
            # A client on a busy machine may once miss a key or a click
            item.add_marker(pytest.mark.flaky(reruns=1))
    left = [i for i in items if not runs_here(i, config)]
    config.hook.pytest_deselected(items=left)
    items[:] = [i for i in items if i not in left]


def has_screen(item):
    return not {'chromium', 'desktop'}.isdisjoint(item.fixturenames)


def runs_here(item, config):
    if item.get_closest_marker('postgresql'):
        return config.backend == 'postgresql'
    if config.option.database != 'both':
        return True
    once = item.get_closest_marker('once')
    if once and once.args:
        return config.backend == once.args[0]
    if config.backend == BACKENDS[0]:
        return True
    return not once and not has_screen(item) and (
        'databases' in item.fixturenames
        or item.path.name == 'test_module.py')


def pytest_terminal_summary(terminalreporter):
    "Name the stories that were left out"
    for report in terminalreporter.getreports('skipped'):
        *_, reason = report.longrepr
        terminalreporter.write_line(
            f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")
