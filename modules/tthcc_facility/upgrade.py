# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Workflow, fields
from trytond.model.exceptions import AccessError
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .exceptions import DatesError, OwnRequestError, UpgradeError

OPEN = ['planned', 'funded', 'under_way']
_planned = {'readonly': Eval('state') != 'planned'}


class Upgrade(Workflow, ModelSQL, ModelView):
    "Kế hoạch sửa chữa, mở rộng, xây dựng trụ sở"
    __name__ = 'tthcc.upgrade'

    name = fields.Char("Name", required=True, states=_planned)
    centre = fields.Many2One(
        'tthcc.centre', "Centre", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    site = fields.Many2One(
        'tthcc.site', "Site", ondelete='RESTRICT', states=_planned,
        domain=[('centre', '=', Eval('centre', -1))],
        help="Empty when a new one is built.")
    kind = fields.Selection([
            ('repair', "Repair"),
            ('extend', "Extend"),
            ('build', "Build"),
            ], "Kind", required=True, sort=False, states=_planned)
    scope = fields.Text("Scope", required=True, states=_planned)
    area_gained = fields.Float(
        "Area Gained (m²)", digits=(16, 1), required=True, states=_planned,
        domain=[('area_gained', '>=', 0)])
    cost = fields.Numeric(
        "Cost", digits=(16, 0), required=True, states=_planned,
        domain=[('cost', '>', 0)], help="Estimated, in đồng.")
    funding_source = fields.Many2One(
        'tthcc.funding_source', "Funding Source", ondelete='RESTRICT',
        states=_planned)
    milestones = fields.One2Many(
        'tthcc.upgrade.milestone', 'upgrade', "Milestones",
        states={
            'readonly': Eval('state') == 'done',
            })
    next_date = fields.Function(
        fields.Date("Next Milestone"), 'get_next_milestone')
    late = fields.Function(
        fields.Boolean("Late"), 'get_next_milestone', searcher='search_late')
    state = fields.Selection([
            ('planned', "Planned"),
            ('funded', "Funded"),
            ('under_way', "Under Way"),
            ('done', "Done"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('centre.name', 'ASC'), ('name', 'ASC'), ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.centre, Index.Equality())),
                Index(table, (table.site, Index.Equality())),
                Index(table,
                    (table.state, Index.Equality(cardinality='low')),
                    where=table.state.in_(OPEN)),
                })
        cls._transitions |= {
            ('planned', 'funded'),
            ('funded', 'under_way'),
            ('under_way', 'done'),
            }
        for button, source in [
                ('fund', 'planned'),
                ('start', 'funded'),
                ('finish', 'under_way')]:
            cls._buttons[button] = {
                'invisible': Eval('state') != source,
                'depends': ['state'],
                }

    @classmethod
    def default_centre(cls):
        return Pool().get('res.user').own_centre()

    @classmethod
    def default_state(cls):
        return 'planned'

    @classmethod
    def default_area_gained(cls):
        return 0

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'done', 'muted',
                    If(Eval('late'), 'danger', ''))),
            ]

    @classmethod
    def get_next_milestone(cls, upgrades, names):
        today = clock.today()
        dates = {
            u.id: min((
                    m.planned_date for m in u.milestones
                    if not m.done_date), default=None)
            for u in upgrades}
        values = {
            'next_date': dates,
            'late': {
                id: date is not None and date < today
                for id, date in dates.items()}}
        return {name: values[name] for name in names}

    @classmethod
    def search_late(cls, name, clause):
        _, operator, value = clause
        late = [
            ('milestones', 'where', [
                    ('done_date', '=', None),
                    ('planned_date', '<', clock.today()),
                    ])]
        if (operator == '=') == bool(value):
            return late
        return [('id', 'not in', cls.search(late, order=[], query=True))]

    @classmethod
    def check_modification(
            cls, mode, upgrades, values=None, external=False):
        super().check_modification(
            mode, upgrades, values=values, external=external)
        if not external:
            return
        for upgrade in upgrades:
            if 'state' in (values or {}) and mode == 'write' or (
                    upgrade.state != 'planned'
                    and (mode != 'write' or upgrade.state == 'done'
                        or values.keys() - {'milestones'})):
                raise AccessError(gettext(
                        'tthcc_facility.msg_upgrade_fixed',
                        upgrade=upgrade.rec_name,
                        state=upgrade.state_string))

    @classmethod
    def copy(cls, upgrades, default=None):
        default = default.copy() if default else {}
        default.setdefault('state', 'planned')
        default.setdefault('milestones.done_date', None)
        return super().copy(upgrades, default=default)

    @property
    def evidence(self):
        "The figures of the plan as a request quotes them"
        Lang = Pool().get('ir.lang')
        return gettext(
            'tthcc_facility.msg_upgrade_evidence', scope=self.scope,
            area=Lang.get().format_number(self.area_gained, digits=1))

    @classmethod
    def approved(cls, upgrades):
        "There is money for what is still planned: a budget was approved"
        cls.write(
            [u for u in upgrades if u.state == 'planned'],
            {'state': 'funded'})

    @classmethod
    @ModelView.button
    @Workflow.transition('funded')
    def fund(cls, upgrades):
        "Somebody else than who planned it says that there is the money"
        for upgrade in upgrades:
            if upgrade.create_uid.id == Transaction().user:
                raise OwnRequestError(gettext(
                        'tthcc_facility.msg_own_request',
                        request=upgrade.rec_name))

    @classmethod
    @ModelView.button
    @Workflow.transition('under_way')
    def start(cls, upgrades):
        pass

    @classmethod
    @ModelView.button
    @Workflow.transition('done')
    def finish(cls, upgrades):
        for upgrade in upgrades:
            if waiting := [
                    m.name for m in upgrade.milestones if not m.done_date]:
                raise UpgradeError(gettext(
                        'tthcc_facility.msg_upgrade_milestones',
                        upgrade=upgrade.rec_name,
                        milestones=", ".join(waiting)))


class Milestone(ModelSQL, ModelView):
    "Mốc tiến độ"
    __name__ = 'tthcc.upgrade.milestone'

    upgrade = fields.Many2One(
        'tthcc.upgrade', "Plan", required=True, ondelete='CASCADE')
    name = fields.Char("Name", required=True)
    planned_date = fields.Date("Planned", required=True)
    done_date = fields.Date("Done")
    late = fields.Function(
        fields.Integer(
            "Days Late",
            help="Until it was done, or until today."),
        'get_late')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('upgrade')
        cls._order = [
            ('planned_date', 'ASC'), ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.upgrade, Index.Equality())),
                Index(table, (table.planned_date, Index.Range()),
                    where=table.done_date == Null),
                })

    @classmethod
    def get_late(cls, milestones, name):
        today = clock.today()
        return {
            m.id: max(((m.done_date or today) - m.planned_date).days, 0)
            for m in milestones}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('done_date', None), 'muted',
                    If(Eval('late', 0) > 0, 'danger', ''))),
            ]

    @classmethod
    def validate_fields(cls, milestones, field_names):
        super().validate_fields(milestones, field_names)
        for milestone in milestones:
            if milestone.done_date and milestone.done_date > clock.today():
                raise DatesError(gettext(
                        'tthcc_facility.msg_milestone_future',
                        milestone=milestone.name))

    @classmethod
    def check_modification(
            cls, mode, milestones, values=None, external=False):
        super().check_modification(
            mode, milestones, values=values, external=external)
        if not external:
            return
        for milestone in milestones:
            if milestone.upgrade.state == 'done':
                raise AccessError(gettext(
                        'tthcc_facility.msg_upgrade_fixed',
                        upgrade=milestone.upgrade.rec_name,
                        state=milestone.upgrade.state_string))
