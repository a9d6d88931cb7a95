"""查询退款订单的金额详情: which orders and resources the amount of a refund comes from."""

from __future__ import annotations

from typing import Self

from partner_center.customers.queries import scope_of
from partner_center.foundation.actor import Actor
from partner_center.orders.errors import NotARefundOrder
from partner_center.orders.models import RefundLine
from partner_center.orders.queries import refund_order_for
from partner_center.orders.states import RefundKind
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.errors import MissingParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan, field

YUAN = "1"


class Request(WireModel):
    order_id: str = field(max_length=64)
    customer_id: Maybe[str] = field(None, max_length=64)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class OrderRefundInfoV2(WireModel):
    id: str
    amount: Yuan
    measure_id: str
    customer_id: str
    resource_type_code: str
    service_type_code: str
    resource_type_name: Maybe[str] = None
    service_type_name: Maybe[str] = None
    region_code: str
    base_order_id: Maybe[str] = None

    @classmethod
    def of(cls, row: RefundLine, customer_id: str, language: str) -> Self:
        """Refunds are negative; what was consumed or kept as a fee is positive."""
        line = row.line
        return cls(
            id=str(row.pk),
            amount=-row.amount if row.kind == RefundKind.REFUND else row.amount,
            measure_id=YUAN,
            customer_id=customer_id,
            resource_type_code=line.resource_type,
            service_type_code=line.cloud_service_type,
            resource_type_name=line.product.resource_type.name_in(language),
            service_type_name=line.product.service.name_in(language),
            region_code=line.region,
            base_order_id=row.base_order_number,
        )


class Response(WireModel):
    total_count: int
    refund_infos: list[OrderRefundInfoV2]


@operation(
    "GET",
    "/v2/orders/customer-orders/refund-orders",
    callers="A",
    items=("BPC_ITEM_SUBCUSTSERV_060100", "billing:order:view"),
    errors=(NotARefundOrder, NoRightOverReseller),
)
def show_refund_order_details(actor: Actor, request: Request) -> Response:
    """List what a refund order gave back, and what was consumed or kept, by original order."""
    through = ""
    if actor.kind == "partner":
        if not request.customer_id:
            raise MissingParameter(parameter="customer_id")
        through = scope_of(actor, request.indirect_partner_id)
    customer_id = request.customer_id if actor.kind == "partner" else actor.account_id
    order = refund_order_for(actor, request.order_id, customer_id=customer_id, through=through)
    rows = order.refund_lines.select_related("line__product__service", "line__product__resource_type")
    infos = [OrderRefundInfoV2.of(row, order.customer_id, actor.language) for row in rows]
    return Response(total_count=len(infos), refund_infos=infos)
