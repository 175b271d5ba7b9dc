# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What citizens file: for which procedure, by which channel, with what."""

import datetime as dt
from itertools import count
from random import Random

from trytond.modules.tthcc import clock
from trytond.modules.tthcc_dossier import identity
from trytond.pool import Pool
from trytond.transaction import Transaction

from . import bulk
from .names import People
from .organisation import read_data

_CHANNELS = {
    'district': {'in_person': 80, 'post': 6, 'online': 14},
    'commune': {'in_person': 52, 'post': 6, 'online': 42},
    }
_RETURNS = {
    'in_person': ['centre'] * 8 + ['post'],
    'post': ['post'],
    'online': ['centre', 'post', 'electronic', 'electronic'],
    }
_PROXY_PAPERS = [
    "Giấy ủy quyền có chứng thực chữ ký", "Hợp đồng ủy quyền có công chứng",
    "Văn bản ủy quyền của thành viên gia đình"]

# Who filed before so many working days is not told what happened until now
_TOLD = 4

# Serial numbers of proxies, above those of applicants
_PROXIES = 7000


class Catalogue:
    "The procedures on offer by level, with how often they are asked for"

    def __init__(self):
        Offer = Pool().get('tthcc.centre.procedure')
        weights = {
            row['code']: int(row['weight']) for row in read_data('demand.csv')}
        self._offered = {}
        self._papers = {}
        for offer in Offer.search([]):
            revision = offer.procedure.current
            weight = weights.get(offer.procedure.code, 1)
            self._offered.setdefault(offer.centre, []).append(
                (revision, weight, list(revision.cases)))

    def pick(self, place, random, suits):
        "Return a case offered in the place for which the function is true"
        revisions, weights = [], []
        for revision, weight, cases in self._offered[place.centre]:
            if cases := list(filter(suits, cases)):
                revisions.append(cases)
                weights.append(weight)
        cases, = random.choices(revisions, weights)
        channels = _CHANNELS[place.level]
        case, = random.choices(cases, [channels[c.channel] for c in cases])
        return case

    def papers(self, revision, random):
        "Return values of the papers as handed in"
        Paper = Pool().get('tthcc.dossier.paper')
        if revision not in self._papers:
            self._papers[revision] = Paper.required_by(revision)
        return [{
                'required_paper': paper.required_paper.id,
                'sequence': paper.sequence,
                'name': paper.name,
                'mandatory': paper.mandatory,
                'originals': paper.originals,
                'copies': paper.copies,
                'received': paper.mandatory or random.random() < .4,
                } for paper in self._papers[revision]]


class Citizens:
    "The people of a place who come, some more than once"

    def __init__(self, place, serials):
        self._place = place
        self._people = People(place.random('citizens'), place.highland)
        self._serials = serials
        self.known = []

    def pick(self, random):
        if self.known and random.random() < .15:
            return random.choice(self.known)
        citizen = self._people.citizen(
            next(self._serials), self._place.where(random))
        self.known.append(citizen)
        return citizen

    def parties(self):
        "Return values of the parties of the citizens who came"
        return [{
                'name': citizen['name'],
                'company': self._place.company.id,
                'identifiers': [('create', [{
                                'type': identity.kind(
                                    citizen['identity_number']),
                                'code': citizen['identity_number'],
                                }])],
                'addresses': [('create', [{
                                'street_unstructured': citizen['address'],
                                }])],
                'contact_mechanisms': [('create', [
                            {'type': type_, 'value': citizen[type_]}
                            for type_ in ['phone', 'email']
                            if citizen[type_]])],
                } for citizen in self.known]


def create_drafts(lives):
    "Record who comes, and make the drafts of the lives"
    catalogue = Catalogue()
    serials = count(1)
    citizens = {}
    for life in lives:
        place, random = life.place, life.random
        if place.key not in citizens:
            citizens[place.key] = Citizens(place, serials)
        life.case = catalogue.pick(place, random, life.suits)
        number = 2 if random.random() < .06 else 1
        life.applicants = [
            citizens[place.key].pick(random) for _ in range(number)]
    known = [c for group in citizens.values() for c in group.known]
    parties = bulk.create_parties(
        [v for group in citizens.values() for v in group.parties()])
    for citizen, party in zip(known, parties):
        citizen['party'] = party.id
    dossiers = bulk.create(
        'tthcc.dossier', [_draft(life, catalogue) for life in lives])
    for life, dossier in zip(lives, dossiers):
        life.id = dossier.id


def tell_all():
    "Let all be told of what happens from now on"
    applicant = Pool().get('tthcc.dossier.applicant').__table__()
    Transaction().connection.cursor().execute(
        *applicant.update([applicant.notify_by], ['both']))


def _draft(life, catalogue):
    "Return the values of the draft of the life"
    random = life.random
    revision = life.case.revision
    applicants = list({a['party']: a for a in life.applicants}.values())
    if random.random() < .07:
        proxy = People(random, life.place.highland).citizen(
            _PROXIES + life.number, life.place.where(random))
        applicants.append({
                **proxy,
                'proxy_paper': random.choice(_PROXY_PAPERS),
                })
    told = life.arrival.date() >= life.timetable.days[-_TOLD]
    applicants = [
        {**a, 'notify_by': 'both' if told else 'none'} for a in applicants]
    return {
        'centre': life.place.centre.id,
        'procedure': revision.procedure.id,
        'revision': revision.id,
        'case': life.case.id,
        'applicants': [('create', applicants)],
        'papers': [('create', catalogue.papers(revision, random))],
        'sets': random.choice([1, 1, 1, 2]),
        'return_method': random.choice(_RETURNS[life.case.channel]),
        'opened_at': _opened_at(life),
        }


def _opened_at(life):
    "When the reception window was opened for who came in person"
    if life.case.channel == 'in_person':
        # Of its own, not to disturb what the life draws
        random = Random(f'window {life.number}')
        return clock.to_utc(life.arrival) - dt.timedelta(
            seconds=round(random.lognormvariate(6.3, .4)))
