"""One line of a bill, whether it came from usage or from an order, and how many places of it are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from partner_center.billing.reading.ids import LineId
from partner_center.billing.rules import truncated

PLACES = 8
"""Bill details go up to eight places (flows §10.12); what is charged is cents."""
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or what a resource's lines of a day or month come to. Amounts are whole units with up to 8 places.

    id: None where several lines are told as one. day: the Beijing day it counts on; None for a whole month.
    official - discount - cut_off = amount; amount is the sum of `means`, by the names of MEANS. What is rated and
    not charged yet counts as debt: nobody has paid it.
    usage is as it was reported, in usage_measure_id; package_usage in the measure of the price.
    """

    id: LineId | None
    month: str
    day: date | None
    customer_id: str
    bill_type: int
    charging_mode: int
    service_type: str
    resource_type: str
    region: str
    resource_spec: str
    resource_id: str
    enterprise_project_id: str
    currency: str
    official: Decimal
    discount: Decimal
    cut_off: Decimal
    amount: Decimal
    means: Mapping[str, Decimal]
    product_id: int | None = None
    resource_name: str = ""
    usage_type_id: int | None = None
    usage_type: str = ""
    usage: Decimal | None = None
    usage_measure_id: int | None = None
    charged_usage: Decimal | None = None
    package_usage: Decimal | None = None
    mark: str = ""
    size: int | None = None
    unit_price: Decimal | None = None
    scheme: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    happened_at: datetime | None = None
    trade_id: str = ""
    order_number: str = ""
    period_type: int | None = None
    period_num: int | None = None
    discount_type: str = ""
    partner_id: str = ""
    association_type: str = ""
    manager_id: str = ""
    payer_id: str = ""

    @property
    def is_usage(self) -> bool:
        return self.happened_at is None

    @property
    def reserved_usage(self) -> Decimal | None:
        """What reserved instances or a savings plan covered."""
        return self.package_usage if self.mark else None

    @property
    def free_usage(self) -> Decimal | None:
        """What resource packages covered."""
        return None if self.mark else self.package_usage


@dataclass(frozen=True, slots=True)
class LinePage:
    """A page of lines and how many there are in all."""

    total: int
    lines: Sequence[Line] = field(default_factory=tuple)


def shown(exact: Decimal) -> Decimal:
    """What is shown of an exact amount: cut off toward zero after eight places.

    A line is told by where it stands in its settlement group: shown(where it ends) - shown(where it begins). So lines
    add up to what was charged for the group to the last place, although each alone is cut off.
    """
    return truncated(exact, PLACES)


def shown_sql(expression: str) -> str:
    """`shown` of a DECIMAL(28,10) in DuckDB's words: a remainder is exact there, a cast would round."""
    return f"({expression} - {expression} % 0.00000001::DECIMAL(28,10))"


def plain(amount: Decimal) -> Decimal:
    """Without zeros at the end, but with its cents: 3.10, 0.00412."""
    cut = amount.normalize()
    exponent = cut.as_tuple().exponent
    return cut.quantize(Decimal("0.01")) if isinstance(exponent, int) and exponent > -2 else cut


def tidy(quantity: Decimal | None) -> Decimal | None:
    """A quantity or unit price without zeros at the end, and without an exponent."""
    if quantity is None:
        return None
    cut = quantity.normalize()
    exponent = cut.as_tuple().exponent
    return cut.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else cut
