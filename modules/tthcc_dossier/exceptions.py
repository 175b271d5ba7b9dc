# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError, ValidationError


class ClosingError(UserError):
    "The cash of the day does not allow it"


class CoordinationError(UserError):
    "What is asked of others does not allow it"


class DossierMoved(UserError):
    "Somebody else moved the dossier first"


class FeeError(ValidationError):
    "The fee is none that the procedure states"


class ExtensionError(UserError):
    "The rules do not allow the new date"


class LegError(UserError):
    "The leg under way does not allow the move"


class NotYourLegError(AccessError):
    "The leg under way is somebody else's"


class RegistrationError(ValidationError):
    "Something that registering needs is missing"


class SupplementError(UserError):
    "The rules do not allow the supplement, or to close it"


class IdentityError(ValidationError):
    "The identity number is none"


class NoticeTemplateError(ValidationError):
    "A text for notices is wrong or missing"


class FormError(UserError):
    "There is nothing to print on the form"


class NotRegisteredError(UserError):
    "A receipt is for registered dossiers"


class FileRefused(ValidationError):
    "The file cannot be taken in"


class ConsentMissing(UserError):
    "Papers are reused with the applicant's consent only"


class NothingToReuse(UserError):
    "The applicant filed no paper before"


class FilingError(UserError):
    "What a portal asks for cannot be filed"


class FilingConflict(UserError):
    "The reference was used for another dossier"


class HandoverError(UserError):
    "The round cannot go on as it is"


class HandoverLineError(ValidationError):
    "A paper is both ticked and missing"


class HolderError(UserError):
    "The paper is elsewhere"


class NotYourSideError(AccessError):
    "The user does not sign for this side of a round"


class ResultMissing(UserError):
    "There is no file to return electronically"


class UntickedWarning(UserWarning):
    "Papers that are not ticked stay out of the round"


class PaymentError(UserError):
    "The payment cannot be taken or cancelled"


class RegisterError(UserError):
    "There is no such book, or too much of it to print"
