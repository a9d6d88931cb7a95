"""Files of usage records: CSV, Parquet and NDJSON with the fields of the API's call, one record a row.

A file is refused as a whole when it cannot be read to its end; single records are judged later.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from partner_center.metering.errors import UsageFileUnreadable
from partner_center.metering.intake.records import FIELDS, OPTIONAL, Chunk, Delivery, Row, as_line, rows_of
from partner_center.metering.models import Source
from partner_center.metering.store import digest_of

CHUNK_ROWS = 20_000
KINDS = {".csv": Source.CSV, ".parquet": Source.PARQUET, ".ndjson": Source.NDJSON, ".jsonl": Source.NDJSON}


def kind_of(path: Path) -> Source | None:
    """What a file holds by its name; .gz is looked through for texts."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes[-1:] == [".gz"]:
        found = KINDS.get(suffixes[0])
        return None if found is Source.PARQUET else found
    return KINDS.get(suffixes[-1]) if suffixes else None


def delivery_of_file(path: Path, *, batch_id: str = "") -> Delivery:
    """A file as a batch. Without an id of its own the content is the id: the same file counts once under any name.

    Raises UsageFileUnreadable.
    """
    kind = kind_of(path)
    if kind is None:
        raise unreadable(path, _("it is neither CSV, Parquet nor NDJSON by its name"))
    digest = digest_of_file(path)
    return Delivery(
        batch_id=batch_id or f"file-{digest[:32]}",
        source=kind,
        sha256=digest,
        chunks=lambda: _READERS[kind](path),
        file_name=path.name,
        size=path.stat().st_size,
    )


def digest_of_file(path: Path) -> str:
    try:
        return digest_of(path)
    except OSError as error:
        raise unreadable(path, error.strerror or str(error)) from error


def unreadable(path: Path, reason: Any) -> UsageFileUnreadable:
    return UsageFileUnreadable(name=path.name, reason=reason)


def csv_rows(path: Path) -> Iterator[tuple[list[str], list[list[str]], int]]:
    """Header, some rows and the bytes read so far, again and again. Raises UsageFileUnreadable."""
    with _text_of(path) as (text, position):
        reader = csv.reader(text, strict=True)
        try:
            header = next(reader, None)
            if not header:
                raise unreadable(path, _("it is empty"))
            rows: list[list[str]] = []
            for row in reader:
                if not row:
                    continue
                if len(row) != len(header):
                    raise unreadable(
                        path,
                        _("line {line} has {found} columns instead of {expected}").format(
                            line=reader.line_num, found=len(row), expected=len(header)
                        ),
                    )
                rows.append(row)
                if len(rows) == CHUNK_ROWS:
                    yield header, rows, position()
                    rows = []
            yield header, rows, position()
        except (csv.Error, UnicodeDecodeError, OSError, EOFError) as error:
            raise unreadable(path, str(error)) from error


def parquet_columns(
    path: Path, wanted: Callable[[list[str]], list[str]]
) -> Iterator[tuple[list[str], list[list[Any]], int]]:
    """The wanted columns' names, their values for some rows and the rows read so far. Raises UsageFileUnreadable."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names, read = wanted(file.schema_arrow.names), 0
            for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=names):
                read += batch.num_rows
                yield names, [_values(batch.column(name)) for name in names], read
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise unreadable(path, str(error).partition("\n")[0]) from error


def line_of_csv(row: list[str]) -> str:
    """A row as it would stand in a CSV file."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(row)
    return line.getvalue()


def _read_csv(path: Path) -> Iterator[Chunk]:
    for header, rows, read in csv_rows(path):
        places = [header.index(name) if name in header else None for name in _columns_of(path, header)]
        records: list[Row] = [
            tuple(None if place is None else row[place] for place in places) for row in rows
        ]
        yield Chunk(records, lambda n, rows=rows: line_of_csv(rows[n]), read)  # type: ignore[misc]


def _read_parquet(path: Path) -> Iterator[Chunk]:
    def wanted(present: list[str]) -> list[str]:
        return [name for name in _columns_of(path, present) if name in present]

    for names, columns, read in parquet_columns(path, wanted):
        empty = [None] * len(columns[0])
        held = dict(zip(names, columns, strict=True))
        rows: list[Row] = list(zip(*(held.get(name, empty) for name in FIELDS), strict=True))
        yield Chunk(rows, lambda n, rows=rows: as_line(dict(zip(FIELDS, rows[n], strict=True))), read)  # type: ignore[misc]


def _read_ndjson(path: Path) -> Iterator[Chunk]:
    lines: list[str] = []
    records: list[dict[str, Any]] = []
    with _text_of(path) as (text, position):
        try:
            for number, line in enumerate(text, start=1):
                if not line.strip():
                    continue
                records.append(_object(path, number, line))
                lines.append(line.rstrip("\r\n"))
                if len(lines) == CHUNK_ROWS:
                    yield Chunk(rows_of(records), lines.__getitem__, position())
                    lines, records = [], []
        except (UnicodeDecodeError, OSError, EOFError) as error:
            raise unreadable(path, str(error)) from error
        yield Chunk(rows_of(records), lines.__getitem__, position())


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise unreadable(path, _("line {line} is no JSON object").format(line=number))
    return record


def _columns_of(path: Path, present: list[str]) -> tuple[str, ...]:
    """FIELDS, all there but the optional ones. Raises UsageFileUnreadable."""
    missing = [name for name in FIELDS if name not in present and name not in OPTIONAL]
    if missing:
        raise unreadable(path, _("it has no column {names}").format(names=", ".join(missing)))
    return FIELDS


def _values(column: Any) -> list[Any]:
    """Python values of an Arrow column; moments with a zone as whole seconds where they are whole."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        with suppress(pa.ArrowInvalid):
            column = column.cast(pa.timestamp("s", tz=column.type.tz)).cast(pa.int64())
    values: list[Any] = column.to_pylist()
    if pa.types.is_nested(column.type):
        return [None if value is None else as_line(value) for value in values]
    return values


class _text_of:
    """A text file or a compressed one, and a function that says how many of its bytes have been read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> tuple[IO[str], Callable[[], int]]:
        try:
            self.raw = self.path.open("rb")
        except OSError as error:
            raise unreadable(self.path, error.strerror or str(error)) from error
        inner: Any = gzip.GzipFile(fileobj=self.raw) if self.path.suffix.lower() == ".gz" else self.raw
        self.text = io.TextIOWrapper(inner, encoding="utf-8-sig", newline="")
        return self.text, self.raw.tell

    def __exit__(self, *_error: object) -> None:
        self.text.close()
        self.raw.close()


_READERS: dict[Source, Callable[[Path], Iterator[Chunk]]] = {
    Source.CSV: _read_csv,
    Source.PARQUET: _read_parquet,
    Source.NDJSON: _read_ndjson,
}
