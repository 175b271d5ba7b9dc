# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

_DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()
_BILLION = 10 ** 9


def in_words(number):
    """Return a natural number in Vietnamese words, as receipts state their
    amount, such as "mười bốn nghìn" for 14000."""
    return ' '.join(_words(int(number))) or _DIGITS[0]


def _words(number, leading=True):
    billions, number = divmod(number, _BILLION)
    words = []
    if billions:
        words = _words(billions, leading) + ["tỷ"]
    for size, name in [(10 ** 6, "triệu"), (1000, "nghìn"), (1, None)]:
        group, number = divmod(number, size)
        if group:
            words += _group(group, leading and not words)
            words += [name] if name else []
    return words


def _group(number, leading):
    "The words of a group of three digits, all of them unless it leads"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = []
    if hundreds or not leading:
        words += [_DIGITS[hundreds], "trăm"]
    if tens == 1:
        words.append("mười")
    elif tens:
        words += [_DIGITS[tens], "mươi"]
    elif ones and words:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 4 and tens > 1:
        words.append("tư")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return words
