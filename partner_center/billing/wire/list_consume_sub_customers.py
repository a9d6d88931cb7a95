"""查询伙伴消费子客户列表: the customers that consumed in a month while they were the partner's."""

from __future__ import annotations

from partner_center.billing.reading import fee_records
from partner_center.billing.reading.scopes import scope_of_all
from partner_center.billing.wire.shapes import PARTNER_HISTORY, known_month
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Month, Paging, WireModel


class Request(Paging):
    bill_cycle: Month


class SubCustomerInfoV3(WireModel):
    customer_id: str


class Response(WireModel):
    sub_customers: list[SubCustomerInfoV3]
    total_count: int


@operation(
    "POST",
    "/v2/bills/subcustomer-bills/res-fee-records/sub-customers/query",
    callers="P",
    sites=("cn",),
    localised=True,
)
def list_consume_sub_customers(actor: Actor, request: Request) -> Response:
    """Those that have left the partner since are among them."""
    month = known_month("bill_cycle", request.bill_cycle, PARTNER_HISTORY)
    rows = fee_records(actor, scope_of_all(actor), month)
    ids = rows.order_by("customer_id").values_list("customer_id", flat=True).distinct()
    return Response(
        sub_customers=[
            SubCustomerInfoV3(customer_id=one) for one in ids[request.offset : request.offset + request.limit]
        ],
        total_count=ids.count(),
    )
