"""What is always true of orders beside the ledger and the leases. Each law is one statement over the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from partner_center.foundation.laws import law
from partner_center.funds.trades import REFUNDED, UNSUBSCRIBED
from partner_center.kernel.money import Money
from partner_center.orders.states import OrderType

_MOVED = (
    "SELECT e.about AS number, SUM(t.amount_minor) AS minor FROM ledger_entry e"
    " JOIN ledger_transfer t ON t.entry_id = e.id WHERE e.kind IN ({kinds}) GROUP BY e.about"
)


@law(
    "orders.paid_once",
    says="Every paid order has exactly one ledger entry, for its amount; unpaid ones have none.",
)
def orders_are_paid_once() -> Iterator[str]:
    rows = _rows(
        "SELECT o.number, o.currency, o.paid_at IS NOT NULL, o.payable_minor, COALESCE(p.minor, 0),"
        " COALESCE(m.minor, 0), COALESCE(m.entries, 0) FROM orders_order o"
        " LEFT JOIN (SELECT order_id, SUM(amount_minor) AS minor, COUNT(DISTINCT entry_id) AS entries"
        " FROM orders_payment GROUP BY order_id) p ON p.order_id = o.id"
        " LEFT JOIN (SELECT e.reference, SUM(t.amount_minor) AS minor, COUNT(DISTINCT e.id) AS entries"
        " FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id WHERE e.reference LIKE 'order:%%'"
        " GROUP BY e.reference) m ON m.reference = 'order:' || o.number"
        " WHERE COALESCE(p.minor, 0) <> CASE WHEN o.paid_at IS NOT NULL AND o.payable_minor > 0"
        " THEN o.payable_minor ELSE 0 END"
        " OR COALESCE(m.minor, 0) <> COALESCE(p.minor, 0) OR COALESCE(m.entries, 0) <> COALESCE(p.entries, 0)"
        " OR COALESCE(m.entries, 0) > 1",
    )
    for number, currency, is_paid, payable, paid, moved, entries in rows:
        yield (
            f"{number}: {'paid' if is_paid else 'unpaid'}, {Money(payable, currency)} due, "
            f"{Money(int(paid), currency)} paid, {Money(int(moved), currency)} moved by {entries} entries"
        )


@law("orders.lines", says="The lines of an order sum to the order, at list price and after discount.")
def lines_sum_to_the_order() -> Iterator[str]:
    rows = _rows(
        "SELECT o.number, o.currency, o.official_minor, o.payable_minor, SUM(l.official_minor), SUM(l.payable_minor)"
        " FROM orders_order o LEFT JOIN orders_orderline l ON l.order_id = o.id"
        " GROUP BY o.id, o.number, o.currency, o.official_minor, o.payable_minor"
        " HAVING COUNT(l.id) = 0 OR SUM(l.official_minor) <> o.official_minor"
        " OR SUM(l.payable_minor) <> o.payable_minor"
    )
    for number, currency, official, payable, lines_official, lines_payable in rows:
        yield (
            f"{number}: {Money(official, currency)} / {Money(payable, currency)}, its lines "
            f"{Money(int(lines_official or 0), currency)} / {Money(int(lines_payable or 0), currency)}"
        )


@law("orders.refunds", says="Of what was paid for an order never more comes back.")
def refunds_are_within_what_was_paid() -> Iterator[str]:
    rows = _rows(
        "SELECT r.base_order_number, r.currency, r.minor, COALESCE(p.minor, 0) FROM"
        " (SELECT base_order_number, currency, SUM(amount_minor) AS minor FROM orders_refundline"
        " WHERE kind = 'refund' GROUP BY base_order_number, currency) r"
        " LEFT JOIN (SELECT o.number, SUM(y.amount_minor) AS minor FROM orders_payment y"
        " JOIN orders_order o ON o.id = y.order_id GROUP BY o.number) p ON p.number = r.base_order_number"
        " WHERE r.minor > COALESCE(p.minor, 0)"
    )
    for number, currency, back, paid in rows:
        yield f"{number}: {Money(int(paid), currency)} paid, {Money(int(back), currency)} came back"


@law(
    "orders.paid_back",
    says="What a finished order gives back has moved in the ledger, to the cent and no more.",
)
def refunds_have_moved() -> Iterator[str]:
    moved = _MOVED.format(kinds="%s, %s")
    rows = _rows(
        "SELECT o.number, o.currency, o.state, COALESCE(r.minor, 0), COALESCE(m.minor, 0) FROM orders_order o"
        " LEFT JOIN (SELECT order_id, SUM(amount_minor) AS minor FROM orders_refundline WHERE kind = 'refund'"
        " GROUP BY order_id) r ON r.order_id = o.id"
        f" LEFT JOIN ({moved}) m ON m.number = o.number"
        " WHERE COALESCE(m.minor, 0) <> CASE WHEN o.state = 'completed' OR o.cancellation = 'not_delivered'"
        " THEN COALESCE(r.minor, 0) ELSE 0 END",
        [UNSUBSCRIBED, REFUNDED],
    )
    for number, currency, state, said, came in rows:
        yield f"{number} ({state}): {Money(int(said), currency)} said, {Money(int(came), currency)} moved"


@law(
    "orders.leases", says="What was paid for a delivered order lies on its leases and packages, to the cent."
)
def payments_lie_on_leases() -> Iterator[str]:
    rows = _rows(
        "SELECT o.number, o.currency, COALESCE(p.minor, 0), COALESCE(s.minor, 0) FROM orders_order o"
        " LEFT JOIN (SELECT order_id, SUM(amount_minor) AS minor FROM orders_payment"
        " WHERE means IN ('cash', 'credit') GROUP BY order_id) p ON p.order_id = o.id"
        " LEFT JOIN (SELECT order_number, SUM(minor) AS minor FROM"
        " (SELECT order_number, cash_minor + credit_minor AS minor FROM subscriptions_leaseperiod"
        " UNION ALL SELECT order_number, cash_minor + credit_minor FROM metering_package) b"
        " GROUP BY order_number) s ON s.order_number = o.number"
        " WHERE o.state = 'completed' AND o.payable_minor >= 0 AND o.type IN (%s, %s, %s)"
        " AND COALESCE(p.minor, 0) <> COALESCE(s.minor, 0)",
        [OrderType.NEW.value, OrderType.RENEWAL.value, OrderType.CHANGE.value],
    )
    for number, currency, paid, leased in rows:
        yield f"{number}: {Money(int(paid), currency)} paid, {Money(int(leased), currency)} on leases and packages"


def _rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())
