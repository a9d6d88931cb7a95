"""The tables of docs/algorithms/pricing.md, and what holds for any inquiry."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_center.catalogue.tariffs import Step, Tariff
from partner_center.kernel.money import Amount, Money
from partner_center.pricing import rules
from partner_center.pricing.rules import Charge, Terms

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "pricing.md"
D = Decimal
STEPS = (Step(D(100), D("0.50")), Step(D(500), D("0.40")), Step(None, D("0.30")))


def table(heading: str) -> list[list[str]]:
    """The rows of the only table below a heading."""
    text = DOCUMENT.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    assert len(rows) > 3, heading
    return rows[2:]


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def terms(text: str) -> Terms | None:
    if text == "none":
        return None
    if text.startswith("ratio"):
        return Terms("ratio", ratio=D(text.removeprefix("ratio ")))
    if text.startswith("price"):
        return Terms("fixed_price", fixed_price=D(text.removeprefix("price ")))
    found = re.fullmatch(r"([\d.]+) off(?: from ([\d.]+))?", text)
    assert found, text
    return Terms("amount_off", amount_off=yuan(found[1]), threshold=yuan(found[2]) if found[2] else None)


@pytest.mark.parametrize("row", table("From a quantity to an amount"), ids=" ".join)
def test_from_a_quantity_to_an_amount(row: list[str]) -> None:
    words, free, quantity, amount = row
    scheme, _space, price = words.partition(" ")
    tariff = Tariff(
        scheme,
        D(price or "0.01"),
        STEPS if scheme in ("graduated", "volume") else (),
        D(free),
        D(10000) if scheme == "block" else D(1),
    )
    assert tariff.amount(D(quantity)) == D(amount)


@pytest.mark.parametrize("row", table("Yearly/monthly lines"), ids=" ".join)
def test_yearly_monthly_lines(row: list[str]) -> None:
    unit_price, size, periods, subscriptions, discount, official, payable = row
    units = rules.units_of(int(size), int(periods), int(subscriptions))
    listed = rules.official(D(unit_price), units, "CNY")
    what = terms(discount)
    paid = rules.payables(what, [Charge(listed, units, covered=True)]) if what else [listed]
    assert (listed, paid) == (yuan(official), [yuan(payable)])


@pytest.mark.parametrize("row", table("Which discount"), ids=" ".join)
def test_which_discount(row: list[str]) -> None:
    offers = [one.split(": ") for one in row[0].split(", ")]
    ranked = [(yuan(amount), kind) for kind, amount in offers]
    for order in (ranked, ranked[::-1]):
        best = order[0]
        for one in order[1:]:
            best = one if rules.is_better(one, best) else best
        assert best[1] == row[1]


@pytest.mark.parametrize("row", table("Pay-per-use inquiries"), ids=" ".join)
def test_pay_per_use_inquiries(row: list[str]) -> None:
    unit_price, usage, ratio, precision, official, amount, discount = row
    exact = (Amount(D(unit_price), "CNY") * D(usage)).exact
    reduced = rules.metered(Terms("ratio", ratio=D(ratio)), exact, D(usage)) if ratio != "none" else exact
    places = rules.PLACES[int(precision)]
    shown = [Amount(value, "CNY").truncated(places) for value in (exact, reduced)]
    assert (shown[0], shown[1], shown[0] - shown[1]) == (D(official), D(amount), D(discount))


moneys = st.integers(0, 10**9).map(lambda minor: Money(minor, "CNY"))
charges = st.lists(
    st.builds(
        Charge,
        st.integers(0, 10**9).map(lambda n: Money(n, "CNY")),
        st.decimals(1, 999, places=0),
        st.booleans(),
    ),
    min_size=1,
    max_size=20,
)
discounts = st.one_of(
    st.decimals("0.0001", 1, places=4).map(lambda ratio: Terms("ratio", ratio=ratio)),
    st.decimals(0, 9999, places=4).map(lambda price: Terms("fixed_price", fixed_price=price)),
    st.tuples(st.integers(1, 10**10), st.one_of(st.none(), st.integers(1, 10**9))).map(
        lambda pair: Terms(
            "amount_off",
            amount_off=Money(pair[0], "CNY"),
            threshold=Money(pair[1], "CNY") if pair[1] is not None else None,
        )
    ),
)


@given(discounts, charges)
def test_no_line_costs_more_than_on_the_list_less_than_nothing_or_anything_it_is_not_covered_for(
    what: Terms, lines: list[Charge]
) -> None:
    paid = rules.payables(what, lines)
    for charge, payable in zip(lines, paid, strict=True):
        assert 0 <= payable.minor <= charge.official.minor
        if not charge.covered:
            assert payable == charge.official


@given(st.integers(1, 10**10), charges)
def test_an_amount_off_is_shared_without_losing_a_cent(off: int, lines: list[Charge]) -> None:
    paid = rules.payables(Terms("amount_off", amount_off=Money(off, "CNY")), lines)
    covered = sum(charge.official.minor for charge in lines if charge.covered)
    reduction = sum(
        charge.official.minor - payable.minor for charge, payable in zip(lines, paid, strict=True)
    )
    assert reduction == min(off, covered)


@given(st.decimals(0, 9999, places=10), st.integers(1, 32768), st.integers(1, 60), st.integers(1, 100))
def test_the_official_amount_loses_less_than_a_cent(
    price: Decimal, size: int, periods: int, subscriptions: int
) -> None:
    units = rules.units_of(size, periods, subscriptions)
    assert 0 <= price * units - rules.official(price, units, "CNY").decimal < D("0.01")
