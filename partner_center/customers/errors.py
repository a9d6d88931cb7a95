"""What this room refuses (spec/api/errors.md, Accounts and customers)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, Invalid, Refused
from partner_center.kernel.money import Money


class NotACustomerOfThePartner(Refused):
    """Absent, somebody else's, or out of an account manager's scope: the same answer."""

    code = "CBC.99000035"
    says = _("{customer} is not a customer of the partner.")
    customer: str


class NoRightOverCustomer(Refused):
    code = "CBC.99000000"
    says = _("You have no right to do this with the customer {customer}.")
    customer: str


class CustomerFrozen(Refused):
    """The customer itself is frozen; an international resale customer is until it has a budget."""

    code = "CBC.99003626"
    says = _("The account {customer} is frozen.")
    customer: str


class PurchasesStopped(Refused):
    """The partner's standing, or its distributor's, stops its resale customers."""

    code = "CBC.18000016"
    says = _("Purchases are restricted; contact the associated partner.")


class RealNameRequired(Forbidden):
    code = "CBC.0155"
    says = _("The customer {customer} must complete real-name authentication first.")
    customer: str


class MobileFormat(Invalid):
    code = "CBC.5017"
    says = _("The mobile number has a wrong format.")


class AddressInUse(Refused):
    """On the international site an e-mail address registers one account."""

    code = "CBC.99000029"
    says = _("The mobile number or e-mail address is in use already.")


class MobileCeiling(Refused):
    code = "CBC.99000030"
    says = _("The mobile number has reached its number of registrations.")


class PlatformUserTaken(Refused):
    code = "CBC.99000039"
    says = _("The platform user {xaccount_id} is bound to a customer already.")
    xaccount_id: str


class VerificationCodeNeeded(Invalid):
    code = "CBC.0101"
    says = _("A verification code is needed with a mobile number or an e-mail address.")


class WrongSite(Forbidden):
    code = "CBC.0156"
    says = _("The customer does not belong to this site.")


class EmailFormat(Invalid):
    says = _("The e-mail address has a wrong format.")


class AlreadyAssociated(Refused):
    says = _("The customer {customer} is associated with a partner already.")
    customer: str


class OnlyTheCustomer(Forbidden):
    says = _("Only the customer may decide on this.")


class OnlyItsPartner(Forbidden):
    says = _("Only the customer's partner may do this.")


class AuthorisationOpen(Refused):
    says = _("The customer {customer} has an open authorisation already.")
    customer: str


class DistributorConsentMissing(Refused):
    """A reseller needs its distributor's grant before it may ask its customer."""

    says = _("The distributor has not granted this right to the reseller.")


class BudgetOutOfRange(Invalid):
    says = _("The budget must be above 0 and at most {maximum}.")
    maximum: Money


class FrozenByAnother(Refused):
    code = "CBC.99000000"
    says = _("The customer {customer} was frozen by the vendor.")
    customer: str


class ResourcesFrozenTooLong(Refused):
    """A partner unfreezes resources within 15 days (features F8)."""

    code = "CBC.99000000"
    says = _(
        "The resources of {customer} have been frozen for more than {days} days: unfreeze the account alone, "
        "and ask the vendor about the resources."
    )
    customer: str
    days: int


class ResourcesNeedAgreement(Refused):
    says = _("Resources are frozen only with the customer's agreement.")


class NotAMember(Refused):
    says = _("{user} is not a member of the partner.")
    user: str


class AlreadyInCharge(Refused):
    says = _("The customer {customer} has the account manager {manager} already.")
    customer: str
    manager: str


class NobodyInCharge(Refused):
    says = _("The customer {customer} has no account manager.")
    customer: str


class NotAuthorised(Forbidden):
    """The customer has not authorised the partner for this, or no longer does."""

    code = "CBC.0151"
    says = _("The customer has not authorised the partner.")


class ApplicantMayNotBuy(Refused):
    """Features A3: while applying to become a partner, and ever after, an account buys nothing for itself."""

    says = _("An account that has applied to become a partner cannot buy or provision cloud services.")


class ApplicantCannotBeACustomer(Refused):
    says = _("{customer} is a partner, or has applied to become one.")
    customer: str
