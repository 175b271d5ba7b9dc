# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Postings, cover, rosters, workload and what-if in the web client"
import pytest
from playwright.sync_api import expect

from demo.load import load
from demo.logins import PASSWORD

STAFF = "Trung tâm Một cửa", "Nhân sự"


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


@pytest.fixture
def director(browser):
    "The window of the director, with the records of a menu of the staff"
    def open_menu(name):
        browser.open_menu(*STAFF, name)
        expect(browser.rows().first).to_be_visible()
        browser.settle()
        return browser
    browser.log_in('director.thieuhoa', PASSWORD)
    browser.settle()
    return open_menu


def test_postings(director):
    client = director("Cử công chức đến Trung tâm")
    client.picture('secondments')
    row = client.rows().filter(has_text="Theo buổi cố định")
    expect(row).to_have_count(1)
    row.dblclick(delay=50)
    expect(client.field('slots').locator('tbody tr')).to_have_count(2)
    client.picture('secondment')


def test_gaps_name_who_could_cover(director, rpc):
    client = director("Khoảng trống tiếp nhận")
    client.picture('cover-gaps')
    procedure = client.rows().first.locator('td').nth(3)
    expect(procedure).not_to_be_empty()
    ids = rpc('director.thieuhoa', PASSWORD).search('tthcc.cover.gap', [])
    gaps = rpc('director.thieuhoa', PASSWORD).read(
        'tthcc.cover.gap', ids, ['proposals'])
    assert all(gap['proposals'] for gap in gaps)


def test_week_is_printed_and_published(director):
    client = director("Lịch trực tuần")
    client.rows().last.dblclick(delay=50)
    expect(client.field('state')).to_have_value('"published"')
    expect(client.tab.locator('tbody tr').first).to_be_visible()
    client.picture('roster-form')


def test_a_duty_is_moved_to_another_counter(browser, rpc):
    browser.log_in('director.thieuhoa', PASSWORD)
    browser.open_menu(*STAFF, "Lịch trực")
    duty = browser.tab.locator('.fc-event').first
    expect(duty).to_be_visible()
    browser.picture('roster')
    duty.click()
    counter = browser.field('counter')
    expect(counter).to_be_visible()
    browser.settle()
    name = browser.field('employee').locator(':checked').inner_text()
    before = counter.input_value()
    counter.select_option(index=2)
    if counter.input_value() == before:
        counter.select_option(index=1)
    browser.press("Lưu")
    browser.settle()
    client = rpc('director.thieuhoa', PASSWORD)
    assert {'employee.': name} and client.search(
        'tthcc.roster.duty', [('by_hand', '=', True)])


def test_workload(director):
    client = director("Khối lượng công việc")
    client.picture('workload')
    client.tab.get_by_title("Chuyển", exact=True).first.click()
    expect(client.tab.locator('svg').first).to_be_visible()
    client.picture('workload-graph')


def test_what_if(director):
    client = director("Đề xuất hình thức cử người")
    client.picture('recommendations')
    client.rows().filter(
        has_not_text="Chưa đủ số liệu").first.dblclick(delay=50)
    expect(client.field('reasons')).to_contain_text("lượt")
    client.picture('recommendation')
    client.press("Thử phương án")
    dialog = client.page.get_by_role('dialog')
    mode = dialog.locator('[name=mode]')
    expect(mode).to_be_visible()
    client.settle()
    mode.select_option(label="Toàn thời gian")
    given_back = dialog.locator('[name=given_back]')
    expect(given_back).to_have_value('0,0')
    mode.select_option(label="Theo buổi cố định")
    expect(given_back).not_to_have_value('0,0')
    client.picture('what-if')
