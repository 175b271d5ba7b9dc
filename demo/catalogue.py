# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the centres offer, and who does the work there."""

import datetime as dt

from trytond.modules.tthcc import clock
from trytond.pool import Pool

from . import bulk


def load(places, start_date):
    "Publish the catalogue and offer in each place what is of its level"
    Procedure = Pool().get('tthcc.procedure')
    with clock.moved_to(dt.datetime.combine(start_date, dt.time(1))):
        Procedure.load_catalogue()
    procedures = Procedure.search([('state', '=', 'published')])
    kinds = {p: kinds_of(p) for p in procedures}
    bulk.create('tthcc.centre.procedure', [{
                'centre': place.centre.id,
                'procedure': procedure.id,
                'start_date': start_date,
                'assignments': [('create', [
                            assignment(place, kind, roles, number)
                            for kind, roles in kinds[procedure].items()])],
                }
            for place in places
            for number, procedure in enumerate(procedures)
            if place.level in procedure.levels
            and kinds[procedure].keys() <= place.kinds.keys()])


def kinds_of(procedure):
    "Return by kind of department the roles that work on the procedure"
    kinds = {}
    for step in procedure.current.steps:
        if step.department_kind:
            kinds.setdefault(step.department_kind, set()).add(step.role)
    return kinds


def assignment(place, kind, roles, number):
    "Return values that spread the procedures over the people in charge"
    department = place.kinds[kind]
    employee = None
    if 'processor' in roles:
        processors = department.processors
        employee = processors[number % len(processors)].id
    return {
        'department_kind': kind.id,
        'department': department.record.id,
        'employee': employee,
        }
