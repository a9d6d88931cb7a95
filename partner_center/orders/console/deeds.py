"""What can be done to an order, for its row, its page and in batches."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, RowAction
from partner_center.orders.actions import (
    approve_order,
    cancel_order,
    confirm_order,
    confirm_receipt,
    decline_order,
    pay_order,
    pick_order_up,
    reject_order,
    release_refund,
    retry_fulfilment,
    send_order_back,
    ship_order,
    ship_replacement,
)
from partner_center.orders.console.forms import ReasonForm
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState

CUSTOMERS = ("customer",)
STAFF = ("staff",)


def _awaits_payment(order: Order) -> bool:
    return order.state is OrderState.AWAITING_PAYMENT


DEEDS = (
    RowAction("pay", _("Pay"), page="pay-order", when=_awaits_payment, kinds=CUSTOMERS, icon="credit-card"),
    RowAction("confirm", act=confirm_order, kinds=CUSTOMERS),
    RowAction("decline", act=decline_order, kinds=CUSTOMERS, tone="danger"),
    RowAction(
        "cancel",
        act=cancel_order,
        kinds=CUSTOMERS,
        tone="danger",
        confirm=_("A cancelled order does not come back. Cancel it?"),
    ),
    RowAction("receive", act=confirm_receipt, kinds=CUSTOMERS),
    RowAction("send-back", act=send_order_back, kinds=CUSTOMERS, tone="danger"),
    RowAction(
        "approve", act=approve_order, kinds=STAFF, when=lambda one: one.state is OrderState.UNDER_REVIEW
    ),
    RowAction("reject", act=reject_order, form=ReasonForm, kinds=STAFF, tone="danger"),
    RowAction("release-refund", act=release_refund, kinds=STAFF),
    RowAction("ship", act=ship_order, kinds=STAFF),
    RowAction("pick-up", act=pick_order_up, kinds=STAFF),
    RowAction("replace", act=ship_replacement, kinds=STAFF),
)

BATCHES = (
    Batch(
        "pay-all",
        _("Pay with the best discount"),
        pay_order,
        fixed={"best_offer": True},
        when=_awaits_payment,
        kinds=CUSTOMERS,
    ),
    Batch("cancel-all", act=cancel_order, when=_awaits_payment, kinds=CUSTOMERS, tone="danger"),
    Batch("confirm-all", act=confirm_order, kinds=CUSTOMERS),
)

RETRY = RowAction("retry", act=retry_fulfilment, kinds=STAFF)
