"""What this room refuses (spec/api/errors.md, Accounts and customers)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, Invalid, Refused


class NoRightOverReseller(Refused):
    """The reseller is not one of the caller's, or does not exist: the same answer."""

    code = "CBC.99000037"
    says = _("You have no right over the reseller {reseller}.")
    reseller: str


class NotAPartner(Forbidden):
    code = "CBC.0151"
    says = _("Only a partner may do this.")


class OnlyTheVendor(Forbidden):
    code = "CBC.0151"
    says = _("Only the vendor may do this.")


class OnlyItsDistributor(Forbidden):
    code = "CBC.0151"
    says = _("Only the reseller's distributor may do this.")


class SandboxPartner(Refused):
    code = "CBC.99005035"
    says = _("A sandbox partner account may not do this.")


class DistributorHasNoCustomers(Refused):
    code = "CBC.50010059"
    says = _("A distributor may not associate customers itself; name one of its resellers.")


class DistributorHasQuit(Refused):
    code = "CBC.50010065"
    says = _("The reseller's distributor has quit.")


class PartnerRestricted(Refused):
    code = "CBC.50010085"
    says = _("The partner is restricted and may not do this.")


class DistributorRestricted(Refused):
    code = "CBC.50010086"
    says = _("The reseller's distributor is restricted.")


class UnknownPlatform(Invalid):
    """The platform identity has not been assigned to this partner."""

    says = _("The platform identity {platform} is not assigned to this partner.")
    platform: str


class PlatformTaken(Invalid):
    says = _("The partner has the platform identity {platform} already.")
    platform: str


class AlreadyAPartner(Refused):
    says = _("The account {account} is a partner already.")
    account: str


class WrongAccountKind(Refused):
    says = _("The account {account} is not of the kind {kind}.")
    account: str
    kind: str


class NotADistributor(Refused):
    says = _("{partner} is not an active distributor of the same site.")
    partner: str


class NotYourMember(Refused):
    says = _("The account manager {user} is not a member of the partner.")
    user: str


class AlreadyTied(Refused):
    says = _("{reseller} works with a distributor already.")
    reseller: str


class NotTied(Refused):
    says = _("{reseller} does not work with a distributor.")
    reseller: str


class RightNotHeld(Refused):
    says = _("The reseller does not hold this right.")
