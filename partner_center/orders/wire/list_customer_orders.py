"""查询订单列表: list yearly/monthly orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Any, Self

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partner_center.customers.queries import customer_for, scope_of
from partner_center.foundation.actor import Actor
from partner_center.foundation.hot import Prepared
from partner_center.kernel.money import Money
from partner_center.kernel.period import add_months
from partner_center.orders.errors import CustomerNotReadable
from partner_center.orders.models import Order, OrderQuerySet
from partner_center.orders.naming import with_service_names
from partner_center.orders.queries import kept_by_orders
from partner_center.orders.states import OrderState
from partner_center.orders.wire.shapes import (
    AgentPayInfoV2,
    CustomerOrder,
    EnterpriseProject,
    shared_fields,
)
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Paging, Site, WireModel, field

LONGEST_WINDOW_MONTHS = 12
ORDER_TYPES: dict[Site, tuple[str, ...]] = {
    "cn": ("1", "2", "3", "4", "10", "11", "13", "14", "15"),
    "intl": ("1", "2", "3", "4", "11", "13", "14", "15"),
}


class Request(Paging):
    order_id: Maybe[str] = field(None, max_length=64)
    customer_id: Maybe[str] = field(None, max_length=64)
    create_time_begin: Maybe[Moment] = None
    create_time_end: Maybe[Moment] = None
    service_type_code: Maybe[str] = field(None, max_length=64)
    status: Maybe[int] = field(None, one_of=(1, 3, 4, 5, 6, 9))
    order_type: Maybe[str] = field(None, one_of=ORDER_TYPES)
    order_by: Maybe[str] = field(None, pattern="(?i)-?createTime")
    payment_time_begin: Maybe[Moment] = None
    payment_time_end: Maybe[Moment] = None
    indirect_partner_id: Maybe[str] = field(None, max_length=64)
    method: str = field("oneself", one_of=("oneself", "sub_customer"))


class SubCustomerOrderV2(CustomerOrder):
    """A part of a combined transaction."""

    enterprise_projects: Maybe[list[EnterpriseProject]] = None


class CustomerOrderV2(CustomerOrder):
    enterprise_projects: Maybe[list[EnterpriseProject]] = None
    sub_order_infos: Maybe[list[SubCustomerOrderV2]] = None
    agent_pay_info: Maybe[AgentPayInfoV2] = None

    @classmethod
    def of(cls, order: Order, kept: dict[str, Money] | None) -> Self:
        paid_for_it = bool(order.payer_id) and order.payer_id != order.customer_id
        return cls(
            **shared_fields(order, kept),
            enterprise_projects=[EnterpriseProject(id=one) for one in order.enterprise_project_ids] or None,
            agent_pay_info=AgentPayInfoV2(paying_agent_id=order.payer_id, is_agent_pay=True)
            if paid_for_it
            else None,
        )


class Response(WireModel):
    total_count: int
    order_infos: list[CustomerOrderV2]


@operation(
    "GET",
    "/v2/orders/customer-orders",
    callers="A",
    items=("BPC_ITEM_SUBCUSTSERV_060100", "billing:order:view"),
    rate=20,
    errors=(CustomerNotReadable, NoRightOverReseller),
)
def list_customer_orders(actor: Actor, request: Request) -> Response:
    """List the caller's orders, or those that a partner's customers have placed; newest first."""
    seen, narrowing = _seen(actor, request), _narrowing(request)
    oldest_first = (request.order_by or "").lower() == "createtime"
    if actor.kind == "customer" and request.method == "oneself":
        own = _own_orders(tuple(narrowing), oldest_first, actor.language)
        values = (actor.account_id, *narrowing.values())
        page = own.rows(*values, limit=request.limit, offset=request.offset)
        count: Callable[[], int] = partial(own.count, *values)
    else:
        rows = seen.filter(**narrowing)
        page = list(request.slice(_told(rows, oldest_first, actor.language)))
        count = rows.count
    kept = kept_by_orders(page)
    return Response(
        total_count=_total(count, page, request),
        order_infos=[CustomerOrderV2.of(order, kept.get(order.pk)) for order in page],
    )


def _told(rows: QuerySet[Order], oldest_first: bool, language: str) -> QuerySet[Order]:
    """Sorted, with the names of their services."""
    order = ("created_at", "id") if oldest_first else ("-created_at", "-id")
    return with_service_names(rows.order_by(*order), language)


@cache
def _own_orders(names: tuple[str, ...], oldest_first: bool, language: str) -> Prepared[Order]:
    """What a customer asks about its own orders, for one combination of filters: the most frequent listing."""

    def ask(owner: str, *values: Any) -> QuerySet[Order]:
        own = Order.objects.visible_to(Actor(kind="customer", account_id=owner))
        return _told(own.filter(**dict(zip(names, values, strict=True))), oldest_first, language)

    kinds = [int if name == "type" else datetime if name.endswith(("gte", "lte")) else str for name in names]
    return Prepared(ask, kinds=(str, *kinds))


def _seen(actor: Actor, request: Request) -> OrderQuerySet:
    if actor.kind == "partner":
        scope = scope_of(actor, request.indirect_partner_id)
        if request.customer_id:
            customer_for(actor, request.customer_id, partner_id=scope, refusal=CustomerNotReadable)
        rows = Order.objects.visible_to(actor, through=scope)
        return rows.filter(customer_id=request.customer_id) if request.customer_id else rows
    if request.customer_id and request.customer_id != actor.account_id:
        raise CustomerNotReadable(customer=request.customer_id)
    if request.method == "sub_customer":
        return Order.objects.paid_for_others_by(actor)
    return Order.objects.visible_to(actor)


def _narrowing(request: Request) -> dict[str, Any]:
    """The request's filters as lookups."""
    _check_window("create_time_begin", request.create_time_begin, request.create_time_end)
    _check_window("payment_time_begin", request.payment_time_begin, request.payment_time_end)
    wanted = {
        "number": request.order_id.upper() if request.order_id else None,
        "cloud_service_type": request.service_type_code.lower() if request.service_type_code else None,
        "state": OrderState.from_wire(request.status).value if request.status is not None else None,
        "type": int(request.order_type) if request.order_type else None,
        "created_at__gte": request.create_time_begin,
        "created_at__lte": request.create_time_end,
        "paid_at__gte": request.payment_time_begin,
        "paid_at__lte": request.payment_time_end,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _check_window(name: str, begin: datetime | None, end: datetime | None) -> None:
    if begin is None or end is None:
        return
    if begin > end:
        raise InvalidParameter(parameter=name, reason=_("it is after the end"))
    if end > add_months(begin, LONGEST_WINDOW_MONTHS):
        raise InvalidParameter(parameter=name, reason=_("the period is longer than one year"))


def _total(count: Callable[[], int], page: list[Order], request: Request) -> int:
    """The number of all orders asked for; a page that is not full has told it already."""
    if 0 < len(page) < request.limit or (not page and not request.offset):
        return request.offset + len(page)
    return count()
