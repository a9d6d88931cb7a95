"""How a quantity becomes a list price: flat, graduated, volume or block. Exact decimals only; no rows, no clock.

flat        every unit costs `price`.
graduated   the quantity is filled into steps one after the other; each part costs its own step's price.
volume      the whole quantity costs the price of the step it reaches.
block       sold in blocks of `block` units; a begun block counts whole, at `price` a block.

A `free` quantity is taken off first. Tiered tariffs apply to a measured quantity: one inquiry, or what one
resource used in one billing cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from typing import Any

from django.utils.translation import gettext as _

_EXACT = Context(prec=76)
SCHEMES = ("flat", "graduated", "volume", "block")


@dataclass(frozen=True, slots=True)
class Step:
    """Quantities above the former step and up to `upto` (None: without end) cost `price` a unit."""

    upto: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a quantity and the price a unit that it was charged at: what an explanation shows."""

    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return _EXACT.multiply(self.quantity, self.price)


@dataclass(frozen=True, slots=True)
class Tariff:
    """One price of the price book, as a function of a quantity."""

    scheme: str
    price: Decimal
    steps: tuple[Step, ...] = ()
    free: Decimal = Decimal(0)
    block: Decimal = Decimal(1)

    @classmethod
    def read(cls, scheme: str, price: Decimal, tiers: Mapping[str, Any]) -> Tariff:
        """From a row of the price book; `tiers` is its JSON of exact decimal texts."""
        return cls(
            scheme,
            price,
            tuple(
                Step(None if step["upto"] is None else Decimal(step["upto"]), Decimal(step["price"]))
                for step in tiers.get("steps", ())
            ),
            Decimal(tiers.get("free", "0")),
            Decimal(tiers.get("block", "1")),
        )

    def tiers(self) -> dict[str, Any]:
        """The JSON that `read` reads; empty for a flat price without a free quantity."""
        written: dict[str, Any] = {}
        if self.steps:
            written["steps"] = [
                {"upto": None if step.upto is None else plain(step.upto), "price": plain(step.price)}
                for step in self.steps
            ]
        if self.free:
            written["free"] = plain(self.free)
        if self.scheme == "block":
            written["block"] = plain(self.block)
        return written

    def parts(self, quantity: Decimal) -> list[Part]:
        """The charged parts of `quantity`, in order. Nothing is charged within the free quantity."""
        charged = _EXACT.subtract(quantity, self.free)
        if charged <= 0:
            return []
        match self.scheme:
            case "flat":
                return [Part(charged, self.price)]
            case "block":
                blocks = _EXACT.divide(charged, self.block).to_integral_value(
                    rounding=ROUND_CEILING, context=_EXACT
                )
                return [Part(blocks, self.price)]
            case "volume":
                return [
                    Part(charged, next(s.price for s in self.steps if s.upto is None or charged <= s.upto))
                ]
            case "graduated":
                return self._graduated(charged)
        raise AssertionError(f"no such tariff: {self.scheme}")

    def amount(self, quantity: Decimal) -> Decimal:
        """What `quantity` costs, exactly."""
        total = Decimal(0)
        for part in self.parts(quantity):
            total = _EXACT.add(total, part.amount)
        return total

    def with_factor(self, ratio: Decimal) -> Tariff:
        """The same tariff with every price multiplied by `ratio`."""
        steps = tuple(Step(step.upto, _EXACT.multiply(step.price, ratio)) for step in self.steps)
        return Tariff(self.scheme, _EXACT.multiply(self.price, ratio), steps, self.free, self.block)

    def _graduated(self, charged: Decimal) -> list[Part]:
        parts, lower = [], Decimal(0)
        for step in self.steps:
            upper = charged if step.upto is None else min(charged, step.upto)
            if upper > lower:
                parts.append(Part(_EXACT.subtract(upper, lower), step.price))
                lower = upper
        return parts


def problems(tariff: Tariff, fits: Callable[[Decimal], bool]) -> list[str]:
    """Why `tariff` cannot be sold by, in the reader's language; empty when it can. `fits`: can a price be stored."""
    found = []
    if tariff.scheme not in SCHEMES:
        return [_("unknown kind of tariff")]
    if not fits(tariff.price) or any(not fits(step.price) for step in tariff.steps):
        found.append(_("a price is negative or has more than 7 digits or 10 decimals"))
    if tariff.free < 0:
        found.append(_("the free quantity is negative"))
    if tariff.scheme in ("graduated", "volume"):
        bounds = [step.upto for step in tariff.steps]
        if not bounds or bounds[-1] is not None or any(bound is None for bound in bounds[:-1]):
            found.append(_("the last step, and only the last, has no upper bound"))
        else:
            uppers = [Decimal(0), *(bound for bound in bounds if bound is not None)]
            if any(later <= earlier for earlier, later in zip(uppers, uppers[1:], strict=False)):
                found.append(_("the bounds of the steps must rise"))
    elif tariff.steps:
        found.append(_("a flat or block price has no steps"))
    if tariff.scheme == "block" and tariff.block <= 0:
        found.append(_("a block holds more than nothing"))
    return found


def plain(value: Decimal) -> str:
    """A decimal as the shortest plain text without an exponent: "0.7", "100"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def printed(value: Decimal) -> str:
    """A price as people print it: at least two decimals, "7.00", "0.0005"."""
    text = plain(value)
    whole, _point, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"
