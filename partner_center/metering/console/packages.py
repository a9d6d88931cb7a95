"""Resource packages: what one holds, what is left of it, what is sold, and what the operator gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.fields import PRICE_PLACES
from partner_center.catalogue.models import (
    PackageKind,
    PackageOffer,
    Product,
    Region,
    Renews,
)
from partner_center.catalogue.tariffs import plain, printed
from partner_center.console.actions import Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Number, Ref, State, Sum, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Rows, Steps, Trail
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.metering.actions import grant_package, unsubscribe_package
from partner_center.metering.models import (
    Package,
    PackageItem,
    PackageSource,
    PackageState,
    PackageUse,
)
from partner_center.metering.queries import left_in, package_for, packages_on_sale, packages_shown

NOT_CUSTOMERS = ("staff", "partner")
KINDS = dict(PackageKind.choices)
RENEWALS = dict(Renews.choices)
UNSUBSCRIBE = RowAction(
    "unsubscribe",
    act=unsubscribe_package,
    kinds=("staff",),
    tone="danger",
    confirm=_("The package covers nothing from now on. No money goes back by this."),
)


def _language() -> str:
    return get_language() or "en"


def _unit(item: PackageItem) -> str:
    return item.measure.name_in(_language()).partition("(")[0].partition("（")[0].strip()


def _left_words(item: PackageItem) -> str:
    """ "69.5 of 100 hours"; what is there each hour is told as such."""
    if item.per_hour:
        return str(_("{quantity} {unit} each hour")).format(quantity=plain(item.quantity), unit=_unit(item))
    left = left_in(item, clock.now())
    return str(_("{left} of {quantity} {unit}")).format(
        left=plain(left.remaining), quantity=plain(left.original), unit=_unit(item)
    )


def _items_of(package: Package) -> list[PackageItem]:
    return list(package.items.all())


def _regions(actor: Actor) -> list[tuple[str, str]]:
    return [(one.code, one.name_in(actor.language)) for one in Region.objects.visible_to(actor)]


class PackageList(ListPage):
    name, path, title, permission = "packages", "packages/", _("Resource packages"), "subscriptions.view"
    source = packages_shown
    columns = (
        Text("name", value=str, sort="name", needs=("product__region",), cut=28),
        Text("number", code=True, minor=True, cut=8),
        Ref("customer", needs=("customer__account",), kinds=NOT_CUSTOMERS),
        Text("product", value=lambda one: one.product.name_in(_language()), sort="product__name"),
        ChoiceColumn("kind", words=KINDS),
        State("state"),
        Text(
            "left",
            _("Left"),
            value=lambda one: " · ".join(_left_words(item) for item in _items_of(one)),
            prefetch=("items__measure", "items__uses"),
        ),
        When("begins_at"),
        When("ends_at"),
    )
    filters = (
        Search(into=("name", "product__name", "product__name_zh", "product__spec"), exact=("number",)),
        States("state", PackageState),
        Choice("kind", offered=PackageKind.choices),
        Choice("region", _("Region"), path="product__region__code", offered=_regions),
        Since("ends_at"),
        Until("ends_at"),
        Equal("customer"),
        Equal("order", _("Order"), path="order_number"),
    )
    opens = "package"
    row_actions = (UNSUBSCRIBE,)
    links = (
        Link(page="package-products", label=_("Buy")),
        Link(page="grant-package"),
        Link(page="package-deductions", primary=False),
    )
    empty = _("No resource packages yet.")


def _covered(item: PackageItem) -> str:
    """What an item covers, in words: usage types with the product or region they are narrowed to."""
    language = _language()
    told = []
    for scope in item.scopes.all():
        narrowed = scope.product or scope.region
        name = f" ({narrowed.name_in(language)})" if narrowed else ""
        told.append(f"{scope.usage_type.name_in(language)}{name}")
    return ", ".join(told)


def _detailed_items(actor: Actor, package: Package) -> list[PackageItem]:
    rows = PackageItem.objects.visible_to(actor).filter(package=package)
    return list(
        rows.select_related("package", "measure").prefetch_related(
            "uses", "scopes__usage_type", "scopes__product", "scopes__region"
        )
    )


def _uses(actor: Actor, package: Package) -> list[PackageUse]:
    rows = PackageUse.objects.visible_to(actor).filter(item__package=package)
    return list(rows.select_related("item__measure").order_by("-month", "item__position", "cycle"))


class PackageDetail(DetailPage):
    name, path, title = "package", "packages/<str:number>/", _("Resource package")
    permission, parent = "subscriptions.view", "packages"
    fetch = package_for
    left = (
        Facts(
            Text("number", code=True),
            Ref("customer", kinds=NOT_CUSTOMERS),
            Text("product", value=lambda one: one.product.name_in(_language())),
            Text("product__spec", _("Specification"), code=True),
            Text("product__region__code", _("Region"), code=True),
            ChoiceColumn("kind", words=KINDS),
            ChoiceColumn("source", words=dict(PackageSource.choices)),
            Ref("order_number", page="order"),
            Text("reason", kinds=("staff",)),
            Text("enterprise_project_id"),
            Sum("payable", _("Paid for")),
            When("begins_at"),
            When("ends_at"),
        ),
        Steps(also=(UNSUBSCRIBE,)),
    )
    right = (
        Rows(
            _("What is in it"),
            _detailed_items,
            (
                Text("name", value=lambda item: item.name_in(_language())),
                Text("covers", _("Covers"), value=_covered),
                Text("left", _("Left"), value=_left_words),
                ChoiceColumn("renews", words=RENEWALS),
                Number("priority", minor=True),
            ),
            model=PackageItem,
        ),
    )
    bottom = (
        Rows(
            _("Used month by month"),
            _uses,
            (
                Text("month"),
                Text("item", _("Item"), value=lambda use: use.item.name_in(_language())),
                Text("cycle", _("Renewed for")),
                Text("quantity", value=lambda use: f"{plain(use.quantity)} {_unit(use.item)}"),
            ),
            model=PackageUse,
            empty=_("Nothing has been used yet."),
        ),
        Trail(),
    )


def _price(product: Product) -> str:
    raw, currency = vars(product)["price_e10"], vars(product)["priced_in"]
    return f"{printed(Decimal(raw).scaleb(-PRICE_PLACES))} {currency}"


def _validity(product: Product) -> str:
    offer: PackageOffer = product.package
    return f"{offer.valid_number} {offer.get_valid_unit_display()}"


class PackageProducts(ListPage):
    """What is sold; choosing one leads to the order."""

    name, path, title = "package-products", "package-products/", _("Packages on sale")
    permission, kinds = "catalogue.view", ("customer", "staff")
    columns = (
        Text("name", _("Name"), value=lambda one: one.name_in(_language())),
        Text("spec", _("Specification"), code=True),
        Text("region__code", _("Region"), needs=("region",)),
        ChoiceColumn("package__kind", _("Kind"), words=KINDS, needs=("package",)),
        Text("validity", _("Valid for"), value=_validity),
        Text("price", _("Price"), value=_price),
    )
    filters = (
        Search(into=("spec", "name", "name_zh")),
        Choice("region", _("Region"), path="region__code", offered=_regions),
        Choice("kind", _("Kind"), path="package__kind", offered=PackageKind.choices),
    )
    opens = "buy-package"
    exportable = False
    empty = _("No packages are sold.")

    @staticmethod
    def source(actor: Actor) -> Any:
        return packages_on_sale(actor)


class GrantForm(ActionForm):
    """Whom to give which package, and why."""

    customer = forms.CharField(label=_("Customer ID"), max_length=64)
    product = forms.CharField(
        label=_("Product"),
        help_text=_("Specification and region, such as obs.pkg.standard.100gb@cn-north-4"),
        max_length=320,
    )
    reason = forms.CharField(label=_("Reason"), max_length=255)

    def clean_customer(self) -> Customer:
        found = (
            Customer.objects.visible_to(self.actor)
            .select_related("account")
            .filter(pk=self.cleaned_data["customer"].strip())
            .first()
        )
        if found is None:
            raise ValidationError(_("There is no such customer."))
        return found

    def clean_product(self) -> Product:
        spec, _at, region = self.cleaned_data["product"].strip().rpartition("@")
        found = list(
            Product.objects.visible_to(self.actor)
            .detailed()
            .filter(spec=spec, region__code=region, package__isnull=False)[:2]
        )
        if len(found) != 1:
            raise ValidationError(_("There is no such package, or more than one."))
        return found[0]


class GrantPackage(FormPage):
    name, path, title, parent = "grant-package", "packages/grant/", _("Grant a resource package"), "packages"
    kinds = ("staff",)
    act, form = grant_package, GrantForm
    after = "package"
    success = _("The customer has the package.")
