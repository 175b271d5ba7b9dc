# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from functools import wraps

from trytond.i18n import gettext
from trytond.modules.tthcc import clock
from trytond.modules.tthcc.workflow import pressed
from trytond.pool import Pool
from trytond.pyson import Eval

from .exceptions import DossierMoved


def move(sources, target=None, button=None):
    """Make the decorated method a button that moves dossiers, once, from one
    of the states sources to target; without a target the method says where
    to, or the state stays.

    The method sets what else changes; state and fields are then written
    together, and after them the lists of lines that it returns.  Its button
    is of its own name, or the one that opened the wizard that calls it.  When
    somebody else moved a dossier first nothing happens, and the user is told
    who did it and when (DossierMoved)."""
    def decorator(func):
        def check(cls, dossiers):
            cls._check_not_moved(dossiers, sources)

        @pressed(button or func.__name__, check)
        @wraps(func)
        def wrapper(cls, dossiers, *args, **kwargs):
            lines = func(cls, dossiers, *args, **kwargs)
            employee = cls._acting_employee()
            for dossier in dossiers:
                if target:
                    dossier.state = target
                dossier.moved_at = clock.now()
                dossier.moved_by = employee
            cls.save(dossiers)
            for some in filter(None, lines or []):
                some[0].__class__.save(some)
            cls.on_move(dossiers, func.__name__)
        wrapper.move = button or func.__name__, sources, target
        return wrapper
    return decorator


class MoveMixin:
    """Gives a Workflow model buttons out of its moves.

    The model keeps moved_at and moved_by, and knows local times."""
    __slots__ = ()

    _moved_message = 'tthcc_dossier.msg_dossier_moved'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        for name in dir(cls):
            if move_ := getattr(getattr(cls, name, None), 'move', None):
                button, sources, target = move_
                if target:
                    cls._transitions.update((s, target) for s in sources)
                cls._buttons[button] = {
                    'invisible': ~Eval('state').in_(sources),
                    'depends': ['state'],
                    }

    @classmethod
    def on_move(cls, dossiers, name):
        """Called when the method name has moved the dossiers, after their
        write: the place for what follows from a move, such as notices."""

    @classmethod
    def _check_not_moved(cls, dossiers, sources):
        for dossier in cls.browse(dossiers):
            if dossier.state in sources:
                continue
            moment = dossier.moved_at or dossier.create_date
            raise DossierMoved(gettext(
                    cls._moved_message,
                    dossier=dossier.rec_name,
                    state=dossier.state_string,
                    employee=(
                        dossier.moved_by.rec_name
                        if dossier.moved_by
                        else gettext('tthcc_dossier.msg_nobody')),
                    moment=dossier.local_text(moment)))

    @staticmethod
    def _in_groups(names):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        User = pool.get('res.user')
        return not {
            ModelData.get_id('tthcc', name) for name in names
            }.isdisjoint(User.get_groups())

    @staticmethod
    def _acting_employee():
        "The employee as whom the user acts"
        return Pool().get('res.user').acting_employee()
