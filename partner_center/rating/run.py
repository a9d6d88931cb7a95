"""The entry point of rating: files in, files out, range of customers by range of customers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partner_center.rating.errors import RatingRefused
from partner_center.rating.totals import Tally, Totals

if TYPE_CHECKING:
    import pyarrow as pa


def run(
    in_folder: Path,
    out_folder: Path,
    engine: str = "duckdb",
    threads: int | None = None,
    memory: str = "1GB",
    *,
    for_bills: bool = True,
) -> Totals:
    """Rate what stands in `in_folder` into `out_folder`, which is new or empty.

    `engine` is "duckdb", "spark" or the URL of a Spark master. `memory` is the engine's own; the process needs about a
    quarter gigabyte beside it. Not `for_bills`, only prices are told: `lines` has the columns of PRICED in no order and
    of the checks those are made that need no more; sums and groups are the same. The same input gives the same bytes on
    one engine and version. totals.json is written last: a folder with it is complete. Raises RatingRefused before
    anything is written when the input is damaged.
    """
    from partner_center.rating import engines, features, inputs
    from partner_center.rating.play import Play
    from partner_center.rating.schemas import OUT, PRICED
    from partner_center.rating.script import script

    schemas = OUT if for_bills else OUT | {"lines": PRICED}
    given = inputs.find(in_folder)
    if out_folder.exists() and any(out_folder.iterdir()):
        raise RatingRefused(f"{out_folder} is not empty")
    for name in schemas:
        (out_folder / name).mkdir(parents=True, exist_ok=True)
    tally = Tally()
    with (
        tempfile.TemporaryDirectory(dir=out_folder, prefix=".scratch-") as scratch,
        engines.start(engine, threads=threads, memory=memory, scratch=Path(scratch)) as started,
    ):
        compiled = script(features.found_in(given), started.dialect, for_bills=for_bills)
        play = Play(started, compiled, out_folder, schemas)
        play.open(given)
        for part, (after, upto, records) in enumerate(play.ranges()):
            tally.add_range(records, play.rate(part, after, upto, records))
        tally.add(play.close())
    _fill(out_folder, schemas)
    totals = tally.totals(given.month)
    _write(out_folder / "checks.json", list(totals.checks))
    _write(
        out_folder / "totals.json", {key: value for key, value in asdict(totals).items() if key != "checks"}
    )
    return totals


def _fill(out: Path, schemas: Mapping[str, pa.Schema]) -> None:
    """A table of which nothing was written is a file without rows."""
    import pyarrow.parquet as pq

    for name, schema in schemas.items():
        if not any((out / name).iterdir()):
            pq.write_table(schema.empty_table(), out / name / "00000.parquet")


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
