"""Pages of rows: which page was asked for, how long it is, the addresses around it, embedding in other pages."""

from __future__ import annotations

import re
from functools import cached_property
from typing import ClassVar

from django.http import QueryDict

from partner_center.console.page import Page

PER_PAGE = (20, 50, 100)
PER_PANEL = (5, 10)
_SLOT = re.compile(r"[^a-z0-9-]")


class Paged(Page):
    """A page that shows some of `total` rows at a time: ?page=, ?per=, ?embed=.

    above   a template shown above the rows and refreshed with them
    """

    above: ClassVar[str] = ""
    per_page: ClassVar[int] = PER_PAGE[0]

    @property
    def total(self) -> int:
        raise NotImplementedError

    @cached_property
    def query(self) -> QueryDict:
        return self.request.GET

    @cached_property
    def per(self) -> int:
        asked = self.query.get("per", "")
        if self.is_embedded:
            return int(asked) if asked in {str(size) for size in PER_PANEL} else PER_PANEL[-1]
        return int(asked) if asked in {str(size) for size in PER_PAGE} else self.per_page

    @cached_property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per))

    @cached_property
    def number(self) -> int:
        asked = self.query.get("page", "")
        return (
            min(max(1, int(asked)), self.pages)
            if asked.isascii() and asked.isdigit() and len(asked) < 10
            else 1
        )

    @property
    def first(self) -> int:
        return (self.number - 1) * self.per + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.total, self.number * self.per)

    @property
    def pager(self) -> list[tuple[int | None, str]]:
        """Page numbers around the present one; None stands for a gap."""
        near = {1, 2, self.pages - 1, self.pages, *range(self.number - 1, self.number + 2)}
        numbers = sorted(one for one in near if 1 <= one <= self.pages)
        made: list[tuple[int | None, str]] = []
        for before, one in zip([0, *numbers], numbers, strict=False):
            if one - before > 1:
                made.append((None, ""))
            made.append((one, self.query_with(page=one)))
        return made

    @property
    def before_query(self) -> str:
        return self.query_with(page=self.number - 1) if self.number > 1 else ""

    @property
    def after_query(self) -> str:
        return self.query_with(page=self.number + 1) if self.number < self.pages else ""

    @property
    def sizes(self) -> list[tuple[int, str]]:
        return [(size, self.query_with(per=size, page=None)) for size in PER_PAGE]

    # ------------------------------------------------------------------ embedding and queries

    @property
    def is_embedded(self) -> bool:
        """Whether the rows are a panel of another page: ?embed=<slot>."""
        return bool(self.slot) and self.is_partial

    @cached_property
    def slot(self) -> str:
        return _SLOT.sub("", self.query.get("embed", "").lower())[:40]

    def query_with(self, **changes: object) -> str:
        """The present query string with some parameters set, or taken away by None; "?…"."""
        query = self.query.copy()
        query.pop("dialog", None)
        query.pop("row", None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = str(value)
        return "?" + query.urlencode()

    @property
    def here(self) -> str:
        return self.request.path + self.query_with()

    @property
    def whole_url(self) -> str:
        """The same rows as a page of their own."""
        return self.request.path + self.query_with(embed=None, page=None, per=None)
