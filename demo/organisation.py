# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The committees of the province, their centres, people and logins."""

import csv
import datetime as dt
import pathlib
from dataclasses import dataclass, field
from functools import partial
from random import Random

from trytond.modules.tthcc import clock
from trytond.pool import Pool

from . import bulk
from .logins import PASSWORD, read_logins
from .names import People

DATA = pathlib.Path(__file__).with_name('data')
_REGIMES = {
    'district': ('regime_2018', dt.date(2018, 7, 1)),
    'commune': ('regime_2025', dt.date(2025, 7, 1)),
    }
_COUNTERS = [
    "Tư pháp – Hộ tịch", "Đất đai – Xây dựng", "Tài chính – Kinh doanh",
    "Chính sách – Xã hội", "Trả kết quả"]
_PROVINCE = {
    'supervisor': "Chuyên viên giám sát",
    'administrator': "Quản trị hệ thống",
    'catalogue': "Chuyên viên kiểm soát thủ tục hành chính",
    'facility': "Chuyên viên quản lý tài sản công",
    'budget': "Chuyên viên kế hoạch – ngân sách",
    }
_HEADS = {
    'Phòng': "Trưởng phòng",
    'Văn': "Chánh Văn phòng",
    'Thanh': "Chánh Thanh tra",
    'Công': "Trưởng Công an",
    }


@dataclass
class Department:
    "A department and its people"
    record: object
    size: int
    head: object = None
    coordinator: object = None
    processors: list = field(default_factory=list)


@dataclass
class Place:
    "A committee with its centre and its people"
    key: str
    name: str
    short: str
    level: str
    size: int
    late: float
    highland: bool
    communes: list
    unit_id: str
    planned_date: dt.date
    opening_date: dt.date
    company: object = None
    centre: object = None
    director: object = None
    manager: object = None
    leaders: list = field(default_factory=list)
    officers: list = field(default_factory=list)
    # By kind; one department may be of several kinds
    kinds: dict = field(default_factory=dict)

    @classmethod
    def read(cls):
        "Return the places of the data file"
        return [
            cls(
                key=row['key'],
                name=row['name'],
                short=row['place'],
                level=row['level'],
                size=int(row['dossiers']),
                late=int(row['late']) / 100,
                highland=bool(row['highland']),
                communes=(
                    row['communes'].split('; ') if row['communes'] else []),
                unit_id=row['unit_id'],
                planned_date=dt.date.fromisoformat(row['planned_date']),
                opening_date=dt.date.fromisoformat(row['opening_date']))
            for row in read_data('centres.csv')]

    @property
    def is_town(self):
        return self.name.startswith(('thành phố', 'thị xã', 'phường'))

    @property
    def counter_count(self):
        return min(2 + self.size // 40, len(_COUNTERS))

    @property
    def departments(self):
        return list({id(d): d for d in self.kinds.values()}.values())

    def random(self, purpose):
        "Return the generator of numbers of the place for the purpose"
        return Random(f'{self.key} {purpose}')

    def where(self, random):
        "Return where somebody lives"
        if not self.communes:
            return f"{self.name}, tỉnh Thanh Hóa"
        return f"{random.choice(self.communes)}, {self.name}"


def read_data(name):
    with open(DATA / name, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def load():
    "Make the province and return its places"
    places = Place.read()
    province = load_committees(places)
    calendar = load_calendar()
    load_centres(places, calendar)
    load_departments(places)
    employees = load_people(places, province)
    load_logins(places, province, employees)
    return places


def load_calendar():
    "Fill the days off of last, this and next year into the shared calendar"
    pool = Pool()
    Calendar = pool.get('tthcc.calendar')
    ModelData = pool.get('ir.model.data')
    calendar = Calendar(ModelData.get_id('tthcc', 'calendar_office_hours'))
    this_year = clock.today().year
    for year in range(this_year - 1, this_year + 2):
        Calendar.fill([calendar], year)
    return calendar


def load_committees(places):
    "Make the committees of the places, return the one of the province"
    pool = Pool()
    Company = pool.get('company.company')
    Currency = pool.get('currency.currency')
    Party = pool.get('party.party')
    User = pool.get('res.user')
    ModelData = pool.get('ir.model.data')

    currency, = Currency.search([('code', '=', 'VND')]) or Currency.create([{
                'name': "đồng",
                'symbol': "₫",
                'code': 'VND',
                'numeric_code': '704',
                'digits': 0,
                'rounding': 1,
                }])
    names = ["tỉnh Thanh Hóa"] + [p.name for p in places]
    parties = Party.create([{
                'name': f"UBND {name}",
                'addresses': [('create', [{
                                'street': f"Trụ sở UBND {name}",
                                }])],
                } for name in names])
    province, *companies = Company.create([{
                'party': party.id,
                'currency': currency.id,
                } for party in parties])
    for place, company in zip(places, companies):
        place.company = company
    # Without committees the administrator of the system would see nothing
    User.write([User(ModelData.get_id('res', 'user_admin'))], {
            'companies': [('add', [c.id for c in [province, *companies]])],
            'company': province.id,
            'company_filter': 'all',
            })
    return province


def load_centres(places, calendar):
    pool = Pool()
    Centre = pool.get('tthcc.centre')
    ModelData = pool.get('ir.model.data')
    values = []
    for number, place in enumerate(places, 1):
        name = "Trung tâm Hành chính công"
        if place.level == 'commune':
            name = "Trung tâm Phục vụ hành chính công"
        regime, start_date = _REGIMES[place.level]
        decided = place.opening_date - dt.timedelta(20)
        values.append({
                'name': f"{name} {place.name}",
                'short_name': place.name,
                'company': place.company.id,
                'level': place.level,
                'parent_body': f"UBND {place.name}".upper(),
                'legal_basis': (
                    f"Quyết định số {1200 + 37 * number}/QĐ-UBND ngày "
                    f"{decided:%d/%m/%Y} của UBND {place.name}"),
                'address': f"Trụ sở UBND {place.name}, tỉnh Thanh Hóa",
                'place': place.short,
                'public_url': f'https://motcua-{place.key}.example',
                'pilot': place.key == 'thieuhoa',
                'planned_date': place.planned_date,
                'opening_date': place.opening_date,
                'calendar': calendar.id,
                'state': 'operating',
                'regimes': [('create', [{
                                'start_date': start_date,
                                'regime': ModelData.get_id('tthcc', regime),
                                'unit_id': place.unit_id,
                                }])],
                'counters': [('create', [{
                                'number': n,
                                'name': f"Quầy {n}: {name}",
                                } for n, name in enumerate(
                                _COUNTERS[:place.counter_count], 1)])],
                })
    for place, centre in zip(places, Centre.create(values)):
        place.centre = centre


def load_departments(places):
    Kind = Pool().get('tthcc.department.kind')
    kinds = {k.code: k for k in Kind.search([])}
    rows = read_data('departments.csv')
    specs = [
        (place, row)
        for place in places for row in rows if row['level'] == place.level]
    records = bulk.create('tthcc.department', [{
                'name': place.is_town and row['town_name'] or row['name'],
                'company': place.company.id,
                'kind': kinds[row['kinds'].split()[0]].id,
                } for place, row in specs])
    for (place, row), record in zip(specs, records):
        department = Department(record, int(row['processors']))
        for kind in row['kinds'].split():
            place.kinds[kinds[kind]] = department


def load_people(places, province):
    """Make the employees and give them their posts.

    Return the employees by login: officer.samson is the first officer of
    Sầm Sơn."""
    logins = read_logins()
    names = {login.name: login.person for login in logins}
    posts = [
        Post(None, login.name, _PROVINCE[login.name])
        for login in logins if not login.place]
    for place in places:
        posts.extend(posts_of(place))
    people = {
        p.key: People(p.random('people'), p.highland) for p in places}
    parties, employees, by_login = [], [], {}
    for post in posts:
        name = names.pop(post.login, None)
        if not name:
            name = people[post.place.key].name()
        company = post.place.company if post.place else province
        parties.append({'name': name, 'company': company.id})
        employees.append({
                'company': company.id,
                'post': post.title,
                **post.values,
                })
    for values, party in zip(employees, bulk.create_parties(parties)):
        values['party'] = party.id
    for post, employee in zip(
            posts, bulk.create('company.employee', employees)):
        by_login.setdefault(post.login, employee)
        if post.take:
            post.take(employee)
    appoint(places)
    return by_login


@dataclass
class Post:
    "An office to fill; take is told who does"
    place: object
    role: str
    title: str
    values: dict = field(default_factory=dict)
    take: object = None

    @property
    def login(self):
        return f'{self.role}.{self.place.key}' if self.place else self.role


def posts_of(place):
    "Yield the posts of the place"
    for title in ["Chủ tịch", "Phó Chủ tịch", "Phó Chủ tịch"]:
        role = 'chair' if title == "Chủ tịch" else 'leader'
        yield Post(place, role, title, take=place.leaders.append)

    at_centre = {'centre': place.centre.id}
    yield Post(
        place, 'director', "Giám đốc Trung tâm", at_centre,
        partial(setattr, place, 'director'))
    yield Post(
        place, 'facility', "Cán bộ quản trị cơ sở vật chất", at_centre,
        partial(setattr, place, 'manager'))
    for counter in place.centre.counters:
        yield Post(
            place, 'officer', "Cán bộ tiếp nhận và trả kết quả",
            {**at_centre, 'counter': counter.id}, place.officers.append)

    for department in place.departments:
        in_department = {'department': department.record.id}
        first_word = department.record.name.split()[0]
        yield Post(
            place, 'head', _HEADS[first_word], in_department,
            partial(setattr, department, 'head'))
        yield Post(
            place, 'coordinator', "Công chức đầu mối", in_department,
            partial(setattr, department, 'coordinator'))
        for _ in range(department.size):
            yield Post(
                place, 'processor', "Công chức chuyên môn", in_department,
                department.processors.append)


def appoint(places):
    "Write down who directs the centres and departments"
    pool = Pool()
    Centre = pool.get('tthcc.centre')
    Department_ = pool.get('tthcc.department')
    centres, departments = [], []
    for place in places:
        place.centre.director = place.director
        centres.append(place.centre)
        for department in place.departments:
            department.record.head = department.head
            department.record.coordinator = department.coordinator
            departments.append(department.record)
    Centre.save(centres)
    Department_.save(departments)


def load_logins(places, province, employees):
    "Let people log in: the same roles in each place, some in two all roles"
    pool = Pool()
    Lang = pool.get('ir.lang')
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')
    language, = Lang.search([('code', '=', 'vi')])
    # One hash for all, since each takes its time
    password = User.hash_password(PASSWORD)
    groups = {login.name: login.group for login in read_logins()}
    for place in places:
        groups.setdefault(f'officer.{place.key}', 'group_counter_officer')
        groups.setdefault(f'leader.{place.key}', 'group_leader')
    values = []
    for login, group in groups.items():
        employee = employees[login]
        companies = [employee.company]
        if employee.company == province:
            companies += [p.company for p in places]
        values.append({
                'name': employee.rec_name,
                'login': login,
                'password_hash': password,
                'language': language.id,
                'groups': [('add', [ModelData.get_id('tthcc', group)])],
                'companies': [('add', [c.id for c in companies])],
                'company': employee.company.id,
                'company_filter': 'all' if len(companies) > 1 else 'one',
                'employees': [('add', [employee.id])],
                'employee': employee.id,
                })
    User.create(values)
