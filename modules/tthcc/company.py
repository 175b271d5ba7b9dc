# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.model import Index, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from .kept import KeptMixin, forget


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    @classmethod
    def on_modification(cls, mode, parties, field_names=None):
        super().on_modification(mode, parties, field_names=field_names)
        # It names a committee or an employee
        if mode == 'write' and 'name' in field_names:
            forget()


class Company(KeptMixin, metaclass=PoolMeta):
    __name__ = 'company.company'

    @classmethod
    def default_timezone(cls):
        return 'Asia/Ho_Chi_Minh'

    @classmethod
    def on_modification(cls, mode, companies, field_names=None):
        pool = Pool()
        Centre = pool.get('tthcc.centre')
        User = pool.get('res.user')
        super().on_modification(mode, companies, field_names=field_names)
        Centre._counting_cache.clear()
        if mode == 'create' and (user_id := Transaction().user):
            # Who founds a committee must be able to set it up
            user = User(user_id)
            values = {'companies': [('add', [c.id for c in companies])]}
            if not user.company:
                values['company'] = companies[0].id
            User.write([user], values)


class Employee(KeptMixin, metaclass=PoolMeta):
    __name__ = 'company.employee'

    department = fields.Many2One(
        'tthcc.department', "Department", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ])
    centre = fields.Many2One(
        'tthcc.centre', "Centre", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="The centre the employee works at.")
    counter = fields.Many2One(
        'tthcc.counter', "Counter", ondelete='SET NULL',
        domain=[
            ('centre', '=', Eval('centre', -1)),
            ],
        states={
            'invisible': ~Bool(Eval('centre')),
            })
    post = fields.Char(
        "Post",
        help="The office held, as signatures on forms state it.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.company, Index.Equality())),
                Index(table, (table.department, Index.Equality())),
                Index(table, (table.centre, Index.Equality())),
                })

    @fields.depends('centre', 'counter')
    def on_change_centre(self):
        if self.counter and self.counter.centre != self.centre:
            self.counter = None

    @classmethod
    def on_modification(cls, mode, employees, field_names=None):
        pool = Pool()
        User = pool.get('res.user')
        super().on_modification(mode, employees, field_names=field_names)
        if (mode == 'write'
                and (field_names is None
                    or {'centre', 'department'} & set(field_names))):
            User._get_workplace_cache.clear()
