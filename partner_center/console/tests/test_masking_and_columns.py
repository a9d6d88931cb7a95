from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from partner_center.console.columns import Flag, Masked, Number, Sum, Text, When, column_for, follow
from partner_center.console.masking import mask
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import JobRun, OutboxMessage
from partner_center.kernel.money import Money

NOBODY = Actor.nobody()


@pytest.mark.parametrize(
    ("value", "kind", "hidden"),
    [
        ("13812345678", "mobile", "138****5678"),
        ("12345", "mobile", "****45"),
        ("lin@example.com", "email", "l****@example.com"),
        ("not-an-address", "email", "****"),
        ("林华", "name", "林****"),
        ("lin-trading", "account", "li****ng"),
        ("lin", "account", "l****"),
        ("short", "text", "****"),
    ],
)
def test_personal_data_keeps_only_what_helps_to_recognise_it(value: str, kind: str, hidden: str) -> None:
    assert mask(value, kind) == hidden


def test_money_shows_its_currency_and_exports_as_a_number() -> None:
    row = SimpleNamespace(paid=Money.of("1234567.80", "CNY"))
    assert "1,234,567.80" in Sum("paid").html(row, NOBODY) and "CNY" in Sum("paid").html(row, NOBODY)
    assert str(Sum("paid").plain(row)) == "1234567.80"
    assert "−3.50" in Sum("paid").html(SimpleNamespace(paid=Money.of("-3.50", "USD")), NOBODY)


def test_a_moment_is_shown_in_the_readers_zone() -> None:
    row = SimpleNamespace(at=datetime(2026, 3, 1, 20, 30, tzinfo=UTC))
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        assert ">2026-03-02 04:30<" in When("at").html(row, NOBODY)
    with timezone.override(ZoneInfo("America/Sao_Paulo")):
        assert ">2026-03-01 17:30<" in When("at").html(row, NOBODY)


def test_markup_in_a_value_is_text() -> None:
    row = SimpleNamespace(name="<b onclick=x>")
    for column in (Text("name"), Text("name", code=True), Text("name", cut=3), Masked("name")):
        assert "<b" not in column.html(row, NOBODY)
    assert "<b" not in Masked("name").clear(row)


def test_absent_values_are_a_dash_and_never_the_word_none() -> None:
    row = SimpleNamespace(a=None, b=SimpleNamespace(c=None))
    for column in (Text("a"), When("a"), Sum("a"), Number("a"), Masked("a"), Text("b__c"), Text("a__x__y")):
        assert "None" not in column.html(row, NOBODY)
        assert column.plain(row) is None
    assert follow(row, "a__b__c") is None


def test_a_column_takes_its_kind_from_the_model() -> None:
    kinds = {
        name: type(column_for(OutboxMessage, name)).__name__ for name in ("state", "created_at", "attempts")
    }
    assert kinds == {"state": "State", "created_at": "When", "attempts": "Number"}
    assert column_for(JobRun, "state").sort_path(JobRun) == "state"
    assert Text("state", value=str).sort_path(JobRun) is None


def test_yes_and_no_speak_the_readers_language() -> None:
    with translation.override("zh-hans"):
        assert "是" in Flag("x").html(SimpleNamespace(x=True), NOBODY)
