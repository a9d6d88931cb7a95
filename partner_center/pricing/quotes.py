"""What an inquiry answers: frozen values, money settled once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from partner_center.catalogue.models import PriceItem, Product, UsageType
from partner_center.kernel.money import Amount, Money
from partner_center.pricing.models import OrderKind


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """The question: `subscription_num` times `product`, in `size`, for `period_num` of `period_type`.

    size: of a linear product; None or anything for the others. period_type: "month", "year", "day" or "hour".
    """

    product: Product
    period_type: str
    period_num: int
    subscription_num: int = 1
    size: int | None = None
    order_kind: str = OrderKind.NEW


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line at list price. `units` x `unit_price` settled is `official`."""

    question: PeriodLine
    price: PriceItem
    unit_price: Decimal
    units: Decimal
    official: Money


@dataclass(frozen=True, slots=True)
class Offer:
    """What one discount makes of the whole quote; `lines` holds each line's payable amount.

    discount_id names the discount for ever: an order freezes the offer, whatever becomes of the discount.
    """

    discount_id: str
    discount_type: int
    name: str
    mode: str
    ratio: Decimal | None
    reduction: Money
    payable: Money
    lines: tuple[Money, ...]
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The answer: official amount, every discount that applies, the best one. payable = official - reduction."""

    at: datetime
    currency: str
    official: Money
    lines: tuple[QuotedLine, ...]
    offers: tuple[Offer, ...]
    best: Offer | None

    @property
    def payable(self) -> Money:
        """With the best offer, if there is one."""
        return self.best.payable if self.best else self.official


@dataclass(frozen=True, slots=True)
class UsageLine:
    """The question: what `value` (in `measure_id`) of a billing factor costs, `subscription_num` times, in `size`."""

    product: Product
    factor: str
    value: Decimal
    measure_id: int
    subscription_num: int = 1
    size: int | None = None


@dataclass(frozen=True, slots=True)
class UsageOffer:
    """The one discount that a metered price is shown with."""

    discount_id: str
    discount_type: int
    name: str
    mode: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class UsageQuote:
    """The answer, exact: cut it to the asked number of decimals with `official_to`, `amount_to`, `reduction_to`."""

    question: UsageLine
    usage_type: UsageType
    price: PriceItem
    quantity: Decimal
    official: Amount
    offer: UsageOffer | None

    @property
    def amount(self) -> Amount:
        return self.offer.amount if self.offer else self.official

    def official_to(self, places: int) -> Decimal:
        return self.official.truncated(places)

    def amount_to(self, places: int) -> Decimal:
        return self.amount.truncated(places)

    def reduction_to(self, places: int) -> Decimal:
        """official - amount, of the figures as they are shown."""
        return self.official_to(places) - self.amount_to(places)
