# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Warnings in the client: before the deadline of a leg to the person in
charge, and to who leads when it has passed; each once."""
import datetime as dt
from collections import defaultdict

from trytond.model import fields
from trytond.modules.tthcc import clock, worktime
from trytond.pool import Pool, PoolMeta

from . import classes

# Warned when less than this part of the promised time is left (our choice)
_LEFT = .25
# No leg is warned of earlier than this, so no other need be looked at
_HORIZON = dt.timedelta(days=30)


class WarnStepMixin:
    "Lets a leg warn of its deadline"
    __slots__ = ()

    warned_at = fields.DateTime(
        "Warned At",
        help="When the person in charge was warned of the deadline.")
    reported_at = fields.DateTime(
        "Reported At",
        help="When who leads was told that the deadline had passed.")

    @classmethod
    def warn(cls):
        "Send the warnings that are due; called by cron"
        now = clock.now()
        under_way = [
            ('started_at', '!=', None),
            ('ended_at', '=', None),
            ('work', '!=', 'return'),
            ('dossier.state', 'in', classes.RUNNING),
            ]
        soon = [
            s for s in cls.search([
                    *under_way,
                    ('warned_at', '=', None),
                    ('due', '>=', now),
                    ('due', '<', now + _HORIZON),
                    ])
            if s.ends_soon(now)]
        passed = cls.search([
                *under_way,
                ('reported_at', '=', None),
                ('due', '<', now),
                ])
        for step in soon:
            step.warned_at = now
        for step in passed:
            step.reported_at = now
        cls.save(soon + passed)
        cls._tell(soon, 'in_charge', 'tthcc_dossier.msg_legs_end_soon')
        cls._tell(passed, 'leaders', 'tthcc_dossier.msg_legs_overdue')

    @classmethod
    def _tell(cls, steps, whom, message):
        Notification = Pool().get('res.notification')
        by_user = defaultdict(list)
        for step in steps:
            for user in getattr(step, whom)():
                by_user[user].append(step)
        for user, of_user in by_user.items():
            Notification.tell([user], of_user, message, 'code')

    def ends_soon(self, moment):
        "Whether little of the promised time is left at the UTC moment"
        if not self.promised:
            return True
        dossier = self.dossier
        left, _ = worktime.worked(
            dossier.centre.worktime(),
            dossier.local(moment), dossier.local(self.due))
        return left <= self.promised * _LEFT

    def in_charge(self):
        """Return the ids of the users who are in charge of the leg: the
        person and today's substitutes, else the coordinator or head of the
        department, or the director of the centre"""
        pool = Pool()
        Substitute = pool.get('tthcc.substitute')
        User = pool.get('res.user')
        if self.employee:
            today = clock.today()
            people = [self.employee, *(
                    s.substitute for s in Substitute.search([
                            ('employee', '=', self.employee.id),
                            ('start_date', '<=', today),
                            ('end_date', '>=', today),
                            ]))]
        elif self.done_by:
            people = [self.done_by.coordinator or self.done_by.head]
        else:
            people = [self.done_at.director]
        return (
            User.of_employees([p.id for p in people if p])
            or self.leaders())

    def leaders(self):
        """Return the ids of the users who lead where the leg is done: the
        head of the department or the director of the centre, else the
        leaders of the committee"""
        User = Pool().get('res.user')
        leader = (
            self.done_by.head if self.done_by else self.done_at.director)
        users = User.of_employees([leader.id]) if leader else []
        return users or User.leading((self.done_by or self.done_at).company)


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('tthcc.dossier.step|warn', "Warn of Deadlines of Legs"))
