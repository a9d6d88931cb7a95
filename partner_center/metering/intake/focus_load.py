"""A FOCUS file taken in whole: its price book, its resources and its usage, as of its own time.

What a line's SKU is becomes a usage type of its service with the line's list price, what it ran on a pay-per-use
resource of the customer its sub-account belongs to. Prices and resources begin at the first moment the file speaks of,
so its months are rated as they were. The same file again changes nothing; the file of the next month adds what is new.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from partner_center.catalogue.actions import (
    PriceEntry,
    ProductEntry,
    RegionEntry,
    ResourceTypeEntry,
    ServiceEntry,
    UsageTypeEntry,
    define_products,
    define_regions,
    define_services,
    publish_prices,
)
from partner_center.catalogue.models import ChargeMode, Product, UsageType
from partner_center.catalogue.queries import price_or_none
from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.metering.errors import FocusNotLoadable
from partner_center.metering.intake.files import digest_of_file
from partner_center.metering.intake.focus import FocusLine, read_focus
from partner_center.metering.intake.focus_check import hindrance
from partner_center.metering.intake.receiving import receive
from partner_center.metering.intake.records import Chunk, Delivery, rows_of
from partner_center.metering.models import Source, UsageBatch
from partner_center.subscriptions.actions import open_on_demand
from partner_center.subscriptions.models import OnDemandResource

KIND = "usage"
"""The one resource type of each service: what FOCUS calls a resource has any of the service's SKUs."""
COUNT = 14
MEASURES = {"hour": 4, "hours": 4, "hrs": 4, "gb": 10, "mb": 11, "tb": 9, "gb-hours": 22, "gb-hour": 22}
"""Measures of the dictionary by pricing units; any other unit is counted by the piece and named in the usage type."""


@dataclass(slots=True)
class _Contents:
    """What a file speaks of."""

    services: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    usage_types: dict[tuple[str, str], str] = field(default_factory=dict)
    products: set[tuple[str, str]] = field(default_factory=set)
    prices: dict[tuple[str, str, str, str], set[Decimal]] = field(default_factory=lambda: defaultdict(set))
    resources: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    begins: int | None = None

    def take(self, line: FocusLine, customer_id: str) -> None:
        begin, price = line.seconds("ChargePeriodStart"), line.figure("ListUnitPrice")
        assert begin is not None and price is not None
        service, region, sku = service_of(line), region_of(line), sku_of(line)
        self.begins = begin if self.begins is None else min(self.begins, begin)
        self.services[service] = line.text("ServiceName")
        self.regions[region] = line.text("RegionName") or region
        self.usage_types[service, sku] = line.text("PricingUnit")
        self.products.add((service, region))
        self.prices[service, region, sku, line["BillingCurrency"] or "USD"].add(price)
        name = line.text("ResourceId") or line.text("ServiceName")
        self.resources[resource_of(line)] = (customer_id, service, region, name[-128:])


def load_focus(
    actor: Actor,
    path: Path,
    customers: Mapping[str, str],
    *,
    told: Callable[[Chunk], None] = lambda chunk: None,
) -> UsageBatch:
    """Take a file in. customers: our customer of each sub-account; "" for all others.

    Raises UsageFileUnreadable, FocusNotLoadable, and what `receive` raises.
    """
    contents, currencies = _Contents(), set()
    for lines, _read in read_focus(path):
        for line in lines:
            customer_id = _customer_of(line, customers)
            if not hindrance(line) and customer_id:
                contents.take(line, customer_id)
                currencies.add((customer_id, line["BillingCurrency"] or "USD"))
    if contents.begins is None:
        raise FocusNotLoadable(name=path.name, reason=_("no line has a customer, a price and a quantity"))
    for customer_id, currency in sorted(currencies):
        customer = Customer.objects.select_related("account").filter(pk=customer_id).first()
        if customer is None:
            raise FocusNotLoadable(
                name=path.name, reason=_("there is no customer {customer}").format(customer=customer_id)
            )
        if customer.account.currency != currency:
            raise FocusNotLoadable(
                name=path.name,
                reason=_("the customer {customer} pays in {own}, the file in {currency}").format(
                    customer=customer_id, own=customer.account.currency, currency=currency
                ),
            )
    begins = datetime.fromtimestamp(contents.begins, UTC)
    if begins > clock.now():
        raise FocusNotLoadable(name=path.name, reason=_("it speaks of the future"))
    with clock.at(begins):
        enter_focus(actor, contents=contents)
    return receive(actor, _delivery(path, customers), told=told)


@action("metering.enter_focus", permission="metering.receive")
def enter_focus(actor: Actor, *, contents: _Contents) -> None:
    """Bring catalogue, prices and resources up to what a file speaks of, all or nothing, as of now."""
    usage: dict[str, list[UsageTypeEntry]] = defaultdict(list)
    for (service, sku), unit in sorted(contents.usage_types.items()):
        name = f"{sku} ({unit})" if unit else sku
        usage[service].append(UsageTypeEntry(sku, name[:128], name[:128], MEASURES.get(unit.lower(), COUNT)))
    define_services(
        actor,
        services=[
            ServiceEntry(code, name, name, name[:64], [ResourceTypeEntry(KIND, name, name, usage[code])])
            for code, name in sorted(contents.services.items())
        ],
    )
    define_regions(
        actor, regions=[RegionEntry(code, name, name, []) for code, name in sorted(contents.regions.items())]
    )
    wanted = sorted(contents.products)
    defined = define_products(
        actor,
        products=[
            ProductEntry(
                service, KIND, service, region, contents.services[service], contents.services[service]
            )
            for service, region in wanted
        ],
    )
    products = dict(zip(wanted, defined, strict=True))
    _publish(actor, contents, products)
    known = set(
        OnDemandResource.objects.filter(resource_id__in=contents.resources).values_list(
            "resource_id", flat=True
        )
    )
    customers = Customer.objects.select_related("account").in_bulk(
        {customer_id for customer_id, *_rest in contents.resources.values()}
    )
    for resource_id, (customer_id, service, region, name) in contents.resources.items():
        if resource_id not in known:
            open_on_demand(
                actor,
                customer=customers[customer_id],
                product=products[service, region],
                name=name,
                resource_id=resource_id,
            )


def service_of(line: FocusLine) -> str:
    """The code of the line's service."""
    return _code("focus", line.text("ProviderName"), line.text("ServiceName"))


def region_of(line: FocusLine) -> str:
    return _code(line["RegionId"] or "global")


def sku_of(line: FocusLine) -> str:
    """The code of the line's usage type: what has a price of its own."""
    return _code(line["SkuPriceId"] or line.text("SkuId"), line.text("PricingUnit"))


def resource_of(line: FocusLine) -> str:
    """A resource id of ours for what the line ran on; without a name it is the sub-account's use of the service."""
    words = ("ProviderName", "SubAccountId", "BillingAccountId", "ServiceName", "RegionId", "ResourceId")
    return _digest(*(line.text(word) for word in words))


def _publish(actor: Actor, contents: _Contents, products: Mapping[tuple[str, str], Product]) -> None:
    usage_types = {
        (one.resource_type.service.code, one.code): one
        for one in UsageType.objects.filter(
            resource_type__code=KIND, resource_type__service__code__in=contents.services
        ).select_related("resource_type__service")
    }
    entries = []
    for (service, region, sku, currency), prices in sorted(contents.prices.items()):
        if len(prices) > 1:
            raise FocusNotLoadable(
                name=sku, reason=_("it has several list prices in {region}").format(region=region)
            )
        (price,) = prices
        product, usage_type = products[service, region], usage_types[service, sku]
        present = price_or_none(
            product,
            charge_mode=ChargeMode.ON_DEMAND,
            currency=currency,
            at=clock.now(),
            usage_type=usage_type,
        )
        if present is None or present.unit_price != price:
            entries.append(
                PriceEntry(product, ChargeMode.ON_DEMAND, currency, None, price, usage_type=usage_type)
            )
    publish_prices(actor, prices=entries)


def _delivery(path: Path, customers: Mapping[str, str]) -> Delivery:
    digest = digest_of_file(path)
    return Delivery(
        batch_id=f"file-{digest[:32]}",
        source=Source.FOCUS,
        sha256=digest,
        chunks=lambda: _chunks(path, customers),
        file_name=path.name,
        size=path.stat().st_size,
        completes=True,
    )


def _chunks(path: Path, customers: Mapping[str, str]) -> Iterator[Chunk]:
    for lines, read in read_focus(path):
        records: list[dict[str, Any]] = [
            {
                "customer_id": _customer_of(line, customers),
                "resource_id": resource_of(line),
                "usage_type": sku_of(line),
                "usage_value": line["PricingQuantity"],
                "begin_time": line.seconds("ChargePeriodStart"),
                "end_time": line.seconds("ChargePeriodEnd"),
            }
            for line in lines
        ]
        yield Chunk(rows_of(records), lambda n, lines=lines: lines[n].original, read)  # type: ignore[misc]


def _customer_of(line: FocusLine, customers: Mapping[str, str]) -> str:
    return customers.get(line.text("SubAccountId")) or customers.get("", "")


def _code(*words: str) -> str:
    """A code of at most 64 characters; a longer one ends in a digest of itself."""
    code = ".".join(word.strip().lower().replace(" ", "-") for word in words if word.strip()) or "-"
    return code if len(code) <= 64 else f"{code[:47]}.{_digest(code)[:16]}"


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:32]
