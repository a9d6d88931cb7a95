"""What a month would have cost with a price change: asked, rated in the background, shown by customer and service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.billing.console import moved
from partner_center.billing.console.runs import PRICES
from partner_center.billing.models import Rating, RatingKind, RatingState
from partner_center.billing.runs.actions import simulate
from partner_center.billing.runs.queries import simulation_for
from partner_center.catalogue.models import PriceDraft
from partner_center.console.actions import Link
from partner_center.console.columns import Ref, State, Sum, Text, When
from partner_center.console.filters import Search, States
from partner_center.console.forms import ActionForm, RowChoice
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Chart, Facts, Piece, Rows, Steps, Trail
from partner_center.foundation.actor import Actor

AS_IF = (
    Sum("before", _("As billed")),
    Sum("after", _("With the change")),
    Sum("difference", _("Difference"), signed=True),
)


def _billed_months() -> Iterable[tuple[str, str]]:
    rows = Rating.objects.ready().filter(kind=RatingKind.CLOSE, run__is_supplement=False)
    return [(month, month) for month in sorted(set(rows.values_list("month", flat=True)), reverse=True)]


class SimulationForm(ActionForm):
    """Which change, on which month."""

    draft = RowChoice(label=_("Price change"), source=PriceDraft.objects.visible_to)
    month = forms.ChoiceField(
        label=_("Bill month"), help_text=_("A month that has been rated by a bill run.")
    )

    def prepare(self) -> None:
        self.fields["draft"].narrow_to(self.actor)  # type: ignore[attr-defined]
        self.fields["month"].choices = _billed_months()  # type: ignore[attr-defined]


def _simulations(actor: Actor) -> Any:
    return Rating.objects.visible_to(actor).filter(kind=RatingKind.SIMULATION)


class SimulationList(ListPage):
    name, path, title, permission = (
        "price-simulations",
        "price-simulations/",
        _("Price simulations"),
        "billing.view",
    )
    kinds = ("staff",)
    lead = _("What a month would have cost if a price change had been in force for all of it.")
    source = _simulations
    columns = (
        Ref("draft", page="price-change", needs=("draft",)),
        Text("month", _("Bill month")),
        State("state"),
        When("created_at", _("Asked")),
    )
    filters = (Search(into=("draft__name", "month")), States("state", RatingState))
    opens = "price-simulation"
    links = (Link(page="new-price-simulation", label=_("Simulate a price change")),)
    empty = _("No price change has been simulated yet.")


class NewSimulation(FormPage):
    name, path, title, parent = (
        "new-price-simulation",
        "price-simulations/new/",
        _("Simulate a price change"),
        "price-simulations",
    )
    kinds = ("staff",)
    act, form = simulate, SimulationForm
    after = "price-simulation"
    success = _("The simulation is under way.")


def _progress(actor: Actor, rating: Rating) -> dict[str, Any] | None:
    busy = rating.state is RatingState.RATING
    if not busy and not rating.trouble:
        return None
    return {"busy": busy, "trouble": rating.trouble, "words": _("Rating") if busy else "", "total": 0}


def _chart(actor: Actor, rating: Rating) -> dict[str, Any] | None:
    rows = moved.customers(actor, rating.comparison)[:10]
    if not rows:
        return None
    return {
        "kind": "bar",
        "labels": [one.what for one in rows],
        "series": [
            {"name": str(_("As billed")), "values": [f"{one.before.decimal:f}" for one in rows]},
            {"name": str(_("With the change")), "values": [f"{one.after.decimal:f}" for one in rows]},
        ],
    }


class SimulationDetail(DetailPage):
    name, path, title, permission, parent = (
        "price-simulation",
        "price-simulations/<int:pk>/",
        _("Price simulation"),
        "billing.view",
        "price-simulations",
    )
    kinds = ("staff",)
    fetch = simulation_for
    left = (
        Piece(_("Progress"), "billing/run_progress.html", _progress),
        Facts(
            Ref("draft", page="price-change"),
            Text("month", _("Bill month")),
            Ref("base__run", _("Bill run"), page="bill-run"),
            When("created_at", _("Asked")),
            "engine",
        ),
        Steps(),
    )
    right = (
        Rows(
            _("In all"),
            lambda actor, rating: moved.totals(rating.comparison),
            [Text("what", _("Currency")), *AS_IF],
        ),
        Trail(),
    )
    bottom = (
        Chart(_("Customers"), _chart),
        Rows(
            _("Customers that would pay most more or less"),
            lambda actor, rating: moved.customers(actor, rating.comparison),
            [Ref("customer", _("Customer")), *AS_IF],
        ),
        Rows(
            _("Services"),
            lambda actor, rating: moved.services(actor, rating.comparison),
            [Text("what", _("Cloud service")), *AS_IF],
        ),
        Rows(_("Prices"), lambda actor, rating: moved.prices(rating.comparison), PRICES),
    )
