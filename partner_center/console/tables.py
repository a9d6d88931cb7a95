"""Table pages: rows that no single table of the database holds — sums by a chosen heading, lines of rated files.

They look, filter, page and export like lists; where a list has a queryset they have a `Table` that is asked for
a stretch of its rows. Filters are `Asked`: they read the address, and the table's maker decides what they mean.

    class ByService(TablePage):
        name, path, title, permission = "by-service", "by-service/", _("By service"), "bills.view"
        columns = (Text("service"), Sum("amount"))
        filters = (Asked("month", _("Month"), offered=months, always=True),)

        def table(self) -> Table:
            return Listed(sums_of(self.actor, self.asked["month"]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, Protocol

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partner_center.console import exports
from partner_center.console.actions import Link
from partner_center.console.columns import Column, column_for, follow
from partner_center.console.filters import Bound, Filter, Rows, bind
from partner_center.console.listing import UNFOLDED, Cell, Header, Line, open_links
from partner_center.console.paging import Paged
from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor


class Table(Protocol):
    """Rows in an order that stays."""

    @property
    def total(self) -> int:
        """How many rows there are."""
        ...

    def part(self, start: int, stop: int) -> Sequence[Any]:
        """The rows from `start` up to, but not including, `stop`."""
        ...

    @property
    def pin(self) -> Any:
        """What `TablePage.pinned` needs to find exactly these rows again, as JSON."""
        ...


class Listed:
    """A table whose rows are all at hand: sums, months."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = list(rows)

    @property
    def total(self) -> int:
        return len(self.rows)

    def part(self, start: int, stop: int) -> Sequence[Any]:
        return self.rows[start:stop]

    @property
    def pin(self) -> Any:
        return None


class Asked(Filter):
    """A question put to a table: one value of the address, checked, with no queryset to narrow.

    offered   the choices, a mapping, pairs, or a function of the actor; left out: any text
    check     turns the text into the value; raises ValueError when it makes no sense
    default   the value while nothing is asked, or a function of the actor
    always    there is always a value: the choice "any" is not offered
    """

    def __init__(
        self,
        name: str,
        label: Any,
        *,
        offered: Mapping[Any, Any]
        | Iterable[tuple[Any, Any]]
        | Callable[[Actor], Iterable[tuple[Any, Any]]]
        | None = None,
        check: Callable[[str], Any] | None = None,
        default: Any = None,
        always: bool = False,
        hidden: bool = False,
        widget: str = "",
        help: Any = None,
    ) -> None:
        super().__init__(name, label, help=help)
        self.offered, self.check, self.default, self.always = offered, check, default, always
        self.widget = "fixed" if hidden else widget or ("text" if offered is None else "one")

    def parse(self, raw: tuple[str, ...]) -> Any:
        return self.check(raw[0]) if self.check else raw[0]

    def choices(self, actor: Actor) -> list[tuple[str, Any]]:
        match self.offered:
            case None:
                return []
            case Mapping():
                pairs: Iterable[tuple[Any, Any]] = self.offered.items()
            case _ if callable(self.offered):
                pairs = self.offered(actor)
            case _:
                pairs = self.offered
        return [(str(value), words) for value, words in pairs]

    def apply(self, rows: Rows, value: Any, actor: Actor) -> Rows:
        raise AssertionError(f"{self.name}: a table is asked, not narrowed")

    def value_of(self, bound: Bound, actor: Actor) -> Any:
        """What was asked, when it was understood and is on offer; otherwise the default."""
        if bound.read.active and (
            self.offered is None or bound.text in {value for value, _words in bound.choices}
        ):
            return bound.read.value
        return self.default_for(actor)

    def default_for(self, actor: Actor) -> Any:
        return self.default(actor) if callable(self.default) else self.default


class TablePage(Paged):
    """A table by declaration.

    table()      the rows for what the address asks; `asked` holds the filters' values by name
    pinned(pin)  the same rows again, for the turns of an export; by default the table is made anew
    opens        the page a row leads to, `opens_with` the path from the row to what that page is about;
                 override `address_of` for an address with a query
    figures      sums shown above the rows: (words, html); `chart` as a ChartCard's
    formats      of the export; `csv_encoding` and `rows_a_turn` as it is written
    """

    template = "console/list.html"
    above = "console/figures.html"

    columns: ClassVar[Sequence[Column | str]] = ()
    filters: ClassVar[Sequence[Asked]] = ()
    links: ClassVar[Sequence[Link]] = ()
    opens: ClassVar[str | None] = None
    opens_with: ClassVar[str] = ""
    empty: ClassVar[Any] = _("Nothing here yet.")
    exportable: ClassVar[bool] = True
    formats: ClassVar[Sequence[str]] = exports.FORMATS
    csv_encoding: ClassVar[str] = exports.CSV_ENCODING
    rows_a_turn: ClassVar[int] = 20_000

    model = None
    sorted_by = ""
    open_batches: ClassVar[Sequence[Any]] = ()
    any_deeds = False

    def table(self) -> Table:
        raise NotImplementedError

    def pinned(self, pin: Any) -> Table:
        return self.table()

    @cached_property
    def figures(self) -> Sequence[tuple[Any, SafeString]]:
        return ()

    @cached_property
    def chart(self) -> dict[str, Any] | None:
        return None

    def tone_of(self, row: Any) -> str:
        return ""

    def name_of(self, row: Any) -> str:
        return str(row)

    def address_of(self, row: Any) -> str:
        """Where a row leads; empty when nowhere."""
        page = PAGES.get(self.opens or "")
        if page is None or not page.open_to(self.actor):
            return ""
        about = follow(row, self.opens_with) if self.opens_with else row
        return page.url_for(about) if about not in (None, "") else ""

    # ------------------------------------------------------------------ answering

    def get(self) -> HttpResponse:
        return self.render("console/list_rows.html") if self.is_partial else self.render()

    def post(self) -> HttpResponse:
        if file_format := self.request.POST.get("export"):
            return exports.begin(self, file_format)
        return super().post()

    # ------------------------------------------------------------------ what is asked

    @cached_property
    def bound(self) -> list[Bound]:
        return [
            replace(one, default=str(one.filter.default_for(self.actor)))
            if isinstance(one.filter, Asked) and one.filter.always
            else one
            for one in bind(self.filters, self.query, self.actor, None)
        ]

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The value of each filter by its name; None where nothing is asked."""
        found = dict.fromkeys((one.name for one in self.filters), None)
        for one in self.bound:
            assert isinstance(one.filter, Asked)
            found[one.name] = one.filter.value_of(one, self.actor)
        return found

    @property
    def visible_filters(self) -> list[Bound]:
        """Those that are a question: a choice that must be made among one is none."""
        return [
            one
            for one in self.bound
            if one.widget != "fixed" and not (one.filter.always and len(one.choices) < 2)
        ]

    @property
    def folds_filters(self) -> bool:
        fields = [one for one in self.visible_filters if not one.filter.always]
        return len(fields) > UNFOLDED and not any(one.read.raw for one in fields)

    @property
    def marks(self) -> list[tuple[Bound, str]]:
        """What was asked beyond the questions that always have an answer."""
        return [
            (one, self.query_with(**{one.name: None, "page": None}))
            for one in self.bound
            if one.read.active and not one.filter.always
        ]

    # ------------------------------------------------------------------ rows

    @cached_property
    def _table(self) -> Table:
        return self.table()

    @property
    def total(self) -> int:
        return self._table.total

    @cached_property
    def shown_columns(self) -> list[Column]:
        given = [column_for(None, one) for one in self.columns]
        return [column for column in given if column.seen_by(self.actor)]

    @cached_property
    def headers(self) -> list[Header]:
        listed = [column for column in self.shown_columns if not column.file_only]
        return [Header(column, column.label_for(None)) for column in listed]

    @cached_property
    def lines(self) -> list[Line]:
        rows = self._table.part(self.first - 1 if self.first else 0, self.last)
        return [
            Line(
                row,
                "",
                self.name_of(row),
                self.address_of(row),
                [Cell(head.column, head.label, head.column.html(row, self.actor)) for head in self.headers],
                [],
                self.tone_of(row),
            )
            for row in rows
        ]

    @property
    def open_links(self) -> list[tuple[Link, str, Any]]:
        return open_links(self.links, self.actor)

    # ------------------------------------------------------------------ exporting

    @property
    def may_export(self) -> bool:
        return self.exportable and self.actor.may(exports.PERMISSION)

    def chosen(self, keys: Sequence[str]) -> list[Any]:
        """Rows of a table are not chosen one by one: an export is of all of them."""
        return []

    def fix_rows(self, chosen: Sequence[str]) -> tuple[Any, int]:
        return self._table.pin, self._table.total

    def fixed_rows(self, fixed: Any, start: int, count: int) -> Sequence[Any]:
        return self.pinned(fixed).part(start, start + count)


__all__ = ["Asked", "Listed", "Table", "TablePage"]
