"""The dictionary files and how they become rows. Loading twice changes nothing.

Places carry the codes of the national standard GB/T 2260; a county's code begins with its city's, a city's
with its province's. Of the measures, those the vendor's documents name (0, 1, 4, 10, 11, 14, 15, 17) have the
vendor's ids; its full table is not public, the other ids are this installation's own.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def load(models: Any) -> None:
    """Bring the tables up to the files. `models` answers get_model(app, name): Django's registry or a migration's."""
    _fill(models, "Measure", _rows("measures"), "id")
    _fill(models, "Province", _rows("provinces"), "code")
    _fill(
        models, "City", [{**row, "province_id": row["code"][:2] + "0000"} for row in _rows("cities")], "code"
    )
    _fill(models, "County", [{**row, "city_id": row["code"][:4] + "00"} for row in _rows("counties")], "code")
    conversion = models.get_model("reference", "Conversion")
    known = set(conversion.objects.values_list("measure_id", "ref_measure_id"))
    conversion.objects.bulk_create(
        conversion(**row)
        for row in _rows("conversions")
        if (int(row["measure_id"]), int(row["ref_measure_id"])) not in known
    )


def _fill(models: Any, name: str, rows: list[dict[str, str]], key: str) -> None:
    model = models.get_model("reference", name)
    model.objects.bulk_create(
        [model(**row) for row in rows],
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[column for column in rows[0] if column != key],
        batch_size=500,
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
