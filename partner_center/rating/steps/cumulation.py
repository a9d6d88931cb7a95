"""Where a record stands in the tiers: what its resource used before it in the same cycle.

Quantities accumulate over what packages left uncovered, per customer, resource, usage type and cycle, in the order of
(begin_at, batch, position), starting from what earlier runs of the cycle rated (`carried`). Only those whose prices
depend on it are followed: where every record has a flat price without a free quantity, nothing is accumulated.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from partner_center.rating.decimals import QUANTITY, WIDE_QUANTITY, quantity, typed

LARGEST = 10**8
"""What a quantity of 20 digits with 12 places cannot hold: a cycle that reaches it is not rated."""
KEY = ("customer_id", "resource_id", "usage_type_id", "cycle")


def followed(records: Table) -> Table:
    """The keys under which some record's price depends on the quantity."""
    depends = (records.scheme != "flat") | (records.free > 0)
    return records.filter(depends).select(*KEY).distinct()


def cumulated(records: Table, followed: Table, carried: Table) -> Table:
    """For the records of followed keys: `cum_before`, and `cum_total` of the whole key."""
    rows = records.semi_join(followed, list(KEY)).select(*KEY, "begin_at", "batch", "position", "basis")
    start = carried.select(**{f"c_{name}": carried[name] for name in KEY}, start=carried.quantity)
    rows = rows.left_join(start, [rows[name] == start[f"c_{name}"] for name in KEY])
    zero = typed(ibis.literal(0), WIDE_QUANTITY)
    rows = rows.mutate(start=ibis.cases((rows.start.isnull(), zero), else_=typed(rows.start, WIDE_QUANTITY)))
    key = [rows[name] for name in KEY]
    earlier = ibis.window(
        group_by=key, order_by=[rows.begin_at, rows.batch, rows.position], preceding=(None, 1)
    )
    rows = rows.mutate(
        sum_before=typed(rows.basis.sum().over(earlier), WIDE_QUANTITY),
        sum_total=typed(rows.basis.sum().over(ibis.window(group_by=key)), WIDE_QUANTITY),
    )
    before = ibis.cases((rows.sum_before.isnull(), zero), else_=rows.sum_before)
    rows = rows.mutate(total=typed(rows.start + rows.sum_total, WIDE_QUANTITY))
    rows = rows.mutate(too_large=rows.total >= LARGEST)
    nothing = typed(ibis.null(), QUANTITY)
    return rows.select(
        cum_customer=rows.customer_id,
        cum_batch=rows.batch,
        cum_position=rows.position,
        cum_before=ibis.cases(
            (rows.too_large, nothing), else_=quantity(typed(rows.start + before, WIDE_QUANTITY))
        ),
        cum_total=ibis.cases((rows.too_large, nothing), else_=quantity(rows.total)),
        too_large=rows.too_large,
    )


def placed(records: Table, cumulated: Table | None) -> Table:
    """Records with `cum_before` and `cum_total`; null where nothing depends on them."""
    if cumulated is None:
        null = typed(ibis.null(), QUANTITY)
        return records.mutate(cum_before=null, cum_total=null)
    met = records.left_join(
        cumulated, [records.batch == cumulated.cum_batch, records.position == cumulated.cum_position]
    )
    met = met.filter(met.too_large.isnull() | ~met.too_large)
    return met.select(*records.columns, "cum_before", "cum_total")


def within(coverage: Table, cumulated: Table | None) -> Table:
    """Coverage without that of records which are too large to be rated."""
    if cumulated is None:
        return coverage
    excess = cumulated.filter(cumulated.too_large)
    return coverage.anti_join(
        excess, [coverage.batch == excess.cum_batch, coverage.position == excess.cum_position]
    )
