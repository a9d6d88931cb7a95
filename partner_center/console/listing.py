"""List pages: filtering, sorting, paging, choosing, exporting, embedding. All lists behave alike."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partner_center.console import exports
from partner_center.console.actions import Batch, Deed, Link, RowAction
from partner_center.console.columns import Column, Masked, column_for, field_at, follow
from partner_center.console.dialogs import Deeds
from partner_center.console.filters import Bound, Filter, bind, narrow
from partner_center.console.paging import Paged
from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.errors import NotPermitted

UNFOLDED = 5


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


class ListPage(Paged, Deeds):
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
    formats: ClassVar[Sequence[str]] = exports.FORMATS
    csv_encoding: ClassVar[str] = exports.CSV_ENCODING
    rows_a_turn: ClassVar[int] = 0

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
    def listed_columns(self) -> list[Column]:
        """Those on the page; files have more."""
        return [column for column in self.shown_columns if not column.file_only]

    @cached_property
    def headers(self) -> list[Header]:
        made = []
        for column in self.listed_columns:
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
    def lines(self) -> list[Line]:
        """The rows of this page, ready to be shown."""
        labels = [column.label_for(self.model) for column in self.listed_columns]
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
                for column, label in zip(self.listed_columns, labels, strict=True)
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
        return open_links(self.links, self.actor)

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

    def fix_rows(self, chosen: Sequence[str]) -> tuple[Any, int]:
        """Which rows an export takes, as JSON, and how many: those chosen, or all that the filters leave."""
        keys = list(chosen) or [str(key) for key in self.rows.values_list("pk", flat=True)]
        return keys, len(keys)

    def fixed_rows(self, fixed: Any, start: int, count: int) -> list[Any]:
        """A stretch of the rows that `fix_rows` took; what has gone since is left out."""
        keys = fixed[start : start + count]
        found = {str(row.pk): row for row in self.rows.order_by().filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

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


def open_links(links: Sequence[Link], actor: Actor) -> list[tuple[Link, str, Any]]:
    """The buttons above a list that lead somewhere the reader may go: (link, address, words)."""
    found = []
    for link in links:
        page = PAGES.get(link.page)
        if page is not None and page.open_to(actor):
            found.append((link, page.url(), link.label if link.label is not None else page.title))
    return found


def looked_at(actor: Actor, row: models.Model, what: str, *, about: str) -> None:
    """Write down that personal data was revealed, where the account it belongs to can read it."""
    record(actor, "personal_data.revealed", row, about=about, field=what)


__all__ = ["Cell", "Header", "Line", "ListPage", "field_at", "looked_at", "open_links"]
