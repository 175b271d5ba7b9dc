# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields, sequence_ordered
from trytond.pyson import Eval

from . import identity
from .exceptions import IdentityError
from .line import Line

LANGUAGES = [
    ('vi', "Vietnamese"),
    ('en', "English"),
    ]
NOTIFY_BY = [
    ('both', "E-mail and SMS"),
    ('email', "E-mail"),
    ('sms', "SMS"),
    ('none', "Not at all"),
    ]


class Applicant(Line, sequence_ordered(), ModelSQL, ModelView):
    """Whose request a dossier is, or who files it in their stead, as
    recorded on the day (người nộp hồ sơ, người được ủy quyền).

    Kept apart from the dossier, because only the receiving centre and the
    leg under way may see it."""
    __name__ = 'tthcc.dossier.applicant'

    party = fields.Many2One(
        'party.party', "Party", ondelete='RESTRICT',
        states={'readonly': Eval('id', -1) >= 0})
    name = fields.Char("Name", required=True)
    identity_number = fields.Char("Identity Number")
    phone = fields.Char("Phone")
    email = fields.Char("E-mail")
    address = fields.Char("Address")
    notify_by = fields.Selection(
        NOTIFY_BY, "Notices By", required=True, sort=False,
        help="How they wish to be told what happens to the dossier, as far "
        "as an address is recorded.")
    language = fields.Selection(
        LANGUAGES, "Language of Notices", required=True, sort=False)
    proxy_paper = fields.Char(
        "Authorising Paper",
        help="Of somebody who files in the applicants' stead: the paper by "
        "which they authorise it.")

    @classmethod
    def __setup__(cls):
        cls.identity_number.search_unaccented = False
        cls.phone.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t, (
                        Coalesce(t.identity_number, ''),
                        Index.Equality(cardinality='high'))),
                Index(t, (
                        Coalesce(t.phone, ''),
                        Index.Equality(cardinality='high'))),
                })

    @staticmethod
    def default_notify_by():
        return 'both'

    @staticmethod
    def default_language():
        return 'vi'

    @fields.depends('party', 'name', 'identity_number', 'phone', 'email',
        'address')
    def on_change_party(self):
        if self.party:
            self.name = self.party.name
            self.identity_number = next(
                (i.code for i in self.party.identifiers), None)
            self.phone = self.party.phone or self.party.mobile
            self.email = self.party.email
            address = self.party.address_get()
            if address:
                self.address = ', '.join(address.full_address.splitlines())

    def contact(self, channel):
        """The address or number at which they wish to be told by email or
        sms, None if they do not or there is none"""
        if self.notify_by in {channel, 'both'}:
            return (
                self.email if channel == 'email'
                else identity.mobile(self.phone))

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        for name in ['identity_number', 'phone']:
            if values.get(name):
                values[name] = identity.compact(values[name])
        return values

    @classmethod
    def validate_fields(cls, applicants, field_names):
        super().validate_fields(applicants, field_names)
        if field_names and 'identity_number' not in field_names:
            return
        for applicant in applicants:
            number = applicant.identity_number
            if number and not identity.kind(number):
                raise IdentityError(gettext(
                        'tthcc_dossier.msg_identity_invalid', number=number))
