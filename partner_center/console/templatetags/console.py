"""Template words of the console."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe

from partner_center.console.navigation import menu_for
from partner_center.console.registry import PAGES

register = template.Library()

_ICONS = Path(__file__).resolve().parent.parent / "static" / "vendor" / "icons"


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One icon of the vendor set, drawn in the colour of the text around it."""
    svg = _icon(name)
    return mark_safe(svg.replace("<svg", f'<svg class="pc-icon {extra}"', 1)) if svg else SafeString("")


@lru_cache(maxsize=256)
def _icon(name: str) -> str:
    path = _ICONS / f"{name}.svg"
    if not path.exists():
        return ""
    svg = path.read_text(encoding="utf-8")
    svg = (
        svg[svg.index("<svg") :]
        .replace("\n", " ")
        .replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
    )
    return re.sub(r' class="[^"]*"', "", " ".join(svg.split()))


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> list[Any]:
    actor = getattr(context["request"], "actor", None)
    return menu_for(actor, context.get("page")) if actor is not None else []


@register.simple_tag(takes_context=True)
def head(context: dict[str, Any]) -> Any:
    """What the head of the page says to its reader, asked of settings.CONSOLE_HEAD; nothing on an error's page."""
    path = getattr(settings, "CONSOLE_HEAD", "")
    return import_string(path)(context["request"]) if path and context.get("page") is not None else None


@register.simple_tag
def page_url(name: str, row: Any = None, **place: Any) -> str:
    """The address of a page; empty when it is not installed."""
    page = PAGES.get(name)
    if page is None:
        return ""
    return page.url_for(row) if row is not None else page.url(**place)


@register.simple_tag(takes_context=True)
def may_open(context: dict[str, Any], name: str) -> bool:
    page = PAGES.get(name)
    return page is not None and page.open_to(context["request"].actor)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """A form field's input with the classes of its kind."""
    kind = field.field.widget
    match kind:
        case CheckboxSelectMultiple() | RadioSelect():
            css = ""
        case CheckboxInput():
            css = "form-check-input"
        case Select():
            css = "form-select"
        case FileInput():
            css = "form-control"
        case _:
            css = "form-control"
    attrs: dict[str, str | bool] = {
        "class": f"{kind.attrs.get('class', '')} {css}{' is-invalid' if field.errors else ''}".strip()
    }
    if field.help_text:
        attrs["aria-describedby"] = f"{field.auto_id}_help"
    return field.as_widget(attrs=attrs)


@register.filter
def is_check(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choices(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxSelectMultiple | RadioSelect)


@register.simple_tag
def data_block(value: Any, css: str) -> SafeString:
    """Data for a script of ours, as an inert JSON block."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return format_html('<script type="application/json" class="{}">{}</script>', css, mark_safe(text))


@register.simple_tag
def money(value: Any) -> SafeString:
    """A Money as lists show it."""
    from partner_center.console.columns import NOTHING, Sum

    return NOTHING if value is None else Sum("").shown(value)


@register.simple_tag
def moment(value: Any) -> SafeString:
    """A moment in the reader's time zone."""
    from partner_center.console.columns import NOTHING, When

    return NOTHING if value is None else When("").shown(value)


@register.simple_tag
def state(value: Any) -> SafeString:
    """A lifecycle state as a badge."""
    from partner_center.console.columns import NOTHING, State

    return NOTHING if value is None else State("").shown(value)
