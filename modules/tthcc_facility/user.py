# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def _board_actions(cls):
        # In place of the readiness, which has no more to say
        boards = {
            'tthcc.group_facility_manager':
                'tthcc_facility.act_facility_board',
            'tthcc.group_budget_planner': 'tthcc_facility.act_board_planner',
            }
        return list((dict(super()._board_actions()) | boards).items())

    @classmethod
    @without_check_access
    def in_charge_at(cls, centre, role):
        """Return the ids of the active users who have the role, the end of
        the name of a group of tthcc, at the centre, else in its committee"""
        ModelData = Pool().get('ir.model.data')
        users = cls.search([
                ('groups', '=', ModelData.get_id('tthcc', f'group_{role}')),
                ('companies', '=', centre.company.id),
                ])
        at_centre = [
            u for u in users if any(e.centre == centre for e in u.employees)]
        return [u.id for u in at_centre or users]
