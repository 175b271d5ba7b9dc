# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import (
    Check, Index, ModelSQL, ModelStorage, ModelView, Unique, fields,
    sequence_ordered)
from trytond.modules.tthcc.kept import KeptMixin

from . import tariff
from .exceptions import RevisionPublishedError


class _Part(ModelStorage):
    """What belongs to a case or a part of it, and is fixed once its revision
    is published"""
    __slots__ = ()
    _whole = None

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add(cls._whole)
        table = cls.__table__()
        cls._sql_indexes.add(
            Index(table, (getattr(table, cls._whole), Index.Equality())))

    @property
    def revision(self):
        return getattr(self, self._whole).revision

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        for record in records:
            if record.revision.state == 'published':
                raise RevisionPublishedError(gettext(
                        'tthcc_procedure.msg_revision_published',
                        revision=record.revision.rec_name))


class Fee(KeptMixin, sequence_ordered(), _Part, ModelSQL, ModelView):
    "Mức phí, lệ phí"
    __name__ = 'tthcc.procedure.fee'
    _whole = 'case'

    case = fields.Many2One(
        'tthcc.procedure.case', "Case", required=True, ondelete='CASCADE')
    name = fields.Char("Name", required=True)
    kind = fields.Selection([
            ('fee', "Fee"),
            ('charge', "Charge"),
            ], "Kind", required=True, sort=False,
        help="A fee (phí) pays for a service, a charge (lệ phí) goes with an "
        "act of the state.")
    unit = fields.Char(
        "Unit", required=True,
        help="What is counted, such as a page.")
    item = fields.Char(
        "Item",
        help="What the units make up and the maximum holds for, such as a "
        "copy of several pages. Empty where each unit stands alone.")
    steps = fields.One2Many(
        'tthcc.procedure.fee.step', 'fee', "Steps",
        help="The price of a unit, and the unit from which it changes.")
    maximum = fields.Numeric(
        "At Most", digits=(16, 0),
        domain=['OR', ('maximum', '=', None), ('maximum', '>', 0)],
        help="In đồng an item; empty without limit.")
    legal_basis = fields.Char("Legal Basis")
    exemptions = fields.One2Many(
        'tthcc.procedure.fee.exemption', 'fee', "Exemptions")

    @classmethod
    def default_kind(cls):
        return 'fee'

    def amount(self, quantity, items=1):
        "Return the amount in đồng of items of quantity units each"
        return tariff.amount(
            [(s.first, s.price) for s in self.steps], quantity, items,
            self.maximum)

    @property
    def complete(self):
        "Whether there is a price for every unit"
        return any(s.first == 1 for s in self.steps)


class Step(KeptMixin, _Part, ModelSQL, ModelView):
    "Bậc của mức phí, lệ phí"
    __name__ = 'tthcc.procedure.fee.step'
    _whole = 'fee'

    fee = fields.Many2One(
        'tthcc.procedure.fee', "Fee", required=True, ondelete='CASCADE')
    first = fields.Integer(
        "From Unit", required=True,
        help="The first unit for which the price holds.")
    price = fields.Numeric(
        "Price of a Unit", digits=(16, 0), required=True,
        domain=[('price', '>=', 0)], help="In đồng.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('first', 'ASC'), ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_constraints += [
            ('first_positive', Check(table, table.first > 0),
                'tthcc_procedure.msg_fee_step_first'),
            ('first_unique', Unique(table, table.fee, table.first),
                'tthcc_procedure.msg_fee_step_first'),
            ]

    @classmethod
    def default_first(cls):
        return 1


class Exemption(KeptMixin, sequence_ordered(), _Part, ModelSQL, ModelView):
    "Trường hợp miễn, giảm phí, lệ phí"
    __name__ = 'tthcc.procedure.fee.exemption'
    _whole = 'fee'

    fee = fields.Many2One(
        'tthcc.procedure.fee', "Fee", required=True, ondelete='CASCADE')
    name = fields.Char("Who or What", required=True)
    reduction = fields.Integer(
        "Reduction", required=True,
        domain=[('reduction', '>', 0), ('reduction', '<=', 100)],
        help="In per cent; 100 pays nothing.")

    @classmethod
    def default_reduction(cls):
        return 100
