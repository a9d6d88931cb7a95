"""Records that come by the API, and quarantined ones that are sent again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from partner_center.foundation.actor import Actor
from partner_center.metering.errors import AlreadyDecided
from partner_center.metering.intake.receiving import receive
from partner_center.metering.intake.records import FIELDS, Chunk, Delivery, as_line, content_digest, rows_of
from partner_center.metering.models import QuarantinedRecord, QuarantineState, Source, UsageBatch


def delivery_of_call(batch_id: str, records: Sequence[Mapping[str, Any]]) -> Delivery:
    """The records of one call as a batch."""
    return Delivery(
        batch_id=batch_id,
        source=Source.API,
        sha256=content_digest(records),
        chunks=lambda: _chunks(records),
        size=len(records),
    )


def resubmit(
    actor: Actor,
    records: Sequence[QuarantinedRecord],
    corrections: Mapping[int, Mapping[str, Any]] | None = None,
) -> UsageBatch:
    """Send quarantined records again, as they are or corrected (by the record's key), in a batch of their own.

    They leave the quarantine with that batch; what is refused again stands in the quarantine under it. What is left
    empty (customer, product, measure) is what the resource says. Raises AlreadyDecided, and what `receive` raises.
    """
    assert records, "something is sent again"
    for one in records:
        if one.state is not QuarantineState.WAITING:
            raise AlreadyDecided(subject=str(one), state=one.state)
    mended = corrections or {}
    contents = [corrected(one, mended.get(one.pk, {})) for one in records]
    batches = {one.batch_id for one in records}
    digest = content_digest([[one.pk for one in records], contents])
    delivery = Delivery(
        batch_id=f"quarantine-{digest[:32]}",
        source=Source.QUARANTINE,
        sha256=digest,
        chunks=lambda: _chunks(contents),
        size=len(contents),
        completes=True,
        corrects=records[0].batch if len(batches) == 1 else None,
        resubmits=records,
    )
    return receive(actor, delivery)


def corrected(record: QuarantinedRecord, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields with these changes; an empty value takes a field away."""
    fields = {**record.fields, **{name: value for name, value in changes.items() if name in FIELDS}}
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _chunks(records: Sequence[Mapping[str, Any]]) -> Iterator[Chunk]:
    yield Chunk(rows_of(records), lambda n: as_line(records[n]), len(records))
