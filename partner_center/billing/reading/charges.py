"""Which fee records charged which part of a settlement group: so every line finds the charge that it was part of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from partner_center.billing.models.fees import GROUP, RATED, FeeRecord
from partner_center.billing.reading.line import NOTHING
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth

SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Charge:
    """One fee record and the part [low, high) of its group's sum that it charged and has not given back."""

    fee_id: int
    trade_id: str
    low: Decimal
    high: Decimal


def charges_of(customer_ids: Iterable[str], month: BillMonth) -> dict[str, list[Charge]]:
    """The charges of every settlement group of these customers' month, from its first cent to its last."""
    rows = FeeRecord.objects.of_month(month).of_customers(customer_ids).filter(bill_type__in=RATED)
    found: dict[str, list[Charge]] = defaultdict(list)
    # Straight from the columns: a month that is charged every hour has thousands of records.
    for *group, currency, minor, fee_id, trade_id in rows.order_by("id").values_list(
        *GROUP, "currency", "consume", "id", "trade_id"
    ):
        amount = Money(_minor(minor), currency).decimal
        _lay(found[SEPARATOR.join(map(str, group))], Charge(fee_id, trade_id, NOTHING, amount))
    return found


def charge_at(charges: Sequence[Charge], start: Decimal) -> Charge | None:
    """The charge in which a line that begins at `start` lies; what begins after the last was cut off with it."""
    return next((one for one in charges if start < one.high), charges[-1] if charges else None)


def charges_within(charges: Sequence[Charge], low: Decimal, high: Decimal) -> list[Charge]:
    """Those that a stretch of the group's sum has a part of."""
    met = [one for one in charges if one.low < high and low < one.high]
    at = charge_at(charges, low)
    return met or ([at] if at else [])


def group_text(row: Any) -> str:
    """A settlement group's columns as one text, as data files have it too."""
    return SEPARATOR.join(str(getattr(row, name)) for name in GROUP)


def _lay(charges: list[Charge], charge: Charge) -> None:
    """On top of what was charged before; what gives something back takes it from the top."""
    edge = charges[-1].high if charges else NOTHING
    upto = edge + charge.high
    if charge.high >= 0:
        charges.append(replace(charge, low=edge, high=upto))
        return
    while charges and charges[-1].low >= upto:
        charges.pop()
    if charges:
        charges[-1] = replace(charges[-1], high=min(charges[-1].high, upto))


def _minor(value: Any) -> int:
    return int(getattr(value, "minor", value))
