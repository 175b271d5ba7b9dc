# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Rounds of papers where somebody can log in on both sides.

Results came back from the department; what goes there waits for its
coordinator to sign."""

from trytond.pool import Pool
from trytond.transaction import Transaction

_COORDINATOR = 'coordinator.'


def load():
    "Make the rounds"
    pool = Pool()
    Handover = pool.get('tthcc.handover')
    User = pool.get('res.user')
    for coordinator in User.search([('login', 'like', f'{_COORDINATOR}%')]):
        key = coordinator.login[len(_COORDINATOR):]
        officer, = User.search([('login', '=', f'officer.{key}')])
        sides = {
            'centre': officer.employee.centre.id,
            'department': coordinator.employee.department.id,
            }
        back = _give(coordinator, direction='to_centre', **sides)
        if back:
            with Transaction().set_user(officer.id):
                Handover.tick_all([back])
                Handover.receive([back])
        _give(officer, direction='to_department', **sides)


def _give(user, **values):
    "Fill and give a round as the user, return it unless it is empty"
    Handover = Pool().get('tthcc.handover')
    with Transaction().set_user(user.id):
        handover, = Handover.create([values])
        Handover.fill([handover])
        if not Handover(handover.id).lines:
            Handover.delete([handover])
            return None
        Handover.tick_all([handover])
        Handover.give([handover])
    return Handover(handover.id)
