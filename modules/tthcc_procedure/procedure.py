# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal, Null
from sql.aggregate import Count, Max

from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, Unique, Workflow,
    fields)
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.search import SearchText, fold
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.tools import grouped_slice, reduce_ids
from trytond.transaction import Transaction

from . import import_
from .exceptions import (
    PublishError, RevisionDraftError, RevisionPublishedError)

LEVELS = [
    ('ministry', "Ministry"),
    ('province', "Province"),
    ('district', "District"),
    ('commune', "Commune"),
    ('other', "Other Agency"),
    ]


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('tthcc.procedure|update_current',
                "Put Revisions of Procedures in Force"))


class ProcedureField(DeactivableMixin, SearchText, ModelSQL, ModelView):
    "Lĩnh vực"
    __name__ = 'tthcc.procedure.field'

    name = fields.Char("Name", required=True)
    code = fields.Char("Code")
    department_kind = fields.Many2One(
        'tthcc.department.kind', "Department Kind", ondelete='RESTRICT',
        help="The kind of department that usually works on this field.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('name_unique', Unique(table, table.name),
                'tthcc_procedure.msg_field_name_unique'),
            ]
        cls._order.insert(0, ('name', 'ASC'))


class Procedure(Workflow, SearchText, ModelSQL, ModelView):
    "Thủ tục hành chính"
    __name__ = 'tthcc.procedure'

    code = fields.Char(
        "Code", required=True,
        states={
            'readonly': Eval('state') != 'draft',
            },
        help="The code in the national database of procedures.")
    # The name, field and levels are those of the leading revision
    name = fields.Char("Name", readonly=True)
    field = fields.Many2One(
        'tthcc.procedure.field', "Field", readonly=True, ondelete='RESTRICT')
    levels = fields.MultiSelection(
        LEVELS, "Levels", readonly=True, sort=False)
    state = fields.Selection([
            ('draft', "Draft"),
            ('published', "Published"),
            ('suspended', "Suspended"),
            ('repealed', "Repealed"),
            ], "State", required=True, readonly=True, sort=False)
    published_date = fields.Date(
        "Published on", readonly=True,
        states={
            'invisible': ~Eval('published_date'),
            })
    suspended_date = fields.Date(
        "Suspended on", readonly=True,
        states={
            'invisible': Eval('state') != 'suspended',
            })
    repealed_date = fields.Date(
        "Repealed on", readonly=True,
        states={
            'invisible': Eval('state') != 'repealed',
            })
    current = fields.Many2One(
        'tthcc.procedure.revision', "Revision in Force", readonly=True,
        ondelete='RESTRICT')
    in_force = fields.Function(fields.One2Many(
            'tthcc.procedure.revision', None, "In Force", readonly=True,
            states={
                'invisible': ~Eval('current'),
                }),
        'get_in_force')
    drafts = fields.One2Many(
        'tthcc.procedure.revision', 'procedure', "Draft",
        filter=[
            ('state', '=', 'draft'),
            ],
        size=1,
        states={
            'readonly': Eval('state') == 'repealed',
            'invisible': Bool(Eval('current')) & ~Eval('drafts', []),
            })
    revisions = fields.One2Many(
        'tthcc.procedure.revision', 'procedure', "Revisions", readonly=True)
    # Digests of what the last file of each format gave, so that a file says
    # only what is new in it and edits made since stay
    imported = fields.Text("Imported", readonly=True)

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(table, table.code),
                'tthcc_procedure.msg_procedure_code_unique'),
            ]
        cls._sql_indexes.update({
                Index(table, (table.code, Index.Similarity(begin=True))),
                Index(table,
                    (table.state, Index.Equality(cardinality='low')),
                    (table.code, Index.Range())),
                Index(table, (table.field, Index.Equality())),
                })
        cls._order.insert(0, ('code', 'ASC'))
        cls._transitions |= {
            ('draft', 'published'),
            ('published', 'published'),
            ('published', 'suspended'),
            ('suspended', 'published'),
            ('published', 'repealed'),
            ('suspended', 'repealed'),
            }
        cls._buttons.update({
                'publish': {
                    'pre_validate': [('drafts', '!=', None)],
                    'invisible': (
                        ~Eval('state').in_(['draft', 'published'])
                        | ~Eval('drafts', [])),
                    'depends': ['state', 'drafts'],
                    },
                'revise': {
                    'invisible': (
                        ~Eval('state').in_(['published', 'suspended'])
                        | Bool(Eval('drafts', []))),
                    'depends': ['state', 'drafts'],
                    },
                'suspend': {
                    'invisible': Eval('state') != 'published',
                    'depends': ['state'],
                    },
                'resume': {
                    'invisible': Eval('state') != 'suspended',
                    'depends': ['state'],
                    },
                'repeal': {
                    'invisible': ~Eval('state').in_(
                        ['published', 'suspended']),
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'draft'

    def get_rec_name(self, name):
        return f'{self.code} – {self.name or ""}'

    @classmethod
    def _search_text_fields(cls):
        return {'code', 'name'}

    def _get_search_text(self):
        return f'{self.code} {self.name or ""}'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, value = clause[:3]
        if operator == 'ilike' and value:
            # Every word, in any order
            return [
                ('search_text', 'ilike', f'%{word}%')
                for word in fold(value).replace('%', ' ').split()]
        return super().search_rec_name(name, clause)

    @classmethod
    def get_in_force(cls, procedures, name):
        return {p.id: [p.current.id] if p.current else [] for p in procedures}

    @property
    def leading(self):
        "The revision the header follows: in force, else the latest"
        if self.current:
            return self.current
        return max(self.revisions, key=lambda r: r.number, default=None)

    def revision_at(self, date):
        "Return the revision in force at the date, None before the first"
        return max(
            (r for r in self.revisions
                if r.state == 'published' and r.start_date <= date),
            key=lambda r: (r.start_date, r.number), default=None)

    @classmethod
    def follow(cls, procedures):
        """
        Bring the current revision and the header up to date with the
        revisions of the procedures.
        """
        today = clock.today()
        to_write = []
        for procedure in procedures:
            values = {}
            current = procedure.revision_at(today)
            if procedure.current != current:
                values['current'] = current
            leading = current or procedure.leading
            if leading:
                for name in ['name', 'field', 'levels']:
                    value = getattr(leading, name)
                    if getattr(procedure, name) != value:
                        values[name] = value
            if values:
                to_write.extend(([procedure], {
                            k: v.id if k in {'current', 'field'} and v else v
                            for k, v in values.items()}))
        if to_write:
            cls.write(*to_write)

    @classmethod
    def load_catalogue(cls, start_date=None, progress=None):
        """
        Publish the catalogue that comes with the module and return the
        number of procedures that were new or changed.

        start_date: the day it comes into force, default today
        """
        changes = import_.apply(
            import_.read_own(), publish=True, start_date=start_date,
            progress=progress)
        return sum(c.status != 'unchanged' for c in changes)

    @classmethod
    def update_current(cls):
        "Put the revisions in force whose start date has come"
        pool = Pool()
        Revision = pool.get('tthcc.procedure.revision')
        cursor = Transaction().connection.cursor()
        procedure = cls.__table__()
        revision = Revision.__table__()
        current = Revision.__table__()
        cursor.execute(*procedure
            .join(revision, condition=revision.procedure == procedure.id)
            .join(current, 'LEFT', condition=procedure.current == current.id)
            .select(procedure.id,
                where=(revision.state == 'published')
                & (revision.start_date <= clock.today())
                & ((current.id == Null)
                    | (revision.start_date > current.start_date)),
                group_by=procedure.id))
        ids = [id_ for id_, in cursor]
        for sub_ids in grouped_slice(ids):
            cls.follow(cls.browse(list(sub_ids)))

    @classmethod
    @ModelView.button
    @Workflow.transition('published')
    def publish(cls, procedures):
        pool = Pool()
        Revision = pool.get('tthcc.procedure.revision')
        today = clock.today()
        for procedure in procedures:
            if procedure.state == 'suspended':
                raise RevisionDraftError(gettext(
                        'tthcc_procedure.msg_publish_suspended',
                        procedure=procedure.rec_name))
            if not procedure.drafts:
                raise RevisionDraftError(gettext(
                        'tthcc_procedure.msg_publish_no_draft',
                        procedure=procedure.rec_name))
        Revision.publish([d for p in procedures for d in p.drafts])
        unpublished = [p for p in procedures if not p.published_date]
        cls.write(unpublished, {'published_date': today})

    @classmethod
    @ModelView.button
    def revise(cls, procedures):
        pool = Pool()
        Revision = pool.get('tthcc.procedure.revision')
        for procedure in procedures:
            if procedure.drafts:
                raise RevisionDraftError(gettext(
                        'tthcc_procedure.msg_revise_draft',
                        revision=procedure.drafts[0].rec_name))
        Revision.copy(
            [p.leading for p in procedures],
            default={'procedure': lambda d: d['procedure']})

    @classmethod
    @ModelView.button
    @Workflow.transition('suspended')
    def suspend(cls, procedures):
        cls.write(procedures, {'suspended_date': clock.today()})

    @classmethod
    @ModelView.button
    def resume(cls, procedures):
        # Not a transition: the one from draft to published is for publish
        cls.write([p for p in procedures if p.state == 'suspended'], {
                'state': 'published',
                'suspended_date': None,
                })

    @classmethod
    @ModelView.button
    @Workflow.transition('repealed')
    def repeal(cls, procedures):
        cls.write(procedures, {'repealed_date': clock.today()})

    @classmethod
    def check_modification(
            cls, mode, procedures, values=None, external=False):
        super().check_modification(
            mode, procedures, values=values, external=external)
        if mode == 'delete':
            for procedure in procedures:
                if procedure.state != 'draft':
                    raise RevisionPublishedError(gettext(
                            'tthcc_procedure.msg_procedure_delete',
                            procedure=procedure.rec_name))

    @classmethod
    def copy(cls, procedures, default=None):
        pool = Pool()
        Revision = pool.get('tthcc.procedure.revision')
        default = default.copy() if default is not None else {}
        default.setdefault('code', lambda d: f"{d['code']} (2)")
        for name in [
                'current', 'published_date', 'suspended_date',
                'repealed_date', 'drafts', 'revisions', 'imported']:
            default.setdefault(name)
        copies = super().copy(procedures, default=default)
        for procedure, copy in zip(procedures, copies):
            if procedure.leading:
                Revision.copy([procedure.leading], default={
                        'procedure': copy.id,
                        })
        return copies


class Revision(ModelSQL, ModelView):
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
        for sub_revisions in grouped_slice(revisions):
            procedures = {r.procedure.id for r in sub_revisions}
            cursor.execute(*table.select(table.procedure,
                    where=reduce_ids(table.procedure, procedures)
                    & (table.state == 'draft'),
                    group_by=table.procedure,
                    having=Count(Literal('*')) > 1,
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
        if self.steps and sum(s.share for s in self.steps) != 100:
            return 'tthcc_procedure.msg_publish_shares'

    @classmethod
    def copy(cls, revisions, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('state', 'draft')
        default.setdefault('number')
        default.setdefault('start_date')
        return super().copy(revisions, default=default)
