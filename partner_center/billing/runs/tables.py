"""The tables of a snapshot that come from the database: who is rated, by which prices, discounts and packages.

Everything is the state of the moment at which the snapshot is taken, ordered, so that the same rows give the same
bytes. Which products and customers matter is known from the usage (see usage.Facts).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from partner_center.billing.runs.rebates import ListPrice, Rebates
from partner_center.billing.runs.spans import FOREVER, Span, chosen, seconds
from partner_center.billing.runs.usage import Facts
from partner_center.catalogue.models import ChargeMode, PriceDraft, PriceRow, Product, UsageType
from partner_center.catalogue.tariffs import Tariff
from partner_center.customers.models import Association, Customer, ManagerAssignment
from partner_center.identity.models import CURRENCY_OF_SITE
from partner_center.kernel.period import BillMonth
from partner_center.metering.queries import Buckets, buckets
from partner_center.rating import schemas

CHUNK = 500
"""Ids in one statement; both databases take that many without being asked twice."""

LARGE = 20_000
"""From so many customers on, whole tables are read rather than theirs."""


def customers(customer_ids: Collection[str]) -> list[tuple[str, str, str]]:
    """(customer_id, currency, site), in order."""
    rows = Customer.objects.order_by("pk")
    return [
        (pk, CURRENCY_OF_SITE[site], site)
        for chunk in _chunks(customer_ids)
        for pk, site in (rows if chunk is None else rows.filter(pk__in=chunk)).values_list(
            "pk", "account__site"
        )
        if chunk is not None or pk in customer_ids
    ]


def products(product_ids: Iterable[int]) -> tuple[list[Product], pa.Table]:
    found = list(Product.objects.detailed().filter(pk__in=sorted(product_ids)).order_by("pk"))
    rows = [
        {
            "product_id": one.pk,
            "service_type": one.service.code,
            "resource_type": one.resource_type.code,
            "resource_spec": one.spec,
            "region": one.region.code,
        }
        for one in found
    ]
    return found, _table(rows, schemas.PRODUCTS)


def usage_types(usage_type_ids: Iterable[int]) -> pa.Table:
    rows = UsageType.objects.filter(pk__in=sorted(usage_type_ids)).order_by("pk")
    return _table(
        [{"usage_type_id": one.pk, "code": one.code, "method": one.method} for one in rows],
        schemas.USAGE_TYPES,
    )


def prices(
    pairs: Collection[tuple[int, int]], *, draft: PriceDraft | None = None
) -> tuple[pa.Table, pa.Table, dict[tuple[int, str], list[ListPrice]]]:
    """The metered prices of these (product, usage type) from the first to the last, their tiers, and the list prices.

    The list prices are those of all the products' usage types: what a discount is compared with must not depend on
    who else is rated.
    draft: its prices hold from the beginning of time instead of those they would replace.
    """
    wanted = set(pairs)
    rows = PriceRow.objects.filter(
        charge_mode=ChargeMode.ON_DEMAND, product_id__in=sorted({product_id for product_id, _ in wanted})
    )
    by_item: dict[tuple[int, int, str], list[_Price]] = defaultdict(list)
    for row in rows.order_by("product_id", "usage_type_id", "currency", "begins_at", "pk"):
        assert row.usage_type_id is not None, "metered prices name their usage"
        by_item[row.product_id, row.usage_type_id, row.currency].append(
            _Price(row.pk, seconds(row.begins_at), row.tariff if row.is_on_sale else None)
        )
    for item, drafted in _drafted(draft, wanted).items():
        by_item[item] = [drafted]

    written: list[dict[str, Any]] = []
    tiers: list[dict[str, Any]] = []
    listed: dict[tuple[int, str], list[ListPrice]] = defaultdict(list)
    for (product_id, usage_type_id, currency), history in sorted(by_item.items()):
        ends = [*(one.begins for one in history[1:]), FOREVER]
        for one, end in zip(history, ends, strict=True):
            if one.tariff is None or one.begins >= end:
                continue
            first = one.tariff.steps[0].price if one.tariff.steps else one.tariff.price
            listed[product_id, currency].append(ListPrice(one.begins, end, first))
            if (product_id, usage_type_id) not in wanted:
                continue
            written.append(
                {
                    "price_id": one.number,
                    "product_id": product_id,
                    "usage_type_id": usage_type_id,
                    "currency": currency,
                    "begins_at": one.begins,
                    "ends_at": end,
                    "scheme": one.tariff.scheme,
                    "unit_price": one.tariff.price,
                    "free": one.tariff.free,
                    "block": one.tariff.block,
                }
            )
            tiers += _tiers(one.number, one.tariff)
    return _table(written, schemas.PRICES), _table(tiers, schemas.TIERS), dict(listed)


def ties(customer_ids: Collection[str], *, until: int) -> pa.Table:
    """Whose customer each was, from when to when: its partner and distributor, and its account manager."""
    spans: dict[str, list[Span[tuple[str, ...]]]] = defaultdict(list)
    for chunk in _chunks(customer_ids):
        associations = _of(Association.objects.order_by("customer_id", "began_at", "pk"), chunk)
        for customer_id, partner_id, distributor_id, kind, began_at, ended_at in associations.values_list(
            "customer_id",
            "partner_id",
            "partner__distributor_id",
            "association_type",
            "began_at",
            "ended_at",
        ):
            partner = ("partner", partner_id, distributor_id or "", kind)
            spans[customer_id].append(Span(seconds(began_at), seconds(ended_at), partner))
        managers = _of(ManagerAssignment.objects.order_by("customer_id", "created_at", "pk"), chunk)
        for customer_id, manager_id, created_at, ended_at in managers.values_list(
            "customer_id", "manager_id", "created_at", "ended_at"
        ):
            manager = ("manager", str(manager_id))
            spans[customer_id].append(Span(seconds(created_at), seconds(ended_at), manager))
    wanted = customer_ids if isinstance(customer_ids, set | frozenset) else set(customer_ids)
    rows = [
        {
            "customer_id": customer_id,
            "partner_id": tie.value[0],
            "distributor_id": tie.value[1],
            "association_type": tie.value[2],
            "manager_id": tie.value[3],
            "begins_at": tie.begins,
            "ends_at": FOREVER if tie.ends >= until else tie.ends,
        }
        for customer_id, mine in sorted(spans.items())
        if customer_id in wanted
        for tie in chosen(mine, _tie, since=0, until=until)
    ]
    return _table(rows, schemas.TIES)


def rebates(
    facts: Facts,
    currencies: Mapping[str, str],
    found: Sequence[Product],
    listed: Mapping[tuple[int, str], Sequence[ListPrice]],
    *,
    until: int,
) -> pa.Table:
    """The discount that each customer's use of each product is charged by, without overlap."""
    resolved = Rebates(currencies, until=until, all_customers=len(currencies) > LARGE)
    by_id = {one.pk: one for one in found}
    having = resolved.customers()
    rows = [
        {
            "customer_id": customer_id,
            "product_id": product_id,
            "begins_at": span.begins,
            "ends_at": span.ends,
            "discount_type": span.value.discount_type,
            "discount_id": span.value.discount_id,
            "mode": span.value.mode,
            "kept": span.value.kept,
            "unit_price": span.value.unit_price,
        }
        for customer_id, product_id in sorted({(one[0], one[1]) for one in facts.used})
        if customer_id in having and product_id in by_id
        for span in resolved.of(
            customer_id, by_id[product_id], listed.get((product_id, currencies[customer_id]), ())
        )
    ]
    return _table(rows, schemas.REBATES)


def packages(
    customer_ids: Collection[str], month: BillMonth, *, earliest: BillMonth
) -> tuple[pa.Table, pa.Table]:
    """What the customers' packages can cover."""
    everybody = len(customer_ids) > LARGE
    left: Buckets = buckets(None if everybody else customer_ids, month, earliest=earliest)
    rows = [one._asdict() for one in left.rows if not everybody or one.customer_id in customer_ids]
    kept = {one["bucket_id"] for one in rows}
    scopes = [one._asdict() for one in left.scopes if one.bucket_id in kept]
    return _table(rows, schemas.BUCKETS), _table(scopes, schemas.BUCKET_SCOPES)


def digests(
    tables: Mapping[str, pa.Table], used: Collection[tuple[str, int, int]], currencies: Mapping[str, str]
) -> dict[str, str]:
    """For each customer a digest of what it is rated by, its usage aside: it changes when any of that does."""
    by_price: dict[int, list[str]] = defaultdict(list)
    for row in tables["tiers"].to_pylist():
        by_price[row.pop("price_id")].append(repr(sorted(row.items())))
    by_item: dict[tuple[int, int, str], list[str]] = defaultdict(list)
    for row in tables["prices"].to_pylist():
        said = [repr(sorted(row.items())), *by_price[row["price_id"]]]
        by_item[row["product_id"], row["usage_type_id"], row["currency"]] += said
    priced = {key: _digest(said) for key, said in by_item.items()}
    said_of: dict[str, list[str]] = {customer_id: [currency] for customer_id, currency in currencies.items()}
    for customer_id, product_id, usage_type_id in sorted(used):
        if customer_id in said_of:
            key = product_id, usage_type_id, currencies[customer_id]
            said_of[customer_id].append(f"{product_id}/{usage_type_id}: {priced.get(key, '')}")
    owners: dict[int, str] = {}
    for name in ("ties", "rebates", "buckets", "carried"):
        for row in tables[name].to_pylist():
            said_of[row["customer_id"]].append(repr(sorted(row.items())))
            if name == "buckets":
                owners[row["bucket_id"]] = row["customer_id"]
    for row in tables["bucket_scopes"].to_pylist():
        said_of[owners[row["bucket_id"]]].append(repr(sorted(row.items())))
    return {customer_id: _digest(said) for customer_id, said in said_of.items()}


class _Price:
    __slots__ = ("begins", "number", "tariff")

    def __init__(self, number: int, begins: int, tariff: Tariff | None) -> None:
        self.number, self.begins, self.tariff = number, begins, tariff


def _drafted(
    draft: PriceDraft | None, wanted: Collection[tuple[int, int]]
) -> dict[tuple[int, int, str], _Price]:
    """The draft's prices for metered usage; their numbers are negative, as they are in no price book yet."""
    if draft is None:
        return {}
    rows = draft.prices.filter(charge_mode=ChargeMode.ON_DEMAND, withdraws=False, unit_price__isnull=False)
    return {
        (row.product_id, row.usage_type_id, row.currency): _Price(-row.pk, 0, row.tariff)
        for row in rows.order_by("begins_at", "pk")
        if row.usage_type_id is not None and (row.product_id, row.usage_type_id) in wanted
    }


def _tiers(price_id: int, tariff: Tariff) -> list[dict[str, Any]]:
    rows, lower = [], Decimal(0)
    for number, step in enumerate(tariff.steps, start=1):
        rows.append(
            {"price_id": price_id, "step": number, "lower": lower, "upper": step.upto, "price": step.price}
        )
        lower = step.upto if step.upto is not None else lower
    return rows


def _tie(holding: list[tuple[str, ...]], begins: int) -> tuple[str, str, str, str] | None:
    """The partner that holds and its manager; a manager only counts beside a partner."""
    partner = next((one for one in holding if one[0] == "partner"), None)
    if partner is None:
        return None
    manager = next((one[1] for one in holding if one[0] == "manager"), "")
    return partner[1], partner[2], partner[3], manager


def _digest(said: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)


def _chunks(customer_ids: Collection[str]) -> Iterable[list[str] | None]:
    """The ids in portions for one statement each; None, once, where reading everybody is cheaper."""
    if len(customer_ids) > LARGE:
        return [None]
    ordered = sorted(customer_ids)
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]


def _of(rows: Any, chunk: list[str] | None) -> Any:
    return rows if chunk is None else rows.filter(customer_id__in=chunk)
