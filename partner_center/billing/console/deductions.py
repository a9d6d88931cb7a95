"""What resource packages covered, deduction by deduction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.billing.console.lines import day
from partner_center.billing.reading import Names
from partner_center.billing.reading.coverage import DeductionPage, deductions_of
from partner_center.billing.reading.names import unit_name
from partner_center.console.columns import Number, Text, When
from partner_center.console.tables import Asked, Listed, Table, TablePage
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING
from partner_center.metering.models import PackageItem
from partner_center.metering.queries import packages_shown

MOST_DAYS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Deducted:
    """One deduction with its names."""

    package: str
    item: str
    resource_id: str
    kind: str
    factor: str
    begins_at: datetime
    ends_at: datetime
    quantity: Decimal
    available: Decimal
    remaining: Decimal
    unit: str


@dataclass(frozen=True)
class DeductionsOf:
    """The deductions of one customer's items within some days."""

    customer_id: str
    first: date
    last: date
    items: dict[int, PackageItem]
    language: str

    @cached_property
    def total(self) -> int:
        return self._asked(0, 1).total

    def part(self, start: int, stop: int) -> Sequence[Deducted]:
        found = self._asked(start, stop - start).deductions
        names = Names.of(found, self.language)
        return [
            Deducted(
                str(item.package),
                item.name_in(self.language),
                one.resource_id,
                names.resource_type(one.service_type, one.resource_type) or "",
                one.usage_type,
                one.begins_at,
                one.ends_at,
                one.quantity,
                one.available,
                one.remaining,
                unit_name(item.measure.name_in(self.language)),
            )
            for one in found
            for item in (self.items[one.item_id],)
        ]

    @property
    def pin(self) -> Any:
        return None

    def _asked(self, offset: int, limit: int) -> DeductionPage:
        return deductions_of(
            self.customer_id, self.first, self.last, item_ids=self.items, offset=offset, limit=limit
        )


def _today(actor: Actor) -> date:
    return clock.now().astimezone(BEIJING).date()


def _first_of_month(actor: Actor) -> date:
    return _today(actor).replace(day=1)


class PackageDeductions(TablePage):
    """A customer's own; the operator's staff come here from a package."""

    name, path, title = "package-deductions", "package-deductions/", _("Package deductions")
    permission, kinds = "billing.view", ("customer", "staff")
    lead = _("What resource packages covered of use that ended within at most 90 days.")
    filters = (
        Asked("since", _("From"), check=day, default=_first_of_month),
        Asked("until", _("To"), check=day, default=_today),
        Asked("package", _("package ID")),
    )
    columns = (
        When("ends_at", _("Deducted")),
        Text("package", _("Package"), cut=28),
        Text("item", _("Item")),
        Text("kind", _("Resource type")),
        Text("resource_id", _("Resource ID"), code=True, minor=True),
        Text("factor", _("Billing factor"), minor=True),
        Number("quantity", _("Used")),
        Number("available", _("Before"), minor=True),
        Number("remaining", _("Left")),
        Text("unit", _("Unit")),
        When("begins_at", _("Used from"), minor=True),
    )
    empty = _("Packages have covered nothing in this time.")

    def table(self) -> Table:
        packages = packages_shown(self.actor)
        if self.asked["package"]:
            packages = packages.filter(number=self.asked["package"])
        owner = packages.values_list("customer_id", flat=True).first()
        if owner is None or (self.actor.is_house and not self.asked["package"]):
            return Listed([])
        rows = PackageItem.objects.visible_to(self.actor).filter(package__in=packages)
        first, last = self.asked["since"], self.asked["until"]
        return DeductionsOf(
            owner,
            max(first, last - MOST_DAYS),
            last,
            rows.select_related("package__product__region", "measure").in_bulk(),
            get_language() or "en",
        )
