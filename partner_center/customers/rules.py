"""Decisions about customers over plain values: no query, no clock.

Addresses follow spec/api/operations.md (check_user_identity, create_sub_customer), money the matrices of
spec/domain/lifecycles.md §10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from phonenumbers import SUPPORTED_REGIONS

from partner_center.customers.errors import (
    CustomerFrozen,
    PurchasesStopped,
    RealNameRequired,
)
from partner_center.customers.lifecycles import VerifiedStatus
from partner_center.customers.models import AssociationType, Customer, CustomerType, NewCustomerTag
from partner_center.identity.rules import account_name_fits
from partner_center.kernel.errors import DomainError

CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
MOBILE_WITH_COUNTRY = re.compile(r"(00[0-9]{2})-([0-9]{4,20})")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


RESOURCE_WINDOW = timedelta(days=15)
"""So long a partner may unfreeze resources that it has frozen (features F8)."""


def is_checkable_name(name: str) -> bool:
    """The rule of check_user_identity: as for account names, and not beginning with `_` either."""
    return account_name_fits(name) and not name.startswith("_")


def is_chinese_mobile(mobile: str) -> bool:
    """A bare mobile number of the China site: 13XXXXXXXXX."""
    return bool(CHINESE_MOBILE.fullmatch(mobile))


def split_mobile(mobile: str, *, site: str) -> tuple[str, str]:
    """Country code (0086) and number of a stored mobile number; on the China site it is stored bare."""
    found = MOBILE_WITH_COUNTRY.fullmatch(mobile)
    if found:
        return found[1], found[2]
    return ("0086" if site == "cn" and mobile else ""), mobile


def is_country(code: str) -> bool:
    """A country or region by its two letters (ISO 3166)."""
    return code in SUPPORTED_REGIONS


def is_email(address: str) -> bool:
    return len(address) <= 254 and bool(EMAIL.fullmatch(address))


def may_buy(customer: Customer, *, stopped: bool, needs_real_name: bool = False) -> bool:
    """Whether the customer may place a new order; see `why_not_buy`."""
    return why_not_buy(customer, stopped=stopped, needs_real_name=needs_real_name) is None


def may_renew(customer: Customer, *, stopped: bool) -> bool:
    """Whether the customer may renew: as for buying, and always with real-name authentication."""
    return why_not_renew(customer, stopped=stopped) is None


def why_not_buy(customer: Customer, *, stopped: bool, needs_real_name: bool = False) -> DomainError | None:
    """The refusal that meets the customer when it places an order, or None.

    stopped: the partner's standing, or its distributor's, stops resale customers (it does not concern
    referral customers). needs_real_name: the installation asks for authentication before any order.
    """
    if customer.frozen:
        return CustomerFrozen(customer=str(customer))
    if stopped and customer.is_resale:
        return PurchasesStopped()
    if needs_real_name and not customer.verified:
        return RealNameRequired(customer=str(customer))
    return None


def why_not_renew(customer: Customer, *, stopped: bool) -> DomainError | None:
    """The refusal that meets the customer when it renews, or None."""
    return why_not_buy(customer, stopped=stopped, needs_real_name=True)


def may_unfreeze_resources(frozen_at: datetime, now: datetime) -> bool:
    """Whether a partner may still unfreeze resources that were frozen at this moment."""
    return now < frozen_at + RESOURCE_WINDOW


def payer_of(customer: Customer) -> str:
    """The account whose money pays the customer's orders: its own; on the international site a resale
    customer has no money account (CBC.99000049) and its partner is billed."""
    if customer.account.site == "intl" and customer.is_resale:
        assert customer.partner_id is not None
        return str(customer.partner_id)
    return str(customer.pk)


@dataclass(frozen=True, slots=True)
class PaidAs:
    """How things stood when an order was paid: who paid, and whose customer it was in which way."""

    payer_id: str
    customer_id: str
    partner_id: str | None
    association_type: str


def refund_goes_to(paid: PaidAs, *, partner_id: str | None, association_type: str) -> str:
    """The account that gets a refund, given the association of today (matrix of lifecycles §10).

    What a partner paid returns to that partner. What a referral customer paid returns to the customer.
    What a resale customer paid returns to it while that resale association stands, else to the partner.
    """
    if paid.payer_id != paid.customer_id:
        return paid.payer_id
    if paid.association_type != AssociationType.RESALE:
        return paid.customer_id
    if association_type == AssociationType.RESALE and partner_id == paid.partner_id:
        return paid.customer_id
    assert paid.partner_id is not None
    return paid.partner_id


def new_customer_tag(customer: Customer, month: str) -> str:
    """The new-customer mark in `month` (YYYY-MM): none before authentication, N after its last month."""
    if not customer.verified or not customer.new_tag:
        return ""
    if customer.new_tag_until and month > customer.new_tag_until:
        return str(NewCustomerTag.NO)
    return str(customer.new_tag)


def may_apply_for_real_name(customer: Customer) -> bool:
    """Whether the customer can be put forward: for the first time, or again after a rejection."""
    return customer.verified_status not in (VerifiedStatus.VERIFIED, VerifiedStatus.IN_REVIEW)


def may_become_enterprise(customer: Customer) -> bool:
    """Whether the customer is authenticated as an individual, and may change to an enterprise."""
    return customer.verified and customer.customer_type == CustomerType.INDIVIDUAL
