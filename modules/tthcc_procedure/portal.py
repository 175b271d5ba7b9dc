# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Read the texts of the national portal, as pure functions.

The portal's JSON lines hold tables whose cells were run together:
"Trực tiếp7 NgàyMiễn phíNộp tại trụ sở", "Tờ khai theo mẫu1 bản chính".
A table is taken apart only where it can be read in one way.  Each function
returns None for one that cannot, and its caller keeps the text.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

CHANNELS = {
    'Trực tiếp': 'in_person',
    'Dịch vụ bưu chính': 'post',
    'Trực tuyến': 'online',
    }
UNITS = {
    'Ngày làm việc': 'working_day',
    'Ngày': 'calendar_day',
    'Giờ': 'hour',
    'Tháng': 'month',
    }
LEVELS = {
    'Cấp bộ': 'ministry',
    'Cấp tỉnh': 'province',
    'Cấp huyện': 'district',
    'Cấp xã': 'commune',
    'Cơ quan khác': 'other',
    }
NO_INFORMATION = 'Không có thông tin'
FREE = 'Miễn phí'


@dataclass(frozen=True)
class Exemption:
    name: str
    reduction: int = 100


@dataclass(frozen=True)
class Fee:
    "A tariff; steps are pairs of the first unit and its price in đồng"
    name: str
    kind: str
    unit: str
    steps: tuple
    item: str = ''
    maximum: Decimal | None = None
    legal_basis: str = ''
    exemptions: tuple = ()


@dataclass(frozen=True)
class Case:
    channel: str
    term_value: int | None = None
    term_unit: str = 'none'
    term_text: str = ''
    fee: Decimal | None = None
    fee_text: str = ''
    note: str = ''
    name: str = ''
    term_cutoff: str = ''
    fees: tuple = ()


@dataclass(frozen=True)
class Paper:
    name: str
    originals: int = 1
    copies: int = 0
    condition: str = ''
    mandatory: bool = True
    form_name: str = ''


@dataclass(frozen=True)
class LegalBasis:
    name: str
    number: str = ''


@dataclass(frozen=True)
class Result:
    name: str


def compose(text):
    "The text in composed Unicode, with plain spaces and ends of lines"
    text = unicodedata.normalize('NFC', text.replace('\xa0', ' '))
    return text.replace('\r\n', '\n').replace('\r', '\n')


def clean(text):
    "The composed text without spaces around its lines"
    text = compose(text)
    return '\n'.join(line.strip() for line in text.splitlines()).strip()


def one_line(text):
    "The cleaned text with single spaces"
    return ' '.join(clean(text).split())


def stated(text):
    "The cleaned text, empty where the portal says it has no information"
    text = clean(text)
    return '' if text.startswith(NO_INFORMATION) else text


_AMOUNT = re.compile(r'(\d{1,3}(?:,\d{3})+) (?:Việt Nam Đồng|VNĐ)')
_AMOUNT_IN_NOTE = re.compile(
    r'(\d{1,3}(?:[.,]\d{3})+|\d+) ?(?:đồng|vnđ|đ\b|việt nam đồng)',
    re.IGNORECASE)
_NO_NOTE = re.compile(r'\W*(không( có)?|miễn phí)?\W*', re.IGNORECASE)


def fee(text, note=''):
    """
    Return the fee in đồng, 0 for free of charge, None where the text with
    its note does not say one for sure.

    Amounts under a thousand are thousands cut short, like "20 VNĐ" beside
    "20.000 đồng".  A note leaves an amount in doubt unless it repeats it.
    """
    plain = bool(_NO_NOTE.fullmatch(note))
    if text == FREE:
        return Decimal(0) if plain else None
    if match := _AMOUNT.fullmatch(text):
        amount = Decimal(match[1].replace(',', ''))
        noted = {
            Decimal(re.sub('[.,]', '', a))
            for a in _AMOUNT_IN_NOTE.findall(note)}
        if plain or noted == {amount}:
            return amount


_WAYS_HEAD = 'Hình thức nộpThời gianPhí, lệ phíMô tả'
_FEE = fr'{FREE}|{NO_INFORMATION}|[\d,]+ (?:Việt Nam Đồng|VNĐ|USD)'
_WAY = re.compile(
    fr"(?P<channel>{'|'.join(CHANNELS)})"
    fr"(?:(?P<value>\d+) (?P<unit>{'|'.join(UNITS)})"
    fr'|(?P<number>\d+)(?={FREE}|{NO_INFORMATION})'
    r'|(?P<text>Không[^.\d]{0,60}?)|)'
    fr'(?P<fee>{_FEE})')


def ways(text):
    """
    Return the cases of the table of ways of filing.

    A number that runs into the fee, as in "Trực tuyến120 VNĐ", is neither
    taken for the term nor for the fee.
    """
    if not text.startswith(_WAYS_HEAD):
        return
    text = text.removeprefix(_WAYS_HEAD)
    matches = list(_WAY.finditer(text))
    if not matches or matches[0].start():
        return
    ends = [m.start() for m in matches[1:]] + [len(text)]
    cases = []
    for match, end in zip(matches, ends):
        note, description = _split_note(clean(text[match.end():end]))
        term_text, fee_text = match['text'] or '', match['fee']
        value, unit = match['value'] or match['number'], 'unstated'
        if match['unit']:
            unit = UNITS[match['unit']]
        elif match['text']:
            unit = 'none'
        elif not value:
            term_text, fee_text = fee_text, ''
        cases.append(make_case(
                CHANNELS[match['channel']], value, unit, term_text, fee_text,
                note=note, description=description))
    return tuple(cases)


def make_case(
        channel, value, unit, term_text, fee_text, note='', description=''):
    "Return the case, with its fee read from the text and the note on it"
    fee_text = stated(fee_text)
    return Case(
        channel=channel,
        term_value=int(value) if value else None,
        term_unit=unit,
        term_text=stated(term_text),
        fee=fee(fee_text, note),
        fee_text=f'{fee_text} {note}'.strip(),
        note=description)


def _split_note(text):
    "Split the note in brackets after a fee from the description"
    depth = 0
    for i, char in enumerate(text):
        depth += (char == '(') - (char == ')')
        if not depth:
            i += char == ')'
            return text[:i].strip(), text[i:].strip()
    return text, ''


_PAPERS_HEAD = 'Tên giấy tờMẫu đơn, tờ khaiSố lượng'
_ANY_COUNT = re.compile(r'\d+ bản (?:chính|sao)')
# The cell follows the name, or the year it ends with, without a space,
# and nothing or the next name follows it likewise
_COUNT = re.compile(
    r'(?:(?<![\s\d(])|(?<=/(?:19|20)\d\d))'
    r'(?P<originals>\d) bản chính(?:,(?P<copies>\d) bản sao)?'
    r'(?=$|[^\s.,;:)])')
_COUNT_IN_TEXT = re.compile(r'0\d bản (?:chính|sao)(?=[\s.,;:)\d])')
_FORM = re.compile(r'\.(?:docx?|pdf|xlsx?|rar|zip|jpe?g|png)$', re.IGNORECASE)
_IF = re.compile(r'nếu|trường hợp|đối với', re.IGNORECASE)


def papers(text):
    """
    Return the papers of the table of papers to file.

    The heading of a group is the condition of its papers.  The portal does
    not say what is mandatory: it is what is asked for without an "if".
    """
    title, *tables = text.split(_PAPERS_HEAD)
    if not tables:
        return
    found = []
    for table in tables:
        counts = list(_COUNT.finditer(table))
        cells = {n for m in counts for n in range(*m.span())}
        for match in _ANY_COUNT.finditer(table):
            if (match.end() - 1 not in cells
                    and not _COUNT_IN_TEXT.match(table, match.start())):
                return
        start = 0
        for count in counts:
            name = table[start:count.start()]
            if not _bare(name):
                return
            found.append(_paper(name, count, _bare(title)))
            start = count.end()
        title = table[start:]
    if not found or title.strip():
        return
    return tuple(found)


def _paper(text, count, title):
    name, form = _split_form(text.strip())
    originals, copies = int(count['originals']), int(count['copies'] or 0)
    return Paper(
        name=_bare(name),
        originals=originals,
        copies=copies,
        condition=title,
        mandatory=bool(
            (originals or copies) and not _IF.search(f'{title} {text}')),
        form_name=form)


def _bare(text):
    "The text without bullets before it and separators after it"
    return re.sub(r'^[-+*•\s]+|[;:\s]+$', '', clean(text))


def _split_form(text):
    "Split the name of the form from that of the paper where it is clear"
    if _FORM.search(text):
        starts = [
            i for i in range(1, len(text))
            if (text[i - 1] in '.;)' or text[i - 1].islower())
            and (text[i].isupper() or text[i].isdigit())]
        # A number after a word may as well end the word: "Mauso06.doc"
        if len(starts) == 1 and not re.search(
                r'\w\d', text[starts[0] - 1:starts[0] + 1]):
            return text[:starts[0]], text[starts[0]:]
    return text, ''


_LEGAL_HEAD = 'Tên văn bản pháp lýMã văn bản'
# Without the list "TT-BTCsửa đổi" and "TT-BTCThông tư" cannot be told apart
_ISSUERS = (
    'BCA|BCT|BDTTG|BGDĐT|BGTVT|BKHCN|BKHĐT|BLĐTBXH|BNG|BNNMT|BNNPTNT|BNV|BQP|'
    'BTC|BTNMT|BTP|BTTTT|BVHTTDL|BXD|BYT|CP|HĐND|NHNN|TTg|UBND|VPCP')
_NUMBER = re.compile(
    fr'\d{{1,4}}/\d{{4}}/(?:QH\d\d|(?:NĐ|NQ|QĐ|TT)-(?:{_ISSUERS}))')
# Vietnamese letters, upper and lower case, alternate in Unicode
_LOWER = 'a-z' + ''.join(filter(str.islower, map(chr, range(0xdf, 0x1efa))))
_UPPER = 'A-Z' + ''.join(filter(str.isupper, map(chr, range(0xc0, 0x1efa))))
_RUN_TOGETHER = re.compile(
    fr'^\d|[{_LOWER}.;)\d][{_UPPER}]|[^\s\d/.(-]\d+/')


def legal_basis(text):
    "Return the documents of the table of the legal basis"
    if not text.startswith(_LEGAL_HEAD):
        return
    text = text.removeprefix(_LEGAL_HEAD)
    found = []
    start = end = 0
    for match in _NUMBER.finditer(text):
        before, after = text[match.start() - 1], text[match.end():][:1]
        known, end = match.start() == end, match.end()
        if before.isspace() or before in '(-' or re.match(r'[\s,;.):]', after):
            continue
        name = clean(text[start:match.start()])
        plain = name.removesuffix(match[0]).strip()
        if (not name
                or (re.search(r'\d\.?$', name) and not known)
                or _RUN_TOGETHER.search(plain)):
            return
        found.append(LegalBasis(name, match[0]))
        start = match.end()
    if not found or text[start:].strip():
        return
    return tuple(found)


def legal_text(text):
    "The legal basis as text, without the head of its table"
    return stated(text.removeprefix(_LEGAL_HEAD))


_RESULT_CODE = re.compile(r'Mã: (?:KQ[.-]G\d\d\.|[\d.]+G\d\d-KQ)\d+')
_SEARCH_FORM = re.compile(r'Từ khóa.*?Mô tả.*', re.DOTALL)


def results(text):
    "Return the results of the procedure"
    *names, rest = _RESULT_CODE.split(results_text(text))
    names = [_bare(n) for n in names]
    if names and all(names) and not rest.strip():
        return tuple(map(Result, names))


def results_text(text):
    "The text of the results, without the search form that runs into it"
    return stated(_SEARCH_FORM.sub('', text))
