# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What people may write by hand, and what only buttons may."""

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError


class ByHandMixin:
    """Lets people write a record by hand as long as its state allows it, and
    begin it as a draft only."""
    __slots__ = ()

    # Fields that only buttons write
    _kept = {'state', 'moved_at', 'moved_by'}
    # What may still be written in states other than draft
    _written_in = {}
    _fixed_message = None

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if not external:
            return
        for record in records:
            if not record._may_be_written(mode, values):
                raise AccessError(gettext(
                        cls._fixed_message, record=record.rec_name,
                        state=record.state_string))

    def _may_be_written(self, mode, values):
        if mode == 'create':
            return self.state == 'draft' and not any(
                getattr(self, name) for name in self._kept - {'state'})
        if mode == 'delete':
            return self.state == 'draft'
        # Clients send values that are those already
        changed = {
            name for name, value in values.items()
            if getattr(
                getattr(self, name), 'id', getattr(self, name)) != value}
        if self.state != 'draft':
            changed -= self._written_in.get(self.state, set())
            return not changed
        return self._kept.isdisjoint(changed)


class PartMixin:
    "Lets a part be written while the posting it belongs to may be"
    __slots__ = ()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('secondment')

    @classmethod
    def check_modification(cls, mode, parts, values=None, external=False):
        super().check_modification(
            mode, parts, values=values, external=external)
        if not external:
            return
        for part in parts:
            secondment = part.secondment
            if secondment.state not in {'draft', 'requested'} or (
                    'secondment' in (values or {}) and mode == 'write'):
                raise AccessError(gettext(
                        secondment._fixed_message,
                        record=secondment.rec_name,
                        state=secondment.state_string))
