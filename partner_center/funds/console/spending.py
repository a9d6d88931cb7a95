"""Income and expenses of one's own account by month, for the home page."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from partner_center.console.cards import ChartCard
from partner_center.funds.models import AccountChange, Direction
from partner_center.funds.queries import currency_of
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth

MONTHS = 12


class SpendingCard(ChartCard):
    """Twelve Beijing months, the present one last."""

    name, path, permission = "spending-card", "cards/spending/", "funds.view"
    title = _("Income and expenses by month")
    kinds = ("partner", "customer")

    def chart(self) -> dict[str, Any] | None:
        currency = currency_of(self.actor)
        first = BillMonth.of(clock.now()).shifted(1 - MONTHS)
        sums = (
            AccountChange.objects.visible_to(self.actor)
            .filter(owner_id=self.actor.account_id, currency=currency, happened_at__gte=first.period.start)
            .order_by()
            .annotate(month=TruncMonth("happened_at", tzinfo=BEIJING))
            .values_list("month", "direction")
            .annotate(sum=Sum("amount"))
        )
        by_month = {(BillMonth.of(month), direction): minor for month, direction, minor in sums}
        if not by_month:
            return None
        months = [first.shifted(number) for number in range(MONTHS)]
        return {
            "kind": "bar",
            "labels": [str(month) for month in months],
            "series": [
                {
                    "name": f"{way.label} ({currency})",
                    "values": [
                        str(Money(by_month.get((month, way), 0), currency).decimal) for month in months
                    ],
                }
                for way in Direction
            ],
        }
