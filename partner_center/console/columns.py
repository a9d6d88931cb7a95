"""Columns of a list page, also used as the lines of a `Facts` panel.

A column names the attribute it shows by a path with double underscores ("customer__name"); `needs` lists
the relations that the source must select together, so that the number of queries does not grow with
the rows. What a cell shows on the page is `html`; what an export holds is `plain`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.console.masking import mask
from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor
from partner_center.kernel.lifecycle import Lifecycle
from partner_center.kernel.money import Money, minor_digits

NOTHING = SafeString('<span class="pc-nothing">–</span>')

_USUAL_LABELS = {
    "created_at": _("Created"),
    "state": _("State"),
    "name": _("Name"),
    "id": _("ID"),
    "pk": _("ID"),
    "site": _("Site"),
    "kind": _("Kind"),
    "currency": _("Currency"),
    "amount": _("Amount"),
    "email": _("E-mail"),
    "mobile": _("Mobile"),
}


class Column:
    """One attribute of a row, shown as it is. The base of all columns."""

    align = "start"
    masked = False
    wraps = False

    def __init__(
        self,
        path: str,
        label: Any = None,
        *,
        needs: Sequence[str] = (),
        prefetch: Sequence[Any] = (),
        sort: str | bool = True,
        minor: bool = False,
        value: Callable[[Any], Any] | None = None,
        kinds: Sequence[str] | None = None,
        help: Any = None,
        file_only: bool = False,
    ) -> None:
        """
        sort    True: by the path, when it is a database field; False: never; a text: by that path
        minor   left out on narrow screens
        value   reads the value from the row instead of the path
        kinds   only actors of these kinds see the column ("staff", "partner", "customer")
        file_only   in exports, not on the page
        """
        self.path, self.label, self.needs, self.prefetch = path, label, tuple(needs), tuple(prefetch)
        self.sort, self.minor, self.read, self.kinds, self.help = sort, minor, value, kinds, help
        self.file_only = file_only

    @property
    def name(self) -> str:
        return self.path

    def value(self, row: Any) -> Any:
        if self.read is not None:
            return self.read(row)
        return follow(row, self.path)

    def html(self, row: Any, actor: Actor) -> SafeString:
        value = self.value(row)
        return NOTHING if value is None or value == "" else self.shown(value)

    def shown(self, value: Any) -> SafeString:
        return format_html("{}", value)

    def plain(self, row: Any) -> Any:
        """The value in an exported file: text, int, Decimal, aware datetime, date or None."""
        value = self.value(row)
        return value if isinstance(value, int | Decimal | dt.date | None) else str(value)

    def label_for(self, model: type[models.Model] | None) -> Any:
        """The header: the label given, or the field's verbose name when somebody wrote one."""
        if self.label is not None:
            return self.label
        field = field_at(model, self.path)
        own = str(getattr(field, "verbose_name", "") or "")
        if own and own != self.path.rsplit("__", 1)[-1].replace("_", " "):
            return own[:1].upper() + own[1:]
        known = _USUAL_LABELS.get(self.path.rsplit("__", 1)[-1])
        return known if known is not None else self.path.replace("__", " ").replace("_", " ").capitalize()

    def sort_path(self, model: type[models.Model] | None) -> str | None:
        """The database path that sorts this column, or None."""
        if isinstance(self.sort, str):
            return self.sort
        if not self.sort or self.read is not None:
            return None
        return self.path if field_at(model, self.path) is not None else None

    def seen_by(self, actor: Actor) -> bool:
        return self.kinds is None or actor.kind in self.kinds


class Text(Column):
    """Words. `code=True` sets them in a fixed width, for numbers of orders and ids; `cut` shortens them."""

    def __init__(
        self, path: str, label: Any = None, *, code: bool = False, cut: int = 0, **more: Any
    ) -> None:
        super().__init__(path, label, **more)
        self.code, self.cut = code, cut

    def shown(self, value: Any) -> SafeString:
        text = str(value)
        if self.cut and len(text) > self.cut:
            return format_html('<span title="{}">{}…</span>', text, text[: self.cut])
        return format_html('<span class="pc-code">{}</span>', text) if self.code else format_html("{}", text)


class Ref(Column):
    """Another row: its name, linking to its page when the reader may open it.

    Ref("customer", needs=("customer",))                      str(row.customer), page "customer"
    Ref("order_number", page="order", show="order_number")    a page found by a text
    """

    def __init__(
        self, path: str, label: Any = None, *, page: str | None = None, show: str | None = None, **more: Any
    ) -> None:
        super().__init__(path, label, **more)
        self.page, self.show = page or path.rsplit("__", 1)[-1], show

    def html(self, row: Any, actor: Actor) -> SafeString:
        target = self.value(row)
        if target is None or target == "":
            return NOTHING
        text = follow(row, self.show) if self.show else str(target)
        page = PAGES.get(self.page)
        if page is None or not page.open_to(actor) or not page.shows(actor, target):
            return format_html("{}", text)
        return format_html('<a href="{}">{}</a>', page.url_for(target), text)

    def plain(self, row: Any) -> Any:
        target = self.value(row)
        if target is None:
            return None
        return str(follow(row, self.show) if self.show else target)

    def sort_path(self, model: type[models.Model] | None) -> str | None:
        if isinstance(self.sort, str):
            return self.sort
        path = self.show or self.path
        field = field_at(model, path)
        return path if self.sort and field is not None and not field.is_relation else None


class State(Column):
    """A state of a lifecycle as a badge in its colour."""

    def shown(self, value: Any) -> SafeString:
        if not isinstance(value, Lifecycle):
            return super().shown(value)
        return format_html('<span class="pc-state pc-{}">{}</span>', value.tone, value.label)

    def plain(self, row: Any) -> Any:
        value = self.value(row)
        return None if value is None else str(value.label if isinstance(value, Lifecycle) else value)


class Sum(Column):
    """Money: right-aligned, two decimals, its currency beside it."""

    align = "end"

    def __init__(self, path: str, label: Any = None, *, signed: bool = False, **more: Any) -> None:
        super().__init__(path, label, **more)
        self.signed = signed

    def shown(self, value: Any) -> SafeString:
        assert isinstance(value, Money), f"{self.path} is not money: {value!r}"
        places = minor_digits(value.currency)
        text = f"{value.decimal:,.{places}f}".replace("-", "−")
        if self.signed and value.minor > 0:
            text = "+" + text
        tone = (
            " pc-gain"
            if self.signed and value.minor > 0
            else " pc-loss"
            if self.signed and value.minor < 0
            else ""
        )
        return format_html('<span class="pc-sum{}">{} <small>{}</small></span>', tone, text, value.currency)

    def plain(self, row: Any) -> Any:
        value = self.value(row)
        return None if value is None else value.decimal

    def currency(self, row: Any) -> str:
        value = self.value(row)
        return "" if value is None else value.currency


class Number(Column):
    """A quantity, grouped by thousands, with an optional unit."""

    align = "end"

    def __init__(self, path: str, label: Any = None, *, unit: Any = "", **more: Any) -> None:
        super().__init__(path, label, **more)
        self.unit = unit

    def shown(self, value: Any) -> SafeString:
        exact = value if isinstance(value, int) else Decimal(value).normalize()
        places = 0 if isinstance(exact, int) else max(0, -int(exact.as_tuple().exponent))
        text = f"{exact:,}" if isinstance(exact, int) else f"{exact:,.{places}f}"
        return format_html('<span class="pc-sum">{} <small>{}</small></span>', text, self.unit)


class When(Column):
    """A moment in the reader's time zone; the whole moment with its zone when pointed at."""

    def shown(self, value: Any) -> SafeString:
        here = local(value)
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            value.isoformat(),
            here.strftime("%Y-%m-%d %H:%M:%S %z"),
            here.strftime("%Y-%m-%d %H:%M"),
        )


class Day(Column):
    """A date without a time of day."""

    def shown(self, value: Any) -> SafeString:
        day = local(value).date() if isinstance(value, dt.datetime) else value
        return format_html('<time datetime="{0}">{0}</time>', day.isoformat())

    def plain(self, row: Any) -> Any:
        value = self.value(row)
        return local(value).date() if isinstance(value, dt.datetime) else value


class Flag(Column):
    """Yes or no."""

    def __init__(self, path: str, label: Any = None, *, yes: Any = None, no: Any = None, **more: Any) -> None:
        super().__init__(path, label, **more)
        self.yes, self.no = yes, no

    def shown(self, value: Any) -> SafeString:
        tone = "good" if value else "muted"
        return format_html('<span class="pc-state pc-{}">{}</span>', tone, self._words(value))

    def plain(self, row: Any) -> Any:
        return str(self._words(self.value(row)))

    def _words(self, value: Any) -> Any:
        return (self.yes or gettext("Yes")) if value else (self.no or gettext("No"))


class Choice(Column):
    """A stored value shown by its words: Choice("site", words=SITES)."""

    def __init__(self, path: str, label: Any = None, *, words: Mapping[Any, Any], **more: Any) -> None:
        super().__init__(path, label, **more)
        self.words = words

    def shown(self, value: Any) -> SafeString:
        return format_html("{}", self.words.get(value, value))

    def plain(self, row: Any) -> Any:
        value = self.value(row)
        return None if value is None else str(self.words.get(value, value))


class Words(Column):
    """Several short words: tags, permission items."""

    wraps = True

    def shown(self, value: Any) -> SafeString:
        if not value:
            return NOTHING
        return format_html_join(" ", '<span class="pc-word">{}</span>', ((word,) for word in value))

    def plain(self, row: Any) -> Any:
        return ", ".join(str(word) for word in self.value(row) or ())


class Masked(Column):
    """Personal data, hidden until the eye is pressed; revealing is recorded, exports stay masked (V1).

    kind        "mobile", "email", "name", "account" or "text": what stays visible
    permission  who may reveal, when it takes more than seeing the page
    """

    masked = True

    def __init__(
        self, path: str, label: Any = None, *, kind: str = "text", permission: str | None = None, **more: Any
    ) -> None:
        more.setdefault("sort", False)
        super().__init__(path, label, **more)
        self.kind, self.permission = kind, permission

    def shown(self, value: Any) -> SafeString:
        return format_html('<span class="pc-masked">{}</span>', mask(str(value), self.kind))

    def clear(self, row: Any) -> SafeString:
        """The cell with its eye open."""
        value = self.value(row)
        return NOTHING if value in (None, "") else format_html('<span class="pc-clear">{}</span>', value)

    def plain(self, row: Any) -> Any:
        value = self.value(row)
        return None if value in (None, "") else mask(str(value), self.kind)

    def may_reveal(self, actor: Actor) -> bool:
        return self.permission is None or actor.may(self.permission)


def local(moment: dt.datetime) -> dt.datetime:
    """The moment in the reader's time zone."""
    return moment.astimezone(timezone.get_current_timezone())


def follow(row: Any, path: str) -> Any:
    """The value at "a__b" from a row; None as soon as something on the way is absent."""
    value = row
    for part in path.split("__"):
        if value is None:
            return None
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part)
        if callable(value) and not isinstance(value, type | Lifecycle):
            value = value()
    return value


def field_at(model: type[models.Model] | None, path: str) -> Any:
    """The concrete model field at a path, or None."""
    if model is None:
        return None
    field: Any = None
    for part in path.split("__"):
        if model is None:
            return None
        try:
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        if not getattr(field, "concrete", False):
            return None
        model = field.related_model if field.is_relation else None
    return field


def column_for(model: type[models.Model] | None, given: str | Column) -> Column:
    """A column from its name alone: the kind follows from the model's field."""
    if isinstance(given, Column):
        return given
    from partner_center.foundation.fields import MoneyField, StateField

    field = field_at(model, given)
    match field:
        case MoneyField():
            return Sum(given)
        case StateField():
            return State(given)
        case models.DateTimeField():
            return When(given)
        case models.DateField():
            return Day(given)
        case models.BooleanField():
            return Flag(given)
        case models.ForeignKey():
            return Ref(given, needs=(given,))
        case models.IntegerField() | models.DecimalField():
            return Number(given)
    if given in ("created_at",) or given.endswith("_at"):
        return When(given)
    return Text(given)
