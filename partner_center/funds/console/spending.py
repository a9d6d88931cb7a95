"""Income and expenses of one's own account by month, for the home page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.console.cards import ChartCard
from partner_center.console.charts import latest_months, month_bars, sums_by_month
from partner_center.funds.models import AccountChange, Direction
from partner_center.funds.queries import currency_of

MONTHS = 12


class SpendingCard(ChartCard):
    """Twelve Beijing months, the present one last."""

    name, path, permission = "spending-card", "cards/spending/", "funds.view"
    title = _("Income and expenses by month")
    kinds = ("partner", "customer")

    def chart(self) -> dict[str, Any] | None:
        currency, months = currency_of(self.actor), latest_months(MONTHS)
        changes = AccountChange.objects.visible_to(self.actor).filter(
            owner_id=self.actor.account_id, currency=currency, happened_at__gte=months[0].period.start
        )
        moved = sums_by_month(changes, moment="happened_at", amount="amount", by="direction")
        return month_bars(
            months, ((f"{way.label} ({currency})", moved.get(way.value, {}), currency) for way in Direction)
        )
