# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Which modes fit, and what the posted people did and are owed."""

import datetime as dt
from random import Random

from dateutil.relativedelta import relativedelta

from trytond.modules.tthcc import clock
from trytond.pool import Pool

_SINCE = dt.date(2018, 7, 1)
_TEXT = "Hoàn thành tốt nhiệm vụ tiếp nhận và trả kết quả tại Trung tâm."


def load(places):
    "Recommend modes at the centres, and make the months that are over"
    make_allowances()
    centres = [place.centre for place in places]
    recommend(centres)
    make_months(centres)


def make_allowances():
    Allowance = Pool().get('tthcc.allowance')
    Allowance.create([{
                'name': name, 'company': None, 'mode': mode, 'basis': basis,
                'amount': amount, 'payer': 'department',
                'legal_basis': "Quyết định của UBND tỉnh (minh họa)",
                'start_date': _SINCE,
                } for name, mode, basis, amount in [
                ("Bồi dưỡng theo ngày làm việc", None, 'day', 25_000),
                ("Trang phục", 'full_time', 'month', 150_000)]])


def recommend(centres):
    pool = Pool()
    Dossier = pool.get('tthcc.dossier')
    Recommendation = pool.get('tthcc.staffing.recommendation')
    today = clock.today()
    first = clock.to_local(Dossier.search(
            [('received_at', '!=', None)],
            order=[('received_at', 'ASC')], limit=1)[0].received_at).date()
    for centre in centres:
        Recommendation.make(centre, first.replace(day=1), today)


def make_months(centres):
    """The month before this one: approved, but for the last of a centre;
    confirmed and sent to the departments where they were quick"""
    pool = Pool()
    Remark = pool.get('tthcc.staffing.remark')
    Secondment = pool.get('tthcc.secondment')
    Statement = pool.get('tthcc.staffing.statement')
    first = clock.today() - relativedelta(months=1, day=1)
    last = first + relativedelta(months=1, days=-1)
    approved, confirmed, written = [], [], []
    for centre in centres:
        if Secondment.search([
                    ('centre', '=', centre.id),
                    *Secondment.in_force(first, last)], limit=1):
            statements = Statement.make(centre, first)
            approved += statements[:-1]
            confirmed += statements[:-1:2]
            written += Remark.make(centre, first)[::2]
    Statement.approve(approved)
    Statement.confirm(confirmed)
    write_remarks(written)


def write_remarks(remarks):
    "Write remarks, show them to the persons, send every second one"
    Remark = Pool().get('tthcc.staffing.remark')
    random = Random('remarks')
    for remark in remarks:
        remark.text = _TEXT
        for line in remark.lines:
            line.points = line.most - random.choice([0, 0, 1, 1, 2])
        remark.lines = remark.lines
    Remark.save(remarks)
    Remark.show(remarks)
    Remark.send(remarks[::2])
