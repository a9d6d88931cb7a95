"""The list amount of a record: F(cum_after) - F(cum_before), F being the tariff in force when the record began.

flat        F(c) = c × price
graduated   F(c) = the steps filled one after the other
volume      c × the price of the step that the whole cycle reaches; late usage: F(c) = c × price of the step of c
block       F(c) = begun blocks × price of a block

with c the quantity above the free one. So the lines of a cycle add up to F of its total. × size of a linear product.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, NumericValue, Table

from partner_center.rating.decimals import (
    EXACT,
    PRICE,
    QUANTITY,
    WIDE_QUANTITY,
    positive,
    product,
    quantity,
    typed,
)


def steps(prices: Table, tiers: Table) -> Table:
    """Tiers with what a quantity costs at their lower bound: `base` at `origin` (both zero in volume tariffs)."""
    scheme = prices.select(of=prices.price_id, scheme=prices.scheme)
    rows = tiers.inner_join(scheme, tiers.price_id == scheme.of)
    rows = rows.select("price_id", "step", "lower", "upper", "price", "scheme")
    upper = ibis.cases((rows.upper.isnull(), rows.lower), else_=rows.upper)
    rows = rows.mutate(whole=product(rows.price, quantity(upper - rows.lower)))
    earlier = ibis.window(group_by=rows.price_id, order_by=rows.step, preceding=(None, 1))
    rows = rows.mutate(base=typed(rows.whole.sum().over(earlier), EXACT))
    first, volume = rows.base.isnull(), rows.scheme == "volume"
    nothing = typed(ibis.literal(0), EXACT)
    return rows.select(
        step_price_id=rows.price_id,
        lower=rows.lower,
        upper=rows.upper,
        step_price=rows.price,
        base=ibis.cases((first | volume, nothing), else_=rows.base),
        origin=ibis.cases((volume, quantity(ibis.literal(0))), else_=rows.lower),
    )


def listed(records: Table, steps: Table | None, blocks: bool) -> Table:
    """Records with free_quantity, charged_quantity, units, unit_price, list_exact and a guess of it.

    `units` is what the unit price is multiplied with: the charged quantity, or the blocks begun. `steps` is None where
    no price has tiers, `blocks` false where none sells blocks.
    """
    zero = quantity(ibis.literal(0))
    start = ibis.cases((records.cum_before.isnull(), zero), else_=records.cum_before)
    rows = records.mutate(
        low=positive(start - records.free, QUANTITY),
        high=positive(typed(start + records.basis, WIDE_QUANTITY) - records.free, QUANTITY),
    )
    rows = rows.mutate(charged_quantity=quantity(rows.high - rows.low))
    rows = rows.mutate(free_quantity=quantity(rows.basis - rows.charged_quantity))
    if blocks:
        rows = _with_blocks(rows)
    else:
        rows = rows.mutate(units=rows.charged_quantity)
    if steps is None:
        rows = rows.mutate(unit_price=rows.list_price, amount=product(rows.list_price, rows.units))
    else:
        rows = _with_steps(rows, steps)
    guess = rows.unit_price.cast("float64") * rows.units.cast("float64") * rows["size"]
    return rows.mutate(list_exact=typed(rows.amount * rows["size"], EXACT), guess=guess)


def _with_steps(rows: Table, steps: Table) -> Table:
    """`amount` and `unit_price` (null where several steps are charged)."""
    names = rows.columns
    volume = rows.scheme == "volume"
    reach = ibis.cases(
        (volume & ~rows.late & rows.cum_total.notnull(), positive(rows.cum_total - rows.free, QUANTITY)),
        else_=rows.high,
    )
    rows = rows.mutate(reach=reach)
    upper = steps.select(**{f"u_{name}": steps[name] for name in steps.columns})
    lower = steps.select(**{f"l_{name}": steps[name] for name in steps.columns})

    def within(at: NumericValue, side: Table, prefix: str) -> list[BooleanValue]:
        low, high = side[f"{prefix}_lower"], side[f"{prefix}_upper"]
        return [
            rows.price_id == side[f"{prefix}_step_price_id"],
            (at > low) | ((at == 0) & (low == 0)),
            high.isnull() | (at <= high),
        ]

    met = rows.left_join(upper, within(rows.reach, upper, "u"))
    met = met.left_join(lower, within(rows.low, lower, "l"))
    late = met.late
    tiered = met.u_step_price_id.notnull()
    graduated = met.scheme == "graduated"
    above = typed(product(met.u_step_price, quantity(met.high - met.u_origin)) + met.u_base, EXACT)
    below = typed(product(met.l_step_price, quantity(met.low - met.l_origin)) + met.l_base, EXACT)
    single = ibis.cases(
        (graduated, met.low >= met.u_lower),
        (late, (met.low == 0) | (met.u_step_price == met.l_step_price)),
        else_=True,
    )
    price = ibis.cases((~tiered, met.list_price), (single, met.u_step_price), else_=typed(ibis.null(), PRICE))
    amount = ibis.cases(
        (~tiered, product(met.list_price, met.units)),
        (single, product(met.u_step_price, met.charged_quantity)),
        else_=typed(above - below, EXACT),
    )
    return met.select(*names, unit_price=price, amount=amount)


def _with_blocks(rows: Table) -> Table:
    """`units`: of block prices the blocks begun by this record, of others the charged quantity."""
    names = rows.columns
    size = rows.block.cast("float64")
    rows = rows.mutate(
        low_near=(rows.low.cast("float64") / size).cast("int64"),
        high_near=(rows.high.cast("float64") / size).cast("int64"),
    )
    begun = _begun(rows.high_near, rows.high, rows.block) - _begun(rows.low_near, rows.low, rows.block)
    units = ibis.cases((rows.scheme == "block", quantity(begun)), else_=rows.charged_quantity)
    return rows.select(*names, units=units)


def _begun(near: IntegerValue, used: NumericValue, block: NumericValue) -> IntegerValue:
    """How many blocks `used` begins: the smallest whole number of them that holds it. `near` is off by one at most."""

    def hold(blocks: IntegerValue) -> BooleanValue:
        return typed(blocks * block, WIDE_QUANTITY) >= used

    return ibis.cases(
        (hold(near - 1), near - 1), (hold(near), near), (hold(near + 1), near + 1), else_=near + 2
    )
