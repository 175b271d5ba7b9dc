# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

from trytond.exceptions import UserError
from trytond.model.exceptions import ValidationError


class AreaError(ValidationError):
    "Zones with more area than their site has"


class DatesError(ValidationError):
    pass


class BudgetError(UserError):
    "The budget request cannot do this step"


class OwnRequestError(UserError):
    "Nobody approves what they asked for themselves"


class UpgradeError(UserError):
    pass


class EquipmentDisposedError(UserError):
    "The item was disposed of, which is final"


class EquipmentDateError(ValidationError):
    pass


class MovementError(UserError):
    "The items cannot be moved, lent or disposed of like that"


class PictureError(UserError):
    "The file is no picture that can be kept"


class FaultError(UserError):
    pass


class RepairError(ValidationError):
    pass


class ReplacementError(UserError):
    pass


class ApprovalError(UserError):
    "The user is none of those who must approve"


class StocktakingError(UserError):
    pass


class CameraAddressError(ValidationError):
    pass


class ImportFileError(UserError):
    "The file is none that equipment can be imported from"


class ImportRowsError(UserError):
    "Rows of the file are bad, and it was not said to leave them out"
