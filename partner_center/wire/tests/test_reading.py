"""The dialect of requests: what is absent, what "" means, what is refused and with which code."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from partner_center.kernel.errors import DomainError
from partner_center.kernel.period import BillMonth
from partner_center.wire.reading import body_of, listed, query_of, read
from partner_center.wire.schema import (
    Day,
    Maybe,
    Moment,
    Month,
    Number,
    Paging,
    WireModel,
    Yuan,
    YuanText,
    field,
)


class Item(WireModel):
    id: str = field(max_length=8)
    count: int = field(ge=1, le=9)


class Everything(Paging):
    name: str = field(max_length=4)
    label: Maybe[str] = field(None, empty="filter")
    reseller: Maybe[str] = field(None, empty="rejected", only=("cn",))
    plain: Maybe[str] = None
    status: Maybe[int] = field(None, one_of=(1, 3))
    receiver: Maybe[int] = field(None, one_of={"cn": (1,), "intl": (2,)})
    mobile: str = field(only=("cn",))
    use: Maybe[Literal["YES", "NO"]] = None
    amount: Maybe[Yuan] = field(None, gt=0)
    quantity: Maybe[Number] = field(None, places=12)
    text: Maybe[YuanText] = None
    flag: Maybe[bool] = None
    since: Maybe[Moment] = None
    day: Maybe[Day] = None
    month: Maybe[Month] = None
    number: Maybe[str] = field(None, pattern=r"\d{4}-\d+")
    ids: Maybe[list[str]] = field(None, max_items=3)
    items: Maybe[list[Item]] = None
    item: Maybe[Item] = None
    misspelled: Maybe[str] = field(None, key="resource_Type_code")


def reading(site: Any = "cn", **given_values: Any) -> Everything:
    given_values.setdefault("name", "abc")
    if site == "cn":
        given_values.setdefault("mobile", "1")
    return read(Everything, given_values, site)


def refused(code: str, site: Any = "cn", **given_values: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        reading(site, **given_values)
    assert refusal.value.code == code
    assert refusal.value.status == 400
    return str(refusal.value)


def test_what_is_absent_has_its_default():
    request = reading()
    assert (request.offset, request.limit, request.plain, request.status) == (0, 10, None, None)


def test_null_is_absent():
    assert reading(plain=None, limit=None).limit == 10
    refused("CBC.0101", name=None)


def test_an_empty_string_is_no_filter_a_filter_or_refused():
    assert reading(plain="", status="", limit="").plain is None
    assert reading(label="").label == ""
    assert "reseller" in refused("CBC.0100", reseller="")
    refused("CBC.0100", name="")


def test_a_mandatory_parameter_is_missed_by_name():
    with pytest.raises(DomainError) as refusal:
        read(Everything, {"mobile": "1"}, "cn")
    assert refusal.value.code == "CBC.0101"
    assert "name" in str(refusal.value)


def test_an_undefined_parameter_is_refused_by_name():
    assert "custmer_id" in refused("CBC.0101", custmer_id="1")


def test_a_tolerant_model_passes_over_what_it_does_not_know():
    class Tolerant(WireModel):
        tolerant: ClassVar[bool] = True
        known: Maybe[str] = None

    assert read(Tolerant, {"known": "1", "other": {"deep": 1}}, "cn").known == "1"


def test_a_site_has_its_own_fields_values_and_mandatory_ones():
    refused("CBC.0101", "intl", mobile="1")
    assert reading("intl").mobile is None
    assert reading("intl", receiver=2).receiver == 2
    refused("CBC.0100", "cn", receiver=2)
    refused("CBC.0101", "cn", mobile=None)


@pytest.mark.parametrize("value", [1, "1", "+1", "01"])
def test_integers_may_come_as_text(value):
    assert reading(status=value).status == 1


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "1.0",
        "1e2",
        " 1",
        "1_0",
        "٣",
        1.5,
        Decimal("1.0"),
        True,
        [],
        {},
        2,
        2**31,
        -(2**31) - 1,
        "9" * 30,
    ],
)
def test_what_is_no_allowed_integer_is_refused(value):
    refused("CBC.0100", status=value)


@pytest.mark.parametrize(("offset", "limit"), [(-1, 10), (0, 0), (0, 101), (0, -5), (2**31, 10), ("x", 10)])
def test_pages_have_bounds(offset, limit):
    refused("CBC.0100", offset=offset, limit=limit)


@pytest.mark.parametrize("value", [1, True, [], {}, "abcde", "a\x00", "\ud800", Decimal("1")])
def test_what_is_no_allowed_text_is_refused(value):
    refused("CBC.0100", name=value)


def test_text_has_a_default_limit():
    assert reading(plain="x" * 1024).plain == "x" * 1024
    refused("CBC.0100", plain="x" * 1025)


@pytest.mark.parametrize(
    ("value", "exact"),
    [("30.00", "30.00"), (Decimal("0.1"), "0.1"), (10, "10"), ("0.10", "0.10"), (Decimal("1E+2"), "1E+2")],
)
def test_amounts_are_exact(value, exact):
    amount = reading(amount=value).amount
    assert isinstance(amount, Decimal)
    assert amount == Decimal(exact)


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        "0.001",
        Decimal("0.001"),
        "1e3",
        "NaN",
        Decimal("NaN"),
        Decimal("Infinity"),
        True,
        "1,5",
        10**14,
        [],
        {},
    ],
)
def test_amounts_are_positive_and_have_two_places(value):
    refused("CBC.0100", amount=value)


def test_trailing_zeros_are_no_precision():
    assert reading(amount="1.2000").amount == Decimal("1.2")


def test_quantities_have_more_places():
    assert reading(quantity=Decimal("0.123456789012")).quantity == Decimal("0.123456789012")
    refused("CBC.0100", quantity=Decimal("0.1234567890123"))


def test_amounts_in_text_stay_text():
    assert reading(text="12.30").text == "12.30"
    refused("CBC.0100", text="12,30")


@pytest.mark.parametrize(("value", "meant"), [(True, True), ("false", False), ("true", True)])
def test_booleans_come_as_themselves_or_as_words(value, meant):
    assert reading(flag=value).flag is meant


@pytest.mark.parametrize("value", ["True", "yes", 1, 0, []])
def test_nothing_else_is_a_boolean(value):
    refused("CBC.0100", flag=value)


def test_moments_days_and_months():
    request = reading(since="2026-03-01T00:00:00Z", day="2026-02-28", month="2026-03")
    assert request.since == datetime(2026, 3, 1, tzinfo=UTC)
    assert request.day == date(2026, 2, 28)
    assert request.month == BillMonth(2026, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "2026-03-01"),
        ("since", "2026-03-01T00:00:00"),
        ("since", "2026-03-01T00:00:00+08:00"),
        ("since", "2026-02-30T00:00:00Z"),
        ("since", "٢٠٢٦-03-01T00:00:00Z"),
        ("since", 1),
        ("day", "2026-02-30"),
        ("day", "20260228"),
        ("month", "2026-13"),
        ("month", "2026-3"),
        ("month", "0000-01"),
        ("use", "MAYBE"),
        ("use", "yes"),
        ("number", "86-1"),
        ("number", "0086-1x"),
        ("ids", "1"),
        ("ids", ["1", "2", "3", "4"]),
        ("ids", [1]),
        ("ids", [""]),
        ("items", [{"id": "1", "count": 0}]),
        ("items", ["x"]),
        ("item", []),
    ],
)
def test_wrong_shapes_are_refused_by_name(name, value):
    assert name in refused("CBC.0100", **{name: value})


def test_what_is_wrong_inside_is_named_with_its_place():
    assert "items[1].count" in refused("CBC.0100", items=[{"id": "1", "count": 1}, {"id": "2", "count": "x"}])
    assert "items[0].id" in refused("CBC.0101", items=[{"count": 1}])
    assert "item.colour" in refused("CBC.0101", item={"id": "1", "count": 1, "colour": "red"})


def test_a_misspelled_key_is_read_as_it_is_misspelled():
    assert reading(resource_Type_code="x").misspelled == "x"
    refused("CBC.0101", misspelled="x")


def test_refusals_speak_the_callers_language():
    with translation.override("zh-hans"):
        assert "参数" in refused("CBC.0100", status="x")


def test_a_query_is_decoded_once_and_repeated_keys_are_lists():
    assert query_of("a=b%20c&d=&e=1&e=2&f=%252F&g=1+2") == {
        "a": "b c",
        "d": "",
        "e": ["1", "2"],
        "f": "%2F",
        "g": "1 2",
    }
    assert listed(Everything, "cn", {"ids": "1", "name": "x"}) == {"ids": ["1"], "name": "x"}
    refused("CBC.0100", plain=["1", "2"])


def test_a_query_must_be_utf8():
    with pytest.raises(DomainError) as refusal:
        query_of("name=%ff")
    assert refusal.value.code == "CBC.0100"


def test_a_body_is_an_object_with_exact_numbers():
    assert body_of(b'{"a": 10.10, "b": 1}', "application/json; charset=utf-8") == {
        "a": Decimal("10.10"),
        "b": 1,
    }
    assert body_of(b"", "text/plain") == {}


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'"x"', "application/json"),
        (b"null", "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b'{"a": Infinity}', "application/json"),
        (b'{"a": 1, "a": 2}', "application/json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a": 1e999999999999999999}', "application/json"),
        (b'\xff{"a": 1}', "application/json"),
        (b"a=1", "application/x-www-form-urlencoded"),
        (b"{}", "text/plain"),
    ],
)
def test_what_is_no_json_object_is_refused(raw, content_type):
    with pytest.raises(DomainError) as refusal:
        reading(**body_of(raw, content_type))
    assert (refusal.value.status, refusal.value.code) in {(400, "CBC.0100"), (400, "CBC.0101")}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from([*Everything.model_fields, "resource_Type_code", "unknown"])


@given(st.dictionaries(KEYS, ANYTHING, max_size=6), st.sampled_from(["cn", "intl"]))
def test_whatever_comes_is_read_or_refused_with_400(given_values, site):
    try:
        read(Everything, given_values, site)
    except DomainError as refusal:
        assert refusal.status == 400
        assert refusal.code in {"CBC.0100", "CBC.0101"}
        assert str(refusal)
