# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import ValidationError


class SecondmentModeError(ValidationError):
    "A mode without its half days or seasons"


class SecondmentDecisionError(UserError):
    "A posting that is not yet decided, begun or over"


class StandardError(UserError):
    "No standard is in force"


class SecondmentRuleError(ValidationError):
    "A posting against a rule of law"


class SecondmentRuleWarning(UserWarning):
    "A posting against a rule from which one may depart"


class LeaveError(ValidationError):
    pass


class RecommendationError(UserError):
    "A recommendation that cannot be made or adopted"


class StatementError(UserError):
    "A statement that cannot be made, approved or corrected"


class RemarkError(UserError):
    "Remarks that cannot be begun or shown"


class RosterError(ValidationError):
    pass


class DutyError(ValidationError):
    "A duty outside of its week, or of somebody on leave"
