"""查询95计费资源用量明细: the 5-minute points of one resource, and the bandwidth that they are charged by."""

from __future__ import annotations

from typing import Self

from partner_center.billing.reading import scope_of_customer
from partner_center.billing.reading.peaks import Factor, PeakUsage, Point, peaks_of, points_of
from partner_center.billing.wire.shapes import CUSTOMER_HISTORY, known_month, quantity_text
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Month, Paging, WireModel, field


class Request(Paging):
    bill_cycle: Month
    service_type_code: str = field(max_length=64)
    resource_type_code: str = field(max_length=64)
    usage_type: str = field(max_length=64)
    resource_id: str = field(max_length=64)


class StatUsageInfo(WireModel):
    stat_time: Maybe[Moment] = None
    guaranteed_band_width: Maybe[str] = None
    usage: Maybe[str] = None
    measure_id: Maybe[int] = None

    @classmethod
    def of(cls, point: Point) -> Self:
        return cls(stat_time=point.at, usage=quantity_text(point.value), measure_id=point.measure_id)


class Response(WireModel):
    actual_days: Maybe[str] = None
    band_width: Maybe[str] = None
    monthly_guaranteed_band_width: Maybe[str] = None
    monthly_peak_band_width: Maybe[str] = None
    band_width_measure_id: Maybe[int] = None
    total_count: int
    usage_info_list: list[StatUsageInfo]


@operation(
    "GET",
    "/v2/bills/customer-bills/resources/usage/details",
    callers="C",
    sites=("cn",),
    items=("billing:billDetail:view",),
    localised=True,
)
def list_resource_usage(actor: Actor, request: Request) -> Response:
    """The month's figures are told from 20:00 on the second day of the next month; points as they come."""
    month = known_month("bill_cycle", request.bill_cycle, CUSTOMER_HISTORY)
    factor = Factor(request.service_type_code, request.resource_type_code, request.usage_type)
    scope = scope_of_customer(actor)
    total, points = points_of(
        scope, month, factor, request.resource_id, offset=request.offset, limit=request.limit
    )
    found = peaks_of(scope, month, factor, request.resource_id)
    whole = found[0] if found else PeakUsage(request.resource_id)
    return Response(
        actual_days=quantity_text(whole.days),
        band_width=quantity_text(whole.bandwidth),
        band_width_measure_id=whole.measure_id,
        total_count=total,
        usage_info_list=[StatUsageInfo.of(point) for point in points],
    )
