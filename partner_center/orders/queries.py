"""Questions about orders that need more than a queryset."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from partner_center.foundation.actor import Actor
from partner_center.foundation.hot import Prepared
from partner_center.kernel.errors import DomainError
from partner_center.kernel.money import Money
from partner_center.orders.errors import NotARefundOrder, OrderNotFound, OrderNotReadable
from partner_center.orders.models import LineOffer, Order, OrderLine, RefundLine
from partner_center.orders.states import UNPAID, OrderType, RefundKind
from partner_center.subscriptions.models import Resource, ResourceState


def order_for(
    actor: Actor, number: str, *, refusal: type[DomainError] = OrderNotFound, through: str = ""
) -> Order:
    """The order with this number, upper or lower case, if the actor may see it; otherwise `refusal`.

    through: the reseller whose scope a distributor addresses.
    """
    if actor.kind == "customer":
        found = _own_order.first(actor.account_id, number.upper())
    else:
        found = _order_with(actor, number.upper(), through).first()
    if found is None:
        raise refusal(number=number)
    return found


def _order_with(actor: Actor, number: str, through: str = "") -> QuerySet[Order]:
    rows = Order.objects.visible_to(actor, through=through).filter(number=number)
    return rows.select_related("customer__account", "customer__partner")


_own_order = Prepared(lambda owner, number: _order_with(Actor(kind="customer", account_id=owner), number))
"""An order of a customer that acts for itself: most payments ask this."""


def shown_order(actor: Actor, number: str) -> Order:
    """The order for a page: a distributor also reads what its resellers' customers ordered. Raises OrderNotFound."""
    rows = Order.objects.readable_by(actor).select_related(
        "customer__account", "customer__partner", "partner"
    )
    found = rows.filter(number=number.upper()).first()
    if found is None:
        raise OrderNotFound(number=number)
    return found


def orders_without_resource(limit: int) -> list[Order]:
    """Unpaid renewals and changes of resources that are closed."""
    closed = Resource.objects.filter(resource_id=OuterRef("resource_id"), state=ResourceState.CLOSED)
    lines = OrderLine.objects.filter(order=OuterRef("pk")).filter(Exists(closed))
    rows = Order.objects.filter(
        Exists(lines), state__in=UNPAID, type__in=(OrderType.RENEWAL, OrderType.CHANGE)
    )
    return list(rows.select_related("customer__account").order_by("pk")[:limit])


def readable_order(
    actor: Actor, number: str, *, through: str, name: Callable[[QuerySet[Order], str], QuerySet[Order]]
) -> Order:
    """As `order_for`, with the name of its service (`name` is naming.with_service_names). Raises OrderNotReadable."""
    rows = Order.objects.visible_to(actor, through=through).filter(number=number.upper())
    found = name(rows, actor.language).first()
    if found is None:
        raise OrderNotReadable(number=number)
    return found


def kept_by_orders(orders: Iterable[Order]) -> dict[int, dict[str, Money]]:
    """What refund orders kept back as consumed and as fee, by order; orders that charge are absent."""
    refunding = {order.pk: order.currency for order in orders if not order.is_charge}
    kept: dict[int, dict[str, Money]] = {pk: {} for pk in refunding}
    if refunding:
        rows = RefundLine.objects.filter(order_id__in=refunding).exclude(kind=RefundKind.REFUND)
        for row in rows.values("order_id", "kind").annotate(total=Sum("amount")):
            kept[row["order_id"]][row["kind"]] = Money(row["total"], refunding[row["order_id"]])
    return kept


def kept_by_lines(lines: Iterable[OrderLine]) -> dict[int, dict[str, Money]]:
    """The same by line."""
    currencies = {line.pk: line.currency for line in lines}
    kept: dict[int, dict[str, Money]] = {pk: {} for pk in currencies}
    rows = RefundLine.objects.filter(line_id__in=currencies).exclude(kind=RefundKind.REFUND)
    for row in rows.values("line_id", "kind").annotate(total=Sum("amount")):
        kept[row["line_id"]][row["kind"]] = Money(row["total"], currencies[row["line_id"]])
    return kept


def base_products(lines: Iterable[OrderLine]) -> dict[str, OrderLine]:
    """The line by which each resource came, by the number of its first order."""
    numbers = {line.base_order_number for line in lines if line.base_order_number}
    if not numbers:
        return {}
    rows = OrderLine.objects.filter(order__number__in=numbers).select_related(
        "order", "product__service", "product__linear_measure"
    )
    return {row.order.number: row for row in rows.order_by("-number")}


def refund_order_for(actor: Actor, number: str, *, customer_id: str | None, through: str = "") -> Order:
    """An unsubscription, downgrade or conversion that gave money back. Raises NotARefundOrder, also for absent ones."""
    rows = Order.objects.visible_to(actor, through=through).filter(number=number.upper())
    if customer_id:
        rows = rows.filter(customer_id=customer_id)
    found = rows.filter(
        Q(type__in=(OrderType.UNSUBSCRIPTION, OrderType.TO_ON_DEMAND))
        | Q(type=OrderType.CHANGE, payable__lte=0)
    ).first()
    if found is None:
        raise NotARefundOrder(number=number)
    return found


def open_offers(order: Order) -> list[list[LineOffer]]:
    """The discounts an order can still be paid with, each with the lines it covers; none once it is past payment."""
    if order.state not in UNPAID:
        return []
    by_discount: dict[tuple[int, str], list[LineOffer]] = {}
    for offer in (
        LineOffer.objects.filter(line__order=order).select_related("line").order_by("line__number", "pk")
    ):
        by_discount.setdefault((offer.discount_type, offer.discount_id), []).append(offer)
    return list(by_discount.values())
