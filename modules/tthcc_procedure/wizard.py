# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from . import import_

# A page of the preview shows no more, so that it opens at once
SHOWN = 200


class ImportStart(ModelView):
    "Chọn tệp thủ tục hành chính"
    __name__ = 'tthcc.procedure.import.start'

    origin = fields.Selection([
            ('file', "A File from the Portal"),
            ('own', "The Catalogue of this Software"),
            ], "Import", required=True, sort=False)
    file = fields.Binary(
        "File", filename='file_name',
        states={
            'required': Eval('origin') == 'file',
            'invisible': Eval('origin') != 'file',
            },
        help="CSV of the national catalogue, or JSON lines of the portal, "
        "in UTF-8.")
    file_name = fields.Char("File Name")
    publish = fields.Selection([
            ('draft', "As Drafts to Check"),
            ('published', "Published at Once"),
            ], "New Procedures", required=True, sort=False,
        help="Those that state no way of filing stay drafts.")
    start_date = fields.Date(
        "In Force from", required=True,
        help="The first day of what is published and of the drafts "
        "with the changes to published procedures.")

    @classmethod
    def default_origin(cls):
        return 'file'

    @classmethod
    def default_publish(cls):
        return 'draft'

    @classmethod
    def default_start_date(cls):
        return clock.today()


class ImportPreview(ModelView):
    "Xem trước khi nhập"
    __name__ = 'tthcc.procedure.import.preview'

    summary = fields.Char("Summary", readonly=True)
    good_only = fields.Boolean(
        "Good Rows Only",
        states={
            'invisible': ~Eval('bad_lines', []),
            },
        help="Import the procedures without bad rows. "
        "Otherwise bad rows stop the import.")
    bad_lines = fields.One2Many(
        'tthcc.procedure.import.line', None, "Bad Rows", readonly=True,
        states={
            'invisible': ~Eval('bad_lines', []),
            })
    changed_lines = fields.One2Many(
        'tthcc.procedure.import.line', None, "Changed", readonly=True,
        states={
            'invisible': ~Eval('changed_lines', []),
            })
    new_lines = fields.One2Many(
        'tthcc.procedure.import.line', None, "New", readonly=True,
        states={
            'invisible': ~Eval('new_lines', []),
            })


class ImportLine(ModelView):
    "Dòng trong tệp nhập"
    __name__ = 'tthcc.procedure.import.line'

    line = fields.Integer("Line", readonly=True)
    code = fields.Char("Code", readonly=True)
    name = fields.Char("Name", readonly=True)
    text = fields.Char("Reason or Changes", readonly=True)


class Import(Wizard):
    "Nhập thủ tục hành chính"
    __name__ = 'tthcc.procedure.import'

    start = StateView(
        'tthcc.procedure.import.start',
        'tthcc_procedure.import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Preview", 'preview', 'tryton-forward', default=True),
            ])
    preview = StateView(
        'tthcc.procedure.import.preview',
        'tthcc_procedure.import_preview_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Back", 'start', 'tryton-back'),
            Button("Import", 'import_', 'tryton-ok', default=True),
            ])
    import_ = StateTransition()
    open_ = StateAction('tthcc_procedure.act_procedure')

    def _read(self):
        if self.start.origin == 'own':
            return import_.read_own()
        return import_.read(self.start.file)

    def default_preview(self, fields):
        pool = Pool()
        Revision = pool.get('tthcc.procedure.revision')
        parsed = self._read()
        changes = import_.compare(parsed)
        labels = {
            k: v['string'] for k, v in Revision.fields_get().items()}
        return {
            'summary': import_.summary(changes, parsed),
            'good_only': False,
            'bad_lines': [{
                    'line': b.line,
                    'code': b.code,
                    'text': import_.message(b),
                    } for b in parsed.bad[:SHOWN]],
            'changed_lines': self._lines(changes, 'changed', labels),
            'new_lines': self._lines(changes, 'new', labels),
            }

    def _lines(self, changes, status, labels):
        return [{
                'line': c.item.line,
                'code': c.item.code,
                'name': c.item.values['name'],
                'text': ", ".join(labels[k] for k in c.values),
                } for c in changes if c.status == status][:SHOWN]

    def transition_import_(self):
        import_.apply(
            self._read(),
            publish=self.start.publish == 'published',
            start_date=self.start.start_date,
            good_only=self.preview.good_only,
            source=self.start.file_name or '')
        return 'open_'
