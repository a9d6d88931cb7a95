"""Changing a specification or size: an upgrade charges the difference, a downgrade refunds it (order type 3)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.customers.queries import check_may_buy
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.orders.actions.drafting import Draft, write_order
from partner_center.orders.actions.placing import first_state, may_order_for
from partner_center.orders.actions.refunding import payee_of
from partner_center.orders.changes import ChangeQuote, quote_change
from partner_center.orders.errors import NotChangeable
from partner_center.orders.models import Fulfilment, Order, RefundLine
from partner_center.orders.notices import tell_to_confirm
from partner_center.orders.policy import policy
from partner_center.orders.rules.deadlines import payment_deadline
from partner_center.orders.states import OrderState, OrderType, RefundKind
from partner_center.subscriptions.actions import hold_for_order
from partner_center.subscriptions.models import HeldFor, Resource


@action("orders.change", label=_("Change specification"))
def change_resource(
    actor: Actor,
    *,
    resource: Resource,
    resource_spec: str = "",
    size: int | None = None,
    best_offer: bool = False,
    number: str = "",
) -> Order:
    """Order another specification or size for the rest of everything that is paid ahead.

    An upgrade awaits payment, at most until the period under way ends. A downgrade goes to the platform at once,
    and the difference comes back when that is done.
    Raises MayNotOrderFor, what check_may_buy and quote_change raise, InPendingOrder and NumberNotUsable.
    """
    may_order_for(actor, resource.customer)
    check_may_buy(resource.customer)
    now = clock.now()
    quoted = quote_change(resource, at=now, resource_spec=resource_spec, size=size)
    state = first_state(actor, {resource.cloud_service_type})
    is_free = not quoted.is_upgrade and state is OrderState.AWAITING_PAYMENT
    order = write_order(
        actor,
        customer=resource.customer,
        type=OrderType.CHANGE,
        drafts=[_draft(quoted)],
        placed_at=now,
        state=OrderState.PROCESSING if is_free else state,
        choice=quoted.best if best_offer else None,
        number=number,
        payment_due_at=payment_deadline(now, days=policy().payment_days, expiries=[quoted.ends_at]),
        paid_at=now if is_free else None,
        payer_id=resource.customer_id if is_free else "",
    )
    _write_refunds(order, quoted)
    main = resource.main_resource or resource
    hold_for_order(
        actor, resource=main, order_number=order.number, purpose=HeldFor.CHANGE, is_running=is_free
    )
    if is_free:
        Fulfilment.objects.create(order=order)
    if order.state is OrderState.AWAITING_CONFIRMATION:
        tell_to_confirm(order)
    return order


@action("orders.reckon_again", permission="orders.pay")
def reckon_again(actor: Actor, *, order: Order) -> None:
    """A downgrade that waited for its customer's consent gives back what is unused now, not what was then.

    Raises what quote_change raises; NotChangeable when the change would cost something by now.
    """
    line = order.lines.select_related("product").get()
    resource = Resource.objects.select_related("customer__account", "product").get(
        resource_id=line.resource_id
    )
    quoted = quote_change(resource, at=clock.now(), resource_spec=line.resource_spec, size=line.resource_size)
    if quoted.is_upgrade:
        raise NotChangeable(
            resource_id=resource.resource_id, reason=gettext("its prices have changed meanwhile.")
        )
    order.official = order.payable = line.official = line.payable = -quoted.refund
    line.terms = _terms(quoted)
    order.save(update_fields=["official", "payable"])
    line.save(update_fields=["official", "payable", "terms"])
    order.refund_lines.all().delete()
    _write_refunds(order, quoted)


def _draft(quoted: ChangeQuote) -> Draft:
    resource = quoted.resource
    return Draft(
        product=quoted.product,
        official=quoted.official if quoted.is_upgrade else -quoted.refund,
        offers=quoted.offers,
        facts={
            "available_zone": resource.available_zone,
            "resource_size": quoted.size,
            "size_measure_id": quoted.product.linear_measure_id,
            "resource_name": resource.name,
            "enterprise_project_id": resource.enterprise_project_id,
            "resource_id": resource.resource_id,
            "resource_ids": [resource.resource_id],
            "base_order_number": resource.order_number,
            "expires_at": resource.expires_at,
            "terms": _terms(quoted),
        },
    )


def _terms(quoted: ChangeQuote) -> dict[str, Any]:
    """What was, and what each period's part of the difference is; amounts in minor units."""
    resource = quoted.resource
    return {
        "from_spec": resource.resource_spec,
        "from_size": resource.size,
        "from_product": resource.product.number,
        "periods": [
            {
                "period": one.period.pk,
                "official": one.official.minor,
                "cash": one.cash.minor,
                "credit": one.credit.minor,
            }
            for one in quoted.periods
        ],
    }


def _write_refunds(order: Order, quoted: ChangeQuote) -> None:
    """Why a downgrade gives back what it does: one line for each period, by the order that paid for it."""
    line = order.lines.all()[0]
    for one in quoted.periods:
        if not one.refund:
            continue
        paid = Order.objects.get(number=one.period.order_number)
        payee_id, cash, credit = payee_of(order, paid, one.cash, one.credit)
        RefundLine.objects.create(
            order=order,
            line=line,
            base_order_number=one.period.order_number,
            resource_id=quoted.resource.resource_id,
            kind=RefundKind.REFUND,
            rule="downgrade",
            currency=order.currency,
            amount=one.refund,
            cash=cash,
            credit=credit,
            paid=Money.total((one.period.cash, one.period.credit), order.currency),
            payee_id=payee_id,
        )
