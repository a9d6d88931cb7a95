"""Bill runs in the console: what they do, what they found, whom they parked, what moved since last month."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.billing.console import moved
from partner_center.billing.models import BillRun, BillRunState, ParkedCustomer, ParkedState
from partner_center.billing.models.runs import UNFINISHED
from partner_center.billing.runs import queries, words
from partner_center.billing.runs.actions import open_run, resume_run
from partner_center.billing.runs.deciding import retry_parked, waive_parked
from partner_center.billing.runs.parked import REASONS, UNRATED_WORDS
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag, Number, Ref, State, Sum, Text, When
from partner_center.console.filters import Choice, Equal, Search, States
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Piece, Rows, Steps, Trail
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth

BEFORE_AND_AFTER = (
    Sum("before", _("Before")),
    Sum("after", _("Now")),
    Sum("difference", _("Difference"), signed=True),
)
PRICES = (
    Text("what", _("Price")),
    Text("before", _("Before")),
    Text("after", _("Now")),
    Text("effect", _("Effect on the bill")),
)


class MonthForm(ActionForm):
    """Which month is billed."""

    month = forms.CharField(
        label=_("Bill month"),
        max_length=7,
        help_text=_("Such as 2026-03. A month that is over is closed by its run."),
    )

    def prepare(self) -> None:
        self.fields["month"].initial = str(BillMonth.of(clock.now()).previous())


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=255)


class BillRunList(ListPage):
    name, path, title, permission = "bill-runs", "bill-runs/", _("Bill runs"), "billing.view"
    kinds = ("staff",)
    lead = _("A run freezes what a month's bill is made of, rates it, checks it and posts it.")
    source = BillRun.objects.visible_to
    columns = (
        Text("month", _("Bill month")),
        Number("number"),
        State("state"),
        Flag("closes"),
        Number(
            "undecided",
            _("Awaiting a decision"),
            value=lambda run: sum(one.state is ParkedState.PARKED for one in run.parked.all()),
            prefetch=("parked",),
        ),
        Text("opened_by", minor=True),
        When("created_at", _("Opened")),
        When("posted_at"),
    )
    filters = (Search(into=("month",)), States("state", BillRunState))
    opens = "bill-run"
    links = (Link(page="new-bill-run", label=_("Bill a month")),)
    empty = _("No month has been billed yet.")


class NewBillRun(FormPage):
    name, path, title, parent = "new-bill-run", "bill-runs/new/", _("Bill a month"), "bill-runs"
    kinds = ("staff",)
    act, form = open_run, MonthForm
    after = "bill-run"
    success = _("The run is under way.")


def _progress(actor: Actor, run: BillRun) -> dict[str, Any] | None:
    busy = run.state in UNFINISHED and run.state is not BillRunState.CHECKED and not run.trouble
    if not busy and not run.trouble:
        return None
    step = run.progress.get("step", "")
    done, total = run.progress.get("done", 0), run.progress.get("total", 0)
    return {
        "busy": busy,
        "trouble": run.trouble,
        "words": words.STEPS.get(step, _("Waits for its turn")) if busy else "",
        "done": done,
        "total": total,
        "percent": done * 100 // total if total else 0,
    }


def _checks(actor: Actor, run: BillRun) -> list[dict[str, Any]]:
    return [
        {
            "name": words.CHECKS.get(one["name"], one["name"]),
            "ok": one["ok"],
            "figures": ", ".join(
                f"{words.FACTS.get(key, key)}: {_plain(value)}" for key, value in one["facts"].items()
            ),
        }
        for one in run.checks
    ]


def _plain(value: Any) -> str:
    return (", ".join(value) or "–") if isinstance(value, list) else str(value)


def _against(run: BillRun, which: str) -> dict[str, Any]:
    found: dict[str, Any] = run.comparison.get(which, {})
    return found


def _why(parked: ParkedCustomer) -> str:
    """The reason with its figures: no price in force: 3 records."""
    records, days = parked.detail.get("records", {}), parked.detail.get("days", {})
    said = [f"{UNRATED_WORDS.get(reason, reason)}: {count}" for reason, count in records.items()]
    said += [f"{words.FACTS.get(cover, cover)}: {count}" for cover, count in days.items()]
    return ", ".join(said)


class BillRunDetail(DetailPage):
    name, path, title, permission, parent = (
        "bill-run",
        "bill-runs/<int:pk>/",
        _("Bill run"),
        "billing.view",
        "bill-runs",
    )
    kinds = ("staff",)
    left = (
        Piece(_("Progress"), "billing/run_progress.html", _progress),
        Facts(
            Text("month", _("Bill month")),
            "number",
            Flag("closes"),
            Flag("posts_itself"),
            Ref("replaces", page="bill-run"),
            "opened_by",
            When("created_at", _("Opened")),
            When("snapshot_at"),
            When("rated_at"),
            When("checked_at"),
            When("posted_at"),
            When("abandoned_at"),
            "reason",
        ),
        Steps(
            BillRunState,
            forms={"abandon": ReasonForm},
            leave_out=("freeze", "rate", "check", "posted"),
            confirm={
                "post": _(
                    "Charge every customer of this run? Afterwards it can only be corrected by adjustments."
                ),
                "abandon": _("Give this run up? Nothing of it is posted."),
            },
            also=(RowAction("resume", _("Try again"), resume_run, when=lambda run: bool(run.trouble)),),
        ),
    )
    right = (
        Rows(
            _("Checks"),
            _checks,
            [
                Flag("ok", _("Holds")),
                Text("name", _("Check")),
                Text("figures", _("Figures")),
            ],
        ),
        Trail(),
    )
    bottom = (
        ListPanel("parked-customers", run="pk", options={"when": lambda run: run.parked.exists()}),
        Rows(
            _("Against last month"),
            lambda actor, run: moved.totals(_against(run, "month")),
            [Text("what", _("Currency")), *BEFORE_AND_AFTER],
        ),
        Rows(
            _("Customers that moved most since last month"),
            lambda actor, run: moved.customers(actor, _against(run, "month")),
            [Ref("customer", _("Customer")), *BEFORE_AND_AFTER],
        ),
        Rows(
            _("Services that moved most since last month"),
            lambda actor, run: moved.services(actor, _against(run, "month")),
            [Text("what", _("Cloud service")), *BEFORE_AND_AFTER],
        ),
        Rows(
            _("Prices that moved most since last month"),
            lambda actor, run: moved.prices(_against(run, "month")),
            PRICES,
        ),
        Rows(
            _("Against the run it replaces"),
            lambda actor, run: moved.totals(_against(run, "replaced")),
            [Text("what", _("Currency")), *BEFORE_AND_AFTER],
        ),
        Rows(
            _("Customers that differ from the run it replaces"),
            lambda actor, run: [
                one for one in moved.customers(actor, _against(run, "replaced")) if one.difference
            ],
            [Ref("customer", _("Customer")), *BEFORE_AND_AFTER],
        ),
    )

    @staticmethod
    def fetch(actor: Actor, pk: int) -> BillRun:
        return queries.run_for(actor, str(pk))


class ParkedList(ListPage):
    name, path, title, permission = (
        "parked-customers",
        "parked-customers/",
        _("Parked customers"),
        "billing.view",
    )
    kinds = ("staff",)
    parent = "bill-runs"
    lead = _("Customers that a run could not bill. The others were billed meanwhile.")
    source = ParkedCustomer.objects.visible_to
    columns = (
        Ref("run", page="bill-run", needs=("run",)),
        Ref("customer", needs=("customer__account",)),
        ChoiceColumn("reason", words=REASONS),
        Text("why", _("Figures"), value=_why),
        Sum("at_stake"),
        State("state"),
        Text("decision", minor=True),
        Text("decided_by", minor=True),
        When("decided_at"),
    )
    filters = (
        Search(into=("customer__name", "customer__account__name"), exact=("customer_id",)),
        States("state", ParkedState),
        Choice("reason", _("Reason"), offered=REASONS),
        Equal("run"),
        Equal("customer"),
    )
    row_actions = (
        RowAction(
            "retry",
            act=retry_parked,
            label=_("Bill again"),
            confirm=_("Bill this customer again, once its cause is mended?"),
        ),
        RowAction(
            "waive",
            act=waive_parked,
            label=_("Waive"),
            form=ReasonForm,
            tone="danger",
            confirm=_("Give up what cannot be billed, and bill the rest?"),
        ),
    )
    batches = (Batch("retry-all", _("Bill again"), retry_parked),)
    empty = _("Nobody is parked.")


todo(
    "billing.parked",
    _("Parked customers to decide about"),
    page="parked-customers",
    query={"state": ParkedState.PARKED.value},
    count=lambda actor: queries.undecided() if actor.is_house else 0,
    kinds=("staff",),
)
