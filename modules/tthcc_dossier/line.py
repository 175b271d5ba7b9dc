# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import Index, ModelStorage, fields
from trytond.model.exceptions import AccessError


class Line(ModelStorage):
    """What belongs to a dossier and follows its rights.

    By hand it may be changed in a draft at most; else only buttons do."""
    __slots__ = ()
    _by_hand = True

    dossier = fields.Many2One(
        'tthcc.dossier', "Dossier", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('dossier')
        t = cls.__table__()
        # Lines are found by their dossier, not by their order or name
        cls._sql_indexes.clear()
        cls._sql_indexes.add(Index(t, (t.dossier, Index.Range())))

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if not external:
            return
        for line in lines:
            if not cls._by_hand or line.dossier.state != 'draft':
                raise AccessError(gettext(
                        'tthcc_dossier.msg_dossier_fixed',
                        dossier=line.dossier.rec_name))
