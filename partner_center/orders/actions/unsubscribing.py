"""Giving resources back, wholly or only what has been renewed and not begun, and turning them to pay-per-use."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.orders.actions.drafting import Draft, write_order
from partner_center.orders.actions.refunding import payee_of, settle_refund
from partner_center.orders.errors import MayNotOrderFor, NotOnThisSite, ReturnQuotaRace, WholeServiceOnly
from partner_center.orders.models import FiveDayReturn, Fulfilment, Order, OrderLine, RefundLine
from partner_center.orders.refunds import (
    Preview,
    ResourceRefund,
    preview_conversion,
    preview_renewed_periods,
    preview_unsubscription,
)
from partner_center.orders.rules.refund import Refund, calendar_year
from partner_center.orders.states import OrderState, OrderType, RefundKind
from partner_center.subscriptions.actions import (
    convert_to_on_demand,
    drop_future_periods,
    end_lease,
    hold_for_order,
    let_go,
)
from partner_center.subscriptions.errors import NoFuturePeriods, OrderRunning, ResourceFrozen
from partner_center.subscriptions.models import HeldFor, Resource, ResourceState

RESOURCE_AND_RENEWALS, RENEWALS_ONLY = 1, 2


@action("orders.unsubscribe", label=_("Unsubscribe"), critical=True)
def unsubscribe(
    actor: Actor,
    *,
    resources: Sequence[Resource],
    kind: int,
    reason_type: int | None = None,
    reason: str = "",
) -> list[Order]:
    """Give back main resources with their children: one order for each, all of them or none.

    kind: 1 the resource and its renewed periods, 2 only renewed periods that have not begun.
    The lease ends and the money goes back at once; a large refund waits for an operator. What comes back stands in
    the order's refund lines (docs/algorithms/orders.md).
    Raises MayNotOrderFor, WholeServiceOnly, ResourceFrozen, InPendingOrder, OrderRunning and NoFuturePeriods.
    """
    return [_unsubscribe(actor, resource, kind, reason_type, reason) for resource in resources]


@action("orders.convert", label=_("Change to pay-per-use now"), critical=True)
def convert_instantly(actor: Actor, *, resource: Resource) -> Order:
    """Change a main resource with its children to pay-per-use now (order type 10); what is unused comes back.

    China site only. Raises as `unsubscribe`, NotOnThisSite, and what convert_to_on_demand raises.
    """
    if resource.customer.account.site != "cn":
        raise NotOnThisSite()
    _refuse(actor, resource)
    preview = preview_conversion(resource, clock.now())
    order = _write(actor, resource, OrderType.TO_ON_DEMAND, preview, None, "")
    _hold(actor, resource, order, HeldFor.CONVERSION)
    convert_to_on_demand(actor, resource=resource)
    return _finish(actor, order, preview)


def _unsubscribe(actor: Actor, resource: Resource, kind: int, reason_type: int | None, reason: str) -> Order:
    _refuse(actor, resource)
    now = clock.now()
    if kind == RENEWALS_ONLY:
        preview = preview_renewed_periods(resource, now)
        if not preview.resources:
            raise NoFuturePeriods(resource_id=resource.resource_id)
    else:
        preview = preview_unsubscription(resource, now)
    order = _write(actor, resource, OrderType.UNSUBSCRIPTION, preview, reason_type, reason)
    _hold(actor, resource, order, HeldFor.UNSUBSCRIPTION)
    if kind == RENEWALS_ONLY:
        drop_future_periods(actor, resource=resource)
        let_go(actor, resource=resource, order_number=order.number)
    else:
        end_lease(actor, resource=resource, ended_at=now)
    if preview.uses_five_days:
        _use_five_days(order, resource)
    return _finish(actor, order, preview)


def _refuse(actor: Actor, resource: Resource) -> None:
    if actor.kind != "system" and actor.account_id != resource.customer_id:
        raise MayNotOrderFor(customer=resource.customer_id)
    if resource.main_resource is not None:
        raise WholeServiceOnly(
            resource_id=resource.resource_id, main_resource_id=resource.main_resource.resource_id
        )
    if resource.is_frozen or resource.state is ResourceState.RETENTION:
        raise ResourceFrozen(resource_id=resource.resource_id)
    if resource.order_in_hand and resource.order_is_running:
        raise OrderRunning(resource_id=resource.resource_id, order_number=resource.order_in_hand)


def _write(
    actor: Actor, resource: Resource, type: OrderType, preview: Preview, reason_type: int | None, reason: str
) -> Order:
    """The order, one line for each resource; its amounts are what goes back, below zero."""
    refunded = {one.resource.pk: one for one in preview.resources}
    whole = [one.resource for one in preview.resources] or [resource]
    drafts = [_draft(one, refunded.get(one.pk), preview.currency) for one in whole]
    return write_order(
        actor,
        customer=resource.customer,
        type=type,
        drafts=drafts,
        placed_at=preview.at,
        state=OrderState.PROCESSING,
        paid_at=preview.at,
        reason_type=reason_type,
        reason=reason[:1024],
    )


def _draft(resource: Resource, refunded: ResourceRefund | None, currency: str) -> Draft:
    nothing = Money.zero(currency)
    back = Money.total((one.refund for one in refunded.refunds), currency) if refunded else nothing
    return Draft(
        product=resource.product,
        official=-back,
        facts={
            "resource_id": resource.resource_id,
            "resource_ids": [resource.resource_id],
            "available_zone": resource.available_zone,
            "resource_size": resource.size,
            "size_measure_id": resource.size_measure_id,
            "resource_name": resource.name,
            "enterprise_project_id": resource.enterprise_project_id,
            "base_order_number": resource.order_number,
            "effective_at": resource.begins_at,
            "expires_at": resource.expires_at,
        },
    )


def _hold(actor: Actor, resource: Resource, order: Order, purpose: HeldFor) -> None:
    hold_for_order(actor, resource=resource, order_number=order.number, purpose=purpose, is_running=True)


def _finish(actor: Actor, order: Order, preview: Preview) -> Order:
    """Write down why what comes back, give it back, and tell the platform."""
    lines = {line.resource_id: line for line in order.lines.all()}
    RefundLine.objects.bulk_create(
        row
        for one in preview.resources
        for refund in one.refunds
        for row in _refund_lines(order, lines[one.resource.resource_id], refund)
    )
    settle_refund(actor, order=order)
    Fulfilment.objects.create(order=order)
    return order


def _refund_lines(order: Order, line: OrderLine, refund: Refund) -> list[RefundLine]:
    paid = Order.objects.get(number=refund.order_number)
    payee_id, cash, credit = payee_of(order, paid, refund.cash, refund.credit)
    amounts = (
        (RefundKind.REFUND, refund.refund),
        (RefundKind.CONSUMED, refund.consumed),
        (RefundKind.FEE, refund.fee),
    )
    nothing = Money.zero(order.currency)
    return [
        RefundLine(
            order=order,
            line=line,
            base_order_number=refund.order_number,
            resource_id=line.resource_id,
            kind=kind,
            rule=refund.rule,
            currency=order.currency,
            amount=amount,
            cash=cash if kind == RefundKind.REFUND else nothing,
            credit=credit if kind == RefundKind.REFUND else nothing,
            paid=refund.paid,
            payee_id=payee_id if kind == RefundKind.REFUND else "",
            used_hours=refund.used_hours,
            total_hours=refund.total_hours,
        )
        for kind, amount in amounts
        if amount
    ]


def _use_five_days(order: Order, resource: Resource) -> None:
    """Take the next place of the year's quota. Raises ReturnQuotaRace when another return takes it at this moment."""
    year = calendar_year(clock.now())
    slot = FiveDayReturn.objects.filter(customer_id=order.customer_id, year=year).count() + 1
    try:
        with transaction.atomic():
            FiveDayReturn.objects.create(
                customer_id=order.customer_id,
                year=year,
                slot=slot,
                resource_id=resource.resource_id,
                order=order,
            )
    except IntegrityError:
        raise ReturnQuotaRace() from None
