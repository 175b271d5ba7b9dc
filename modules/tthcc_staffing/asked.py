# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Table queries that are answered once

A client asks for the ids of a list and then for what they have: two calls
that would sum up the same million dossiers twice.
"""

from sql import Column, Expression, Literal, Null, Values

from trytond.cache import Cache, freeze
from trytond.transaction import Transaction

# Seconds: longer than between the two calls, and nobody notices
KEPT = 5

_answers = Cache('tthcc.workload.answers', duration=KEPT, context=False)
# Of each process: an answer may have a row for each officer of a province
_answers.size_limit = 32


class _Number(Expression):
    "A number as SQL, since a statement takes only so many values"
    __slots__ = ('number',)

    def __init__(self, number):
        self.number = number

    def __str__(self):
        return repr(self.number)

    params = ()


def once(Model, query):
    """Return the query with its rows instead of where to count them, which
    are those of up to KEPT seconds ago if the same was asked then

    The rows must be numbers.  What is the same is the SQL with its values, the
    period and the rights of the user among them: nobody gets what another one
    may see.  A process that does not know the answer counts again.  What a
    transaction writes is its own, so it always counts.
    """
    transaction = Transaction()
    if not transaction.readonly:
        return query
    question = str(query), freeze(query.params)
    rows = _answers.get(question)
    if rows is None:
        cursor = transaction.connection.cursor()
        cursor.execute(*query)
        rows = cursor.fetchall()
        _answers.set(question, rows)
    names = [column.output_name for column in query.columns]
    # There are no values without a row
    values = Values([
            [Null if x is None else _Number(x) for x in row]
            for row in rows or [[None] * len(names)]])
    return values.select(
        *[Model._fields[name].sql_cast(Column(values, f'column{i}')).as_(name)
            for i, name in enumerate(names, 1)],
        where=Literal(bool(rows)))
