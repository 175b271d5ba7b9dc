# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import Pool, PoolMeta

from . import covering


class Centre(metaclass=PoolMeta):
    __name__ = 'tthcc.centre'

    def posted(self, first, last):
        "Return the postings in force on one of the days from first to last"
        Secondment = Pool().get('tthcc.secondment')
        return Secondment.search([
                ('centre', '=', self.id),
                *Secondment.in_force(first, last)])

    def offered(self, date):
        """Return the departments that work on each procedure the centre
        offers on the date: those of its steps, else that of its field."""
        Offer = Pool().get('tthcc.centre.procedure')
        usual, offered = {}, {}
        for offer in Offer.search([
                    ('centre', '=', self.id), *Offer.offered(date)]):
            procedure = offer.procedure
            kinds = {
                s.department_kind for s in procedure.current.steps
                if s.department_kind}
            if not kinds and procedure.field.department_kind:
                kinds = {procedure.field.department_kind}
            assigned = {
                a.department_kind: a.department for a in offer.assignments}
            for kind in kinds - usual.keys():
                usual[kind] = self.company_department(kind)
            offered[procedure] = {
                assigned.get(kind) or usual[kind] for kind in kinds}
        return offered

    def cover_gaps(self, first, last):
        """Return the covering.Gap of the local days from first to last.

        Only postings count, and those who stand in for them: the law wants
        the departments to send who receives (Decree 61/2018/NĐ-CP)."""
        Leave = Pool().get('tthcc.leave')
        offered = self.offered(first)
        posted = self.posted(first, last)
        covers = [
            covering.Cover(
                secondment.posting(),
                frozenset(
                    p.id for p, departments in offered.items()
                    if secondment.covers(p, departments)))
            for secondment in posted]
        employees = {s.employee.id for s in posted}
        leaves = Leave.approved(employees, first, last)
        absent = Leave.taken(
            employees | {x.substitute.id for x in leaves if x.substitute},
            first, last)
        # Who is absent is covered by who stands in
        covers += [
            covering.Cover(
                cover.posting._replace(
                    employee=leave.substitute.id,
                    start=max(leave.start_date, cover.posting.start),
                    end=min(leave.end_date, cover.posting.end)),
                cover.procedures)
            for leave in leaves
            if leave.substitute
            for cover in covers
            if cover.posting.employee == leave.employee.id]
        return covering.gaps(
            self.worktime(), covers, [p.id for p in offered], absent, first,
            last)

    @staticmethod
    def could_cover(postings, departments, date, half):
        """Return the employees who could receive in the half day what the
        postings receive and the departments work on: substitutes of the
        postings, then those of the departments."""
        Leave = Pool().get('tthcc.leave')
        people = [e for s in postings for e in s.substitutes]
        people += [e for d in departments if d for e in d.employees]
        absent = Leave.taken({e.id for e in people}, date, date)
        return [
            e for e in dict.fromkeys(people)
            if (e.id, date, half) not in absent]
