"""Bring usage in from files, as the API's POST /api/v1/usage-batches does from calls.

  usage import PATH            a file, or every usage file of a folder; each is a batch of its own

CSV, Parquet and NDJSON have the fields of the API's call, one record a row; texts may be compressed (.gz). FOCUS 1.0
files (CSV, Parquet) and Gnocchi measures (JSON) are recognised, or named by --format; what their names mean here is
said by --map FILE, a JSON object:

  {"customers": {"SUB-ACCOUNT or PROJECT": "customer_id"}, "resources": {"THEIRS": "resource_id"},
   "usage": {"SKU or METRIC": {"usage_type": "Duration", "usage_measure_id": 4}}}

The same file twice counts once. A file counts as a whole or, where it cannot be read, not at all; single records
that are not accepted go to the quarantine. An import that was killed is finished by running it again."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partner_center.metering.intake.records import Chunk, Delivery
    from partner_center.metering.models import UsageBatch

SUMMARY = "bring usage in from CSV, Parquet, NDJSON, FOCUS and Gnocchi files"
WIDTH = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="deeds", metavar="DEED", required=True, dest="deed")
    bring = deeds.add_parser("import", help="a file, or every usage file of a folder")
    bring.add_argument("path", type=Path, metavar="PATH")
    bring.add_argument("--format", choices=("records", "focus", "gnocchi"), help="[recognised]")
    bring.add_argument("--map", type=Path, metavar="FILE", help="what foreign names mean here (JSON)")
    bring.add_argument("--batch-id", default="", metavar="ID", help="of a single file [its content's digest]")
    bring.add_argument("--json", action="store_true", help="one JSON object a file")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from partner_center.foundation.actor import Actor
    from partner_center.kernel.errors import DomainError
    from partner_center.metering.intake.adapters import Meanings, delivery_of, usage_files_in
    from partner_center.metering.intake.receiving import receive

    files = usage_files_in(options.path) if options.path.is_dir() else [options.path]
    if not files:
        print(f"{options.path} holds no usage file.", file=sys.stderr)
        return 2
    if options.batch_id and len(files) > 1:
        print("--batch-id is for a single file.", file=sys.stderr)
        return 2
    actor, refused = Actor.system("partner-center usage import"), 0
    try:
        meanings = Meanings.read(options.map) if options.map else Meanings()
    except DomainError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    for path in files:
        try:
            delivery = delivery_of(path, options.format, meanings, batch_id=options.batch_id)
            batch = receive(actor, delivery, told=_progress(path, delivery))
        except DomainError as refusal:
            refused += 1
            print(f"{path}: {refusal}", file=sys.stderr)
            continue
        finally:
            _clear()
        print(_as_json(path, batch) if options.json else _as_words(path, batch))
    return 1 if refused else 0


def _as_words(path: Path, batch: UsageBatch) -> str:
    late = f" ({batch.late} late)" if batch.late else ""
    words = [f"{path}: {batch.accepted} accepted{late}, {batch.rejected} rejected; batch {batch.batch_id}"]
    if batch.rejected:
        reasons = Counter(batch.quarantined.values_list("code", flat=True))
        words += [f"  {count:>9}  {code}" for code, count in reasons.most_common()]
    return "\n".join(words)


def _as_json(path: Path, batch: UsageBatch) -> str:
    codes = Counter(batch.quarantined.values_list("code", flat=True)) if batch.rejected else {}
    facts: dict[str, Any] = {
        "file": str(path),
        "batch_id": batch.batch_id,
        "accepted": batch.accepted,
        "late": batch.late,
        "rejected": batch.rejected,
        "codes": dict(codes),
    }
    return json.dumps(facts, ensure_ascii=False)


def _progress(path: Path, delivery: Delivery) -> Callable[[Chunk], None]:
    """A bar on a terminal; silence elsewhere."""
    records = 0

    def tell(chunk: Chunk) -> None:
        nonlocal records
        records += len(chunk.rows)
        if sys.stderr.isatty():
            part = min(1.0, chunk.read / delivery.size) if delivery.size else 1.0
            bar = "█" * round(part * WIDTH) + "·" * (WIDTH - round(part * WIDTH))
            print(f"\r{path.name[:40]} {bar} {part:4.0%} {records:>12,}", end="", file=sys.stderr, flush=True)

    return tell


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
