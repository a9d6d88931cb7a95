"""Money that goes back: to whose account, in which part, and never more than came."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from partner_center.customers.holding import hold
from partner_center.customers.rules import PaidAs, refund_goes_to
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.funds.actions import refund
from partner_center.funds.trades import REFUNDED, UNSUBSCRIBED
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.orders.errors import RefundNotHeld
from partner_center.orders.models import Order, RefundLine
from partner_center.orders.notices import tell_about
from partner_center.orders.policy import policy
from partner_center.orders.states import Means, OrderState, OrderType, RefundKind


@action(
    "orders.release_refund", takes=OrderState.release_refund, label=_("Release the refund"), critical=True
)
def release_refund(actor: Actor, *, order: Order) -> None:
    """An operator lets a large refund go: the money goes back and the order is complete. Raises RefundNotHeld."""
    advance(actor, order, OrderState.release_refund, refusal=RefundNotHeld, completed_at=clock.now())
    pay_back(actor, order)
    tell_about(order, "orders.refund_released")


@action("orders.hold_refund", permission="orders.unsubscribe", takes=OrderState.hold_refund)
def hold_refund(actor: Actor, *, order: Order) -> None:
    """A refund above the operator's limit waits until it is released (spec/api/flows.md §7, large refunds)."""
    advance(actor, order, OrderState.hold_refund)


@action("orders.settle_refund", permission="orders.unsubscribe", takes=OrderState.complete)
def settle_refund(actor: Actor, *, order: Order) -> None:
    """Finish an order that gives money back: at once, or by holding it where the amount is large."""
    limit = policy().large_refunds.get(order.currency)
    if limit is not None and -order.payable.minor > limit:
        hold_refund(actor, order=order)
        return
    advance(actor, order, OrderState.complete, completed_at=clock.now())
    pay_back(actor, order)


def pay_back(actor: Actor, order: Order) -> None:
    """Post the refund lines of an order: one entry for each account that gets money back.

    Who that is goes by the association of this moment (lifecycles §10): a refund may have waited for days. The
    association is held until the money has moved, so that none of it lands where it has just been swept up.
    """
    hold(order.customer)
    sums: dict[str, tuple[Money, Money]] = defaultdict(
        lambda: (Money.zero(order.currency), Money.zero(order.currency))
    )
    for line in order.refund_lines.filter(kind=RefundKind.REFUND).order_by("payee_id"):
        _readdress(order, line)
        cash, credit = sums[line.payee_id]
        sums[line.payee_id] = (cash + line.cash, credit + line.credit)
    kind = UNSUBSCRIBED if order.type == OrderType.UNSUBSCRIPTION else REFUNDED
    for payee_id, (cash, credit) in sorted(sums.items()):
        refund(
            actor,
            owner_id=payee_id,
            cash=cash,
            credit=credit,
            reference=f"refund:{order.number}:{payee_id}",
            kind=kind,
            about=order.number,
            memo=order.cloud_service_type,
        )


def _readdress(order: Order, line: RefundLine) -> None:
    """Send a refund to whom it is due now, where that has changed since it was reckoned."""
    paid = Order.objects.get(number=line.base_order_number)
    payee_id, cash, credit = payee_of(order, paid, line.cash, line.credit)
    if payee_id != line.payee_id:
        line.payee_id, line.cash, line.credit = payee_id, cash, credit
        line.save(update_fields=["payee_id", "cash", "credit"])


def return_payments(actor: Actor, order: Order) -> None:
    """Give back everything that was paid for an order that came to nothing, and write down why."""
    cash = credit = Money.zero(order.currency)
    for payment in order.payments.all():
        if payment.means == Means.CREDIT:
            credit += payment.amount
        else:
            cash += payment.amount
    if not cash + credit:
        return
    payee_id, cash, credit = payee_of(order, order, cash, credit)
    RefundLine.objects.create(
        order=order,
        line=order.lines.all()[0],
        base_order_number=order.number,
        resource_id="",
        kind=RefundKind.REFUND,
        rule="not_delivered",
        currency=order.currency,
        amount=cash + credit,
        cash=cash,
        credit=credit,
        paid=cash + credit,
        payee_id=payee_id,
    )
    pay_back(actor, order)


def payee_of(order: Order, paid: Order, cash: Money, credit: Money) -> tuple[str, Money, Money]:
    """Who gets back what was paid for the order `paid`, and in which parts (matrix of lifecycles §10).

    What goes to another account than the one that paid goes as cash: its credit was never used.
    `order` is the one that gives it back; its customer's association of today counts.
    """
    customer = order.customer
    payee_id = refund_goes_to(
        PaidAs(
            payer_id=paid.payer_id or paid.customer_id,
            customer_id=paid.customer_id,
            partner_id=paid.partner_id,
            association_type=paid.association_type,
        ),
        partner_id=customer.partner_id,
        association_type=customer.association_type,
    )
    if payee_id != paid.payer_id:
        return payee_id, cash + credit, Money.zero(order.currency)
    return payee_id, cash, credit
