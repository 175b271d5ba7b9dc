# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The standard clients reach the server and log in"
from playwright.sync_api import expect

from tests.databases import PASSWORD


def test_web_client_logs_in(browser):
    browser.log_in('admin', PASSWORD)

    expect(browser.page.locator('#menu')).to_contain_text("Administration")


def test_desktop_client_logs_in(desktop):
    desktop.log_in('admin', PASSWORD)

    desktop.find("Administration")
