"""Accepted records on their way into Parquet: gathered by bill month, sorted, written a file at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from partner_center.kernel.ids import new_id
from partner_center.metering.models import PendingFile, UsageFile
from partner_center.metering.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_A_FILE = 500_000
"""So many records are held in memory; a larger batch has several files."""
ORDER = ("customer_id", "begin_at", "position")


@dataclass(frozen=True, slots=True)
class Gathered:
    """A file that was written and does not count yet; `row` will make it count."""

    row: UsageFile
    customers: frozenset[str]


class Gathering:
    """The files of one attempt at a batch. Their names are entered as pending before their first byte."""

    def __init__(self, store: Store, batch_pk: int) -> None:
        self.store, self.batch_pk = store, batch_pk
        self.files: list[Gathered] = []
        self._months: dict[str, list[tuple[Any, ...]]] = {}
        self._held = 0
        self._attempt = new_id()

    def add(self, month: str, *record: Any) -> None:
        """One accepted record: the columns of rating/schemas.py USAGE after `batch`."""
        rows = self._months.get(month)
        if rows is None:
            rows = self._months[month] = []
        rows.append(record)
        self._held += 1
        if self._held >= ROWS_A_FILE:
            self.finish()

    def finish(self) -> None:
        """Write what is held. Raises StoreUnavailable."""
        for month, rows in sorted(self._months.items()):
            self._write(month, rows)
        self._months.clear()
        self._held = 0

    def _write(self, month: str, rows: list[tuple[Any, ...]]) -> None:
        import pyarrow.compute as pc

        path = f"usage/{month}/{self._attempt}-{len(self.files):04d}.parquet"
        PendingFile.objects.create(path=path)
        table = _table(self.batch_pk, rows)
        written = self.store.write(path, table)
        customers = table["customer_id"]
        row = UsageFile(
            batch_id=self.batch_pk,
            month=month,
            path=path,
            rows=written.rows,
            size=written.size,
            sha256=written.sha256,
            first_at=pc.min(table["begin_at"]).as_py(),
            last_at=pc.max(table["end_at"]).as_py(),
            first_customer=customers[0].as_py(),
            last_customer=customers[-1].as_py(),
        )
        self.files.append(Gathered(row, frozenset(pc.unique(customers).to_pylist())))

    def pending(self) -> list[str]:
        """Every file that this attempt began, whole or not."""
        return list(PendingFile.objects.filter(path__contains=self._attempt).values_list("path", flat=True))


def _table(batch_pk: int, rows: list[tuple[Any, ...]]) -> pa.Table:
    import pyarrow as pa

    from partner_center.rating.schemas import USAGE

    columns = [[batch_pk] * len(rows), *map(list, zip(*rows, strict=True))]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, USAGE.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=USAGE).sort_by([(name, "ascending") for name in ORDER])
