"""What has been accepted, for those who rate it."""

from __future__ import annotations

from collections.abc import Iterable

from partner_center.kernel.period import BillMonth
from partner_center.metering.models import ClosedMonth, UsageFile


def usage_files(month: str | BillMonth, customer_ids: Iterable[str] | None = None) -> list[UsageFile]:
    """The committed files of a bill month, in order of commit; of these customers, those that may hold theirs."""
    files = UsageFile.objects.filter(month=str(month)).order_by("pk")
    return list(files if customer_ids is None else files.of_customers(customer_ids))


def last_closed_month() -> BillMonth | None:
    """The latest month that takes no more usage; all before it take none either."""
    latest = ClosedMonth.objects.order_by("-month").values_list("month", flat=True).first()
    return BillMonth.parse(latest) if latest else None


def charged_in(cycle: BillMonth) -> tuple[BillMonth, bool]:
    """The bill month in which usage of `cycle` is charged, and whether it comes late."""
    closed = last_closed_month()
    if closed is None or cycle > closed:
        return cycle, False
    return closed.next(), True
