"""The trail's verbs and facts in words: button, audit verb and permission share them (architecture.md §15)."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import NOTHING
from partner_center.foundation.action import ACTIONS
from partner_center.foundation.fields import StateField
from partner_center.foundation.models import TrailEntry
from partner_center.kernel.lifecycle import Lifecycle

DOORS = {
    "console": _("Console"),
    "wire": _("API"),
    "native": _("Native API"),
    "job": _("Job"),
    "command": _("Command"),
    "landing": _("Invitation page"),
}
NAMES = {"before": _("before"), "after": _("after"), "field": _("field"), "amount": _("amount")}
_OWN = {
    "personal_data.revealed": _("Looked at personal data"),
    "console.export_downloaded": _("Downloaded an export"),
}
_LONGEST = 60


def verb_html(entry: TrailEntry) -> SafeString:
    """The deed in the reader's language, its name when pointed at."""
    words = verb_words(entry.verb)
    if words is None:
        return format_html('<span class="pc-code">{}</span>', entry.verb)
    return format_html('<span title="{}">{}</span>', entry.verb, words)


def verb_words(verb: str) -> Any:
    """What an action or a step of a lifecycle is called on its button; None when nobody named it."""
    if verb in _OWN:
        return _OWN[verb]
    action = ACTIONS.get(verb)
    return _step_labels().get(verb) or (action.label if action is not None else None) or None


def facts_html(entry: TrailEntry) -> SafeString:
    """What the entry says beside its verb: states in words, the rest as it was written down."""
    if not entry.facts:
        return NOTHING
    return format_html_join(
        "",
        '<span class="pc-fact"><i>{}</i> {}</span>',
        ((NAMES.get(name, name), _said(entry, name, value)) for name, value in entry.facts.items()),
    )


def _said(entry: TrailEntry, name: str, value: Any) -> Any:
    if name in ("before", "after", "state"):
        for lifecycle in _lifecycles().get(entry.subject_type, ()):
            if value in {state.value for state in lifecycle}:
                return lifecycle(value).label
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


@cache
def _lifecycles() -> dict[str, list[type[Lifecycle]]]:
    """The lifecycles of each kind of row, by its label."""
    return {
        model._meta.label_lower: [
            field.lifecycle for field in model._meta.get_fields() if isinstance(field, StateField)
        ]
        for model in apps.get_models()
    }


@cache
def _step_labels() -> dict[str, Any]:
    """ "order.pay" → the step's label."""
    return {
        f"{label.partition('.')[2]}.{step.name}": step.label
        for label, lifecycles in _lifecycles().items()
        for lifecycle in lifecycles
        for step in lifecycle.steps()
    }
