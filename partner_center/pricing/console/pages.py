"""Discounts and contracts in the console; the calculator is in calculator.py."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue import tables
from partner_center.catalogue.file_pages import FileForm, file_answer, format_asked
from partner_center.catalogue.models import ChargeMode
from partner_center.catalogue.tariffs import plain
from partner_center.console.actions import Link
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Ref, State, Text, When, Words
from partner_center.console.filters import Choice, Equal, Search, Since, States
from partner_center.console.page import Page
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Steps, Trail
from partner_center.kernel import clock
from partner_center.pricing import rules
from partner_center.pricing.actions import DiscountImport, grant_discount, import_discounts, sign_contract
from partner_center.pricing.console import calculator as _calculator  # noqa: F401 - a page of its own
from partner_center.pricing.console.forms import ContractForm, DiscountForm
from partner_center.pricing.imports import COLUMNS, discount_lines
from partner_center.pricing.models import (
    Contract,
    Discount,
    DiscountKind,
    DiscountMode,
    DiscountState,
    OrderKind,
)
from partner_center.pricing.queries import contract_for, discount_for

KINDS = dict(DiscountKind.choices)
MODES = dict(DiscountMode.choices)
SCOPE = ("service", "resource_type__service", "product__region", "product__service", "region")


def _terms(discount: Discount) -> str:
    """What it does, in a few words: ×0.9, 0.65 a unit, −30.00."""
    if discount.ratio is not None:
        return f"×{rules.ratio_of(discount.ratio):f}"
    if discount.fixed_price is not None:
        return gettext("%(price)s %(currency)s a unit") % {
            "price": plain(discount.fixed_price),
            "currency": discount.currency,
        }
    if discount.threshold:
        return gettext("%(amount)s off from %(threshold)s") % {
            "amount": discount.amount_off,
            "threshold": discount.threshold,
        }
    return gettext("%(amount)s off") % {"amount": discount.amount_off}


def _scope(discount: Discount) -> list[str]:
    """What it covers; nothing means everything."""
    found: list[Any] = [discount.product, discount.region, discount.family]
    found += [discount.resource_type] if discount.resource_type else [discount.service]
    if discount.charge_mode:
        found.append(ChargeMode(discount.charge_mode).label)
    if discount.period_type:
        found.append(f"{discount.period_number or ''} {discount.period_type}".strip())
    found += [OrderKind(kind).label for kind in discount.order_kinds]
    return [str(one) for one in found if one] or [gettext("everything")]


class DiscountList(ListPage):
    name, path, title, permission = "discounts", "discounts/", _("Discounts"), "pricing.view"
    kinds = ("staff", "partner")
    source = Discount.objects.visible_to
    columns = (
        Text("name", _("Name")),
        Ref("customer", needs=("customer",)),
        ChoiceColumn("kind", _("Kind"), words=KINDS),
        Text("ratio", _("Terms"), value=_terms),
        Words("scope", _("Covers"), value=_scope, needs=SCOPE),
        State("state"),
        When("begins_at"),
        When("ends_at"),
        Ref("grantor", page="partner", needs=("grantor",), kinds=("staff",)),
    )
    filters = (
        Search(into=("name", "number", "customer__name", "customer__account__name")),
        States("state", DiscountState),
        Choice("kind", _("Kind"), offered=KINDS),
        Choice("mode", _("Mode"), offered=MODES),
        Since("begins_at"),
        Equal("customer"),
        Equal("contract"),
    )
    opens = "discount"
    links = (
        Link(page="grant-discount", label=_("Grant a discount")),
        Link(page="import-discounts", icon="upload", primary=False),
        Link(page="discounts-file", icon="download", primary=False),
    )


class MyDiscounts(ListPage):
    name, path, title, permission = "my-discounts", "my-discounts/", _("My discounts"), "pricing.view"
    kinds = ("customer",)
    source = Discount.objects.visible_to
    columns = (
        Text("name", _("Name")),
        ChoiceColumn("kind", _("Kind"), words=KINDS),
        Text("ratio", _("Terms"), value=_terms),
        Words("scope", _("Covers"), value=_scope, needs=SCOPE),
        State("state"),
        When("begins_at"),
        When("ends_at"),
    )
    filters = (Search(into=("name", "number")), States("state", DiscountState))
    opens = "discount"
    empty = _("You have no discounts. List prices apply.")


class DiscountDetail(DetailPage):
    name, path, title, permission = "discount", "discounts/<str:number>/", _("Discount"), "pricing.view"
    parent = "discounts"
    fetch = discount_for
    left = (
        Facts(
            Text("number", _("Discount ID"), code=True),
            "name",
            Ref("customer"),
            ChoiceColumn("kind", _("Kind"), words=KINDS),
            Text("terms", _("Terms"), value=_terms),
            Words("scope", _("Covers"), value=_scope),
            Ref("grantor", _("Granted by"), page="partner"),
            Ref("contract", page="contract"),
            "state",
            When("begins_at", _("Begins")),
            When("ends_at", _("Ends")),
            When("ended_at", _("Ended")),
        ),
        Steps(
            DiscountState,
            leave_out=("end",),
            confirm={"revoke": _("Take this discount back? Orders placed with it keep it.")},
        ),
    )
    right = (Trail(),)


class GrantDiscount(FormPage):
    name, path, title, parent = "grant-discount", "discounts/grant/", _("Grant a discount"), "discounts"
    act, form = grant_discount, DiscountForm
    after = "discount"


class ImportDiscounts(FormPage):
    name, path, title, parent = "import-discounts", "discounts/import/", _("Import discounts"), "discounts"
    template = "catalogue/import.html"
    act, form = import_discounts, FileForm
    after = "discounts"

    def context(self) -> dict[str, Any]:
        return {"columns": COLUMNS}

    def done(self, result: DiscountImport) -> HttpResponse:
        if result.rejections or not result.granted:
            report = {"taken": result.granted, "unchanged": result.unchanged, "rejections": result.rejections}
            return self.render(form=self.form(actor=self.actor), report=report)
        self.toast(gettext("%(count)s discounts were granted.") % {"count": result.granted})
        return self.go(self.next_address(None))


class DiscountsFile(Page):
    """The discounts that the reader may see, in the columns that the import reads: XLSX, or CSV with ?format=csv."""

    name, path, title, permission = (
        "discounts-file",
        "discounts/file/",
        _("Export discounts"),
        "pricing.view",
    )
    kinds = ("staff", "partner")
    parent = "discounts"

    def get(self) -> HttpResponse:
        file_format = format_asked(self)
        rows = Discount.objects.visible_to(self.actor).select_related(
            *SCOPE, "product__resource_type", "customer__account", "grantor__account", "contract"
        )
        content = tables.write(COLUMNS, discount_lines(rows), file_format)
        return file_answer(content, f"discounts-{clock.now():%Y%m%d}", file_format)


class ContractList(ListPage):
    name, path, title, permission = "contracts", "contracts/", _("Framework contracts"), "pricing.view"
    kinds = ("staff", "customer")
    source = Contract.objects.visible_to
    columns = (
        Text("code", _("Contract code"), code=True),
        Ref("customer", needs=("customer",), kinds=("staff",)),
        When("begins_at"),
        When("ends_at"),
    )
    filters = (Search(into=("code", "customer__name")), Equal("customer"))
    opens = "contract"
    links = (Link(page="sign-contract", label=_("New contract")),)


class ContractDetail(DetailPage):
    name, path, title, permission = (
        "contract",
        "contracts/<str:number>/",
        _("Framework contract"),
        "pricing.view",
    )
    parent = "contracts"
    kinds = ("staff", "customer")
    fetch = contract_for
    left = (
        Facts(
            Text("code", _("Contract code"), code=True), Ref("customer"), When("begins_at"), When("ends_at")
        ),
    )
    bottom = (ListPanel("discounts", contract="pk"), Trail(kinds=("staff",)))


class SignContract(FormPage):
    name, path, title, parent = "sign-contract", "contracts/sign/", _("New contract"), "contracts"
    act, form = sign_contract, ContractForm
    after = "contract"
