# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The time line of a late dossier, and where time is lost, on the demo"
import pytest
from playwright.sync_api import expect

from demo.load import load
from demo.logins import PASSWORD


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


def test_time_line(browser, rpc):
    officer = rpc('officer.thieuhoa', PASSWORD)
    # The one that most legs made late
    legs = officer.search(
        'tthcc.dossier.step', [('lateness', '!=', None)],
        ['dossier', 'lateness'], order=[('lateness', 'DESC')])
    dossiers = [leg['dossier'] for leg in legs]
    id = max(dossiers, key=dossiers.count)
    code = officer.read('tthcc.dossier', [id], ['code'])[0]['code']

    browser.log_in('officer.thieuhoa', PASSWORD)
    browser.open_queue("Tất cả")
    browser.tab.get_by_placeholder("Tìm kiếm").fill(code)
    browser.page.keyboard.press('Enter')
    rows = browser.rows()
    expect(rows).to_have_count(1)
    rows.get_by_text(code).dblclick(delay=50)
    expect(browser.field('code')).to_have_value(code)
    expect(browser.tab.get_by_text('█').first).to_be_visible()
    expect(browser.field('lateness_text')).to_have_value(
        officer.read('tthcc.dossier', [id], ['lateness_text'])[0][
            'lateness_text'])
    browser.picture('timeline')


def test_where_time_is_lost(browser, rpc):
    browser.log_in('supervisor', PASSWORD)
    browser.open_menu("Trung tâm Một cửa", "Báo cáo", "Chậm ở khâu nào")
    first = browser.rows().first
    expect(first).to_be_visible()
    row, *_ = rpc('supervisor', PASSWORD).search(
        'tthcc.dossier.lost_time', [], ['what', 'legs'])
    expect(first).to_contain_text(row['what'])
    browser.tab.get_by_title("Chuyển", exact=True).first.click()
    expect(browser.tab.locator('svg').first).to_be_visible()
    browser.picture('lateness')
    browser.tab.get_by_title("Chuyển", exact=True).first.click()
    # Behind a row are its legs
    browser.rows().first.dblclick(delay=50)
    expect(browser.page.get_by_role('tab', name="Các chặng quá giờ")
        ).to_be_visible()
    expect(browser.rows().first).to_contain_text(row['what'])
