"""The dialect of answers: exact numbers, UTC moments, absent fields, the fields of a site."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from partner_center.kernel.money import Amount, Money
from partner_center.kernel.period import BillMonth
from partner_center.wire.schema import Day, Maybe, Moment, Month, WireModel, Yuan, YuanText, field
from partner_center.wire.writing import write


class Inner(WireModel):
    known: str
    domestic: Maybe[str] = field(None, only=("cn",))


class Answer(WireModel):
    amount: Maybe[Yuan] = None
    text: Maybe[YuanText] = None
    at: Maybe[Moment] = None
    day: Maybe[Day] = None
    month: Maybe[Month] = None
    type_code: Maybe[str] = field(None, key="resource_Type_code")
    inner: Maybe[Inner] = None
    many: Maybe[list[Inner]] = None
    abroad: Maybe[str] = field(None, only=("intl",))


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Money.of("10.10", "CNY"), b"10.10"),
        (Money.of("-0.01", "CNY"), b"-0.01"),
        (Money(10**15 + 1, "CNY"), b"10000000000000.01"),
        (Amount.of("1.23456789", "CNY"), b"1.23456789"),
        (Decimal("0.10"), b"0.10"),
        (Decimal("1E+3"), b"1000"),
        (Decimal(0), b"0"),
    ],
)
def test_amounts_are_numbers_with_exact_digits(amount, written):
    assert write(Answer(amount=amount), "cn") == b'{"amount":' + written + b"}"


def test_amounts_are_text_where_the_platform_sends_text():
    assert write(Answer(text=Money.of("10.10", "CNY")), "cn") == b'{"text":"10.10"}'


def test_moments_are_utc_without_fractions():
    beijing = timezone(timedelta(hours=8))
    answer = Answer(
        at=datetime(2026, 3, 1, 8, 0, 0, 999999, beijing), day=date(2026, 3, 1), month=BillMonth(2026, 3)
    )
    assert json.loads(write(answer, "cn")) == {
        "at": "2026-03-01T00:00:00Z",
        "day": "2026-03-01",
        "month": "2026-03",
    }


def test_a_moment_without_a_zone_is_our_mistake():
    with pytest.raises(ValueError, match="zone"):
        Answer(at=datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None))


def test_absent_fields_are_left_out_and_keys_are_spelled_as_the_platform_does():
    assert write(Answer(type_code="x"), "cn") == b'{"resource_Type_code":"x"}'


def test_a_site_gets_its_own_fields_at_any_depth():
    answer = Answer(inner=Inner(known="1", domestic="2"), many=[Inner(known="3", domestic="4")], abroad="5")
    assert json.loads(write(answer, "cn")) == {
        "inner": {"known": "1", "domestic": "2"},
        "many": [{"known": "3", "domestic": "4"}],
    }
    assert json.loads(write(answer, "intl")) == {
        "inner": {"known": "1"},
        "many": [{"known": "3"}],
        "abroad": "5",
    }


def test_a_field_that_does_not_exist_is_our_mistake():
    with pytest.raises(ValueError, match="amout"):
        Answer(amout=1)
