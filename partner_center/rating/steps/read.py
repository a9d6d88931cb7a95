"""Usage records beside their customer, product, usage type and the price in force when they began."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table


def goods(products: Table) -> Table:
    """Products with `place`, a number for what they share in a settlement group: service, resource type, region."""
    window = ibis.window(order_by=[products.service_type, products.resource_type, products.region])
    return products.mutate(place=ibis.dense_rank().over(window))


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


def unrated(records: Table) -> Table:
    """The records that no line can be made of, with the reason."""
    return records.filter(records.reason != "").select("batch", "position", "customer_id", "reason")


def ratable(records: Table) -> Table:
    """The records that lines are made of."""
    return records.filter(records.reason == "").drop("reason")
