# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access, without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .applicant import NOTIFY_BY
from .line import Line

# The states in which a dossier may still be corrected
CORRECTABLE = ['received', 'processing', 'supplement', 'payment']


class Change(Line, ModelSQL, ModelView):
    "What was changed of a registered dossier, and why (đính chính)"
    __name__ = 'tthcc.dossier.change'

    _by_hand = False

    field = fields.Selection([
            ('due', "Due"),
            ('case', "Case"),
            ('name', "Applicant"),
            ('identity_number', "Identity Number"),
            ('phone', "Phone"),
            ('email', "E-mail"),
            ('address', "Address"),
            ('notify_by', "Notices By"),
            ('return_method', "Result Received"),
            ('file', "Scan"),
            ], "Changed", required=True, sort=False)
    old = fields.Char("Before")
    new = fields.Char("After")
    reason = fields.Text("Reason", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]


class Correct(Wizard):
    "Correct what was recorded at reception, keeping the old values"
    __name__ = 'tthcc.dossier.correct'

    start = StateView(
        'tthcc.dossier.correct.start',
        'tthcc_dossier.correct_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Correct", 'correct', 'tryton-ok', default=True),
            ])
    correct = StateTransition()

    def default_start(self, fields):
        applicant = self.record.principals[0]
        values = {
            name: getattr(applicant, name)
            for name in CorrectStart.of_applicant}
        return {
            **values,
            'dossier': self.record.id,
            'revision': self.record.revision.id,
            'case': self.record.case.id,
            'return_method': self.record.return_method,
            }

    def transition_correct(self):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        with check_access():
            Dossier.correct_to([self.record], self.start)
        return 'end'


class CorrectStart(ModelView):
    "What may be corrected"
    __name__ = 'tthcc.dossier.correct.start'
    of_applicant = (
        'name', 'identity_number', 'phone', 'email', 'address', 'notify_by')
    of_dossier = ('case', 'return_method')

    reason = fields.Text("Reason", required=True)
    name = fields.Char("Applicant", required=True)
    identity_number = fields.Char("Identity Number")
    phone = fields.Char("Phone")
    email = fields.Char("E-mail")
    address = fields.Char("Address")
    notify_by = fields.Selection(
        NOTIFY_BY, "Notices By", required=True, sort=False)
    revision = fields.Many2One('tthcc.procedure.revision', "Revision")
    case = fields.Many2One(
        'tthcc.procedure.case', "Case", required=True,
        domain=[('revision', '=', Eval('revision', -1))],
        help="The due moment is counted anew for another case.")
    return_method = fields.Selection(
        'get_return_methods', "Result Received", required=True)
    dossier = fields.Many2One('tthcc.dossier', "Dossier")
    wrong_files = fields.Many2Many(
        'tthcc.dossier.file', None, None, "Wrong Scans",
        domain=[
            ('dossier', '=', Eval('dossier', -1)),
            ('paper', '!=', None),
            ],
        help="Scans of something else: they are removed, their names and "
        "digests kept.")

    @classmethod
    def get_return_methods(cls):
        Dossier = Pool().get('tthcc.dossier')
        return Dossier.fields_get(
            ['return_method'])['return_method']['selection']


class CorrectMixin:
    "Lets a dossier be corrected after registration"
    __slots__ = ()

    changes = fields.One2Many(
        'tthcc.dossier.change', 'dossier', "Changes", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['correct'] = {
            'invisible': ~Eval('state').in_(CORRECTABLE),
            'depends': ['state'],
            }

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_correct')
    def correct(cls, dossiers):
        pass

    @classmethod
    def correct_to(cls, dossiers, values):
        """Give the dossiers the corrected values, note the old ones with the
        reason and count the due moment anew."""
        pool = Pool()
        Change = pool.get('tthcc.dossier.change')
        Applicant = pool.get('tthcc.dossier.applicant')
        File = pool.get('tthcc.dossier.file')
        cls._check_not_moved(dossiers, CORRECTABLE)
        changes, applicants = [], []

        def correct(dossier, record, name):
            old, new = getattr(record, name), getattr(values, name)
            if old != new:
                changes.append(Change(
                        dossier=dossier, field=name, reason=values.reason,
                        old=cls._as_text(record, name)))
                setattr(record, name, new)
                changes[-1].new = cls._as_text(record, name)

        recharged = [d for d in dossiers if d.case != values.case]
        for dossier in dossiers:
            applicant = dossier.principals[0]
            for name in CorrectStart.of_applicant:
                correct(dossier, applicant, name)
            for name in CorrectStart.of_dossier:
                correct(dossier, dossier, name)
            dossier.set_applicant_name()
            applicants.append(applicant)
        wrong = File.search([
                ('id', 'in', [f.id for f in values.wrong_files]),
                ('dossier', 'in', [d.id for d in dossiers]),
                ('paper', '!=', None),
                ])
        changes.extend(
            Change(
                dossier=file.dossier, field='file', reason=values.reason,
                old=f'{file.name} (SHA-256 {file.sha256})')
            for file in wrong)
        Applicant.save(applicants)
        Change.save(changes)
        cls.save(dossiers)
        with without_check_access():
            File.delete(wrong)
        cls.recharge(recharged)
        cls.recount(dossiers, gettext('tthcc_dossier.msg_case_corrected'))

    @staticmethod
    def _as_text(record, name):
        value = getattr(record, name)
        if hasattr(value, 'rec_name'):
            return value.rec_name
        definition = record.fields_get([name])[name]
        if definition['type'] == 'selection':
            return dict(definition['selection'])[value]
        return value
