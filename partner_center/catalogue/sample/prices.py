"""From a spec's list price to the rows of the price book: two currencies, terms, usages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from partner_center.catalogue.actions import PriceEntry
from partner_center.catalogue.models import Product, UsageType
from partner_center.catalogue.sample.specs import Spec

CURRENCIES = {"CNY": Decimal(1), "USD": Decimal("0.15")}
MONTHS = tuple(range(1, 12))
YEARS = (1, 2, 3, 4, 5)
YEAR_IN_MONTHS = 10
"""A year costs ten months."""


def entries_of(
    product: Product,
    spec: Spec,
    factor: Decimal,
    usage_types: Mapping[tuple[int, str], UsageType],
) -> Iterator[PriceEntry]:
    """Every first price of `product`, from its publication on."""
    for currency, rate in CURRENCIES.items():
        times = factor * rate
        if spec.month is not None:
            month = cents(spec.month * times)
            yield PriceEntry(product, "period", currency, None, month, "month", period_numbers=MONTHS)
            yield PriceEntry(
                product, "period", currency, None, month * YEAR_IN_MONTHS, "year", period_numbers=YEARS
            )
        for code, (price, scheme, tiers) in spec.metered.items():
            yield PriceEntry(
                product,
                "on_demand",
                currency,
                None,
                fine(price * times),
                usage_type=usage_types[product.resource_type_id, code],
                scheme=scheme,
                tiers=_times(tiers, times),
            )
        for mode, once in (("one_time", spec.once), ("package", spec.package)):
            if once is not None:
                yield PriceEntry(product, mode, currency, None, cents(once * times))


def cents(price: Decimal) -> Decimal:
    """A list price as it is printed: two decimals, and never nothing."""
    return max(price.quantize(Decimal("0.01"), ROUND_HALF_UP), Decimal("0.01"))


def fine(price: Decimal) -> Decimal:
    """A metered list price: six decimals at most, and never nothing."""
    return max(price.quantize(Decimal("0.000001"), ROUND_HALF_UP), Decimal("0.000001"))


def _times(tiers: dict[str, Any], times: Decimal) -> dict[str, Any]:
    if "steps" not in tiers:
        return tiers
    steps = [{**step, "price": f"{fine(Decimal(step['price']) * times):f}"} for step in tiers["steps"]]
    return {**tiers, "steps": steps}
