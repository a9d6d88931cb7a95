"""The lines as they are written: codes of the bill, names of the product, and `before` within the settlement group."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.expr.types import Table

from partner_center.rating.decimals import amount, typed
from partner_center.rating.schemas import LINES, PRICED
from partner_center.rating.tables import shaped

USE, SAVINGS_USE = 5, 23
"""bill_type: 消费-使用, 消费-节省计划抵扣 (spec/api/enums.md)."""
ON_DEMAND, RESERVED, SAVINGS_PLAN = 3, 10, 11
"""charging_mode: 按需, 预留实例, 节省计划."""


def narrowed(rows: Table) -> Table:
    """Priced records with nothing but what their lines need, of exactly the lines' types."""
    needed = [*LINES, pa.field("place", pa.int64()), pa.field("whole", pa.string())]
    return shaped(rows, pa.schema([field for field in needed if field.name in rows.columns]))


def lines(records: Table, goods: Table, usage_types: Table) -> Table:
    """Rated records as lines."""
    rows = _coded(records)
    earlier = ibis.window(
        group_by=[
            rows.customer_id,
            rows.cycle,
            rows.place,
            rows.enterprise_project_id,
            rows.tie,
            rows.charging_mode,
        ],
        order_by=[rows.begin_at, rows.batch, rows.position],
        preceding=(None, 1),
    )
    rows = rows.mutate(earlier=amount(typed(rows.payable.sum().over(earlier), dt.Decimal(38, 10))))
    rows = rows.mutate(
        before=ibis.cases((rows.earlier.isnull(), amount(ibis.literal(0))), else_=rows.earlier)
    )
    return shaped(_named(rows, goods, usage_types), LINES)


def priced(records: Table, goods: Table, usage_types: Table) -> Table:
    """Rated records as far as prices go, without what a bill tells of them."""
    return shaped(_named(_coded(records), goods, usage_types), PRICED)


def _coded(records: Table) -> Table:
    """With the bill's codes. A record wholly covered by reserved or savings-plan capacity is of that mode."""
    return records.mutate(
        bill_type=ibis.cases((records.whole == "savings_plan", SAVINGS_USE), else_=USE),
        charging_mode=ibis.cases(
            (records.whole == "savings_plan", SAVINGS_PLAN),
            (records.whole == "reserved", RESERVED),
            else_=ON_DEMAND,
        ),
    )


def _named(rows: Table, goods: Table, usage_types: Table) -> Table:
    """With the names of product and usage type."""
    good = goods.select("service_type", "resource_type", "resource_spec", "region", named=goods.product_id)
    kind = usage_types.select(usage_type=usage_types.code, coded=usage_types.usage_type_id)
    rows = rows.inner_join(good, rows.product_id == good.named)
    rows = rows.inner_join(kind, rows.usage_type_id == kind.coded)
    return rows.mutate(source=ibis.literal("usage"))
