# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""How a posting begins and ends, and who goes on with the open dossiers."""

import logging

from trytond.exceptions import TrytonException
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import lock_before_reading
from trytond.modules.tthcc_dossier.workflow import move
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .exceptions import SecondmentDecisionError

logger = logging.getLogger(__name__)


class EndingMixin:
    "Gives a posting its first and last day"
    __slots__ = ()

    extensions = fields.One2Many(
        'tthcc.secondment.extension', 'secondment', "Extensions",
        readonly=True)
    successor = fields.Many2One(
        'company.employee', "Dossiers Go To", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('employee', -1)),
            ],
        states={'readonly': Eval('state').in_(['ended', 'recalled'])},
        help="Who goes on with the open dossiers at the end. If empty it is "
        "the first substitute who works at the centre, else whoever is free "
        "there.")
    left_on = fields.Date(
        "Left On", readonly=True,
        states={'invisible': ~Bool(Eval('left_on'))},
        help="When the employee went back and the open dossiers were handed "
        "over.")

    @classmethod
    @move(['decided'], 'active')
    def start(cls, secondments):
        "The employee begins at the centre"
        for secondment in secondments:
            if secondment.start_date > secondment.today():
                raise SecondmentDecisionError(gettext(
                        'tthcc_staffing.msg_secondment_early',
                        secondment=secondment.rec_name,
                        date=secondment.start_date.strftime('%d/%m/%Y')))
        cls._arrive(secondments)

    @classmethod
    @move(['active'], 'ended')
    def end(cls, secondments):
        "The posting is over; what is open goes to the successor"
        for secondment in secondments:
            if secondment.end_date > secondment.today():
                raise SecondmentDecisionError(gettext(
                        'tthcc_staffing.msg_secondment_not_over',
                        secondment=secondment.rec_name,
                        date=secondment.end_date.strftime('%d/%m/%Y')))
        cls._leave(secondments)

    @classmethod
    @ModelView.button_action('tthcc_staffing.wizard_recall')
    def recall(cls, secondments):
        pass

    @classmethod
    @move(['active'], 'recalled', button='recall')
    def recall_on(cls, secondments, date, reason, successor=None):
        """End postings early; date is the last day at the centre, which may
        be still to come."""
        for secondment in secondments:
            if not secondment.start_date <= date <= secondment.end_date:
                raise SecondmentDecisionError(gettext(
                        'tthcc_staffing.msg_recall_date',
                        secondment=secondment.rec_name,
                        start=secondment.start_date.strftime('%d/%m/%Y'),
                        end=secondment.end_date.strftime('%d/%m/%Y')))
            secondment.decided_end = secondment.end_date
            secondment.end_date = date
            secondment.recall_reason = reason
            secondment.successor = successor or secondment.successor
        cls._leave([s for s in secondments if s.end_date <= s.today()])

    @classmethod
    @ModelView.button_action('tthcc_staffing.wizard_extend')
    def extend(cls, secondments):
        pass

    @classmethod
    @move(['active'], button='extend')
    def extend_to(cls, secondments, date, number, decided_on):
        "Let postings last until a later date, by a decision"
        Extension = Pool().get('tthcc.secondment.extension')
        extensions = []
        for secondment in secondments:
            if date <= secondment.end_date:
                raise SecondmentDecisionError(gettext(
                        'tthcc_staffing.msg_extend_date',
                        secondment=secondment.rec_name,
                        date=secondment.end_date.strftime('%d/%m/%Y')))
            extensions.append(Extension(
                    secondment=secondment, decision_number=number,
                    decision_date=decided_on, old_end=secondment.end_date,
                    new_end=date))
            secondment.end_date = date
        cls.check_law(secondments)
        Extension.save(extensions)

    @classmethod
    def follow(cls):
        "Begin the postings whose day has come and end those that are over"
        today = clock.today()
        lock_before_reading(cls)
        for method, *domain in [
                (cls.start,
                    ('state', '=', 'decided'),
                    ('start_date', '<=', today)),
                (cls.end,
                    ('state', '=', 'active'),
                    ('end_date', '<', today)),
                (cls._settle,
                    ('state', '=', 'recalled'),
                    ('end_date', '<', today),
                    ('left_on', '=', None)),
                ]:
            for secondment in cls.search(domain):
                cls._try(method, secondment)

    @classmethod
    def _try(cls, method, secondment):
        "Call the method on a posting, which must not stop all others"
        transaction = Transaction()
        cursor = transaction.connection.cursor()
        cursor.execute('SAVEPOINT follow')
        try:
            method([secondment])
        except TrytonException:
            logger.exception("posting %d is not followed", secondment.id)
            cursor.execute('ROLLBACK TO SAVEPOINT follow')
            for cache in transaction.cache.values():
                cache.clear()
        cursor.execute('RELEASE SAVEPOINT follow')

    @classmethod
    def _settle(cls, secondments):
        cls._leave(secondments)
        cls.save(secondments)

    def today(self):
        return clock.today(self.centre.timezone)

    @classmethod
    def _arrive(cls, secondments):
        Employee = Pool().get('company.employee')
        for secondment in secondments:
            employee = secondment.employee
            employee.centre = secondment.centre
            employee.counter = secondment.counter
        Employee.save([s.employee for s in secondments])

    @classmethod
    def _leave(cls, secondments):
        """Send the employees back to their departments, without dossiers,
        unless another posting keeps them at the centre"""
        Employee = Pool().get('company.employee')
        for secondment in secondments:
            secondment.left_on = secondment.today()
            employee = secondment.employee
            if employee.centre != secondment.centre or secondment._kept_by():
                continue
            secondment.hand_over()
            employee.centre = employee.counter = None
            if not employee.department:
                employee.department = secondment.department
        Employee.save([s.employee for s in secondments])

    def _kept_by(self):
        "Return the other posting in force that has the employee there"
        return self.search([
                ('id', '!=', self.id),
                ('employee', '=', self.employee.id),
                ('centre', '=', self.centre.id),
                ('state', 'in', ['active', 'recalled']),
                ('start_date', '<=', self.left_on),
                ('end_date', '>=', self.left_on),
                ('left_on', '=', None),
                ], limit=1)

    def hand_over(self):
        "Give the open dossiers at the centre to the successor"
        Dossier = Pool().get('tthcc.dossier')
        here = [
            e for e in [self.successor, *self.substitutes]
            if e and e.centre == self.centre]
        dossiers = Dossier.open_at(self.employee, self.centre)
        # Nobody can name somebody else where it happens by itself
        if (dossiers and self.successor and self.successor not in here
                and Transaction().user):
            raise SecondmentDecisionError(gettext(
                    'tthcc_staffing.msg_successor_away',
                    successor=self.successor.rec_name,
                    centre=self.centre.rec_name))
        Dossier.take_from(
            dossiers, here[0] if here else None,
            gettext('tthcc_staffing.msg_hand_over_reason',
                secondment=self.rec_name,
                date=self.end_date.strftime('%d/%m/%Y')))


class Extension(ModelSQL, ModelView):
    "A posting made longer by a decision (gia hạn)"
    __name__ = 'tthcc.secondment.extension'

    secondment = fields.Many2One(
        'tthcc.secondment', "Secondment", required=True, ondelete='CASCADE')
    decision_number = fields.Char("Decision", required=True)
    decision_date = fields.Date("Decided On", required=True)
    old_end = fields.Date("Until Then To", required=True)
    new_end = fields.Date("Now To", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('secondment')
        cls._order = [('id', 'DESC')]


class RecallStart(ModelView):
    "When and why a posting is recalled"
    __name__ = 'tthcc.secondment.recall.start'

    company = fields.Many2One('company.company', "Committee")
    employee = fields.Many2One('company.employee', "Employee")
    date = fields.Date("Last Day", required=True)
    reason = fields.Text("Reason", required=True)
    successor = fields.Many2One(
        'company.employee', "Dossiers Go To",
        domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('employee', -1)),
            ])


class Recall(Wizard):
    "Recall somebody from the centre"
    __name__ = 'tthcc.secondment.recall'

    start = StateView(
        'tthcc.secondment.recall.start',
        'tthcc_staffing.recall_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Recall", 'recall', 'tryton-ok', default=True),
            ])
    recall = StateTransition()

    def default_start(self, fields):
        successor = self.record.successor
        return {
            'company': self.record.company.id,
            'employee': self.record.employee.id,
            'date': self.record.today(),
            'successor': successor.id if successor else None,
            }

    def transition_recall(self):
        with check_access():
            self.model.recall_on(
                self.records, self.start.date, self.start.reason,
                self.start.successor)
        return 'end'


class ExtendStart(ModelView):
    "Until when a posting is extended"
    __name__ = 'tthcc.secondment.extend.start'

    date = fields.Date("To", required=True)
    decision_number = fields.Char("Decision", required=True)
    decision_date = fields.Date("Decided On", required=True)


class Extend(Wizard):
    "Extend a posting"
    __name__ = 'tthcc.secondment.extend'

    start = StateView(
        'tthcc.secondment.extend.start',
        'tthcc_staffing.extend_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Extend", 'extend', 'tryton-ok', default=True),
            ])
    extend = StateTransition()

    def default_start(self, fields):
        return {'decision_date': self.record.today()}

    def transition_extend(self):
        with check_access():
            self.model.extend_to(
                self.records, self.start.date, self.start.decision_number,
                self.start.decision_date)
        return 'end'


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('tthcc.secondment|follow', "Begin and End Secondments"))
