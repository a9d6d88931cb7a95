"""At which prices the parts of a line were charged, from where the rating says that the line stands in its tariff."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Context, Decimal

from partner_center.billing.reading.line import NOTHING
from partner_center.billing.reading.stored import Row
from partner_center.catalogue.models import Scheme

_EXACT = Context(prec=76)


def parts_at(row: Row, price: Row, tiers: Sequence[Row]) -> list[tuple[Decimal, Decimal]]:
    """The quantities of a line and the price that each was charged at; with the line's size they make its list amount.

    They follow from where the line stands in the tariff: [cum_before, cum_before + uncovered) less the free quantity.
    """
    uncovered = row["free_quantity"] + row["charged_quantity"]
    start = row["cum_before"] or NOTHING
    low = max(NOTHING, start - price["free"])
    high = max(NOTHING, start + uncovered - price["free"])
    match price["scheme"]:
        case Scheme.BLOCK.value:
            return [(_blocks(high, price["block"]) - _blocks(low, price["block"]), price["unit_price"])]
        case Scheme.GRADUATED.value:
            met = [(min(high, _upper(one, high)) - max(low, one["lower"]), one["price"]) for one in tiers]
            return [(quantity, at) for quantity, at in met if quantity > 0]
        case Scheme.VOLUME.value if row["unit_price"] is None:
            return [(high, _reached(tiers, high)), (-low, _reached(tiers, low))]
    return [(row["charged_quantity"], row["unit_price"])]


def _upper(tier: Row, high: Decimal) -> Decimal:
    upper: Decimal | None = tier["upper"]
    return high if upper is None else upper


def _reached(tiers: Sequence[Row], quantity: Decimal) -> Decimal:
    """The price of the step that a quantity lies in."""
    price: Decimal = next(one["price"] for one in tiers if one["upper"] is None or quantity <= one["upper"])
    return price


def _blocks(quantity: Decimal, block: Decimal) -> Decimal:
    return _EXACT.divide(quantity, block).to_integral_value(rounding=ROUND_CEILING, context=_EXACT)
