"""What customers paid by month, for the home page of the operator and of partners."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from partner_center.console.cards import ChartCard
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth
from partner_center.orders.models import Order

MONTHS = 12


class TurnoverCard(ChartCard):
    """Paid orders of twelve Beijing months by currency, the present month last; refunds lower it."""

    name, path, permission = "turnover-card", "cards/turnover/", "orders.view"
    title = _("Paid orders by month")
    kinds = ("staff", "partner")

    def chart(self) -> dict[str, Any] | None:
        first = BillMonth.of(clock.now()).shifted(1 - MONTHS)
        sums = (
            Order.objects.visible_to(self.actor)
            .filter(paid_at__gte=first.period.start)
            .order_by()
            .annotate(month=TruncMonth("paid_at", tzinfo=BEIJING))
            .values_list("currency", "month")
            .annotate(sum=Sum("payable"))
        )
        paid = {(currency, BillMonth.of(month)): minor for currency, month, minor in sums}
        if not paid:
            return None
        months = [first.shifted(number) for number in range(MONTHS)]
        return {
            "kind": "bar",
            "labels": [str(month) for month in months],
            "series": [
                {
                    "name": currency,
                    "values": [
                        str(Money(paid.get((currency, month), 0), currency).decimal) for month in months
                    ],
                }
                for currency in sorted({currency for currency, _month in paid})
            ],
        }
