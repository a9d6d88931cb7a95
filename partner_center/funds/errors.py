"""What this room refuses (spec/api/errors.md, Accounts and customers; spec/domain/features.md F6, C5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance


class AmountOutOfRange(Invalid):
    """Not above zero, finer than the minor unit, of another currency, or beyond the largest movement."""

    says = _("The amount must be above 0 and at most {maximum}, with at most two decimals.")
    maximum: Money


class NotEnoughToReclaim(InsufficientBalance):
    """The reclaim of a customer's balance answers with the short code (spec/api/operations.md)."""

    code = "CBC.5003"


class OnlyResaleCustomers(Refused):
    """A referral customer has its own money: its partner can neither allocate to it nor reclaim."""

    code = "CBC.99000000"
    says = _("Only the balance of a resale customer can be adjusted; {customer} is not one.")
    customer: str


class NoMoneyAccount(Refused):
    """A resale customer of the international site spends on its partner's bill and has no account of its own."""

    code = "CBC.99000049"
    says = _("The customer {customer} has no account balance.")
    customer: str


class OnlyTheVendor(Forbidden):
    code = "CBC.0151"
    says = _("Only the vendor may do this.")


class OnlyOwnAccount(Forbidden):
    code = "CBC.0151"
    says = _("Only the owner of the account may do this.")


class OnlyADistributor(Forbidden):
    """Adjusting resellers is a distributor's; anybody else meets the documented CBC.0150."""

    code = "CBC.0150"
    says = _("Only a distributor may adjust the account of a reseller.")


class FedByItsPartner(Refused):
    """A resale customer's money is its partner's."""

    code = "CBC.99000000"
    says = _("The balance of the resale customer {customer} comes from its partner.")
    customer: str


class NoCreditForResaleCustomers(Refused):
    code = "CBC.99000000"
    says = _("The resale customer {customer} cannot have a credit account.")
    customer: str


class CreditInUse(Refused):
    says = _("The credit limit cannot be lowered to {limit}: {used} are in use.")
    limit: Money
    used: Money


class NothingToRepay(Refused):
    says = _("At most {used} of credit are in use.")
    used: Money


class RemittanceKnown(Conflict):
    code = "CBC.99007009"
    says = _("The bank transfer {number} has been recorded already.")
    number: str


class UnknownGateway(Invalid):
    says = _("The payment gateway {gateway} is not available.")
    gateway: str


class NoticeNotGenuine(Forbidden):
    """A payment notice whose signature, amount or number is not what we would have sent a payer with."""

    says = _("The payment notice is not genuine: {reason}.")
    reason: Any


class RechargeClosed(WrongState):
    """The recharge was paid, has failed or has expired before."""


class SpanTooLong(Invalid):
    code = "CBC.80021021"
    says = _("The time range is longer than one year.")


class AccountUnknown(NotFound):
    """Absent, or not yours: the same answer."""

    code = "CBC.99000047"
    says = _("The account {account} does not exist.")
    account: str


class RecordUnknown(NotFound):
    """Absent, or not yours: the same answer."""

    says = _("The record {number} does not exist.")
    number: str
