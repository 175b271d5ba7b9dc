# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.tthcc.workflow import one_at_a_time
from trytond.pool import Pool
from trytond.pyson import Eval, If

from .exceptions import AreaError, DatesError

KINDS = [
    ('reception', "Reception"),
    ('waiting', "Waiting Area"),
    ('counters', "Counters"),
    ('back_office', "Back Office"),
    ('archive', "Archive"),
    ('server', "Server Room"),
    ('other', "Other"),
    ]


class InForce(ModelSQL):
    "Gives records a first day and, once it is known, a last one"
    __slots__ = ()

    start_date = fields.Date(
        "Since", required=True,
        domain=[
            If(Eval('end_date', None) & Eval('start_date', None),
                ('start_date', '<=', Eval('end_date', None)),
                ()),
            ])
    end_date = fields.Date(
        "Until",
        domain=[
            If(Eval('end_date', None) & Eval('start_date', None),
                ('end_date', '>=', Eval('start_date', None)),
                ()),
            ],
        help="The last day; empty while it goes on.")

    @staticmethod
    def in_force(table, date):
        "Return the SQL condition that rows of the table hold on the date"
        return ((table.start_date <= date)
            & (Coalesce(table.end_date, date) >= date))

    def is_in_force(self, date):
        return (self.start_date <= date
            and (not self.end_date or self.end_date >= date))


class Site(InForce, ModelView):
    "Trụ sở, địa điểm của trung tâm"
    __name__ = 'tthcc.site'

    name = fields.Char("Name", required=True)
    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    address = fields.Text("Address")
    area = fields.Float(
        "Floor Area (m²)", digits=(16, 1), required=True,
        domain=[('area', '>', 0)],
        help="All there is for the centre; its rooms cannot have more.")
    shared_with = fields.Char(
        "Office That Shares",
        help="Whose rooms they are when the centre is a guest there, such as "
        "the office of the People's Committee. Empty for its own.")
    zones = fields.One2Many('tthcc.zone', 'site', "Rooms and Zones")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('centre.name', 'ASC'), ('name', 'ASC'), ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.centre, Index.Equality())))

    @classmethod
    def validate_fields(cls, sites, field_names):
        super().validate_fields(sites, field_names)
        if field_names is None or field_names & {
                'area', 'start_date', 'end_date', 'zones'}:
            cls.check_dates(sites)
            cls.check_areas(sites)

    @classmethod
    def check_dates(cls, sites):
        "Zones lie within the dates of their site"
        for site in sites:
            for zone in site.zones:
                if (zone.start_date < site.start_date
                        or site.end_date and (
                            zone.end_date or site.end_date) > site.end_date):
                    raise DatesError(gettext(
                            'tthcc_facility.msg_zone_dates',
                            zone=zone.name, site=site.name))

    @classmethod
    def check_areas(cls, sites):
        "Zones never exceed the area of their site"
        lang = Pool().get('ir.lang').get()
        one_at_a_time(sites)
        for site in sites:
            # The most is in use on the day when one begins
            for date in {z.start_date for z in site.zones}:
                area = round(sum(
                        z.area for z in site.zones if z.is_in_force(date)), 1)
                if area > site.area:
                    raise AreaError(gettext(
                            'tthcc_facility.msg_zone_area',
                            site=site.name,
                            date=lang.strftime(date),
                            zones=lang.format_number(area, digits=1),
                            area=lang.format_number(site.area, digits=1)))


class Zone(InForce, ModelView):
    "Phòng, khu vực"
    __name__ = 'tthcc.zone'

    site = fields.Many2One(
        'tthcc.site', "Site", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    centre = fields.Function(
        fields.Many2One('tthcc.centre', "Centre"),
        'on_change_with_centre', searcher='search_centre')
    name = fields.Char("Name", required=True)
    kind = fields.Selection(KINDS, "Kind", required=True, sort=False)
    area = fields.Float(
        "Area (m²)", digits=(16, 1), required=True,
        domain=[('area', '>', 0)])

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('site')
        cls._order = [('site', 'ASC'), ('name', 'ASC'), ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.site, Index.Equality())))

    @fields.depends('site', '_parent_site.centre')
    def on_change_with_centre(self, name=None):
        return self.site.centre if self.site else None

    @classmethod
    def search_centre(cls, name, clause):
        return [('site.' + clause[0], *clause[1:])]

    @classmethod
    def validate_fields(cls, zones, field_names):
        Site = Pool().get('tthcc.site')
        super().validate_fields(zones, field_names)
        if field_names is None or field_names & {
                'area', 'site', 'start_date', 'end_date'}:
            sites = Site.browse({z.site.id for z in zones})
            Site.check_dates(sites)
            Site.check_areas(sites)
