"""Whose customer it was when the usage began: partner, distributor, kind of association, account manager."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

NAMES = ("partner_id", "distributor_id", "association_type", "manager_id")


def numbered(ties: Table) -> Table:
    """Ties with `tie`, a number from 1 for the four names they share in a settlement group."""
    window = ibis.window(order_by=[ties[name] for name in NAMES])
    return ties.mutate(tie=ibis.dense_rank().over(window) + 1)


def tied(records: Table, ties: Table | None) -> Table:
    """Records with the four names ("" without a tie) and `tie` (0 without)."""
    if ties is None:
        return records.mutate(**dict.fromkeys(NAMES, ibis.literal("")), tie=ibis.literal(0, type="int64"))
    side = ties.select(
        *NAMES, "tie", tied_customer=ties.customer_id, tie_begins=ties.begins_at, tie_ends=ties.ends_at
    )
    met = records.left_join(
        side,
        [
            records.customer_id == side.tied_customer,
            records.begin_at >= side.tie_begins,
            records.begin_at < side.tie_ends,
        ],
    )
    none = met.tied_customer.isnull()
    names = {name: ibis.cases((none, ""), else_=met[name]) for name in NAMES}
    return met.select(*records.columns, **names, tie=ibis.cases((none, 0), else_=met.tie))
