# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import PoolMeta


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def _board_actions(cls):
        return super()._board_actions() + [
            ('tthcc.group_catalogue_editor', 'tthcc_procedure.act_procedure'),
            ]
