"""Customer alerts, what to be alerted of, and the account's own balance alert."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.alerts import (
    handle_alert,
    set_alert_thresholds,
    subscribe_to_alerts,
)
from partner_center.channel.actions.alerts_balances import clear_balance_alert, set_balance_alert
from partner_center.channel.console.alerts_forms import (
    BalanceAlertForm,
    HandleForm,
    SubscriptionForm,
    ThresholdsForm,
)
from partner_center.channel.models.alerts import AlertResult, AlertState, Category, CustomerAlert, Scene
from partner_center.channel.queries.alerts import alert_for, own_account
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Ref, State, Text, When
from partner_center.console.filters import Choice, Custom, Equal, Search, Since, States, Until
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Steps, Trail
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor

SCENES, CATEGORIES, RESULTS = dict(Scene.choices), dict(Category.choices), dict(AlertResult.choices)


def _mine(rows: Any, chosen: str, actor: Actor) -> Any:
    return rows.to_handle_by(actor)


HANDLE = RowAction("handle", act=handle_alert, form=HandleForm, kinds=("partner",))


class CustomerAlertList(ListPage):
    name, path, title = "customer-alerts", "customer-alerts/", _("Customer alerts")
    permission = "customers.view_alerts"
    kinds = ("staff", "partner")
    source = CustomerAlert.objects.visible_to
    columns = (
        ChoiceColumn("scene", _("Alert scene"), words=SCENES),
        ChoiceColumn("category", words=CATEGORIES, minor=True),
        Text("title", _("Alert"), sort=False),
        Ref("customer", needs=("customer__account",)),
        Text("owner", _("Handled by whom"), needs=("customer__account_manager", "partner"), sort=False),
        State("state"),
        ChoiceColumn("result", words=RESULTS),
        When("created_at", _("Found")),
        When("handled_at", minor=True),
    )
    filters = (
        Search(
            into=("customer__name", "customer__account__name", "customer__account_manager__name"),
            exact=("customer_id", "customer__account_manager__login"),
        ),
        States("state", AlertState),
        Choice("scene", _("Alert scene"), offered=Scene.choices),
        Choice("category", offered=Category.choices),
        Choice("result", offered=AlertResult.choices),
        Custom("whose", _("Whose"), offers={"mine": _("Mine to handle")}, narrow=_mine),
        Since("created_at", _("Found since")),
        Until("created_at", _("Found until")),
        Equal("customer"),
        Equal("partner"),
    )
    opens = "customer-alert"
    row_actions = (HANDLE,)
    batches = (Batch("handle-chosen", act=handle_alert, form=HandleForm, kinds=("partner",)),)
    links = (
        Link(page="alert-subscription", label=_("Subscribe"), icon="bell", primary=False),
        Link(page="alert-thresholds", label=_("Thresholds"), icon="settings", primary=False),
    )
    lead = _("Looked for every morning at six, Beijing time. The customer's account manager handles them.")
    empty = _("No alerts.")

    def tone_of(self, row: CustomerAlert) -> str:
        return "warning" if row.state is AlertState.OPEN else ""


class CustomerAlertDetail(DetailPage):
    name, path, title = "customer-alert", "customer-alerts/<int:pk>/", _("Customer alert")
    permission, parent = "customers.view_alerts", "customer-alerts"
    kinds = ("staff", "partner")
    fetch = alert_for
    left = (
        Facts(
            Text("title", _("Alert")),
            ChoiceColumn("scene", _("Alert scene"), words=SCENES),
            ChoiceColumn("category", words=CATEGORIES),
            Ref("customer"),
            Ref("partner"),
            Text("owner", _("Handled by whom")),
            When("created_at", _("Found")),
            When("over_at"),
        ),
        Steps(also=(HANDLE,)),
    )
    right = (
        Facts(
            ChoiceColumn("result", words=RESULTS),
            Text("note"),
            Text("handled_by__name", _("Handled by")),
            When("handled_at"),
            title=_("What became of it"),
            when=lambda alert: alert.state is AlertState.HANDLED,
        ),
    )
    bottom = (Trail(),)


class AlertThresholds(FormPage):
    name, path, title = "alert-thresholds", "customer-alerts/thresholds/", _("Alert thresholds")
    kinds, parent = ("partner",), "customer-alerts"
    act, form = set_alert_thresholds, ThresholdsForm
    button, success = _("Save"), _("The settings are saved.")


class AlertSubscriptionPage(FormPage):
    name, path = "alert-subscription", "customer-alerts/subscription/"
    title = _("Subscribe to customer alerts")
    kinds, parent = ("partner",), "customer-alerts"
    act, form = subscribe_to_alerts, SubscriptionForm
    button, success = _("Save"), _("The settings are saved.")
    lead = _("You are told once a day of new alerts, at the address and number of your user.")


class BalanceAlertPage(FormPage):
    """The account's own; an international resale customer has no balance to watch and is told so."""

    name, path, title = "balance-alert", "balance-alert/", _("Balance alert")
    kinds, parent = ("partner", "customer"), "balances"
    fetch, act, form, argument = own_account, set_balance_alert, BalanceAlertForm, "account"
    button, success = _("Save"), _("The settings are saved.")

    def run(self, form: Any) -> Any:
        facts = form.arguments()
        if not facts.pop("on"):
            return clear_balance_alert(self.actor, account=self.subject)
        return set_balance_alert(self.actor, account=self.subject, **facts)


todo(
    "channel.alerts",
    _("Customer alerts to handle"),
    page="customer-alerts",
    query={"state": AlertState.OPEN.value, "whose": "mine"},
    count=lambda actor: CustomerAlert.objects.to_handle_by(actor).count(),
    kinds=("partner",),
    icon="bell",
)
