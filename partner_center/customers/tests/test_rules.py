"""Decisions over plain values: no database."""

from __future__ import annotations

import pytest

from partner_center.customers import rules
from partner_center.customers.errors import CustomerFrozen, PurchasesStopped, RealNameRequired
from partner_center.customers.lifecycles import FreezeState, VerifiedStatus
from partner_center.customers.models import Customer
from partner_center.customers.rules import PaidAs, refund_goes_to
from partner_center.identity.models import Account

CUSTOMER, PARTNER, NEXT_PARTNER = "c" * 32, "p" * 32, "q" * 32


def a_customer(**values: object) -> Customer:
    values = {
        "account": Account(id=CUSTOMER, name="pinewood", site="cn"),
        "association_type": "resale",
        "partner_id": PARTNER,
        "verified_status": VerifiedStatus.VERIFIED,
        **values,
    }
    return Customer(**values)


@pytest.mark.parametrize(
    ("customer", "stopped", "buys", "renews"),
    [
        (a_customer(), False, None, None),
        (a_customer(freeze_state=FreezeState.ACCOUNT), False, CustomerFrozen, CustomerFrozen),
        (a_customer(freeze_state=FreezeState.RESOURCES), False, CustomerFrozen, CustomerFrozen),
        (a_customer(), True, PurchasesStopped, PurchasesStopped),
        (a_customer(association_type="referral"), True, None, None),
        (a_customer(verified_status=VerifiedStatus.UNVERIFIED), False, None, RealNameRequired),
        (a_customer(verified_status=VerifiedStatus.IN_REVIEW), False, None, RealNameRequired),
        (a_customer(verified_status=VerifiedStatus.REJECTED), False, None, RealNameRequired),
    ],
)
def test_who_may_buy_and_who_may_renew(
    customer: Customer, stopped: bool, buys: type | None, renews: type | None
) -> None:
    to_buy = rules.why_not_buy(customer, stopped=stopped)
    to_renew = rules.why_not_renew(customer, stopped=stopped)

    assert (type(to_buy) if to_buy else None) is buys
    assert (type(to_renew) if to_renew else None) is renews
    assert rules.may_buy(customer, stopped=stopped) is (buys is None)
    assert rules.may_renew(customer, stopped=stopped) is (renews is None)


def test_an_installation_may_ask_for_the_real_name_before_the_first_order() -> None:
    unknown = a_customer(verified_status=VerifiedStatus.UNVERIFIED)

    assert isinstance(rules.why_not_buy(unknown, stopped=False, needs_real_name=True), RealNameRequired)


@pytest.mark.parametrize(
    ("paid_by", "as_type", "now_partner", "now_type", "to"),
    [
        # what the customer paid while it was a referral customer is the customer's
        (CUSTOMER, "referral", PARTNER, "referral", CUSTOMER),
        (CUSTOMER, "referral", None, "", CUSTOMER),
        (CUSTOMER, "referral", PARTNER, "resale", CUSTOMER),
        (CUSTOMER, "", PARTNER, "resale", CUSTOMER),
        # what a partner paid is that partner's, whatever became of the tie
        (PARTNER, "referral", PARTNER, "referral", PARTNER),
        (PARTNER, "referral", None, "", PARTNER),
        (PARTNER, "resale", PARTNER, "resale", PARTNER),
        (PARTNER, "resale", NEXT_PARTNER, "resale", PARTNER),
        # what a resale customer paid is its own while that tie stands, then the partner's
        (CUSTOMER, "resale", PARTNER, "resale", CUSTOMER),
        (CUSTOMER, "resale", PARTNER, "referral", PARTNER),
        (CUSTOMER, "resale", None, "", PARTNER),
        (CUSTOMER, "resale", NEXT_PARTNER, "resale", PARTNER),
    ],
)
def test_refunds_go_where_the_matrix_says(
    paid_by: str, as_type: str, now_partner: str | None, now_type: str, to: str
) -> None:
    paid = PaidAs(
        payer_id=paid_by,
        customer_id=CUSTOMER,
        partner_id=PARTNER if as_type else None,
        association_type=as_type,
    )

    assert refund_goes_to(paid, partner_id=now_partner, association_type=now_type) == to


def test_an_international_resale_customer_is_paid_for_by_its_partner() -> None:
    abroad = Account(id=CUSTOMER, name="larkspur", site="intl")

    assert rules.payer_of(a_customer(account=abroad)) == PARTNER
    assert rules.payer_of(a_customer(account=abroad, association_type="referral")) == CUSTOMER
    assert rules.payer_of(a_customer()) == CUSTOMER


@pytest.mark.parametrize(
    ("stored", "site", "parts"),
    [
        ("13812345678", "cn", ("0086", "13812345678")),
        ("0086-13812345678", "cn", ("0086", "13812345678")),
        ("0044-7700900123", "intl", ("0044", "7700900123")),
        ("7700900123", "intl", ("", "7700900123")),
        ("", "cn", ("", "")),
    ],
)
def test_a_mobile_number_knows_its_country(stored: str, site: str, parts: tuple[str, str]) -> None:
    assert rules.split_mobile(stored, site=site) == parts
