# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import Pool, PoolMeta


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def _board_actions(cls):
        return super()._board_actions() + [
            ('tthcc.' + group, 'tthcc_dossier.' + action)
            for group, action in [
                ('group_counter_officer', 'act_dossier'),
                ('group_coordinator', 'act_dossier'),
                ('group_processor', 'act_dossier'),
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
