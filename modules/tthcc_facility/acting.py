# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access


def acting_employee():
    "The id of the employee as whom the user acts, None where unclear"
    User = Pool().get('res.user')
    employee = Transaction().context.get('employee')
    employees = User.get_employees()
    if Transaction().user and employee not in employees:
        employee = employees[0] if len(employees) == 1 else None
    return employee


@without_check_access
def acting_name():
    """The name of the person who acts, to be kept as it is: records of the
    person may be of another committee"""
    pool = Pool()
    Employee = pool.get('company.employee')
    User = pool.get('res.user')
    if employee := acting_employee():
        return Employee(employee).party.name
    return User(Transaction().user).name
