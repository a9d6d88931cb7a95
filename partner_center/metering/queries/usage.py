"""What has been accepted, for those who rate it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth
from partner_center.metering.errors import BatchNotFound, QuarantineNotFound
from partner_center.metering.models import ClosedMonth, QuarantinedRecord, UsageBatch, UsageFile


def usage_files(month: str | BillMonth, customer_ids: Iterable[str] | None = None) -> list[UsageFile]:
    """The committed files of a bill month, in order of commit; of these customers, those that may hold theirs."""
    files = UsageFile.objects.filter(month=str(month)).order_by("pk")
    return list(files if customer_ids is None else files.of_customers(customer_ids))


def last_closed_month() -> BillMonth | None:
    """The latest month that takes no more usage; all before it take none either."""
    latest = ClosedMonth.objects.order_by("-month").values_list("month", flat=True).first()
    return BillMonth.parse(latest) if latest else None


def batch_for(actor: Actor, batch_id: str) -> UsageBatch:
    """The batch under its sender's id. Raises BatchNotFound."""
    batch = UsageBatch.objects.visible_to(actor).filter(batch_id=batch_id).first()
    if batch is None:
        raise BatchNotFound(batch_id=batch_id)
    return batch


def quarantined_for(actor: Actor, keys: Sequence[int]) -> list[QuarantinedRecord]:
    """The quarantined records with these keys, in their order, each once. Raises QuarantineNotFound."""
    rows = QuarantinedRecord.objects.visible_to(actor).select_related("batch").in_bulk(keys)
    missing = next((key for key in keys if key not in rows), None)
    if missing is not None:
        raise QuarantineNotFound(record=missing)
    return [rows[key] for key in dict.fromkeys(keys)]
