"""A usage record as it is delivered, and how its texts become exact numbers and moments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from partner_center.kernel.errors import DomainError
from partner_center.metering import errors
from partner_center.metering.models import QuarantinedRecord, Source, UsageBatch

DESCRIBING = (
    "customer_id",
    "resource_id",
    "cloud_service_type",
    "resource_type",
    "resource_spec",
    "region",
    "usage_type",
    "usage_measure_id",
    "enterprise_project_id",
)
"""What was used. The same for many records, so it is looked up once."""
MEASURING = ("usage_value", "begin_time", "end_time")
"""How much, and when."""
FIELDS = DESCRIBING + MEASURING
OPTIONAL = frozenset({"enterprise_project_id"})

PLACES = 12
LIMIT = Decimal(10) ** 8
"""A quantity has 20 digits, 12 of them behind the point (rating/schemas.py)."""
LONGEST_FIELD = 1000
_YEAR_3000 = 32_503_680_000
WIDE = Context(prec=100)
UNIT = Decimal(1).scaleb(-PLACES)

Row = tuple[Any, ...]
"""The values of FIELDS, in that order, as they were delivered; None where there is none."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of a delivery, in its order. line(n): the n-th of them as it was delivered."""

    rows: Sequence[Row]
    line: Callable[[int], str]
    read: int = 0
    """How much of the delivery has been read so far, for a progress bar; in the unit of `Delivery.size`."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch as it arrives.

    chunks: reads it from the beginning, each time it is called. sha256: of the content.
    completes: absent descriptions (customer, product, measure) are those of the resource: for sources that do not
    know them.
    resubmits: the quarantined records that these are, in the same order; they leave the quarantine with the batch.
    """

    batch_id: str
    source: Source
    sha256: str
    chunks: Callable[[], Iterator[Chunk]]
    file_name: str = ""
    size: int = 0
    completes: bool = False
    corrects: UsageBatch | None = None
    resubmits: Sequence[QuarantinedRecord] = field(default=())


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is not accepted: a class of errors.py and its facts, all text or integers."""

    error: type[errors.RecordRefused]
    facts: Mapping[str, Any]

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def reason(self) -> str:
        return str(self.error(**self.facts))


def refusal(error: type[errors.RecordRefused], **facts: Any) -> Refusal:
    return Refusal(error, {name: _fact(value) for name, value in facts.items()})


def reason_of(record: QuarantinedRecord) -> str:
    """Why a quarantined record was refused, in the language of the moment."""
    found: type[DomainError] = getattr(errors, record.error)
    return str(found(**record.facts))


def rows_of(records: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Records as JSON objects, ordered by FIELDS. What is no plain value becomes its JSON text."""
    return [tuple(_plain(one.get(name)) for name in FIELDS) for one in records]


def given(row: Row) -> dict[str, Any]:
    """A row as a JSON object, for correcting it."""
    return {
        name: value
        if isinstance(value, int) and not isinstance(value, bool)
        else storable(str(value))[:LONGEST_FIELD]
        for name, value in zip(FIELDS, row, strict=True)
        if value is not None and value != ""
    }


def as_line(record: Any) -> str:
    """A record as one line of JSON."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, default=str)


def content_digest(batch: Any) -> str:
    """The SHA-256 of a parsed body: blanks and the order of keys do not make another batch."""
    return hashlib.sha256(as_line(batch).encode("utf-8", "surrogatepass")).hexdigest()


def storable(text: str) -> str:
    """`text` without what no database keeps: NUL and halves of characters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def exact(value: Any) -> Decimal | None:
    """A finite number without any rounding, None if it is none. A binary float is read as its shortest decimal."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, str) and "_" in value:
        return None
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError, TypeError):
        return None
    return number if number.is_finite() else None


def moment(value: Any) -> int | None:
    """Whole seconds since 1970 (UTC) of an ISO text with its zone, an aware datetime or an integer; else None."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        if value.tzinfo is None or value.microsecond:
            return None
        try:
            seconds = int(value.timestamp())
        except (OverflowError, ValueError):
            return None
    elif isinstance(value, int) and not isinstance(value, bool):
        seconds = value
    else:
        return None
    return seconds if 0 <= seconds < _YEAR_3000 else None


def said(seconds: int) -> str:
    """A moment for a sentence: 2026-03-01T00:00:00Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: Any) -> Any:
    return as_line(value) if isinstance(value, dict | list) else value


def _fact(value: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) else storable(str(value))[:128]
