"""Files of other houses as usage records, and which reader a file wants.

A FOCUS file says what was used by its SkuId and for whom by its SubAccountId; Gnocchi by the name of a metric and the
id of a resource. `Meanings` says what these are here; where it is silent the names are taken as they are, and what a
source does not know (product, region, customer) is what our own resource says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from partner_center.metering.intake.files import (
    csv_rows,
    delivery_of_file,
    digest_of_file,
    kind_of,
    unreadable,
)
from partner_center.metering.intake.focus import is_focus, read_focus
from partner_center.metering.intake.gnocchi import read_gnocchi
from partner_center.metering.intake.records import Chunk, Delivery, as_line, rows_of
from partner_center.metering.models import Source


@dataclass(frozen=True, slots=True)
class Meanings:
    """What foreign names are here: customers and resources by their ids, kinds of usage by SKU or metric.

    A kind of usage is {"usage_type": …, "usage_measure_id": …}; without the measure its figures are in the price's.
    """

    customers: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Meanings:
        """From a JSON object with these three members. Raises UsageFileUnreadable."""
        try:
            given = json.loads(path.read_text("utf-8"))
            known = {name: dict(given.get(name, {})) for name in ("customers", "resources", "usage")}
            if set(given) - set(known) or any(not isinstance(one, dict) for one in known["usage"].values()):
                raise ValueError(_("its members are customers, resources and usage"))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise unreadable(path, str(error)) from error
        return cls(**known)


def delivery_of(path: Path, form: str | None, meanings: Meanings, *, batch_id: str = "") -> Delivery:
    """A file as a batch. form: "records", "focus" or "gnocchi"; None asks the file. Raises UsageFileUnreadable."""
    match form or _form_of(path):
        case "focus":
            return _adapted(path, Source.FOCUS, lambda: _focus(path, meanings), batch_id)
        case "gnocchi":
            return _adapted(path, Source.GNOCCHI, lambda: _gnocchi(path, meanings), batch_id)
    return delivery_of_file(path, batch_id=batch_id)


def usage_files_in(folder: Path) -> list[Path]:
    """The usage files below a folder, in the order of their names."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in found if kind_of(path) is not None or path.suffix.lower() == ".json")


def _adapted(path: Path, source: Source, chunks: Any, batch_id: str) -> Delivery:
    digest = digest_of_file(path)
    return Delivery(
        batch_id=batch_id or f"file-{digest[:32]}",
        source=source,
        sha256=digest,
        chunks=chunks,
        file_name=path.name,
        size=path.stat().st_size,
        completes=True,
    )


def _form_of(path: Path) -> str:
    if path.suffix.lower() == ".json":
        return "gnocchi"
    kind = kind_of(path)
    if kind is Source.CSV:
        for header, _rows, _read in csv_rows(path):
            return "focus" if is_focus(header) else "records"
    if kind is Source.PARQUET:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return "focus" if is_focus(pq.read_schema(path).names) else "records"
        except (pa.ArrowException, OSError) as error:
            raise unreadable(path, str(error).partition("\n")[0]) from error
    return "records"


def _focus(path: Path, meanings: Meanings) -> Iterator[Chunk]:
    for lines, read in read_focus(path):
        records = []
        for line in lines:
            begin, end = line.seconds("ChargePeriodStart"), line.seconds("ChargePeriodEnd")
            sku, account = line.text("SkuId"), line.text("SubAccountId")
            resource = line.text("ResourceId")
            records.append(
                {
                    "customer_id": meanings.customers.get(account, account),
                    "resource_id": meanings.resources.get(resource, resource),
                    **_kind_of_usage(meanings, sku),
                    "usage_value": line["PricingQuantity"],
                    "begin_time": line["ChargePeriodStart"] if begin is None else begin,
                    "end_time": line["ChargePeriodEnd"] if end is None else end,
                }
            )
        yield Chunk(rows_of(records), lambda n, lines=lines: lines[n].original, read)  # type: ignore[misc]


def _gnocchi(path: Path, meanings: Meanings) -> Iterator[Chunk]:
    for points in read_gnocchi(path):
        records = [
            {
                "customer_id": meanings.customers.get(point.project, ""),
                "resource_id": meanings.resources.get(point.resource, point.resource),
                **_kind_of_usage(meanings, point.metric),
                "usage_value": point.value,
                "begin_time": point.begin,
                "end_time": point.end,
            }
            for point in points
        ]
        yield Chunk(rows_of(records), lambda n, points=points: as_line(points[n].original), 0)  # type: ignore[misc]


def _kind_of_usage(meanings: Meanings, name: str) -> dict[str, Any]:
    known = meanings.usage.get(name, {})
    return {
        "usage_type": known.get("usage_type", name),
        "usage_measure_id": known.get("usage_measure_id"),
    }
