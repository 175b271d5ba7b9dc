# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What is printed of the way of a dossier and of its paper."""

from typing import NamedTuple

from trytond.i18n import gettext
from trytond.modules.tthcc.form import Form, document_number
from trytond.pool import Pool
from trytond.rpc import RPC

from .exceptions import NotRegisteredError


class Passage(NamedTuple):
    "A dossier goes from one place to the next"
    giver_place: str
    giver: str
    taker_place: str
    taker: str
    at: object
    result: str
    note: str


class HandoverList(Form):
    "Danh sách bàn giao hồ sơ"
    __name__ = 'tthcc.handover.list'

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/handover_list'

    @classmethod
    def centre_and_date(cls, handover):
        return handover.centre, handover.date

    @classmethod
    def get_context(cls, rounds, header, data):
        context = super().get_context(rounds, header, data)
        context['document_number'] = document_number
        context['moment'] = _moment
        return context


class ControlSlip(Form):
    """Phiếu kiểm soát quá trình giải quyết hồ sơ (form 05 of Circular
    01/2018/TT-VPCP, form 06 of Circular 03/2025/TT-VPCP)"""
    __name__ = 'tthcc.dossier.control_slip'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # The first print gives the slip its number
        cls.__rpc__['execute'] = RPC(readonly=False)

    @classmethod
    def template_name(cls):
        return 'tthcc_dossier/form/control_slip'

    @classmethod
    def centre_and_date(cls, dossier):
        if not dossier.code:
            raise NotRegisteredError(gettext(
                    'tthcc_dossier.msg_receipt_not_registered',
                    dossier=dossier.rec_name))
        return dossier.centre, dossier.local(dossier.received_at).date()

    @classmethod
    def get_context(cls, dossiers, header, data):
        Dossier = Pool().get('tthcc.dossier')
        context = super().get_context(dossiers, header, data)
        Dossier.number_control_slips(dossiers)
        context['document_number'] = document_number
        context['moment'] = _moment
        context['passages'] = passages
        context['unique'] = dict.fromkeys
        return context


def _moment(record, moment):
    return record.local(moment).strftime('%H giờ %M phút, %d/%m/%Y')


def passages(dossier):
    """Return the Passages of a dossier in order, from its legs and from the
    hands its paper passed through.

    The one that begins a leg is dated by the round that brought the paper
    there, where there was one."""
    transfers = list(dossier.transfers)
    legs = [s for s in dossier.steps if s.started_at]
    found = []
    for leg, next_ in zip(legs, legs[1:]):
        giver_place, taker_place = _place(dossier, leg), _place(dossier, next_)
        at = leg.ended_at
        giver, taker = leg.ended_by, next_.employee or next_.ended_by
        transfer = next((
                t for t in transfers if t.place == taker_place
                and at <= t.at <= (next_.ended_at or t.at)), None)
        note = ''
        if transfer and giver_place != taker_place:
            transfers.remove(transfer)
            at, taker = transfer.at, transfer.taker
            giver = transfer.giver or giver
            note = _note(transfer)
        found.append(Passage(
                giver_place, _name(giver), taker_place, _name(taker),
                at, _result(dossier, leg), note))
    found.extend(Passage(
            '', _name(t.giver), t.place, _name(t.taker), t.at, '', _note(t))
        for t in transfers)
    return sorted(found, key=lambda p: p.at)


def _place(dossier, leg):
    if leg.department:
        return leg.department.rec_name
    if leg.role == 'leader':
        return dossier.resolver.rec_name
    return dossier.centre.rec_name


def _name(employee):
    return employee.party.name if employee else ''


def _note(transfer):
    return transfer.reason or transfer.handover or ''


def _result(dossier, leg):
    "Whether the leg ended early, on time or late, in the words of the form"
    if not leg.due:
        return ''
    if leg.ended_at > leg.due:
        return "Quá hạn"
    if dossier.local(leg.ended_at).date() < dossier.local(leg.due).date():
        return "Trước hạn"
    return "Đúng hạn"
