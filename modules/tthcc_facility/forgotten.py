# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Nothing broken is forgotten: items out of order about which nothing is done."

import datetime as dt
from collections import defaultdict

from sql import Literal
from sql.conditionals import Case

from trytond.model import fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta

from . import fault, replacement


class Equipment(metaclass=PoolMeta):
    __name__ = 'tthcc.equipment'

    forgotten = fields.Function(
        fields.Boolean("Forgotten",
            help="Out of order for longer than the centre allows, without "
            "an open fault or a request to replace it."),
        None)
    reminded_at = fields.DateTime(
        "Reminded At", readonly=True,
        help="When the facility manager was last told that the item is "
        "forgotten.")

    @classmethod
    def column_forgotten(cls, tables):
        return Case(
            (cls.domain_forgotten(('forgotten', '=', True), tables), True),
            else_=False)

    @classmethod
    def domain_forgotten(cls, domain, tables):
        pool = Pool()
        table, _ = tables[None]
        _, operator, value = domain
        Centre = pool.get('tthcc.centre')
        clause = (
            (table.condition == Literal('out_of_order'))
            & Centre.overstayed(
                'forgotten_days', table.centre, table.condition_since))
        for name, states in [
                ('tthcc.fault', fault.OPEN),
                ('tthcc.replacement', replacement.OPEN)]:
            work = pool.get(name).__table__()
            clause &= ~table.id.in_(work.select(
                    work.equipment, where=work.state.in_(states)))
        if (operator == '=') != bool(value):
            clause = Case((clause, True), else_=False) == Literal(False)
        return clause

    @classmethod
    def copy(cls, items, default=None):
        default = default.copy() if default else {}
        default.setdefault('reminded_at', None)
        return super().copy(items, default=default)

    @classmethod
    def remind_forgotten(cls):
        """Tell facility managers what is forgotten, again after as many days;
        called by cron"""
        pool = Pool()
        Notification = pool.get('res.notification')
        User = pool.get('res.user')
        now = clock.now()
        by_centre = defaultdict(list)
        for item in cls.search([('forgotten', '=', True)]):
            again = now - dt.timedelta(days=item.centre.forgotten_days)
            if not item.reminded_at or item.reminded_at <= again:
                by_centre[item.centre].append(item)
        for centre, items in by_centre.items():
            Notification.tell(
                User.in_charge_at(centre, 'facility_manager'), items,
                'tthcc_facility.msg_equipment_forgotten', 'tag')
            for item in items:
                item.reminded_at = now
            cls.save(items)


class Centre(metaclass=PoolMeta):
    __name__ = 'tthcc.centre'

    forgotten_days = fields.Integer(
        "Forgotten After",
        domain=['OR',
            ('forgotten_days', '=', None),
            ('forgotten_days', '>', 0),
            ],
        help="After how many days an item out of order counts as forgotten "
        "when nothing is done about it. Empty for never.")

    @staticmethod
    def default_forgotten_days():
        return 7


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append((
                'tthcc.equipment|remind_forgotten',
                "Remind of Forgotten Equipment"))
