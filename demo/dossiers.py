# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Some two thousand dossiers, made with the buttons people press.

What happens at one moment, in whichever centre, is done with one call, since
each call has its price.
"""

import datetime as dt
from heapq import heappop, heappush
from itertools import count
from random import Random

from trytond.modules.tthcc import clock
from trytond.pool import Pool
from trytond.tools import grouped_slice

from . import filing, money, rounds
from .life import KINDS, REASONS, Life
from .timetable import Timetable

WEEKS = 10
_SHOWCASE = 100
_TOGETHER = 100


def load(places, progress):
    "Make the dossiers of the places"
    calendar = places[0].centre.calendar.worktime()
    now = clock.to_local(clock.now())
    timetable = Timetable(
        calendar, now.date() - dt.timedelta(weeks=WEEKS), now)
    lives = plan(places, timetable)
    progress(0, "citizens")
    filing.create_drafts(lives)
    live(lives, timetable, progress)
    sign(lives)
    filing.tell_all()
    rounds.load()
    money.load([
            life for life in lives if life.place.size >= _SHOWCASE])


def plan(places, timetable):
    "Return the lives of the dossiers"
    numbers = count(1)
    lives = []
    for place in places:
        random = place.random('arrivals')
        moments = timetable.moments('register')
        kinds = ['resolved', *KINDS]
        weights = [1000 - sum(KINDS.values()), *KINDS.values()]
        size = min(place.size, len(moments))
        for moment in random.sample(moments, size):
            kind, = random.choices(kinds, weights)
            lives.append(
                Life(next(numbers), place, timetable, moment, kind))
        if place.size >= _SHOWCASE:
            lives.extend(
                Life(next(numbers), place, timetable, *arguments)
                for arguments in showcase(timetable))
    return lives


def showcase(timetable):
    """Yield arrival, kind and term of dossiers so that every state and class
    is there, whatever chance and the calendar say."""
    days = timetable.days
    today = len(days) - 1

    def arrival(ago, index=-1):
        moments = timetable.on('register', days[today - ago])
        return moments[index] if moments else timetable.moments('register')[-1]

    for kind, ago in [
            ('draft', 0), ('draft', 0), ('submitted', 0), ('received', 0),
            ('waiting for supplement', 4), ('waiting for payment', 4),
            ('withdrawal', 4), ('withdrawn', 12), ('withdrawn early', 9),
            ('rejected', 16), ('unsupplemented', 30), ('voided', 11),
            ('refused', 6), ('resolved', 14)]:
        yield arrival(ago), kind
    # Still with the department: due today, or on the next working day where
    # today is none; due after that; overdue
    due_today = 3 if timetable.now.date() in days else 2
    for ago in [due_today, due_today - 1, due_today + 2, due_today + 4]:
        yield arrival(ago, 3), 'passed on', 3


def live(lives, timetable, progress):
    "Let happen to the lives what happens up to now"
    Dossier = Pool().get('tthcc.dossier')
    queue = []

    def proceed(life, story, dossier=None):
        try:
            act, moment = story.send(dossier)
        except StopIteration:
            return
        if moment:
            heappush(queue, (moment, act, life.number, life, story))

    for life in lives:
        proceed(life, life.story())
    start = timetable.moments('register')[0]
    while queue:
        moment, act = queue[0][:2]
        group = []
        while queue and queue[0][:2] == (moment, act):
            group.append(heappop(queue)[3:])
        progress(
            .2 + .7 * ((moment - start) / (timetable.now - start)),
            f'{moment:%d/%m}')
        dossiers = Dossier.browse([life.id for life, _ in group])
        with clock.moved_to(clock.to_utc(moment)):
            arguments = []
            if act in REASONS:
                arguments = [Random(str(moment)).choice(REASONS[act])]
            getattr(Dossier, act)(dossiers, *arguments)
        dossiers = Dossier.browse([life.id for life, _ in group])
        for (life, story), dossier in zip(group, dossiers):
            proceed(life, story, dossier)


def sign(lives):
    "Write down who did what"
    pool = Pool()
    Dossier = pool.get('tthcc.dossier')
    Step = pool.get('tthcc.dossier.step')
    for some in grouped_slice(lives, _TOGETHER):
        some = list(some)
        dossiers = Dossier.browse([life.id for life in some])
        legs = []
        for life, dossier in zip(some, dossiers):
            legs.extend(life.sign(dossier))
        Step.save(legs)
        Dossier.save(dossiers)
