"""The usage of a snapshot: metering's files as they are, or the records of some customers out of them."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from partner_center.billing.errors import RunFilesCorrupt
from partner_center.billing.runs.folders import refusing
from partner_center.kernel.period import BillMonth
from partner_center.metering.models import UsageFile
from partner_center.metering.store import Store, digest_of
from partner_center.rating import schemas

LateKey = tuple[str, str, int, str]
"""customer, resource, usage type, cycle of usage that came after its cycle was closed."""


@dataclass(slots=True)
class Facts:
    """What the usage of a snapshot speaks of."""

    month: BillMonth
    rows: int = 0
    customers: set[str] = field(default_factory=set)
    used: set[tuple[str, int, int]] = field(default_factory=set)
    """(customer, product, usage type)"""
    late: set[LateKey] = field(default_factory=set)

    @property
    def products(self) -> set[int]:
        return {product_id for _customer, product_id, _usage_type in self.used}

    @property
    def metered(self) -> set[tuple[int, int]]:
        """(product, usage type)"""
        return {(product_id, usage_type_id) for _customer, product_id, usage_type_id in self.used}

    @property
    def earliest(self) -> BillMonth:
        """The first cycle among the usage."""
        return min([self.month, *(BillMonth.parse(cycle) for _c, _r, _u, cycle in self.late)])


def take_all(folder: Path, files: Iterable[UsageFile]) -> dict[str, str]:
    """Put metering's files into `folder` as they are, each found to be what it was; their digests by name.

    A link to the same bytes where the disk can, a copy elsewhere. Raises RunFilesCorrupt, RunFilesUnavailable.
    """
    store = Store.configured()
    target = folder / "usage"
    known: dict[str, str] = {}
    with refusing("usage"):
        target.mkdir()
    for number, one in enumerate(files):
        source = store.local(one.path)
        name = f"usage/{number:06d}.parquet"
        with refusing(one.path):
            if not source.is_file() or digest_of(source) != one.sha256:
                raise RunFilesCorrupt(file=one.path)
            link(source, folder / name)
        known[name] = one.sha256
    return known


def take_some(folder: Path, files: Iterable[UsageFile], customer_ids: Collection[str]) -> None:
    """Put the records of some customers into one file of `folder`."""
    found = read_some(files, customer_ids)
    with refusing("usage"):
        pq.write_table(
            found,
            folder / "usage.parquet",
            compression="zstd",
            store_schema=False,
            row_group_size=20_000,
        )


def read_some(files: Iterable[UsageFile], customer_ids: Collection[str]) -> pa.Table:
    """The records of some customers, by customer, time and place. Raises RunFilesCorrupt, RunFilesUnavailable."""
    store, wanted = Store.configured(), sorted(customer_ids)
    parts = [schemas.USAGE.empty_table()]
    for one in files:
        with refusing(one.path):
            parts.append(
                pq.read_table(
                    store.local(one.path), filters=[("customer_id", "in", wanted)], partitioning=None
                ).cast(schemas.USAGE)
            )
    keys = [(name, "ascending") for name in ("customer_id", "begin_at", "batch", "position")]
    return pa.concat_tables(parts).sort_by(keys)


def facts_of(folder: Path, month: BillMonth) -> Facts:
    """One pass over the usage of a snapshot, batch by batch: memory stays flat however much it is."""
    facts = Facts(month)
    for file in usage_parts(folder):
        see_file(facts, file)
    return facts


def see_file(facts: Facts, file: Path) -> None:
    """Add what one file of usage speaks of."""
    for batch in batches_of(file, _SEEN):
        if batch.num_rows:
            facts.rows += batch.num_rows
            _see(facts, pa.Table.from_batches([batch]))


def usage_parts(folder: Path) -> list[Path]:
    """The files of a snapshot's usage."""
    one = folder / "usage.parquet"
    return [one] if one.exists() else sorted((folder / "usage").glob("*.parquet"))


def batches_of(file: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    with refusing(file.name), pq.ParquetFile(file) as parquet:
        yield from parquet.iter_batches(batch_size=200_000, columns=columns)


_SEEN = [
    "customer_id",
    "product_id",
    "usage_type_id",
    "resource_id",
    "cycle",
    "late",
]


def _see(facts: Facts, table: pa.Table) -> None:
    seen = table.group_by(["customer_id", "product_id", "usage_type_id"]).aggregate([]).to_pydict()
    facts.customers.update(seen["customer_id"])
    facts.used.update(zip(seen["customer_id"], seen["product_id"], seen["usage_type_id"], strict=True))
    late = table.filter(pc.field("late"))
    if late.num_rows:
        keys = late.group_by(["customer_id", "resource_id", "usage_type_id", "cycle"]).aggregate([])
        facts.late.update(tuple(row.values()) for row in keys.to_pylist())


def late_by_cycle(late: Iterable[LateKey]) -> dict[str, list[LateKey]]:
    """The same by cycle."""
    found: dict[str, list[LateKey]] = defaultdict(list)
    for key in sorted(late):
        found[key[3]].append(key)
    return dict(found)


def link(source: Path, target: Path) -> None:
    """The same bytes under another name, copied only where the disk cannot link."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
