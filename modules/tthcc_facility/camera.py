# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from concurrent.futures import ThreadPoolExecutor

from sql import Null
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import DeactivableMixin, Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import without_check_access

from . import stream
from .equipment import WORKING
from .exceptions import CameraAddressError

_AT_ONCE = 16
_MASK = '••••••••'


class Camera(DeactivableMixin, ModelSQL, ModelView):
    "Camera giám sát"
    __name__ = 'tthcc.camera'

    name = fields.Char("Name", required=True)
    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states={'readonly': Eval('id', -1) >= 0})
    equipment = fields.Many2One(
        'tthcc.equipment', "Equipment", ondelete='RESTRICT',
        domain=[
            ('centre', '=', Eval('centre', -1)),
            ('type.code', '=', 'camera'),
            ])
    counters = fields.Many2Many(
        'tthcc.camera-tthcc.counter', 'camera', 'counter', "Counters Seen",
        domain=[('centre', '=', Eval('centre', -1))])
    zones = fields.Many2Many(
        'tthcc.camera-tthcc.zone', 'camera', 'zone', "Rooms Seen",
        domain=[('centre', '=', Eval('centre', -1))])
    address = fields.Char(
        "Stream Address",
        help="Such as rtsp://10.0.0.5/live, without login and password.")
    login = fields.Char("Login")
    password = fields.Function(
        fields.Char("Password"), 'get_password', setter='set_password')
    secret = fields.Char("Secret", readonly=True)
    last_check = fields.DateTime("Last Check", readonly=True)
    last_result = fields.Selection([
            (None, ""),
            ('works', "Works"),
            ('silent', "Does Not Answer"),
            ('password', "Refuses the Password"),
            ('error', "Answers with an Error"),
            ], "Result", readonly=True, sort=False)
    outages = fields.One2Many(
        'tthcc.camera.outage', 'camera', "Outages", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('name', 'ASC'))
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.centre, Index.Equality())))
        cls._buttons['check'] = {
            'invisible': ~Eval('address'),
            'depends': ['address'],
            }

    @classmethod
    def default_centre(cls):
        return Pool().get('tthcc.equipment').default_centre()

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('last_result', 'works').in_(['works', None]),
                    '', 'danger')),
            ]

    @classmethod
    def get_password(cls, cameras, name):
        with without_check_access():
            return {
                c.id: _MASK if c.secret else None
                for c in cls.browse(cameras)}

    @classmethod
    @without_check_access
    def set_password(cls, cameras, name, value):
        if value != _MASK:
            cls.write(cls.browse(cameras), {'secret': value or None})

    @classmethod
    def validate_fields(cls, cameras, field_names):
        super().validate_fields(cameras, field_names)
        if field_names is None or 'address' in field_names:
            for camera in cameras:
                if camera.address and not stream.is_address(camera.address):
                    raise CameraAddressError(gettext(
                            'tthcc_facility.msg_camera_address',
                            camera=camera.name))

    @classmethod
    def copy(cls, cameras, default=None):
        default = default.copy() if default else {}
        for name in ['outages', 'last_check', 'last_result', 'secret']:
            default.setdefault(name)
        return super().copy(cameras, default=default)

    @classmethod
    def check_all(cls):
        "Ask every camera whether it answers; for cron"
        cls.check(cls.search([('address', '!=', None)]))

    @classmethod
    @ModelView.button
    def check(cls, cameras):
        """Ask the cameras whether they answer, several at once and each for
        a few seconds at most, and keep what they said."""
        cameras = cls.browse(cameras)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            results = list(pool.map(stream.check, *zip(*(
                            (c.address, c.login or '', c.secret or '')
                            for c in cameras)))) if cameras else []
        for camera, result in zip(cameras, results):
            camera._settle(result)
        cls.save(cameras)

    def _settle(self, result):
        Outage = Pool().get('tthcc.camera.outage')
        self.last_check = clock.now()
        self.last_result = result
        open_ = [o for o in self.outages if not o.end]
        if result != 'works' and not open_:
            Outage.create([{'camera': self.id, 'start': self.last_check}])
        elif result == 'works' and open_:
            Outage.write(open_, {'end': self.last_check})


class CameraCounter(ModelSQL):
    "Camera - Quầy"
    __name__ = 'tthcc.camera-tthcc.counter'

    camera = fields.Many2One(
        'tthcc.camera', "Camera", required=True, ondelete='CASCADE')
    counter = fields.Many2One(
        'tthcc.counter', "Counter", required=True, ondelete='CASCADE')


class CameraZone(ModelSQL):
    "Camera - Khu vực"
    __name__ = 'tthcc.camera-tthcc.zone'

    camera = fields.Many2One(
        'tthcc.camera', "Camera", required=True, ondelete='CASCADE')
    zone = fields.Many2One(
        'tthcc.zone', "Room", required=True, ondelete='CASCADE')


class CameraOutage(ModelSQL, ModelView):
    "Thời gian camera ngừng hoạt động"
    __name__ = 'tthcc.camera.outage'

    camera = fields.Many2One(
        'tthcc.camera', "Camera", required=True, ondelete='CASCADE')
    start = fields.DateTime("Start", required=True)
    end = fields.DateTime("End")
    length = fields.Function(
        fields.TimeDelta("Length", help="Until now where it goes on."),
        'get_length')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('camera')
        cls._order = [('start', 'DESC'), ('id', 'DESC')]

    @classmethod
    def check_modification(cls, mode, outages, values=None, external=False):
        super().check_modification(
            mode, outages, values=values, external=external)
        if external:
            raise AccessError(gettext(
                    'tthcc_facility.msg_camera_outage_fixed'))

    def get_length(self, name):
        return (self.end or clock.now()) - self.start


class Counter(metaclass=PoolMeta):
    __name__ = 'tthcc.counter'

    watched = fields.Function(
        fields.Boolean(
            "Watched", help="A camera that works sees the counter."),
        'get_watched', searcher='search_watched')

    @classmethod
    def _watched(cls):
        "Return the query of the ids of counters that a camera sees"
        pool = Pool()
        camera = pool.get('tthcc.camera').__table__()
        seen = pool.get('tthcc.camera-tthcc.counter').__table__()
        item = pool.get('tthcc.equipment').__table__()
        return (seen
            .join(camera, condition=seen.camera == camera.id)
            .join(item, 'LEFT', condition=camera.equipment == item.id)
            .select(
                seen.counter,
                where=camera.active
                & (Coalesce(camera.last_result, 'works') == 'works')
                & ((item.id == Null) | item.condition.in_(WORKING))))

    @classmethod
    def get_watched(cls, counters, name):
        watched = {c.id for c in cls.search([
                    ('id', 'in', [c.id for c in counters]),
                    ('watched', '=', True)], order=[])}
        return {c.id: c.id in watched for c in counters}

    @classmethod
    def search_watched(cls, name, clause):
        _, operator, value = clause
        wanted = bool(value) == (operator in {'=', 'in'})
        return [('id', 'in' if wanted else 'not in', cls._watched())]


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('tthcc.camera|check_all', "Check Cameras"))
