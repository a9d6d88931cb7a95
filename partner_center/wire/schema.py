"""The contract's dialect as types. Requests and answers of operations are made of these, and of nothing else.

    class Request(Paging):
        order_id: str = field(max_length=64)                          # mandatory, text is never empty
        status: Maybe[int] = field(None, one_of=(1, 3, 4, 5, 6, 9))   # absent, null and "" are no filter
        indirect_partner_id: Maybe[str] = field(None, empty="rejected", only=("cn",))
        create_time_begin: Maybe[Moment] = None

    class Response(WireModel):
        total_count: int
        amount: Yuan                                                  # Money or Decimal in, exact JSON number out
        created: Moment = field(key="createTime")

How a request is read stands in `reading.py`, how an answer is written in `writing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias, TypeVar

from django.db.models import Model, QuerySet
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticUndefined

from partner_center.kernel.money import Amount, Money
from partner_center.kernel.period import BillMonth

T = TypeVar("T")
M = TypeVar("M", bound=Model)

Maybe: TypeAlias = T | None
"""What may be absent; null is the same as absent."""

Site = Literal["cn", "intl"]
SITES: tuple[Site, ...] = ("cn", "intl")
Empty = Literal["absent", "filter", "rejected"]
Choices = Sequence[str | int]

MOST_CHARACTERS = 1024
MOST_ITEMS = 1000
INT32 = 2**31 - 1
YUAN_LIMIT = Decimal(10) ** 13
"""Above this no amount is accepted: ten thousand billion, far inside what a column of cents can hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What a field demands beyond its type. Built by `field()`, read by `reading.py` and the contract tests."""

    key: str | None = None
    only: tuple[Site, ...] = SITES
    empty: Empty = "absent"
    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None
    ge: Decimal | int | None = None
    gt: Decimal | int | None = None
    le: Decimal | int | None = None
    places: int = 2
    one_of: Choices | Mapping[Site, Choices] | None = None
    min_items: int = 0
    max_items: int = MOST_ITEMS
    required: bool = False

    def choices(self, site: Site) -> Choices | None:
        return self.one_of[site] if isinstance(self.one_of, Mapping) else self.one_of

    def __call__(self, schema: dict[str, Any]) -> None:
        """Say the rule in a JSON schema (pydantic calls this for the OpenAPI document)."""
        said = {
            "minLength": self.min_length or None,
            "maxLength": self.max_length,
            "pattern": self.pattern,
            "minimum": None if self.ge is None else float(self.ge),
            "exclusiveMinimum": None if self.gt is None else float(self.gt),
            "maximum": None if self.le is None else float(self.le),
            "enum": None if self.one_of is None or isinstance(self.one_of, Mapping) else list(self.one_of),
        }
        schema.update({name: value for name, value in said.items() if value is not None})


def field(
    default: Any = PydanticUndefined,
    *,
    key: str | None = None,
    only: tuple[Site, ...] = SITES,
    empty: Empty = "absent",
    min_length: int = 0,
    max_length: int | None = None,
    pattern: str | None = None,
    ge: Decimal | int | None = None,
    gt: Decimal | int | None = None,
    le: Decimal | int | None = None,
    places: int = 2,
    one_of: Choices | Mapping[Site, Choices] | None = None,
    min_items: int = 0,
    max_items: int = MOST_ITEMS,
) -> Any:
    """Declare a field with its rules.

    default: without one the field is mandatory (on the sites it exists on).
    key: the key on the wire where it is not the field's name (the platform's misspellings).
    only: the sites that know this field; elsewhere it is an undefined parameter, reads as None and is not answered.
    empty: what "" means: no filter ("absent"), a filter on the empty text ("filter"), or 400 ("rejected").
    one_of: the values allowed, or a mapping from site to them.
    min_length, max_length, pattern: of text (the pattern matches the whole text). ge, gt, le: of numbers.
    places: decimal places of an amount or quantity. min_items, max_items: of a list.
    """
    required = default is PydanticUndefined
    rule = Rule(
        key,
        only,
        empty,
        min_length,
        max_length,
        pattern,
        ge,
        gt,
        le,
        places,
        one_of,
        min_items,
        max_items,
        required,
    )
    if required and rule.only != SITES:
        default = None
    return Field(default, alias=key, json_schema_extra=rule)


class WireModel(BaseModel):
    """Base of every request, answer and part of one. Keys are spelled as on the wire, or named by `field(key=…)`."""

    tolerant: ClassVar[bool] = False
    """Whether undefined parameters are passed over instead of refused (IAM's calls, which know many more)."""

    model_config = ConfigDict(
        extra="forbid", populate_by_name=True, arbitrary_types_allowed=True, protected_namespaces=()
    )

    @classmethod
    def rule(cls, name: str) -> Rule:
        found = cls.model_fields[name].json_schema_extra
        if isinstance(found, Rule):
            return found
        return Rule(required=cls.model_fields[name].is_required())

    @classmethod
    def key_of(cls, name: str) -> str:
        return cls.rule(name).key or name


class Paging(WireModel):
    """Record-offset paging: `offset` counts records from 0, at most 100 a call. Other limits: redeclare the field."""

    offset: int = field(0, ge=0)
    limit: int = field(10, ge=1, le=100)

    def slice(self, rows: QuerySet[M]) -> QuerySet[M]:
        """The asked page of an ordered queryset."""
        return rows[self.offset : self.offset + self.limit]

    def cut(self, rows: Sequence[T]) -> Sequence[T]:
        """The asked page of a list."""
        return rows[self.offset : self.offset + self.limit]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Marks a type of the dialect, so that reading and the contract tests know how it looks on the wire."""

    kind: Literal["yuan", "yuan_text", "moment", "day", "month", "number"]

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return dict(_JSON_SCHEMAS[self.kind])


_JSON_SCHEMAS = {
    "yuan": {"type": "number"},
    "number": {"type": "number"},
    "yuan_text": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "moment": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "month": {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
}


def _number(value: Any) -> Any:
    exact = value.decimal if isinstance(value, Money) else value.exact if isinstance(value, Amount) else value
    if isinstance(exact, Decimal) and exact.as_tuple().exponent > 0:  # type: ignore[operator]
        return exact.quantize(Decimal(1))
    return exact


def _text(value: Any) -> Any:
    exact = _number(value)
    return f"{exact:f}" if isinstance(exact, Decimal) else exact


def _moment_text(value: Any) -> Any:
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _moment(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    assert value.tzinfo is not None, "a moment knows its zone"
    return value.astimezone(UTC).replace(microsecond=0)


Yuan = Annotated[Decimal, BeforeValidator(_number), Dialect("yuan")]
"""An amount as a JSON number with exact digits, from Money, Amount or Decimal. Requests read it as Decimal."""

Number = Annotated[Decimal, BeforeValidator(_number), Dialect("number")]
"""A quantity as a JSON number with exact digits."""

YuanText = Annotated[str, BeforeValidator(_text), Dialect("yuan_text")]
"""An amount in a JSON string, where the platform sends strings."""

Moment = Annotated[datetime, BeforeValidator(_moment), Dialect("moment")]
"""A UTC moment, yyyy-MM-ddTHH:mm:ssZ."""

MomentText = Annotated[str, BeforeValidator(_moment_text)]
"""The same where the contract has mere text."""

Day = Annotated[date, Dialect("day")]
"""A Beijing day, YYYY-MM-DD."""

Month = Annotated[BillMonth, PlainSerializer(str), Dialect("month")]
"""A Beijing month, YYYY-MM."""

Absent = None
"""An absent field: it is not written, and reads as None."""


class Answer:
    """For the few operations that answer headers or another status than their usual one."""

    __slots__ = ("body", "headers", "status")

    def __init__(
        self, body: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.body, self.status, self.headers = body, status, dict(headers or {})

    @classmethod
    def created(cls, body: Any, **headers: str) -> Self:
        return cls(body, status=201, headers=headers)
