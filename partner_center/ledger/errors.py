"""What the ledger refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Conflict, NotFound, Refused
from partner_center.kernel.money import Money


class InsufficientBalance(Refused):
    """An account would fall below its floor (spec/api/errors.md, Orders: CBC.99005003)."""

    code = "CBC.99005003"
    says = _("The balance is not enough: {needed} needed, {available} available.")
    needed: Money
    available: Money


class ReferenceReused(Conflict):
    """A reference that has moved its money already came back with another request."""

    code = "CBC.99007009"
    says = _("The reference {reference} has been used for something else.")
    reference: str


class LedgerRowUnknown(NotFound):
    """Absent, or not yours: the same answer."""

    says = _("This does not exist in the ledger.")
