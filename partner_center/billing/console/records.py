"""Fee records (流水账单): each amount charged or given back, by which means, and one of them on a page of its own."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.billing.console import asking
from partner_center.billing.models import MEANS, BillType, ChargingMode, FeeRecord, FeeStatus
from partner_center.billing.models.fees import RATED, FeeRecordQuerySet
from partner_center.billing.naming import with_names
from partner_center.billing.sums import MEANS_WORDS
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Column, Number, Ref, Sum, Text, When
from partner_center.console.filters import Choice, Custom, Equal, Search, Since, Until
from partner_center.console.listing import ListPage
from partner_center.console.pages import DetailPage
from partner_center.console.panels import Facts, Piece, Rows, Trail
from partner_center.console.registry import PAGES
from partner_center.customers.models import AssociationType
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import NotFound

NOT_CUSTOMERS = ("staff", "partner")
BILL_TABS = ("bill", "fee-records", "resource-records", "bill-lines")


def named_records(actor: Actor) -> FeeRecordQuerySet:
    """The records the actor may see, with names in its language."""
    return with_names(FeeRecord.objects.visible_to(actor), get_language() or "en")


def fee_record_for(actor: Actor, number: str) -> FeeRecord:
    """The record, if the actor may see it. Raises NotFound otherwise."""
    found = named_records(actor).select_related("customer__account").filter(number=number)
    record = found.first()
    if record is None:
        raise NotFound()
    return record


def _without_zero(rows: QuerySet[FeeRecord], chosen: str, actor: Actor) -> QuerySet[FeeRecord]:
    return rows.exclude(consume=0) if chosen == "1" else rows


_MEANS_COLUMNS: tuple[Column, ...] = tuple(
    Sum(name, words, file_only=True) for name, words in MEANS_WORDS.items()
)


class FeeRecordList(ListPage):
    name, path, title, permission = "fee-records", "fee-records/", _("Fee records"), "billing.view"
    tabs, carried = BILL_TABS, ("month",)
    source = named_records
    order = ("-happened_at", "-id")
    columns = (
        Text("month", _("Bill month")),
        When("happened_at", _("Time")),
        Ref("customer", needs=("customer__account",), kinds=NOT_CUSTOMERS),
        ChoiceColumn("bill_type", words=dict(BillType.choices)),
        Text("service_name", _("Cloud service"), sort="service_type"),
        Text("kind_name", _("Resource type"), sort="resource_type", file_only=True),
        Text("region_name", _("Region"), sort="region", minor=True),
        Text("resource_name", minor=True, cut=24),
        Text("resource_id", code=True, file_only=True),
        ChoiceColumn("charging_mode", words=dict(ChargingMode.choices), file_only=True),
        Sum("official", minor=True),
        Sum("discount", minor=True),
        Sum("erase", file_only=True),
        Sum("consume"),
        *_MEANS_COLUMNS,
        ChoiceColumn("status", words=dict(FeeStatus.choices)),
        Ref("order_number", page="order", show="order_number", file_only=True),
        Text("trade_id", code=True, file_only=True),
        Text("number", code=True, file_only=True),
    )
    filters = (
        Search(
            label=_("Order, transaction or resource"),
            into=("resource_name",),
            exact=("order_number", "trade_id", "resource_id", "number"),
        ),
        Choice("month", _("Bill month"), offered=asking.months),
        Search(
            "customer_name",
            _("Customer (name or ID)"),
            into=("customer__name", "customer__account__name"),
            exact=("customer_id",),
        ).for_kinds(*NOT_CUSTOMERS),
        Choice("service", _("Cloud service"), offered=asking.services, path="service_type"),
        Choice("region", _("Region"), offered=asking.regions),
        Choice("type", _("Bill type"), offered=BillType.choices, path="bill_type"),
        Choice("mode", _("Billing mode"), offered=ChargingMode.choices, path="charging_mode"),
        Choice("status", offered=FeeStatus.choices),
        Choice("manager", _("Account manager"), offered=asking.managers, path="manager_id").for_kinds(
            "partner"
        ),
        Choice(
            "association", _("Association type"), offered=AssociationType.choices, path="association_type"
        ).for_kinds(*NOT_CUSTOMERS),
        Since("day", _("From")),
        Until("day", _("To")),
        Custom("hide_zero", _("Amounts of zero"), offers={"1": _("Hide")}, narrow=_without_zero),
        Equal("customer"),
        Equal("resource_id"),
        Equal("order_number"),
    )
    opens = "fee-record"
    empty = _("Nothing has been charged yet.")

    def tone_of(self, row: FeeRecord) -> str:
        return "warning" if row.status == FeeStatus.UNSETTLED else ""


def _paid_with(actor: Actor, row: FeeRecord) -> list[dict[str, Any]]:
    return [
        {"means": MEANS_WORDS[name], "amount": getattr(row, name)} for name in MEANS if getattr(row, name)
    ]


def _behind(actor: Actor, row: FeeRecord) -> dict[str, Any] | None:
    """What the amount consists of: the lines of its settlement group."""
    page = PAGES["bill-lines"]
    if row.bill_type not in RATED or not page.open_to(actor):
        return None
    about = {
        "month": row.month,
        "customer": row.customer_id,
        "service": row.service_type,
        "resource_type": row.resource_type,
        "region": row.region,
        "mode": row.charging_mode,
        "type": row.bill_type,
    }
    if actor.kind == "customer":
        del about["customer"]
    return {"address": f"{page.url()}?{urlencode({name: value for name, value in about.items() if value})}"}


class FeeRecordDetail(DetailPage):
    name, path, title = "fee-record", "fee-records/<str:number>/", _("Fee record")
    permission, parent = "billing.view", "fee-records"
    fetch = fee_record_for
    left = (
        Facts(
            Text("number", code=True),
            Ref("customer", kinds=NOT_CUSTOMERS),
            Text("month"),
            When("happened_at"),
            ChoiceColumn("bill_type", words=dict(BillType.choices)),
            ChoiceColumn("charging_mode", words=dict(ChargingMode.choices)),
            ChoiceColumn("status", words=dict(FeeStatus.choices)),
            Text("service_name", _("Cloud service")),
            Text("kind_name", _("Resource type")),
            Text("region_name", _("Region")),
            Text("resource_spec"),
            Text("resource_name"),
            Text("resource_id", code=True),
            Text("cycle"),
            Ref("order_number", page="order", show="order_number"),
            Text("trade_id", code=True),
            When("effective_at"),
            When("expires_at"),
            Text("reason"),
        ),
    )
    right = (
        Facts(
            Sum("official"),
            Sum("discount"),
            Sum("erase"),
            Sum("consume"),
            Number("cut_off", _("Cut off below the smallest unit")),
            Ref("entry_id", _("Ledger entry"), page="ledger-entry", kinds=("staff",)),
            title=_("Amounts"),
        ),
        Rows(_("Paid with"), _paid_with, (Text("means", _("Means")), Sum("amount"))),
        Piece(_("What it consists of"), "billing/behind.html", _behind),
    )
    bottom = (Trail(),)
