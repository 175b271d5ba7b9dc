# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.pyson import Eval

from .exceptions import HandoverLineError


class HandoverLine(ModelSQL, ModelView):
    "A dossier in a round"
    __name__ = 'tthcc.handover.line'

    handover = fields.Many2One(
        'tthcc.handover', "Round", required=True, ondelete='CASCADE')
    dossier = fields.Many2One(
        'tthcc.dossier', "Dossier", required=True, ondelete='RESTRICT')
    # What is one too many may be of a dossier that the taker may not see
    code = fields.Function(
        fields.Char("Code"), 'get_dossier', searcher='search_code')
    applicant_name = fields.Function(
        fields.Char("Applicant"), 'get_dossier')
    procedure_name = fields.Function(
        fields.Char("Procedure"), 'get_dossier')
    due = fields.Function(fields.DateTime("Due"), 'get_dossier')
    electronic = fields.Function(
        fields.Boolean("Electronic",
            help="There is no paper; the dossier is passed on all the same."),
        'get_dossier')
    extra = fields.Function(
        fields.Boolean("Extra"), 'on_change_with_extra')
    ticked = fields.Boolean(
        "Ticked", states={
            'readonly': Eval('electronic', False) | Eval('extra', False),
            },
        help="The paper is in hand: that of the giver until the giver "
        "signs, then that of the taker.")
    discrepancy = fields.Selection([
            (None, ""),
            ('missing', "Missing"),
            ('extra', "Extra"),
            ('damaged', "Damaged"),
            ], "Discrepancy", sort=False, states={
            'readonly': Eval('electronic', False) | Eval('extra', False),
            },
        help="A missing paper stays with the giver, and so does one that is "
        "not in the list; a damaged one is received as it is.")
    discrepancy_string = discrepancy.translated('discrepancy')
    note = fields.Char("Note", states={
            'required': Eval('discrepancy') == 'damaged',
            })

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('handover')
        cls._order = [('id', 'ASC')]
        t = cls.__table__()
        cls._sql_constraints += [
            ('dossier_unique', Unique(t, t.handover, t.dossier),
                'tthcc_dossier.msg_handover_line_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.dossier, Index.Range())))

    @staticmethod
    def default_ticked():
        return False

    @fields.depends('discrepancy')
    def on_change_with_extra(self, name=None):
        return self.discrepancy == 'extra'

    @fields.depends('ticked', 'discrepancy')
    def on_change_ticked(self):
        if self.ticked and self.discrepancy == 'missing':
            self.discrepancy = None

    @fields.depends('ticked', 'discrepancy')
    def on_change_discrepancy(self):
        if self.discrepancy:
            self.ticked = self.discrepancy == 'damaged'

    @classmethod
    def get_dossier(cls, lines, names):
        values = {name: {} for name in names}
        for line in lines:
            dossier = line.dossier
            known = {
                'code': dossier.code,
                'due': dossier.due,
                'electronic': bool(dossier.electronic),
                }
            if line.discrepancy != 'extra':
                known['applicant_name'] = dossier.applicant_name
                known['procedure_name'] = dossier.revision.name
            for name in names:
                values[name][line.id] = known.get(name)
        return values

    @classmethod
    def search_code(cls, name, clause):
        return [('dossier.code', *clause[1:])]

    @property
    def is_open(self):
        "Whether the taker has not said yet if the paper came"
        return not self.ticked and not self.discrepancy

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if not external:
            return
        for line in lines:
            round_ = line.handover
            if round_.state not in {'draft', 'given'} or not (
                    mode == 'delete' and round_.state == 'draft'
                    or mode == 'write'
                    and values.keys() <= line._by_hand(round_)
                    and values.get('discrepancy') != 'extra'):
                raise AccessError(gettext(
                        'tthcc_dossier.msg_handover_line_fixed',
                        code=line.code, handover=round_.rec_name))
            round_.signer(round_.acting_side)

    def _by_hand(self, round_):
        "The fields that may be changed by hand"
        if self.dossier.electronic or self.discrepancy == 'extra':
            return {'note'}
        if round_.state == 'draft':
            return {'note', 'ticked'}
        return {'note', 'ticked', 'discrepancy'}

    @classmethod
    def validate_fields(cls, lines, field_names):
        super().validate_fields(lines, field_names)
        if not {'ticked', 'discrepancy'} & set(field_names):
            return
        for line in lines:
            if line.discrepancy and line.ticked != (
                    line.discrepancy == 'damaged'):
                raise HandoverLineError(gettext(
                        'tthcc_dossier.msg_handover_line_contradiction',
                        code=line.code))

    @classmethod
    def on_modification(cls, mode, lines, field_names=None):
        "A dossier taken out of a round may go in another"
        Dossier = Pool().get('tthcc.dossier')
        super().on_modification(mode, lines, field_names=field_names)
        if mode == 'delete':
            Dossier.write([
                    line.dossier for line in lines
                    if line.dossier.handover == line.handover
                    ], {'handover': None})
