# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The text of a VietQR code, by which a banking application fills in a
transfer.

EMVCo's "QR Code Specification for Payment Systems, Merchant-Presented Mode"
in the form that NAPAS gives it for transfers to an account (service code
QRIBFTTA)."""
import binascii
import re

from .search import fold

MAX_AMOUNT = 10 ** 13 - 1
"The specification leaves 13 digits for the amount"
_MAX_PURPOSE = 25


def payload(bank, account, amount, purpose):
    """Return the text of the code for a transfer to the account.

    bank: the six digits (BIN) by which NAPAS knows the bank
    account: the number of the account, up to 19 letters and digits
    amount: in whole đồng, from 1 to MAX_AMOUNT
    purpose: what the transfer is to say; banks take only letters without
    accents, digits and spaces, and no more than 25 of them, of which the last
    are kept

    Raises ValueError where one of the first three is none."""
    if not is_bank(bank) or not is_account(account):
        raise ValueError("no account of a bank")
    if amount != int(amount) or not 0 < amount <= MAX_AMOUNT:
        raise ValueError("no amount")
    text = _fields(
        ('00', '01'),
        # Dynamic: for this one payment
        ('01', '12'),
        ('38', _fields(
                ('00', 'A000000727'),
                ('01', _fields(('00', bank), ('01', account))),
                ('02', 'QRIBFTTA'))),
        ('53', '704'),
        ('54', str(int(amount))),
        ('58', 'VN'),
        ('62', _fields(('08', plain(purpose)))),
        ) + '6304'
    return text + checksum(text)


def checksum(text):
    "The CRC of the text up to the head of its last field"
    return f'{binascii.crc_hqx(text.encode(), 0xffff):04X}'


def is_bank(bank):
    return bool(re.fullmatch('[0-9]{6}', bank or ''))


def is_account(account):
    return bool(re.fullmatch('[0-9A-Za-z]{1,19}', account or ''))


def plain(purpose):
    "The purpose as banks take it, such as 'H15 50 05 13 261008 0975'"
    words = re.findall('[0-9A-Z]+', fold(purpose).upper())
    # The last part of a code is what tells dossiers apart
    while len(' '.join(words)) > _MAX_PURPOSE and len(words) > 1:
        del words[0]
    return ' '.join(words)[-_MAX_PURPOSE:]


def _fields(*fields):
    return ''.join(f'{id}{len(value):02}{value}' for id, value in fields)
