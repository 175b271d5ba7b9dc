# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import io

from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard


class Attach(Wizard):
    "Attach a scan to each paper, or say why it has none"
    __name__ = 'tthcc.dossier.attach'

    start = StateView(
        'tthcc.dossier.attach.start',
        'tthcc_dossier.attach_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Attach", 'attach', 'tryton-ok', default=True),
            ])
    attach = StateTransition()

    def default_start(self, fields):
        return {'papers': [{
                    'paper': paper.id,
                    'title': paper.name,
                    'scans': paper.scans,
                    'not_digitised': paper.not_digitised,
                    } for paper in self.record.papers]}

    def transition_attach(self):
        pool = Pool()
        Dossier = pool.get('tthcc.dossier')
        File = pool.get('tthcc.dossier.file')
        Paper = pool.get('tthcc.dossier.paper')
        with check_access():
            Dossier.attach([self.record])
        papers = {p.id: p for p in self.record.papers}
        for line in self.start.papers:
            paper = papers[line.paper]
            paper.not_digitised = line.not_digitised
            if line.content:
                File.store(paper, line.name, io.BytesIO(line.content))
        Paper.save(list(papers.values()))
        return 'end'


class AttachStart(ModelView):
    "The papers of the dossier"
    __name__ = 'tthcc.dossier.attach.start'

    papers = fields.One2Many('tthcc.dossier.attach.paper', None, "Papers")


class AttachPaper(ModelView):
    "A file for a paper"
    __name__ = 'tthcc.dossier.attach.paper'

    paper = fields.Integer("Paper")
    title = fields.Char("Paper", readonly=True)
    scans = fields.Integer("Scans", readonly=True)
    content = fields.Binary("File", filename='name')
    name = fields.Char("File Name")
    not_digitised = fields.Selection('get_reasons', "Not Digitised")

    @classmethod
    def get_reasons(cls):
        Paper = Pool().get('tthcc.dossier.paper')
        return Paper.fields_get(
            ['not_digitised'])['not_digitised']['selection']
