# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql import Literal

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from .exceptions import UserGroupError


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    _get_workplace_cache = Cache(__name__ + '.get_workplace', context=False)

    @classmethod
    def check_modification(cls, mode, users, values=None, external=False):
        """
        Keep those who manage the users of the suite from raising anybody,
        themselves too, to an administrator of Tryton.
        """
        pool = Pool()
        Group = pool.get('res.group')
        ModelData = pool.get('ir.model.data')
        super().check_modification(
            mode, users, values=values, external=external)
        if (not external
                or ModelData.get_id('res', 'group_admin')
                in cls.get_groups()):
            return
        own = set(Group.search([
                    ('parent', 'child_of',
                        [ModelData.get_id('tthcc', 'group_user')]),
                    ]))
        given = set()
        for action, *arguments in (values or {}).get('groups') or []:
            if action == 'add':
                given.update(Group.browse(arguments[0]))
            elif action != 'remove':
                given.add(None)
        for user in users:
            foreign = (set(user.groups) | given) - own
            if foreign:
                raise UserGroupError(gettext(
                        'tthcc.msg_user_group', user=user.rec_name,
                        groups=', '.join(sorted(
                                g.rec_name for g in foreign if g))))

    @classmethod
    def get_workplace(cls):
        """
        Return the ids of the centres and of the departments where the user
        works, as two ordered tuples.

        Whoever has neither, like a supervisor, works for all the centres of
        their committees.
        """
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        Employee = pool.get('company.employee')

        companies = tuple(cls.get_companies())
        employees = tuple(cls.get_employees())
        key = (companies, employees)
        workplace = cls._get_workplace_cache.get(key)
        if workplace is not None:
            return workplace

        # Read with SQL because rules are evaluated in the middle of writes,
        # when records must not come into the cache
        cursor = Transaction().connection.cursor()
        employee = Employee.__table__()
        cursor.execute(*employee.select(
                employee.centre, employee.department,
                where=fields.SQL_OPERATORS['in'](employee.id, employees)))
        rows = cursor.fetchall()
        centres = {c for c, _ in rows if c is not None}
        departments = {d for _, d in rows if d is not None}
        if not centres and not departments:
            centre = Centre.__table__()
            cursor.execute(*centre.select(
                    centre.id,
                    where=fields.SQL_OPERATORS['in'](
                        centre.company, companies)))
            centres = {c for c, in cursor}
        return cls._get_workplace_cache.set(
            key, (tuple(sorted(centres)), tuple(sorted(departments))))

    @classmethod
    def own_centre(cls):
        "Return the id of the centre of who works at one only, else None"
        centres, _ = cls.get_workplace()
        if len(centres) == 1:
            return centres[0]

    @classmethod
    def acting_employee(cls):
        "Return the id of the employee as whom the user acts, None if unclear"
        transaction = Transaction()
        employee = transaction.context.get('employee')
        employees = cls.get_employees()
        if transaction.user and employee not in employees:
            employee = employees[0] if len(employees) == 1 else None
        return employee

    @classmethod
    @without_check_access
    def acting_name(cls):
        """Return the name of the person who acts, to be kept as it is:
        records of the person may be of another committee"""
        Employee = Pool().get('company.employee')
        if employee := cls.acting_employee():
            return Employee(employee).party.name
        return cls(Transaction().user).name

    @classmethod
    def leading(cls, company):
        "Return the ids of the active users who lead the committee"
        ModelData = Pool().get('ir.model.data')
        return [u.id for u in cls.search([
                    ('groups', '=', ModelData.get_id(
                            'tthcc', 'group_leader')),
                    ('companies', '=', company.id),
                    ])]

    @classmethod
    def of_employees(cls, employees):
        "Return the ids of the active users who are the employees, by ids"
        pool = Pool()
        user = cls.__table__()
        user_employee = pool.get('res.user-company.employee').__table__()
        cursor = Transaction().connection.cursor()
        if not employees:
            return []
        cursor.execute(*user_employee
            .join(user, condition=user_employee.user == user.id)
            .select(
                user.id, distinct=True,
                where=user_employee.employee.in_(employees)
                & (user.active == Literal(True))))
        return [id for id, in cursor]

    @classmethod
    def _board_actions(cls):
        """
        Return the group and the action, as XML ids, of each board that opens
        at login.
        """
        return [
            ('tthcc.group_facility_manager', 'tthcc.act_centre_readiness'),
            ('tthcc.group_budget_planner', 'tthcc.act_centre_readiness'),
            ]

    @classmethod
    def _get_preferences(cls, user, context_only=False):
        pool = Pool()
        Action = pool.get('ir.action')
        ModelData = pool.get('ir.model.data')
        preferences = super()._get_preferences(
            user, context_only=context_only)
        if not context_only:
            groups = cls.get_groups()
            for group, action in reversed(cls._board_actions()):
                if ModelData.get_id(group) not in groups:
                    continue
                action_id = Action.get_action_id(ModelData.get_id(action))
                if action_id not in preferences['actions']:
                    preferences['actions'].insert(0, action_id)
        return preferences


class Rule(metaclass=PoolMeta):
    __name__ = 'ir.rule'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.domain.help += (
            '\n- "centres" and "departments" as lists of ids of where '
            "the current user works")

    @classmethod
    def _get_context(cls, model_name):
        pool = Pool()
        User = pool.get('res.user')
        context = super()._get_context(model_name)
        context['centres'], context['departments'] = User.get_workplace()
        return context

    @classmethod
    def get(cls, model_name, mode='read'):
        # A list of one would keep PostgreSQL from the order of an index: to
        # find the newest of a centre it would read them all
        return tuple(
            {group: _one(domain) for group, domain in clauses.items()}
            for clauses in super().get(model_name, mode=mode))

    @classmethod
    def _get_cache_key(cls, model_names):
        pool = Pool()
        User = pool.get('res.user')
        key = super()._get_cache_key(model_names)
        return (*key, User.get_workplace())


def _one(domain):
    "Return the domain with what is in a list of one id equal to it"
    if not isinstance(domain, (list, tuple)):
        return domain
    match domain:
        case [str(name), 'in', [id_], *rest] if type(id_) is int:
            return (name, '=', id_, *rest)
    return [_one(part) for part in domain]
