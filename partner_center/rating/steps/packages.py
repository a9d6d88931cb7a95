"""Packages, reserved and savings-plan capacity are consumed before money.

Buckets of a customer are taken in the order of their rank. Pass k lets every bucket of rank k take the earliest
eligible quantity that is left, up to its capacity; what a bucket takes does not depend on the later ones, so the passes
together are the same as asking, record by record, each bucket in turn.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from partner_center.rating.decimals import QUANTITY, WIDE_QUANTITY, quantity, smaller, typed

HOUR = 3600


def thirsty(records: Table, buckets: Table) -> Table:
    """What can be taken from buckets: the measured sums of the customers who have any. Peaks take nothing."""
    owners = buckets.select("customer_id").distinct()
    return (
        records.filter((records.method == "sum") & (records.quantity > 0))
        .semi_join(owners, "customer_id")
        .select(
            "customer_id",
            "product_id",
            "usage_type_id",
            "begin_at",
            "batch",
            "position",
            remaining=records.quantity,
        )
    )


def taken(left: Table, buckets: Table, scopes: Table, rank: Table) -> Table:
    """What the buckets of the one `rank` take from what is `left`."""
    bucket = buckets.semi_join(rank, buckets["rank"] == rank.number).select(
        "bucket_id", "kind", "capacity", "per_hour", "begins_at", "ends_at", "rank", owner=buckets.customer_id
    )
    scope = scopes.select(
        scoped=scopes.bucket_id, scoped_product=scopes.product_id, scoped_usage=scopes.usage_type_id
    )
    met = left.inner_join(
        bucket,
        [
            left.customer_id == bucket.owner,
            left.begin_at >= bucket.begins_at,
            left.begin_at < bucket.ends_at,
        ],
    )
    met = met.inner_join(
        scope,
        [
            met.bucket_id == scope.scoped,
            met.product_id == scope.scoped_product,
            met.usage_type_id == scope.scoped_usage,
        ],
    ).select(
        "customer_id",
        "batch",
        "position",
        "begin_at",
        "remaining",
        "bucket_id",
        "rank",
        "kind",
        "capacity",
        "per_hour",
    )
    met = met.mutate(hour=ibis.cases((met.per_hour, met.begin_at - met.begin_at % HOUR), else_=0))
    earlier = ibis.window(
        group_by=[met.bucket_id, met.hour],
        order_by=[met.begin_at, met.batch, met.position],
        preceding=(None, 1),
    )
    met = met.mutate(asked=typed(met.remaining.sum().over(earlier), WIDE_QUANTITY))
    asked = ibis.cases((met.asked.isnull(), typed(ibis.literal(0), WIDE_QUANTITY)), else_=met.asked)
    met = met.mutate(rest=typed(typed(met.capacity, WIDE_QUANTITY) - asked, WIDE_QUANTITY))
    met = met.filter(met.rest > 0)
    return met.select(
        "customer_id",
        "batch",
        "position",
        "bucket_id",
        "rank",
        "kind",
        quantity=smaller(met.rest, met.remaining, QUANTITY),
    )


def nothing_taken(left: Table) -> Table:
    """The coverage before the first pass: no rows, of the types that passes give."""
    return left.filter(ibis.literal(False)).select(
        "customer_id",
        "batch",
        "position",
        bucket_id=ibis.literal(0, type="int64"),
        rank=ibis.literal(0, type="int32"),
        kind=ibis.literal(""),
        quantity=left.remaining,
    )


def after(left: Table, taken: Table) -> Table:
    """What is left of the quantities after `taken`."""
    took = taken.select(b=taken.batch, p=taken.position, took=taken.quantity)
    met = left.left_join(took, [left.batch == took.b, left.position == took.p])
    rest = ibis.cases((met.took.isnull(), met.remaining), else_=quantity(met.remaining - met.took))
    return met.mutate(remaining=rest).select(*left.columns).filter(lambda t: t.remaining > 0)


def covered(coverage: Table) -> Table:
    """One row a covered record: how much of it, how much by which kind of capacity, and which kind came first."""

    def by(kind: str) -> ibis.expr.types.Value:
        amount = ibis.cases((coverage.kind == kind, coverage.quantity), else_=quantity(ibis.literal(0)))
        return typed(amount.sum(), QUANTITY)

    def first(kind: str) -> ibis.expr.types.Value:
        return ibis.cases((coverage.kind == kind, coverage["rank"]), else_=2_000_000_000).min()

    return coverage.group_by(covered_batch=coverage.batch, covered_position=coverage.position).aggregate(
        package_quantity=typed(coverage.quantity.sum(), QUANTITY),
        reserved_quantity=by("reserved"),
        savings_quantity=by("savings_plan"),
        reserved_rank=first("reserved"),
        savings_rank=first("savings_plan"),
    )


def uncovered(records: Table, covered: Table | None) -> Table:
    """Records with `package_quantity`, `mark` and `basis`: what is left to be charged."""
    nothing = quantity(ibis.literal(0))
    if covered is None:
        return records.mutate(
            package_quantity=nothing, mark=ibis.literal(""), whole=ibis.literal(""), basis=records.quantity
        )
    met = records.left_join(
        covered, [records.batch == covered.covered_batch, records.position == covered.covered_position]
    )
    none = met.covered_batch.isnull()
    return met.select(
        *records.columns,
        package_quantity=ibis.cases((none, nothing), else_=met.package_quantity),
        mark=ibis.cases(
            (none, ""),
            (met.reserved_rank < met.savings_rank, "reserved"),
            (met.savings_rank < met.reserved_rank, "savings_plan"),
            else_="",
        ),
        whole=ibis.cases(
            (none, ""),
            (met.reserved_quantity == met.quantity, "reserved"),
            (met.savings_quantity == met.quantity, "savings_plan"),
            else_="",
        ),
        basis=ibis.cases((none, met.quantity), else_=quantity(met.quantity - met.package_quantity)),
    )
