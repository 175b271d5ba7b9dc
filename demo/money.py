# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What citizens paid in the last days, and the cash counted each evening."""

import datetime as dt
from decimal import Decimal

from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.transaction import Transaction

_DAYS = 10
_NOT_PAID = {'refused', 'voided', 'payment'}
_METHODS = ['cash', 'cash', 'cash', 'qr', 'transfer']


def load(lives):
    "Let those pay who came in person to a place in the last days"
    Dossier = Pool().get('tthcc.dossier')
    Payment = Pool().get('tthcc.payment')
    since = clock.now() - dt.timedelta(days=_DAYS)
    by_dossier = {life.id: life for life in lives}
    for place in {life.place.key: life.place for life in lives}.values():
        place.centre.bank = '970405'
        place.centre.bank_account = f'{place.centre.id:013}'
        place.centre.bank_account_name = place.centre.name.upper()
        place.centre.save()
    for dossier in Dossier.search([
                ('id', 'in', list(by_dossier)),
                ('received_at', '>=', since),
                ('amount_due', '>', 0),
                ('state', 'not in', list(_NOT_PAID)),
                ('case.channel', '=', 'in_person'),
                ], order=[('received_at', 'ASC')]):
        life = by_dossier[dossier.id]
        with clock.moved_to(dossier.received_at), \
                Transaction().set_context(employee=life.officer.id):
            Payment.take(
                dossier, life.random.choice(_METHODS), dossier.outstanding)
    close()


def close():
    "Count the cash of the days before today, once with a difference"
    Closing = Pool().get('tthcc.cash_closing')
    closings = Closing.search(
        [('day', '<', clock.today())], order=[('day', 'ASC')])
    for number, closing in enumerate(closings):
        closing.counted = closing.expected
        if number % 9 == 4 and closing.expected:
            closing.counted -= Decimal(1000)
            closing.reason = "Trả thừa tiền lẻ cho công dân."
        closing.save()
        evening = dt.datetime.combine(closing.day, dt.time(17))
        with clock.moved_to(clock.to_utc(evening)), \
                Transaction().set_context(employee=closing.employee.id):
            Closing.close([closing])
