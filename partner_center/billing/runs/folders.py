"""The files of a run: tables written beside their place and named when whole, and a manifest that knows each of them.

A rating works in folders of this machine. Where the store is a bucket, what is finished is put there too, and who
needs it elsewhere fetches it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from partner_center.billing.errors import RunFilesCorrupt, RunFilesUnavailable
from partner_center.kernel.ids import new_id
from partner_center.metering.store import Store, digest_of

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
IN, OUT = "in", "out"


class RunFolder:
    """One folder of the store with the two of a rating, `in` and `out`, as they lie on this machine."""

    def __init__(self, path: str) -> None:
        """path: within the store, "runs/2026-03/7"."""
        self.path = path
        self.store = Store.configured()

    @property
    def incoming(self) -> Path:
        """The snapshot."""
        return self._local(IN)

    @property
    def outgoing(self) -> Path:
        """What the rating wrote."""
        return self._local(OUT)

    def came_in(self, table: str) -> Path:
        """A table of the snapshot: its file, or the folder of its files."""
        return _table(self.incoming, table)

    def came_out(self, table: str) -> Path:
        """A table of what the rating wrote: its file, or the folder of its files."""
        return _table(self.outgoing, table)

    @contextmanager
    def making(self, part: str) -> Iterator[Path]:
        """A folder to write `part` (IN or OUT) into. When the block ends well it stands under its name, whole.

        What stood there before is replaced, and what was half written is removed: it belonged to somebody who was
        killed, for whoever writes holds the folder's lease. Raises RunFilesUnavailable.
        """
        final = self._place(part)
        taken = final.with_name(f".{part}-{new_id()[:8]}")
        try:
            with refusing(self.path):
                for half in final.parent.glob(f".{part}-*"):
                    shutil.rmtree(half)
                taken.mkdir(parents=True)
            yield taken
            with refusing(self.path):
                if final.exists():
                    shutil.rmtree(final)
                os.replace(taken, final)
                self._publish(final, part)
        finally:
            shutil.rmtree(taken, ignore_errors=True)

    def path_of(self, part: str, name: str) -> str:
        """A file's path in the store."""
        return f"{self.path}/{part}/{name}"

    def discard(self) -> None:
        """Remove everything of this folder. What is not there is removed already."""
        for part in (IN, OUT):
            place = self._place(part)
            names = [one.relative_to(place).as_posix() for one in place.rglob("*") if one.is_file()]
            if self.store.is_remote:
                for name in names:
                    self.store.delete(self.path_of(part, name))
            shutil.rmtree(place, ignore_errors=True)

    def _local(self, part: str) -> Path:
        place = self._place(part)
        return place if place.exists() else self.store.local(f"{self.path}/{part}")

    def _place(self, part: str) -> Path:
        """Where it is written on this machine: in the store itself, or where the store keeps its copies."""
        if not self.store.is_remote:
            return Path(self.store.location) / self.path / part
        return Path(settings.VAR) / "work" / self.path / part

    def _publish(self, folder: Path, part: str) -> None:
        if not self.store.is_remote:
            return
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                self.store.put(self.path_of(part, one.relative_to(folder).as_posix()), one)


def _table(folder: Path, name: str) -> Path:
    one = folder / f"{name}.parquet"
    return one if one.is_file() else folder / name


def write_table(folder: Path, name: str, table: pa.Table) -> None:
    """Write one table of a snapshot. The same rows give the same bytes."""
    import pyarrow.parquet as pq

    with refusing(name):
        pq.write_table(
            table, folder / f"{name}.parquet", compression="zstd", store_schema=False, row_group_size=20_000
        )


def write_manifest(folder: Path, *, facts: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """Write the manifest: every file with its rows and sha256, beside `facts`. Returns the sha256 of the manifest.

    known: digests that need not be computed again, by the file's name in the folder.
    """
    import pyarrow.parquet as pq

    tables: dict[str, dict[str, Any]] = {}
    with refusing(folder.name):
        for file in sorted(folder.rglob("*.parquet")):
            name = file.relative_to(folder).as_posix()
            entry = tables.setdefault(
                name.partition("/")[0].removesuffix(".parquet"), {"rows": 0, "files": {}}
            )
            rows = pq.ParquetFile(file).metadata.num_rows
            entry["rows"] += rows
            entry["files"][name] = {"rows": rows, "sha256": known.get(name) or digest_of(file)}
        for entry in tables.values():
            listed = "".join(f"{name}:{one['sha256']}\n" for name, one in sorted(entry["files"].items()))
            entry["sha256"] = hashlib.sha256(listed.encode()).hexdigest()
        text = json.dumps({**facts, "tables": tables}, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text)
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(folder: Path, *, digest: str) -> dict[str, Any]:
    """The manifest, which must be the one whose sha256 is `digest`. Raises RunFilesCorrupt."""
    try:
        text = (folder / MANIFEST).read_text()
    except OSError as error:
        raise RunFilesCorrupt(file=MANIFEST) from error
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise RunFilesCorrupt(file=MANIFEST)
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def verify(folder: Path, *, digest: str) -> dict[str, Any]:
    """The manifest, after every file has been found to be what it says. Raises RunFilesCorrupt."""
    manifest = read_manifest(folder, digest=digest)
    for entry in manifest["tables"].values():
        for name, one in entry["files"].items():
            file = folder / name
            if not file.is_file() or digest_of(file) != one["sha256"]:
                raise RunFilesCorrupt(file=name)
    return manifest


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Turn what the machine says (no space, no file, not a Parquet file) into our refusals."""
    import pyarrow as pa

    try:
        yield
    except pa.ArrowInvalid as error:
        raise RunFilesCorrupt(file=what) from error
    except OSError as error:
        raise RunFilesUnavailable(path=what, reason=error.strerror or str(error)) from error
