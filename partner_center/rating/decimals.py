"""The named decimal types of rating, and arithmetic on them that loses no digit on any engine.

Types are forced with a cast that Ibis cannot drop, since it infers the types of products wrongly. Literals are
written as text, since 1E-10 in SQL is a binary float. Nothing is divided in the engine, and nothing is rounded: casts
that shorten the scale round half away from zero on every engine, so `truncated` takes half a unit off before.
"""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
from ibis.expr.types import IntegerValue, NumericValue, Value

QUANTITY = dt.Decimal(20, 12)
PRICE = dt.Decimal(17, 10)
EXACT = dt.Decimal(38, 22)
AMOUNT = dt.Decimal(28, 10)
KEPT = dt.Decimal(9, 8)
WIDE_QUANTITY = dt.Decimal(38, 12)

_SURE = 100_000
"""Below this amount a product of three binary floats lies within one unit of the tenth place of the exact one."""


def typed(value: Value, kind: dt.DataType) -> NumericValue:
    """`value` as exactly `kind` on the engine, whatever Ibis believes it to be already."""
    return ops.Cast(value, kind).to_expr()


def number(text: str, kind: dt.DataType) -> NumericValue:
    """An exact literal."""
    return typed(ibis.literal(text), kind)


def product(price: NumericValue, quantity: NumericValue) -> NumericValue:
    """Price (17,10) times quantity (20,12): exact in (38,22)."""
    return typed(price * quantity, EXACT)


def quantity(value: Value) -> NumericValue:
    return typed(value, QUANTITY)


def amount(value: Value) -> NumericValue:
    return typed(value, AMOUNT)


def cut(value: NumericValue, places: int, kind: dt.Decimal) -> NumericValue:
    """`value` truncated toward zero to `places`, as `kind`: the expression of `Amount.settle`.

    Half a unit is taken off (nothing from zero), so that the engine's rounding half away from zero truncates.
    """
    half = number(f"0.{'0' * places}5", dt.Decimal(places + 2, places + 1))
    nearer = ibis.cases((value > 0, value - half), (value < 0, value + half), else_=value + half - half)
    return typed(typed(nearer, dt.Decimal(38, places)), kind)


def truncated(exact: NumericValue, guess: NumericValue) -> NumericValue:
    """`exact` truncated toward zero to the 10 places of an amount.

    Shortening a 128-bit decimal is a division and costs more than everything else in a line. `guess` (a binary float
    near `exact`, or null) names the tenth place's unit up to one; the exact remainder says which one it is. Where the
    guess is absent, negative or not surely within one unit, the division is made.
    """
    unit = number("0.0000000001", dt.Decimal(11, 10))
    units = (guess * 10_000_000_000.0).cast("int64")
    near = amount(units * unit)
    rest = exact - typed(near, EXACT)
    nothing = amount(ibis.literal(0))
    step = ibis.cases((rest < 0, -amount(unit)), (rest >= unit, amount(unit)), else_=nothing)
    sure = (guess >= 0) & (guess < _SURE) & (exact >= 0)
    return ibis.cases((sure, amount(near + step)), else_=cut(exact, 10, AMOUNT))


def positive(value: NumericValue, kind: dt.DataType) -> NumericValue:
    """`value`, or zero where it is below."""
    return ibis.cases((value > 0, typed(value, kind)), else_=typed(ibis.literal(0), kind))


def smaller(one: NumericValue, other: NumericValue, kind: dt.DataType) -> NumericValue:
    return ibis.cases((one <= other, typed(one, kind)), else_=typed(other, kind))


def quotient(dividend: NumericValue, divisor: IntegerValue) -> NumericValue:
    """A whole number (at most 2^53 either way) divided by a positive one, truncated toward zero.

    The remainder is taken off first, so that the engine's binary division has an exact result.
    """
    return ((dividend - dividend % divisor) / divisor).cast("int64")
