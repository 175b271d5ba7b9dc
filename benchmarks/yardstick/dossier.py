# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a dossier costs in Tryton with nothing of ours

One table with the columns of a dossier, its papers, and buttons that do no
more than move the state.
"""
from trytond.model import (
    Index, ModelSQL, ModelView, Workflow, fields, sequence_ordered)

OPEN = ['received', 'processing']


class Dossier(Workflow, ModelSQL, ModelView):
    "Yardstick"
    __name__ = 'yardstick.dossier'
    _rec_name = 'code'

    code = fields.Char("Code")
    centre = fields.Many2One('tthcc.centre', "Centre", required=True)
    company = fields.Many2One('company.company', "Company", required=True)
    resolver = fields.Many2One('company.company', "Resolver", required=True)
    procedure = fields.Many2One(
        'tthcc.procedure', "Procedure", required=True)
    revision = fields.Many2One('tthcc.procedure.revision', "Revision")
    case = fields.Many2One('tthcc.procedure.case', "Case")
    applicant_name = fields.Char("Applicant")
    search_text = fields.Char("Search Text")
    papers = fields.One2Many('yardstick.paper', 'dossier', "Papers")
    sets = fields.Integer("Sets", required=True)
    return_method = fields.Selection([
            ('centre', "At the centre"),
            ('post', "By post"),
            ('electronic', "Electronically"),
            ], "Result Received", required=True)
    note = fields.Text("Note")
    register_number = fields.Integer("Register Number")
    opened_at = fields.DateTime("Opened At")
    received_at = fields.DateTime("Received At")
    received_by = fields.Many2One('company.employee', "Received By")
    due = fields.DateTime("Due")
    warn_at = fields.DateTime("Warn At")
    due_day = fields.DateTime("Start of Due Day")
    received_month = fields.Integer("Month Received")
    due_month = fields.Integer("Month Due")
    amount_due = fields.Numeric("Fees in All", digits=(16, 0))
    paid = fields.Numeric("Paid", digits=(16, 0))
    lead_department = fields.Many2One(
        'tthcc.department', "Resolving Department")
    assisting_department = fields.Many2One(
        'tthcc.department', "Assisting Department")
    department = fields.Many2One('tthcc.department', "With Department")
    employee = fields.Many2One('company.employee', "With")
    role = fields.Char("Awaits")
    resolved_at = fields.DateTime("Resolved At")
    returned_at = fields.DateTime("Returned At")
    returned_by = fields.Many2One('company.employee', "Returned By")
    returned_how = fields.Char("Returned How")
    returned_to = fields.Char("Returned To")
    tracking_number = fields.Char("Tracking Number")
    acknowledgement = fields.Char("Acknowledgement")
    finished_at = fields.DateTime("Finished At")
    finished_month = fields.Integer("Month Finished")
    end_reason = fields.Text("Reason")
    end_number = fields.Integer("Number")
    withdrawal_asked_at = fields.DateTime("Withdrawal Asked At")
    electronic = fields.Boolean("Electronic")
    by_portal = fields.Boolean("Filed by a Portal")
    was_stopped = fields.Boolean("Was Stopped")
    holder_centre = fields.Many2One('tthcc.centre', "Paper at Centre")
    holder_department = fields.Many2One(
        'tthcc.department', "Paper with Department")
    holder_employee = fields.Many2One('company.employee', "Paper with")
    held_since = fields.DateTime("Held Since")
    control_number = fields.Integer("Control Slip")
    handover = fields.Many2One('tthcc.handover', "In Round")
    moved_at = fields.DateTime("Last Move")
    moved_by = fields.Many2One('company.employee', "Last Move By")
    state = fields.Selection([
            ('draft', "Draft"),
            ('received', "Received"),
            ('processing', "Processing"),
            ('resolved', "Resolved"),
            ('returned', "Returned"),
            ], "State", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.centre, Index.Range()), (t.due, Index.Range()),
                    where=t.state.in_(OPEN)),
                })
        cls._transitions.update({
                ('draft', 'received'),
                ('received', 'processing'),
                ('processing', 'resolved'),
                ('resolved', 'returned'),
                })
        cls._buttons.update(dict.fromkeys(
                ['register', 'pass_on', 'complete_step', 'resolve', 'return_'],
                {}))

    @classmethod
    @ModelView.button
    @Workflow.transition('received')
    def register(cls, dossiers):
        pass

    @classmethod
    @ModelView.button
    @Workflow.transition('processing')
    def pass_on(cls, dossiers):
        pass

    @classmethod
    @ModelView.button
    def complete_step(cls, dossiers):
        cls.write(dossiers, {'department': None})

    @classmethod
    @ModelView.button
    @Workflow.transition('resolved')
    def resolve(cls, dossiers):
        pass

    @classmethod
    @ModelView.button
    @Workflow.transition('returned')
    def return_(cls, dossiers):
        pass


class Paper(sequence_ordered(), ModelSQL, ModelView):
    "Paper of Yardstick"
    __name__ = 'yardstick.paper'

    dossier = fields.Many2One(
        'yardstick.dossier', "Dossier", required=True, ondelete='CASCADE')
    required_paper = fields.Many2One(
        'tthcc.procedure.paper', "Required Paper")
    name = fields.Char("Paper", required=True)
    mandatory = fields.Boolean("Mandatory")
    originals = fields.Integer("Originals")
    copies = fields.Integer("Copies")
    received = fields.Boolean("Received")
    not_digitised = fields.Char("Not Digitised")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.dossier, Index.Range())))
