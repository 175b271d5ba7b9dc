# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import datetime as dt

from trytond.model import fields
from trytond.modules.tthcc import clock

# Before the warranty ends there must be time to claim it
_WARRANTY_NOTICE = dt.timedelta(days=60)
BROKEN = ['damaged', 'out_of_order']
PRESENT = ['good', 'worn', *BROKEN]
"The conditions in which an item is at its place"


class AttentionMixin:
    "Lets an item tell what about it needs attention"
    __slots__ = ()

    attention = fields.Function(
        fields.MultiSelection([
                ('broken', "Broken"),
                ('inspection', "Inspection Due"),
                ('warranty', "Warranty Ends"),
                ('old', "Past Useful Life"),
                ], "Needs Attention", sort=False),
        'get_attention', searcher='search_attention')

    @classmethod
    def get_attention(cls, items, name):
        today = clock.today()
        return {i.id: i._get_attention(today) for i in items}

    def _get_attention(self, today):
        if self.condition not in PRESENT:
            return ()
        reasons = {
            'broken': self.condition in BROKEN,
            'inspection': (
                self.next_inspection and self.next_inspection <= today),
            'warranty': (
                self.warranty_end and today <= self.warranty_end
                <= today + _WARRANTY_NOTICE),
            # An item that is being taken in has none yet
            'old': self.life_end and self.life_end < today,
            }
        return tuple(name for name, true in reasons.items() if true)

    @classmethod
    def search_attention(cls, name, clause):
        """Search for items with one of the reasons, '!=' None for those with
        any and '=' None for those with none"""
        _, operator, value = clause
        today = clock.today()
        reasons = {
            'broken': [('condition', 'in', BROKEN)],
            'inspection': [('next_inspection', '<=', today)],
            'warranty': [
                ('warranty_end', '>=', today),
                ('warranty_end', '<=', today + _WARRANTY_NOTICE)],
            'old': [('life_end', '<', today)],
            }
        if isinstance(value, str):
            value = [value]
        domain = [
            ('condition', 'in', PRESENT),
            ['OR', *(reasons[v] for v in value or reasons)],
            ]
        if operator.startswith(('!', 'not ')) == (value is not None):
            items = cls.search(domain, query=True, order=[])
            return [('id', 'not in', items)]
        return domain
