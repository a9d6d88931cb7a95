"""What differs between two ratings: per currency in all, and the customers, services and prices that moved most.

{"against": "2026-10/1", "totals": [...], "customers": [...], "services": [...], "prices": [...]}; amounts are exact
decimal text. A price is what a unit came to on the list: list amount over quantity, before discounts. Its `effect` is
what the change of price alone makes at today's quantity.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any

from partner_center.billing.runs.engine import Reader, reading
from partner_center.billing.runs.folders import RunFolder

MOST = 20
"""So many of each are named: those that moved most."""

_EXACT = Context(prec=60)
_SHOWN = Decimal("1E-10")


def compared(now: RunFolder, before: RunFolder | None, *, against: str) -> dict[str, Any]:
    """`now` against `before` (None: against nothing, and everything is new)."""
    places = {"groups_now": now.came_out("groups"), "lines_now": now.came_out("lines")}
    if before is not None:
        places["groups_before"] = before.came_out("groups")
        places["lines_before"] = before.came_out("lines")
    with reading(**places) as files:
        if before is None:
            files.know_nothing("groups_before", like="groups")
            files.know_nothing("lines_before", like="lines")
        return {
            "against": against,
            "totals": _moved(files, "currency"),
            "customers": _moved(files, "currency", "customer_id"),
            "services": _moved(files, "currency", "service_type", "region"),
            "prices": _prices(files),
        }


def _moved(files: Reader, *keys: str) -> list[dict[str, Any]]:
    """Sums of groups by these columns, the largest movement first."""
    columns = ", ".join(keys)
    rows = files.dicts(
        f"""
        WITH both_months AS (
            SELECT {columns}, payable_minor AS after, 0::BIGINT AS before FROM groups_now
            UNION ALL SELECT {columns}, 0::BIGINT, payable_minor FROM groups_before
        )
        SELECT {columns}, sum(before)::BIGINT AS before, sum(after)::BIGINT AS after
        FROM both_months GROUP BY {columns} ORDER BY abs(sum(after) - sum(before)) DESC, {columns} LIMIT {MOST}
        """
    )
    return [row for row in rows if row["before"] or row["after"]]


def _prices(files: Reader) -> list[dict[str, Any]]:
    rows = files.dicts(
        """
        WITH sums AS (
            SELECT 1 AS turn, product_id, usage_type, currency, resource_spec, region,
                   sum(list_exact) AS listed, sum(charged_quantity * size::DECIMAL(10, 0)) AS quantity
            FROM lines_now WHERE source = 'usage' AND charged_quantity > 0 GROUP BY ALL
            UNION ALL
            SELECT 0, product_id, usage_type, currency, resource_spec, region,
                   sum(list_exact), sum(charged_quantity * size::DECIMAL(10, 0))
            FROM lines_before WHERE source = 'usage' AND charged_quantity > 0 GROUP BY ALL
        )
        SELECT a.resource_spec, a.region, a.usage_type, a.currency,
               b.listed AS listed_before, b.quantity AS quantity_before, a.listed, a.quantity
        FROM sums a JOIN sums b ON b.turn = 0 AND b.product_id = a.product_id AND b.usage_type = a.usage_type
             AND b.currency = a.currency
        WHERE a.turn = 1
        """
    )
    moved = [one for row in rows if (one := _price(row)) is not None]
    moved.sort(key=lambda one: (-abs(Decimal(one["effect"])), one["resource_spec"], one["region"]))
    return moved[:MOST]


def _price(row: dict[str, Any]) -> dict[str, Any] | None:
    """The price before and after with its effect; None where it is the same."""
    if not row["quantity"] or not row["quantity_before"]:
        return None
    before = _EXACT.divide(row["listed_before"], row["quantity_before"])
    after = _EXACT.divide(row["listed"], row["quantity"])
    effect = _EXACT.multiply(_EXACT.subtract(after, before), row["quantity"])
    shown = [value.quantize(_SHOWN, context=_EXACT) for value in (before, after, effect)]
    if shown[0] == shown[1]:
        return None
    return {
        **{name: row[name] for name in ("resource_spec", "region", "usage_type", "currency")},
        **{name: f"{value:f}" for name, value in zip(("before", "after", "effect"), shown, strict=True)},
    }
