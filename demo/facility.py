# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The equipment of the centres, as old as the report of 2018 found it."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.transaction import Transaction

_SUPPLIERS = [
    "Công ty TNHH Thiết bị văn phòng Lam Kinh",
    "Công ty CP Tin học Hàm Rồng", "Cửa hàng Nội thất Sông Mã"]
MODELS = {
    # Makes, price in thousands of đồng
    'computer': (
        ["HP ProDesk 400", "Dell OptiPlex 3050", "Lenovo ThinkCentre"], 12500),
    'printer': (["Canon LBP 2900", "HP LaserJet 107a"], 3600),
    'scanner': (["Canon DR-C225", "Epson DS-530"], 9800),
    'copier': (["Ricoh MP 2501", "Toshiba e-Studio 2309"], 42000),
    'kiosk': (["Kiosk 22 inch"], 48000),
    'ticket_machine': (["QMS-80"], 26000),
    'display': (["Samsung 55 inch", "LG 49 inch"], 14500),
    'camera': (["Hikvision DS-2CD1023", "Dahua HFW1230"], 1900),
    'reader': (["HID Omnikey"], 2400),
    'rating': (["Máy tính bảng 10 inch"], 4200),
    'network': (["Cisco SG95-16"], 3100),
    'ups': (["Santak 1000VA"], 2600),
    'air_conditioner': (["Panasonic 18000 BTU"], 15200),
    'desk': (["Bàn 1,2 m"], 1900),
    'chair': (["Ghế xoay"], 850),
    'bench': (["Băng 4 ghế"], 2300),
    'cabinet': (["Tủ sắt 2 cánh"], 2800),
    }
_INSPECTED = ['computer', 'printer', 'copier', 'camera', 'kiosk']
# Hours of UTC: ten in the morning in Vietnam
_MORNING = dt.time(3)


@dataclass
class Plan:
    "What a centre has"
    age: int = 3
    "Years since most was bought"
    broken: float = .05
    memory: int = 8
    "Of computers, in GB"
    modern: bool = False
    furniture_only: bool = False
    bought: dt.date = None
    broken_types: list = field(default_factory=list)

    @classmethod
    def of(cls, place, random):
        if place.key == 'samson':
            return cls(age=1, broken=0, memory=16, modern=True)
        if place.key == 'langchanh':
            return cls(age=2, furniture_only=True)
        if place.key == 'quangxuong':
            return cls(
                bought=dt.date(2015, 5, 20), memory=4, broken=0,
                broken_types=[
                    'computer', 'computer', 'printer', 'scanner', 'copier'])
        if place.key == 'thieuhoa':
            return cls(
                age=5, broken=0, memory=4, broken_types=[
                    'computer', 'printer', 'printer', 'copier', 'camera'])
        age = random.randint(1, 6)
        return cls(
            age=age, broken=.01 * age, memory=4 if age > 5 else 8,
            modern=place.is_town or place.level == 'commune')

    def items(self, place):
        "Yield the type of each item with where it stands"
        people = [place.director, place.manager, *place.officers]
        for employee in people:
            at = {'employee': employee.id}
            if employee.counter:
                at['counter'] = employee.counter.id
            yield 'desk', at
            yield 'chair', at
            if not self.furniture_only:
                yield 'computer', at
        shared = {'bench': 3, 'cabinet': 3}
        if not self.furniture_only:
            shared.update(
                printer=2, scanner=1, copier=1, camera=2, network=1, ups=1)
            for counter in place.centre.counters:
                yield 'printer', {'counter': counter.id}
                if self.modern:
                    yield 'reader', {'counter': counter.id}
                    yield 'rating', {'counter': counter.id}
        if self.modern:
            shared.update(
                kiosk=1, ticket_machine=1, display=2, camera=4,
                air_conditioner=2)
        for type_, number in shared.items():
            for _ in range(number):
                yield type_, {}


def load(places):
    "Make the equipment of the places and what happened to it"
    types = {t.code: t for t in Pool().get('tthcc.equipment.type').search([])}
    for place in places:
        with Transaction().set_context(employee=place.manager.id):
            _load(place, types)


def _load(place, types):
    pool = Pool()
    Equipment = pool.get('tthcc.equipment')
    random = place.random('equipment')
    plan = Plan.of(place, random)
    today = clock.today()
    by_date = defaultdict(list)
    for type_, at in plan.items(place):
        bought = plan.bought
        if not bought:
            bought = today - relativedelta(
                years=max(plan.age - random.choice([0, 0, 0, 1]), 0),
                months=place.size % 12, days=len(place.key))
        by_date[bought].append(_values(place, plan, types[type_], bought, at))
    items = []
    for date, values in sorted(by_date.items()):
        with _at(date):
            items.extend(Equipment.create(values))
    _watch(place, items)
    _inspect(place, plan, items, random, today)
    _break(plan, items, random, today)


def _values(place, plan, type_, bought, at):
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    models, price = MODELS[type_.code]
    random = place.random(f'{type_.code} {bought}')
    values = {
        'type': type_.id,
        'model': random.choice(models),
        'centre': place.centre.id,
        'purchase_date': bought,
        'value': Decimal(price * 1000),
        'supplier': random.choice(_SUPPLIERS),
        'funding_source': ModelData.get_id(
            'tthcc_facility', f'funding_source_{place.level}'),
        'warranty_end': bought + relativedelta(
            years=2 if type_.inspection_interval else 1),
        **at,
        }
    if type_.code == 'computer':
        values['specs'] = [('create', [{
                        'property': ModelData.get_id(
                            'tthcc_facility', f'equipment_property_{name}'),
                        'value': Decimal(value),
                        } for name, value in [
                        ('memory', plan.memory),
                        ('storage', 500 if plan.memory < 8 else 256)]])]
    return values


def _watch(place, items):
    "Each camera looks at two counters; some centres have too few"
    Camera = Pool().get('tthcc.camera')
    counters = list(place.centre.counters)
    Camera.create([{
                'name': f"Camera {number}",
                'centre': place.centre.id,
                'equipment': item.id,
                'counters': [('add', [
                            c.id for c in counters[2 * number - 2:2 * number]
                            ])],
                } for number, item in enumerate(
                [i for i in items if i.type.code == 'camera'], 1)])


def _inspect(place, plan, items, random, today):
    "Somebody looked at what needs it once, a while ago"
    Equipment = Pool().get('tthcc.equipment')
    date = today - dt.timedelta(random.randint(150, 420))
    seen = [
        i for i in items
        if i.type.code in _INSPECTED and i.purchase_date < date]
    with _at(date):
        Equipment.record(seen, 'inspection', 'worn' if plan.age > 3 else None)


def _break(plan, items, random, today):
    "Some things broke since"
    Equipment = Pool().get('tthcc.equipment')
    broken = [
        i for i in items
        if i.type.inspection_interval and random.random() < plan.broken]
    for code in plan.broken_types:
        broken.append(next(
                i for i in items if i.type.code == code and i not in broken))
    for item in broken:
        condition = random.choice(['damaged', 'out_of_order', 'out_of_order'])
        with _at(today - dt.timedelta(random.randint(8, 140))):
            Equipment.record(
                [item], 'damage', condition,
                note="Không hoạt động được" if condition == 'out_of_order'
                else "Hoạt động chập chờn")


def _at(date):
    return clock.moved_to(dt.datetime.combine(date, _MORNING))
