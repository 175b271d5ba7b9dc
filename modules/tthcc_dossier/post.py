# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""In which legs a user may act: as who they are, and for those absent."""
from typing import NamedTuple

from sql import Literal, Null

from trytond.model import fields

# The groups that may act in a leg of each role
ROLE_GROUPS = {
    'officer': ['group_counter_officer', 'group_director'],
    'processor': ['group_processor', 'group_coordinator', 'group_leader'],
    'leader': ['group_leader', 'group_director'],
    }


def roles_of(groups):
    "The roles of legs in which members of the groups, XML names, may act"
    return tuple(
        role for role, names in ROLE_GROUPS.items()
        if not groups.isdisjoint(names))


class Post(NamedTuple):
    """What one person has to do, as ids: the user in person, or somebody
    absent for whom the user stands in"""
    employees: tuple
    centres: tuple
    departments: tuple
    companies: tuple
    roles: tuple
    leads: bool

    def legs_here(self, dossier):
        """Return the condition that the leg under way of rows of the table
        dossier is done at the place of the post, whosever it is"""
        here = _among(dossier.department, self.departments) | (
            (dossier.department == Null)
            & _among(dossier.centre, self.centres))
        if self.leads and not self.departments:
            # A leader of the committee signs for all its departments
            here |= ((dossier.role == Literal('leader'))
                & _among(dossier.resolver, self.companies))
        return here

    def legs_mine(self, dossier):
        "Return the condition that the leg under way is the post's"
        return _among(dossier.employee, self.employees) | (
            (dossier.employee == Null)
            & _among(dossier.role, self.roles)
            & self.legs_here(dossier))

    def is_at(self, leg):
        "Whether the leg is done at the place of the post"
        if leg.done_by:
            # Leaders act in every department of their committee
            return leg.done_by.id in self.departments or (
                self.leads and leg.done_by.company.id in self.companies)
        return leg.done_at.id in self.centres

    def may_end(self, leg):
        return leg.role in self.roles and self.is_at(leg)


def _among(column, ids):
    if not ids:
        return Literal(False)
    return fields.SQL_OPERATORS['in'](column, list(ids))
