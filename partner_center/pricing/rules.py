"""The arithmetic of an inquiry, over plain values. docs/algorithms/pricing.md holds the tables that tests prove.

Yearly/monthly: official = unit price x size (if linear) x periods x subscriptions, truncated to the cent once, a
line; a ratio or fixed price is applied to the line and truncated once; payable = official - reduction, always.
Pay-per-use: the same products, unsettled; the answer is cut to 6 or 10 decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from partner_center.kernel.money import Amount, Money

_EXACT = Context(prec=76)
RATIO_SCALE = 10_000
MOST = Decimal("999999999999.99")
"""Above this an inquiry is refused (CBC.99006055); it fits the money columns a million times."""

PLACES = {0: 6, 1: 10}
"""inquiry_precision → decimals of a pay-per-use answer (spec/api/flows.md §9)."""

PREFERENCE = {"605": 0, "606": 1, "607": 2}
"""Between equal reductions the commercial discount wins, then the granted one."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a discount does: a ratio that is still paid, a price a unit instead of the list's, or an amount off."""

    mode: str
    ratio: Decimal | None = None
    fixed_price: Decimal | None = None
    amount_off: Money | None = None
    threshold: Money | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A line to be discounted: its official amount and how many price units it holds."""

    official: Money
    units: Decimal
    covered: bool


def ratio_of(ten_thousandths: int) -> Decimal:
    """9000 → 0.9."""
    return (Decimal(ten_thousandths) / RATIO_SCALE).normalize()


def units_of(size: int, periods: int, subscriptions: int) -> Decimal:
    """How many price units a line holds; `size` is 1 for a product that is not linear."""
    return Decimal(size * periods * subscriptions)


def official(unit_price: Decimal, units: Decimal, currency: str) -> Money:
    """The list amount of a line, settled once."""
    return (Amount(unit_price, currency) * units).settle().money


def payables(terms: Terms, charges: Sequence[Charge]) -> list[Money]:
    """What each line costs under `terms`; a line that is not covered, or would cost more, stays as it is."""
    if terms.mode == "amount_off":
        return _less_amount(terms, charges)
    return [_payable(terms, charge) if charge.covered else charge.official for charge in charges]


def metered_units(quantities: Sequence[Decimal], times: Decimal) -> Decimal:
    """How many price units a metered usage holds, exactly."""
    whole = Decimal(0)
    for quantity in quantities:
        whole = _EXACT.add(whole, quantity)
    return _EXACT.multiply(whole, times)


def trimmed(value: Decimal) -> Decimal:
    """Without the zeros at its end, as the platform answers: 0.3, not 0.300000."""
    return value.normalize(_EXACT) if value else Decimal(0)


def is_better(one: tuple[Money, str], other: tuple[Money, str]) -> bool:
    """Whether (reduction, kind) `one` beats `other`: the larger reduction, then the commercial one."""
    return (-one[0].minor, PREFERENCE[one[1]]) < (-other[0].minor, PREFERENCE[other[1]])


def metered(terms: Terms, exact: Decimal, units: Decimal) -> Decimal:
    """What a metered `exact` amount of `units` price units costs under `terms`. Amounts off are for orders only."""
    match terms.mode:
        case "ratio":
            assert terms.ratio is not None
            reduced = _EXACT.multiply(exact, terms.ratio)
        case "fixed_price":
            assert terms.fixed_price is not None
            reduced = _EXACT.multiply(terms.fixed_price, units)
        case _:
            return exact
    return min(exact, reduced)


def _payable(terms: Terms, charge: Charge) -> Money:
    currency = charge.official.currency
    if terms.mode == "ratio":
        assert terms.ratio is not None
        reduced = (charge.official.exact * terms.ratio).settle().money
    else:
        assert terms.fixed_price is not None
        reduced = (Amount(terms.fixed_price, currency) * charge.units).settle().money
    return min(reduced, charge.official)


def _less_amount(terms: Terms, charges: Sequence[Charge]) -> list[Money]:
    """Take the amount off the covered lines together, in proportion to them, once they reach the threshold."""
    assert terms.amount_off is not None
    weights = [charge.official.minor if charge.covered else 0 for charge in charges]
    whole = sum(weights)
    if not whole or (terms.threshold is not None and whole < terms.threshold.minor):
        return [charge.official for charge in charges]
    off = Money(min(terms.amount_off.minor, whole), terms.amount_off.currency)
    return [charge.official - part for charge, part in zip(charges, off.split(weights), strict=True)]


def may_grant(kind: str, *, grantor_is_house: bool, grantor_kind: str, association: str, site: str) -> bool:
    """Who may give which discount (spec/domain/features.md F9, roles.md).

    commercial (605): the vendor, by contract. granted (606): a distributor or solution provider to its
    customers. set (607): on the international site, for referral customers. Resellers set none.
    """
    if kind == "605":
        return grantor_is_house
    if grantor_kind not in ("distributor", "solution_provider") or not association:
        return False
    return kind == "606" or (site == "intl" and association == "referral")
