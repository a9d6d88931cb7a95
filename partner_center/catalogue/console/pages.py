"""The catalogue and the price book in the console."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.actions import (
    draft_prices,
    remove_draft_price,
    set_policy,
    withdraw_price,
)
from partner_center.catalogue.console import files as _files  # noqa: F401 - pages of their own
from partner_center.catalogue.console.forms import NewDraftForm, PolicyForm, PriceForm
from partner_center.catalogue.console.impact import Impact, impact_of
from partner_center.catalogue.console.packages import contents_of, covers_in_words
from partner_center.catalogue.models import (
    ChargeMode,
    CloudService,
    DraftPrice,
    DraftState,
    IncentiveClass,
    PeriodType,
    PriceDraft,
    PriceRow,
    Product,
    ProductPolicy,
    Region,
    Renews,
    ResourceType,
    begun,
)
from partner_center.catalogue.queries import changes_of, currency_of, draft_for, product_by_number
from partner_center.catalogue.tariffs import plain, printed
from partner_center.console.actions import Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Day, Flag, Number, Ref, State, Sum, Text, When
from partner_center.console.filters import Choice, Custom, Equal, Search, States
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Rows, Steps, Trail, Words
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock

MODES = dict(ChargeMode.choices)
TERMS = {"": "–", **dict(PeriodType.choices)}
CLASSES = dict(IncentiveClass.choices)


def _services(actor: Actor) -> Iterable[tuple[Any, Any]]:
    return [(row.pk, row.name_in(actor.language)) for row in CloudService.objects.visible_to(actor)]


def _regions(actor: Actor) -> Iterable[tuple[Any, Any]]:
    return [(row.pk, row.name_in(actor.language)) for row in Region.objects.visible_to(actor)]


class Name(Text):
    """A thing's name in the reader's language."""

    def __init__(self, path: str = "name", label: Any = None, **more: Any) -> None:
        super().__init__(path, label if label is not None else _("Name"), **more)

    def html(self, row: Any, actor: Actor) -> Any:
        return self.shown(row.name_in(actor.language))


class ServiceList(ListPage):
    name, path, title, permission = "services", "services/", _("Cloud services"), "catalogue.view"
    source = CloudService.objects.visible_to
    columns = (Name(), Text("abbreviation", _("Short")), Text("code", _("Code"), code=True))
    filters = (Search(into=("name", "name_zh", "code", "abbreviation")),)


class ResourceTypeList(ListPage):
    name, path, title, permission = "resource-types", "resource-types/", _("Resource types"), "catalogue.view"
    source = ResourceType.objects.visible_to
    columns = (
        Name(),
        Text("code", _("Code"), code=True),
        Text("service__name", _("Cloud service"), needs=("service",)),
        Text(
            "usage",
            _("Billing factors"),
            value=lambda row: ", ".join(one.code for one in row.usage_types.all()),
            prefetch=("usage_types",),
        ),
    )
    filters = (
        Search(into=("name", "name_zh", "code")),
        Choice("service", _("Cloud service"), offered=_services),
    )


class ProductList(ListPage):
    name, path, title, permission = "products", "products/", _("Products"), "catalogue.view"
    source = Product.objects.visible_to
    columns = (
        Text("spec", _("Specification"), code=True),
        Name(sort="name"),
        Text("service__abbreviation", _("Cloud service"), needs=("service",)),
        Text("region__name", _("Region"), needs=("region",)),
        Text("family", _("Family")),
        Text("linear_measure__name", _("Sold by"), needs=("linear_measure",), sort=False),
    )
    filters = (
        Search(into=("spec", "name", "name_zh", "number")),
        Choice("service", _("Cloud service"), offered=_services),
        Choice("region", _("Region"), offered=_regions),
    )
    opens = "product"


def _sold_as_package(product: Product) -> bool:
    prices = PriceRow.objects.in_force(clock.now()).filter(product=product, charge_mode=ChargeMode.PACKAGE)
    return product.is_package or prices.exists()


class ProductDetail(DetailPage):
    name, path, title, permission, parent = (
        "product",
        "products/<str:number>/",
        _("Product"),
        "catalogue.view",
        "products",
    )
    fetch = product_by_number
    left = (
        Facts(
            Text("spec", _("Specification"), code=True),
            Name(),
            Text("number", _("Product ID"), code=True),
            Text("service__code", _("Cloud service"), code=True),
            Text("resource_type__code", _("Resource type"), code=True),
            Text("region__name", _("Region")),
            Text("family", _("Family")),
            Text("linear_measure__name", _("Sold by")),
            Number("least_size", _("Smallest size")),
            Number("greatest_size", _("Largest size")),
            Flag("is_main", _("Main resource")),
        ),
        Rows(
            _("Attributes"),
            lambda actor, product: product.attributes,
            [Text("name", _("Attribute")), Text("value", _("Value")), Text("unit", _("Unit"))],
        ),
        Steps(
            also=(
                RowAction(
                    "contents", _("Contents of the package"), page="package-contents", when=_sold_as_package
                ),
            )
        ),
    )
    right = (
        Rows(
            _("Contents of the package"),
            contents_of,
            [
                Name(),
                Text("quantity", _("Quantity"), value=lambda one: plain(one.quantity)),
                Text("measure__name", _("Unit")),
                ChoiceColumn("renews", _("Renewed"), words=dict(Renews.choices)),
                Text("covers", _("Covers"), value=lambda one: covers_in_words(one, get_language() or "en")),
            ],
            when=lambda product: product.is_package,
        ),
        Rows(
            _("Prices in force"),
            lambda actor, product: _prices_of(actor, product),
            [
                ChoiceColumn("charge_mode", _("Charging mode"), words=MODES),
                ChoiceColumn("period_type", _("Term"), words=TERMS),
                Text("usage_type__code", _("Billing factor")),
                Text("terms", _("Price"), value=lambda row: _said(row)),
                When("begins_at", _("Since")),
            ],
            empty=_("Not on sale."),
        ),
    )
    bottom = (ListPanel("price-book", product="pk"), Trail(kinds=("staff",)))


def _prices_of(actor: Actor, product: Product) -> list[PriceRow]:
    rows = (
        PriceRow.objects.visible_to(actor)
        .in_force(clock.now())
        .filter(product=product, unit_price__isnull=False)
    )
    if not actor.is_house:
        rows = rows.filter(currency=currency_of(actor))
    return list(rows.select_related("usage_type"))


def _said(row: Any) -> str:
    """A price in one line: 0.7 CNY; tiers in short."""
    if row is None or not row.is_on_sale:
        return str(_("off sale"))
    tariff = row.tariff
    if tariff.scheme == "block":
        return f"{printed(tariff.price)} {row.currency} / {plain(tariff.block)}"
    if tariff.steps:
        steps = " · ".join(
            f"≤{plain(s.upto) if s.upto is not None else '∞'}: {printed(s.price)}" for s in tariff.steps
        )
        return f"{steps} {row.currency}"
    return f"{printed(tariff.price)} {row.currency}"


OFFERS = {"now": _("In force"), "coming": _("Coming"), "all": _("All")}


def _when(rows: Any, chosen: str, actor: Actor) -> Any:
    if chosen == "now":
        return rows.in_force(clock.now())
    return rows.filter(begins_at__gt=clock.now()) if chosen == "coming" else rows


class PriceBook(ListPage):
    name, path, title, permission = "price-book", "price-book/", _("Price book"), "catalogue.view"
    lead = _(
        "Each price holds until the next one of the same product and term begins. A published price stays."
    )
    kinds = ("staff",)
    source = PriceRow.objects.visible_to
    columns = (
        Ref("product", show="product__spec", page="product", needs=("product__region",)),
        Text("product__region__code", _("Region"), code=True),
        ChoiceColumn("charge_mode", _("Charging mode"), words=MODES),
        ChoiceColumn("period_type", _("Term"), words=TERMS),
        Text("usage_type__code", _("Billing factor"), needs=("usage_type",), sort=False),
        Text("currency", _("Currency")),
        Text("unit_price", _("Price a unit"), value=_said),
        When("begins_at", _("Begins")),
        Ref("draft", _("Published with"), page="price-change", needs=("draft",), minor=True, sort=False),
    )
    filters = (
        Search(into=("product__spec", "product__name", "product__name_zh")),
        Custom("when", _("When"), offers=OFFERS, narrow=_when),
        Choice("service", _("Cloud service"), offered=_services, path="product__service"),
        Choice("region", _("Region"), offered=_regions, path="product__region"),
        Choice("charge_mode", _("Charging mode"), offered=MODES),
        Choice("currency", _("Currency"), offered={"CNY": "CNY", "USD": "USD"}),
        Equal("product"),
        Equal("draft"),
    )
    order = ("product__spec", "product__region__code", "charge_mode", "period_type", "currency", "-begins_at")
    row_actions = (RowAction("withdraw", act=withdraw_price, when=lambda row: not begun(row), tone="danger"),)
    links = (
        Link(page="new-price-change", label=_("New price change")),
        Link(page="import-prices", icon="upload", primary=False),
        Link(page="price-book-file", icon="download", primary=False),
    )
    exportable = True


class PriceChangeList(ListPage):
    name, path, title, permission = "price-changes", "price-changes/", _("Price changes"), "catalogue.view"
    kinds = ("staff",)
    source = PriceDraft.objects.visible_to
    columns = (
        Text("name"),
        State("state"),
        Number("lines", _("Prices"), value=lambda draft: len(draft.prices.all()), prefetch=("prices",)),
        When("created_at"),
        When("published_at", _("Published")),
    )
    filters = (Search(into=("name",)), States("state", DraftState))
    opens = "price-change"
    links = (
        Link(page="new-price-change", label=_("New price change")),
        Link(page="import-prices", icon="upload", primary=False),
    )


def _impact(draft: PriceDraft) -> Impact:
    """Worked out once a request: several panels show parts of it."""
    found: Impact | None = vars(draft).get("impact")
    if found is None:
        found = vars(draft)["impact"] = impact_of(draft)
    return found


def _summary(actor: Actor, draft: PriceDraft) -> str:
    if draft.state is not DraftState.OPEN:
        return ""
    impact = _impact(draft)
    said = [
        ngettext(
            "%(count)s expected renewal changes by %(sum)s.",
            "%(count)s expected renewals change by %(sum)s in all.",
            one.renewals,
        )
        % {"count": one.renewals, "sum": one.difference}
        for one in impact.totals
    ]
    stopped = sum(1 for one in impact.renewals if one.after is None)
    if stopped:
        said.append(str(_("%(count)s could no longer be renewed as they are.") % {"count": stopped}))
    if impact.unpriced:
        said.append(str(_("%(count)s later renewals are not shown.") % {"count": impact.unpriced}))
    return "\n".join(said) or str(_("No subscription that exists today is affected."))


class PriceChangeDetail(DetailPage):
    name, path, title, permission, parent = (
        "price-change",
        "price-changes/<int:pk>/",
        _("Price change"),
        "catalogue.view",
        "price-changes",
    )
    kinds = ("staff",)
    fetch = draft_for
    left = (
        Facts("name", "state", "created_at", When("published_at", _("Published"))),
        Words(_("What publishing means"), _summary, tone="warning"),
        Steps(
            DraftState,
            confirm={"publish": _("Publish these prices? A price that has begun can never be changed.")},
            also=(
                RowAction(
                    "add", _("Add a price"), page="add-price", when=lambda row: row.state is DraftState.OPEN
                ),
            ),
        ),
    )
    right = (Trail(),)
    bottom = (
        Rows(
            _("Expected renewals that change"),
            lambda actor, draft: _impact(draft).renewals if draft.state is DraftState.OPEN else (),
            [
                Ref("resource", page="resource"),
                Ref("customer", page="customer"),
                Text("resource__resource_spec", _("Specification"), code=True),
                Day("expected_at", _("Expected")),
                Text("term", _("Term")),
                Flag("is_automatic", _("Automatic")),
                Sum("before", _("Before")),
                Sum("after", _("After")),
                Sum("difference", _("Difference"), signed=True),
            ],
        ),
        Rows(
            _("Pay-per-use resources charged by the new prices"),
            lambda actor, draft: _impact(draft).usages if draft.state is DraftState.OPEN else (),
            [
                Text("line__product__spec", _("Specification"), code=True),
                Text("line__usage_type__code", _("Billing factor")),
                Number("resources", _("Resources")),
                Number("customers", _("Customers")),
                When("line__begins_at", _("From")),
            ],
        ),
        Rows(
            _("Prices"),
            lambda actor, draft: changes_of(draft),
            [
                Text("item__product__spec", _("Specification"), code=True),
                Text("item__product__region__code", _("Region"), code=True),
                ChoiceColumn("item__charge_mode", _("Charging mode"), words=MODES),
                ChoiceColumn("item__period_type", _("Term"), words=TERMS),
                Text("item__usage_type__code", _("Billing factor")),
                Text("before", _("Before"), value=lambda change: _said(change.before)),
                Text("after", _("After"), value=lambda change: _said(change.after)),
                When("begins_at", _("From")),
                When("ends_at", _("Until")),
            ],
            empty=_("No prices yet."),
        ),
        ListPanel("draft-prices", draft="pk", options={"when": lambda draft: draft.state is DraftState.OPEN}),
    )


class DraftPriceList(ListPage):
    """The rows of drafts, where they can be taken out again."""

    name, path, title, permission = "draft-prices", "draft-prices/", _("Drafted prices"), "catalogue.view"
    kinds = ("staff",)
    parent = "price-changes"
    source = DraftPrice.objects.visible_to
    columns = (
        Text("product__spec", _("Specification"), code=True, needs=("product__region", "draft")),
        Text("product__region__code", _("Region"), code=True),
        ChoiceColumn("charge_mode", _("Charging mode"), words=MODES),
        ChoiceColumn("period_type", _("Term"), words=TERMS),
        Text("unit_price", _("Price a unit"), value=_said),
        Flag("withdraws", _("Takes back")),
        When("begins_at", _("Begins")),
    )
    filters = (Equal("draft"), Search(into=("product__spec",)))
    row_actions = (
        RowAction(
            "remove",
            act=remove_draft_price,
            when=lambda row: row.draft.state is DraftState.OPEN,
            tone="danger",
        ),
    )


class NewPriceChange(FormPage):
    name, path, title, parent = (
        "new-price-change",
        "price-changes/new/",
        _("New price change"),
        "price-changes",
    )
    lead = _(
        "A draft: nobody is charged by it until it is published, and before that you see whom it affects."
    )
    act, form = draft_prices, NewDraftForm
    after = "price-change"


class AddPrice(FormPage):
    name, path, title, parent = "add-price", "price-changes/<int:pk>/add/", _("Add a price"), "price-change"
    fetch, act, form, argument = draft_for, draft_prices, PriceForm, "draft"
    after = "price-change"


class PolicyList(ListPage):
    name, path, title, permission = "policies", "policies/", _("Incentive policies"), "catalogue.view"
    kinds = ("staff", "partner")
    source = ProductPolicy.objects.visible_to
    columns = (
        Text("service__name", _("Cloud service"), needs=("service",)),
        Text("service__code", _("Code"), code=True),
        ChoiceColumn("incentive_class", _("Incentive class"), words=CLASSES),
        Flag("allows_discount", _("Partner discounts apply")),
        Day("begins_at", _("From")),
    )
    filters = (
        Search(into=("service__name", "service__name_zh", "service__code")),
        Choice("incentive_class", _("Incentive class"), offered=CLASSES),
    )
    order = ("service__code", "-begins_at")
    links = (Link(page="set-policy", label=_("Set a policy")),)


class SetPolicy(FormPage):
    name, path, title, parent = "set-policy", "policies/set/", _("Set a policy"), "policies"
    act, form = set_policy, PolicyForm
    after = "policies"
