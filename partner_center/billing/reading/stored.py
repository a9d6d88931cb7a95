"""What the rating wrote down about one usage line: read again, never computed again.

The line itself, what packages covered of it, the peak it stands for, and from the snapshot that the rating read the
price, its steps and the discount in force when the use began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from partner_center.billing.models.runs import CustomerRating
from partner_center.billing.reading.engine import ask
from partner_center.billing.reading.ids import LineId
from partner_center.billing.runs.folders import RunFolder
from partner_center.metering.store import Store

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredLine:
    """line: every column of `out/lines`. coverage: (bucket, quantity). The others are None where there is none."""

    line: Row
    coverage: Sequence[tuple[int, Decimal]]
    price: Row | None
    tiers: Sequence[Row]
    rebate: Row | None
    peak: Row | None


def stored_line(line_id: LineId) -> StoredLine | None:
    """The line as the customer's present rating of that month wrote it; None where it wrote no such line."""
    present = CustomerRating.objects.select_related("rating", "file").filter(
        customer_id=line_id.customer_id, month=str(line_id.month), file__isnull=False
    )
    found = present.first()
    if found is None or found.file is None:
        return None
    place = [line_id.customer_id, line_id.batch, line_id.position]
    own = "customer_id = ? AND batch = ? AND position = ?"
    path = Store.configured().local(found.file.path)
    lines = _rows(path, f"{own} AND source = 'usage'", place)
    if not lines:
        return None
    folder, line = RunFolder(found.rating.folder), lines[0]
    covered = _rows(folder.came_out("coverage"), f"{own} ORDER BY bucket_id", place)
    prices = _rows(folder.came_in("prices"), "price_id = ?", [line["price_id"]])
    tiers = _rows(folder.came_in("tiers"), "price_id = ? ORDER BY step", [line["price_id"]])
    rebates = _rows(
        folder.came_in("rebates"),
        "customer_id = ? AND product_id = ? AND begins_at <= ? AND ends_at > ?",
        [line_id.customer_id, line["product_id"], line["begin_at"], line["begin_at"]],
    )
    peaks = _rows(folder.came_out("peaks"), own, place)
    return StoredLine(
        line,
        [(one["bucket_id"], one["quantity"]) for one in covered],
        prices[0] if prices else None,
        tiers,
        rebates[0] if rebates and line["discount_id"] == rebates[0]["discount_id"] else None,
        peaks[0] if peaks else None,
    )


def _rows(path: Path, condition: str, values: Sequence[Any]) -> list[Row]:
    """Rows of a table, which is a file or a folder of files; an absent table has none."""
    if not path.exists():
        return []
    files = str(path / "**/*.parquet") if path.is_dir() else str(path)
    described = ask("DESCRIBE SELECT * FROM read_parquet(?)", [files])
    names = [column[0] for column in described]
    rows = ask(f"SELECT * FROM read_parquet(?) WHERE {condition}", [files, *values])
    return [dict(zip(names, row, strict=True)) for row in rows]
