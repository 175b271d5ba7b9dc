# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.cache import Cache
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .post import ROLE_GROUPS, Post, roles_of


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    _absent_cache = Cache(__name__ + '.absent', context=False)

    @classmethod
    def _board_actions(cls):
        return super()._board_actions() + [
            ('tthcc.' + group, 'tthcc_dossier.' + action)
            for group, action in [
                ('group_counter_officer', 'act_dossier_centre'),
                ('group_coordinator', 'act_dossier_department'),
                ('group_processor', 'act_dossier_department'),
                ('group_leader', 'act_board'),
                ('group_director', 'act_board'),
                ('group_supervisor', 'act_board'),
                ('group_administrator', 'act_board'),
                ]]

    @classmethod
    def _get_preferences(cls, user, context_only=False):
        preferences = super()._get_preferences(
            user, context_only=context_only)
        # Working time in hours and minutes: a day of it is no 24 hours
        preferences['working_hours'] = {'s': 1, 'm': 60, 'h': 60 * 60}
        return preferences

    @classmethod
    def get_posts(cls):
        """Return the post.Post of the user, and after it those of whom the
        user stands in for today"""
        own = cls._role_groups(cls.get_groups())
        centres, departments = cls.get_workplace()
        employees = tuple(cls.get_employees())
        return [
            Post(
                employees, centres, departments, tuple(cls.get_companies()),
                roles_of(own), 'group_leader' in own),
            *cls._get_absent(employees)]

    @classmethod
    def _get_absent(cls, employees):
        today = clock.today()
        key = (employees, today)
        posts = cls._absent_cache.get(key)
        if posts is not None:
            return posts
        # With SQL: whoever stands in need not see the users of others
        pool = Pool()
        substitute = pool.get('tthcc.substitute').__table__()
        employee = pool.get('company.employee').__table__()
        user_employee = pool.get('res.user-company.employee').__table__()
        user_group = pool.get('res.user-res.group').__table__()
        cursor = Transaction().connection.cursor()
        absent = {}
        if employees:
            cursor.execute(*substitute
                .join(employee,
                    condition=substitute.employee == employee.id)
                .join(user_employee, 'LEFT',
                    condition=user_employee.employee == employee.id)
                .join(user_group, 'LEFT',
                    condition=user_group.user == user_employee.user)
                .select(
                    employee.id, employee.centre, employee.department,
                    employee.company, user_group.group,
                    where=substitute.substitute.in_(employees)
                    & (substitute.start_date <= today)
                    & (substitute.end_date >= today)))
            for id, centre, department, company, group in cursor:
                absent.setdefault(
                    (id, centre, department, company), set()).add(group)
        posts = []
        for (id, centre, department, company), ids in absent.items():
            groups = cls._role_groups(ids)
            posts.append(Post(
                    (id,), (centre,) if centre else (),
                    (department,) if department else (), (company,),
                    roles_of(groups), 'group_leader' in groups))
        return cls._absent_cache.set(key, posts)

    @staticmethod
    def _role_groups(ids):
        "The names of the groups with the ids that may act in legs"
        ModelData = Pool().get('ir.model.data')
        return {
            name for names in ROLE_GROUPS.values() for name in names
            if ModelData.get_id('tthcc', name) in ids}

    @classmethod
    def on_modification(cls, mode, users, field_names=None):
        super().on_modification(mode, users, field_names=field_names)
        if field_names is None or field_names & {'groups', 'employees'}:
            cls._absent_cache.clear()

    @classmethod
    def get_handling_centres(cls):
        """Return the ids of the centres whose applicants the user handles:
        those where they work, unless they only watch, as supervisors do."""
        ModelData = Pool().get('ir.model.data')
        handling = {
            ModelData.get_id('tthcc', name) for name in [
                'group_counter_officer', 'group_director', 'group_leader']}
        if handling.isdisjoint(cls.get_groups()):
            return ()
        centres, _ = cls.get_workplace()
        return centres


class Rule(metaclass=PoolMeta):
    __name__ = 'ir.rule'

    @classmethod
    def _get_context(cls, model_name):
        User = Pool().get('res.user')
        context = super()._get_context(model_name)
        context['handling_centres'] = User.get_handling_centres()
        return context
