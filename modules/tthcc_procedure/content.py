# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from decimal import Decimal

from trytond.i18n import gettext, ngettext
from trytond.model import (
    Index, ModelSQL, ModelStorage, ModelView, fields, sequence_ordered)
from trytond.modules.tthcc.centre import SUPPLEMENT_CLOCKS
from trytond.modules.tthcc.kept import KeptMixin
from trytond.modules.tthcc.worktime import Term
from trytond.pyson import Eval, If

from .exceptions import RevisionPublishedError

CHANNELS = [
    ('in_person', "In Person"),
    ('post', "Post"),
    ('online', "Online"),
    ]
UNITS = [
    ('working_day', "Working Days"),
    ('calendar_day', "Calendar Days"),
    ('working_hour', "Working Hours"),
    ('clock_hour', "Clock Hours"),
    ('hour', "Hours, Kind Undecided"),
    ('month', "Months"),
    ('none', "No Term"),
    ('unstated', "Unit Not Stated"),
    ]


class Content(ModelStorage):
    "What belongs to a revision and is fixed once it is published"
    __slots__ = ()

    revision = fields.Many2One(
        'tthcc.procedure.revision', "Revision", required=True,
        ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(
            Index(table, (table.revision, Index.Equality())))
        cls.__access__.add('revision')

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        for record in records:
            if record.revision.state == 'published':
                raise RevisionPublishedError(gettext(
                        'tthcc_procedure.msg_revision_published',
                        revision=record.revision.rec_name))


class Paper(KeptMixin, sequence_ordered(), Content, ModelSQL, ModelView):
    "Thành phần hồ sơ"
    __name__ = 'tthcc.procedure.paper'

    name = fields.Text("Name", required=True)
    originals = fields.Integer(
        "Originals", required=True, domain=[('originals', '>=', 0)])
    copies = fields.Integer(
        "Copies", required=True, domain=[('copies', '>=', 0)])
    condition = fields.Text(
        "Condition", help="When the paper is asked for; always if empty.")
    mandatory = fields.Boolean(
        "Mandatory",
        help="Without it, where its condition holds, a dossier is not "
        "complete.")
    reusable = fields.Boolean(
        "Reusable from Data",
        help="Not asked for when the same data are already in a database "
        "the centre can look up.")
    form_name = fields.Char(
        "Form", help="The form or file the paper is written on.")

    @classmethod
    def default_originals(cls):
        return 1

    @classmethod
    def default_copies(cls):
        return 0

    @classmethod
    def default_mandatory(cls):
        return True

    def get_rec_name(self, name):
        return ' '.join(self.name.split())

    @property
    def always_mandatory(self):
        "Whether no dossier is complete without; a condition people judge"
        return self.mandatory and not self.condition


class Case(KeptMixin, sequence_ordered(), Content, ModelSQL, ModelView):
    "Trường hợp theo cách thức thực hiện, với thời hạn và phí, lệ phí"
    __name__ = 'tthcc.procedure.case'

    channel = fields.Selection(CHANNELS, "Channel", required=True, sort=False)
    name = fields.Char(
        "Name", help="Which case this is, where a channel has several.")
    term_value = fields.Integer(
        "Term",
        domain=[
            ['OR',
                ('term_value', '=', None),
                ('term_value', '>=', 0),
                ],
            If(Eval('term_cutoff'),
                ('term_value', 'in', [0, 1]),
                ()),
            ],
        states={
            'required': ~Eval('term_unit').in_(['none', 'unstated']),
            'invisible': Eval('term_unit') == 'none',
            })
    term_unit = fields.Selection(
        UNITS, "Unit", required=True, sort=False,
        help="Hours of an undecided kind count as working hours. "
        "A term without a unit gives no due moment.")
    term_cutoff = fields.Time(
        "Same Day until", format='%H:%M',
        states={
            'invisible': Eval('term_unit') != 'working_day',
            },
        help="For results of the same day: what is received after this "
        "time is due the next working day.")
    term_text = fields.Char(
        "Term as Published",
        help="What was published where it is not a number with its unit.")
    fee = fields.Numeric(
        "Fee", digits=(16, 0),
        domain=[
            ['OR',
                ('fee', '=', None),
                ('fee', '>=', 0),
                ],
            ],
        help="In đồng; 0 is free of charge, empty is not known.")
    fee_text = fields.Text("Fee as Published")
    fees = fields.One2Many(
        'tthcc.procedure.fee', 'case', "Tariffs",
        help="How the fee is counted where it is not one amount. "
        "They take the place of the fee.")
    payment_stops_clock = fields.Selection([
            ('never', "Never"),
            ('asked', "When the Officer Says So"),
            ('registration', "From Registration on"),
            ], "Clock Stands for Payment", required=True, sort=False,
        help="Whether the clock stands still while the citizen has yet to "
        "pay.")
    supplement_clock = fields.Selection(
        [(None, "As the regime says"), *SUPPLEMENT_CLOCKS],
        "After a Supplement", sort=False,
        help="Whether the term goes on or starts again when papers that the "
        "department asked for are there.")
    note = fields.Text("Note", help="How to file, as published.")
    channel_string = channel.translated('channel')

    @classmethod
    def default_channel(cls):
        return 'in_person'

    @classmethod
    def default_term_unit(cls):
        return 'working_day'

    @classmethod
    def default_payment_stops_clock(cls):
        return 'asked'

    def term(self):
        "Return the term as a value of worktime"
        cutoff = (
            self.term_cutoff if self.term_unit == 'working_day' else None)
        return Term(self.term_value, self.term_unit, cutoff)

    def get_rec_name(self, name):
        parts = [self.channel_string]
        if self.name:
            parts.append(self.name)
        parts.append(self.term_rec_name)
        return ' – '.join(parts)

    @property
    def term_rec_name(self):
        "The term as people read it, in the user's language"
        value = self.term_value
        if self.term_unit == 'none':
            return gettext('tthcc_procedure.msg_term_none')
        elif self.term_unit == 'unstated':
            if value is None:
                value = self.term_text
            return gettext('tthcc_procedure.msg_term_unstated', value=value)
        message = f'tthcc_procedure.msg_term_{self.term_unit}'
        return ngettext(message, n=value or 0, value=value)


class Step(KeptMixin, sequence_ordered(), Content, ModelSQL, ModelView):
    "Bước giải quyết nội bộ"
    __name__ = 'tthcc.procedure.step'

    name = fields.Char("Name", required=True)
    work = fields.Selection([
            ('reception', "Reception"),
            ('appraisal', "Appraisal"),
            ('approval', "Approval"),
            ('return', "Return"),
            ], "Work", required=True, sort=False)
    department_kind = fields.Many2One(
        'tthcc.department.kind', "Department Kind", ondelete='RESTRICT',
        help="Which kind of department does the step; "
        "the centre itself if empty.")
    role = fields.Selection([
            ('officer', "Counter Officer"),
            ('processor', "Department Processor"),
            ('leader', "Leader"),
            ], "Role", required=True, sort=False)
    share = fields.Numeric(
        "Share", digits=(5, 2), required=True,
        domain=[
            ('share', '>=', 0),
            ('share', '<=', 100),
            ],
        help="How much of the term the step may take, in per cent.")

    @classmethod
    def default_work(cls):
        return 'appraisal'

    @classmethod
    def default_role(cls):
        return 'processor'

    @classmethod
    def default_share(cls):
        return Decimal(0)

    @classmethod
    def usual(cls, revision):
        """
        Return the steps, not saved, of a revision that states none, as those
        of the national files: reception, the department of its field, return.
        """
        names = dict(cls.fields_get(['work'])['work']['selection'])
        kind = revision.field.department_kind if revision.field else None
        return [
            cls(
                sequence=sequence, name=names[work], work=work, role=role,
                department_kind=kind if work == 'appraisal' else None,
                share=Decimal(share))
            for sequence, (work, role, share) in enumerate([
                    ('reception', 'officer', 10),
                    ('appraisal', 'processor', 85),
                    ('return', 'officer', 5),
                    ], 1)]


class LegalBasis(sequence_ordered(), Content, ModelSQL, ModelView):
    "Căn cứ pháp lý"
    __name__ = 'tthcc.procedure.legal_basis'

    name = fields.Text("Name", required=True)
    number = fields.Char("Number")

    def get_rec_name(self, name):
        return self.number or ' '.join(self.name.split())


class Result(sequence_ordered(), Content, ModelSQL, ModelView):
    "Kết quả giải quyết"
    __name__ = 'tthcc.procedure.result'

    name = fields.Text("Name", required=True)

    def get_rec_name(self, name):
        return ' '.join(self.name.split())

    @property
    def always_mandatory(self):
        "Whether no dossier is complete without; a condition people judge"
        return self.mandatory and not self.condition
