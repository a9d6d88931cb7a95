"""Whom to write to about an order, and in which language."""

from __future__ import annotations

from typing import Any

from partner_center.foundation.outbox import send
from partner_center.identity.models import Account
from partner_center.kernel.period import BEIJING
from partner_center.orders.models import Order

LANGUAGES = {"cn": "zh-hans", "intl": "en"}


def tell(account: Account, template: str, **facts: Any) -> None:
    """Write to an account by mail and SMS, whichever it has; nothing when it has neither."""
    language = LANGUAGES[account.site]
    if account.email:
        send(
            channel="mail", to=account.email, template=template, language=language, about=account.pk, **facts
        )
    if account.mobile:
        send(
            channel="sms", to=account.mobile, template=template, language=language, about=account.pk, **facts
        )


def tell_about(order: Order, template: str, **facts: Any) -> None:
    """Write to the customer of an order; the order's number and amount are always among the facts."""
    tell(order.customer.account, template, number=order.number, amount=str(abs(order.payable)), **facts)


def tell_to_confirm(order: Order) -> None:
    """Its partner has ordered for the customer, who has to confirm before the deadline."""
    due = order.payment_due_at
    assert due is not None
    tell_about(
        order,
        "orders.to_confirm",
        partner=str(order.partner),
        deadline=due.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M"),
    )
