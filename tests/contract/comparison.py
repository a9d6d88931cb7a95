"""What is declared beside what the contract says: every difference in words, one line each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from partner_center.kernel.period import BillMonth
from partner_center.wire.operation import OPERATIONS, Operation
from partner_center.wire.reading import bare
from partner_center.wire.schema import Dialect, Rule, Site, WireModel

FOLDER = Path(__file__).resolve().parents[2] / "contract"
CONTRACT: dict[str, Any] = json.loads((FOLDER / "operations.json").read_text())
BY_NAME: dict[str, dict[str, Any]] = {one["name"]: one for one in CONTRACT["operations"]}

EMPTY = {"filter on empty string": "filter", "rejected": "rejected"}
FORMATS = {"moment": "datetime", "day": "date", "month": "month"}


def declared() -> list[Operation]:
    return [one for one in OPERATIONS.values() if one.in_contract]


def differences(one: Operation) -> Iterator[str]:
    """Every way in which an operation is declared otherwise than in the contract."""
    said = BY_NAME.get(one.name)
    if said is None:
        yield f"{one.name}: the contract has no such operation"
        return
    for what in ("method", "path", "callers"):
        if getattr(one, what) != said[what]:
            yield f"{one.name}: {what} is {getattr(one, what)}, the contract says {said[what]}"
    if sorted(one.sites) != sorted(said["sites"]):
        yield f"{one.name}: sites are {one.sites}, the contract says {said['sites']}"
        return
    for site in one.sites:
        yield from _of_site(one, said["by_site"][site], site)


def _of_site(one: Operation, said: Mapping[str, Any], site: Site) -> Iterator[str]:
    localised = any(parameter["in"] == "header" for parameter in said["params"])
    if localised != one.localised:
        yield f"{one.name} [{site}]: localised is {one.localised}, the contract says {localised}"
    asked = [parameter for parameter in said["params"] if parameter["in"] != "header"]
    models = CONTRACT["models"][site]
    if said["body"]:
        asked += models[said["body"]["model"]]["fields"]
    yield from _fields(
        f"{one.name} [{site}] request", one.request or WireModel, asked, models, site, reads=True
    )
    answered = models[said["response_model"]]["fields"]
    yield from _fields(
        f"{one.name} [{site}] answer", one.response or WireModel, answered, models, site, reads=False
    )


def _fields(
    place: str,
    model: type[WireModel],
    said: list[dict[str, Any]],
    models: Mapping[str, Any],
    site: Site,
    *,
    reads: bool,
) -> Iterator[str]:
    hints = get_type_hints(model, include_extras=True)
    ours = {
        model.key_of(name): (model.rule(name), hints[name])
        for name in model.model_fields
        if site in model.rule(name).only
    }
    wanted = {field["key"]: field for field in said}
    for key in sorted(wanted.keys() - ours.keys()):
        yield f"{place}: {key} is missing"
    for key in sorted(ours.keys() - wanted.keys()):
        yield f"{place}: {key} is not in the contract"
    for key in sorted(ours.keys() & wanted.keys()):
        yield from _field(f"{place}: {key}", *ours[key], wanted[key], models, site, reads=reads)


def _field(
    place: str,
    rule: Rule,
    hint: Any,
    said: Mapping[str, Any],
    models: Mapping[str, Any],
    site: Site,
    *,
    reads: bool,
) -> Iterator[str]:
    kind, dialect = bare(hint)
    if "ref" in said or said.get("type") == "array":
        many = said.get("type") == "array"
        if many != (get_origin(kind) is list):
            yield f"{place} is {_type_of(kind, dialect)}, the contract says {said.get('type', 'object')}"
            return
        inner, dialect = bare(get_args(kind)[0]) if many else (kind, dialect)
        target = said["items"] if many else said
        if "ref" in target:
            if not (isinstance(inner, type) and issubclass(inner, WireModel)):
                yield f"{place} is {_type_of(inner, dialect)}, the contract says {target['ref']}"
                return
            yield from _fields(place, inner, models[target["ref"]]["fields"], models, site, reads=reads)
        elif target["type"] != _type_of(inner, dialect):
            yield f"{place} holds {_type_of(inner, dialect)}, the contract says {target['type']}"
    else:
        yield from _scalar(place, kind, dialect, said)
    if reads:
        yield from _demands(place, rule, said)
    yield from _choices(place, rule, kind, said, site, reads=reads)


def _scalar(place: str, kind: Any, dialect: Dialect | None, said: Mapping[str, Any]) -> Iterator[str]:
    ours, theirs = _type_of(kind, dialect), said["type"]
    if ours != theirs and not (ours == "decimal" and theirs == "number"):
        yield f"{place} is {ours}, the contract says {theirs}"
    wanted = str(said.get("format", "")).partition(" ")[0].partition("-")[0]
    is_dated = dialect.kind in FORMATS if dialect else False
    if wanted != (FORMATS[dialect.kind] if dialect and is_dated else ""):
        yield f"{place} is a {dialect.kind if dialect else 'text'}, the contract says {said.get('format', 'no format')}"


def _demands(place: str, rule: Rule, said: Mapping[str, Any]) -> Iterator[str]:
    if rule.required != bool(said["required"]):
        yield f"{place} is {'mandatory' if rule.required else 'optional'}, the contract says otherwise"
    means = said.get("empty_string_means")
    if means and not rule.required and rule.empty != EMPTY[means]:
        yield f'{place}: "" means {rule.empty}, the contract says {means}'
    if said.get("max_length") and rule.max_length != said["max_length"]:
        yield f"{place}: at most {rule.max_length} characters, the contract says {said['max_length']}"
    if said.get("max_items") and rule.max_items != said["max_items"]:
        yield f"{place}: at most {rule.max_items} items, the contract says {said['max_items']}"


def _choices(
    place: str, rule: Rule, kind: Any, said: Mapping[str, Any], site: Site, *, reads: bool
) -> Iterator[str]:
    """Parameters allow exactly the contract's values; an answer that names its values names those."""
    if kind is bool:
        return
    ours = rule.choices(site)
    if get_origin(kind) is Literal:
        ours = ours or get_args(kind)
    if ours is None and not reads:
        return
    theirs = {str(one["value"]) for one in said.get("enum", ())}
    if theirs and {str(one) for one in ours or ()} != theirs:
        yield f"{place} is one of {sorted(map(str, ours or ()))}, the contract says {sorted(theirs)}"


def _type_of(kind: Any, dialect: Dialect | None) -> str:
    """The contract's word for one of our types."""
    if dialect is not None and dialect.kind == "yuan_text":
        return "string"
    if get_origin(kind) is Literal:
        kind = type(get_args(kind)[0])
    if get_origin(kind) is list:
        return "array"
    words = {str: "string", int: "integer", bool: "boolean", Decimal: "decimal"}
    words |= {datetime: "string", date: "string", BillMonth: "string"}
    return words.get(kind, "object")
