# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The standard clients reach the server and log in"
from playwright.sync_api import expect

from tests.databases import PASSWORD


def test_web_client_logs_in(browser):
    failed = []
    browser.page.on('response', lambda r: r.ok or failed.append(r.url))
    browser.page.goto(browser.url)
    expect(browser.page.get_by_label("Tên đăng nhập")).to_be_visible()

    browser.log_in('admin', PASSWORD)

    expect(browser.page.locator('#menu')).to_contain_text(
        "Quản trị hệ thống")
    assert not failed


def test_desktop_client_logs_in(desktop):
    desktop.log_in('admin', PASSWORD)

    desktop.find("Quản trị hệ thống")


def test_login_in_another_language(browser):
    browser.page.add_init_script(
        "Object.defineProperty(navigator, 'language', {value: 'en-GB'})")

    browser.page.goto(browser.url)

    expect(browser.page.get_by_label("User name")).to_be_visible()
