# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A counter officer over JSON-RPC, with those the dossiers pass on to"""
import contextlib
import datetime as dt
import time
from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace

from tests.server import Client
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests.tools import PASSWORD

MODELS = {'yardstick': 'yardstick.dossier', 'tthcc': 'tthcc.dossier'}
ROWS = 100
# What the clerk of the yardstick types and what a dossier works out
_TYPED = {
    'code': "000.00.01.H56-261123-0001",
    'search_text': "nguyen van an",
    'applicant_name': "Nguyễn Văn Ân",
    'register_number': 1,
    'received_at': dt.datetime(2026, 11, 23, 1),
    'due': dt.datetime(2026, 11, 30, 10),
    'warn_at': dt.datetime(2026, 11, 27, 10),
    'due_day': dt.datetime(2026, 11, 29, 17),
    'received_month': 202611,
    'due_month': 202611,
    'amount_due': Decimal(8000),
    'sets': 1,
    'return_method': 'centre',
    'state': 'draft',
    }


class Times:
    "What calls took, in milliseconds, by database, kind and name"

    def __init__(self):
        self._times = defaultdict(list)

    @contextlib.contextmanager
    def of(self, *key):
        started = time.perf_counter()
        yield
        self.add(1000 * (time.perf_counter() - started), *key)

    def add(self, milliseconds, *key):
        self._times[key].append(milliseconds)

    def __getitem__(self, key):
        return sorted(self._times[key])

    def names(self, kind):
        return dict.fromkeys(
            name for _, of_kind, name in self._times if of_kind == kind)

    def clear(self):
        self._times.clear()


class Officer:

    def __init__(self, server, database, office, times):
        self._server = SimpleNamespace(url=server.url, database=database)
        self._office, self._times = office, times
        self._people = {
            role: Client(self._server, login, PASSWORD)
            for role, login in office.logins.items()}
        self._values = self._new_dossier()

    @cached_property
    def _fields(self):
        "The names of what is read at the end of a life"
        return self._read_names({
                name: field for name, field in self._model(
                    'officer', 'yardstick.dossier', 'fields_get').items()
                if not name.startswith(('create_', 'write_'))
                and name not in {'id', 'rec_name', 'xml_id'}})

    def _new_dossier(self):
        "The values of a dossier of each kind, with the same columns filled"
        values = self._office.values
        employee = self._people['officer'].context['employee']
        typed = {
            k: v for k, v in values.items() if k != 'applicants'}
        return {
            'tthcc.dossier': values,
            'yardstick.dossier': {
                **typed,
                **_TYPED,
                'company': self._office.company,
                'resolver': self._office.company,
                'received_by': employee,
                'returned_by': employee,
                'moved_by': employee,
                'employee': employee,
                },
            }

    def _model(self, role, *args):
        return self._people[role].model(*args)

    def _timed(self, kind, call):
        return self._times.of(self._server.database, kind, call)

    @staticmethod
    def _read_names(fields):
        "The names a client reads to show the fields"
        return [*fields, 'rec_name', '_timestamp', *(
                f'{name}.rec_name' for name, field in fields.items()
                if field['type'] == 'many2one')]

    def live(self, kind):
        "One life of a dossier"
        model = MODELS[kind.split()[0]]

        def call(role, method, *args):
            with self._timed(kind, method):
                return self._model(role, model, method, *args)

        with self._timed(kind, 'life'):
            id, = call('officer', 'create', [self._values[model]])
            for role, button in [
                    ('officer', 'register'),
                    ('officer', 'pass_on'),
                    ('processor', 'complete_step'),
                    ('leader', 'resolve'),
                    ('officer', 'return_')]:
                call(role, button, [id])
            dossier, = call('officer', 'read', [id], self._fields)
        assert dossier['state'] == 'returned'

    @cached_property
    def _listed(self):
        "The fields of the list, which a client asks for once"
        return self._model(
            'officer', 'tthcc.dossier', 'fields_view_get', None,
            'tree')['fields']

    def list_overdue(self, kind):
        "The overdue tab, as the web client asks for it: search, then read"
        fields = self._listed
        domain = [('class_', '=', 'overdue')]
        if kind == 'yardstick':
            fields = {n: f for n, f in fields.items() if n != 'class_'}
            domain = [
                ('centre', '=', self._office.centre),
                ('state', 'in', ['received', 'processing']),
                ('due', '<', clock.now())]
        names = self._read_names(fields) + ['_write', '_delete']
        with self._timed(kind, 'list'):
            ids = self._model(
                'officer', MODELS[kind], 'search', domain, 0, ROWS,
                [('due', 'ASC')])
            rows = self._model('officer', MODELS[kind], 'read', ids, names)
        assert len(rows) == ROWS

    def open_form(self):
        view = self._model(
            'officer', 'tthcc.dossier', 'fields_view_get', None, 'form')
        ids = self._model(
            'officer', 'tthcc.dossier', 'search',
            [('class_', '=', 'overdue')], 0, 1)
        with self._timed('tthcc', 'open the form'):
            self._model(
                'officer', 'tthcc.dossier', 'read', ids,
                self._read_names(view['fields']) + ['_write', '_delete'])

    def receive(self, number):
        "Fill in the reception window, register, print the receipt"
        officer = self._people['officer']
        with contextlib.ExitStack() as stack:
            with self._timed('tthcc', 'reception: open'):
                wizard = stack.enter_context(
                    officer.wizard('tthcc.dossier.receive'))
            form = wizard.values
            for name, value in [
                    ('procedure', self._office.offer),
                    ('identity_number', f'0380990{number:05}'),
                    ('name', "Lê Văn Bình")]:
                form[name] = value
                with self._timed('tthcc', f'reception: {name}'):
                    changes = officer.model(
                        'tthcc.dossier.receive.start', 'on_change', form,
                        [name])
                form.update({
                        n: _shown(v) for n, v in changes.items()
                        if not n.endswith('.')})
            for paper in form['papers']:
                paper['received'] = True
            with self._timed('tthcc', 'reception: register'):
                wizard.execute('register')
            (_, data), = wizard.actions
            with self._timed('tthcc', 'reception: receipt'):
                officer.report('tthcc.dossier.receipt', [data['id']])


def _shown(value):
    "The value of a field after a change, the lines of a list in full"
    if isinstance(value, dict) and 'add' in value:
        return [
            line.get('id') or {
                n: v for n, v in line.items()
                if n != 'id' and not n.endswith('.')}
            for _, line in value['add']]
    return value
