# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import io

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .exceptions import ResultMissing
from .line import Line
from .workflow import move

# The states in which results are recorded: up to their return
STATES = ['processing', 'resolved']
# What usually proves that the result was received; a letter proves it later
_ACKNOWLEDGEMENTS = {'centre': 'signed', 'electronic': 'electronic'}


class Result(Line, ModelSQL, ModelView):
    "A document that decides the dossier (kết quả giải quyết)"
    __name__ = 'tthcc.dossier.result'
    _rec_name = 'number'

    _by_hand = False
    file_states = STATES

    number = fields.Char(
        "Document Number", required=True,
        help="Number and sign, such as 12/GCN-UBND.")
    date = fields.Date("Date", required=True)
    signer = fields.Char("Signer", required=True)
    files = fields.One2Many(
        'tthcc.dossier.file', 'result', "Files", readonly=True)
    recorded_by = fields.Many2One(
        'company.employee', "Recorded By", ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('date', 'DESC'), ('id', 'DESC')]


class ResultMixin:
    "Gives a dossier its results, and keeps how they were returned"
    __slots__ = ()

    results = fields.One2Many(
        'tthcc.dossier.result', 'dossier', "Results", readonly=True)
    returned_to = fields.Char(
        "Returned To", readonly=True,
        help="The name of who received the result.")
    returned_how = fields.Selection(
        'get_returns', "Returned How", readonly=True)
    tracking_number = fields.Char(
        "Tracking Number", readonly=True,
        help="Of the letter by which the result was sent.")
    acknowledgement = fields.Selection([
            (None, ""),
            ('signed', "Signed in the register"),
            ('delivery', "Proof of delivery"),
            ('electronic', "Confirmed electronically"),
            ], "Acknowledgement", readonly=True, sort=False,
        help="How the receipt of the result is proven.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['record_result'] = {
            'invisible': ~Eval('state').in_(STATES),
            'depends': ['state'],
            }

    @classmethod
    def get_returns(cls):
        selection = cls.fields_get(
            ['return_method'])['return_method']['selection']
        return [(None, ""), *selection]

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_record_result')
    def record_result(cls, dossiers):
        cls._check_leg(dossiers)

    @classmethod
    @ModelView.button_action('tthcc_dossier.wizard_return')
    def hand_out(cls, dossiers):
        pass

    @classmethod
    @move(['resolved'], 'returned', button='hand_out')
    def return_to(
            cls, dossiers, to, how, tracking_number=None,
            acknowledgement=None):
        """Give the result to the person of the name.

        how: a key of return_method; what goes out electronically must have
        been recorded with a file, else ResultMissing is raised"""
        cls._return(dossiers)
        for dossier in dossiers:
            if how == 'electronic' and not any(
                    r.files for r in dossier.results):
                raise ResultMissing(gettext(
                        'tthcc_dossier.msg_result_missing',
                        dossier=dossier.rec_name))
            dossier.returned_to = to
            dossier.returned_how = how
            dossier.tracking_number = tracking_number
            dossier.acknowledgement = acknowledgement


class RecordResult(Wizard):
    "Record a document that decides the dossier"
    __name__ = 'tthcc.dossier.record_result'

    start = StateView(
        'tthcc.dossier.record_result.start',
        'tthcc_dossier.record_result_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Record", 'record_', 'tryton-ok', default=True),
            ])
    record_ = StateTransition()

    def transition_record_(self):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        File = pool.get('tthcc.dossier.file')
        Result = pool.get('tthcc.dossier.result')
        with check_access():
            Dossier.record_result([self.record])
        result = Result(
            dossier=self.record,
            number=self.start.number,
            date=self.start.date,
            signer=self.start.signer,
            recorded_by=Dossier._acting_employee())
        result.save()
        if self.start.content:
            File.store(
                result, self.start.name, io.BytesIO(self.start.content))
        return 'end'


class RecordResultStart(ModelView):
    "The document"
    __name__ = 'tthcc.dossier.record_result.start'

    number = fields.Char(
        "Document Number", required=True,
        help="Number and sign, such as 12/GCN-UBND.")
    date = fields.Date("Date", required=True)
    signer = fields.Char("Signer", required=True)
    content = fields.Binary(
        "File", filename='name',
        help="Its digital signatures are verified; when one is broken the "
        "file is refused.")
    name = fields.Char("File Name")

    @staticmethod
    def default_date():
        return clock.today()


class Return(Wizard):
    "Hand the result to the citizen"
    __name__ = 'tthcc.dossier.return'

    start = StateView(
        'tthcc.dossier.return.start',
        'tthcc_dossier.return_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Return Result", 'return_', 'tryton-ok', default=True),
            ])
    return_ = StateTransition()

    def default_start(self, fields):
        receiver = self.record.proxy or self.record.principals[0]
        how = self.record.return_method
        return {
            'to': receiver.name,
            'how': how,
            'acknowledgement': _ACKNOWLEDGEMENTS.get(how),
            }

    def transition_return_(self):
        Dossier = Pool().get('tthcc.dossier')
        start = self.start
        with check_access():
            Dossier.return_to(
                [self.record], start.to, start.how,
                start.tracking_number if start.how == 'post' else None,
                start.acknowledgement)
        return 'end'


class ReturnStart(ModelView):
    "To whom, and how"
    __name__ = 'tthcc.dossier.return.start'

    to = fields.Char("Returned To", required=True)
    how = fields.Selection('get_returns', "Returned How", required=True)
    tracking_number = fields.Char("Tracking Number", states={
            'invisible': Eval('how') != 'post',
            'required': Eval('how') == 'post',
            })
    acknowledgement = fields.Selection(
        'get_acknowledgements', "Acknowledgement", sort=False,
        states={'required': Eval('how') == 'centre'})

    @classmethod
    def get_returns(cls):
        return Pool().get('tthcc.dossier').get_returns()

    @classmethod
    def get_acknowledgements(cls):
        Dossier = Pool().get('tthcc.dossier')
        return Dossier.fields_get(
            ['acknowledgement'])['acknowledgement']['selection']

    @fields.depends('how')
    def on_change_how(self):
        self.acknowledgement = _ACKNOWLEDGEMENTS.get(self.how)
