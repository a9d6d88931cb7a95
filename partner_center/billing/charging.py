"""Which ratings wait to be charged, and whether a month is final."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Exists, OuterRef

from partner_center.billing.errors import MonthNotFinal
from partner_center.billing.models import (
    BillRun,
    BillRunState,
    ChargedMonth,
    CustomerRating,
    Rating,
    RatingKind,
    RatingState,
)
from partner_center.kernel.period import BillMonth


def uncharged(moment: datetime) -> list[tuple[Rating, list[str]]]:
    """The open ratings of the months under way with those customers of whom each says something new.

    Last month stays under way until its bill run has posted.
    """
    this = BillMonth.of(moment)
    months = [str(month) for month in (this.previous(), this) if not is_final(month)]
    charged = ChargedMonth.objects.filter(
        customer_id=OuterRef("customer_id"),
        month=OuterRef("month"),
        rated_at__gte=OuterRef("rating__rated_at"),
    )
    waiting: dict[int, list[str]] = defaultdict(list)
    rows = CustomerRating.objects.filter(
        ~Exists(charged), month__in=months, rating__kind=RatingKind.OPEN, rating__state=RatingState.READY
    )
    for rating_id, customer_id in rows.order_by("rating_id", "customer_id").values_list(
        "rating_id", "customer_id"
    ):
        waiting[rating_id].append(customer_id)
    ratings = Rating.objects.in_bulk(list(waiting))
    return [(ratings[pk], customer_ids) for pk, customer_ids in waiting.items()]


def is_final(month: BillMonth) -> bool:
    """Whether a bill run of the month has posted."""
    return BillRun.objects.of_month(month).filter(state=BillRunState.POSTED).exists()


def refuse_open_month(month: BillMonth) -> None:
    """Raises MonthNotFinal while usage of the month is charged that no bill run has made final."""
    if not is_final(month) and ChargedMonth.objects.filter(month=str(month)).exists():
        raise MonthNotFinal(month=str(month))
