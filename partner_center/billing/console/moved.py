"""A comparison of two ratings as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from partner_center.catalogue.models import CloudService, Region
from partner_center.catalogue.tariffs import plain
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of a comparison. `customer` is set where it is one's."""

    what: str
    before: Money
    after: Money
    customer: Customer | None = None

    @property
    def difference(self) -> Money:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class MovedPrice:
    """A price a unit, before and after, and what the change makes at today's quantity."""

    what: str
    before: str
    after: str
    effect: str


def totals(comparison: Mapping[str, Any]) -> list[Moved]:
    return [_moved(row["currency"], row) for row in comparison.get("totals", ())]


def customers(actor: Actor, comparison: Mapping[str, Any]) -> list[Moved]:
    """Those whose sum moved most and whom the actor may see."""
    rows = comparison.get("customers", ())
    known = (
        Customer.objects.visible_to(actor)
        .select_related("account")
        .in_bulk([row["customer_id"] for row in rows])
    )
    return [
        _moved(str(known[row["customer_id"]]), row, known[row["customer_id"]])
        for row in rows
        if row["customer_id"] in known
    ]


def services(actor: Actor, comparison: Mapping[str, Any]) -> list[Moved]:
    """By service and region."""
    rows = comparison.get("services", ())
    named = _names(CloudService.objects.visible_to(actor), (row["service_type"] for row in rows), actor)
    placed = _names(Region.objects.visible_to(actor), (row["region"] for row in rows), actor)
    return [
        _moved(
            f"{named.get(row['service_type'], row['service_type'])} · {placed.get(row['region'], row['region'])}",
            row,
        )
        for row in rows
    ]


def prices(comparison: Mapping[str, Any]) -> list[MovedPrice]:
    return [
        MovedPrice(
            f"{row['resource_spec']} · {row['region']} · {row['usage_type']}",
            f"{_trimmed(row['before'])} {row['currency']}",
            f"{_trimmed(row['after'])} {row['currency']}",
            f"{_trimmed(row['effect'])} {row['currency']}",
        )
        for row in comparison.get("prices", ())
    ]


def _moved(what: str, row: Mapping[str, Any], customer: Customer | None = None) -> Moved:
    currency = row["currency"]
    return Moved(what, Money(row["before"], currency), Money(row["after"], currency), customer)


def _names(rows: Any, codes: Iterable[str], actor: Actor) -> dict[str, str]:
    return {row.code: row.name_in(actor.language) for row in rows.filter(code__in=set(codes))}


def _trimmed(text: str) -> str:
    return plain(Decimal(text))
