# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the law asks of a posting: rows with a start date, and their check."""

from dateutil.relativedelta import relativedelta

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, If
from trytond.tools import reduce_ids
from trytond.transaction import Transaction

from . import covering
from .exceptions import SecondmentRuleError, SecondmentRuleWarning


class Employee(metaclass=PoolMeta):
    __name__ = 'company.employee'

    field_since = fields.Date(
        "In the Field Since",
        help="When the employee began to work in the field. A posting asks "
        "for some years in it.")


class SecondmentRule(ModelSQL, ModelView):
    "A rule of law on postings (quy định về cử công chức)"
    __name__ = 'tthcc.secondment.rule'

    regime = fields.Many2One(
        'tthcc.regime', "Regime", required=True, ondelete='CASCADE')
    kind = fields.Selection([
            ('seniority', "Years in the Field"),
            ('length', "Months of a Posting"),
            ('overlap', "No Two Postings at Once"),
            ('leave', "Not on Leave"),
            ('substitute', "Substitutes Named"),
            ], "Rule", required=True, sort=False)
    start_date = fields.Date("In Force Since", required=True)
    minimum = fields.Integer(
        "Minimum",
        states={
            'invisible': ~Eval('kind').in_(
                ['seniority', 'length', 'substitute']),
            'required': Eval('kind').in_(['seniority', 'substitute']),
            })
    maximum = fields.Integer(
        "Maximum",
        domain=[If(Bool(Eval('maximum')) & Bool(Eval('minimum')),
                ('maximum', '>=', Eval('minimum', 0)), ())],
        states={'invisible': Eval('kind') != 'length'})
    severity = fields.Selection([
            ('error', "Refuse"),
            ('warning', "Warn"),
            ], "On a Breach", required=True, sort=False)
    legal_basis = fields.Char("Legal Basis", required=True, translate=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [
            ('regime', 'ASC'), ('kind', 'ASC'), ('start_date', 'DESC'),
            ('id', 'DESC')]
        cls._sql_constraints += [
            ('kind_unique', Unique(t, t.regime, t.kind, t.start_date),
                'tthcc_staffing.msg_secondment_rule_unique'),
            ]

    @staticmethod
    def default_severity():
        return 'error'

    def get_rec_name(self, name):
        return self.legal_basis

    @classmethod
    def at(cls, centre, date):
        "Return the rules in force at the centre on the date, by kind"
        rows = cls.search([
                ('regime', '=', centre.regime_at(date).regime.id),
                ('start_date', '<=', date),
                ], order=[('start_date', 'ASC')])
        return {row.kind: row for row in rows}


class LawMixin:
    "Compares a posting with the rules in force on its first day"
    __slots__ = ()

    breaches = fields.Function(
        fields.Text(
            "Against the Rules",
            states={'invisible': ~Bool(Eval('breaches'))}),
        'get_breaches')

    def get_breaches(self, name):
        if self.state in {'ended', 'recalled'}:
            return ''
        return '\n'.join(text for _, text in self.broken())

    @classmethod
    def check_law(cls, secondments):
        """Raise SecondmentRuleError, or warn, where a posting breaks a rule,
        as the rule says."""
        pool = Pool()
        Warning = pool.get('res.user.warning')
        # Of two on one person at once the later is tried again, on what the
        # first one left
        employee = pool.get('company.employee').__table__()
        Transaction().connection.cursor().execute(*employee.update(
                [employee.id], [employee.id],
                where=reduce_ids(
                    employee.id, [s.employee.id for s in secondments])))
        for secondment in secondments:
            broken = list(secondment.broken())
            errors = [
                text for rule, text in broken if rule.severity == 'error']
            if errors:
                raise SecondmentRuleError(gettext(
                        'tthcc_staffing.msg_secondment_rule',
                        secondment=secondment.rec_name), '\n'.join(errors))
            if broken:
                key = Warning.format(
                    f'secondment_rule_{secondment.state}', [secondment])
                if Warning.check(key):
                    raise SecondmentRuleWarning(key, gettext(
                            'tthcc_staffing.msg_secondment_rule_warning',
                            secondment=secondment.rec_name),
                        '\n'.join(text for _, text in broken))

    def broken(self):
        "Yield each rule that the posting breaks, and how, in words"
        Rule = Pool().get('tthcc.secondment.rule')
        for kind, rule in Rule.at(self.centre, self.start_date).items():
            words = getattr(self, f'_breaks_{kind}')(rule)
            if words:
                message, *values = words
                yield rule, gettext(
                    f'tthcc_staffing.msg_breach_{message}',
                    employee=self.employee.rec_name,
                    minimum=rule.minimum, maximum=rule.maximum,
                    basis=rule.legal_basis,
                    other=values[0] if values else '')

    def _breaks_seniority(self, rule):
        since = self.employee.field_since
        if not since:
            return ('seniority_unknown',)
        if since + relativedelta(years=rule.minimum) > self.start_date:
            return ('seniority',)

    def _breaks_length(self, rule):
        "Months are counted by date: 15 March to 14 April is one"
        after = self.end_date + relativedelta(days=1)
        if rule.minimum and after < self.start_date + relativedelta(
                months=rule.minimum):
            return ('short',)
        if rule.maximum and after > self.start_date + relativedelta(
                months=rule.maximum):
            return ('long',)

    def _breaks_overlap(self, rule):
        others = self.search([
                ('employee', '=', self.employee.id),
                ('id', '!=', self.id),
                ('state', 'in', [
                        'requested', 'agreed', 'decided', 'active',
                        'recalled']),
                ('start_date', '<=', self.end_date),
                ('end_date', '>=', self.start_date),
                ])
        mine = self.posting()
        for other in others:
            if covering.collide(mine, other.posting()):
                return 'overlap', other.centre.rec_name

    def _breaks_leave(self, rule):
        Leave = Pool().get('tthcc.leave')
        if Leave.search([
                    ('employee', '=', self.employee.id),
                    ('state', '=', 'approved'),
                    ('start_date', '<=', self.start_date),
                    ('end_date', '>=', self.start_date),
                    ], limit=1):
            return ('leave',)

    def _breaks_substitute(self, rule):
        if len(self.substitutes) < rule.minimum:
            return ('substitute',)
