"""The price book as a file: what its lines mean, and which of them cannot be taken.

An exported file can be imported again: lines that are published already are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from partner_center.catalogue.actions.prices import Item, PriceEntry, problem_of
from partner_center.catalogue.models import PriceRow, Product, UsageType
from partner_center.catalogue.tables import Line, Rejection, moment_of, read
from partner_center.catalogue.tariffs import Tariff
from partner_center.kernel import clock

COLUMNS = (
    "cloud_service_type",
    "resource_type",
    "resource_spec",
    "region",
    "charge_mode",
    "period_type",
    "usage_factor",
    "currency",
    "begins_at",
    "price",
    "scheme",
    "tiers",
    "period_numbers",
)


@dataclass(frozen=True, slots=True)
class CheckedPrices:
    """What a file holds: prices that can be drafted, lines that cannot, and how many are published already."""

    entries: tuple[PriceEntry, ...]
    rejections: tuple[Rejection, ...]
    unchanged: int


def check_prices(content: bytes, file_name: str) -> CheckedPrices:
    """Read a file of prices and judge each line. Raises FileUnreadable."""
    lines = read(content, file_name, COLUMNS)
    products, usage_types = _products(lines), _usage_types(lines)
    known = _published(products.values())
    entries: list[PriceEntry] = []
    rejections: list[Rejection] = []
    unchanged, seen, now = 0, set[tuple[Item, datetime | None]](), clock.now()
    for line in lines:
        try:
            entry = _entry(line, products, usage_types)
        except ValueError as wrong:
            rejections.append(Rejection(line.number, str(wrong)))
            continue
        published = known.get((entry.item, entry.begins_at))
        if published is not None and published == _terms(entry):
            unchanged += 1
        elif published is not None:
            rejections.append(Rejection(line.number, _("another price is published for the same moment")))
        elif (entry.item, entry.begins_at) in seen:
            rejections.append(Rejection(line.number, _("an earlier line begins at the same moment")))
        elif reason := problem_of(entry, now):
            rejections.append(Rejection(line.number, reason))
        else:
            seen.add((entry.item, entry.begins_at))
            entries.append(entry)
    return CheckedPrices(tuple(entries), tuple(rejections), unchanged)


def price_lines(rows: Iterable[PriceRow]) -> Iterable[Sequence[Any]]:
    """The lines of an export, in the order of COLUMNS. `rows` come with product and usage type."""
    for row in rows:
        yield (
            row.product.service.code,
            row.product.resource_type.code,
            row.product.spec,
            row.product.region.code,
            row.charge_mode,
            row.period_type,
            row.usage_type.code if row.usage_type else "",
            row.currency,
            row.begins_at,
            row.unit_price,
            row.scheme,
            json.dumps(row.tiers) if row.tiers else "",
            " ".join(str(number) for number in row.period_numbers),
        )


def _entry(line: Line, products: dict[Any, Product], usage_types: dict[Any, UsageType]) -> PriceEntry:
    """Raises ValueError with a translated reason."""
    codes = (line["cloud_service_type"], line["resource_type"], line["resource_spec"], line["region"])
    product = products.get(codes)
    if product is None:
        raise ValueError(_("there is no such product"))
    usage_type = None
    if line["usage_factor"]:
        usage_type = usage_types.get((product.resource_type_id, line["usage_factor"].lower()))
        if usage_type is None:
            raise ValueError(_("there is no such billing factor"))
    return PriceEntry(
        product=product,
        charge_mode=line["charge_mode"],
        currency=line["currency"],
        begins_at=_moment(line["begins_at"]),
        price=_price(line["price"]),
        period_type=line["period_type"],
        usage_type=usage_type,
        scheme=line["scheme"] or "flat",
        tiers=_tiers(line["tiers"]),
        period_numbers=_numbers(line["period_numbers"]),
    )


def _moment(text: str) -> datetime:
    try:
        return moment_of(text)
    except ValueError:
        raise ValueError(_("begins_at is not a moment such as 2026-12-01T00:00:00+08:00")) from None


def _price(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise ValueError(_("the price is not a number")) from None


def _tiers(text: str) -> dict[str, Any]:
    """The JSON of a tariff. Raises ValueError."""
    if not text:
        return {}
    try:
        given: dict[str, Any] = json.loads(text, parse_float=str, parse_int=str)
        Tariff.read("graduated", Decimal(0), given)
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation):
        raise ValueError(_("the tiers are not JSON of steps, a free quantity or a block")) from None
    return given


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.replace(",", " ").split())
    except ValueError:
        raise ValueError(_("the terms sold are not numbers")) from None


def _products(lines: Sequence[Line]) -> dict[Any, Product]:
    rows = Product.objects.detailed().filter(spec__in={line["resource_spec"] for line in lines})
    return {(row.service.code, row.resource_type.code, row.spec, row.region.code): row for row in rows}


def _usage_types(lines: Sequence[Line]) -> dict[Any, UsageType]:
    if not any(line["usage_factor"] for line in lines):
        return {}
    return {(row.resource_type_id, row.code.lower()): row for row in UsageType.objects.all()}


def _published(products: Iterable[Product]) -> dict[Any, tuple[Any, ...]]:
    rows = PriceRow.objects.filter(product__in=list(products))
    return {
        (row.item, row.begins_at): (row.unit_price, row.scheme, row.tiers, tuple(row.period_numbers))
        for row in rows
    }


def _terms(entry: PriceEntry) -> tuple[Any, ...]:
    return (entry.price, entry.scheme, entry.canonical_tiers, entry.period_numbers)
