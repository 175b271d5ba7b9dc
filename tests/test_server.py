# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import urllib.error

import proteus
import pytest

from tests.databases import PASSWORD
from tests.server import Refused


def test_modules_are_active_in_vietnamese(pool, transaction):
    Module = pool.get('ir.module')
    Configuration = pool.get('ir.configuration')
    Lang = pool.get('ir.lang')

    assert {m.name for m in Module.search([('state', '=', 'activated')])} >= {
        'tthcc', 'tthcc_procedure', 'tthcc_dossier', 'tthcc_language_vi'}
    assert Configuration.get_language() == 'vi'
    assert {'en', 'vi'} <= set(Lang.get_translatable_languages())


def test_log_in_over_json_rpc(rpc):
    user, = rpc().read('res.user', [1], ['login'])

    assert user['login'] == 'admin'


def test_wrong_password_is_refused(rpc):
    with pytest.raises(urllib.error.HTTPError) as refused:
        rpc('admin', PASSWORD + '?')

    assert refused.value.code == 401


def test_error_carries_its_message(rpc):
    with pytest.raises(Refused) as refused:
        rpc().create('res.group', {})

    assert '"Tên"' in refused.value.message


def test_proteus_over_xml_rpc(server):
    with server.proteus() as config:
        user, = proteus.Model.get('res.user', config).find(
            [('login', '=', 'admin')])

        assert user.login == 'admin'


def test_changes_are_gone_in_a_new_database(databases, start):
    with start():
        from trytond.pool import Pool
        Group = Pool().get('res.group')
        Group.create([{'name': "Left behind"}])

    databases.restore()

    with start():
        assert not Group.search([('name', '=', "Left behind")])
