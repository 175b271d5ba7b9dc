# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.search import fold
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import check_access, without_check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from . import intake_file
from .exceptions import ImportFileError, ImportRowsError
from .intake_file import FileError

# A page of the preview shows no more, so that it opens at once
_SHOWN = 200
_TOGETHER = 30
_CONDITIONS = ['good', 'worn', 'damaged', 'out_of_order']
_PLAIN = [
    'tag', 'model', 'serial', 'supplier', 'purchase_date', 'value',
    'warranty_end', 'note']


def message(problem):
    "Return the sentence for a bad file or row"
    return gettext(
        f'tthcc_facility.msg_intake_{problem.reason}', **problem.params)


def read(data, centre):
    """Return the rows of the file with the values of items of the centre.

    Raise ImportFileError when it cannot be read at all."""
    Property = Pool().get('tthcc.equipment.property')
    properties = {p.code: p for p in Property.search([])}
    try:
        rows = intake_file.read(data, set(properties))
    except FileError as error:
        raise ImportFileError(message(error)) from error
    finder = _Finder(centre, properties)
    finder.know_tags([r.values['tag'] for r in rows if r.values.get('tag')])
    for row in rows:
        if not row.bad:
            try:
                row.values = finder.item(row.values)
            except FileError as error:
                row.bad = error
    return rows


class _Finder:
    "Finds what the rows of a file name"

    def __init__(self, centre, properties):
        pool = Pool()
        Equipment = pool.get('tthcc.equipment')
        self.centre = centre
        self.properties = properties
        self.tags = set()
        self.by_name = {
            'type': self._by_name('tthcc.equipment.type', 'code', 'name'),
            'funding_source': self._by_name(
                'tthcc.funding_source', 'code', 'name'),
            'employee': self._by_name(
                'company.employee', 'rec_name',
                domain=[('company', '=', centre.company.id)]),
            'zone': self._by_name(
                'tthcc.zone', 'name', domain=[('centre', '=', centre.id)]),
            'counter': self._by_name(
                'tthcc.counter', 'number', 'name',
                domain=[('centre', '=', centre.id)]),
            }
        labels = dict(Equipment.fields_get(['condition'])['condition'][
                'selection'])
        self.conditions = {fold(labels[c]): c for c in _CONDITIONS}
        self.conditions.update((c, c) for c in _CONDITIONS)

    @staticmethod
    def _by_name(model, *names, domain=()):
        found = defaultdict(set)
        for record in Pool().get(model).search(list(domain)):
            for name in names:
                found[fold(str(getattr(record, name)))].add(record.id)
        return found

    @without_check_access
    def know_tags(self, tags):
        "Read which of the tags are given already, at whatever centre"
        Equipment = Pool().get('tthcc.equipment')
        self.tags = {e.tag for e in Equipment.search([('tag', 'in', tags)])}

    def item(self, values):
        "Return the values of the item of a row, raise FileError"
        item = {n: values[n] for n in _PLAIN if values.get(n) is not None}
        item['centre'] = self.centre.id
        for name, known in self.by_name.items():
            if text := values.get(name):
                item[name] = self._one(name, text, known[fold(text)])
        if text := values.get('condition'):
            if fold(text) not in self.conditions:
                raise self._unknown('condition', text)
            item['condition'] = self.conditions[fold(text)]
        self._check(item)
        specs = [
            {'property': property.id, 'value': values[code]}
            for code, property in self.properties.items()
            if values.get(code) is not None]
        if specs:
            item['specs'] = [('create', specs)]
        return item

    def _one(self, name, text, ids):
        if len(ids) > 1:
            raise FileError(
                'several', column=intake_file.COLUMNS[name], value=text)
        if not ids:
            raise self._unknown(name, text)
        return next(iter(ids))

    def _unknown(self, name, text):
        return FileError(
            'unknown', column=intake_file.COLUMNS[name], value=text)

    def _check(self, item):
        bought = item['purchase_date']
        end = item.get('warranty_end')
        if bought > clock.today() or end and end < bought:
            raise FileError('dates')
        if item.get('value') is not None and (
                item['value'] <= 0 or item['value'] % 1):
            raise FileError('amount', value=item['value'])
        if tag := item.get('tag'):
            if tag in self.tags:
                raise FileError('tag', value=tag)
            self.tags.add(tag)


class IntakeStart(ModelView):
    "Chọn tệp thiết bị"
    __name__ = 'tthcc.equipment.intake.start'

    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    file = fields.Binary(
        "File", filename='file_name', required=True,
        help="CSV in UTF-8 or XLSX. The first row names the columns: loại "
        "and ngày mua are needed; mã thiết bị, nhãn hiệu, số sê-ri, nhà "
        "cung cấp, giá trị, nguồn kinh phí, bảo hành đến, phòng, quầy, "
        "người phụ trách, tình trạng, ghi chú and codes of properties may "
        "follow.")
    file_name = fields.Char("File Name")

    @classmethod
    def default_centre(cls):
        return Pool().get('tthcc.equipment').default_centre()


class IntakePreview(ModelView):
    "Xem trước khi nhập thiết bị"
    __name__ = 'tthcc.equipment.intake.preview'

    summary = fields.Char("Summary", readonly=True)
    good_only = fields.Boolean(
        "Good Rows Only", states={'invisible': ~Eval('bad', [])},
        help="Leave the bad rows out. Otherwise they stop the import.")
    bad = fields.One2Many(
        'tthcc.equipment.intake.line', None, "Bad Rows", readonly=True,
        states={'invisible': ~Eval('bad', [])})
    good = fields.One2Many(
        'tthcc.equipment.intake.line', None, "New Items", readonly=True,
        states={'invisible': ~Eval('good', [])})


class IntakeLine(ModelView):
    "Dòng trong tệp thiết bị"
    __name__ = 'tthcc.equipment.intake.line'

    line = fields.Integer("Line", readonly=True)
    text = fields.Char("Item or Reason", readonly=True)


class Intake(Wizard):
    "Take in equipment from a file"
    __name__ = 'tthcc.equipment.intake'

    start = StateView(
        'tthcc.equipment.intake.start',
        'tthcc_facility.intake_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Preview", 'preview', 'tryton-forward', default=True),
            ])
    preview = StateView(
        'tthcc.equipment.intake.preview',
        'tthcc_facility.intake_preview_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Back", 'start', 'tryton-back'),
            Button("Import", 'import_', 'tryton-ok', default=True),
            ])
    import_ = StateTransition()
    open_ = StateAction('tthcc_facility.act_equipment')

    def _read(self):
        with check_access():
            return read(self.start.file, self.start.centre)

    def default_preview(self, fields):
        Type = Pool().get('tthcc.equipment.type')
        rows = self._read()
        bad = [r for r in rows if r.bad]
        good = [r for r in rows if not r.bad]
        names = {t.id: t.name for t in Type.search([])}
        return {
            'summary': gettext(
                'tthcc_facility.msg_intake_summary',
                good=len(good), bad=len(bad)),
            'good_only': False,
            'bad': [
                {'line': r.line, 'text': message(r.bad)}
                for r in bad[:_SHOWN]],
            'good': [{
                    'line': r.line,
                    'text': ' '.join(filter(None, [
                                r.values.get('tag'), names[r.values['type']],
                                r.values.get('model')])),
                    } for r in good[:_SHOWN]],
            }

    def transition_import_(self):
        Equipment = Pool().get('tthcc.equipment')
        rows = self._read()
        bad = [r for r in rows if r.bad]
        if bad and not self.preview.good_only:
            raise ImportRowsError(gettext(
                    'tthcc_facility.msg_intake_bad_rows',
                    rows=', '.join(str(r.line) for r in bad[:20])))
        values = [r.values for r in rows if not r.bad]
        with check_access():
            for some in grouped_slice(values, _TOGETHER):
                Equipment.create(list(some))
        return 'open_'
