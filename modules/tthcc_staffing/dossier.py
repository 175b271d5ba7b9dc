# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The open dossiers of somebody who goes, given to somebody who stays."""

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction


class Dossier(metaclass=PoolMeta):
    __name__ = 'tthcc.dossier'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        # With what the workload asks of all that was finished
        cls._sql_indexes.add(
            Index(t,
                (t.finished_at, Index.Range()),
                where=t.finished_at != Null,
                include=[
                    t.state, t.centre, t.resolver, t.lead_department,
                    t.procedure, t.received_by, t.received_at]))

    @classmethod
    def open_at(cls, employee, centre):
        "Return the open dossiers whose leg the employee has at the centre"
        return cls.search([
                ('employee', '=', employee.id),
                ('centre', '=', centre.id),
                ('department', '=', None),
                ])

    @classmethod
    def take_from(cls, dossiers, employee, reason):
        """Give the legs under way of the dossiers, which all are at one
        centre, to the employee, or to whoever is free there."""
        pool = Pool()
        Assignment = pool.get('tthcc.dossier.assignment')
        Step = pool.get('tthcc.dossier.step')
        if not dossiers:
            return
        by = cls._acting_employee()
        # Not the rights of who presses the button, who need have none on legs
        with Transaction().set_user(0), Transaction().set_context(
                employee=by, _check_access=False):
            dossiers = cls.browse(dossiers)
            if employee:
                cls.reassign_to(dossiers, employee, reason)
                return
            rows, legs = [], []
            for dossier in dossiers:
                leg = dossier.leg
                rows.append(Assignment(
                        dossier=dossier, leg=leg.name, reason=reason,
                        old=leg.employee.rec_name if leg.employee else None,
                        new=gettext('tthcc_staffing.msg_whoever_is_free'),
                        at=clock.now()))
                leg.employee = dossier.employee = None
                legs.append(leg)
            Assignment.save(rows)
            Step.save(legs)
            cls.save(dossiers)


class Step(metaclass=PoolMeta):
    __name__ = 'tthcc.dossier.step'

    def people(self):
        "With those who stand in for the people of the place today"
        Substitute = Pool().get('tthcc.substitute')
        today = clock.today()
        people = super().people()
        return [*people, *(
                s.substitute for s in Substitute.search([
                        ('employee', 'in', [e.id for e in people]),
                        ('start_date', '<=', today),
                        ('end_date', '>=', today),
                        ]))]
