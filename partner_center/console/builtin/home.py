"""The home page: cards, to-dos and the newest rows of the main lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from partner_center.console.listing import ListPage
from partner_center.console.navigation import HOME, HOME_ROWS
from partner_center.console.page import TemplatePage
from partner_center.console.registry import PAGES
from partner_center.console.todos import todos_of


class Home(TemplatePage):
    name, path, title = "home", "", _("Home")
    template = "console/home.html"

    def context(self) -> dict[str, Any]:
        pages = [
            page
            for page in (PAGES.get(name) for name in HOME)
            if page is not None and page.open_to(self.actor)
        ]
        return {
            "cards": [(page.title, page.url()) for page in pages if not issubclass(page, ListPage)],
            "lists": [
                (
                    page.title,
                    page.url(),
                    urlencode({**HOME_ROWS.get(page.name, {}), "embed": page.name, "per": "5"}),
                )
                for page in pages
                if issubclass(page, ListPage)
            ],
            "todos": todos_of(self.actor),
        }
