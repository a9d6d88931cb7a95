"""List pages: filtering, sorting, paging, choosing, exporting, embedding. All lists behave alike."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpResponse, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partner_center.console import exports
from partner_center.console.actions import Batch, Deed, Link, RowAction
from partner_center.console.columns import Column, Masked, column_for, field_at, follow
from partner_center.console.dialogs import Deeds
from partner_center.console.filters import Bound, Filter, bind, narrow
from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.errors import NotPermitted

PER_PAGE = (20, 50, 100)
PER_PANEL = (5, 10)
UNFOLDED = 5
_SLOT = re.compile(r"[^a-z0-9-]")


@dataclass(frozen=True, slots=True)
class Header:
    column: Column
    label: Any
    sort_query: str = ""
    direction: str = ""
    may_reveal: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    label: Any
    html: SafeString
    may_reveal: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the template shows it."""

    row: Any
    key: str
    name: str
    address: str
    cells: list[Cell]
    deeds: list[Deed]
    tone: str = ""


class ListPage(Deeds):
    """A list by declaration; see `console/pages.py` for an example.

    source        the visibility function: actor → queryset
    columns       columns, or names of fields
    filters       narrow the rows; each is a query parameter
    order         default order, as in a queryset; the primary key is always added
    opens         the detail page a row leads to; `opens_with` is the path from the row to what it is about
    row_actions   deeds in each row's menu; batches: deeds over chosen rows; links: buttons above the list
    empty         what to say when there is nothing at all
    exportable    whether the list can be downloaded
    """

    template = "console/list.html"

    source: ClassVar[Any]
    columns: ClassVar[Sequence[Column | str]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    order: ClassVar[Sequence[str]] = ()
    opens: ClassVar[str | None] = None
    opens_with: ClassVar[str] = ""
    row_actions: ClassVar[Sequence[RowAction]] = ()
    batches: ClassVar[Sequence[Batch]] = ()
    links: ClassVar[Sequence[Link]] = ()
    empty: ClassVar[Any] = _("Nothing here yet.")
    exportable: ClassVar[bool] = True
    per_page: ClassVar[int] = PER_PAGE[0]

    def tone_of(self, row: Any) -> str:
        """Override to mark a row: "muted", "warning", "bad"."""
        return ""

    # ------------------------------------------------------------------ answering

    def get(self) -> HttpResponse:
        if name := self.request.GET.get("dialog"):
            return self.ask(self.deed_called(name), self.request.GET.getlist("row"))
        if self.is_embedded:
            return self.render("console/list_rows.html")
        if self.is_partial:
            return self.render("console/list_rows.html")
        return self.render()

    def post(self) -> HttpResponse:
        data = self.request.POST
        if name := data.get("reveal"):
            return self._reveal(name, data.get("row", ""))
        if data.get("export"):
            return exports.begin(self, data["export"])
        return self.do()

    # ------------------------------------------------------------------ rows

    @classmethod
    def ask_source(cls, actor: Actor) -> models.QuerySet[Any]:
        """All rows the actor may see."""
        source = inspect.getattr_static(cls, "source")
        rows = (source.__func__ if isinstance(source, staticmethod) else source)(actor)
        assert isinstance(rows, models.QuerySet), f"{cls.__name__}.source gives no queryset"
        return rows

    @cached_property
    def everything(self) -> models.QuerySet[Any]:
        return self.ask_source(self.actor)

    @property
    def model(self) -> type[models.Model]:
        return self.everything.model

    @cached_property
    def query(self) -> QueryDict:
        return self.request.GET

    @cached_property
    def bound(self) -> list[Bound]:
        return bind(self.filters, self.query, self.actor, self.model)

    @cached_property
    def rows(self) -> models.QuerySet[Any]:
        """The rows that the filters leave, in order, with what the columns need."""
        rows = narrow(self.everything, self.bound, self.actor)
        needs = [need for column in self.shown_columns for need in column.needs]
        if needs:
            rows = rows.select_related(*dict.fromkeys(needs))
        for column in self.shown_columns:
            if column.prefetch:
                rows = rows.prefetch_related(*column.prefetch)
        return rows.order_by(*self._ordering(rows))

    def _ordering(self, rows: models.QuerySet[Any]) -> list[Any]:
        chosen: list[Any] = [*self.order] or [*(rows.query.order_by or self.model._meta.ordering or ["-pk"])]
        if self.sorted_by:
            path = next(
                column.sort_path(self.model)
                for column in self.shown_columns
                if column.name == self.sorted_by.lstrip("-")
            )
            chosen = [("-" if self.sorted_by.startswith("-") else "") + str(path), *chosen]
        return chosen if any(str(one).lstrip("-") in ("pk", "id") for one in chosen) else [*chosen, "-pk"]

    @cached_property
    def sorted_by(self) -> str:
        """The column asked for by ?sort=, "-" before it for downwards; "" when it makes no sense."""
        asked = self.query.get("sort", "")
        for column in self.shown_columns:
            if column.name == asked.removeprefix("-") and column.sort_path(self.model):
                return asked
        return ""

    # ------------------------------------------------------------------ columns

    @cached_property
    def all_columns(self) -> list[Column]:
        given = [column_for(self.model, one) for one in self.columns]
        return [column for column in given if column.seen_by(self.actor)]

    @cached_property
    def shown_columns(self) -> list[Column]:
        """Embedded in another row's page, the column that would repeat that row is left out."""
        if not self.is_embedded:
            return self.all_columns
        fixed = {one.filter.path for one in self.bound if one.widget == "fixed" and one.read.active}
        return [column for column in self.all_columns if column.name not in fixed]

    @cached_property
    def headers(self) -> list[Header]:
        made = []
        for column in self.shown_columns:
            path = column.sort_path(self.model)
            up, down = self.sorted_by == column.name, self.sorted_by == f"-{column.name}"
            made.append(
                Header(
                    column,
                    column.label_for(self.model),
                    self.query_with(sort=f"-{column.name}" if up else column.name, page=None) if path else "",
                    "ascending" if up else "descending" if down else "",
                    isinstance(column, Masked) and column.may_reveal(self.actor),
                    column.name == self._open_column,
                )
            )
        return made

    # ------------------------------------------------------------------ paging

    @cached_property
    def total(self) -> int:
        return self.rows.order_by().count()

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

    @cached_property
    def lines(self) -> list[Line]:
        """The rows of this page, ready to be shown."""
        labels = [column.label_for(self.model) for column in self.shown_columns]
        target = PAGES.get(self.opens or "")
        opens = target if target is not None and target.open_to(self.actor) else None
        possible = [deed for deed in self.row_actions if deed.permitted(self.actor)]
        made = []
        for row in self.rows[self.first - 1 if self.first else 0 : self.last]:
            cells = [
                Cell(
                    column,
                    label,
                    column.clear(row) if self._is_open(column) else column.html(row, self.actor),  # type: ignore[attr-defined]
                    self._has_eye(column, row),
                )
                for column, label in zip(self.shown_columns, labels, strict=True)
            ]
            about = follow(row, self.opens_with) if self.opens_with else row
            made.append(
                Line(
                    row,
                    str(row.pk),
                    str(row),
                    opens.url_for(about) if opens is not None and about is not None else "",
                    cells,
                    [deed for deed in possible if deed.offered(self.actor, row)],
                    self.tone_of(row),
                )
            )
        return made

    # ------------------------------------------------------------------ what is offered

    @property
    def any_deeds(self) -> bool:
        """Whether some row of this page has a menu."""
        return any(line.deeds for line in self.lines)

    @property
    def open_batches(self) -> list[Batch]:
        if self.is_embedded:
            return []
        return [batch for batch in self.batches if batch.permitted(self.actor)]

    @property
    def open_links(self) -> list[tuple[Link, str, Any]]:
        found = []
        for link in self.links:
            page = PAGES.get(link.page)
            if page is not None and page.open_to(self.actor):
                found.append((link, page.url(), link.label if link.label is not None else page.title))
        return found

    @property
    def may_export(self) -> bool:
        return self.exportable and self.actor.may(exports.PERMISSION)

    def deeds(self) -> Sequence[Deed]:
        return [*self.row_actions, *self.batches]

    def chosen(self, keys: Sequence[str]) -> list[Any]:
        wanted = []
        for key in dict.fromkeys(keys):
            try:
                value = self.model._meta.pk.to_python(key.replace("\x00", ""))
                self.model._meta.pk.run_validators(value)
                wanted.append(value)
            except (ValidationError, ValueError):
                continue
        found = {row.pk: row for row in self.everything.filter(pk__in=wanted)}
        return [found[key] for key in wanted if key in found]

    @property
    def visible_filters(self) -> list[Bound]:
        return [one for one in self.bound if one.widget != "fixed"]

    @property
    def folds_filters(self) -> bool:
        """Whether so many filters are declared that they wait behind a button; not while one of them is set."""
        fields = [one for one in self.visible_filters if one.widget != "search"]
        return len(fields) > UNFOLDED and not any(one.read.raw for one in fields)

    @property
    def marks(self) -> list[tuple[Bound, str]]:
        """Filters that are set, with the query that takes each away."""
        return [
            (one, self.query_with(**{one.name: None, "page": None})) for one in self.bound if one.read.active
        ]

    # ------------------------------------------------------------------ embedding and queries

    @property
    def is_embedded(self) -> bool:
        """Whether the list is a panel of another page: ?embed=<slot>."""
        return bool(self.slot) and self.is_partial

    @cached_property
    def slot(self) -> str:
        return _SLOT.sub("", self.query.get("embed", "").lower())[:40]

    def query_with(self, **changes: Any) -> str:
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
        """The same list as a page of its own."""
        return self.request.path + self.query_with(embed=None, page=None, per=None)

    # ------------------------------------------------------------------ personal data

    _open_column = ""

    def _has_eye(self, column: Column, row: Any) -> bool:
        if not isinstance(column, Masked) or self._is_open(column):
            return False
        return column.may_reveal(self.actor) and column.value(row) not in (None, "")

    def _is_open(self, column: Column) -> bool:
        return column.name == self._open_column

    def _reveal(self, name: str, key: str) -> HttpResponse:
        """Open a masked column of this page, or one cell of it; each row looked at is in the audit trail."""
        column = next(
            (one for one in self.shown_columns if one.name == name and isinstance(one, Masked)), None
        )
        if not isinstance(column, Masked):
            raise Http404(name)
        if not column.may_reveal(self.actor):
            raise NotPermitted(permission=column.permission)
        if key:
            rows = self.chosen([key])
            if not rows:
                raise Http404(key)
            looked_at(self.actor, rows[0], column.name, about=self.concerned(rows[0]))
            return HttpResponse(column.clear(rows[0]))
        self._open_column = column.name
        for line in self.lines:
            if column.value(line.row):
                looked_at(self.actor, line.row, column.name, about=self.concerned(line.row))
        return self.render("console/list_rows.html")


def looked_at(actor: Actor, row: models.Model, what: str, *, about: str) -> None:
    """Write down that personal data was revealed, where the account it belongs to can read it."""
    record(actor, "personal_data.revealed", row, about=about, field=what)


__all__ = ["ListPage", "field_at", "looked_at"]
