# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Making many records fast."""

from trytond.pool import Pool
from trytond.tools import grouped_slice

# The cost of a record grows with how many are made together
_TOGETHER = 30


def create(model, values):
    "Create a record of the model for each of the values, in their order"
    Model = Pool().get(model)
    records = []
    for some in grouped_slice(values, _TOGETHER):
        records.extend(Model.create(list(some)))
    return records


def create_parties(values):
    "Create parties; their codes are taken from the sequence all at once"
    Party = Pool().get('party.party')
    if sequence := Party._code_sequence():
        codes = sequence.get_many(len(values))
        values = [{'code': c, **v} for c, v in zip(codes, values)]
    return create('party.party', values)
