"""What the frame itself refuses."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Conflict, Forbidden, Refused, Unavailable


class NotPermitted(Forbidden):
    code = "CBC.0151"
    says = _("Access denied: the permission {permission} is missing.")
    permission: str


class WrongState(Refused):
    """The row has moved on: of two at once, one is too late. Rooms subclass it where the contract has a code."""

    code = "CBC.0100"
    says = _("{subject} is {state}: this is not possible any more.")
    subject: str
    state: Any


class KeyReused(Conflict):
    code = "CBC.0100"
    says = _("The idempotency key {key} was used with another request.")
    key: str


class ClockRefused(Refused):
    code = "CBC.0100"
    says = _("The clock cannot be moved to {to}: {reason}.")
    to: str
    reason: Any


class StoreUnavailable(Unavailable):
    """The disk is full, or the bucket does not answer. Nothing counts of what was being written."""

    says = _("The file store cannot take or give {path}: {reason}.")
    path: str
    reason: Any
