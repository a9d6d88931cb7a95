"""The audit trail: who did what, when, through which door."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Choice, Column, Text, When
from partner_center.console.filters import Choice as OneOf
from partner_center.console.filters import Equal, Search, Since, Until
from partner_center.console.listing import ListPage
from partner_center.console.verbs import DOORS, facts_html, verb_html
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import TrailEntry

KINDS = {
    "staff": _("Operator"),
    "system": _("System"),
    "partner": _("Partner"),
    "customer": _("Customer"),
    "nobody": _("Nobody"),
}


class FactsOfEntry(Column):
    """What the entry says beside its verb."""

    wraps = True

    def html(self, row: TrailEntry, actor: Actor) -> SafeString:
        return facts_html(row)

    def plain(self, row: TrailEntry) -> str:
        return "; ".join(f"{name}={value}" for name, value in row.facts.items())


class Deed(Text):
    """The verb in words."""

    def html(self, row: TrailEntry, actor: Actor) -> SafeString:
        return verb_html(row)


class TrailList(ListPage):
    name, path, title, permission = "trail", "trail/", _("Audit trail"), "trail.view"
    lead = _(
        "Every change and every look at personal data, oldest kept for ever. Entries cannot be changed or deleted."
    )
    source = TrailEntry.objects.visible_to
    columns = (
        When("happened_at", _("When")),
        Text("actor_name", _("Who")),
        Choice("actor_kind", _("As"), words=KINDS, minor=True),
        Deed("verb", _("Deed")),
        Text("subject_name", _("About"), cut=48),
        FactsOfEntry("facts", _("Facts"), sort=False),
        Choice("door", _("Door"), words=DOORS, minor=True),
    )
    filters = (
        Search(into=("verb", "subject_name", "actor_name"), exact=("subject_id", "request_id")),
        OneOf("door", _("Door"), offered=DOORS),
        OneOf("actor_kind", _("As"), offered=KINDS),
        Since("happened_at", _("From")),
        Until("happened_at", _("To")),
        Equal("subject_type", _("Kind of row")),
        Equal("subject_id", _("Row")),
        Equal("about_id", _("Account concerned")),
    )
