# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import fields
from trytond.pool import Pool, PoolMeta

from . import covering


class Centre(metaclass=PoolMeta):
    __name__ = 'tthcc.centre'

    secondments = fields.One2Many(
        'tthcc.secondment', 'centre', "Secondments", readonly=True)

    @classmethod
    def copy(cls, centres, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('secondments', None)
        return super().copy(centres, default=default)

    def posted(self, first, last):
        "Return the postings in force on one of the days from first to last"
        Secondment = Pool().get('tthcc.secondment')
        return Secondment.search([
                ('centre', '=', self.id),
                *Secondment.in_force(first, last)])

    def offered(self, date):
        "Return the procedures the centre offers on the date"
        Offer = Pool().get('tthcc.centre.procedure')
        return [o.procedure for o in Offer.search([
                    ('centre', '=', self.id), *Offer.offered(date)])]

    def cover_gaps(self, first, last):
        """Return the covering.Gap of the local days from first to last.

        Only postings count, and those who stand in for them: the law wants
        the departments to send who receives (Decree 61/2018/NĐ-CP)."""
        Leave = Pool().get('tthcc.leave')
        procedures = self.offered(first)
        posted = self.posted(first, last)
        covers = [
            covering.Cover(
                secondment.posting(),
                frozenset(p.id for p in procedures if secondment.covers(p)))
            for secondment in posted]
        employees = {s.employee.id for s in posted}
        absent = Leave.taken(employees, first, last)
        # Who is absent is covered by who stands in
        covers += [
            covering.Cover(
                cover.posting._replace(
                    employee=leave.substitute.id,
                    start=max(leave.start_date, cover.posting.start),
                    end=min(leave.end_date, cover.posting.end)),
                cover.procedures)
            for leave in Leave.approved(employees, first, last)
            if leave.substitute
            for cover in covers
            if cover.posting.employee == leave.employee.id]
        return covering.gaps(
            self.worktime(), covers, [p.id for p in procedures], absent,
            first, last)

    def could_cover(self, procedure, date, half):
        """Return the employees who could receive the procedure in the half
        day: substitutes of its postings, then those of its department."""
        pool = Pool()
        Employee = pool.get('company.employee')
        Leave = pool.get('tthcc.leave')
        people = [
            e for s in self.posted(date, date) if s.covers(procedure)
            for e in s.substitutes]
        if procedure.field and procedure.field.department_kind:
            people += Employee.search([
                    ('company', '=', self.company.id),
                    ('department.kind', '=',
                        procedure.field.department_kind.id),
                    ], limit=20)
        absent = Leave.taken({e.id for e in people}, date, date)
        return [
            e for e in dict.fromkeys(people)
            if (e.id, date, half) not in absent]
