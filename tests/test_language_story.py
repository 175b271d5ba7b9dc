# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Every screen of every role of the demo is in Vietnamese"
import pathlib
from itertools import cycle

import polib
import pytest

from demo.load import load
from demo.logins import PASSWORD, read_logins
from tests import databases
from tests.browser import SETTLE
from tests.language import AS_IN_ENGLISH

ROOT = pathlib.Path(__file__).parent.parent
ROLES = {login.role: login.name for login in reversed(read_logins())}
LOGINS = [
    # Who sees the menus of Tryton itself
    ('admin', databases.PASSWORD),
    *((name, PASSWORD) for name in sorted(ROLES.values())),
    ]
OPEN = """async menu => {
    const settle = SETTLE;
    const found = new Set();
    const read = () => {
        const walker = document.createTreeWalker(
            document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode())
            found.add(walker.currentNode.textContent.trim());
        for (const name of ['title', 'placeholder', 'aria-label'])
            for (const element of document.querySelectorAll(`[${name}]`))
                found.add(element.getAttribute(name).trim());
    };
    await settle();
    read();
    if (menu) {
        const before = Sao.Tab.tabs.length;
        await Sao.Action.exec_keyword(
            'tree_open', {model: 'ir.ui.menu', id: menu, ids: [menu]});
        await settle();
        read();
        for (const tab of Sao.Tab.tabs.slice(before)) {
            const screen = tab.screen;
            if (screen && screen.group.length) {
                screen.current_record = screen.group[0];
                await screen.switch_view('form');
                await settle();
                read();
            }
            tab._close_allowed = () => jQuery.when();
            await tab.close();
        }
        const dialog = () => document.querySelector('.modal.in');
        if (dialog()) {
            // The first button cancels
            for (let wait = 0; dialog() && wait < 20; wait++) {
                dialog().querySelector('.modal-footer button').click();
                await new Promise(done => setTimeout(done, 1000));
            }
            if (dialog())
                throw new Error(dialog().textContent);
        }
    }
    return [...found];
}""".replace('SETTLE', SETTLE)


@pytest.fixture(scope='module')
def database(databases):
    "The database with the demo"
    return databases.restore('demo', prepare=load)


@pytest.fixture(scope='module')
def english():
    return {
        entry.msgid
        for path in ROOT.glob('modules/*/*/*.po')
        for entry in polib.pofile(path)} - AS_IN_ENGLISH


@pytest.mark.parametrize('login, password', [
        # Half of them on each database, to take half as long
        pytest.param(*login, marks=pytest.mark.once(backend))
        for login, backend in zip(LOGINS, cycle(['postgresql', 'sqlite']))])
def test_no_english(browser, rpc, english, login, password):
    menus = [m['id'] for m in rpc(login, password).search(
            'ir.ui.menu', [
                ('childs', '=', None),
                # It shows what is translated
                ('name', '!=', "Bản dịch"),
                ])]
    browser.log_in(login, password)

    found = {
        text: menu for menu in [None, *menus]
        for text in browser.page.evaluate(OPEN, menu)}

    assert "Lỗi ứng dụng" not in found
    assert not {
        text: menu for text, menu in found.items()
        if text.rstrip(':').strip() in english}
