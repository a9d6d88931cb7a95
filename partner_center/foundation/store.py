"""The store: files in a folder of this machine, or in a bucket that speaks S3. Parquet, and what people upload.

A path is relative ("usage/2026-03/….parquet"), the same in the database whatever holds the files. A file appears
under its name whole or not at all; that it counts is said by a row in the database, never by its being there.
Imports pyarrow when first used: who serves no details does without.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from partner_center.foundation.errors import StoreUnavailable
from partner_center.kernel.ids import new_id

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.fs import FileSystem

CHUNK = 1 << 20
ROWS_A_GROUP = 20_000


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it lies in the store."""

    path: str
    rows: int
    size: int
    sha256: str


class Store:
    """The files of one installation. `location` is a folder, or s3://bucket/prefix (credentials: the environment's).

    Every method raises StoreUnavailable where the disk is full or the bucket does not answer.
    """

    def __init__(self, location: str | Path) -> None:
        self.is_remote = "://" in str(location)
        self.location = str(location) if self.is_remote else str(Path(location).absolute())

    @classmethod
    def configured(cls) -> Store:
        """The installation's store: PARTNER_CENTER_STORE, or the folder `store` beside its database."""
        return cls(settings.PARTNER_CENTER_STORE)

    def open(self, path: str) -> Any:
        """A committed file for random reading, as pyarrow and its readers take it."""
        with _refusing(path):
            filesystem, root = self._filesystem()
            return filesystem.open_input_file(f"{root}/{path}")

    def write(self, path: str, table: pa.Table, *, rows_a_group: int = ROWS_A_GROUP) -> Written:
        """Put `table` under `path`: written beside it, brought to the disk, then given its name."""
        import pyarrow.parquet as pq

        with _refusing(path), self._taking(path) as target:
            pq.write_table(
                table,
                target,
                compression="zstd",
                row_group_size=rows_a_group,
                store_schema=False,
                use_dictionary=True,
            )
            return Written(path, table.num_rows, target.stat().st_size, digest_of(target))

    def put(self, path: str, source: Path, *, rows: int = 0) -> Written:
        """Put a finished file of this machine under `path`."""
        with _refusing(path), self._taking(path) as target:
            shutil.copyfile(source, target)
            return Written(path, rows, target.stat().st_size, digest_of(target))

    def put_bytes(self, path: str, content: bytes) -> Written:
        """Put `content` under `path`."""
        with _refusing(path), self._taking(path) as target:
            target.write_bytes(content)
            return Written(path, 0, len(content), hashlib.sha256(content).hexdigest())

    def read_bytes(self, path: str) -> bytes:
        """The whole of a committed file; of a bucket's no copy is kept on this machine."""
        if not self.is_remote:
            with _refusing(path):
                return (Path(self.location) / path).read_bytes()
        with self.open(path) as file, _refusing(path):
            content: bytes = file.read()
            return content

    def local(self, path: str) -> Path:
        """The file, or the folder, on this machine: where it lies, or a copy kept beside the database."""
        if not self.is_remote:
            return Path(self.location) / path
        return self._fetched(path)

    def size(self, path: str) -> int | None:
        """How many bytes a file has; None when it is not there."""
        with _refusing(path):
            filesystem, root = self._filesystem()
            found = filesystem.get_file_info(f"{root}/{path}")
            return int(found.size) if found.is_file else None

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return self.size(path) is not None

    def delete(self, path: str) -> None:
        """Remove a file, and what was half written of it. One that is not there is removed already."""
        with _refusing(path):
            if self.is_remote and self.exists(path):
                filesystem, root = self._filesystem()
                filesystem.delete_file(f"{root}/{path}")
            here = (self._copies() if self.is_remote else Path(self.location)) / path
            for one in (here, *here.parent.glob(f".{here.name}.*")):
                one.unlink(missing_ok=True)

    @contextmanager
    def _taking(self, path: str) -> Iterator[Path]:
        """A file of this machine to write into; when the block ends well it stands under its name."""
        final = (self._copies() if self.is_remote else Path(self.location)) / path
        final.parent.mkdir(parents=True, exist_ok=True)
        target = final.with_name(f".{final.name}.{new_id()[:8]}")
        try:
            yield target
            _to_disk(target)
            if self.is_remote:
                self._upload(target, path)
            os.replace(target, final)
            _to_disk(final.parent)
        finally:
            target.unlink(missing_ok=True)

    def _upload(self, source: Path, path: str) -> None:
        filesystem, root = self._filesystem()
        with source.open("rb") as here, filesystem.open_output_stream(f"{root}/{path}") as there:
            shutil.copyfileobj(here, there, CHUNK)

    def _fetched(self, path: str) -> Path:
        from pyarrow.fs import FileSelector, FileType

        with _refusing(path):
            filesystem, root = self._filesystem()
            whole = f"{root}/{path}"
            found = filesystem.get_file_info(whole)
            if found.type == FileType.Directory:
                inside = filesystem.get_file_info(FileSelector(whole, recursive=True))
                for one in inside:
                    if one.type == FileType.File:
                        self._copy(one.path, one.path[len(root) + 1 :])
                return self._copies() / path
            self._copy(whole, path)
            return self._copies() / path

    def _copy(self, whole: str, path: str) -> None:
        """Bring a file here once. A committed file never changes, so a copy never ages."""
        final = self._copies() / path
        if final.exists():
            return
        final.parent.mkdir(parents=True, exist_ok=True)
        target = final.with_name(f".{final.name}.{new_id()[:8]}")
        filesystem, _root = self._filesystem()
        try:
            with filesystem.open_input_stream(whole) as there, target.open("wb") as here:
                shutil.copyfileobj(there, here, CHUNK)
            os.replace(target, final)
        finally:
            target.unlink(missing_ok=True)

    def _copies(self) -> Path:
        name = hashlib.sha256(self.location.encode()).hexdigest()[:16]
        return Path(settings.VAR) / "store-copies" / name

    def _filesystem(self) -> tuple[FileSystem, str]:
        from pyarrow import fs

        return _bucket(self.location) if self.is_remote else (fs.LocalFileSystem(), self.location)


@cache
def _bucket(location: str) -> tuple[FileSystem, str]:
    """A bucket's filesystem, connected once, and the path of the store in it."""
    from pyarrow import fs

    scheme = urlsplit(location).scheme
    assert scheme == "s3", f"PARTNER_CENTER_STORE is a folder or s3://…, not {scheme}://"
    filesystem, root = fs.FileSystem.from_uri(location)
    return filesystem, root.rstrip("/")


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(path=path, reason=error.strerror or str(error)) from error
