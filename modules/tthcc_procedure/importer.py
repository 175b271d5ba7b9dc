# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Read files of procedures, as pure functions without database.

Three formats are known by their content: the CSV of the national catalogue
with one row per procedure and way of filing, the JSON lines of the portal,
and the JSON lines of this project's own catalogue.

What a file does not state is not among the values of its procedures, so that
it leaves alone what is known from elsewhere.
"""

import codecs
import csv
import io
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal

from . import portal
from .portal import (
    Case, Exemption, Fee, LegalBasis, Paper, Result, clean, one_line, stated)

CSV_COLUMNS = [
    'code', 'name', 'level', 'field', 'type', 'decision_no', 'subject',
    'channel', 'time_value', 'time_unit', 'fee_text']
PORTAL_KEYS = [
    'ma_thu_tuc', 'ten_thu_tuc', 'so_quyet_dinh', 'cap_thuc_hien',
    'loai_thu_tuc', 'linh_vuc', 'doi_tuong_thuc_hien', 'co_quan_thuc_hien',
    'co_quan_phoi_hop', 'trinh_tu_thuc_hien', 'cach_thuc_thuc_hien',
    'thanh_phan_ho_so', 'can_cu_phap_ly', 'yeu_cau_dieu_kien',
    'ket_qua_xu_ly']
_CODE = re.compile(r'\d\.\d{6}(\.[\w.]+)?')


class FileError(ValueError):
    """
    The whole file cannot be read.

    reason: the id of the message that says why and what to do
    """

    def __init__(self, reason, **params):
        super().__init__(reason)
        self.reason = reason
        self.params = params


class RowError(FileError):
    "A row cannot be read"


@dataclass
class Item:
    "A procedure with the values, by field of the revision, a file states"
    code: str
    line: int
    values: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Bad:
    "A row that cannot be imported"
    line: int
    code: str
    reason: str
    params: dict


@dataclass(frozen=True)
class Step:
    name: str
    work: str
    department_kind: str
    role: str
    share: Decimal


@dataclass
class Parsed:
    format: str
    items: list
    bad: list


def read(data):
    """
    Return the procedures and the bad rows of the file with the bytes.

    A procedure with a bad row is left out as a whole.
    Raises FileError.
    """
    text = decode(data)
    first = text.lstrip()[:1]
    if not first:
        raise FileError('msg_import_empty')
    if first == '[':
        raise FileError('msg_import_json_array')
    lines = _json_lines(text) if first == '{' else _csv_rows(text)
    reader = next(lines)
    items, bad, codes = {}, [], []
    for line, row in lines:
        code = ''
        try:
            if isinstance(row, FileError):
                raise row
            code = one_line(str(row.get(reader.key) or ''))
            item = reader.read(code, line, row)
            if code in items:
                reader.merge(items[code], item)
            else:
                items[code] = item
        except RowError as error:
            code = error.params.get('code', code)
            bad.append(Bad(line, code, error.reason, error.params))
        codes.append((line, code))
    if reader.rows_per_procedure:
        bad.extend(_beside_unreadable(items, codes))
    spoiled = {b.code for b in bad}
    return Parsed(
        reader.format,
        [i for i in items.values() if i.code not in spoiled], bad)


def _beside_unreadable(items, codes):
    """
    Yield bad rows for the procedures beside a row of no known code, which
    may belong to them and hold one of their cases.
    """
    for i, (line, code) in enumerate(codes):
        if not _CODE.fullmatch(code):
            for _, near in codes[max(i - 1, 0):i] + codes[i + 1:i + 2]:
                if near in items:
                    yield Bad(items[near].line, near,
                        'msg_import_row_beside', {'line': line})


def decode(data):
    """
    Return the text of UTF-8 bytes with or without a byte order mark, in
    composed form.  Raises FileError naming what else the bytes seem to be.
    """
    for mark, name in [
            (codecs.BOM_UTF32_LE, "UTF-32"),
            (codecs.BOM_UTF32_BE, "UTF-32"),
            (codecs.BOM_UTF16_LE, "UTF-16"),
            (codecs.BOM_UTF16_BE, "UTF-16")]:
        if data.startswith(mark):
            raise FileError('msg_import_encoding', encoding=name)
    if data.startswith((b'PK\x03\x04', b'\xd0\xcf\x11\xe0')):
        raise FileError('msg_import_spreadsheet')
    if b'\x00' in data[:1000]:
        raise FileError('msg_import_encoding', encoding="UTF-16")
    try:
        text = data.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise FileError('msg_import_not_utf8',
            line=data.count(b'\n', 0, error.start) + 1) from None
    return portal.compose(text)


def _csv_rows(text):
    "Yield the reader, then the line and the row as dictionary"
    header = text.lstrip().splitlines()[0]
    delimiter = max(',;\t', key=header.count)
    rows = csv.reader(io.StringIO(text, newline=''), delimiter=delimiter)
    columns = [c.strip() for c in next(rows)]
    missing = [c for c in CSV_COLUMNS if c not in columns]
    if missing:
        raise FileError('msg_import_columns', columns=", ".join(missing))
    yield CsvReader
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileError(
                'msg_import_csv', line=line, error=str(error)) from None
        if not any(row):
            continue
        if len(row) != len(columns):
            code = one_line(row[0]) if columns[0] == 'code' else ''
            yield line, RowError('msg_import_row_columns',
                code=code, found=len(row), expected=len(columns))
        else:
            yield line, dict(zip(columns, row))


def _json_lines(text):
    "Yield the reader, then the line and the object"
    reader = None
    for line, source in enumerate(text.split('\n'), 1):
        if not source.strip():
            continue
        try:
            row = json.loads(source)
        except json.JSONDecodeError as error:
            row = RowError('msg_import_row_json', column=error.colno)
        else:
            if not isinstance(row, dict):
                row = RowError('msg_import_row_object')
        if not reader:
            if isinstance(row, RowError):
                raise FileError('msg_import_json', line=line)
            if 'ma_thu_tuc' in row:
                reader = PortalReader
            elif 'code' in row:
                reader = CatalogueReader
            else:
                raise FileError('msg_import_json', line=line)
            yield reader
        yield line, row


def _national(code):
    if not code:
        raise RowError('msg_import_row_no_code')
    if not _CODE.fullmatch(code):
        raise RowError('msg_import_row_code', code=code)
    return code


def _levels(text):
    levels = []
    for name in filter(None, map(str.strip, text.split(','))):
        if name not in portal.LEVELS:
            raise RowError('msg_import_row_level', level=name)
        levels.append(portal.LEVELS[name])
    return tuple(levels)


def _required_name(name):
    name = one_line(name)
    if not name:
        raise RowError('msg_import_row_no_name')
    return name


def _stated_values(values):
    return {k: v for k, v in values.items() if v not in ('', (), None)}


class CsvReader:
    format = 'csv'
    key = 'code'
    rows_per_procedure = True

    @classmethod
    def read(cls, code, line, row):
        values = {
            'name': _required_name(row['name']),
            'field': one_line(row['field']),
            'levels': _levels(one_line(row['level'])),
            'type': one_line(row['type']),
            'decision': one_line(row['decision_no']),
            'subject': stated(row['subject']),
            'cases': cls.cases(row),
            }
        return Item(_national(code), line, _stated_values(values))

    @classmethod
    def cases(cls, row):
        channel, value, unit, fee = (
            one_line(row[c])
            for c in ['channel', 'time_value', 'time_unit', 'fee_text'])
        if not channel:
            if value or unit or stated(fee):
                raise RowError('msg_import_row_no_channel')
            return ()
        if channel not in portal.CHANNELS:
            raise RowError('msg_import_row_channel', channel=channel)
        if unit and unit not in portal.UNITS:
            raise RowError('msg_import_row_unit', unit=unit)
        if unit and not value:
            raise RowError('msg_import_row_unit_alone', unit=unit)
        if value and not (value.isascii() and value.isdigit()):
            raise RowError('msg_import_row_value', value=value)
        text = ''
        if not value:
            unit = 'none'
        elif unit:
            unit = portal.UNITS[unit]
        else:
            unit = 'unstated'
            if not fee:
                # The portal ran the term into the fee, "120 VNĐ", of which
                # the first digits arrived here
                value, text = '', value
        return (portal.make_case(
                portal.CHANNELS[channel], value, unit, text, fee),)

    @classmethod
    def merge(cls, item, other):
        "Add the cases of another row of the procedure"
        for name in item.values.keys() | other.values.keys():
            if name == 'cases':
                continue
            if item.values.get(name) != other.values.get(name):
                raise RowError(
                    'msg_import_row_disagrees', field=name, line=item.line)
        if 'cases' in other.values:
            item.values['cases'] = (
                item.values.get('cases', ()) + other.values['cases'])


class JsonReader:
    rows_per_procedure = False

    @classmethod
    def merge(cls, item, other):
        raise RowError(
            'msg_import_row_duplicate', code=item.code, line=item.line)


class PortalReader(JsonReader):
    format = 'portal'
    key = 'ma_thu_tuc'

    @classmethod
    def read(cls, code, line, row):
        for key, value in row.items():
            if key in PORTAL_KEYS and not isinstance(value, str):
                raise RowError('msg_import_row_text', key=key)
        row = {k: clean(row.get(k, '')) for k in PORTAL_KEYS}
        legal, papers = row['can_cu_phap_ly'], row['thanh_phan_ho_so']
        values = {
            'name': _required_name(row['ten_thu_tuc']),
            'field': one_line(row['linh_vuc']),
            'levels': _levels(one_line(row['cap_thuc_hien'])),
            'type': one_line(row['loai_thu_tuc']),
            'decision': one_line(row['so_quyet_dinh']),
            'subject': stated(row['doi_tuong_thuc_hien']),
            'agency': stated(row['co_quan_thuc_hien']),
            'coordinating_agency': stated(row['co_quan_phoi_hop']),
            'order_text': stated(row['trinh_tu_thuc_hien']),
            'methods_text': stated(row['cach_thuc_thuc_hien']),
            'conditions': stated(row['yeu_cau_dieu_kien']),
            'cases': portal.ways(row['cach_thuc_thuc_hien']),
            'results': portal.results(row['ket_qua_xu_ly']),
            'results_text': portal.results_text(row['ket_qua_xu_ly']),
            'legal_basis': portal.legal_basis(legal),
            }
        if not values['legal_basis'] and (text := portal.legal_text(legal)):
            values['legal_basis'] = (LegalBasis(text),)
        if stated(papers):
            values['papers_text'] = papers
            values['papers'] = portal.papers(papers)
            values['papers_unclear'] = values['papers'] is None
        return Item(_national(code), line, _stated_values(values))


class CatalogueReader(JsonReader):
    format = 'catalogue'
    key = 'code'

    @classmethod
    def read(cls, code, line, row):
        if not code:
            raise RowError('msg_import_row_no_code')
        try:
            values = {
                'name': _required_name(row['name']),
                'field': row['field'],
                'levels': tuple(row['levels']),
                'subject': row['subject'],
                'decision': row['decision'],
                'source': row['source'],
                'legal_basis': _rows(LegalBasis, row['legal_basis']),
                'papers': _rows(Paper, row['papers']),
                'cases': tuple(map(cls.case, row['cases'])),
                'steps': tuple(map(cls.step, row['steps'])),
                'results': tuple(map(Result, row['results'])),
                }
        except KeyError as error:
            raise RowError(
                'msg_import_row_key', key=error.args[0]) from None
        except (TypeError, ValueError, ArithmeticError):
            raise RowError('msg_import_row_layout') from None
        if unknown := set(values['levels']) - set(portal.LEVELS.values()):
            raise RowError('msg_import_row_level', level=min(unknown))
        return Item(code, line, _stated_values(values))

    @classmethod
    def case(cls, row):
        row = dict(row)
        fee = row.pop('fee', None)
        fees = row.pop('fees', None) or ()
        return Case(
            **{k: v for k, v in row.items() if v is not None},
            fee=_amount(fee),
            fees=tuple(map(cls.fee, fees)))

    @staticmethod
    def fee(row):
        return Fee(**{**row,
                'steps': tuple(
                    (int(first), _amount(price))
                    for first, price in row['steps']),
                'maximum': _amount(row.get('maximum')),
                'exemptions': _rows(Exemption, row.get('exemptions') or ())})

    @staticmethod
    def step(row):
        return Step(**{**row,
                'department_kind': row['department_kind'] or '',
                'share': Decimal(str(row['share']))})


def _amount(value):
    return None if value is None else Decimal(str(value))


def _rows(class_, rows):
    return tuple(
        class_(**{k: v for k, v in row.items() if v is not None})
        for row in rows)
