"""Rows to measure on: four hundred customers with money and keys, a million finished orders, and orders to pay.

The first order of each customer is placed through the product; the others are copies of it made in the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from partner_center.catalogue.makers import make_catalogue
from partner_center.customers.makers import make_customer
from partner_center.funds.makers import make_money
from partner_center.identity.makers import as_owner
from partner_center.kernel import clock
from partner_center.orders.actions import place_order
from partner_center.orders.models import Order, OrderLine
from partner_center.orders.quoting import Wish
from tests.calling import Key

CUSTOMERS = 400
FINISHED = 1_000_000
YEAR_SECONDS = 350 * 86_400


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer that calls: its id and its key."""

    id: str
    key: Key


def build(*, to_pay: int) -> tuple[list[Buyer], Iterator[tuple[Buyer, str]]]:
    """Buyers, and an iterator over (buyer, number) of `to_pay` orders that await payment, spread over all buyers."""
    make_catalogue()
    buyers = []
    for _number in range(CUSTOMERS):
        customer = make_customer(site="cn")
        make_money(customer, "99000000.00")
        wish = Wish(
            cloud_service_type="hws.service.type.ec2",
            resource_type="hws.resource.type.vm",
            resource_spec="s6.large.2.linux",
            region="cn-north-1",
            period_type=2,
            period_num=1,
        )
        place_order(as_owner(customer.account), customer=customer, wishes=[wish])
        buyers.append(Buyer(customer.pk, Key.of(customer.account)))

    copies = -(-to_pay // CUSTOMERS)
    _copy_orders("P", copies)
    _copy_lines("P")
    _copy_orders("F", FINISHED // CUSTOMERS, finished=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    numbers = {
        buyer.id: iter(
            list(
                Order.objects.filter(customer_id=buyer.id, number__startswith="P-").values_list(
                    "number", flat=True
                )
            )
        )
        for buyer in buyers
    }
    return buyers, ((buyer, next(numbers[buyer.id])) for _turn in range(copies) for buyer in buyers)


def _copy_orders(prefix: str, copies: int, *, finished: bool = False) -> None:
    """`copies` of each order that was placed, numbered <prefix>-<its id>-<n>; finished ones spread over a year."""
    values = {
        field.column: f"o.{field.column}" for field in Order._meta.concrete_fields if not field.primary_key
    }
    values["number"] = f"'{prefix}-' || o.id || '-' || g.n"
    parameters: list[object] = []
    if finished:
        past = f"CAST(%s AS timestamptz) - g.n * interval '{YEAR_SECONDS // copies} seconds'"
        dated = ("created_at", "paid_at", "completed_at")
        values |= dict.fromkeys(dated, past) | {"state": "'completed'", "payer_id": "o.customer_id"}
        parameters = [clock.now() - timedelta(days=1)] * len(dated)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orders_order ({', '.join(values)}) SELECT {', '.join(values.values())}"
            " FROM orders_order o, generate_series(1, %s) AS g(n) WHERE o.number LIKE 'CS%%'",
            [*parameters, copies],
        )


def _copy_lines(prefix: str) -> None:
    values = {
        field.column: f"l.{field.column}"
        for field in OrderLine._meta.concrete_fields
        if not field.primary_key
    }
    values["order_id"] = "copy.id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orders_orderline ({', '.join(values)}) SELECT {', '.join(values.values())}"
            " FROM orders_order copy"
            " JOIN orders_orderline l ON l.order_id = CAST(split_part(copy.number, '-', 2) AS bigint)"
            " WHERE copy.number LIKE %s",
            [f"{prefix}-%"],
        )
