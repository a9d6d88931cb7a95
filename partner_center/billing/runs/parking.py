"""Who cannot be billed, why, and how much money is at stake. The others are billed meanwhile."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from partner_center.billing.runs.completeness import Days
from partner_center.billing.runs.engine import Reader
from partner_center.billing.runs.parked import DAYS, UNRATED, Parked
from partner_center.billing.runs.spans import seconds
from partner_center.catalogue.models import ChargeMode, PriceRow
from partner_center.kernel.money import Amount


def to_park(files: Reader, days: Days, *, waived: Collection[str]) -> list[Parked]:
    """Customers with unrated usage or uncovered days, in order. `waived`: it has been decided to bill them without.

    files: knows usage, unrated, customers, customer_totals.
    """
    rated = dict(files.rows("SELECT customer_id, payable FROM customer_totals"))
    currencies = dict(files.rows("SELECT customer_id, currency FROM customers"))
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for customer_id, reason, count in files.rows(
        "SELECT customer_id, reason, count(*) FROM unrated GROUP BY ALL ORDER BY ALL"
    ):
        reasons[customer_id][reason] += count
    values = _values(files, currencies)
    found = []
    for customer_id in sorted((reasons.keys() | days.wrong.keys()) - set(waived)):
        payable, currency = rated.get(customer_id, Decimal(0)), currencies.get(customer_id, "CNY")
        unrated = values.get(customer_id, Decimal(0))
        stake = Amount(payable, currency) + Amount(unrated, currency)
        detail = {
            "records": dict(reasons.get(customer_id, {})),
            "days": dict(days.wrong.get(customer_id, {})),
            "resource": days.examples.get(customer_id, ""),
            "rated": str(payable),
            "unrated": str(unrated),
        }
        reason = UNRATED if customer_id in reasons else DAYS
        found.append(Parked(customer_id, reason, detail, stake.settle().money))
    return found


def _values(files: Reader, currencies: Mapping[str, str]) -> dict[str, Decimal]:
    """What unrated usage would come to at the unit price nearest in time; nothing where none is known."""
    rows = files.rows(
        """
        SELECT u.customer_id, u.product_id, u.usage_type_id, sum(u.quantity * u.size), max(u.begin_at)
        FROM unrated x JOIN usage u ON u.batch = x.batch AND u.position = x.position
        WHERE u.quantity > 0 GROUP BY ALL
        """
    )
    prices = _known_prices({row[1] for row in rows})
    values: dict[str, Decimal] = defaultdict(Decimal)
    for customer_id, product_id, usage_type_id, quantity, at in rows:
        history = prices.get((product_id, usage_type_id, currencies.get(customer_id, "")), [])
        if history:
            nearest = min(history, key=lambda price: (abs(price[0] - at), price[0]))
            values[customer_id] += Decimal(quantity) * nearest[1]
    return values


def _known_prices(product_ids: Collection[int]) -> dict[tuple[int, int, str], list[tuple[int, Decimal]]]:
    rows = PriceRow.objects.filter(
        product_id__in=sorted(product_ids), charge_mode=ChargeMode.ON_DEMAND, unit_price__isnull=False
    ).order_by("begins_at", "pk")
    found: dict[tuple[int, int, str], list[tuple[int, Decimal]]] = defaultdict(list)
    for row in rows:
        assert row.usage_type_id is not None and row.unit_price is not None, "filtered"
        price = row.tariff.steps[0].price if row.tariff.steps else row.tariff.price
        found[row.product_id, row.usage_type_id, row.currency].append((seconds(row.begins_at), price))
    return found
