"""The tables of docs/algorithms/orders.md, row by row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from partner_center.customers.rules import PaidAs, refund_goes_to
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING
from partner_center.orders.rules.change import difference, downgrade_refund
from partner_center.orders.rules.deadlines import payment_deadline
from partner_center.orders.rules.fees import FIVE_YEAR_PREPAID, FeeRow, fee_percent
from partner_center.orders.rules.refund import PaidPeriod, refund_of

PAGE = Path(__file__).resolve().parents[3] / "docs/algorithms/orders.md"
CUSTOMER, PARTNER, OTHER = "customer", "partner", "another partner"


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head."""
    section = PAGE.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


@pytest.mark.parametrize(("placed", "expiry", "deadline"), table("Payment deadline"))
def test_deadlines(placed, expiry, deadline):
    expiries = [] if expiry == "none" else [moment(expiry)]
    assert payment_deadline(moment(placed), days=7, expiries=expiries) == moment(deadline)


@pytest.mark.parametrize(
    ("begins", "ends", "paid", "at", "rule", "refund", "consumed", "percent", "fee"), table("Refund")
)
def test_refunds(begins, ends, paid, at, rule, refund, consumed, percent, fee):
    period = PaidPeriod("CS1", moment(begins), moment(ends), yuan(paid), yuan("0"), 12)
    fees = [FeeRow(0, 1000, int(percent))]
    got = refund_of(period, at=moment(at), in_full=rule == "five_day", fees=fees)
    assert (got.rule, got.refund, got.consumed, got.fee) == (rule, yuan(refund), yuan(consumed), yuan(fee))


@pytest.mark.parametrize(("bought", "used", "percent"), table("Fees"))
def test_fees(bought, used, percent):
    got = fee_percent(FIVE_YEAR_PREPAID, bought_months=int(bought), used_hours=int(used) * 720)
    assert got == int(percent)


@pytest.mark.parametrize(
    ("old", "new", "paid", "left", "whole", "change", "back"), table("Change of specification")
)
def test_changes(old, new, paid, left, whole, change, back):
    got = difference(
        old_official=yuan(old), new_official=yuan(new), remaining_hours=int(left), total_hours=int(whole)
    )
    assert got == yuan(change)
    if got.minor <= 0:
        comes = downgrade_refund(difference=got, old_official=yuan(old), paid=yuan(paid), unused=yuan(paid))
        assert comes == yuan(back)


@pytest.mark.parametrize(("paid_by", "then", "now", "goes_to"), table("Whose money it is"))
def test_destinations(paid_by, then, now, goes_to):
    paid = PaidAs(
        payer_id=CUSTOMER if paid_by == "customer" else PARTNER,
        customer_id=CUSTOMER,
        partner_id=None if then == "none" else PARTNER,
        association_type="" if then == "none" else then,
    )
    partner = {"none": None, "other resale": OTHER}.get(now, PARTNER)
    kind = {"none": "", "other resale": "resale"}.get(now, now)
    assert refund_goes_to(paid, partner_id=partner, association_type=kind) == goes_to
