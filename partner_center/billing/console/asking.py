"""What the pages of bills ask their readers: months, headings, and which records to count."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.billing.models import BillType, ChargingMode
from partner_center.billing.models.fees import FeeRecordQuerySet
from partner_center.catalogue.models import CloudService, Region
from partner_center.console.tables import Asked
from partner_center.customers.models import AssociationType, Customer
from partner_center.customers.queries import managers_visible_to
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Site
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth

YEARS_BACK = 3
"""Bills reach back so far (spec/api/flows.md §10.14)."""

CURRENCIES = {Site.CN: "CNY", Site.INTL: "USD"}


def months(actor: Actor) -> list[tuple[str, str]]:
    """The present month and those before it that bills reach back to, the latest first."""
    present = BillMonth.of(clock.now())
    return [(str(month), str(month)) for month in (present.shifted(-n) for n in range(12 * YEARS_BACK + 1))]


def present_month(actor: Actor) -> str:
    return str(BillMonth.of(clock.now()))


def a_year_ago(actor: Actor) -> str:
    return str(BillMonth.of(clock.now()).shifted(-11))


def currencies(actor: Actor) -> list[tuple[str, str]]:
    """One for everybody but the house, whose customers are on both sites."""
    known = CURRENCIES.values() if actor.is_house else [CURRENCIES[Site(actor.site)]]
    return [(currency, currency) for currency in known]


def services(actor: Actor) -> list[tuple[str, str]]:
    return [(one.code, one.name_in(_language())) for one in CloudService.objects.all()]


def regions(actor: Actor) -> list[tuple[str, str]]:
    return [(one.code, one.name_in(_language())) for one in Region.objects.all()]


def managers(actor: Actor) -> list[tuple[str, str]]:
    if actor.kind != "partner":
        return []
    return [(str(one.pk), str(one)) for one in managers_visible_to(actor)]


MONTH = Asked("month", _("Bill month"), offered=months, default=present_month, always=True)
SINCE = Asked("since", _("From month"), offered=months, default=a_year_ago, always=True)
UNTIL = Asked("until", _("To month"), offered=months, default=present_month, always=True)
CURRENCY = Asked(
    "currency", _("Currency"), offered=currencies, default=lambda actor: currencies(actor)[0][0], always=True
)
CUSTOMER = Asked("customer", _("Customer (name or ID)")).for_kinds("staff", "partner")
SERVICE = Asked("service", _("Cloud service"), offered=services)
REGION = Asked("region", _("Region"), offered=regions)
MANAGER = Asked("manager", _("Account manager"), offered=managers).for_kinds("partner")
ASSOCIATION = Asked("association", _("Association type"), offered=AssociationType.choices).for_kinds(
    "staff", "partner"
)
MODE = Asked("mode", _("Billing mode"), offered=ChargingMode.choices, check=int)
TYPE = Asked("type", _("Bill type"), offered=BillType.choices, check=int)
FURTHER = tuple(
    Asked(name, words, hidden=True)
    for name, words in (
        ("resource_type", _("Resource type")),
        ("project", _("Enterprise project")),
        ("resource", _("Resource")),
    )
)
"""Set by following a row to what it consists of; shown as marks that can be removed."""


def narrowed(rows: FeeRecordQuerySet, asked: dict[str, Any]) -> FeeRecordQuerySet:
    """The records that the address asks for; names it does not give leave the rows alone."""
    fields = {
        "month": "month",
        "since": "month__gte",
        "until": "month__lte",
        "currency": "currency",
        "service": "service_type",
        "resource_type": "resource_type",
        "region": "region",
        "manager": "manager_id",
        "association": "association_type",
        "mode": "charging_mode",
        "type": "bill_type",
        "project": "enterprise_project_id",
        "resource": "resource_id",
    }
    found = {fields[name]: value for name, value in asked.items() if name in fields and value is not None}
    rows = rows.filter(**found)
    if words := asked.get("customer"):
        rows = rows.filter(customer_id__in=customers_called(words))
    return rows


def customers_called(words: str) -> Any:
    """The ids of customers with this id, or with these words in their name, as a subquery."""
    return Customer.objects.filter(
        Q(pk=words) | Q(name__icontains=words) | Q(account__name__icontains=words)
    ).values("pk")


def _language() -> str:
    return get_language() or "en"
