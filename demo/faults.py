# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What became of the equipment that broke: some is under repair, some waits
for a replacement, and some lies forgotten."""

import datetime as dt
from decimal import Decimal

from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.transaction import Transaction

_WHAT = {
    'computer': ["Không lên nguồn", "Treo máy liên tục"],
    'printer': ["Kẹt giấy", "Bản in mờ"],
    'copier': ["Bản sao bị sọc đen", "Kẹt giấy"],
    'camera': ["Mất hình", "Hình mờ, không nhìn rõ quầy"],
    'kiosk': ["Màn hình cảm ứng liệt", "Không kết nối được mạng"],
    }


def load(places):
    "Report, repair and ask to replace what is broken at the places"
    for place in places:
        with Transaction().set_context(employee=place.manager.id):
            _load(place)


def _load(place):
    pool = Pool()
    Equipment = pool.get('tthcc.equipment')
    Fault = pool.get('tthcc.fault')
    random = place.random('faults')
    broken = Equipment.search([
            ('centre', '=', place.centre.id),
            ('condition', 'in', ['damaged', 'out_of_order']),
            ], order=[('id', 'ASC')])
    courses = ['forgotten', 'reported', 'repair', 'repaired', 'replace']
    random.shuffle(courses)
    for item, course in zip(broken, courses):
        if course == 'forgotten':
            continue
        since = clock.now() - dt.timedelta(days=random.randint(1, 6))
        with clock.moved_to(since):
            fault = Fault.report(
                item, random.choice(
                    _WHAT.get(item.type.code, ["Hỏng, không dùng được"])),
                unusable=item.condition == 'out_of_order')
            if course.startswith('repair'):
                Fault.start_repair(
                    [fault], kind='supplier', supplier="Máy tính Hàm Rồng",
                    started_on=clock.today(),
                    due_on=clock.today() + dt.timedelta(days=10))
        if course == 'repaired':
            Fault.end_repair(
                [fault], 'repaired', 'worn', ended_on=clock.today(),
                cost=Decimal(random.randint(2, 9) * 100_000))
        elif course == 'replace':
            Fault.ask_replacement(
                [fault], reason="Đã cũ, sửa không còn kinh tế",
                estimate=item.value or Decimal(10_000_000),
                estimate_source="Báo giá của nhà cung cấp")
