# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Papers that the same person filed before are not asked for again."""

import io

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.search import fold
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .exceptions import ConsentMissing, NothingToReuse

_OFFERED = 100


class Reuse(Wizard):
    "Take over scans of papers the applicant filed before"
    __name__ = 'tthcc.dossier.reuse'

    start = StateView(
        'tthcc.dossier.reuse.start',
        'tthcc_dossier.reuse_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Reuse", 'reuse', 'tryton-ok', default=True),
            ])
    reuse = StateTransition()

    def default_start(self, fields):
        wanted = {
            fold(p.name): p.id for p in self.record.papers if not p.scans}
        files = self._files()
        if not files:
            raise NothingToReuse(gettext(
                    'tthcc_dossier.msg_reuse_nothing',
                    applicant=self.record.applicant_name))
        return {
            'files': [{
                    'dossier': self.record.id,
                    'file': file.id,
                    'title': file.paper.name,
                    'code': file.dossier.rec_name,
                    'filed_on': file.dossier.local(file.uploaded_at).date(),
                    'age': (clock.now() - file.uploaded_at).days,
                    # The youngest, to each paper one
                    'paper': wanted.pop(fold(file.paper.name), None),
                    } for file in files],
            }

    @check_access
    def _files(self):
        "The files that the user may see of the applicants' other dossiers"
        File = Pool().get('tthcc.dossier.file')
        parties = {a.party.id for a in self.record.principals if a.party}
        return File.search([
                ('dossier.applicants.party', 'in', list(parties)),
                ('dossier', '!=', self.record.id),
                ('dossier.state', 'not in', ['draft', 'refused', 'voided']),
                ('paper', '!=', None),
                # Of what was itself reused there is the original
                ('reused_from', '=', None),
                ],
            order=[('uploaded_at', 'DESC'), ('id', 'DESC')], limit=_OFFERED)

    def transition_reuse(self):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        File = pool.get('tthcc.dossier.file')
        with check_access():
            Dossier.reuse([self.record])
        if not self.start.consent:
            raise ConsentMissing(gettext(
                    'tthcc_dossier.msg_reuse_consent',
                    applicant=self.record.applicant_name))
        offered = set(self._files())
        papers = set(self.record.papers)
        files = []
        for line in self.start.files:
            if line.file in offered and line.paper in papers:
                file = File.store(
                    line.paper, line.file.name, io.BytesIO(line.file.content))
                file.reused_from = line.file
                files.append(file)
        File.save(files)
        return 'end'


class ReuseStart(ModelView):
    "What the applicant filed before"
    __name__ = 'tthcc.dossier.reuse.start'

    consent = fields.Boolean(
        "The Applicant Consents",
        help="Personal data are used only for what they were given for: ask "
        "before you use them for another dossier.")
    files = fields.One2Many('tthcc.dossier.reuse.file', None, "Files")


class ReuseFile(ModelView):
    "A file that may be reused"
    __name__ = 'tthcc.dossier.reuse.file'

    dossier = fields.Many2One('tthcc.dossier', "Dossier")
    file = fields.Many2One('tthcc.dossier.file', "File", states={
            # Not readonly by itself, else clients do not send it
            'readonly': True,
            })
    title = fields.Char("Paper", readonly=True)
    code = fields.Char("Filed With", readonly=True)
    filed_on = fields.Date("Filed On", readonly=True)
    age = fields.Integer(
        "Age", readonly=True, help="In days since it was filed.")
    paper = fields.Many2One(
        'tthcc.dossier.paper', "Use For",
        domain=[('dossier', '=', Eval('dossier', -1))],
        help="The paper of this dossier; empty does not take the file over.")
