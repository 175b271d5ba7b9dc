# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Read lists of equipment, CSV or XLSX, as pure functions without database.

The first row names the columns, by code or in Vietnamese, in any order."""

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from trytond.modules.tthcc.search import fold

COLUMNS = {
    'tag': "mã thiết bị",
    'type': "loại",
    'model': "nhãn hiệu",
    'serial': "số sê-ri",
    'supplier': "nhà cung cấp",
    'purchase_date': "ngày mua",
    'value': "giá trị",
    'funding_source': "nguồn kinh phí",
    'warranty_end': "bảo hành đến",
    'zone': "phòng",
    'counter': "quầy",
    'employee': "người phụ trách",
    'condition': "tình trạng",
    'note': "ghi chú",
    }
MAX_ROWS = 5000
_MAX_SIZE = 50 * 1024 * 1024
_NAMES = {fold(label): name for name, label in COLUMNS.items()}
_DATES = ['%Y-%m-%d', '%d/%m/%Y', '%d-%m-%Y', '%d.%m.%Y']


class FileError(ValueError):
    "reason: the end of the id of the message that says why"

    def __init__(self, reason, **params):
        super().__init__(reason)
        self.reason = reason
        self.params = params


@dataclass
class Row:
    "line: its number in the file; bad: why it cannot be taken, as FileError"
    line: int
    values: dict = field(default_factory=dict)
    bad: FileError = None


def read(data, properties=()):
    """Return the rows of the file with text, Decimal, date and None by name
    of the column.

    properties: codes of properties, whose columns hold numbers
    Raise FileError when nothing of it can be read."""
    table = _xlsx(data) if data.startswith(b'PK') else _csv(data)
    table = [
        (line, cells) for line, cells in enumerate(table, 1)
        if any(c not in {None, ''} for c in cells)]
    if not table:
        raise FileError('empty')
    if len(table) > MAX_ROWS + 1:
        raise FileError('rows', limit=MAX_ROWS)
    _, header = table[0]
    names = [_column(cell, properties) for cell in header]
    for needed in ['type', 'purchase_date']:
        if needed not in names:
            raise FileError('column', column=COLUMNS[needed])
    return [_row(line, names, cells, properties) for line, cells in table[1:]]


def _csv(data):
    try:
        text = data.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise FileError('encoding') from error
    first = text.partition('\n')[0]
    delimiter = max(',;\t', key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise FileError('format') from error


def _xlsx(data):
    # Loaded by those who import only
    from openpyxl import load_workbook
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > _MAX_SIZE:
                raise FileError('rows', limit=MAX_ROWS)
        book = load_workbook(
            io.BytesIO(data), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(
                values_only=True, max_row=MAX_ROWS + 2):
            yield list(row)
    except FileError:
        raise
    # Whatever a parser stumbles over
    except Exception as error:
        raise FileError('format') from error


def _column(cell, properties):
    name = fold(str(cell or ''))
    if name in COLUMNS or name in properties:
        return name
    return _NAMES.get(name)


def _row(line, names, cells, properties):
    row = Row(line)
    for name, cell in zip(names, cells):
        if not name:
            continue
        if isinstance(cell, str):
            cell = ' '.join(cell.split())
        if cell in {None, ''}:
            row.values[name] = None
            continue
        try:
            if name in {'purchase_date', 'warranty_end'}:
                cell = _date(cell)
            elif name == 'value' or name in properties:
                cell = _number(cell)
            else:
                cell = _text(cell)
        except ValueError:
            row.bad = row.bad or FileError(
                'value', column=COLUMNS.get(name, name), value=str(cell))
            continue
        row.values[name] = cell
    for needed in ['type', 'purchase_date']:
        if not row.bad and not row.values.get(needed):
            row.bad = FileError('needed', column=COLUMNS[needed])
    return row


def _date(cell):
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    for format_ in _DATES:
        try:
            return dt.datetime.strptime(str(cell), format_).date()
        except ValueError:
            pass
    raise ValueError(cell)


def _number(cell):
    "A number as people write it: 12.500.000 or 12500000, 7,5"
    text = str(cell)
    if isinstance(cell, str):
        text = text.replace(' ', '').removesuffix('đ')
        groups = text.split('.')
        if len(groups) > 1 and all(len(g) == 3 for g in groups[1:]):
            text = ''.join(groups)
        text = text.replace(',', '.')
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(cell) from error
    if not number.is_finite():
        raise ValueError(cell)
    return number


def _text(cell):
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)
