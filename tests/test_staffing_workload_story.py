# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Workload, recommendation with what-if and statements, on the demo"
import pytest
from playwright.sync_api import expect

from demo.load import load
from demo.logins import PASSWORD

MENU = "Trung tâm Một cửa", "Nhân sự"


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


def test_workload(browser):
    browser.log_in('director.thieuhoa', PASSWORD)
    browser.open_menu(*MENU, "Khối lượng công việc")
    expect(browser.rows().first).to_be_visible()
    browser.picture('workload')
    browser.tab.get_by_title("Chuyển", exact=True).first.click()
    expect(browser.tab.locator('svg').first).to_be_visible()
    browser.picture('workload-graph')


def test_what_if(browser):
    browser.log_in('director.thieuhoa', PASSWORD)
    browser.open_menu(*MENU, "Đề xuất hình thức cử người")
    rows = browser.rows()
    expect(rows.first).to_be_visible()
    browser.picture('recommendations')
    rows.filter(has_not_text="Chưa đủ số liệu").first.dblclick(delay=50)
    expect(browser.field('reasons')).to_contain_text("lượt")
    browser.picture('recommendation')
    browser.press("Thử phương án")
    dialog = browser.page.get_by_role('dialog')
    mode = dialog.locator('[name=mode]')
    expect(mode).to_be_visible()
    mode.select_option(label="Toàn thời gian")
    given_back = dialog.locator('[name=given_back]')
    expect(given_back).to_have_value('0,0')
    mode.select_option(label="Theo buổi cố định")
    expect(given_back).not_to_have_value('0,0')
    browser.picture('what-if')
