"""Every operation, asked wrongly in every way its declaration knows: 400 in the caller's language, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.wire.operation import Operation
from partner_center.wire.reading import bare
from partner_center.wire.schema import MOST_CHARACTERS, SITES, Dialect, Rule, Site, WireModel
from partner_center.wire.throttling import FlowTable
from tests.calling import Key, call
from tests.contract.callers import Callers
from tests.contract.comparison import declared
from tests.database import copy_of, standing_on, template

EVERY = [(one, site) for one in declared() for site in one.sites]
NAMES = [f"{one.name}-{site}" for one, site in EVERY]
every_operation = pytest.mark.parametrize(("one", "site"), EVERY, ids=NAMES)


@pytest.fixture(autouse=True)
def _no_flow_control(monkeypatch):
    monkeypatch.setattr(FlowTable, "admits", lambda *_who, **_now: True)


@pytest.fixture(scope="module")
def callers(django_db_setup, django_db_blocker) -> Iterator[dict[Site, Callers]]:
    """Somebody of every kind on both sites, in a database that the tests of this file share."""
    with django_db_blocker.unblock(), copy_of(template()) as name, standing_on(name):
        found: dict[Site, Callers] = {site: Callers.of(site) for site in SITES}
        for of_site in found.values():
            for account in (of_site.partner, of_site.distributor, of_site.customer):
                Key.of(account)
        yield found


def ask(account, one: Operation, given_values: dict[str, Any], language: str = "en_US"):
    """Call an operation, its path parameters filled in."""
    path = one.path
    if one.shape is not None:
        for name in one.shape.groupindex:
            path = path.replace("{" + name + "}", quote(str(given_values.pop(name, "none")), safe=""))
    return call(account, one.method, path, headers={"X-Language": language}, **given_values)


def traces() -> tuple[int, int]:
    return TrailEntry.objects.count(), OutboxMessage.objects.count()


@every_operation
def test_wrong_values_are_refused_by_name_in_the_callers_language(callers, one, site):
    account = callers[site].for_(one)
    before = traces()
    for place, wrong in wrong_requests(one, site):
        answer = ask(account, one, dict(wrong))
        said = answer.json() if answer.content else {}
        assert (answer.status_code, said.get("error_code")) == (400, "CBC.0100"), (wrong, answer.content)
        assert place in said["error_msg"], (wrong, said)
        assert said["error_msg"].isascii()
        chinese = ask(account, one, dict(wrong), "zh_CN").json()["error_msg"]
        assert not chinese.isascii()
    assert traces() == before


@every_operation
def test_what_is_mandatory_is_missed_and_what_is_undefined_is_refused(callers, one, site):
    account = callers[site].for_(one)
    in_path = set(one.shape.groupindex) if one.shape else set()
    model = one.request or WireModel
    mandatory = [
        model.key_of(name)
        for name in model.model_fields
        if model.rule(name).required and site in model.rule(name).only and name not in in_path
    ]
    answer = ask(account, one, {})
    if mandatory:
        assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.0101"), answer.content
    else:
        assert answer.status_code < 500, answer.content
    undefined = ask(account, one, {"no_such_parameter": "1"})
    assert (undefined.status_code, undefined.json()["error_code"]) == (400, "CBC.0101"), undefined.content
    assert "no_such_parameter" in undefined.json()["error_msg"]


@every_operation
def test_it_is_refused_to_whom_it_is_not_for(callers, one, site):
    assert call(None, one.method, one.path).status_code == 401
    wrong = callers[site].not_for(one)
    if wrong is not None:
        answer = ask(wrong, one, {})
        assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0151")
    if len(one.sites) == 1:
        other: Site = "intl" if site == "cn" else "cn"
        answer = ask(callers[other].for_(one), one, {})
        assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0156")


@every_operation
@settings(max_examples=6, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_whatever_is_well_formed_gets_an_answer_or_a_refusal(callers, one, site, data):
    """Values of the right type that mean nothing: never a failure of ours."""
    account = callers[site].for_(one)
    asked = data.draw(well_formed(one.request or WireModel, site))
    answer = ask(account, one, asked)
    assert answer.status_code < 500, (asked, answer.content)
    if answer.status_code >= 400:
        assert answer.json()["error_code"].startswith("CBC.")
        assert answer.json()["error_msg"]


def wrong_requests(one: Operation, site: Site) -> Iterator[tuple[str, dict[str, Any]]]:
    """(the parameter's name, a request in which it is wrong)."""
    in_path = set(one.shape.groupindex) if one.shape else set()
    in_body = one.method in ("POST", "PUT")
    for key, name, rule, hint in fields(one.request or WireModel, site):
        if name in in_path:
            continue
        for value in wrong_values(hint, rule, site, in_body=in_body):
            yield key, {key: value}
        inner = bare(get_args(bare(hint)[0])[0])[0] if get_origin(bare(hint)[0]) is list else None
        if in_body and isinstance(inner, type) and issubclass(inner, WireModel):
            for part, _name, part_rule, part_hint in fields(inner, site):
                for value in wrong_values(part_hint, part_rule, site, in_body=True):
                    yield f"{key}[0].{part}", {key: [{part: value}]}


def fields(model: type[WireModel], site: Site) -> Iterator[tuple[str, str, Rule, Any]]:
    hints = get_type_hints(model, include_extras=True)
    for name in model.model_fields:
        rule = model.rule(name)
        if site in rule.only:
            yield rule.key or name, name, rule, hints[name]


def wrong_values(hint: Any, rule: Rule, site: Site, *, in_body: bool) -> Iterator[Any]:
    kind, dialect = bare(hint)
    if rule.choices(site) is not None or get_origin(kind).__class__.__name__ == "_LiteralGenericAlias":
        yield "no such value"
    if rule.empty == "rejected" and get_origin(kind) is not list:
        yield ""
    if get_origin(kind) is list:
        if in_body:
            yield from ("x", 1, {})
            yield ["x"] * (rule.max_items + 1)
        return
    if isinstance(kind, type) and issubclass(kind, WireModel):
        yield from ("x", [], 1)
        return
    if in_body:
        yield from ([], {})
    yield from _wrong_scalars(kind, dialect, rule, in_body=in_body)


def _wrong_scalars(kind: Any, dialect: Dialect | None, rule: Rule, *, in_body: bool) -> Iterator[Any]:
    if dialect is not None and dialect.kind in ("moment", "day", "month"):
        yield from ("tomorrow", "2026-02-30T00:00:00Z", "2026-13-01", "2026-13", "0000-00-00")
    elif kind is bool:
        yield from ("maybe", "1", "TRUE")
    elif kind is int:
        yield from ("x", "1.5", "1e3", 10**12, -(10**12), "٣")
        if rule.le is not None:
            yield int(rule.le) + 1
        if rule.ge is not None:
            yield int(rule.ge) - 1
        if in_body:
            yield from (True, 1.5)
    elif kind is Decimal or (dialect is not None and dialect.kind == "yuan_text"):
        yield from ("x", "NaN", "1e5", "10" * 12, "0." + "0" * 18 + "1")
        if rule.gt is not None:
            yield from (0, -1)
        if in_body:
            yield True
    elif kind is str:
        yield "x" * ((rule.max_length or MOST_CHARACTERS) + 1)
        yield "nul\x00"
        if in_body:
            yield from (1, True, "\ud800")


def well_formed(model: type[WireModel], site: Site) -> st.SearchStrategy[dict[str, Any]]:
    mandatory, optional = {}, {}
    for key, _name, rule, hint in fields(model, site):
        (mandatory if rule.required else optional)[key] = values(hint, rule, site)
    return st.fixed_dictionaries(mandatory, optional=optional)


def values(hint: Any, rule: Rule, site: Site) -> st.SearchStrategy[Any]:
    kind, dialect = bare(hint)
    choices = rule.choices(site) or (get_args(kind) if "Literal" in str(get_origin(kind)) else None)
    if get_origin(kind) is list:
        inner = Rule(max_length=rule.max_length, one_of=rule.one_of)
        smallest = max(rule.min_items, 1 if rule.required else 0)
        return st.lists(values(get_args(kind)[0], inner, site), min_size=smallest, max_size=smallest + 1)
    if isinstance(kind, type) and issubclass(kind, WireModel):
        return well_formed(kind, site)
    if choices:
        return st.sampled_from(list(choices))
    if dialect is not None and dialect.kind in ("moment", "day", "month"):
        shape = {"moment": "{:04}-{:02}-{:02}T00:00:00Z", "day": "{:04}-{:02}-{:02}", "month": "{:04}-{:02}"}[
            dialect.kind
        ]
        return st.builds(shape.format, st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28))
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(int(rule.ge or 0), int(rule.le if rule.le is not None else 2**31 - 1))
    if kind is Decimal or (dialect is not None and dialect.kind == "yuan_text"):
        return st.integers(1, 10**9).map(str)
    if rule.pattern:
        return st.from_regex(rule.pattern, fullmatch=True).filter(lambda text: "\x00" not in text)
    return st.text(
        alphabet="abcXYZ019-_ %客'\"\\;", min_size=max(1, rule.min_length), max_size=rule.max_length or 20
    )
