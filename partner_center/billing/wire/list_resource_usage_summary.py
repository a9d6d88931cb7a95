"""查询95计费资源用量汇总: the resources of a month that are charged by 95th-percentile bandwidth."""

from __future__ import annotations

from typing import Self

from partner_center.billing.reading import scope_of_customer
from partner_center.billing.reading.peaks import Factor, PeakUsage, peaks_of
from partner_center.billing.wire.shapes import CUSTOMER_HISTORY, known_month, quantity_text
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Month, Paging, WireModel, field


class Request(Paging):
    bill_cycle: Month
    service_type_code: str = field(max_length=64)
    resource_type_code: str = field(max_length=64)
    usage_type: str = field(max_length=64)


class StatUsageSummaryInfo(WireModel):
    resource_id: Maybe[str] = None
    actual_days: Maybe[str] = None
    band_width: Maybe[str] = None
    monthly_guaranteed_band_width: Maybe[str] = None
    monthly_peak_band_width: Maybe[str] = None
    band_width_measure_id: Maybe[int] = None

    @classmethod
    def of(cls, row: PeakUsage) -> Self:
        return cls(
            resource_id=row.resource_id,
            actual_days=quantity_text(row.days),
            band_width=quantity_text(row.bandwidth),
            band_width_measure_id=row.measure_id,
        )


class Response(WireModel):
    total_count: int
    summary_usage_info_list: list[StatUsageSummaryInfo]


@operation(
    "GET",
    "/v2/bills/customer-bills/resources/usage/summary",
    callers="C",
    sites=("cn",),
    items=("billing:billDetail:view",),
    localised=True,
)
def list_resource_usage_summary(actor: Actor, request: Request) -> Response:
    """Until 20:00 on the second day of the next month only the resources' ids are told."""
    month = known_month("bill_cycle", request.bill_cycle, CUSTOMER_HISTORY)
    factor = Factor(request.service_type_code, request.resource_type_code, request.usage_type)
    rows = peaks_of(scope_of_customer(actor), month, factor)
    return Response(
        total_count=len(rows),
        summary_usage_info_list=[StatUsageSummaryInfo.of(one) for one in request.cut(rows)],
    )
