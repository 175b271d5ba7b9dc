# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The rooms of the centres as the report of 2018 found them, the works they
plan, and the money they ask for."""

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.transaction import Transaction

from .facility import MODELS

# In m², as the report has them
_AREAS = {'langchanh': 60, 'samson': 199}
_ZONES = [
    ("Khu quầy giao dịch", 'counters', .40),
    ("Khu chờ của công dân", 'waiting', .36),
    ("Khu hướng dẫn, tra cứu", 'reception', .10),
    ("Kho lưu trữ", 'archive', .14)]
_MILLION = Decimal(1_000_000)
# Of the centres below the standard
_KINDS = [
    ('extend', "Mở rộng khu chờ của Trung tâm",
        "Cải tạo hai phòng liền kề, phá vách ngăn, lát nền, lắp điều hòa."),
    ('build', "Xây dựng trụ sở Trung tâm",
        "Xây nhà một cửa cấp III, hai tầng, trong khuôn viên UBND."),
    ('repair', "Sửa chữa phòng làm việc thành nơi giao dịch",
        "Chống thấm, thay hệ thống điện, sơn lại, bố trí lại quầy.")]


def load(places):
    "Make rooms for all places, plans and requests for some of them"
    below = []
    for place in places:
        area = make_site(place)
        if area < (80 if place.level == 'district' else 40):
            below.append((place, area))
    for number, (place, area) in enumerate(below):
        make_plan(place, area, number)
    asking = [p for p, _ in below] + [
        p for p in places if p.key == 'thieuhoa']
    for number, place in enumerate(asking):
        make_request(place, number)


def make_site(place):
    "Make the rooms of the place, return their area in m²"
    Site = Pool().get('tthcc.site')
    random = place.random('premises')
    area = _AREAS.get(place.key) or random.choice(
        [55, 64, 72, 84, 90, 96, 110, 124, 138])
    own = place.key == 'samson' or area > 120
    zones, left = [], area
    for name, kind, share in _ZONES:
        size = round(area * share) if kind != 'archive' else left
        left -= size
        zones.append({
                'name': name, 'kind': kind, 'area': float(size),
                'start_date': place.opening_date})
    name = "Trụ sở Trung tâm" if own else f"Trụ sở UBND {place.name}"
    Site.create([{
                'name': name,
                'centre': place.centre.id,
                'address': f"Trụ sở UBND {place.name}, tỉnh Thanh Hóa",
                'area': float(area),
                'shared_with': None if own else "Văn phòng HĐND – UBND",
                'start_date': place.opening_date,
                'zones': [('create', zones)],
                }])
    return area


def make_plan(place, area, number):
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    Upgrade = pool.get('tthcc.upgrade')
    kind, name, scope = _KINDS[number % len(_KINDS)]
    gained = 0 if kind == 'repair' else 85 - area
    cost = {'repair': 180, 'extend': 350, 'build': 2400}[kind]
    today = clock.today()
    plan, = Upgrade.create([{
                'name': name,
                'centre': place.centre.id,
                'kind': kind,
                'scope': scope,
                'area_gained': float(gained),
                'cost': cost * _MILLION,
                'funding_source': ModelData.get_id(
                    'tthcc_facility', f'funding_source_{place.level}'),
                'milestones': [('create', [{
                                'name': name,
                                'planned_date': today + relativedelta(
                                    months=months),
                                } for name, months in [
                                ("Phê duyệt chủ trương", number % 3 - 1),
                                ("Phê duyệt thiết kế, dự toán", 4),
                                ("Nghiệm thu, bàn giao", 10)]])],
                }])
    return plan


def make_request(place, number):
    """Ask for the money of next year; one request in three is still a draft,
    one is submitted, one is approved with a cut"""
    pool = Pool()
    Budget = pool.get('tthcc.budget')
    Line = pool.get('tthcc.budget.line')
    ModelData = pool.get('ir.model.data')
    source = ModelData.get_id(
        'tthcc_facility', f'funding_source_{place.level}')
    budget, = Budget.create([{
                'centre': place.centre.id,
                'year': clock.today().year + 1,
                'ceiling': 600 * _MILLION,
                'note': "Trang thiết bị đã cũ, diện tích chưa đạt định mức.",
                }])
    Budget.propose([budget])
    lines = list(budget.lines)
    for line in lines:
        line.funding_source = source
        if not line.unit_price:
            _, price = MODELS[line.type.code]
            line.unit_price = Decimal(price * 1000)
    Line.save(lines)
    if number % 3 == 0:
        return
    with _as('budget', days=12):
        Budget.submit([budget])
    if number % 3 == 1:
        return
    with _as(f'leader.{place.key}', days=6):
        Budget.review([budget])
    with _as(f'leader.{place.key}', days=5):
        budget = Budget(budget.id)
        line = max(
            (x for x in budget.lines if x.approved),
            key=lambda x: x.approved)
        line.approved -= line.approved // 10
        line.cut_reason = "Cân đối ngân sách, giảm 10%"
        line.save()
        Budget.approve([budget])


@contextmanager
def _as(login, days):
    "Act as the user with the login, some days ago"
    User = Pool().get('res.user')
    user, = User.search([('login', '=', login)])
    with Transaction().set_user(user.id), \
            clock.moved_to(clock.now() - dt.timedelta(days=days)):
        yield
