# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Backup and restore, by the scripts an administrator uses"""
import datetime as dt
import io
import os
import pathlib
import shutil
import subprocess
import urllib.parse
from types import SimpleNamespace

import pytest
from PIL import Image

from tests.conftest import leave_out
from tests.deployment import DEPLOY
from tests.postgresql import find_binaries
from trytond import backend, config
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)
from trytond.pool import Pool
from trytond.transaction import Transaction

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope='module')
def dossier(database):
    "A dossier with a scan"
    stream = io.BytesIO()
    Image.effect_noise((300, 400), 60).save(stream, 'PNG')
    with Transaction().start(database, 0):
        pool = Pool()
        procedure = create_procedure()
        office = create_office(procedures=[procedure])
        with Transaction().set_context(
                employee=office.users['officer'].employee.id):
            dossier, = pool.get('tthcc.dossier').create([
                    new_dossier(office, procedure)])
            file = pool.get('tthcc.dossier.file').store(
                dossier.papers[0], "tờ khai.png",
                io.BytesIO(stream.getvalue()))
            dossier.register([dossier])
        return SimpleNamespace(
            id=dossier.id, code=dossier.code, file=file.id,
            scan=stream.getvalue())


@pytest.fixture(scope='module')
def environment():
    "What PostgreSQL's programs need, instead of the user tthcc"
    if not shutil.which('rsync'):
        leave_out("rsync")
    uri = config.parse_uri(config.get('database', 'uri'))
    host, _, port = uri.netloc.rpartition('@')[2].partition(':')
    return {
        'PATH': f"{find_binaries()}:{os.environ['PATH']}",
        'PGHOST': urllib.parse.unquote(host),
        'PGPORT': port or '5432',
        'PGUSER': uri.username,
        'PGPASSWORD': uri.password or '',
        }


@pytest.fixture
def run(environment):
    def run(*command, **variables):
        return subprocess.run(
            list(map(str, command)), env={**environment, **variables},
            capture_output=True, text=True)
    return run


@pytest.fixture
def files():
    return pathlib.Path(config.get('database', 'path'))


@pytest.fixture
def restored(database, run, files):
    "The name of a database made as for a new province"
    name = f'{database}_restored'
    assert not run(
        'createdb', '--template=template0', '--encoding=UTF8',
        '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=vi',
        name).returncode
    yield name
    if name in Pool.database_list():
        Pool.stop(name)
        backend.Database(name).close()
    assert not run('dropdb', '--force', name).returncode
    shutil.rmtree(files / name, ignore_errors=True)


def back_up(run, *args, **variables):
    result = run(DEPLOY / 'backup', *args, **variables)
    assert not result.returncode, result.stderr
    assert not result.stderr


def test_what_is_backed_up_comes_back(
        dossier, database, restored, run, files, tmp_path):
    back_up(run, database, files, tmp_path)
    backup, = tmp_path.glob('20*')
    result = run(DEPLOY / 'restore', backup, restored, files)
    assert not result.returncode, result.stderr

    Pool(restored).init()
    with Transaction().start(restored, 0, readonly=True):
        pool = Pool()
        copy = pool.get('tthcc.dossier')(dossier.id)
        assert (copy.code, copy.state) == (dossier.code, 'received')
        assert pool.get('tthcc.dossier.file')(dossier.file).content \
            == dossier.scan

    again = run(DEPLOY / 'restore', backup, restored, files)
    assert again.returncode
    assert "restore to another name" in again.stdout


def test_nothing_is_restored_over_a_database(
        dossier, database, run, files, tmp_path):
    back_up(run, database, files, tmp_path)
    backup, = tmp_path.glob('20*')
    result = run(DEPLOY / 'restore', backup, database, tmp_path / 'files')

    assert result.returncode
    assert "is not empty" in result.stdout


def test_scans_take_their_space_once(
        dossier, database, run, files, tmp_path):
    scan = 'files/dossier/??/??/*'
    back_up(run, database, files, tmp_path)
    first, = tmp_path.glob('20*')
    first = first.rename(tmp_path / '2026-01-01T000000')
    back_up(run, database, files, tmp_path, KEEP_MONTHS='1200')

    second = max(tmp_path.glob('20*'))
    assert second != first
    one, = first.glob(scan)
    other, = second.glob(scan)
    assert os.path.samefile(one, other)
    assert one.read_bytes() == dossier.scan


def test_old_backups_go(dossier, database, run, files, tmp_path):
    today = dt.datetime.now(dt.UTC).date()

    def folder(day, time='013000'):
        path = tmp_path / f'{day}T{time}'
        (path / 'files').mkdir(parents=True)
        return path
    last_year = today.replace(year=today.year - 2, day=1)
    # Three months ago: the first of the month stays
    month = (today.replace(day=1) - dt.timedelta(days=80)).replace(day=1)
    gone = [
        folder(last_year), folder(month.replace(day=2)),
        folder(month.replace(day=9))]
    kept = [
        folder(month), folder(today - dt.timedelta(days=3)),
        folder(today - dt.timedelta(days=13))]
    back_up(run, database, files, tmp_path)

    assert [p for p in gone if p.exists()] == []
    assert [p for p in kept if not p.exists()] == []
    assert len(list(tmp_path.glob('20*'))) == len(kept) + 1


def test_a_backup_that_fails_leaves_none(run, files, tmp_path):
    result = run(DEPLOY / 'backup', 'no_such_database', files, tmp_path)

    assert result.returncode
    assert "no_such_database" in result.stderr
    assert {p.suffix for p in tmp_path.glob('20*')} == {'.new'}
