# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.i18n import gettext
from trytond.model import Index, fields
from trytond.modules.party.exceptions import InvalidIdentifierCode
from trytond.modules.tthcc.search import SearchText
from trytond.pool import Pool, PoolMeta

from . import identity


class Configuration(metaclass=PoolMeta):
    __name__ = 'party.configuration'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.identifier_types.selection = cls.identifier_types.selection + [
            (identity.CITIZEN, "Citizen Number"),
            (identity.OLD_CARD, "Identity Card (9 digits)"),
            (identity.PASSPORT, "Passport"),
            ]


class Party(SearchText, metaclass=PoolMeta):
    __name__ = 'party.party'

    company = fields.Many2One(
        'company.company', "People's Committee", readonly=True,
        ondelete='RESTRICT',
        help="The committee whose centre recorded the party.\n"
        "Empty for a party that all committees share.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.company, Index.Range())))

    def _get_search_text(self):
        return self.name

    @classmethod
    def _search_text_indexes(cls, table):
        # Reception looks for people of the same name
        return {
            *super()._search_text_indexes(table),
            Index(table,
                (table.search_text, Index.Range()),
                (table.company, Index.Range()))}

    @classmethod
    def find_by_identity(cls, number):
        "Return the parties that bear exactly the identity number"
        return cls.search([('identifiers', 'where', [
                        ('code_compact', '=', identity.compact(number)),
                        ('type', '=', identity.kind(number)),
                        ])])

    @classmethod
    def record(
            cls, company, name, identity_number=None, phone=None, email=None,
            address=None):
        "Record a person or body met at the counter of the committee"
        pool = Pool()
        Address = pool.get('party.address')
        ContactMechanism = pool.get('party.contact_mechanism')
        Identifier = pool.get('party.identifier')
        party = cls(company=company, name=name)
        if identity_number:
            party.identifiers = [Identifier(
                    type=identity.kind(identity_number),
                    code=identity.compact(identity_number))]
        party.addresses = [Address(street=address)] if address else []
        party.contact_mechanisms = [
            ContactMechanism(type=type_, value=value)
            for type_, value in [('phone', phone), ('email', email)]
            if value]
        party.save()
        return party


class Identifier(metaclass=PoolMeta):
    __name__ = 'party.identifier'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.code_compact, Index.Equality(cardinality='high'))))

    @fields.depends('type', 'party', 'code')
    def check_code(self):
        super().check_code()
        if (self.type in {
                    identity.CITIZEN, identity.OLD_CARD, identity.PASSPORT}
                and identity.kind(self.code) != self.type):
            raise InvalidIdentifierCode(gettext(
                    'tthcc_dossier.msg_identity_invalid', number=self.code))
