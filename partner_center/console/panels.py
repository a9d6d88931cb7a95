"""Panels: what a detail page is made of. Each is declared, each shows one thing about the row.

left = [Facts("number", "state", Sum("payable")), Steps(OrderState)]
right = [ListPanel("orders", customer="pk")]
bottom = [Trail()]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Deed, deeds_of_steps
from partner_center.console.columns import Column, Masked, column_for, follow
from partner_center.console.registry import PAGES
from partner_center.console.verbs import DOORS, facts_html, verb_html
from partner_center.foundation.models import TrailEntry
from partner_center.kernel.lifecycle import Lifecycle

if TYPE_CHECKING:
    from partner_center.console.detail import DetailPage
    from partner_center.console.forms import ActionForm


class Panel:
    """One part of a detail page. `kinds` limits it to kinds of actors, `when` to rows that have it."""

    template = ""
    title: Any = ""

    def __init__(
        self,
        *,
        title: Any = None,
        kinds: Sequence[str] | None = None,
        when: Callable[[Any], bool] | None = None,
    ) -> None:
        if title is not None:
            self.title = title
        self.kinds, self.when = kinds, when

    def shown_to(self, page: DetailPage) -> bool:
        if self.kinds is not None and page.actor.kind not in self.kinds:
            return False
        return self.when is None or self.when(page.row)

    def html(self, page: DetailPage) -> SafeString:
        """The panel, or nothing when the reader may not see it or there is nothing in it."""
        if not self.shown_to(page):
            return SafeString("")
        context = self.context(page)
        if context is None:
            return SafeString("")
        return render_to_string(self.template, {"panel": self, "page": page, **context}, request=page.request)

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        return {}


class Facts(Panel):
    """Name and value, one a line. A text names a field or attribute; any column may stand for one."""

    template = "console/panels/facts.html"
    title = _("Facts")

    def __init__(self, *lines: str | Column, empty: bool = False, **options: Any) -> None:
        """empty: also show lines without a value."""
        super().__init__(**options)
        self.lines, self.empty = lines, empty

    def columns(self, page: DetailPage) -> list[Column]:
        model = type(page.row) if isinstance(page.row, models.Model) else None
        return [
            column
            for column in (column_for(model, line) for line in self.lines)
            if column.seen_by(page.actor)
        ]

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        model = type(page.row) if isinstance(page.row, models.Model) else None
        facts = []
        for column in self.columns(page):
            if not self.empty and column.value(page.row) in (None, ""):
                continue
            filled = column.value(page.row) not in (None, "")
            eye = isinstance(column, Masked) and filled and column.may_reveal(page.actor)
            facts.append((column, column.label_for(model), column.html(page.row, page.actor), eye))
        return {"facts": facts} if facts else None


class Steps(Panel):
    """Buttons for the steps that the row's state allows and the reader may take, and for further deeds.

    Steps(OrderState, forms={"cancel": CancelForm}, pages={"pay": "pay-order"}, leave_out=("deliver",),
          also=(RowAction("rename", _("Rename"), rename, form=RenameForm),))

    The buttons appear beside the page's heading and need no place in `left` or `right`, but may have one.
    """

    template = "console/panels/steps.html"
    title = _("Actions")

    def __init__(
        self,
        lifecycle: type[Lifecycle] | None = None,
        *,
        field: str = "state",
        forms: dict[str, type[ActionForm]] | None = None,
        pages: dict[str, str] | None = None,
        leave_out: Sequence[str] = (),
        confirm: dict[str, Any] | None = None,
        also: Sequence[Deed] = (),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.lifecycle, self.field, self.also = lifecycle, field, tuple(also)
        self.forms, self.pages, self.leave_out, self.confirm = forms, pages, leave_out, confirm

    def deeds(self) -> list[Deed]:
        found = list(self.also)
        if self.lifecycle is not None:
            named = {deed.name for deed in found}
            found = [
                deed
                for deed in deeds_of_steps(
                    self.lifecycle,
                    state_field=self.field,
                    forms=self.forms,
                    pages=self.pages,
                    leave_out=self.leave_out,
                    confirm=self.confirm,
                )
                if deed.name not in named
            ] + found
        return found

    def offered(self, page: DetailPage) -> list[Deed]:
        return [deed for deed in self.deeds() if deed.offered(page.actor, page.row)]

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        return None


class ListPanel(Panel):
    """Another page's list, loaded by its address when it comes into view: ListPanel("orders", customer="pk").

    Each keyword is a filter of that list; its value is the path from this row to the value, or a function
    of the row. Filters that the list does not declare are refused when the pages are checked.
    """

    template = "console/panels/list.html"

    def __init__(
        self,
        page: str,
        *,
        title: Any = None,
        per: int | None = None,
        options: dict[str, Any] | None = None,
        **filters: Any,
    ) -> None:
        super().__init__(title=title, **(options or {}))
        self.page, self.filters, self.per = page, filters, per

    def shown_to(self, page: DetailPage) -> bool:
        target = PAGES.get(self.page)
        return target is not None and target.open_to(page.actor) and super().shown_to(page)

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        query = QueryDict(mutable=True)
        for name, path in self.filters.items():
            value = path(page.row) if callable(path) else follow(page.row, path)
            if value is None:
                return None
            query[name] = str(getattr(value, "value", value))
        query["embed"] = self.page
        if self.per:
            query["per"] = str(self.per)
        target = PAGES[self.page]
        return {"address": f"{target.url()}?{query.urlencode()}", "heading": self.title or target.title}


class Rows(Panel):
    """A small table of rows that belong to this one: the lines of an order. Not paged; `source` gives them all."""

    template = "console/panels/rows.html"

    def __init__(
        self,
        title: Any,
        source: Callable[[Any, Any], Iterable[Any]],
        columns: Sequence[Column | str],
        *,
        model: type[models.Model] | None = None,
        empty: Any = None,
        **options: Any,
    ) -> None:
        """source: (actor, row) → rows. empty: what to say without rows; None leaves the panel out."""
        super().__init__(title=title, **options)
        self.source, self.columns, self.model, self.empty = source, columns, model, empty

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        rows = list(self.source(page.actor, page.row))
        if not rows and self.empty is None:
            return None
        model = self.model or (type(rows[0]) if rows and isinstance(rows[0], models.Model) else None)
        columns = [
            column
            for column in (column_for(model, one) for one in self.columns)
            if column.seen_by(page.actor)
        ]
        return {
            "headers": [(column, column.label_for(model)) for column in columns],
            "lines": [
                [(column, column.label_for(model), column.html(row, page.actor)) for column in columns]
                for row in rows
            ],
        }


class Words(Panel):
    """A text about the row: Words(_("Why"), lambda actor, row: row.explanation)."""

    template = "console/panels/words.html"

    def __init__(
        self, title: Any, words: Callable[[Any, Any], Any], *, tone: str = "", **options: Any
    ) -> None:
        super().__init__(title=title, **options)
        self.words, self.tone = words, tone

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        words = self.words(page.actor, page.row)
        return {"words": words} if words else None


class Piece(Panel):
    """A panel with a template of the room's own: Piece(_("Split"), "orders/split.html", lambda actor, row: {...})."""

    def __init__(
        self, title: Any, template: str, data: Callable[[Any, Any], dict[str, Any] | None], **options: Any
    ) -> None:
        super().__init__(title=title, **options)
        self.template, self.data = template, data

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        return self.data(page.actor, page.row)


class Chart(Panel):
    """A chart of what `data` gives: {"kind": "bar" or "line", "labels": [...], "series": [{"name", "values"}]}."""

    template = "console/panels/chart.html"

    def __init__(self, title: Any, data: Callable[[Any, Any], dict[str, Any] | None], **options: Any) -> None:
        super().__init__(title=title, **options)
        self.data = data

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        data = self.data(page.actor, page.row)
        return {"chart": data} if data else None


class Trail(Panel):
    """What happened to this row, newest first, from the audit trail, as far as the reader may read it."""

    template = "console/panels/trail.html"
    title = _("History")

    def __init__(self, *, most: int = 20, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def context(self, page: DetailPage) -> dict[str, Any] | None:
        row = page.row
        entries = TrailEntry.objects.visible_to(page.actor).filter(
            subject_type=row._meta.label_lower, subject_id=str(row.pk)
        )[: self.most]
        return {
            "entries": [
                (
                    entry,
                    verb_html(entry),
                    DOORS.get(entry.door, entry.door),
                    facts_html(entry) if entry.facts else "",
                )
                for entry in entries
            ]
        }
