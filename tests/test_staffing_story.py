# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Postings, cover, rosters, workload and what-if in the web client"
import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from demo.load import load
from demo.logins import PASSWORD
from trytond.modules.tthcc import clock

STAFF = "Trung tâm Một cửa", "Nhân sự"


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


@pytest.fixture
def director(browser):
    "The window of the director, with the records of a menu of the staff"
    def open_menu(name, shown='tbody tr'):
        browser.open_menu(*STAFF, name)
        expect(browser.tab.locator(shown).first).to_be_visible()
        browser.settle()
        return browser
    browser.log_in('director.thieuhoa', PASSWORD)
    browser.settle()
    return open_menu


def test_postings(director):
    client = director("Cử công chức đến Trung tâm")
    client.picture('secondments')
    # Other cells open whom and what they name
    client.rows().get_by_text("Theo buổi cố định").dblclick(delay=50)
    slots = client.rows().filter(has_text="Sáng")
    expect(slots).to_have_count(2)
    client.picture('secondment')


def test_gaps_name_who_could_cover(director, rpc):
    client = director("Khoảng trống tiếp nhận")
    client.picture('cover-gaps')
    procedure = client.rows().first.locator('td').nth(3)
    expect(procedure).not_to_be_empty()
    gaps = rpc('director.thieuhoa', PASSWORD).search(
        'tthcc.cover.gap', [], ['proposals'])
    assert gaps and all(gap['proposals'] for gap in gaps)


def test_week_is_printed_and_published(director):
    client = director("Lịch trực tuần")
    client.rows().last.dblclick(delay=50)
    expect(client.field('state')).to_have_value('"published"')
    expect(client.tab.locator('tbody tr').first).to_be_visible()
    client.picture('roster-form')


def test_a_duty_is_dragged_to_saturday(director, rpc):
    client = rpc('director.thieuhoa', PASSWORD)
    saturday = clock.today() + dt.timedelta(
        days=5 - clock.today().weekday())
    domain = [('roster.centre.place', '=', "Thiệu Hóa")]
    assert not client.search(
        'tthcc.roster.duty', [*domain, ('date', '=', saturday)])
    window = director("Lịch trực", '.fc-event')
    window.picture('roster')
    duty = window.tab.locator('.fc-event').first
    to = window.tab.locator(f'.fc-day[data-date="{saturday}"]').first
    name = duty.locator('.fc-title').inner_text()
    mouse = window.page.mouse
    # The day lies beneath the rows of the duties
    column, row = to.bounding_box(), duty.bounding_box()
    duty.hover()
    mouse.down()
    mouse.move(
        column['x'] + column['width'] / 2, row['y'] + row['height'] / 2,
        steps=10)
    mouse.up()
    window.settle()
    moved, = client.search(
        'tthcc.roster.duty', [*domain, ('date', '=', saturday)],
        ['label', 'by_hand'])
    assert moved['label'] == name
    assert moved['by_hand']


def test_workload(director):
    client = director("Khối lượng công việc")
    client.picture('workload')
    client.tab.get_by_title("Chuyển", exact=True).first.click()
    expect(client.tab.locator('svg').first).to_be_visible()
    client.picture('workload-graph')


def test_what_if(director):
    client = director("Đề xuất hình thức cử người")
    client.picture('recommendations')
    client.rows().first.dblclick(delay=50)
    expect(client.field('reasons')).to_have_value(re.compile("lượt"))
    client.picture('recommendation')
    client.press("Thử phương án")
    dialog = client.page.get_by_role('dialog')
    mode = dialog.locator('[name=mode]')
    expect(mode).to_be_visible()
    client.settle()
    mode.select_option(label="Toàn thời gian")
    # The other one is to type in
    given_back = dialog.locator('[name=given_back]').first
    expect(given_back).to_have_value('0,0')
    mode.select_option(label="Theo buổi cố định")
    expect(given_back).not_to_have_value('0,0')
    client.picture('what-if')
