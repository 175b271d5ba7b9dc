# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql.aggregate import Count

from trytond.model import Check, ModelSQL, ModelView, fields, sequence_ordered
from trytond.pool import Pool
from trytond.transaction import Transaction

from .line import Line


class Paper(Line, sequence_ordered(), ModelSQL, ModelView):
    "A paper of a dossier (thành phần hồ sơ)"
    __name__ = 'tthcc.dossier.paper'

    # Those in which papers may still come
    file_states = [
        'draft', 'submitted', 'received', 'processing', 'supplement',
        'payment', 'withdrawal']

    required_paper = fields.Many2One(
        'tthcc.procedure.paper', "Required Paper", ondelete='RESTRICT',
        # Not readonly by itself, else clients do not send it
        states={'readonly': True})
    name = fields.Char("Paper", required=True)
    mandatory = fields.Boolean("Mandatory", states={'readonly': True})
    originals = fields.Integer("Originals")
    copies = fields.Integer("Copies")
    received = fields.Boolean("Received")
    scans = fields.Function(
        fields.Integer("Scans", help="How many files the paper has."),
        'get_scans')
    not_digitised = fields.Selection([
            (None, ""),
            ('electronic', "Filed electronically"),
            ('shown', "Shown only"),
            ('internal', "Internal opinion"),
            ('secret', "Secret"),
            ], "Not Digitised", sort=False,
        help="Why the paper is not scanned.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        # Constraints rather than domains, which search at each creation
        cls._sql_constraints += [
            ('numbers_positive',
                Check(t, (t.originals >= 0) & (t.copies >= 0)),
                'tthcc_dossier.msg_paper_numbers_positive'),
            ]

    @staticmethod
    def default_originals():
        return 0

    @staticmethod
    def default_copies():
        return 0

    @classmethod
    def get_scans(cls, papers, name):
        file = Pool().get('tthcc.dossier.file').__table__()
        cursor = Transaction().connection.cursor()
        scans = dict.fromkeys(map(int, papers), 0)
        cursor.execute(*file.select(
                file.paper, Count(),
                where=fields.SQL_OPERATORS['in'](file.paper, list(scans)),
                group_by=file.paper))
        scans.update(cursor)
        return scans

    @classmethod
    def required_by(cls, revision):
        "Return new papers for those that the revision of a procedure requires"
        return [cls(
                required_paper=paper,
                sequence=paper.sequence,
                name=paper.name,
                mandatory=paper.always_mandatory,
                originals=paper.originals,
                copies=paper.copies,
                received=False)
            for paper in revision.papers]
