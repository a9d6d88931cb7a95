"""What customers paid by month, for the home page of the operator and of partners."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.console.cards import ChartCard
from partner_center.console.charts import latest_months, month_bars, sums_by_month
from partner_center.orders.models import Order

MONTHS = 12


class TurnoverCard(ChartCard):
    """Paid orders of twelve Beijing months by currency, the present month last; refunds lower it."""

    name, path, permission = "turnover-card", "cards/turnover/", "orders.view"
    title = _("Paid orders by month")
    kinds = ("staff", "partner")

    def chart(self) -> dict[str, Any] | None:
        months = latest_months(MONTHS)
        orders = Order.objects.visible_to(self.actor).filter(paid_at__gte=months[0].period.start)
        paid = sums_by_month(orders, moment="paid_at", amount="payable", by="currency")
        return month_bars(months, ((currency, paid[currency], currency) for currency in sorted(paid)))
