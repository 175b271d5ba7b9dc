# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Tryton itself in Vietnamese"
import datetime as dt

import pytest

from tests.databases import PASSWORD
from tests.server import Refused
from trytond.pool import Pool


def test_update_of_tryton_keeps_translations(new_database, start):
    def translations():
        with start() as transaction:
            Translation = Pool().get('ir.translation')
            found = sorted(
                (t.module, t.type, t.name, t.res_id, t.src, t.value)
                for t in Translation.search([('lang', '=', 'vi')]))
            transaction.rollback()
        return found

    before = translations()
    with start():
        Translation = Pool().get('ir.translation')
        Translation.delete(Translation.search([
                    ('lang', '=', 'vi'),
                    ('module', 'in', ['res', 'currency']),
                    ]))
    assert translations() != before

    Pool(new_database).init(update=['currency'], lang=['vi', 'en'])

    assert translations() == before


def test_server_refuses_in_vietnamese(rpc):
    client = rpc('admin', PASSWORD)

    with pytest.raises(
            Refused, match='Phải nhập giá trị cho trường "Tên" trong bản ghi'):
        client.create('party.category', {'name': None})


def test_days_and_months(transaction):
    vi = Pool().get('ir.lang').get('vi')

    written = vi.strftime(dt.date(2026, 11, 2), '%A, %d %B %Y')

    assert written.replace('\xa0', ' ') == "Thứ Hai, 02 tháng Mười một 2026"
