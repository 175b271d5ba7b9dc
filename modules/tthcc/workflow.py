# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""How a button is pressed: with its rights, and by one at a time."""
from functools import wraps

from sql import Literal

from trytond import backend
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.model.exceptions import AccessButtonError
from trytond.transaction import Transaction


def pressed(button, check):
    """Make the decorated method what pressing the button of that name does,
    with the rights of the button and for one presser at a time.

    check(cls, records) raises the error that says why the button does not
    work on the records, such as what somebody else did first."""
    def decorator(func):
        def once(cls, records, *args, **kwargs):
            check(cls, records)
            return func(cls, records, *args, **kwargs)
        once.__name__ = button
        press = ModelView.button(once)

        @wraps(func)
        def wrapper(cls, records, *args, **kwargs):
            lock_before_reading(cls)
            try:
                return press(cls, records, *args, **kwargs)
            except AccessButtonError:
                check(cls, records)
                raise
        return wrapper
    return decorator


def pressed_in(error, message, button, states):
    """Make the decorated method what the button of that name does to records
    in one of the states.

    Who presses in another state, such as the second of two, gets the error
    with the message, which takes record and state."""
    def check(cls, records):
        for record in cls.browse(records):
            if record.state not in states:
                raise error(gettext(
                        message, record=record.rec_name,
                        state=record.state_string))
    return pressed(button, check)


def one_at_a_time(records):
    """Let one transaction at a time change what hangs on the records.

    Two that each add a row see only their own; as both write these records
    PostgreSQL refuses the later one, and its call is tried again."""
    if backend.name == 'sqlite' or not records:
        return
    table = records[0].__table__()
    Transaction().connection.cursor().execute(*table.update(
            [table.id], [table.id],
            where=fields.SQL_OPERATORS['in'](
                table.id, sorted({r.id for r in records}))))


def lock_before_reading(Model):
    """Take the write lock of a SQLite database before a state is read.

    PostgreSQL refuses the later of two writers by itself, and the call is
    tried again on what the first one left; SQLite would let the second
    writer act on what it read before it waited for the first."""
    if backend.name == 'sqlite':
        table = Model.__table__()
        Transaction().connection.cursor().execute(
            *table.update([table.id], [table.id], where=Literal(False)))
