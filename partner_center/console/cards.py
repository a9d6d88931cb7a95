"""Cards of the home page: a small template with data, loaded by its address and hidden from who may not see it.

    class AccountCard(Card):
        name, path, title = "account-card", "cards/account/", _("Account")
        template = "funds/account_card.html"

        def context(self): return {"balances": balances_of(self.actor.account_id)}

`navigation.HOME` says which cards and lists the home page shows, and in which order.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from partner_center.console.page import Page


class Card(Page):
    """A piece of the home page. The template is a fragment; opened by itself it is framed as a page."""

    def get(self) -> HttpResponse:
        if self.is_partial:
            return self.render()
        return self.render("console/card_page.html")


class ChartCard(Card):
    """A card that is one chart: override `chart`."""

    template = "console/chart_card.html"

    def chart(self) -> dict[str, Any] | None:
        """{"kind": "bar" or "line", "labels": [...], "series": [{"name", "values"}]}; values as decimal texts."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return {"chart": self.chart()}
