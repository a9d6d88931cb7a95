"""What the processes of programmes refuse."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, Refused


class MayNotJoin(Refused):
    """The first obstacle and what can be done about it; the page of the programme lists all."""

    says = _("{obstacle} {way_out}")
    obstacle: Any
    way_out: Any


class NotTheCompanysName(Refused):
    says = _("The company must bear its authenticated name: {name}.")
    name: str


class DistributorUnsuitable(Refused):
    says = _("Choose an active distributor of your business region.")


class OnlyWhoMayBecomeAPartner(Forbidden):
    code = "CBC.0151"
    says = _("Only a company's own account may apply.")


class StillHeld(Refused):
    """A partner leaves when nothing of it is left: customers and resellers are migrated, balances settled."""

    says = _("The partner cannot leave yet: {left}.")
    left: str


class NothingToVerify(Refused):
    says = _("The account has neither a mobile number nor an e-mail address: add them to its profile first.")


class QuickRegistrationOver(Refused):
    says = _("More than 24 hours have passed, or the registration was used. Verify the account again.")


class AddressMustDiffer(Refused):
    says = _("The new account needs another mobile number or e-mail address than this one.")
