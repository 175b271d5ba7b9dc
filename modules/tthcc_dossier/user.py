# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import PoolMeta


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
