"""Resources: yearly/monthly and pay-per-use, what expires soon, and what renews itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import Product, Region
from partner_center.console.actions import Link
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Number, Ref, State, Sum, Text, When
from partner_center.console.filters import AnyOf, Choice, Custom, Equal, Search, Since, States, Until
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Rows, Steps, Trail
from partner_center.console.todos import todo
from partner_center.customers.queries import own_customer
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.subscriptions.actions import clear_unified_day, open_on_demand, set_renewal_setting
from partner_center.subscriptions.console.deeds import BATCHES, CLOSE, DEEDS, ORDERS, RENEW_CHOSEN, RENEWALS
from partner_center.subscriptions.console.forms import UNITS, OpenForm, RenewalSettingsForm
from partner_center.subscriptions.models import (
    AutoRenewal,
    ClosedBecause,
    ExpirePolicy,
    LeasePeriod,
    OnDemandResource,
    OnDemandState,
    Resource,
    ResourceState,
)
from partner_center.subscriptions.naming import product_description, size_of, spec_and_size
from partner_center.subscriptions.queries import (
    any_resource_for,
    on_demand_for,
    product_sold_pay_per_use,
    products_sold_pay_per_use,
    renewal_setting_of,
    with_children,
)
from partner_center.subscriptions.renewals import renewal_prices
from partner_center.subscriptions.rules import Term

NOT_CUSTOMERS = ("staff", "partner")
POLICIES = dict(ExpirePolicy.choices)
MOST_SEARCHED = 200
"""Resource ids in one search (features H7, X1)."""
SOON = {"7": _("In 7 days"), "15": _("In 15 days"), "30": _("In 30 days"), "expired": _("Expired")}


class OfOrder(Equal):
    """Those that an order opened, renewed or changed."""

    def apply(self, rows: Any, value: str, actor: Actor) -> Any:
        return rows.of_order(value)


def _with_face(rows: Any, face: str) -> Any:
    return rows.with_face(next(one for one in ResourceState if one.value == face))


def _expiring(rows: Any, chosen: str, actor: Actor) -> Any:
    if chosen == "expired":
        return rows.filter(state__in=(ResourceState.GRACE, ResourceState.RETENTION))
    now = clock.now()
    return rows.expiring_within(now, now + timedelta(days=int(chosen)))


def _main_only(rows: Any, chosen: str, actor: Actor) -> Any:
    return rows.main() if chosen == "main" else rows.filter(main_resource__isnull=False)


def _service(product: Product) -> str:
    return product.service.name_in(get_language() or "en")


def _regions(actor: Actor) -> list[tuple[str, str]]:
    return [(one.code, one.name_in(actor.language)) for one in Region.objects.visible_to(actor)]


WHAT = (
    Text("name", value=str, sort="name", cut=28),
    Text("resource_id", code=True, minor=True, cut=8),
    Ref("customer", needs=("customer__account",), kinds=NOT_CUSTOMERS),
    Text("resource_spec", value=spec_and_size, needs=("product__linear_measure",), sort="resource_spec"),
    Text("region", minor=True),
)


class ResourceList(ListPage):
    name, path, title, permission = (
        "resources",
        "resources/",
        _("Yearly/monthly resources"),
        "subscriptions.view",
    )
    source = Resource.objects.visible_to
    columns = (
        *WHAT,
        State("face", _("State"), needs=("customer",), sort="state"),
        When("expires_at"),
        ChoiceColumn("expire_policy", words=POLICIES),
    )
    filters = (
        Search(into=("name", "resource_spec", "customer__name"), exact=("resource_id", "customer_id")),
        Choice(
            "face", _("State"), offered=[(one.value, one.label) for one in ResourceState], narrow=_with_face
        ),
        Search("service", _("Cloud service"), into=("cloud_service_type",)),
        Search("region", _("Region"), into=("region",)),
        Choice("expire_policy", offered=ExpirePolicy.choices),
        Custom("due", _("Expires"), offers=SOON, narrow=_expiring),
        Custom(
            "part",
            _("Kind"),
            offers={"main": _("Main resources"), "children": _("Attached")},
            narrow=_main_only,
        ),
        Since("expires_at"),
        Until("expires_at"),
        Equal("customer"),
        OfOrder("order", _("Order"), path="order_number"),
    )
    opens = "resource"
    row_actions = DEEDS
    batches = BATCHES
    empty = _("No yearly/monthly resources yet.")

    def tone_of(self, row: Resource) -> str:
        return {"warning": "warning", "bad": "bad", "muted": "muted"}.get(row.face.tone, "")


class ResourceDetail(DetailPage):
    name, path, title = "resource", "resources/<str:resource_id>/", _("Resource")
    permission, parent = "subscriptions.view", "resources"
    fetch = any_resource_for
    state = "face"
    left = (
        Facts(
            Text("resource_id", code=True),
            Ref("customer", kinds=NOT_CUSTOMERS),
            Text("product", _("Product"), value=lambda one: product_description(one, get_language() or "en")),
            Text("cloud_service_type", code=True),
            Text("resource_type", code=True),
            Text("resource_spec", code=True),
            Text("size", value=size_of),
            Text("region"),
            Text("available_zone"),
            Text("enterprise_project_id"),
            Ref("main_resource", page="resource"),
        ),
        Steps(also=DEEDS),
    )
    right = (
        Facts(
            When("begins_at"),
            When("expires_at"),
            ChoiceColumn("expire_policy", words=POLICIES),
            When("due_at", _("Moves on by itself")),
            When("closed_at"),
            ChoiceColumn("closed_because", words=dict(ClosedBecause.choices)),
            Ref("order_number", page="order"),
            Ref("order_in_hand", page="order"),
            title=_("Time"),
        ),
        Facts(
            ChoiceColumn("auto_renewal__unit", _("Each time by one"), words=dict(UNITS)),
            Number("auto_renewal__times", _("Times (0: without limit)")),
            Number("auto_renewal__done", _("Times done")),
            When("auto_renewal__attempted_at", _("Last attempt")),
            Text("auto_renewal__failure", _("Why it failed")),
            title=_("Automatic renewal"),
            when=lambda one: one.renews_itself and one.is_main,
        ),
    )
    bottom = (
        Rows(
            _("Purchased periods"),
            lambda actor, one: LeasePeriod.objects.visible_to(actor).filter(resource=one),
            (
                ChoiceColumn("kind", words=dict(LeasePeriod.Kind.choices)),
                Ref("order_number", page="order"),
                When("begins_at"),
                When("ends_at"),
                Sum("official"),
                Sum("payable"),
                Sum("cash", minor=True),
                Sum("credit", minor=True),
                State("state"),
                When("ended_at", minor=True),
            ),
            model=LeasePeriod,
        ),
        Rows(
            _("Attached resources"),
            lambda actor, one: with_children(one)[1:],
            (
                Ref("self", _("Resource"), page="resource", value=lambda one: one),
                Text("resource_spec"),
                Text("size", value=size_of),
                State("face", _("State")),
                When("expires_at"),
            ),
            model=Resource,
        ),
        Trail(),
    )


class RenewalList(ListPage):
    """What its customer has to decide about soon. The file also says what renewing would cost (features H7)."""

    name, path, title, permission = "renewals", "renewals/", _("Renewals"), "subscriptions.view"
    order = ("expires_at",)
    columns = (
        *WHAT,
        State("face", _("State"), needs=("customer",), sort="state"),
        When("expires_at"),
        Number("days_left", _("Days left"), sort="expires_at"),
        ChoiceColumn("expire_policy", words=POLICIES),
        Sum("month_price", _("Renewal for one month"), sort=False, file_only=True),
        Sum("year_price", _("Renewal for one year"), sort=False, file_only=True),
    )
    filters = (
        Custom("due", _("Expires"), offers=SOON, narrow=_expiring),
        Search(into=("name", "resource_spec", "customer__name"), exact=("resource_id", "customer_id")),
        AnyOf("ids", _("Resource IDs (up to 200)"), path="resource_id", most=MOST_SEARCHED),
        Choice("expire_policy", offered=ExpirePolicy.choices),
        Since("expires_at"),
        Until("expires_at"),
        Equal("customer"),
    )
    opens = "resource"
    row_actions = (*ORDERS, *RENEWALS)
    batches = (*RENEW_CHOSEN, *BATCHES)
    links = (Link(page="renewal-settings", icon="settings", primary=False),)
    rows_a_turn = 200
    empty = _("Nothing to renew.")

    @staticmethod
    def source(actor: Actor) -> Any:
        return Resource.objects.visible_to(actor).main().open()

    def fixed_rows(self, fixed: Any, start: int, count: int) -> list[Any]:
        """With the prices of today, quoted together."""
        rows = super().fixed_rows(fixed, start, count)
        for name, unit in (("month_price", "month"), ("year_price", "year")):
            prices = renewal_prices(rows, Term(unit, 1))  # type: ignore[arg-type]
            for row in rows:
                setattr(row, name, prices.get(row.pk))
        return rows

    def tone_of(self, row: Resource) -> str:
        return "" if row.state is ResourceState.IN_USE else "warning"


class AutoRenewalList(ListPage):
    """Which resources renew themselves, and how that went."""

    name, path, title = "auto-renewals", "auto-renewals/", _("Automatic renewals")
    permission = "subscriptions.view"
    source = AutoRenewal.objects.visible_to
    order = ("resource__expires_at",)
    columns = (
        Text("resource", needs=("resource__customer__account",), sort="resource__name"),
        Ref("resource__customer", _("Customer"), kinds=NOT_CUSTOMERS),
        When("resource__expires_at", _("expires")),
        ChoiceColumn("unit", _("Each time by one"), words=dict(UNITS)),
        Number("times", _("Times (0: without limit)")),
        Number("done"),
        When("attempted_at"),
        Text("failure", cut=60),
    )
    filters = (
        Search(into=("resource__name", "resource__customer__name"), exact=("resource__resource_id",)),
        Custom(
            "last",
            _("Last attempt"),
            offers={"failed": _("Failed")},
            narrow=lambda rows, chosen, actor: rows.exclude(failure=""),
        ),
        Equal("customer", path="resource__customer"),
    )
    opens, opens_with = "resource", "resource"
    links = (Link(page="renewal-settings", icon="settings", primary=False),)
    empty = _("No resource renews itself.")

    def tone_of(self, row: AutoRenewal) -> str:
        return "warning" if row.failure else ""


class RenewalSettings(FormPage):
    """The account's deduction day and unified expiry day."""

    name, path, title = "renewal-settings", "renewals/settings/", _("Renewal settings")
    parent = "renewals"
    kinds = ("customer",)
    fetch, act, form = own_customer, set_renewal_setting, RenewalSettingsForm
    button, success = _("Save"), _("The settings are saved.")

    def run(self, form: Any) -> Any:
        facts = form.arguments()
        if facts["unified_day"] is None and renewal_setting_of(self.subject.pk).unified_day is not None:
            clear_unified_day(self.actor, customer=self.subject)
        return set_renewal_setting(self.actor, customer=self.subject, **facts)


class OnDemandList(ListPage):
    name, path, title = "on-demand-resources", "on-demand-resources/", _("Pay-per-use resources")
    permission = "subscriptions.view"
    source = OnDemandResource.objects.visible_to
    columns = (*WHAT, State("state"), When("opened_at"), When("ends_at", _("Ends"), sort=False))
    filters = (
        Search(into=("name", "resource_spec", "customer__name"), exact=("resource_id", "customer_id")),
        States("state", OnDemandState),
        Search("service", _("Cloud service"), into=("cloud_service_type",)),
        Search("region", _("Region"), into=("region",)),
        Since("opened_at"),
        Until("opened_at"),
        Equal("customer"),
    )
    opens = "on-demand-resource"
    row_actions = (CLOSE,)
    links = (Link(page="on-demand-products", label=_("Open")),)
    empty = _("No pay-per-use resources yet.")


class OnDemandProducts(ListPage):
    """What can be opened; choosing one leads to the form."""

    name, path, title = "on-demand-products", "on-demand-products/", _("Open a pay-per-use resource")
    parent, permission, kinds = "on-demand-resources", "subscriptions.open_on_demand", ("customer",)
    columns = (
        Text("name", value=lambda one: one.name_in(get_language() or "en")),
        Text("spec", _("Specification"), code=True),
        Text("service__name", _("Cloud service"), needs=("service",), value=_service),
        Text("region__code", _("Region"), needs=("region",)),
        Text("linear_measure__name", _("Sold by"), needs=("linear_measure",), sort=False, minor=True),
    )
    filters = (
        Search(into=("spec", "name", "name_zh")),
        Choice("region", _("Region"), path="region__code", offered=_regions),
        Search("service", _("Cloud service"), into=("service__code", "service__name", "service__name_zh")),
    )
    opens = "open-on-demand"
    exportable = False

    @staticmethod
    def source(actor: Actor) -> Any:
        return products_sold_pay_per_use(actor)


class OpenOnDemand(FormPage):
    """Open the chosen product; it is charged from now on."""

    name, path = "open-on-demand", "on-demand-products/<str:number>/"
    title, parent, kinds = _("Open"), "on-demand-products", ("customer",)
    fetch, act, form, argument = product_sold_pay_per_use, open_on_demand, OpenForm, "product"
    after = "on-demand-resource"
    success = _("The resource is open and charged from now on.")

    def run(self, form: Any) -> Any:
        customer = own_customer(self.actor)
        return open_on_demand(self.actor, customer=customer, product=self.subject, **form.arguments())


class OnDemandDetail(DetailPage):
    name, path = "on-demand-resource", "on-demand-resources/<str:resource_id>/"
    title, permission, parent = _("Pay-per-use resource"), "subscriptions.view", "on-demand-resources"
    fetch = on_demand_for
    left = (
        Facts(
            Text("resource_id", code=True),
            Ref("customer", kinds=NOT_CUSTOMERS),
            Text("product", _("Product"), value=lambda one: product_description(one, get_language() or "en")),
            Text("cloud_service_type", code=True),
            Text("resource_type", code=True),
            Text("resource_spec", code=True),
            Text("size", value=size_of),
            Text("region"),
            Text("available_zone"),
            Text("enterprise_project_id"),
            Ref("main_resource", page="on-demand-resource"),
            Ref("converted_from", page="resource"),
            When("opened_at"),
            When("ends_at", _("Ends")),
        ),
        Steps(also=(CLOSE,)),
    )
    bottom = (Trail(),)


todo(
    "subscriptions.expiring",
    _("Resources that expire within 7 days"),
    page="renewals",
    query={"due": "7"},
    count=lambda actor: _expiring(RenewalList.source(actor), "7", actor).count(),
    kinds=("customer", "partner"),
    icon="calendar-time",
)
todo(
    "subscriptions.expired",
    _("Expired resources to renew or release"),
    page="renewals",
    query={"due": "expired"},
    count=lambda actor: _expiring(RenewalList.source(actor), "expired", actor).count(),
    kinds=("customer", "partner"),
    tone="bad",
    icon="alert-triangle",
)
