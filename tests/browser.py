# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The web client in a real browser, driven as an officer does"
import contextlib
import shutil

from playwright.sync_api import expect, sync_playwright

ARGUMENTS = [
    '--no-sandbox', '--disable-gpu', '--disable-background-networking']

SETTLE = """async () => {
    for (let quiet = 0; quiet < 4; quiet++) {
        await new Promise(done => setTimeout(done, 25));
        if (window.jQuery && jQuery.active) quiet = 0;
        // A window that fades away
        if (document.querySelector('.modal-backdrop') &&
            !document.querySelector('.modal.in')) quiet = 0;
        // A window that comes takes the focus once it stands
        if ([...document.querySelectorAll('.modal.in')].some(
                window => window.getAnimations().length)) quiet = 0;
    }
}"""
# Another tab than the one of before is in front, or a window
OPENED = """before => document.querySelector('.modal.in') ||
    document.querySelector('#tablist > li.active')?.id !== before"""


@contextlib.contextmanager
def chromium():
    # A busy machine is slow
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which('chromium'), args=ARGUMENTS)
        with contextlib.closing(browser):
            yield browser


class WebClient:
    """A window of the web client

    Its page is playwright's.
    """

    def __init__(self, browser, server, pictures):
        self._context = browser.new_context(
            viewport={'width': 1366, 'height': 768},
            locale='vi-VN', timezone_id='Asia/Ho_Chi_Minh')
        self.page = self._context.new_page()
        self._server = server
        self._pictures = pictures

    @property
    def url(self):
        return f'{self._server.url}#{self._server.database}'

    def log_in(self, login, password):
        page = self.page
        page.goto(self.url)
        # It is filled in by the server
        page.locator('#database:visible').wait_for()
        page.locator('#login').fill(login)
        page.locator('.login-dialog [type=submit]').click()
        page.locator('#ask-dialog-entry').fill(password)
        page.locator('#ask-dialog-entry').press('Enter')
        expect(page.locator('#user-preferences')).to_be_attached()

    def open_menu(self, *names):
        "Open what is not in front yet"
        self.settle()
        front = self.page.evaluate(
            "document.querySelector('#tablist > li.active')?.id")
        menu = self.page.locator('#menu')
        *branches, leaf = [
            menu.get_by_role('row').filter(
                has=self.page.get_by_text(name, exact=True))
            for name in names]
        for branch in branches:
            branch.locator('.expander').first.click()
            self.settle()
        leaf.last.get_by_text(names[-1], exact=True).click()
        self.page.wait_for_function(OPENED, arg=front)
        self.settle()

    @property
    def tab(self):
        "The tab in front"
        return self.page.locator('#tabcontent > .tab-pane.active')

    def open_queue(self, name):
        "Open the tab of the list, which holds the records of a domain"
        queue = self.tab.get_by_role('tab', name=name)
        queue.click()
        expect(queue.locator('xpath=..')).to_have_class('active')
        self.settle()

    def rows(self):
        return self.tab.locator('tbody tr')

    def field(self, name):
        return self.tab.locator(f'.form [name={name}]')

    def settle(self):
        "Wait until the client has all that it asked the server for"
        self.page.evaluate(SETTLE)

    def press(self, button):
        self.settle()
        self.tab.get_by_role('button', name=button, exact=True).click()
        self.settle()

    def choose(self, field, text, offered):
        "Type the text into the field and take the first that is offered"
        self.settle()
        field.press_sequentially(text, delay=30)
        # It is asked for a moment after the last key
        listbox = field.locator(
            'xpath=ancestor::*[contains(@class, "dropdown")][1]'
            ).get_by_role('listbox')
        expect(listbox).to_contain_text(offered)
        self.settle()
        self.page.keyboard.press('ArrowDown')
        self.page.keyboard.press('Enter')
        self.settle()

    def picture(self, name):
        "Save what the window shows as NAME.png"
        self.settle()
        self.page.screenshot(path=self._pictures / f'{name}.png')

    def close(self):
        self._context.close()
