"""Handing a snapshot to the rating, and taking what it wrote: its files, and whose lines stand where."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import structlog
from django.conf import settings

from partner_center.billing.errors import RatingFailed, RunFilesUnavailable
from partner_center.billing.models import CustomerRating, RatedFile, Rating
from partner_center.billing.runs.actions import point_customers
from partner_center.billing.runs.folders import OUT, RunFolder, refusing
from partner_center.billing.runs.plainly import is_small, rate_plainly
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.kernel.money import Amount
from partner_center.kernel.period import BillMonth
from partner_center.metering.actions import record_consumption
from partner_center.metering.store import ROWS_A_GROUP, digest_of
from partner_center.rating import run as rate
from partner_center.rating.schemas import OUT as OUT_TABLES

log = structlog.get_logger(__name__)
AT_ONCE = 1000
PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Rated:
    """What a rating came to, its files of lines (not saved), and by which engine."""

    totals: dict[str, Any]
    engine: str
    files: list[RatedFile]


def rate_folder(folder: RunFolder, *, name: str, small: bool = False, for_bills: bool = True) -> Rated:
    """Rate the snapshot of `folder` into its other half. Nothing stays of a rating that fails.

    small: a few customers are rated by the plain reference, without starting an engine. for_bills: whether lines tell
    all that a bill says, or only prices. Raises RatingFailed,
    RunFilesUnavailable.
    """
    engine = settings.PARTNER_CENTER_RATING_ENGINE
    if small and is_small(folder.incoming):
        engine = PLAIN
    with folder.making(OUT) as place:
        try:
            totals = _rated(folder.incoming, place, engine, for_bills)
        except OSError as error:
            raise RunFilesUnavailable(path=folder.path, reason=error.strerror or str(error)) from error
        except DomainError:
            raise
        except Exception as error:
            log.exception("billing.rating_failed", run=name)
            raise RatingFailed(run=name, reason=_first_line(error)) from error
        _join_parts(place)
        files = [_file(folder, place, number, one) for number, one in enumerate(_line_files(place))]
    return Rated(_plain(totals), engine, files)


def point_to(
    actor: Actor, rating: Rating, *, digests: Mapping[str, str], left_out: Collection[str] = ()
) -> None:
    """Let these customers' month be what `rating` says: which file to open, how many lines, what they come to."""
    files = {one.path.rpartition("/")[2]: one for one in rating.files.all()}
    folder = RunFolder(rating.folder)
    with refusing(rating.folder):
        people = pq.read_table(folder.came_in("customers"), columns=["customer_id", "currency"])
    currencies = {row["customer_id"]: row["currency"] for row in people.to_pylist()}
    for some in _totals(folder, left_out):
        pointers = [
            _pointer(rating, row, currencies[row["customer_id"]], files, digests)
            for row in some
            if row["customer_id"] in currencies
        ]
        point_customers(actor, pointers=pointers)


def write_consumption(
    actor: Actor, rating: Rating, customer_ids: Collection[str] | None, *, left_out: Collection[str] = ()
) -> None:
    """Tell the packages what the rating took from them (None: of everybody in it)."""
    with refusing(rating.folder):
        path = RunFolder(rating.folder).came_out("coverage")
        coverage = pq.read_table(path, columns=["customer_id", "bucket_id", "quantity"])
        summed = coverage.group_by(["customer_id", "bucket_id"]).aggregate([("quantity", "sum")])
    uses: dict[int, Decimal] = {}
    for row in summed.to_pylist():
        if row["customer_id"] not in left_out:
            uses[row["bucket_id"]] = row["quantity_sum"]
    record_consumption(
        actor,
        month=BillMonth.parse(rating.month),
        customer_ids=customer_ids,
        uses=uses,
        but_not=left_out,
    )


def _rated(came: Path, out: Path, engine: str, for_bills: bool) -> dict[str, Any]:
    if engine == PLAIN:
        return rate_plainly(came, out)
    memory = settings.PARTNER_CENTER_RATING_MEMORY
    return asdict(rate(came, out, engine=engine, memory=memory, for_bills=for_bills))


def _pointer(
    rating: Rating,
    row: dict[str, Any],
    currency: str,
    files: Mapping[str, RatedFile],
    digests: Mapping[str, str],
) -> CustomerRating:
    return CustomerRating(
        customer_id=row["customer_id"],
        month=rating.month,
        rating=rating,
        file=files.get(row["file"].rpartition("/")[2]),
        rows=row["lines"],
        currency=currency,
        official=Amount(row["official"], currency).settle().money,
        payable=Amount(row["payable"], currency).settle().money,
        inputs=digests.get(row["customer_id"], ""),
        rated_at=rating.rated_at,
    )


def _totals(folder: RunFolder, left_out: Collection[str]) -> Iterator[list[dict[str, Any]]]:
    with refusing(folder.path):
        path = folder.came_out("customer_totals")
        for file in [path] if path.is_file() else sorted(path.glob("*.parquet")):
            with pq.ParquetFile(file) as parquet:
                for batch in parquet.iter_batches(batch_size=AT_ONCE):
                    yield [row for row in batch.to_pylist() if row["customer_id"] not in left_out]


def _join_parts(place: Path) -> None:
    """Every table but the lines becomes one file, ordered by customer as its parts are: readers open it by name."""
    for name, schema in OUT_TABLES.items():
        folder = place / name
        if name == "lines" or not folder.is_dir():
            continue
        parts, whole = sorted(folder.glob("*.parquet")), place / f"{name}.parquet"
        with refusing(name):
            if len(parts) == 1:
                parts[0].replace(whole)
            else:
                with pq.ParquetWriter(whole, schema, compression="zstd", store_schema=False) as writer:
                    for part in parts:
                        with pq.ParquetFile(part) as parquet:
                            for batch in parquet.iter_batches(batch_size=ROWS_A_GROUP):
                                writer.write_batch(batch.cast(schema), row_group_size=ROWS_A_GROUP)
            shutil.rmtree(folder)


def _line_files(place: Path) -> list[Path]:
    return sorted((place / "lines").glob("*.parquet"))


def _file(folder: RunFolder, place: Path, number: int, file: Path) -> RatedFile:
    with refusing(file.name):
        return RatedFile(
            path=folder.path_of(OUT, file.relative_to(place).as_posix()),
            bucket=number,
            rows=pq.ParquetFile(file).metadata.num_rows,
            size=file.stat().st_size,
            sha256=digest_of(file),
        )


def _first_line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__


def _plain(value: Any) -> Any:
    """What a JSON column can hold: exact decimals as text."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
