# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Rights that follow the postings in force, with no job to grant them."""

from sql import Literal, Null
from sql.conditionals import Case

from trytond.cache import Cache
from trytond.modules.tthcc import clock
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    _postings_cache = Cache(__name__ + '.postings', context=False)

    @classmethod
    def get_postings(cls):
        """Return the ids of the centres where the user is posted today, in
        person or in the place of somebody absent, and of those where a
        posting of the user is over that is not settled yet, as two frozen
        sets."""
        user, today = Transaction().user, clock.today()
        postings = cls._postings_cache.get((user, today))
        if postings is not None:
            return postings
        # With SQL, since rights are asked for in the middle of reading them
        pool = Pool()
        secondment = pool.get('tthcc.secondment').__table__()
        substitute = pool.get('tthcc.substitute').__table__()
        link = pool.get('res.user-company.employee').__table__()
        own = link.select(link.employee, where=link.user == user)
        absent = substitute.select(
            substitute.employee,
            where=substitute.substitute.in_(own)
            & (substitute.start_date <= today)
            & (substitute.end_date >= today))
        mine = secondment.employee.in_(own)
        in_force = (
            secondment.state.in_(['active', 'recalled'])
            & (secondment.start_date <= today)
            & (secondment.end_date >= today))
        over = secondment.state.in_(['active', 'ended', 'recalled']) & (
            secondment.end_date < today) & (secondment.left_on == Null)
        cursor = Transaction().connection.cursor()
        cursor.execute(*secondment.select(
                secondment.centre,
                Case((in_force, Literal(True)), else_=Literal(False)),
                where=(mine | secondment.employee.in_(absent)) & in_force
                | mine & over))
        here, past = set(), set()
        for centre, current in cursor:
            (here if current else past).add(centre)
        return cls._postings_cache.set(
            (user, today), (frozenset(here), frozenset(past - here)))

    @classmethod
    def get_groups(cls):
        groups = super().get_groups()
        if '_groups' in Transaction().context or not cls.get_postings()[0]:
            return groups
        ModelData = Pool().get('ir.model.data')
        with without_check_access():
            posted = {
                ModelData.get_id('tthcc', name)
                for name in ['group_user', 'group_counter_officer']}
        return tuple(sorted(posted.union(groups)))

    @classmethod
    def get_workplace(cls):
        centres, departments = super().get_workplace()
        here, past = cls.get_postings()
        if here or past:
            centres = tuple(sorted(here.union(centres) - past))
        return centres, departments

    @classmethod
    def on_modification(cls, mode, users, field_names=None):
        super().on_modification(mode, users, field_names=field_names)
        if field_names is None or 'employees' in field_names:
            cls._postings_cache.clear()


class Substitute(metaclass=PoolMeta):
    __name__ = 'tthcc.substitute'

    @classmethod
    def on_modification(cls, mode, substitutes, field_names=None):
        User = Pool().get('res.user')
        super().on_modification(mode, substitutes, field_names=field_names)
        User._postings_cache.clear()


class Rule(metaclass=PoolMeta):
    __name__ = 'ir.rule'

    # Where the rule on a model asks for what is the user's own
    _own_models = {
        'tthcc.leave', 'tthcc.presence', 'tthcc.secondment',
        'tthcc.staffing.remark', 'tthcc.staffing.statement'}

    @classmethod
    def _get_context(cls, model_name):
        User = Pool().get('res.user')
        context = super()._get_context(model_name)
        if model_name in cls._own_models:
            context['employees'] = User.get_employees()
        return context

    @classmethod
    def _get_cache_key(cls, model_names):
        User = Pool().get('res.user')
        key = super()._get_cache_key(model_names)
        if not cls._own_models.isdisjoint(model_names):
            key = (*key, User.get_employees())
        return key
