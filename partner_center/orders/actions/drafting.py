"""Writing an order with its lines and frozen offers; what all kinds of order have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from partner_center.catalogue.models import Product
from partner_center.customers.agency import note_order
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, beijing_day
from partner_center.orders.actions.numbers import take_number
from partner_center.orders.errors import TooManyOrders
from partner_center.orders.models import LineOffer, Order, OrderLine
from partner_center.orders.policy import policy
from partner_center.orders.quoting import Choice, FrozenOffer
from partner_center.orders.states import OrderSource, OrderState, OrderType


@dataclass(frozen=True, slots=True)
class Draft:
    """One line to be: what it is about, what it costs, and the discounts open to it."""

    product: Product
    official: Money
    offers: Sequence[FrozenOffer] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def write_order(
    actor: Actor,
    *,
    customer: Customer,
    type: OrderType,
    drafts: Sequence[Draft],
    placed_at: datetime,
    state: OrderState = OrderState.AWAITING_PAYMENT,
    choice: Choice | None = None,
    number: str = "",
    payment_due_at: datetime | None = None,
    **facts: Any,
) -> Order:
    """Write an order. `choice` is the discount chosen for it; the others stay open until it is paid.

    placed_at: the moment its prices, its deadline and its refunds were reckoned from.
    Raises NumberNotUsable and TooManyOrders.
    """
    assert drafts, "an order has lines"
    currency = customer.account.currency
    _refuse_flood(customer, placed_at)
    payables = _payables(drafts, choice)
    order = Order.objects.create(
        number=take_number(actor, number),
        customer=customer,
        partner_id=customer.partner_id,
        association_type=customer.association_type,
        site=customer.account.site,
        currency=currency,
        type=type,
        state=state,
        cloud_service_type=drafts[0].product.service.code,
        official=Money.total((draft.official for draft in drafts), currency),
        payable=Money.total(payables, currency),
        discount_type=choice.discount_type if choice else None,
        discount_id=choice.discount_id if choice else "",
        enterprise_project_ids=sorted(
            {one for draft in drafts if (one := draft.facts.get("enterprise_project_id"))}
        ),
        placed_by_id=actor.acting_partner_id or actor.account_id,
        creator_name=actor.name,
        payment_due_at=payment_due_at,
        created_at=placed_at,
        **({"source": source_of(actor)} | facts),
    )
    lines = OrderLine.objects.bulk_create(
        _line(order, position, draft, payable)
        for position, (draft, payable) in enumerate(zip(drafts, payables, strict=True), start=1)
    )
    LineOffer.objects.bulk_create(
        LineOffer(
            line=line,
            discount_type=offer.discount_type,
            discount_id=offer.discount_id,
            mode=offer.mode,
            ratio=offer.ratio,
            currency=currency,
            reduction=offer.reduction,
        )
        for line, draft in zip(lines, drafts, strict=True)
        for offer in draft.offers
    )
    record(
        actor,
        "order.place",
        order,
        about=customer.pk,
        type=int(type),
        payable=str(order.payable),
        state=state.value,
    )
    note_order(actor, customer.pk, order.number)
    return order


def source_of(actor: Actor) -> OrderSource:
    """Who places: the customer, its partner for it (an agent, a distributor), or the system."""
    if actor.kind == "system":
        return OrderSource.SYSTEM
    if actor.kind == "partner":
        return OrderSource.DISTRIBUTOR if actor.account_kind == "distributor" else OrderSource.AGENT
    return OrderSource.AGENT if actor.acting_partner_id else OrderSource.CUSTOMER


def _payables(drafts: Sequence[Draft], choice: Choice | None) -> list[Money]:
    if choice is None:
        return [draft.official for draft in drafts]
    return [draft.official - reduction for draft, reduction in zip(drafts, choice.reductions, strict=True)]


def _line(order: Order, position: int, draft: Draft, payable: Money) -> OrderLine:
    product = draft.product
    return OrderLine(
        order=order,
        number=position,
        product=product,
        cloud_service_type=product.service.code,
        resource_type=product.resource_type.code,
        resource_spec=product.spec,
        region=product.region.code,
        currency=order.currency,
        official=draft.official,
        payable=payable,
        **draft.facts,
    )


def _refuse_flood(customer: Customer, now: datetime) -> None:
    most = policy().daily_ceiling
    today: date = now.astimezone(BEIJING).date()
    placed = Order.objects.filter(customer=customer).placed_during(beijing_day(today))
    if most and placed.count() >= most:
        raise TooManyOrders(most=most)
