# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal, Null
from sql.aggregate import Count, Max

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.kept import KeptMixin
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .exceptions import (
    PublishError, RevisionDraftError, RevisionPublishedError)

LEVELS = [
    ('ministry', "Ministry"),
    ('province', "Province"),
    ('district', "District"),
    ('commune', "Commune"),
    ('other', "Other Agency"),
    ]


class Revision(KeptMixin, ModelSQL, ModelView):
    "Phiên bản thủ tục hành chính"
    __name__ = 'tthcc.procedure.revision'

    _states = {
        'readonly': Eval('state') != 'draft',
        }

    procedure = fields.Many2One(
        'tthcc.procedure', "Procedure", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    number = fields.Integer("Number", required=True, readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('published', "Published"),
            ], "State", required=True, readonly=True, sort=False)
    start_date = fields.Date(
        "In Force from",
        states={
            'required': Eval('state') == 'published',
            'readonly': Eval('state') != 'draft',
            },
        help="Dossiers received from this day on follow this revision.\n"
        "Left empty, it is the day of publication.")
    in_force = fields.Function(
        fields.Boolean("In Force"), 'get_in_force', searcher='search_in_force')
    name = fields.Char("Name", required=True, states=_states)
    field = fields.Many2One(
        'tthcc.procedure.field', "Field", ondelete='RESTRICT',
        states=_states)
    levels = fields.MultiSelection(
        LEVELS, "Levels", sort=False, states=_states)
    type = fields.Char("Type", states=_states)
    decision = fields.Char(
        "Decision", states=_states,
        help="The number of the decision that announced the procedure.")
    subject = fields.Text(
        "Subject", states=_states, help="Who may ask for it.")
    agency = fields.Text("Agency", states=_states)
    coordinating_agency = fields.Text(
        "Coordinating Agency", states=_states)
    order_text = fields.Text(
        "Order of Execution", states=_states,
        help="The order of execution as published.")
    methods_text = fields.Text(
        "Ways of Filing", states=_states,
        help="The ways of filing as published.")
    papers_text = fields.Text(
        "Papers as Published", states=_states)
    papers_unclear = fields.Boolean(
        "Papers Unclear", states=_states,
        help="The published text could not be split into papers for sure: "
        "enter the papers by hand and take the mark off.")
    conditions = fields.Text("Requirements and Conditions", states=_states)
    results_text = fields.Text("Results as Published", states=_states)
    source = fields.Char(
        "Source", states=_states,
        help="Where the content of this revision comes from.")
    papers = fields.One2Many(
        'tthcc.procedure.paper', 'revision', "Papers", states=_states)
    cases = fields.One2Many(
        'tthcc.procedure.case', 'revision', "Cases", states=_states)
    steps = fields.One2Many(
        'tthcc.procedure.step', 'revision', "Internal Steps", states=_states)
    legal_basis = fields.One2Many(
        'tthcc.procedure.legal_basis', 'revision', "Legal Basis",
        states=_states)
    results = fields.One2Many(
        'tthcc.procedure.result', 'revision', "Results", states=_states)

    del _states

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(table, table.procedure, table.number),
                'tthcc_procedure.msg_revision_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(table,
                    (table.procedure, Index.Equality()),
                    (table.start_date, Index.Range())),
                Index(table,
                    (table.id, Index.Range()),
                    where=table.papers_unclear == Literal(True)),
                })
        cls._order = [
            ('procedure', 'ASC'), ('number', 'DESC'), ('id', 'DESC')]
        cls.__access__.add('procedure')

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def default_papers_unclear(cls):
        return False

    def get_rec_name(self, name):
        return gettext('tthcc_procedure.msg_revision_rec_name',
            procedure=self.procedure.rec_name, number=self.number)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('procedure.rec_name', *clause[1:])]

    def get_in_force(self, name):
        return self.procedure.current == self

    @classmethod
    def search_in_force(cls, name, clause):
        pool = Pool()
        Procedure = pool.get('tthcc.procedure')
        procedure = Procedure.__table__()
        _, operator, value = clause
        return [('id', 'in' if (operator == '=') == bool(value) else 'not in',
                procedure.select(
                    procedure.current, where=procedure.current != Null))]

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('number') is None:
            cursor = Transaction().connection.cursor()
            table = cls.__table__()
            cursor.execute(*table.select(Max(table.number),
                    where=table.procedure == values.get('procedure')))
            last, = cursor.fetchone()
            values['number'] = (last or 0) + 1
        return values

    @classmethod
    def validate_fields(cls, revisions, field_names):
        super().validate_fields(revisions, field_names)
        cls.check_one_draft(revisions, field_names)

    @classmethod
    def check_one_draft(cls, revisions, field_names=None):
        # Two made at the same time have the same number, which is unique
        if field_names and not {'procedure', 'state'} & set(field_names):
            return
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(table.procedure,
                where=fields.SQL_OPERATORS['in'](
                    table.procedure, [r.procedure.id for r in revisions])
                & (table.state == 'draft'),
                group_by=table.procedure,
                having=Count(table.id) > 1,
                limit=1))
        if row := cursor.fetchone():
            Procedure = Pool().get('tthcc.procedure')
            raise RevisionDraftError(gettext(
                    'tthcc_procedure.msg_revision_one_draft',
                    procedure=Procedure(row[0]).rec_name))

    @classmethod
    def check_modification(cls, mode, revisions, values=None, external=False):
        super().check_modification(
            mode, revisions, values=values, external=external)
        if mode in {'write', 'delete'}:
            for revision in revisions:
                if revision.state == 'published':
                    raise RevisionPublishedError(gettext(
                            'tthcc_procedure.msg_revision_published',
                            revision=revision.rec_name))

    @classmethod
    def on_modification(cls, mode, revisions, field_names=None):
        pool = Pool()
        Procedure = pool.get('tthcc.procedure')
        super().on_modification(mode, revisions, field_names=field_names)
        if (mode != 'delete'
                and (field_names is None
                    or {'name', 'field', 'levels', 'state'}
                    & set(field_names))):
            Procedure.follow(
                Procedure.browse({r.procedure.id for r in revisions}))

    @classmethod
    def on_delete(cls, revisions):
        pool = Pool()
        Procedure = pool.get('tthcc.procedure')
        procedures = {r.procedure.id for r in revisions}
        callbacks = super().on_delete(revisions)

        def follow():
            Procedure.follow(
                Procedure.search([('id', 'in', list(procedures))]))
        callbacks.append(follow)
        return callbacks

    @classmethod
    def publish(cls, revisions, start_date=None):
        """
        Publish draft revisions.

        start_date: the day those without one come into force, default today
        """
        start_date = start_date or clock.today()
        for revision in revisions:
            revision.check_publishable()
        undated = [r for r in revisions if not r.start_date]
        dated = [r for r in revisions if r.start_date]
        cls.write(
            undated, {'state': 'published', 'start_date': start_date},
            dated, {'state': 'published'})

    def check_publishable(self):
        "Raise PublishError naming what the revision lacks"
        if problem := self.publish_problem():
            raise PublishError(gettext(problem, revision=self.rec_name))

    def publish_problem(self):
        "Return the id of the message on what the revision lacks, or None"
        if not self.cases:
            return 'tthcc_procedure.msg_publish_no_case'
        if not all(f.complete for c in self.cases for f in c.fees):
            return 'tthcc_procedure.msg_publish_tariff'
        if self.steps and sum(s.share for s in self.steps) != 100:
            return 'tthcc_procedure.msg_publish_shares'

    @classmethod
    def copy(cls, revisions, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('state', 'draft')
        default.setdefault('number')
        default.setdefault('start_date')
        return super().copy(revisions, default=default)
