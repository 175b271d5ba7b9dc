# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import Pool
from trytond.transaction import Transaction


def acting_employee():
    "The id of the employee as whom the user acts, None where unclear"
    User = Pool().get('res.user')
    employee = Transaction().context.get('employee')
    employees = User.get_employees()
    if Transaction().user and employee not in employees:
        employee = employees[0] if len(employees) == 1 else None
    return employee
