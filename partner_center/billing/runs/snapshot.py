"""The snapshot: everything that a rating reads, frozen into files with a manifest that knows each of them.

take(folder, month)                     a whole month, for a bill run
take(folder, month, customer_ids=…)     some customers, for a supplementary run or a turn of the open month
again(folder, base, draft=…)            an earlier snapshot with the prices of a draft, for a simulation
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from partner_center.billing.errors import DraftHasNoUsagePrices
from partner_center.billing.runs import recorded, tables, usage
from partner_center.billing.runs.folders import (
    IN,
    MANIFEST,
    RunFolder,
    refusing,
    write_manifest,
    write_table,
)
from partner_center.catalogue.models import PriceDraft
from partner_center.kernel.money import minor_digits
from partner_center.kernel.period import BillMonth
from partner_center.metering.queries import usage_files
from partner_center.metering.store import Store
from partner_center.rating import schemas


@dataclass(frozen=True, slots=True)
class Snapshot:
    """manifest: the sha256 of the manifest. digests: per customer, of all but the usage (see tables.digests)."""

    manifest: str
    rows: int
    customers: tuple[str, ...]
    digests: dict[str, str]


def take(folder: RunFolder, month: BillMonth, *, customer_ids: Collection[str] | None = None) -> Snapshot:
    """Freeze the month as it is now. What stood in the folder is replaced.

    Raises RunFilesCorrupt where a file of usage is not what it was, RunFilesUnavailable where the disk is full.
    """
    with folder.making(IN) as place:
        files = usage_files(month, customer_ids)
        known: dict[str, str] = {}
        if customer_ids is None:
            known = usage.take_all(place, files)
        else:
            usage.take_some(place, files, customer_ids)
        facts = usage.facts_of(place, month)
        return _finished(place, facts, customer_ids, known=known)


def digests_now(month: BillMonth) -> dict[str, str]:
    """What `Snapshot.digests` would be now, of everybody with usage in the month."""
    facts = usage.Facts(month)
    for one in usage_files(month):
        usage.see_file(facts, Store.configured().local(one.path))
    found = _tables(facts, facts.customers)
    return tables.digests(found.tables, facts.used, found.currencies)


def again(folder: RunFolder, base: RunFolder, month: BillMonth, *, draft: PriceDraft) -> Snapshot:
    """The snapshot of `base` with the draft's metered prices in place of those that were in force all month.

    Raises DraftHasNoUsagePrices where none of them touches the usage.
    """
    with folder.making(IN) as place:
        source = base.incoming
        with refusing(base.path):
            for file in sorted(source.rglob("*.parquet")):
                target = place / file.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                if file.name not in ("prices.parquet", "tiers.parquet"):
                    usage.link(file, target)
        facts = usage.facts_of(place, month)
        prices, tiers, _listed = tables.prices(facts.metered, draft=draft)
        if not any(number < 0 for number in prices.column("price_id").to_pylist()):
            raise DraftHasNoUsagePrices(draft=draft.name)
        write_table(place, "prices", prices)
        write_table(place, "tiers", tiers)
        digest = write_manifest(place, facts=_said(month, place), known={})
        return Snapshot(digest, facts.rows, tuple(sorted(facts.customers)), {})


@dataclass(frozen=True, slots=True)
class _Tables:
    tables: dict[str, pa.Table]
    currencies: dict[str, str]


def _tables(facts: usage.Facts, customer_ids: set[str]) -> _Tables:
    until = int(facts.month.period.end.timestamp())
    people = tables.customers(customer_ids)
    currencies = {customer_id: currency for customer_id, currency, _site in people}
    found, products = tables.products(facts.products)
    prices, tiers, listed = tables.prices(facts.metered)
    buckets, scopes = tables.packages(customer_ids, facts.month, earliest=facts.earliest)
    named = {
        "products": products,
        "usage_types": tables.usage_types({usage_type_id for _product, usage_type_id in facts.metered}),
        "customers": pa.Table.from_pylist(
            [{"customer_id": one, "currency": currency, "site": site} for one, currency, site in people],
            schema=schemas.CUSTOMERS,
        ),
        "ties": tables.ties(customer_ids, until=until),
        "prices": prices,
        "tiers": tiers,
        "rebates": tables.rebates(facts, currencies, found, listed, until=until),
        "buckets": buckets,
        "bucket_scopes": scopes,
        "carried": recorded.carried(facts.late, facts.month),
    }
    return _Tables(named, currencies)


def _finished(
    place: Path, facts: usage.Facts, customer_ids: Collection[str] | None, *, known: dict[str, str]
) -> Snapshot:
    fees = recorded.fees(facts.month, customer_ids)
    periods = recorded.periods(facts.month, customer_ids)
    everybody = facts.customers | set(fees.column("customer_id").unique().to_pylist())
    found = _tables(facts, everybody)
    for name, table in {**found.tables, "fees": fees, "periods": periods}.items():
        write_table(place, name, table)
    digest = write_manifest(place, facts=_said(facts.month, place), known=known)
    digests = tables.digests(found.tables, facts.used, found.currencies)
    return Snapshot(digest, facts.rows, tuple(sorted(everybody)), digests)


def _said(month: BillMonth, place: Path) -> dict[str, Any]:
    """The manifest's own facts: the month, how many decimals each currency has, the highest rank of a package."""
    with refusing(MANIFEST):
        currencies = set(
            pq.read_table(place / "customers.parquet", columns=["currency"]).column(0).to_pylist()
        )
        ranks = pq.read_table(place / "buckets.parquet", columns=["rank"]).column(0).to_pylist()
    return {
        "month": str(month),
        "currency_minor": {one: minor_digits(one) for one in sorted({"CNY", "USD"} | currencies)},
        "ranks": max(ranks, default=0),
    }
