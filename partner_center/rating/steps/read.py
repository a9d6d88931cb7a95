"""Usage records beside their customer, product, usage type and the price in force when they began."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from partner_center.rating.decimals import PRICE, typed

LARGEST = 10.0**14
"""No line comes to so much: far below what the columns hold, so a guess in binary is enough."""


def goods(products: Table) -> Table:
    """Products with `place`, a number for what they share in a settlement group: service, resource type, region."""
    window = ibis.window(order_by=[products.service_type, products.resource_type, products.region])
    return products.mutate(place=ibis.dense_rank().over(window))


def topped(prices: Table, tiers: Table) -> Table:
    """Prices with `top`, the highest price that any quantity has."""
    highest = tiers.group_by(tier_price_id=tiers.price_id).aggregate(highest=tiers.price.max())
    met = prices.left_join(highest, prices.price_id == highest.tier_price_id)
    top = ibis.cases((met.scheme.isin(["flat", "block"]), met.unit_price), else_=met.highest)
    return met.select(*prices.columns, top=typed(top, PRICE))


def records(usage: Table, customers: Table, goods: Table, usage_types: Table, prices: Table) -> Table:
    """Every usage record with what it needs to be rated, and the `reason` why it cannot be ("" when it can)."""
    payer = customers.select(payer_id=customers.customer_id, currency=customers.currency)
    good = goods.select(good_id=goods.product_id, place=goods.place)
    kind = usage_types.select(kind_id=usage_types.usage_type_id, method=usage_types.method)
    price = prices.select(
        price_id=prices.price_id,
        priced_product=prices.product_id,
        priced_usage=prices.usage_type_id,
        priced_currency=prices.currency,
        price_begins=prices.begins_at,
        price_ends=prices.ends_at,
        scheme=prices.scheme,
        list_price=prices.unit_price,
        free=prices.free,
        block=prices.block,
        top=prices.top,
    )
    met = usage.left_join(payer, usage.customer_id == payer.payer_id)
    met = met.left_join(good, met.product_id == good.good_id)
    met = met.left_join(kind, met.usage_type_id == kind.kind_id)
    met = met.left_join(
        price,
        [
            met.product_id == price.priced_product,
            met.usage_type_id == price.priced_usage,
            met.currency == price.priced_currency,
            met.begin_at >= price.price_begins,
            met.begin_at < price.price_ends,
        ],
    )
    reason = ibis.cases(
        (met.payer_id.isnull(), "no_customer"),
        (met.good_id.isnull(), "no_product"),
        (met.kind_id.isnull(), "no_usage_type"),
        (met.price_id.isnull(), "no_price"),
        (met.quantity < 0, "negative_quantity"),
        (met.quantity.cast("float64") * met.top.cast("float64") * met["size"] >= LARGEST, "too_large"),
        else_="",
    )
    return met.select(
        *usage.columns,
        "currency",
        "place",
        "method",
        "price_id",
        "scheme",
        "list_price",
        "free",
        "block",
        reason=reason,
    )


def unrated(records: Table, cumulated: Table | None) -> Table:
    """The records that no line can be made of, with the reason."""
    lost = records.filter(records.reason != "").select("batch", "position", "customer_id", "reason")
    if cumulated is None:
        return lost
    excess = cumulated.filter(cumulated.too_large).select(
        batch=cumulated.cum_batch,
        position=cumulated.cum_position,
        customer_id=cumulated.cum_customer,
        reason=ibis.literal("too_large"),
    )
    return lost.union(excess)


def ratable(records: Table) -> Table:
    """The records that lines are made of."""
    return records.filter(records.reason == "").drop("reason")
