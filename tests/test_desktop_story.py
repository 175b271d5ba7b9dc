# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Looking for what is overdue in the desktop client, on the demo province"
import pytest

from demo.load import load
from demo.logins import PASSWORD


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


def test_overdue_dossier(desktop, rpc):
    officer = rpc('officer.thieuhoa', PASSWORD)
    dossier, *_ = overdue = officer.search(
        'tthcc.dossier', [('class_', '=', 'overdue')],
        ['code', 'applicant_name', 'procedure.rec_name'])

    desktop.log_in('officer.thieuhoa', PASSWORD)
    desktop.click("Đang quá hạn", 'page tab')
    desktop.find(f"_/{len(overdue)}")
    desktop.find(dossier['code'], 'table cell')
    desktop.picture('desktop-overdue')

    desktop.click(dossier['code'], 'table cell', times=2)
    desktop.find(f"1/{len(overdue)}")
    desktop.find("Đang quá hạn", 'combo box')
    desktop.find("Xin rút hồ sơ", 'push button')
    desktop.picture('desktop-dossier')

    desktop.key('ctrl+d')
    desktop.find("Bạn có chắc muốn xóa bản ghi này không?")
    desktop.click("Có", 'push button')
    desktop.find(
        f'Hồ sơ "{dossier["code"]}" đã tiếp nhận nên không xóa được. Nếu tiếp '
        "nhận nhầm, hãy đề nghị lãnh đạo hủy hồ sơ.")
    desktop.picture('desktop-refused')


def test_board_of_the_facility_manager(desktop, rpc):
    faults = rpc('facility.thieuhoa', PASSWORD).search(
        'tthcc.fault', [('state', '=', 'reported')], ['summary'])

    desktop.log_in('facility.thieuhoa', PASSWORD)
    desktop.find("Tình hình thiết bị", 'page tab')
    desktop.find(faults[0]['summary'], 'table cell')
    desktop.picture('desktop-facility')
