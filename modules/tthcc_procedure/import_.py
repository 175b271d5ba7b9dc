# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Bring what a file of procedures states into the catalogue.

A field is looked at only when it differs from what the last file of the same
format gave, so edits made since stay until the portal itself says something
new.  What is new goes into the draft revision; a published one is copied
into a draft first.
"""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from trytond.i18n import gettext
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.tools import file_open, grouped_slice

from . import importer
from .exceptions import ImportBadRowsError, ImportFileError
from .portal import Case, Exemption, Fee, LegalBasis, Paper, Result

CHILDREN = {
    'papers': Paper,
    'cases': Case,
    'steps': importer.Step,
    'legal_basis': LegalBasis,
    'results': Result,
    }
_SLICE = 200


def read(data):
    "Return the parsed file, raise ImportFileError in the user's language"
    try:
        return importer.read(data)
    except importer.FileError as error:
        raise ImportFileError(message(error)) from error


def read_own():
    "Return the catalogue that comes with the module"
    with file_open('tthcc_procedure/data/catalogue.jsonl', mode='rb') as file:
        return read(file.read())


def message(problem):
    "Return the sentence for a file error or a bad row"
    id_ = f'tthcc_procedure.{problem.reason}'
    return gettext(id_, **problem.params)


def bad_rows(parsed):
    "Return a sentence for each bad row of the file"
    return [
        gettext('tthcc_procedure.msg_import_bad_row',
            line=b.line, reason=message(b))
        for b in parsed.bad]


def summary(changes, parsed):
    "Return the sentence that counts what the file means"
    counts = Counter(c.status for c in changes)
    return gettext('tthcc_procedure.msg_import_summary',
        new=counts['new'], changed=counts['changed'],
        unchanged=counts['unchanged'], bad=len(parsed.bad))


@dataclass(eq=False)
class Change:
    "What the file means for a procedure"
    item: importer.Item
    status: str
    procedure: object
    digests: dict
    values: dict


def compare(parsed):
    "Return the changes the file means, one per procedure"
    Procedure = Pool().get('tthcc.procedure')
    existing = {
        p.code: p for p in Procedure.search([
                ('code', 'in', [i.code for i in parsed.items]),
                ], order=[])}
    return [
        _compare(parsed.format, item, existing.get(item.code))
        for item in parsed.items]


def _compare(format, item, procedure):
    digests = {k: _digest(v) for k, v in item.values.items()}
    if not procedure:
        return Change(item, 'new', None, digests, item.values)
    known = json.loads(procedure.imported or '{}').get(format, {})
    fresh = {
        k: v for k, v in item.values.items() if digests[k] != known.get(k)}
    revision = _base(procedure)
    values = {}
    if fresh and revision:
        values = {
            k: v for k, v in fresh.items() if not _same(revision, k, v)}
        # Papers entered by hand are better than a text
        if revision.papers and fresh.get('papers_unclear'):
            values.pop('papers_unclear', None)
    status = 'changed' if values else 'unchanged'
    return Change(item, status, procedure, digests, values)


def _digest(value):
    return hashlib.blake2s(repr(value).encode(), digest_size=6).hexdigest()


def _base(procedure):
    "The revision to compare with and to build upon"
    return procedure.drafts[0] if procedure.drafts else procedure.leading


def _same(revision, name, value):
    current = getattr(revision, name)
    if name == 'cases':
        return all(
            record and case == _content(record, Case)
            for record, case in merge_cases(current, value))
    if name in CHILDREN:
        return value == tuple(
            _content(r, CHILDREN[name]) for r in current)
    if name == 'field':
        return bool(current) and current.name == value
    if name == 'levels':
        return set(current or ()) == set(value)
    return (current or '') == value


def _content(record, class_):
    "The record as a value of the importer"
    values = {}
    for name in class_.__dataclass_fields__:
        value = getattr(record, name)
        if name == 'department_kind':
            value = value.code if value else ''
        elif name == 'fees':
            value = tuple(map(_fee, value))
        elif isinstance(value, dt.time):
            value = value.strftime('%H:%M')
        elif value is None and name not in {'fee', 'term_value'}:
            value = ''
        values[name] = value
    return class_(**values)


def _fee(record):
    "The tariff as a value of the importer"
    return Fee(
        name=record.name, kind=record.kind, unit=record.unit,
        steps=tuple((s.first, s.price) for s in record.steps),
        item=record.item or '', maximum=record.maximum,
        legal_basis=record.legal_basis or '',
        exemptions=tuple(
            Exemption(e.name, e.reduction) for e in record.exemptions))


def merge_cases(records, cases):
    """
    Return pairs of a record and the case it becomes; one or the other is
    None where the case is new or gone.

    Cases are paired by channel, first those that agree.  What the new case
    does not state stays as it is.
    """
    records = list(records)
    old = {r: _content(r, Case) for r in records}
    pairs = {}
    rest = []
    for case in cases:
        for record in records:
            if record not in pairs and _agree(old[record], case):
                pairs[record] = case
                break
        else:
            rest.append(case)
    created = []
    for case in rest:
        for record in records:
            if (record not in pairs
                    and old[record].channel == case.channel):
                pairs[record] = case
                break
        else:
            created.append((None, case))
    return [
        (r, _merge_case(old[r], pairs[r]) if r in pairs else None)
        for r in records] + created


def _agree(old, new):
    return (
        old.channel == new.channel
        and _same_term(old, new)
        and _same_fee(old, new))


def _same_term(old, new):
    if new.term_unit == 'none':
        return not new.term_text or new.term_text == old.term_text
    if new.term_value is None:
        return old.term_unit != 'unstated' or bool(old.term_text)
    if old.term_value != new.term_value:
        return False
    # The kind of hours, or the unit, may have been decided since
    return (old.term_unit == new.term_unit
        or new.term_unit == 'unstated' and old.term_unit != 'none'
        or new.term_unit == 'hour' and old.term_unit in {
            'working_hour', 'clock_hour'})


def _same_fee(old, new):
    return (not new.fee_text
        or old.fee_text == new.fee_text
        or old.fee_text.startswith(f'{new.fee_text} ('))


def _merge_case(old, new):
    values = {
        k: getattr(new, k) for k in ['name', 'note', 'term_cutoff', 'fees']
        if getattr(new, k)}
    if not _same_term(old, new):
        for name in ['term_value', 'term_unit', 'term_text']:
            values[name] = getattr(new, name)
    if not _same_fee(old, new):
        values['fee'], values['fee_text'] = new.fee, new.fee_text
    return replace(old, **values)


def apply(parsed, publish=False, start_date=None, good_only=False,
        source='', progress=None):
    """
    Import the parsed file and return the changes.

    publish: put new procedures in force at once; those without a case, which
    nobody could file, stay drafts
    start_date: of what is published and of the drafts of changes, default
    today
    good_only: leave out procedures with bad rows, else raise
    ImportBadRowsError
    source: where the file comes from, kept where it does not say so itself
    progress: is called with the number of procedures done
    """
    if parsed.bad and not good_only:
        raise ImportBadRowsError(gettext(
                'tthcc_procedure.msg_import_bad_rows',
                count=len(parsed.bad),
                rows="\n".join(bad_rows(parsed)[:10])))
    start_date = start_date or clock.today()
    changes = compare(parsed)
    references = _References(changes)
    done = 0
    for sub_changes in grouped_slice(changes, _SLICE):
        sub_changes = list(sub_changes)
        _create(
            [c for c in sub_changes if c.status == 'new'],
            references, parsed.format, publish, start_date, source)
        _update(
            [c for c in sub_changes if c.status == 'changed'],
            references, start_date, source)
        _remember(sub_changes, parsed.format)
        done += len(sub_changes)
        if progress:
            progress(done)
    return changes


class _References:
    "The records that values name"

    def __init__(self, changes):
        pool = Pool()
        Field = pool.get('tthcc.procedure.field')
        Kind = pool.get('tthcc.department.kind')
        names = {
            c.values['field'] for c in changes if c.values.get('field')}
        self.fields = {
            f.name: f.id for f in Field.search([
                    ('name', 'in', list(names)),
                    ('active', 'in', [True, False]),
                    ])}
        new = [Field(name=n) for n in sorted(names - self.fields.keys())]
        Field.save(new)
        self.fields.update((f.name, f.id) for f in new)
        self.kinds = {k.code: k.id for k in Kind.search([])}

    def scalars(self, values):
        "Return the values of a revision's own fields"
        values = {k: v for k, v in values.items() if k not in CHILDREN}
        if 'field' in values:
            values['field'] = self.fields[values['field']]
        return values

    def child(self, value, replaced=()):
        """Return the values of a record

        replaced: the tariffs of the case that those of the value replace
        """
        values = dict(vars(value))
        if code := values.get('department_kind'):
            if code not in self.kinds:
                raise ImportFileError(gettext(
                        'tthcc_procedure.msg_import_kind', kind=code))
            values['department_kind'] = self.kinds[code]
        if values.get('term_cutoff'):
            values['term_cutoff'] = dt.time.fromisoformat(
                values['term_cutoff'])
        if 'fees' in values:
            values['fees'] = [
                ('delete', [f.id for f in replaced]),
                ('create', [
                        _tariff(i, f)
                        for i, f in enumerate(values['fees'], 1)])]
        return {k: None if v == '' else v for k, v in values.items()}


def _tariff(sequence, fee):
    "Return the values of a tariff"
    values = {k: v for k, v in vars(fee).items() if v != ''}
    return {
        **values,
        'sequence': sequence,
        'steps': [('create', [
                    {'first': f, 'price': p} for f, p in fee.steps])],
        'exemptions': [('create', [
                    {'sequence': i, **vars(e)}
                    for i, e in enumerate(fee.exemptions, 1)])],
        }


def _create(changes, references, format, publish, start_date, source):
    pool = Pool()
    Procedure = pool.get('tthcc.procedure')
    Revision = pool.get('tthcc.procedure.revision')
    if not changes:
        return
    procedures, revisions = [], []
    for change in changes:
        values = references.scalars(change.values)
        header = {
            k: values[k] for k in ['name', 'field', 'levels'] if k in values}
        procedures.append(Procedure(code=change.item.code, **header))
        revisions.append({
                'number': 1,
                'start_date': start_date,
                'source': source,
                **values})
    Procedure.save(procedures)
    for change, procedure, values in zip(changes, procedures, revisions):
        change.procedure = procedure
        values['procedure'] = procedure.id
    revisions = Revision.create(revisions)
    children = defaultdict(list)
    for change, revision in zip(changes, revisions):
        for name in CHILDREN:
            _add(children, revision, name,
                change.values.get(name, ()), references)
    _create_children(children)
    if publish:
        Procedure.publish([
                c.procedure for c, r in zip(changes, revisions)
                if c.values.get('cases')])


def _add(children, revision, name, values, references):
    "Queue the records of the field to be created together"
    children[name].extend({
            'revision': revision.id,
            'sequence': i,
            **references.child(value),
            } for i, value in enumerate(values, 1))


def _create_children(children):
    pool = Pool()
    Revision = pool.get('tthcc.procedure.revision')
    for name, values in children.items():
        if values:
            Revision._fields[name].get_target().create(values)


def _update(changes, references, start_date, source):
    pool = Pool()
    Revision = pool.get('tthcc.procedure.revision')
    if not changes:
        return
    drafts = {}
    published = []
    for change in changes:
        revision = _base(change.procedure)
        if revision.state == 'draft':
            drafts[change] = revision
        else:
            published.append((change, revision))
    for (change, _), draft in zip(published, Revision.copy(
                [r for _, r in published], default={
                    'start_date': start_date,
                    'source': source or None,
                    })):
        drafts[change] = draft
    to_write = []
    children, to_delete = defaultdict(list), defaultdict(list)
    writes = defaultdict(list)
    for change, draft in drafts.items():
        scalars = references.scalars(change.values)
        if scalars:
            to_write.extend(([draft], scalars))
        for name in change.values.keys() & CHILDREN.keys():
            records = getattr(draft, name)
            if name != 'cases':
                to_delete[name].extend(records)
                _add(children, draft, name,
                    change.values[name], references)
                continue
            for record, case in merge_cases(records, change.values[name]):
                if not case:
                    to_delete[name].append(record)
                elif not record:
                    _add(children, draft, name, [case], references)
                elif case != _content(record, Case):
                    writes[name].extend(
                        ([record], references.child(case, record.fees)))
    if to_write:
        Revision.write(*to_write)
    for name, records in to_delete.items():
        Revision._fields[name].get_target().delete(records)
    for name, args in writes.items():
        Revision._fields[name].get_target().write(*args)
    _create_children(children)


def _remember(changes, format):
    "Keep what this file gave, for the next of its format"
    Procedure = Pool().get('tthcc.procedure')
    to_write = []
    for change in changes:
        known = json.loads(change.procedure.imported or '{}')
        if known.get(format, {}).items() >= change.digests.items():
            continue
        known[format] = {**known.get(format, {}), **change.digests}
        to_write.extend(([change.procedure], {
                    'imported': json.dumps(known, sort_keys=True),
                    }))
    if to_write:
        Procedure.write(*to_write)
