"""Filters of a list page. Each reads its own parameters, never raises on nonsense, and narrows the rows.

A value that cannot be understood is ignored and marked beside its field; it never shows more than
`visible_to` allows, because filters only narrow.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import column_for, field_at
from partner_center.foundation.actor import Actor
from partner_center.kernel.lifecycle import Lifecycle

Rows = models.QuerySet[Any]
Offered = Iterable[tuple[Any, Any]]

MAX_TEXT = 128
_MAX_CHOSEN = 50


@dataclass(frozen=True, slots=True)
class Read:
    """What a filter found in the query: the raw texts, the value, and whether it was nonsense."""

    raw: tuple[str, ...] = ()
    value: Any = None
    wrong: bool = False

    @property
    def active(self) -> bool:
        return self.value is not None


class Filter:
    """Base of all filters: one query parameter."""

    widget = "text"
    always = False
    """Whether there is always a value, so that "any" is not offered."""
    kinds: tuple[str, ...] | None = None
    longest = MAX_TEXT
    """Characters of a text; more are cut off."""

    def for_kinds(self, *kinds: str) -> Self:
        """Only actors of these kinds are asked: Equal("customer").for_kinds("staff", "partner")."""
        self.kinds = kinds
        return self

    def __init__(self, name: str, label: Any = None, *, path: str | None = None, help: Any = None) -> None:
        self.name, self.label, self.path, self.help = name, label, path or name, help

    def read(self, query: QueryDict) -> Read:
        raw = tuple(_tidy(text, self.longest) for text in query.getlist(self.name)[:_MAX_CHOSEN])
        raw = tuple(text for text in raw if text)
        if not raw:
            return Read()
        try:
            return Read(raw, self.parse(raw))
        except (ValueError, InvalidOperation, OverflowError, ValidationError):
            return Read(raw, wrong=True)

    def parse(self, raw: tuple[str, ...]) -> Any:
        """The value from the texts. Raises ValueError when they make no sense."""
        return raw[0]

    def apply(self, rows: Rows, value: Any, actor: Actor) -> Rows:
        raise NotImplementedError

    def choices(self, actor: Actor) -> list[tuple[str, Any]]:
        return []

    def label_for(self, model: type[models.Model] | None) -> Any:
        return self.label if self.label is not None else column_for(model, self.path).label_for(model)


class Search(Filter):
    """Words looked for inside several fields: Search("q", into=("number", "customer__name"))."""

    widget = "search"

    def __init__(
        self, name: str = "q", label: Any = None, *, into: Sequence[str], exact: Sequence[str] = ()
    ) -> None:
        super().__init__(name, label if label is not None else _("Search"))
        self.into, self.exact = tuple(into), tuple(exact)

    def apply(self, rows: Rows, value: str, actor: Actor) -> Rows:
        found = models.Q()
        for path in self.into:
            found |= models.Q(**{f"{path}__icontains": value})
        for path in self.exact:
            found |= models.Q(**{path: value})
        return rows.filter(found)


class States(Filter):
    """One or several states of a lifecycle: States("state", OrderState)."""

    widget = "many"

    def __init__(
        self, name: str, lifecycle: type[Lifecycle], label: Any = None, *, path: str | None = None
    ) -> None:
        super().__init__(name, label if label is not None else _("State"), path=path)
        self.lifecycle = lifecycle

    def parse(self, raw: tuple[str, ...]) -> list[Lifecycle]:
        states = {state.value: state for state in self.lifecycle}
        return [states[one] if one in states else _nonsense() for one in raw]

    def apply(self, rows: Rows, value: list[Lifecycle], actor: Actor) -> Rows:
        return rows.filter(**{f"{self.path}__in": value})

    def choices(self, actor: Actor) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in self.lifecycle]


class Choice(Filter):
    """One of several values: Choice("site", offered=SITES). `offered` may be a function of the actor."""

    widget = "one"

    def __init__(
        self,
        name: str,
        label: Any = None,
        *,
        offered: Mapping[Any, Any] | Offered | Callable[[Actor], Offered],
        path: str | None = None,
        narrow: Callable[[Rows, Any], Rows] | None = None,
    ) -> None:
        """narrow: how to apply the chosen value when it is more than an equality."""
        super().__init__(name, label, path=path)
        self.offered, self.narrow = offered, narrow

    def apply(self, rows: Rows, value: Any, actor: Actor) -> Rows:
        for key, _label in self._offers(actor):
            if str(key) == value:
                return self.narrow(rows, key) if self.narrow else rows.filter(**{self.path: key})
        return rows.none()

    def choices(self, actor: Actor) -> list[tuple[str, Any]]:
        return [(str(key), label) for key, label in self._offers(actor)]

    def _offers(self, actor: Actor) -> list[tuple[Any, Any]]:
        if callable(self.offered):
            return list(self.offered(actor))
        return list(self.offered.items() if isinstance(self.offered, Mapping) else self.offered)


class Flag(Filter):
    """Yes or no."""

    widget = "one"

    def parse(self, raw: tuple[str, ...]) -> bool:
        return {"1": True, "0": False}[raw[0]] if raw[0] in ("0", "1") else _nonsense()

    def apply(self, rows: Rows, value: bool, actor: Actor) -> Rows:
        return rows.filter(**{self.path: value})

    def choices(self, actor: Actor) -> list[tuple[str, Any]]:
        return [("1", _("Yes")), ("0", _("No"))]


class Equal(Filter):
    """Exactly this value of a field or this row of a relation; mostly set by a panel: ?customer=…

    hidden=True: not offered as a field; it shows as a removable mark while it is set.
    """

    def __init__(self, name: str, label: Any = None, *, path: str | None = None, hidden: bool = True) -> None:
        super().__init__(name, label, path=path)
        self.widget = "fixed" if hidden else "text"

    def apply(self, rows: Rows, value: str, actor: Actor) -> Rows:
        field = field_at(rows.model, self.path)
        if field is not None:
            try:
                target = field.target_field if field.is_relation else field
                target.run_validators(target.to_python(value))
            except (ValidationError, ValueError, TypeError):
                return rows.none()
        return rows.filter(**{self.path: value})


class AnyOf(Filter):
    """Any of several values, typed or pasted with blanks or commas between: AnyOf("ids", _("IDs"), path="number").

    most: so many values; more are nonsense.
    """

    _between = re.compile(r"[\s,;，；]+")

    def __init__(
        self, name: str, label: Any = None, *, path: str | None = None, most: int = 200, help: Any = None
    ) -> None:
        super().__init__(name, label, path=path, help=help)
        self.most, self.longest = most, most * 66

    def parse(self, raw: tuple[str, ...]) -> list[str]:
        values = list(dict.fromkeys(one for one in self._between.split(raw[0]) if one))
        return values if values and len(values) <= self.most else _nonsense()

    def apply(self, rows: Rows, value: list[str], actor: Actor) -> Rows:
        return rows.filter(**{f"{self.path}__in": value})


class Since(Filter):
    """From the beginning of this day, in the reader's time zone: Since("created_at", _("Placed since"))."""

    widget = "date"
    _name_ends = "since"

    def __init__(self, path: str, label: Any = None, *, name: str | None = None) -> None:
        super().__init__(name or f"{path}_{self._name_ends}", label, path=path)

    def parse(self, raw: tuple[str, ...]) -> dt.date:
        day = dt.date.fromisoformat(raw[0])
        if not 1970 <= day.year <= 9000:
            raise ValueError(day)
        return day

    def apply(self, rows: Rows, value: dt.date, actor: Actor) -> Rows:
        return rows.filter(**{f"{self.path}__gte": self._edge(rows, value)})

    def label_for(self, model: type[models.Model] | None) -> Any:
        if self.label is not None:
            return self.label
        return _("{what} since").format(what=column_for(model, self.path).label_for(model))

    def _edge(self, rows: Rows, day: dt.date) -> dt.date | dt.datetime:
        if isinstance(field_at(rows.model, self.path), models.DateField) and not isinstance(
            field_at(rows.model, self.path), models.DateTimeField
        ):
            return day
        return dt.datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


class Until(Since):
    """To the end of this day, in the reader's time zone."""

    _name_ends = "until"

    def apply(self, rows: Rows, value: dt.date, actor: Actor) -> Rows:
        return rows.filter(**{f"{self.path}__lt": self._edge(rows, value + dt.timedelta(days=1))})

    def label_for(self, model: type[models.Model] | None) -> Any:
        if self.label is not None:
            return self.label
        return _("{what} until").format(what=column_for(model, self.path).label_for(model))


class AtLeast(Filter):
    """An amount of money or a number not below this one."""

    widget = "number"
    _lookup, _name_ends, _words = "gte", "from", _("{what} from")

    def __init__(self, path: str, label: Any = None, *, name: str | None = None, minor: bool = True) -> None:
        """minor: the field holds minor units (MoneyField), the reader types whole ones."""
        super().__init__(name or f"{path}_{self._name_ends}", label, path=path)
        self.minor = minor

    def parse(self, raw: tuple[str, ...]) -> Decimal:
        number = Decimal(raw[0].replace(",", ""))
        if not number.is_finite() or abs(number) > Decimal(10) ** 15:
            raise ValueError(raw[0])
        return number

    def label_for(self, model: type[models.Model] | None) -> Any:
        if self.label is not None:
            return self.label
        return str(self._words).format(what=column_for(model, self.path).label_for(model))

    def apply(self, rows: Rows, value: Decimal, actor: Actor) -> Rows:
        return rows.filter(**{f"{self.path}__{self._lookup}": int(value * 100) if self.minor else value})


class AtMost(AtLeast):
    """An amount of money or a number not above this one."""

    _lookup, _name_ends, _words = "lte", "to", _("{what} up to")


class Custom(Filter):
    """A choice whose meaning is a function: Custom("due", _("Due"), offers={"7": _("7 days")}, narrow=…)."""

    widget = "one"

    def __init__(
        self, name: str, label: Any, *, offers: Mapping[str, Any], narrow: Callable[[Rows, str, Actor], Rows]
    ) -> None:
        super().__init__(name, label)
        self.offers, self.narrow = offers, narrow

    def parse(self, raw: tuple[str, ...]) -> str:
        return raw[0] if raw[0] in self.offers else _nonsense()

    def apply(self, rows: Rows, value: str, actor: Actor) -> Rows:
        return self.narrow(rows, value, actor)

    def choices(self, actor: Actor) -> list[tuple[str, Any]]:
        return list(self.offers.items())


@dataclass(frozen=True, slots=True)
class Bound:
    """A filter with what it read from one request, for the template."""

    filter: Filter
    read: Read
    label: Any
    choices: list[tuple[str, Any]] = field(default_factory=list)
    default: str = ""
    """What counts while nothing is asked."""

    @property
    def chosen(self) -> str:
        """The choice that counts: the one asked for, when it is on offer, or else the default."""
        return self.text if self.text in {value for value, _words in self.choices} else self.default

    @property
    def name(self) -> str:
        return self.filter.name

    @property
    def widget(self) -> str:
        return self.filter.widget

    @property
    def text(self) -> str:
        return self.read.raw[0] if self.read.raw else ""

    @property
    def said(self) -> str:
        """The chosen values in words, for the removable mark."""
        words = {str(key): str(label) for key, label in self.choices}
        said = ", ".join(words.get(one, one) for one in self.read.raw)
        return said if len(said) <= MAX_TEXT else f"{said[:MAX_TEXT]}…"


def bind(
    filters: Sequence[Filter], query: QueryDict, actor: Actor, model: type[models.Model] | None
) -> list[Bound]:
    asked = [one for one in filters if one.kinds is None or actor.kind in one.kinds]
    return [Bound(one, one.read(query), one.label_for(model), one.choices(actor)) for one in asked]


def narrow(rows: Rows, bound: Sequence[Bound], actor: Actor) -> Rows:
    for one in bound:
        if one.read.active:
            rows = one.filter.apply(rows, one.read.value, actor)
    return rows


def _tidy(text: str, longest: int) -> str:
    return text.replace("\x00", "").strip()[:longest]


def _nonsense() -> Any:
    raise ValueError
