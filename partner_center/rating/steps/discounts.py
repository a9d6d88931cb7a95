"""From the list amount to what is payable: official, discount, payable = official - discount, each of 10 places.

A ratio takes off official × (1 - kept); a fixed price takes off what the list amount exceeds it by, never less than
nothing. At most one rebate holds for a customer, product and moment: the snapshot has chosen the best.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from partner_center.rating.decimals import AMOUNT, EXACT, KEPT, amount, number, product, truncated, typed
from partner_center.rating.steps import peaks


def rebated(records: Table, rebates: Table) -> Table:
    """Records with the rebate that holds when they begin."""
    rebate = rebates.select(
        "discount_type",
        "discount_id",
        "mode",
        rebated_customer=rebates.customer_id,
        rebated_product=rebates.product_id,
        rebate_begins=rebates.begins_at,
        rebate_ends=rebates.ends_at,
        off=typed(number("1", KEPT) - rebates.kept, KEPT),
        fixed_price=rebates.unit_price,
    )
    met = records.left_join(
        rebate,
        [
            records.customer_id == rebate.rebated_customer,
            records.product_id == rebate.rebated_product,
            records.begin_at >= rebate.rebate_begins,
            records.begin_at < rebate.rebate_ends,
        ],
    )
    return met.select(*records.columns, "discount_type", "discount_id", "mode", "off", "fixed_price")


def discounted(records: Table, rebates: Table | None, fixed_prices: bool) -> Table:
    """Records with official, discount, payable, discount_type and discount_id ("" where nothing is taken off).

    `rebates` is None where there are none, `fixed_prices` false where all of them are ratios. Of peaks (records with
    `points`) the list amount is prorated already.
    """
    nothing = amount(ibis.literal(0))
    rows = records.mutate(official=truncated(records.list_exact, records.guess))
    if rebates is None:
        return rows.mutate(
            discount=nothing,
            payable=rows.official,
            discount_type=ibis.literal(""),
            discount_id=ibis.literal(""),
        )
    rows = rebated(rows, rebates)
    taken = truncated(
        typed(rows.official * rows.off, EXACT), rows.official.cast("float64") * rows.off.cast("float64")
    )
    known = [(rows.off.isnull() & rows.fixed_price.isnull(), nothing)]
    if fixed_prices:
        rows = rows.mutate(
            instead=typed(product(rows.fixed_price, rows.units) * rows["size"], EXACT),
            instead_guess=rows.fixed_price.cast("float64") * rows.units.cast("float64") * rows["size"],
        )
        if "points" in rows.columns:
            rows = peaks.prorated(rows, "instead")
            rows = rows.mutate(instead_guess=typed(ibis.null(), rows.instead_guess.type()))
        rows = rows.mutate(instead=truncated(rows.instead, rows.instead_guess))
        fixed = rows["mode"] == "fixed_price"
        known += [
            (fixed & (rows.official > rows.instead), amount(rows.official - rows.instead)),
            (fixed, nothing),
        ]
    rows = rows.mutate(discount=ibis.cases(*known, else_=taken))
    none = (rows.discount == 0) | rows.discount.isnull()
    return rows.mutate(
        discount=ibis.cases((rows.discount.isnull(), nothing), else_=rows.discount),
        payable=typed(rows.official - rows.discount, AMOUNT),
        discount_type=ibis.cases((none, ""), else_=rows.discount_type),
        discount_id=ibis.cases((none, ""), else_=rows.discount_id),
    )
