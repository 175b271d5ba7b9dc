# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Identity numbers of people and how each is recognised."""
import re

# The codes of provinces and cities that begin a citizen number
# (Circular 59/2021/TT-BCA, appendix I)
_PROVINCES = {
    '001', '002', '004', '006', '008', '010', '011', '012', '014', '015',
    '017', '019', '020', '022', '024', '025', '026', '027', '030', '031',
    '033', '034', '035', '036', '037', '038', '040', '042', '044', '045',
    '046', '048', '049', '051', '052', '054', '056', '058', '060', '062',
    '064', '066', '067', '068', '070', '072', '074', '075', '077', '079',
    '080', '082', '083', '084', '086', '087', '089', '091', '092', '093',
    '094', '095', '096'}
CITIZEN, OLD_CARD, PASSPORT, TAX = (
    'vn_citizen', 'vn_identity_card', 'vn_passport', 'vn_mst')


def compact(number):
    "Return the number without the spaces, dots and hyphens people write"
    return re.sub(r'[\s.\-]', '', number or '').upper()


def kind(number):
    """Return the type of party identifier of a number, None if it is none.

    A citizen number has 12 digits and begins with a province; the older card
    has 9 digits; a passport one or two letters and 6 to 8 digits.  Tax
    numbers are checked by Tryton."""
    number = compact(number)
    if re.fullmatch(r'\d{12}', number):
        return CITIZEN if number[:3] in _PROVINCES else None
    if re.fullmatch(r'\d{9}', number):
        return OLD_CARD
    if re.fullmatch(r'[A-Z]{1,2}\d{6,8}', number):
        return PASSPORT
    return TAX if _is_tax_number(number) else None


def mobile(phone):
    """Return the number to which an SMS can go, as +84912345678; None if it
    is none, such as that of a landline.

    Mobile numbers of Vietnam have 9 digits after the 0 or +84, of which the
    first is 3, 5, 7, 8 or 9; of foreign ones no more is known than that they
    begin with + and a country."""
    number = compact(phone).translate({ord('('): None, ord(')'): None})
    if match := re.fullmatch(r'(?:0|\+?84)([35789]\d{8})', number):
        return '+84' + match[1]
    elif re.fullmatch(r'\+(?!84)[1-9]\d{6,14}', number):
        return number


def _is_tax_number(number):
    from stdnum.vn import mst
    return mst.is_valid(number)
