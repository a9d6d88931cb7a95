"""The tables of docs/algorithms/pricing.md, and what is true of every tariff."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_center.catalogue.fields import fits
from partner_center.catalogue.tariffs import Step, Tariff, problems

D = Decimal
STEPS = (Step(D(100), D("0.50")), Step(D(500), D("0.40")), Step(None, D("0.30")))

FLAT = Tariff("flat", D("0.7"))
GRADUATED = Tariff("graduated", D("0.50"), STEPS)
VOLUME = Tariff("volume", D("0.50"), STEPS)
BLOCK = Tariff("block", D("0.01"), block=D(10000))
FREE = Tariff("graduated", D("0.50"), STEPS, free=D(5))


@pytest.mark.parametrize(
    ("tariff", "quantity", "amount"),
    [
        (FLAT, "0", "0"),
        (FLAT, "30", "21.0"),
        (FLAT, "0.0000000001", "0.00000000007"),
        (GRADUATED, "100", "50"),
        (GRADUATED, "100.000001", "50.0000004"),
        (GRADUATED, "500", "210"),
        (GRADUATED, "1000", "360"),
        (VOLUME, "100", "50"),
        (VOLUME, "100.000001", "40.0000004"),
        (VOLUME, "1000", "300"),
        (BLOCK, "0", "0"),
        (BLOCK, "1", "0.01"),
        (BLOCK, "10000", "0.01"),
        (BLOCK, "10000.000001", "0.02"),
        (FREE, "5", "0"),
        (FREE, "105", "50"),
        (FREE, "4.999", "0"),
    ],
)
def test_what_a_quantity_costs(tariff: Tariff, quantity: str, amount: str) -> None:
    assert tariff.amount(D(quantity)) == D(amount)


quantities = st.decimals(0, 10**9, places=12, allow_nan=False)
prices = st.decimals(0, 9999, places=10, allow_nan=False)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    scheme = draw(st.sampled_from(["flat", "graduated", "volume", "block"]))
    free = draw(st.decimals(0, 1000, places=3))
    price = draw(prices)
    if scheme in ("graduated", "volume"):
        bounds = sorted(draw(st.sets(st.decimals(1, 10**6, places=2), max_size=5)))
        steps = (*(Step(bound, draw(prices)) for bound in bounds), Step(None, draw(prices)))
        return Tariff(scheme, price, steps, free)
    return Tariff(
        scheme, price, free=free, block=draw(st.decimals(1, 1000, places=0)) if scheme == "block" else D(1)
    )


@given(tariffs(), quantities)
def test_the_parts_explain_the_amount(tariff: Tariff, quantity: D) -> None:
    parts = tariff.parts(quantity)
    assert sum((part.amount for part in parts), D(0)).compare(tariff.amount(quantity)) == 0 or len(parts) > 1
    if tariff.scheme in ("flat", "graduated", "volume"):
        assert sum((part.quantity for part in parts), D(0)) == max(quantity - tariff.free, D(0))


@given(tariffs())
def test_what_is_written_is_what_is_read(tariff: Tariff) -> None:
    assert Tariff.read(tariff.scheme, tariff.price, tariff.tiers()) == tariff
    assert problems(tariff, fits) == []


@given(tariffs(), quantities, quantities)
def test_more_never_costs_less_except_by_volume(tariff: Tariff, one: D, other: D) -> None:
    less, more = sorted((one, other))
    if tariff.scheme != "volume":
        assert tariff.amount(less) <= tariff.amount(more)


@pytest.mark.parametrize(
    "tariff",
    [
        Tariff("cubic", D(1)),
        Tariff("flat", D("-0.01")),
        Tariff("flat", D("10000000")),
        Tariff("flat", D("0.00000000001")),
        Tariff("flat", D(1), STEPS),
        Tariff("graduated", D(1)),
        Tariff("graduated", D(1), (Step(D(5), D(1)),)),
        Tariff("graduated", D(1), (Step(None, D(1)), Step(None, D(1)))),
        Tariff("volume", D(1), (Step(D(5), D(1)), Step(D(5), D(1)), Step(None, D(1)))),
        Tariff("volume", D(1), (Step(D(0), D(1)), Step(None, D(1)))),
        Tariff("block", D(1), block=D(0)),
        Tariff("flat", D(1), free=D(-1)),
    ],
)
def test_tariffs_nobody_can_be_charged_by(tariff: Tariff) -> None:
    assert problems(tariff, fits)
