"""The tables of docs/algorithms/settlement.md, row by row."""

from decimal import Decimal
from pathlib import Path

import pytest

from partner_center.billing.rules import (
    Debt,
    bill_number,
    day_within,
    first_come_first_settled,
    payer_of_group,
    shares_of_line,
    target_of,
    tax_in,
)
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.orders.tests.conftest import beijing

PAGE = Path(__file__).resolve().parents[3] / "docs/algorithms/settlement.md"


def rows(title):
    section = PAGE.read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def cents(text):
    return Money.of(text, "CNY").minor


@pytest.mark.parametrize("row", rows("Truncation"))
def test_truncation(row):
    official, discount, payable = map(Decimal, row[:3])
    target = target_of(official=official, discount=discount, payable=payable, currency="CNY")
    assert [target.official, target.discount, target.erase, target.consume] == [
        cents(one) for one in row[3:7]
    ]
    assert target.cut_off == Decimal(row[7])


@pytest.mark.parametrize("row", rows("The share of a line"))
def test_shares(row):
    settled = dict(zip(("cash", "credit", "debt"), map(cents, row[2:5]), strict=True))
    shares = shares_of_line(
        before=Decimal(row[0]), payable=Decimal(row[1]), settlement=settled, currency="CNY"
    )
    assert [shares[name] for name in ("cash", "credit", "debt", "cut_off")] == [
        Decimal(one) for one in row[5:]
    ]


@pytest.mark.parametrize("row", rows("Arrears"))
def test_the_oldest_debt_is_settled_first(row):
    debts = [Debt(place, cents(one)) for place, one in enumerate(row[0].split(", "))]
    settled = first_come_first_settled(debts, cents(row[1]))
    assert [minor for _place, minor in settled] == [cents(one) for one in row[2].split(", ")]


def test_a_partner_pays_for_international_resale_customers_only():
    facts = {"partner_id": "p", "customer_id": "c"}
    assert payer_of_group(site="intl", association_type="resale", **facts) == "p"
    assert payer_of_group(site="intl", association_type="referral", **facts) == "c"
    assert payer_of_group(site="cn", association_type="resale", **facts) == "c"


def test_what_the_close_charges_belongs_to_the_last_day_of_its_month():
    march = BillMonth(2026, 3)
    assert str(day_within(march, beijing(2026, 3, 9, 0, 30))) == "2026-03-09"
    assert str(day_within(march, beijing(2026, 4, 3, 8, 0))) == "2026-03-31"
    assert bill_number(march, "c" * 32, 7) == f"PU202603-{'c' * 32}-7"


def test_tax_is_contained_and_cut_to_the_cent():
    assert tax_in(Money.of("106.00", "USD"), Decimal("6")) == Money.of("6.00", "USD")
    assert tax_in(Money.of("55.00", "USD"), Decimal("0")) == Money.of("0", "USD")
    assert tax_in(Money.of("1.00", "USD"), Decimal("8.875")) == Money.of("0.08", "USD")
