# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The logins of the demo, from the file that a start of the demo prints."""

import pathlib
import re
from dataclasses import dataclass

FILE = pathlib.Path(__file__).with_name('logins.txt')
PASSWORD = 'tthcc-demo'
_GROUPS = {
    "counter officer": 'group_counter_officer',
    "department coordinator": 'group_coordinator',
    "department processor": 'group_processor',
    "leader": 'group_leader',
    "centre director": 'group_director',
    "supervisor": 'group_supervisor',
    "facility manager": 'group_facility_manager',
    "budget planner": 'group_budget_planner',
    "catalogue editor": 'group_catalogue_editor',
    "province administrator": 'group_administrator',
    }


@dataclass(frozen=True)
class Login:
    name: str
    role: str
    person: str
    where: str

    @property
    def place(self):
        "The key of the place, empty for the province"
        return self.name.partition('.')[2]

    @property
    def group(self):
        "The XML id in tthcc of the group of the role"
        return _GROUPS[self.role]


def read_logins():
    "Return the logins the file names, one of each role in some places"
    lines = FILE.read_text(encoding='utf-8').splitlines()
    rows = [re.split(r'\s{2,}', line.strip()) for line in lines]
    heading = next(i for i, row in enumerate(rows) if row[0] == "Login")
    return [Login(*row) for row in rows[heading + 1:] if len(row) == 4]
