# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Null

from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.kept import KeptMixin
from trytond.modules.tthcc.search import SearchText, fold
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from . import import_
from .exceptions import RevisionDraftError, RevisionPublishedError
from .revision import LEVELS


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('tthcc.procedure|update_current',
                "Put Revisions of Procedures in Force"))


class ProcedureField(
        KeptMixin, DeactivableMixin, SearchText, ModelSQL, ModelView):
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


class Procedure(KeptMixin, Workflow, SearchText, ModelSQL, ModelView):
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
    in_force = fields.One2Many(
        'tthcc.procedure.revision', 'procedure', "In Force", readonly=True,
        filter=[
            ('in_force', '=', True),
            ],
        states={
            'invisible': ~Eval('current'),
            })
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
        cls.follow(cls.browse([id_ for id_, in cursor]))

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
                'repealed_date', 'in_force', 'drafts', 'revisions',
                'imported']:
            default.setdefault(name)
        copies = super().copy(procedures, default=default)
        for procedure, copy in zip(procedures, copies):
            if procedure.leading:
                Revision.copy([procedure.leading], default={
                        'procedure': copy.id,
                        })
        return copies
