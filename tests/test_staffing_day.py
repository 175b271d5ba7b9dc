# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""From the figures to another mode; a department with a season; a recall in
the middle of a month."""
import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.server import Refused
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.tests import tools
from trytond.modules.tthcc.tests.tools import PASSWORD
from trytond.modules.tthcc_dossier.tests.tools import (
    create_office, create_procedure, new_dossier)

SECONDMENT = 'tthcc.secondment'
RECOMMENDATION = 'tthcc.staffing.recommendation'
STATEMENT = 'tthcc.staffing.statement'
DAY = dt.timedelta(days=1)
HALVES = ['morning', 'afternoon']
WEEK = {(weekday, half) for weekday in range(5) for half in HALVES}


def at(date, time='08:30'):
    "The UTC moment of a local time"
    return clock.to_utc(dt.datetime.combine(
            date, dt.time.fromisoformat(time)))


def create_officer(office, login, department, *groups):
    "Create a civil servant of the department, long in the field"
    employee = tools.create_user(
        login, ['processor', *groups], office.company,
        department=department).employee
    employee.field_since = dt.date(2015, 1, 1)
    employee.save()
    return employee


def post_full_time(office, employee, start):
    "Post an employee full time, as long ago"
    from trytond.pool import Pool
    Secondment = Pool().get(SECONDMENT)
    secondment, = Secondment.create([{
                'company': office.company.id, 'employee': employee.id,
                'department': employee.department.id,
                'centre': office.centre.id, 'mode': 'full_time',
                'counter': office.centre.counters[0].id,
                'start_date': start, 'end_date': start + 500 * DAY,
                'state': 'active'}])
    employee.centre = office.centre
    employee.save()
    return secondment.id


def receive_past(office, procedure, minutes, visits):
    "Register what came at the moments, for so long at the counter"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Dossier = Pool().get('tthcc.dossier')
    employee = office.users['officer'].employee
    for moment, number in visits:
        with clock.moved_to(moment), \
                Transaction().set_context(employee=employee.id):
            Dossier.register(Dossier.create([
                        new_dossier(
                            office, procedure, return_method='post',
                            opened_at=moment - dt.timedelta(minutes=minutes))
                        for _ in range(number)]))


class People:
    "The people of an office at their clients"

    def __init__(self, server, office, prefix):
        self._server, self._office, self._prefix = server, office, prefix

    def __getattr__(self, name):
        return self._server.client(self._prefix + name, PASSWORD)

    def recommend(self, first, last):
        with self.director.wizard('tthcc.staffing.recommend') as wizard:
            wizard.values.update(
                centre=self._office.centre, first_date=first, last_date=last)
            wizard.execute('recommend')
            (_, data), = wizard.actions
        id, = data['res_id']
        return self.director.read(RECOMMENDATION, [id], [
                'mode', 'present_mode', 'given_back', 'reasons'])[0]

    def post(self, agreeing, **values):
        "Bring a posting to its decision"
        id, = self.director.create(SECONDMENT, {
                'company': self._office.company,
                'centre': self._office.centre,
                'counter': self._office.counter,
                'substitutes': [('add', [self._office.stand_in])],
                'decision_number': "15/QĐ-UBND",
                'decision_date': values['start_date'] - DAY, **values})
        self.director.model(SECONDMENT, 'request', [id])
        agreeing.model(SECONDMENT, 'agree', [id])
        self.leader.model(SECONDMENT, 'decide', [id])
        return id

    def recall(self, id, date, successor=None):
        with self.director.wizard(
                SECONDMENT + '.recall', SECONDMENT, [id]) as wizard:
            wizard.values.update(
                date=date, reason="Theo yêu cầu công tác",
                successor=successor)
            wizard.execute('recall')

    def gaps(self, monday, weeks=1):
        "The weekdays and half days with a procedure nobody can receive"
        return {
            (int(gap['weekday']), gap['half']): gap['proposals']
            for gap in self.director.search(
                'tthcc.cover.gap', [], ['weekday', 'half', 'proposals'],
                centre=self._office.centre, start_date=monday, weeks=weeks)}

    def week(self, monday):
        "Who is on duty in the week, by employee"
        roster, = self.director.search('tthcc.roster', [
                ('centre', '=', self._office.centre),
                ('start_date', '=', monday)]) or [{'id': None}]
        id = roster['id']
        if id is None:
            id, = self.director.create('tthcc.roster', {
                    'centre': self._office.centre, 'start_date': monday})
        self.director.model('tthcc.roster', 'fill', [id])
        duties = {}
        for duty in self.director.search(
                'tthcc.roster.duty', [('roster', '=', id)],
                ['employee', 'date', 'half']):
            duties.setdefault(duty['employee'], set()).add(
                (duty['date'].weekday(), duty['half']))
        return duties

    def register(self, client):
        id, = client.create('tthcc.dossier', self._office.dossier)
        client.model('tthcc.dossier', 'register', [id])
        return id


def follow(start, pool, date, time='05:00'):
    "What the server does each hour"
    with clock.moved_to(at(date, time)), start(0):
        pool.get(SECONDMENT).follow()


@pytest.fixture(scope='module')
def small(database):
    """An office whose department of justice has somebody there full time,
    though citizens come on two mornings only."""
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        procedure = create_procedure('1.000001')
        office = create_office('a_', "UBND huyện Mường Lát", [procedure])
        finance = tools.create_department(office.company, 'finance')
        an = create_officer(office, 'a_an', office.department)
        chi = create_officer(office, 'a_chi', finance, 'coordinator')
        stand_in = create_officer(office, 'a_stand_in', office.department)
        posting = post_full_time(office, an, dt.date(2025, 9, 1))
        receive_past(office, procedure, 12, [
                (at(dt.date(2026, 3, 2) + days * DAY), 3)
                for week in range(10) for days in [7 * week, 7 * week + 3]])
        return SimpleNamespace(
            company=office.company.id, centre=office.centre.id,
            counter=office.centre.counters[0].id,
            department=office.department.id, finance=finance.id,
            procedure=procedure.id, an=an.id, chi=chi.id,
            stand_in=stand_in.id, posting=posting,
            dossier=new_dossier(office, procedure))


def test_from_full_time_to_two_mornings(server, start, pool, small):
    people = People(server, small, 'a_')
    friday, monday = dt.date(2026, 5, 8), dt.date(2026, 5, 11)
    with clock.moved_to(at(friday, '15:00')):
        assert not people.gaps(monday)
        assert people.week(monday) == {small.an: WEEK}
        advice = people.recommend(dt.date(2026, 3, 1), friday)
        assert (advice['present_mode'], advice['mode']) == (
            'full_time', 'weekdays')
        # Of 40 hours a week two mornings of 4.5 remain
        assert advice['given_back'] == 31
        assert "Thứ Hai (sáng), Thứ Năm (sáng)" in advice['reasons']
        # Figures are of whole months, so is the time they are divided by
        assert advice == {
            **people.recommend(dt.date(2026, 3, 5), dt.date(2026, 5, 1)),
            'id': advice['id']}
        people.director.model(RECOMMENDATION, 'adopt', [advice['id']])

        people.recall(small.posting, friday)
        mornings = {(0, 'morning'), (3, 'morning')}
        values = {
            'start_date': monday, 'end_date': dt.date(2027, 5, 10)}
        people.post(
            people.processor, employee=small.an, mode='weekdays',
            department=small.department,
            slots=[('create', [
                        {'weekday': str(weekday), 'half': half}
                        for weekday, half in mornings])], **values)
        # What nobody could receive now, and who might
        gaps = people.gaps(monday)
        assert gaps.keys() == WEEK - mornings
        assert all('a_stand_in' in named for named in gaps.values())
        people.post(
            people.chi, employee=small.chi, mode='shared',
            department=small.finance,
            procedures=[('add', [small.procedure])], **values)
        assert not people.gaps(monday, weeks=13)
        assert people.week(monday) == {
            small.an: mornings, small.chi: WEEK}
    follow(start, pool, monday)
    with clock.moved_to(at(monday)):
        dossier = people.register(people.an)
    follow(start, pool, monday, '09:00')
    with start(0):
        an = pool.get('company.employee')(small.an)
        assert an.centre.id == small.centre
        assert pool.get('tthcc.dossier')(dossier).employee == an
    with clock.moved_to(at(monday, '14:00')):
        people.register(people.chi)


@pytest.fixture(scope='module')
def seasonal(database):
    """Offices with a department citizens come to in two months of the year:
    when schools enrol, and after the harvest, when land is measured."""
    from trytond.transaction import Transaction
    offices = {}
    with Transaction().start(database, 0):
        for prefix, name, kind, field, season in [
                ('b_', "UBND huyện Bá Thước", 'education', "Tuyển sinh",
                    [7, 8]),
                ('c_', "UBND huyện Cẩm Thủy", 'land', "Đất đai",
                    [10, 11])]:
            procedure = create_procedure(
                f'{prefix}1', kind=kind, field=field)
            office = create_office(prefix, name, [procedure])
            department = tools.create_department(office.company, kind)
            dinh = create_officer(
                office, prefix + 'dinh', department, 'coordinator')
            stand_in = create_officer(
                office, prefix + 'stand_in', department)
            visits, day = [], dt.date(2025, 1, 1)
            while day.year == 2025:
                weekday = day.weekday()
                if weekday < 5 and day.month in season:
                    # Two each in the half days of every second week
                    if day.isocalendar().week % 2:
                        visits += [(at(day), 2), (at(day, '14:30'), 2)]
                elif day.day == 15 and weekday < 5:
                    visits.append((at(day), 1))
                day += DAY
            receive_past(office, procedure, 30, visits)
            offices[prefix] = SimpleNamespace(
                company=office.company.id, centre=office.centre.id,
                counter=office.centre.counters[0].id,
                department=department.id, dinh=dinh.id,
                stand_in=stand_in.id,
                dossier=new_dossier(office, procedure))
    return offices


@pytest.mark.parametrize('prefix, months, first, last', [
        ('b_', "7, 8", dt.date(2026, 7, 1), dt.date(2026, 8, 31)),
        ('c_', "10, 11", dt.date(2026, 10, 1), dt.date(2026, 11, 30)),
        ])
def test_a_department_with_a_season(
        server, start, pool, seasonal, prefix, months, first, last):
    office = seasonal[prefix]
    people = People(server, office, prefix)
    day = dt.date(2026, 1, 12)
    with clock.moved_to(at(day)):
        advice = people.recommend(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
        assert advice['mode'] == 'seasonal'
        assert months in advice['reasons']
        id = people.post(
            people.dinh, employee=office.dinh, mode='seasonal',
            department=office.department, start_date=day + 7 * DAY,
            end_date=dt.date(2027, 1, 18),
            periods=[('create', [{'start_date': first, 'end_date': last}])])
        monday = first + (7 - first.weekday()) * DAY
        assert not people.gaps(monday, weeks=6)
        assert people.week(monday) == {office.dinh: WEEK}
        after = last + (7 - last.weekday()) * DAY
        assert people.gaps(after).keys() == WEEK
        assert people.week(after) == {}
    follow(start, pool, day + 7 * DAY)
    with clock.moved_to(at(monday)):
        assert people.leader.read(
            SECONDMENT, [id], ['state'])[0]['state'] == 'active'
        people.register(people.dinh)


@pytest.fixture(scope='module')
def recalled(database):
    "An office with somebody there full time, whom a colleague can replace"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0):
        Allowance = Pool().get('tthcc.allowance')
        procedure = create_procedure('1.000003')
        office = create_office('d_', "UBND huyện Thọ Xuân", [procedure])
        em = create_officer(office, 'd_em', office.department)
        giang = create_officer(office, 'd_giang', office.department)
        posting = post_full_time(office, em, dt.date(2025, 9, 1))
        Allowance.create([{
                    'name': name, 'company': office.company.id,
                    'basis': basis, 'amount': amount,
                    'payer': 'department', 'legal_basis': "QĐ 5",
                    'start_date': dt.date(2018, 1, 1)}
                for name, basis, amount in [
                    ("Bồi dưỡng", 'day', 25000),
                    ("Trang phục", 'month', 220000)]])
        return SimpleNamespace(
            company=office.company.id, centre=office.centre.id,
            counter=office.centre.counters[0].id,
            department=office.department.id, em=em.id, giang=giang.id,
            stand_in=giang.id, posting=posting,
            dossier=new_dossier(office, procedure))


def test_recall_in_the_middle_of_a_month(server, start, pool, recalled):
    people = People(server, recalled, 'd_')
    last = dt.date(2026, 3, 12)
    with clock.moved_to(at(last - 2 * DAY)):
        dossiers = [people.register(people.em) for _ in range(2)]
        people.recall(recalled.posting, last, successor=recalled.giang)
        people.post(
            people.processor, employee=recalled.giang, mode='full_time',
            department=recalled.department, start_date=last + DAY,
            end_date=dt.date(2027, 3, 12),
            substitutes=[('add', [recalled.em])])
        # Until the last day everything is as before
        assert not people.gaps(dt.date(2026, 3, 9), weeks=4)
    follow(start, pool, last)
    with clock.moved_to(at(last)):
        dossiers.append(people.register(people.em))
        with pytest.raises(Refused):
            people.register(people.giang)
    follow(start, pool, last + DAY)
    with clock.moved_to(at(last + DAY)):
        with pytest.raises(Refused):
            people.register(people.em)
        with pytest.raises(Refused):
            people.em.model('tthcc.dossier', 'pass_on', dossiers[:1])
        rows = people.giang.read('tthcc.dossier', dossiers, ['employee'])
        assert {row['employee'] for row in rows} == {recalled.giang}
        people.giang.model('tthcc.dossier', 'pass_on', dossiers)
    with clock.moved_to(at(dt.date(2026, 4, 1))), people.director.wizard(
            STATEMENT + '.make') as wizard:
        wizard.values.update(
            centre=recalled.centre, month=dt.date(2026, 3, 1))
        wizard.execute('make')
    names = ['employee', 'start_date', 'end_date', 'days', 'amount']
    # 9 and 13 of 22 working days
    assert {
        tuple(row[name] for name in names)
        for row in people.director.search(STATEMENT, [], names)} == {
        (recalled.em, dt.date(2026, 3, 1), last, Decimal(9),
            Decimal(9 * 25000 + 90000)),
        (recalled.giang, last + DAY, dt.date(2026, 3, 31), Decimal(13),
            Decimal(13 * 25000 + 130000)),
        }
    assert [row['employee'] for row in people.em.search(
            STATEMENT, [], ['employee'])] == [recalled.em]
