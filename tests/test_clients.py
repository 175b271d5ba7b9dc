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
    browser.picture('login')

    browser.log_in('admin', PASSWORD)

    expect(browser.page.locator('#menu')).to_contain_text("Quản trị hệ thống")
    assert not failed


def test_web_client_refuses_in_vietnamese(browser):
    page = browser.page
    browser.log_in('admin', PASSWORD)

    page.locator('#user-preferences > a').click()
    page.get_by_text("Thiết lập cá nhân...").click()
    window = page.locator('.modal:visible')
    # All tabs close first
    window.get_by_role('button', name="Đồng ý").click()
    expect(window.get_by_role('heading')).to_have_text("Thiết lập cá nhân")
    expect(window.get_by_text("Mật khẩu:")).to_be_visible()
    browser.picture('preferences')
    window.get_by_role('button', name="Hủy").click()

    browser.open_menu(
        "Quản trị hệ thống", "Bản địa hóa", "Thiết lập bản dịch")
    window.get_by_role('button', name="Thiết lập", exact=True).click()
    expect(page.get_by_text(
            'ngôn ngữ mặc định phải là "Tiếng Anh"')).to_be_visible()
    browser.picture('refused')


def test_desktop_client_logs_in(desktop):
    desktop.open('admin')
    desktop.picture('desktop-login')
    desktop.type(PASSWORD)
    desktop.key('Return')

    desktop.find("Quản trị hệ thống")
    desktop.picture('desktop-menu')
    notifications, menu, *_ = [
        t for t in desktop.showing() if t['role'] == 'toggle button']
    desktop.click_at(menu['centre'])
    desktop.click("Thiết lập cá nhân...")
    # All tabs close first
    desktop.click("Có", 'push button')
    desktop.find("Sửa thiết lập cá nhân")
    desktop.picture('desktop-preferences')


def test_login_in_another_language(browser):
    browser.page.add_init_script(
        "Object.defineProperty(navigator, 'language', {value: 'en-GB'})")

    browser.page.goto(browser.url)

    expect(browser.page.get_by_label("User name")).to_be_visible()
