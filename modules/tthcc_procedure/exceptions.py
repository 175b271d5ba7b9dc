# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError


class RevisionPublishedError(AccessError):
    pass


class RevisionDraftError(UserError):
    pass


class PublishError(ValidationError):
    pass


class AssignmentError(ValidationError):
    pass


class ImportFileError(UserError):
    pass


class ImportBadRowsError(UserError):
    pass
