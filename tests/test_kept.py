# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is kept in memory is what the database has"
import datetime as dt

import pytest

from trytond.model.exceptions import AccessError
from trytond.modules.tthcc.tests.tools import create_centre, create_committee
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access, without_check_access


@pytest.fixture(scope='module')
def centre(database):
    with Transaction().start(database, 1):
        return create_centre(create_committee("UBND huyện Đông Sơn")).id


@pytest.fixture
def seen(start, centre):
    "Return what a new transaction sees of the centre"
    def seen(**options):
        with start(**options):
            return look(centre)
    return seen


def look(centre):
    with without_check_access():
        centre, = Pool().get('tthcc.centre').browse([centre])
        return centre.phone, [r.unit_id for r in centre.regimes]


def test_change_is_seen(start, seen, centre):
    phone, units = seen()
    with start():
        Centre = Pool().get('tthcc.centre')
        Centre.write([Centre(centre)], {'phone': '02373800001'})
        assert look(centre) == ('02373800001', units)
    assert seen() == ('02373800001', units)
    with start():
        CentreRegime = Pool().get('tthcc.centre.regime')
        first, *_ = Centre(centre).regimes
        CentreRegime.copy([first], {
                'start_date': dt.date(2030, 1, 1), 'unit_id': '000.00.02'})
        assert '000.00.02' in look(centre)[1]
    assert '000.00.02' in seen()[1]
    with start():
        CentreRegime.delete(
            CentreRegime.search([('unit_id', '=', '000.00.02')]))
        assert look(centre)[1] == units
    assert seen()[1] == units


def test_what_is_undone_is_not_kept(start, seen, centre):
    before = seen()
    with start() as transaction:
        Centre = Pool().get('tthcc.centre')
        Centre.write([Centre(centre)], {'phone': '02373800002'})
        assert look(centre)[0] == '02373800002'
        transaction.rollback()
    assert seen() == before


def test_an_old_transaction_keeps_nothing(start, seen, centre):
    "Who began before a change sees what was, and leaves it to nobody"
    with start(readonly=True) as transaction:
        if not transaction.database.has_channel():
            # SQLite has one transaction at a time
            return
        Pool().get('res.user').search([], count=True)
        with transaction.new_transaction() as other:
            Centre = Pool().get('tthcc.centre')
            Centre.write([Centre(centre)], {'phone': '02373800003'})
            other.commit()
        assert look(centre)[0] != '02373800003'
    assert seen()[0] == '02373800003'


def test_names_follow_their_parties(start, centre):
    def name():
        with start(readonly=True):
            company = Pool().get('tthcc.centre')(centre).company
            return company.rec_name, company.party.id

    before, party = name()
    with start():
        Party = Pool().get('party.party')
        Party.write([Party(party)], {'name': before + " mới"})
    assert name() == (before + " mới", party)


def test_names_follow_a_party_that_is_replaced(start, centre):
    def name():
        with start(readonly=True):
            return Pool().get('tthcc.centre')(centre).company.rec_name

    before = name()
    with start():
        pool = Pool()
        Party = pool.get('party.party')
        Company = pool.get('company.company')
        company = pool.get('tthcc.centre')(centre).company
        twin, = Party.create([{'name': before + " (đúng)"}])
        t = Company.__table__()
        Transaction().connection.cursor().execute(*t.update(
                [t.party], [twin.id], where=t.id == company.id))
        Company.on_modification('write', [company], {'party'})
    assert name() == before + " (đúng)"


def test_names_follow_the_language_and_its_words(start):
    def names():
        return [name(language) for language in ['vi', 'en']]

    def name(language):
        with start(readonly=True, context={'language': language}):
            lang, = Pool().get('ir.lang').search([('code', '=', 'de')])
            return lang.rec_name

    german, english = names()
    assert german != english
    with start():
        Translation = Pool().get('ir.translation')
        Translation.write(Translation.search([
                    ('name', '=', 'ir.lang,name'), ('lang', '=', 'vi'),
                    ('value', '=', german)]), {'value': "Đức ngữ"})
    assert names() == ["Đức ngữ", english]


def test_what_is_found_follows_changes(start, centre):
    def find():
        with start(readonly=True):
            pool = Pool()
            Kind = pool.get('tthcc.department.kind')
            kind, = Kind.search([], order=[('id', 'ASC')], limit=1)
            found = pool.get('tthcc.centre')(centre).company_department(kind)
            return kind.id, found and found.id

    kind, found = find()
    assert found is None
    with start():
        pool = Pool()
        Department = pool.get('tthcc.department')
        department, = Department.create([{
                    'name': "Phòng Nội vụ",
                    'company': pool.get('tthcc.centre')(centre).company.id,
                    'kind': kind}])
        # Who has just made it finds it, too
        assert pool.get('tthcc.centre')(centre).company_department(
            pool.get('tthcc.department.kind')(kind)) == department
    assert find() == (kind, department.id)
    with start():
        Department.write([Department(department.id)], {'active': False})
    assert find() == (kind, None)


def test_what_a_field_wants(start, seen, centre):
    "A search for one record finds in memory what it finds in the database"
    seen()
    with start():
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Centre.write([Centre(centre)], {'phone': None})
        party = Centre(centre).company.party.name
        company = Centre(centre).company.id
        domains = [
            [('company', '=', company)],
            [('company', '=', company + 1)],
            [('company', '=', None)],
            [('phone', '=', None)],
            [('phone', '=', '02373800001')],
            [('company.party.name', '=', party)],
            [('company.rec_name', '=', party)],
            [('id', 'in', [centre]), ('company', '=', company)],
            [('company', '!=', company)],
            ['OR', ('company', '=', company + 1), ('id', 'in', [centre])],
            ['OR', ('company', '=', company + 1), [('id', 'in', [])]],
            [],
            ]

        def found():
            return [
                [c.id for c in Centre.search(
                        ['AND', [('id', 'in', [centre])], domain])]
                for domain in domains]

        # Who changes asks the database
        stored = found()
        assert stored.count([centre]) == 7
    with start(readonly=True):
        look(centre)
        assert found() == stored


def test_rules_stay(start, centre):
    "Each sees what the rules say, now and after they were moved elsewhere"
    with start():
        pool = Pool()
        User = pool.get('res.user')
        Group = pool.get('res.group')
        ModelData = pool.get('ir.model.data')
        other = create_centre(create_committee("UBND huyện Thiệu Hóa"))
        group = Group(ModelData.get_id('tthcc', 'group_leader'))
        user, = User.create([{
                    'name': "Lê Thị Hoa", 'login': 'moving',
                    'company': other.company.id,
                    'companies': [('add', [other.company.id])],
                    'groups': [('add', [group.id])]}])
        mine, company = other.id, other.company.id

    def read(id_):
        with start(user=user.id, readonly=True) as transaction:
            with transaction.set_context(
                    pool.get('res.user').get_preferences(context_only=True)):
                with check_access():
                    (row,) = pool.get('tthcc.centre').read(
                        [id_], ['rec_name', 'phone'])
                    return row

    for _ in range(2):
        assert read(mine)['id'] == mine
        with pytest.raises(AccessError):
            read(centre)
    with start():
        there = pool.get('tthcc.centre')(centre).company.id
        User.write([User(user.id)], {
                'company': there,
                'companies': [('remove', [company]), ('add', [there])]})
    for _ in range(2):
        assert read(centre)['id'] == centre
        with pytest.raises(AccessError):
            read(mine)


def test_rights_stay(start, seen, centre):
    "What is kept answers nobody who may not read it"
    seen()
    with start(user=1):
        Centre = Pool().get('tthcc.centre')
        User = Pool().get('res.user')
        stranger, = User.create([{'name': "Người lạ", 'login': 'stranger'}])
    with start(user=stranger.id, context={'_check_access': True}):
        with pytest.raises(AccessError):
            Centre.read([centre], ['phone'])
