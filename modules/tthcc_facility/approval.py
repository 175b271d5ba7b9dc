# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool

from .exceptions import ApprovalError

ROLES = [
    ('facility_manager', "Facility Manager"),
    ('director', "Centre Director"),
    ('leader', "People's Committee"),
    ]
"Who approves a replacement, from the lowest to the highest; groups of tthcc"


class ApprovalThreshold(ModelSQL, ModelView):
    "Hạn mức phê duyệt"
    __name__ = 'tthcc.approval.threshold'

    role = fields.Selection(ROLES, "Approved By", required=True, sort=False)
    role_string = role.translated('role')
    start_date = fields.Date("In Force Since", required=True)
    amount = fields.Numeric(
        "From an Amount Of", digits=(16, 0), required=True,
        domain=[('amount', '>=', 0)],
        help="In đồng. Requests of this amount and more need this approval.")
    legal_basis = fields.Char("Legal Basis", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('role_start_unique', Unique(t, t.role, t.start_date),
                'tthcc_facility.msg_threshold_unique'),
            ]
        cls._order = [
            ('start_date', 'DESC'), ('amount', 'ASC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return self.role_string

    @classmethod
    def approvers(cls, amount, date, groups=()):
        """
        Return the roles that must approve the amount in đồng on the date.

        groups: the roles of whoever asks. A role of theirs has agreed by
        asking; where no other is left, the next higher one approves, since
        nobody approves their own request. Raise ApprovalError where no
        threshold is in force.
        """
        in_force = {}
        for row in cls.search(
                [('start_date', '<=', date)],
                order=[('start_date', 'ASC')]):
            in_force[row.role] = row.amount
        roles = [r for r, _ in ROLES]
        needed = [r for r in roles if in_force.get(r, amount + 1) <= amount]
        if not needed:
            raise ApprovalError(gettext(
                    'tthcc_facility.msg_threshold_missing',
                    date=Pool().get('ir.lang').get().strftime(date)))
        left = [r for r in needed if r not in groups]
        if not left:
            higher = roles[roles.index(needed[-1]) + 1:]
            left = [r for r in higher if r not in groups][:1] or needed[-1:]
        return left
