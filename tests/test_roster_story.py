# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Gaps in cover and the week in the web client, on the demo"
import pytest
from playwright.sync_api import expect

from demo.load import load
from demo.logins import PASSWORD


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


def test_gaps_and_week_of_a_centre(browser, rpc):
    browser.log_in('director.thieuhoa', PASSWORD)
    browser.open_menu("Nhân sự", "Khoảng trống tiếp nhận")
    expect(browser.rows().first).to_be_visible()
    browser.picture('cover-gaps')

    browser.open_menu("Lịch trực tuần")
    browser.rows().last.dblclick()
    expect(browser.field('state')).to_have_value('"published"')
    browser.picture('roster-form')

    browser.open_menu("Lịch trực")
    duty = browser.page.locator('.fc-event:visible').first
    expect(duty).to_be_visible()
    browser.picture('roster')

    browser.open_menu("Cử công chức đến Trung tâm")
    expect(browser.rows().first).to_be_visible()
    browser.picture('secondments')
    browser.rows().first.dblclick()
    expect(browser.field('mode')).to_be_visible()
    browser.picture('secondment')
