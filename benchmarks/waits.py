# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What people at a centre wait for, asked as the web client does"
import datetime as dt
import urllib.request
from functools import cached_property

from benchmarks import handover, plans
from benchmarks.officer import Officer
from tests.server import Client
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.transaction import Transaction

# The web client shows so many rows, fetches so many ids, and counts so far
# when there are more
SHOWN, LIMIT, COUNTED = 20, 1000, 10_000
PAPERS = 20


class Waits(Officer):
    "An officer, with processor and supervisor, at a database of some size"

    def __init__(self, server, database, office, times):
        super().__init__(server, database, office, times)
        self._people['supervisor'] = Client(
            self._server, 'supervisor', PASSWORD)
        Pool(database).init()
        with Transaction().start(database, 0, readonly=True):
            self._tabs, self._words = {}, {}
            for role in plans.USERS:
                self._tabs[role], self._words[role] = (
                    plans.tabs_and_words(role))
        self._number = 0

    @cached_property
    def _fields(self):
        return self._read_names(self._model(
                'officer', 'tthcc.dossier', 'fields_view_get', None,
                'form')['fields'])

    def acts(self):
        "Return by name what is to be done in turn"
        acts = {
            'life': lambda: self.live('tthcc'),
            'receive': self._receive,
            'form': self.open_form,
            'list': lambda: self.list_overdue('tthcc'),
            'stop': self._stop,
            'end': self._end,
            'change': self._change,
            'handover': self._hand_over,
            'graph': self._graph,
            'month': self._month,
            'track': self._track,
            }
        for role, tabs in self._tabs.items():
            for name, domain, count in tabs:
                acts[role, name] = lambda *args, tab=(
                    role, name, self._decode(role, domain), count): (
                    self._tab(*tab))
        for name, text in self._words['officer'].items():
            for role in plans.USERS:
                acts['search', name, role] = lambda *args, search=(
                    role, f"{role}: search by {name}", plans.typed(text)): (
                    self._list(*search))
        return acts

    def _decode(self, role, domain):
        return PYSONDecoder({
                'context': self._people[role].context}).decode(domain)

    def _receive(self):
        self._number += 1
        self.receive(self._number)

    def _stop(self):
        "Stop the clock and go on, promise another date, and refuse"
        id = self._new('register')
        self._decide(
            'officer', 'ask_supplement', id, 'ask',
            items=[{'name': "Bản chính sổ hộ khẩu", 'originals': 1}])
        self._decide('officer', 'take_in_papers', id, 'take_in')
        self._press('officer', 'pass_on', id)
        self._decide('processor', 'ask_payment', id)
        self._timed_press('processor', 'resume', id)
        self._decide(
            'leader', 'extend', id, 'extend',
            new_due=_working_morning(clock.today() + dt.timedelta(days=30)))
        self._timed_press('officer', 'ask_withdrawal', id)
        self._timed_press('leader', 'keep', id)
        self._decide('leader', 'reject', id)

    def _end(self):
        "Refuse at reception, and close what is withdrawn or never paid"
        self._decide('officer', 'refuse', self._new())
        self._decide('officer', 'withdraw', self._new('register'))
        id = self._new('register')
        self._decide('officer', 'ask_payment', id)
        self._decide('officer', 'give_up', id)

    def _change(self):
        "Correct, give leg and paper to somebody else, and void"
        id = self._new('register')
        self._decide(
            'officer', 'correct', id, 'correct', name="Nguyễn Văn Ấn")
        self._press('officer', 'pass_on', id)
        officer, processor = [
            self._people[role].context['employee']
            for role in ['officer', 'processor']]
        self._decide(
            'leader', 'reassign', id, 'reassign', employee=processor)
        self._decide(
            'leader', 'change_holder', id, 'change', employee=officer)
        self._decide('leader', 'void', id)

    def _new(self, *buttons):
        id, = self._model(
            'officer', 'tthcc.dossier', 'create',
            [self._values['tthcc.dossier']])
        for button in buttons:
            self._press('officer', button, id)
        return id

    def _press(self, role, button, id):
        self._model(role, 'tthcc.dossier', button, [id])

    def _timed_press(self, role, button, id):
        with self._timed('tthcc', button.replace('_', ' ')):
            self._press(role, button, id)

    def _decide(self, role, name, id, button='decide', /, **values):
        "Fill in and confirm the window of a button"
        with self._timed('tthcc', name.replace('_', ' ')), \
                self._people[role].wizard(
                    f'tthcc.dossier.{name}', 'tthcc.dossier', [id]) as wizard:
            if name != 'take_in_papers':
                wizard.values.update(reason="Lý do", **values)
            wizard.execute(button)

    def _tab(self, role, name, domain, count):
        self._list(role, f"{role}: tab {name}", domain)
        if count:
            with self._timed('tthcc', f"{role}: tab {name}, counted"):
                self._model(
                    role, 'tthcc.dossier', 'search_count', domain, 0, LIMIT)

    def _list(self, role, name, domain):
        names = self._read_names(self._listed) + ['_write', '_delete']
        with self._timed('tthcc', name):
            ids = self._model(
                role, 'tthcc.dossier', 'search', domain, 0, LIMIT, None)
            self._model(role, 'tthcc.dossier', 'read', ids[:SHOWN], names)
        if len(ids) == LIMIT:
            with self._timed('tthcc', f"{name}, rows counted"):
                self._model(
                    role, 'tthcc.dossier', 'search_count', domain, 0, COUNTED)

    def _hand_over(self):
        taken = handover.measure(
            self._people['officer'], self._people['processor'],
            self._office, PAPERS, set())
        self._times.add(
            1000 * sum(elapsed for elapsed, _ in taken),
            self._server.database, 'tthcc', f"a round of {PAPERS} papers")

    def _graph(self):
        with self._timed('tthcc', "supervisor: class by centre"):
            rows = self._people['supervisor'].search(
                'tthcc.dossier.centre_count', [],
                ['centre_name', 'in_term', 'overdue', 'done_late'])
        assert len(rows) == 10

    def _month(self):
        last = clock.today().replace(day=1) - dt.timedelta(days=1)
        with self._timed('tthcc', "supervisor: a month by centre"):
            self._people['supervisor'].search(
                'tthcc.dossier.monthly', [], ['what', 'received', 'late'],
                group_by='centre', from_date=last.replace(day=1),
                to_date=last)

    def _track(self):
        url = '%s%s/tthcc/track/%s' % (
            self._server.url, self._server.database,
            self._words['officer']["code"])
        with self._timed('tthcc', "citizen: where the dossier is"):
            urllib.request.urlopen(url).read()


def _working_morning(day):
    "Return the UTC moment of ten o'clock on a working day from that day on"
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    return clock.to_utc(dt.datetime.combine(day, dt.time(10)))
