# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import DeactivableMixin, ModelSQL, ModelView, Unique, fields


class FundingSource(DeactivableMixin, ModelSQL, ModelView):
    "Nguồn kinh phí"
    __name__ = 'tthcc.funding_source'

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char("Code", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.code),
                'tthcc_facility.msg_funding_source_code_unique'),
            ]
        cls._order.insert(0, ('code', 'ASC'))
