# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal, Null
from sql.aggregate import Sum
from sql.conditionals import Case, Coalesce
from sql.functions import Round

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .standard import newest


class Conformity(ModelSQL, ModelView):
    """Diện tích của trung tâm so với định mức

    One row per centre, on the date of the context or today.  Its id is that
    of the centre."""
    __name__ = 'tthcc.centre.conformity'

    centre = fields.Many2One('tthcc.centre', "Centre")
    centre_name = fields.Char("Centre")
    level = fields.Selection('get_levels', "Level")
    area = fields.Float(
        "Area Used (m²)", digits=(16, 1),
        help="Of all rooms and zones in use on the day.")
    shared_area = fields.Float(
        "Of It Shared (m²)", digits=(16, 1),
        help="In rooms of another office.")
    waiting_area = fields.Float("For Waiting (m²)", digits=(16, 1))
    waiting_share = fields.Float("For Waiting (%)", digits=(16, 2))
    standard = fields.Many2One('tthcc.area_standard', "Standard")
    minimum = fields.Float("Minimum (m²)", digits=(16, 1))
    maximum = fields.Float("Maximum (m²)", digits=(16, 1))
    shortfall = fields.Float("Shortfall (m²)", digits=(16, 1))
    shortfall_share = fields.Float(
        "Shortfall (%)", digits=(16, 2), help="Of the minimum.")
    state = fields.Selection([
            ('unmeasured', "Not Measured"),
            ('below', "Below the Standard"),
            ('crowded', "Too Little for Waiting"),
            ('within', "Within the Standard"),
            ('above', "Above the Standard"),
            ('no_standard', "No Standard"),
            ], "Conformity", sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('shortfall_share', 'DESC NULLS LAST'), ('centre_name', 'ASC'),
            ('id', 'ASC')]

    @classmethod
    def get_levels(cls):
        Centre = Pool().get('tthcc.centre')
        return Centre.fields_get(['level'])['level']['selection']

    def get_rec_name(self, name):
        return self.centre_name

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="state"]', 'visual',
                If(Eval('state') == 'below', 'danger',
                    If(Eval('state') == 'crowded', 'warning',
                        If(Eval('state') == 'unmeasured', 'muted',
                            'success')))),
            ]

    @classmethod
    def table_query(cls):
        date = Transaction().context.get('date') or clock.today()
        return cls.query_on(date)

    @classmethod
    def query_on(cls, date):
        "Return the query of the conformity of centres on the local date"
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        centre = Centre.__table__()
        standard = pool.get('tthcc.area_standard').__table__()
        used = cls._areas(date)
        held = newest(standard, date, 'level').select(
            standard.id, standard.level, standard.minimum, standard.maximum,
            standard.waiting_share)
        area = Coalesce(used.area, 0)
        waiting_share = used.waiting_area / used.area
        shortfall = Case(
            (area < held.minimum, held.minimum - area),
            (held.minimum != Null, 0))
        return (centre
            .join(used, 'LEFT', condition=used.centre == centre.id)
            .join(held, 'LEFT', condition=held.level == centre.level)
            .select(
                centre.id,
                centre.id.as_('centre'),
                Centre.sql_short_name(centre).as_('centre_name'),
                centre.level,
                area.as_('area'),
                Coalesce(used.shared_area, 0).as_('shared_area'),
                Coalesce(used.waiting_area, 0).as_('waiting_area'),
                waiting_share.as_('waiting_share'),
                held.id.as_('standard'),
                held.minimum.as_('minimum'),
                held.maximum.as_('maximum'),
                shortfall.as_('shortfall'),
                (shortfall / held.minimum).as_('shortfall_share'),
                Case(
                    (used.area == Null, 'unmeasured'),
                    (held.id == Null, 'no_standard'),
                    (area < held.minimum, 'below'),
                    (waiting_share < held.waiting_share, 'crowded'),
                    (area > held.maximum, 'above'),
                    else_='within').as_('state'),
                where=centre.state != 'closed'))

    @staticmethod
    def _areas(date):
        "Return the query of the areas that centres use, in whole 0.1 m²"
        pool = Pool()
        Site = pool.get('tthcc.site')
        Zone = pool.get('tthcc.zone')
        site, zone = Site.__table__(), Zone.__table__()

        def area(condition):
            area = Sum(Case((condition, zone.area), else_=0))
            # PostgreSQL rounds floats to whole numbers only
            return Round(area * 10) / 10.
        return (zone
            .join(site, condition=zone.site == site.id)
            .select(
                site.centre,
                area(Literal(True)).as_('area'),
                area(Coalesce(site.shared_with, '') != '').as_(
                    'shared_area'),
                area(zone.kind == 'waiting').as_('waiting_area'),
                where=Site.in_force(site, date) & Zone.in_force(zone, date),
                group_by=site.centre))


class ConformityContext(ModelView):
    "The day on which to compare areas with the standard"
    __name__ = 'tthcc.centre.conformity.context'

    date = fields.Date("On", required=True)

    @classmethod
    def default_date(cls):
        return clock.today()


class Readiness(metaclass=PoolMeta):
    __name__ = 'tthcc.centre.readiness'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.criterion.selection.append(('area', "Area (m²)"))

    @classmethod
    def _criteria(cls):
        Conformity = Pool().get('tthcc.centre.conformity')
        yield from super()._criteria()

        conformity = Conformity.query_on(clock.today())
        yield 'area', conformity.select(
            conformity.centre,
            # Rounded down, of tenths
            cls.actual.sql_cast(Round(conformity.area - .45)).as_('actual'),
            cls.required.sql_cast(conformity.minimum).as_('required'),
            where=conformity.minimum != Null)
