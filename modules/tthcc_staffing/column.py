# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.pyson import Eval


class CentreColumnMixin:
    "Shows the centre in lists only to those who look at several committees"
    __slots__ = ()

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="centre"]', 'tree_invisible',
                Eval('company_filter', 'one') == 'one'),
            ]
