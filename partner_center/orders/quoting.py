"""From price inquiry to order lines: what a customer wishes for, what it costs, and which discount is used.

The one discount of an order (flows §5.4: at most one) is a `Choice`: how much it takes off each line. It is made
from today's offers when an order is placed, and from the offers frozen with it when it is paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from partner_center.catalogue.models import Product
from partner_center.catalogue.queries import product_for
from partner_center.kernel.money import Money
from partner_center.orders.models import LineOffer, OrderLine
from partner_center.orders.states import PeriodType
from partner_center.pricing.errors import DiscountNotApplicable, UsageUnitWrong
from partner_center.pricing.models import DiscountMode
from partner_center.pricing.queries import offer_for, quote_basket
from partner_center.pricing.quotes import PeriodLine, Quote
from partner_center.subscriptions.rules import Term

UNITS = {PeriodType.DAY: "day", PeriodType.MONTH: "month", PeriodType.YEAR: "year", PeriodType.HOUR: "hour"}
"""The words of kernel.period.add_term and of the price book for the contract's period types."""

PERIOD_TYPES = {unit: period_type for period_type, unit in UNITS.items()}
MONTHS_OF = {"month": 1, "year": 12}
COMMERCIAL = 605


@dataclass(frozen=True, slots=True)
class Wish:
    """One product that somebody wants to buy: codes, how much, for how long, how many."""

    cloud_service_type: str
    resource_type: str
    resource_spec: str
    region: str
    period_type: int
    period_num: int
    subscription_num: int = 1
    available_zone: str = ""
    resource_size: int | None = None
    size_measure_id: int | None = None
    resource_name: str = ""
    enterprise_project_id: str = ""

    def product(self) -> Product:
        """Raises ProductNotFound, and UsageUnitWrong when the size is in another unit than the product's."""
        found = product_for(
            self.cloud_service_type, self.resource_type, self.resource_spec, self.region, self.available_zone
        )
        if (
            self.size_measure_id is not None
            and found.is_linear
            and self.size_measure_id != found.linear_measure_id
        ):
            raise UsageUnitWrong(unit=self.size_measure_id, spec=found.spec)
        return found


@dataclass(frozen=True, slots=True)
class FrozenOffer:
    """A discount open to one line: `reduction` off its list price. `mode` 0 ratio, 1 fixed price, 2 amount off."""

    discount_type: int
    discount_id: str
    mode: int
    ratio: Decimal | None
    reduction: Money


@dataclass(frozen=True, slots=True)
class Choice:
    """The one discount of an order, and what it takes off each of its lines."""

    discount_type: int
    discount_id: str
    reductions: tuple[Money, ...]

    @property
    def total(self) -> Money:
        return Money.total(self.reductions, self.reductions[0].currency)


def quote(wishes: Sequence[Wish], *, customer_id: str) -> Quote:
    """What the wishes cost together now. Raises what price inquiry raises."""
    lines = [
        PeriodLine(
            product=wish.product(),
            period_type=UNITS[PeriodType(wish.period_type)],
            period_num=wish.period_num,
            subscription_num=wish.subscription_num,
            size=wish.resource_size,
        )
        for wish in wishes
    ]
    return quote_basket(customer_id=customer_id, lines=lines)


def frozen_offers(quoted: Quote, position: int) -> tuple[FrozenOffer, ...]:
    """Every discount open to the line at `position`, as it is frozen with an order."""
    official = quoted.lines[position].official
    return tuple(
        FrozenOffer(
            offer.discount_type,
            offer.discount_id,
            mode_number(offer.mode),
            offer.ratio,
            official - offer.lines[position],
        )
        for offer in quoted.offers
        if offer.lines[position] < official
    )


def choose(quoted: Quote, *, discount_id: str = "", best: bool = False) -> Choice | None:
    """The discount asked for, or the best one, or none. Raises DiscountNotApplicable."""
    offer = offer_for(quoted, discount_id) if discount_id else quoted.best if best else None
    if offer is None:
        return None
    reductions = tuple(
        line.official - payable for line, payable in zip(quoted.lines, offer.lines, strict=True)
    )
    return Choice(offer.discount_type, offer.discount_id, reductions)


def choose_frozen(
    lines: Sequence[OrderLine],
    offers: Sequence[LineOffer],
    *,
    discount_id: str,
    discount_types: Sequence[int],
) -> Choice:
    """A discount that was frozen with the order. Raises DiscountNotApplicable when it is none of them."""
    usable = [one for one in offers if one.discount_id == discount_id and one.discount_type in discount_types]
    if not usable:
        raise DiscountNotApplicable(discount=discount_id)
    return _choice(lines, usable)


def best_frozen(lines: Sequence[OrderLine], offers: Sequence[LineOffer]) -> Choice | None:
    """The frozen discount that takes most off the whole order; on a tie the commercial one; None without any."""
    keys = sorted({(one.discount_type, one.discount_id) for one in offers})
    choices = [
        _choice(lines, [one for one in offers if (one.discount_type, one.discount_id) == key]) for key in keys
    ]
    return max(choices, key=lambda one: (one.total.minor, one.discount_type == COMMERCIAL), default=None)


def term_of(line: OrderLine) -> Term:
    """How long a line was bought for."""
    assert line.period_type is not None and line.period_num is not None, f"{line} has no period"
    return Term(UNITS[PeriodType(line.period_type)], line.period_num)  # type: ignore[arg-type]


def months_of(term: Term) -> int:
    """The length of a purchase in months, by which the fee table goes; terms in days and hours count as none."""
    return MONTHS_OF.get(term.unit, 0) * term.number


def _choice(lines: Sequence[OrderLine], offers: Sequence[LineOffer]) -> Choice:
    by_line = {offer.line_id: offer.reduction for offer in offers}
    reductions = tuple(by_line.get(line.pk, Money.zero(line.currency)) for line in lines)
    return Choice(offers[0].discount_type, offers[0].discount_id, reductions)


def mode_number(mode: str) -> int:
    """discount_mode of the contract: 0 ratio, 1 fixed price, 2 amount off."""
    return list(DiscountMode.values).index(mode)
