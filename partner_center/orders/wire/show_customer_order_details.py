"""查询订单详情: one order with its lines."""

from __future__ import annotations

from typing import Self

from partner_center.customers.queries import scope_of
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money
from partner_center.orders.errors import OrderNotReadable
from partner_center.orders.models import Order, OrderLine
from partner_center.orders.naming import description_of, with_service_names
from partner_center.orders.queries import base_products, kept_by_lines, kept_by_orders, readable_order
from partner_center.orders.wire.shapes import AmountInfomationV2, CustomerOrder, shared_fields
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Paging, WireModel, Yuan, field


class Request(Paging):
    order_id: str = field(max_length=64)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class SubCustomerOrderV3(CustomerOrder):
    """A part of a combined transaction."""

    user_name: Maybe[str] = None
    pending_payment_end_time: Maybe[Moment] = None


class CustomerOrderV3(CustomerOrder):
    user_name: Maybe[str] = None
    pending_payment_end_time: Maybe[Moment] = None
    sub_order_infos: Maybe[list[SubCustomerOrderV3]] = None


class ProductObject(WireModel):
    product_id: str
    product_spec_desc: str
    category_code: str
    product_owner_service: str
    commercial_resource: str


class OrderLineItemEntityV2(WireModel):
    order_line_item_id: str
    service_type_code: str
    service_type_name: str
    product_id: str
    product_spec_desc: str
    period_type: Maybe[int] = None
    period_num: Maybe[int] = None
    effective_time: Maybe[Moment] = None
    expire_time: Maybe[Moment] = None
    subscription_num: int
    amount_after_discount: Yuan
    official_amount: Yuan
    amount_info: AmountInfomationV2
    currency: str
    category_code: str
    product_owner_service: str
    commercial_resource: str
    base_product_info: Maybe[ProductObject] = None
    order_id: str

    @classmethod
    def of(
        cls,
        line: OrderLine,
        order: Order,
        kept: dict[str, Money] | None,
        base: ProductObject | None,
        language: str,
    ) -> Self:
        return cls(
            order_line_item_id=line.item_id(order.number),
            service_type_code=line.cloud_service_type,
            service_type_name=line.product.service.name_in(language),
            product_id=line.product.number,
            product_spec_desc=description_of(line, language),
            period_type=line.period_type,
            period_num=line.period_num,
            effective_time=line.effective_at,
            expire_time=line.expires_at,
            subscription_num=line.subscription_num,
            amount_after_discount=line.payable,
            official_amount=line.official,
            amount_info=AmountInfomationV2.of(line, order.discount_type, kept),
            currency=line.currency,
            category_code=line.resource_type,
            product_owner_service=line.cloud_service_type,
            commercial_resource=line.resource_type,
            base_product_info=base,
            order_id=order.number,
        )


class Response(WireModel):
    total_count: int
    order_info: CustomerOrderV3
    order_line_items: list[OrderLineItemEntityV2]


@operation(
    "GET",
    "/v2/orders/customer-orders/details/{order_id}",
    callers="A",
    items=("BPC_ITEM_SUBCUSTSERV_060100", "billing:order:view"),
    errors=(OrderNotReadable, NoRightOverReseller),
    localised=True,
)
def show_customer_order_details(actor: Actor, request: Request) -> Response:
    """Show an order and a page of its lines."""
    through = scope_of(actor, request.indirect_partner_id) if actor.kind == "partner" else ""
    order = readable_order(actor, request.order_id, through=through, name=with_service_names)
    lines = order.lines.select_related("product__service", "product__linear_measure").order_by("number")
    page = list(request.slice(lines))
    kept, bases = kept_by_lines(page) if not order.is_charge else {}, base_products(page)
    return Response(
        total_count=lines.count(),
        order_info=_info(order),
        order_line_items=[
            OrderLineItemEntityV2.of(
                line, order, kept.get(line.pk), _base(line, bases, actor.language), actor.language
            )
            for line in page
        ],
    )


def _info(order: Order) -> CustomerOrderV3:
    return CustomerOrderV3(
        **shared_fields(order, kept_by_orders([order]).get(order.pk)),
        user_name=order.creator_name or None,
        pending_payment_end_time=order.payment_due_at,
    )


def _base(line: OrderLine, bases: dict[str, OrderLine], language: str) -> ProductObject | None:
    """What a renewed, changed or returned resource was first bought as."""
    base = bases.get(line.base_order_number)
    if base is None:
        return None
    return ProductObject(
        product_id=base.product.number,
        product_spec_desc=description_of(base, language),
        category_code=base.resource_type,
        product_owner_service=base.cloud_service_type,
        commercial_resource=base.resource_type,
    )
