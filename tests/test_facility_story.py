# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Damage, conformity and budget in the web client, on the demo"
import re

import pytest
from playwright.sync_api import expect

from demo.load import load
from demo.logins import PASSWORD

MENU = ["Trung tâm Một cửa", "Cơ sở vật chất, thiết bị"]


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


def test_a_broken_printer_reaches_the_manager(log_in, rpc):
    officer = rpc('officer.thieuhoa', PASSWORD)
    printer, *_ = officer.search(
        'tthcc.equipment', [
            ('type.code', '=', 'printer'), ('condition', '=', 'worn')],
        ['tag'])
    client = log_in('officer.thieuhoa')
    client.open_menu(*MENU, "Hư hỏng", "Báo hỏng")
    window = client.page.locator('.modal:visible')
    expect(window.locator('[name=equipment]')).to_have_value('')
    window.locator('[name=code]').fill(printer['tag'])
    # As a reader of codes does
    window.locator('[name=code]').press('Tab')
    expect(window.locator('[name=equipment]')).to_have_value(
        re.compile(printer['tag']))
    client.settle()
    window.locator('[name=summary]').click()
    client.page.keyboard.type("Kẹt giấy liên tục")
    client.picture('damage-report')
    window.get_by_role('button', name="Báo hỏng").click()
    expect(window).to_be_hidden()

    manager = log_in('facility.thieuhoa')
    expect(manager.tab).to_contain_text("Kẹt giấy liên tục")
    manager.picture('facility-board')


def test_a_list_of_equipment_and_its_labels(log_in):
    manager = log_in('facility.thieuhoa')
    manager.open_menu(*MENU, "Thiết bị", "Thiết bị")
    manager.open_queue("Cần chú ý")
    expect(manager.rows().first).to_be_visible()
    manager.picture('equipment')


def test_centres_against_their_standard(log_in):
    client = log_in('facility')
    client.open_menu(*MENU, "Trụ sở, diện tích", "Diện tích so với định mức")
    client.open_queue("Dưới định mức")
    small = client.rows().filter(has_text="Lang Chánh")
    expect(small).to_contain_text("60,0")
    client.picture('conformity')
    client.tab.get_by_title("Chuyển", exact=True).first.click()
    expect(client.tab.locator('svg').first).to_be_visible()
    client.picture('conformity-graph')


def test_the_request_of_a_centre(log_in):
    client = log_in('budget')
    client.picture('budget-board')
    client.open_menu(*MENU, "Kế hoạch, dự toán", "Dự toán kinh phí")
    expect(client.tab).to_contain_text("Đã thẩm định")
    client.open_queue("Tất cả")
    client.rows().filter(has_text="Lang Chánh").first.locator(
        'td').last.dblclick(delay=50)
    expect(client.field('ceiling').first).to_be_visible()
    client.picture('budget')
