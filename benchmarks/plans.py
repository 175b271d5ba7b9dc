# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""How PostgreSQL answers the lists, written down as text"""
import re
from typing import NamedTuple

from trytond.modules.tthcc.search import fold
from trytond.modules.tthcc.server.search import search_query
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.transaction import Transaction, check_access

# A table with more rows than this has grown with the dossiers
GROWN = 1000
# Tryton's clients ask for so many rows, and count the rows of a tab so far
LIMIT = 1000
LOGINS = {'officer': 'o1_officer', 'processor': 'o1_processor'}
ACTIONS = {
    'officer': 'act_dossier_centre',
    'processor': 'act_dossier_department',
    'supervisor': 'act_dossier',
    }
USERS = {
    'officer': "an officer of one centre of ten",
    'processor': "an officer of one department",
    'supervisor': "the supervisor of all ten committees",
    }


class Plan(NamedTuple):
    name: str
    text: str
    milliseconds: float
    scans: set


def explain(database):
    "Return by user the plans of the lists"
    Pool(database).init()
    growing = grown(database)
    return {
        role: [
            Plan(
                name, text,
                float(re.search(r'Execution Time: (.*) ms', text)[1]),
                set(re.findall(r'Seq Scan on "?(\w+)', text)) & growing)
            for name, text in list(plans(database, role))]
        for role in USERS}


def write(explained, folder):
    folder.mkdir(exist_ok=True)
    for role, found in explained.items():
        (folder / f'{role}.txt').write_text(
            f'The lists of {USERS[role]}\n' + ''.join(
                f'\n{plan.name}\n\n{plan.text}\n' for plan in found))


def plans(database, role):
    "Yield the name and the plan of each list of the user"
    with Transaction().start(database, 0):
        User = Pool().get('res.user')
        user, = User.search([('login', '=', LOGINS.get(role, role))])
        tabs, words = tabs_and_words(role)
    with Transaction().start(
            database, user.id, readonly=True) as transaction:
        context = Pool().get('res.user').get_preferences(context_only=True)
        cursor = transaction.connection.cursor()
        with transaction.set_context(context), check_access():
            queries = list(lists(tabs, words))
            if role == 'officer':
                queries.extend(reception(words))
            elif role == 'supervisor':
                queries.append(("Where time is lost", lost_time()))
            queries.append(("Asked of us", asked()))
            for name, (sql, parameters) in queries:
                cursor.execute(
                    'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ' + sql,
                    parameters)
                yield name, '\n'.join(line for line, in cursor.fetchall())


def tabs_and_words(role):
    "Return what the lists are filtered by and what is searched for"
    pool = Pool()
    Domain = pool.get('ir.action.act_window.domain')
    Dossier = pool.get('tthcc.dossier')
    ModelData = pool.get('ir.model.data')
    tabs = [
        (tab.name, tab.domain or '[]', tab.count) for tab in Domain.search([
                ('act_window', '=', ModelData.get_id(
                        'tthcc_dossier', ACTIONS[role]))])]
    centre = Dossier.search([], 0, 1, [('id', 'ASC')])[0].centre
    # One of that centre in the middle of the archive
    number = Dossier.search([('centre', '=', centre)], count=True)
    dossier, = Dossier.search(
        [('centre', '=', centre)], number // 2, 1, [('id', 'ASC')])
    applicant, = dossier.applicants
    name = fold(applicant.name)
    two = ' '.join(name.split()[1:])
    return tabs, {
        "code": dossier.code,
        "tracking address": f'https://example.vn/{dossier.code}',
        "name without accents": f'"{name}"',
        "words of a name apart": name,
        "two words of a name": f'"{two}"',
        "two words of a name apart": two,
        "one word of a name": two.split()[-1],
        "identity number": applicant.identity_number,
        "phone number": applicant.phone,
        "code of procedure": dossier.procedure.code,
        }


def lists(tabs, words):
    Dossier = Pool().get('tthcc.dossier')
    context = Transaction().context

    def search(domain, order=None):
        # As the server asks for it
        return search_query(Dossier.search, domain, 0, LIMIT, order)
    for name, domain, count in tabs:
        domain = PYSONDecoder({'context': context}).decode(domain)
        yield f"Tab {name}", search(domain)
        yield f"Tab {name}, by due", search(domain, [('due', 'ASC')])
        if count:
            yield f"Tab {name}, counted", Dossier.search(
                domain, 0, LIMIT, count=True, query=True)
    for name, text in words.items():
        yield f"Search by {name}", search(typed(text))


def typed(text):
    """Return the domain by which the clients search for a text: what is in
    quotation marks together, the words of any other each by itself"""
    words = [text.strip('"')] if text.startswith('"') else text.split()
    return [('rec_name', 'ilike', f'%{word}%') for word in words]


def reception(words):
    "What the reception window looks for"
    Party = Pool().get('party.party')
    number = words["identity number"]
    yield "Applicant by identity number", Party.search(
        [('identifiers', 'where', [('code_compact', '=', number)])],
        query=True)
    yield "Applicant by name", Party.search(
        [('search_text', '=', 'nguyen van an')], limit=5, query=True)


def lost_time():
    return Pool().get('tthcc.dossier.lost_time').search([], query=True)


def asked():
    return Pool().get('tthcc.dossier.step').search([
            ('parent', '!=', None),
            ('asked_of_us', '=', True),
            ('ended_at', '=', None),
            ], 0, LIMIT, query=True)


def grown(database):
    with Transaction().start(database, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(
            "SELECT relname FROM pg_class WHERE reltuples > %s", [GROWN])
        return {name for name, in cursor.fetchall()}
