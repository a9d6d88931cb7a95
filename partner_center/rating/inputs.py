"""The files of a rating's way in: which there are, and whether they are what they say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from partner_center.rating.errors import RatingRefused
from partner_center.rating.schemas import IN


@dataclass(frozen=True, slots=True)
class Inputs:
    """The month, the minor digits per currency, and each table's files (none: the table is empty)."""

    month: str
    minor_digits: dict[str, int]
    files: dict[str, list[Path]]


def find(folder: Path) -> Inputs:
    """What stands in `folder`. Raises RatingRefused for a file that is missing, damaged or of other types."""
    manifest = _manifest(folder)
    files = {}
    for name, schema in IN.items():
        files[name] = _files(folder, name)
        rows = sum(_rows(file, schema) for file in files[name])
        said = manifest.get("tables", {}).get(name, {}).get("rows")
        if said is not None and said != rows:
            raise RatingRefused(f"{name}: the manifest says {said} rows, the files hold {rows}")
    return Inputs(manifest["month"], dict(manifest["currency_minor"]), files)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
        if len(manifest["month"]) != 7 or not manifest["currency_minor"]:
            raise RatingRefused("manifest.json: no month or no currencies")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RatingRefused(f"manifest.json: {error}") from error
    return manifest


def _files(folder: Path, name: str) -> list[Path]:
    single = folder / f"{name}.parquet"
    return [single] if single.exists() else sorted((folder / name).rglob("*.parquet"))


def _rows(file: Path, schema: pa.Schema) -> int:
    try:
        footer = pq.ParquetFile(file)
        found, rows = footer.schema_arrow, int(footer.metadata.num_rows)
    except (OSError, pa.ArrowException) as error:
        raise RatingRefused(f"{file.name}: {error}") from error
    for field in schema:
        if field.name not in found.names:
            raise RatingRefused(f"{file.name}: the column {field.name} is missing")
        kind = found.field(field.name).type
        if kind != field.type and not (pa.types.is_large_string(kind) and pa.types.is_string(field.type)):
            raise RatingRefused(f"{file.name}: {field.name} is {kind}, not {field.type}")
    return rows
