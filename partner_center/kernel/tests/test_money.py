"""Money laws: nothing is created by splitting, settling cuts toward zero and says what it cut."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_center.kernel.money import Amount, Money

minors = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(lambda ws: sum(ws) > 0)


@given(minors, weights)
def test_a_split_sums_to_the_whole_and_stays_within_a_cent_of_the_exact_share(minor, ws):
    parts = Money(minor, "CNY").split(ws)

    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, ws, strict=True):
        assert abs(part.minor - Fraction(minor * weight, sum(ws))) < 1
        assert weight or not part


@given(minors, weights)
def test_a_refund_splits_as_the_exact_negative_of_its_charge(minor, ws):
    assert Money(-minor, "CNY").split(ws) == [-part for part in Money(minor, "CNY").split(ws)]


def test_one_cent_among_three_goes_to_the_last():
    assert [part.minor for part in Money(1, "CNY").split([1, 1, 1])] == [0, 0, 1]
    assert [part.minor for part in Money(-1, "CNY").split([1, 1, 1])] == [0, 0, -1]


@given(st.decimals(-(10**9), 10**9, places=10))
def test_settling_cuts_toward_zero_and_keeps_what_it_cut(exact):
    settled = Amount(exact, "CNY").settle()

    assert settled.money.decimal + settled.cut_off == exact
    assert abs(settled.money.decimal) <= abs(exact)
    assert abs(settled.cut_off) < Decimal("0.01")
    assert Amount(-exact, "CNY").settle().money == -settled.money


@pytest.mark.parametrize(
    ("exact", "minor"),
    [("1.2345678", 123), ("0.009999", 0), ("-0.009999", 0), ("-1.999", -199), ("0.005", 0), ("2.00", 200)],
)
def test_settling_examples(exact, minor):
    assert Amount.of(exact, "CNY").settle().money == Money(minor, "CNY")


@given(minors, st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_multiplies_before_it_divides(minor, numerator, denominator):
    share = Money(minor, "CNY").share(numerator, denominator).minor

    exact = Fraction(minor * numerator, denominator)
    assert abs(share) <= abs(exact) < abs(share) + 1
    assert Money(-minor, "CNY").share(numerator, denominator).minor == -share


@pytest.mark.parametrize("text", ["1.001", "NaN", "Infinity", "ten", ""])
def test_money_is_not_made_of_what_is_finer_or_no_number(text):
    with pytest.raises(ValueError):
        Money.of(text, "CNY")


def test_money_is_written_with_its_places_and_currency():
    assert str(Money.of("30", "CNY")) == "30.00 CNY"
    assert str(Money.of("-0.5", "USD")) == "-0.50 USD"
    assert str(Money.of(500, "JPY")) == "500 JPY"


def test_currencies_do_not_mix():
    with pytest.raises(AssertionError):
        Money.of(1, "CNY") + Money.of(1, "USD")
    with pytest.raises(AssertionError):
        assert Money.of(1, "CNY") < Money.of(1, "USD")


def test_large_products_lose_no_digit():
    price, size = Decimal("12345678.9012345678"), Decimal("98765432.109876543210")
    assert Fraction((Amount(price, "CNY") * size).exact) == Fraction(price) * Fraction(size)
