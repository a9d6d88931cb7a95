"""Reading a request: from raw parameters to a request model, or a refusal with the documented code.

CBC.0101 says that a mandatory parameter is missing or that a parameter is not defined; CBC.0100 everything
else that is wrong with a value. A model is compiled once per site into plain functions, one a field.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _

from partner_center.kernel.period import BillMonth
from partner_center.wire.errors import InvalidParameter, MalformedBody, MissingParameter, UndefinedParameter
from partner_center.wire.schema import INT32, MOST_CHARACTERS, YUAN_LIMIT, Dialect, Rule, Site, WireModel

Read = Callable[[Any, str], Any]
R = TypeVar("R", bound=WireModel)
ABSENT = object()
FIRST_YEAR, LAST_YEAR = "1970", "2999"
"""Moments outside these years mean nothing here, and far outside they cannot even change their time zone."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)


def read(model: type[R], given: Mapping[str, Any], site: Site, path: str = "") -> R:
    """`given` as a `model` for a caller of `site`. Raises InvalidParameter, MissingParameter or UndefinedParameter."""
    plan = plan_of(model, site)
    values: dict[str, Any] = {}
    for key, raw in given.items():
        known = plan.readers.get(key)
        if known is None:
            if not model.tolerant:
                raise UndefinedParameter(parameter=_shown(path + key))
            continue
        name, reader = known
        if raw is None:
            continue
        value = reader(raw, path + key)
        if value is not ABSENT:
            values[name] = value
    for name, key in plan.required:
        if name not in values:
            raise MissingParameter(parameter=path + key)
    return cast(R, model.model_construct(**values))


def query_of(raw: str) -> dict[str, str | list[str]]:
    """The query's parameters, decoded; a repeated key becomes a list. Raises InvalidParameter for what is not UTF-8."""
    found: dict[str, str | list[str]] = {}
    for part in raw.split("&"):
        if not part:
            continue
        key, _equals, value = part.partition("=")
        name, text = _decoded(key, key), _decoded(value, key)
        before = found.get(name)
        if before is None:
            found[name] = text
        elif isinstance(before, list):
            before.append(text)
        else:
            found[name] = [before, text]
    return found


def body_of(raw: bytes, content_type: str) -> dict[str, Any]:
    """The JSON object of a body; no body is an empty one. Numbers with a point become Decimal, never float."""
    if not raw:
        return {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("", "application/json"):
        raise MalformedBody(reason=_("the Content-Type must be application/json"))
    try:
        parsed = json.loads(
            raw.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_no_duplicates,
        )
    except (ValueError, InvalidOperation, RecursionError):
        raise MalformedBody(reason=_("it is not well-formed JSON in UTF-8")) from None
    if not isinstance(parsed, dict):
        raise MalformedBody(reason=_("it is not a JSON object"))
    return parsed


class _Plan:
    """A model compiled for one site: a reader per wire key, and what is mandatory."""

    def __init__(self, model: type[WireModel], site: Site) -> None:
        hints = get_type_hints(model, include_extras=True)
        self.readers: dict[str, tuple[str, Read]] = {}
        self.required: list[tuple[str, str]] = []
        self.lists: set[str] = set()
        for name in model.model_fields:
            rule = model.rule(name)
            if site not in rule.only:
                continue
            key = rule.key or name
            self.readers[key] = (name, _reader(hints[name], rule, site))
            if get_origin(bare(hints[name])[0]) is list:
                self.lists.add(key)
            if rule.required:
                self.required.append((name, key))


@cache
def plan_of(model: type[WireModel], site: Site) -> _Plan:
    """`model` compiled for `site`, once."""
    return _Plan(model, site)


def listed(model: type[WireModel], site: Site, query: dict[str, Any]) -> dict[str, Any]:
    """A query in which a list parameter that was sent once is a list too."""
    return {
        key: [value] if key in plan_of(model, site).lists and isinstance(value, str) else value
        for key, value in query.items()
    }


def _reader(hint: Any, rule: Rule, site: Site) -> Read:
    """The function that reads one value of type `hint` under `rule`."""
    hint, dialect = bare(hint)
    choices = rule.choices(site)
    if get_origin(hint) is Literal:
        choices = choices or get_args(hint)
        hint = type(get_args(hint)[0])
    if get_origin(hint) is list:
        return _list(_reader(get_args(hint)[0], _item_rule(rule), site), rule)
    if isinstance(hint, type) and issubclass(hint, WireModel):
        return _object(hint, site)
    if hint is Any:
        return lambda raw, path: raw
    read_value = _scalar(hint, dialect, rule)
    return _checked(read_value, choices, rule)


def bare(hint: Any) -> tuple[Any, Dialect | None]:
    """A field's type without Maybe and marks, and the dialect's mark when it has one."""
    dialect = None
    while True:
        if get_origin(hint) is Annotated:
            hint, *marks = get_args(hint)
            dialect = next((mark for mark in marks if isinstance(mark, Dialect)), dialect)
        elif get_origin(hint) in (Union, types.UnionType):
            (hint,) = (one for one in get_args(hint) if one is not type(None))
        else:
            return hint, dialect


def _item_rule(rule: Rule) -> Rule:
    return Rule(
        empty="rejected" if rule.empty == "absent" else rule.empty,
        min_length=rule.min_length,
        max_length=rule.max_length,
        pattern=rule.pattern,
        ge=rule.ge,
        gt=rule.gt,
        le=rule.le,
        places=rule.places,
        one_of=rule.one_of,
    )


def _scalar(hint: Any, dialect: Dialect | None, rule: Rule) -> Read:
    match dialect.kind if dialect else None:
        case "yuan" | "number":
            return _decimal(rule)
        case "yuan_text":
            read_decimal = _decimal(rule)
            return lambda raw, path: f"{read_decimal(raw, path):f}"
        case "moment":
            return _pattern(
                _MOMENT, lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            )
        case "day":
            return _pattern(_DAY, date.fromisoformat)
        case "month":
            return _pattern(_MONTH, BillMonth.parse)
    if hint is str:
        return _text(rule)
    if hint is bool:
        return _boolean
    if hint is int:
        return _integer(rule)
    raise AssertionError(f"{hint} is no type of the dialect")


def _checked(read_value: Read, choices: Any, rule: Rule) -> Read:
    """Around every scalar: what "" means, and the values allowed."""
    allowed = frozenset(choices) if choices is not None else None

    def run(raw: Any, path: str) -> Any:
        if raw == "" and isinstance(raw, str):
            if rule.empty == "rejected" or rule.required:
                raise InvalidParameter(parameter=path, reason=_("it must not be empty"))
            return raw if rule.empty == "filter" else ABSENT
        value = read_value(raw, path)
        if allowed is not None and value not in allowed:
            raise InvalidParameter(parameter=path, reason=_("it is not one of the values allowed"))
        return value

    return run


def _text(rule: Rule) -> Read:
    longest = rule.max_length or MOST_CHARACTERS
    pattern = re.compile(rule.pattern) if rule.pattern else None

    def run(raw: Any, path: str) -> str:
        if not isinstance(raw, str):
            raise InvalidParameter(parameter=path, reason=_("it must be text"))
        if len(raw) > longest or len(raw) < rule.min_length:
            raise InvalidParameter(parameter=path, reason=_("its length is out of range"))
        if "\x00" in raw or not _is_unicode(raw):
            raise InvalidParameter(parameter=path, reason=_("it contains characters that are not allowed"))
        if pattern is not None and not pattern.fullmatch(raw):
            raise InvalidParameter(parameter=path, reason=_("its format is wrong"))
        return raw

    return run


def _integer(rule: Rule) -> Read:
    lowest = -INT32 - 1 if rule.ge is None else rule.ge
    highest = INT32 if rule.le is None else rule.le

    def run(raw: Any, path: str) -> int:
        if isinstance(raw, str) and _INTEGER.fullmatch(raw):
            raw = int(raw)
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise InvalidParameter(parameter=path, reason=_("it must be an integer"))
        if not lowest <= raw <= highest or (rule.gt is not None and raw <= rule.gt):
            raise InvalidParameter(parameter=path, reason=_("it is out of range"))
        return raw

    return run


def _decimal(rule: Rule) -> Read:
    lowest = -YUAN_LIMIT if rule.ge is None else rule.ge
    highest = YUAN_LIMIT if rule.le is None else rule.le

    def run(raw: Any, path: str) -> Decimal:
        if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
            raw = Decimal(raw)
        if not isinstance(raw, int | Decimal) or isinstance(raw, bool) or not Decimal(raw).is_finite():
            raise InvalidParameter(parameter=path, reason=_("it must be a number"))
        if not lowest <= raw <= highest or (rule.gt is not None and raw <= rule.gt):
            raise InvalidParameter(parameter=path, reason=_("it is out of range"))
        exact = Decimal(raw)
        exponent = exact.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or -exponent > rule.places:
            raise InvalidParameter(parameter=path, reason=_("it has too many decimal places"))
        return exact

    return run


def _boolean(raw: Any, path: str) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "false"):
        return bool(raw == "true")
    raise InvalidParameter(parameter=path, reason=_("it must be true or false"))


def _pattern(shape: re.Pattern[str], parse: Callable[[str], Any]) -> Read:
    def run(raw: Any, path: str) -> Any:
        if isinstance(raw, str) and shape.fullmatch(raw) and FIRST_YEAR <= raw[:4] <= LAST_YEAR:
            try:
                return parse(raw)
            except ValueError:
                pass
        raise InvalidParameter(parameter=path, reason=_("its format is wrong"))

    return run


def _list(read_item: Read, rule: Rule) -> Read:
    def run(raw: Any, path: str) -> Any:
        if not isinstance(raw, list):
            raise InvalidParameter(parameter=path, reason=_("it must be a list"))
        if not max(rule.min_items, 1 if rule.required else 0) <= len(raw) <= rule.max_items:
            raise InvalidParameter(parameter=path, reason=_("its number of items is out of range"))
        items = [read_item(item, f"{path}[{place}]") for place, item in enumerate(raw) if item is not None]
        return [item for item in items if item is not ABSENT]

    return run


def _object(model: type[WireModel], site: Site) -> Read:
    def run(raw: Any, path: str) -> WireModel:
        if not isinstance(raw, dict):
            raise InvalidParameter(parameter=path, reason=_("it must be an object"))
        return read(model, raw, site, path + ".")

    return run


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _shown(key: str) -> str:
    """A caller's own key, safe to repeat in an answer."""
    return key[:64].encode("ascii", "replace").decode().replace("\x00", "?")


def _decoded(part: str, key: str) -> str:
    try:
        return unquote_to_bytes(part.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidParameter(parameter=_shown(key), reason=_("it is not UTF-8")) from None


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
