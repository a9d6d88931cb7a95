"""Discounts whose time is over are closed, and their customers told."""

from __future__ import annotations

from datetime import datetime

from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import drain
from partner_center.kernel import clock
from partner_center.pricing.actions import end_discount
from partner_center.pricing.models import Discount, DiscountState

AT_ONCE = 100


def next_end() -> datetime | None:
    """When the next granted discount runs out."""
    granted = Discount.objects.filter(state=DiscountState.GRANTED, ends_at__isnull=False)
    return granted.order_by("ends_at").values_list("ends_at", flat=True).first()


@drain("pricing.end_discounts", due=next_end)
def end_discounts() -> dict[str, int]:
    over = Discount.objects.filter(state=DiscountState.GRANTED, ends_at__lte=clock.now()).order_by("ends_at")
    ended = list(over.select_related("customer__account")[:AT_ONCE])
    for discount in ended:
        end_discount(Actor.system("pricing.end_discounts"), discount=discount)
    return {"ended": len(ended)}
