# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError, ValidationError


class RegimeMissingError(UserError):
    pass


class CodePatternError(ValidationError):
    pass


class BankAccountError(ValidationError):
    "Bank and account are none that a transfer finds"


class PublicURLError(ValidationError):
    pass


class CentreOpenError(UserError):
    pass


class CentreNotReadyWarning(UserWarning):
    pass


class CentreCloseError(UserError):
    pass


class UserGroupError(AccessError):
    pass


class PrintingError(UserError):
    "What printing needs is missing"


class NoPeriodError(UserError):
    pass


class CalendarPeriodError(ValidationError):
    pass


class CalendarDayError(ValidationError):
    pass
