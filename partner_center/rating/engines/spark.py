"""Apache Spark: in this machine, in a local cluster, or on any cluster by its master's URL. Needs Java 17.

Decimals keep every digit (`allowPrecisionLoss=false`) and overflow loudly (`ansi`). What is kept between statements
stays with the executors; the input and the output have to lie where every one of them can read and write.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.config import Config
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

PARTITIONS = 32
"""Files of lines, each with a range of customers."""


class _Options(Config):  # type: ignore[misc]  # Ibis tells no types
    """What Ibis's own backend (which needs pandas, and is not loaded) would let the compiler know."""

    treat_nan_as_null: bool = False


if ibis.options.pyspark is None:
    ibis.options.pyspark = _Options()


class Spark:
    """Temporary views over Parquet files."""

    dialect = "pyspark"
    by_ranges = False

    def __init__(self, session: SparkSession, scratch: Path) -> None:
        self._session = session
        self._scratch = scratch
        self._folders = 0
        self._kept: dict[str, list[DataFrame]] = {}

    def source(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        if not files:
            self.put(name, schema.empty_table())
            return
        rows = self._session.read.parquet(*[file.resolve().as_uri() for file in files])
        rows.select(*schema.names).createOrReplaceTempView(name)

    def put(self, name: str, rows: pa.Table) -> None:
        folder = self._fresh(name)
        folder.mkdir(parents=True)
        pq.write_table(rows, folder / "rows.parquet")
        self._session.read.parquet(folder.as_uri()).createOrReplaceTempView(name)

    def narrow(self, name: str, source: str, after: str | None, upto: str | None) -> None:
        rows = self._session.table(source)
        if after is not None:
            rows = rows.filter(rows.customer_id > after)
        if upto is not None:
            rows = rows.filter(rows.customer_id <= upto)
        rows.createOrReplaceTempView(name)

    def keep(self, name: str, sql: str) -> None:
        rows = self._session.sql(sql).persist(StorageLevel.MEMORY_AND_DISK)
        rows.createOrReplaceTempView(name)
        self._kept.setdefault(name, []).append(rows)

    def forget(self, name: str) -> None:
        self._session.catalog.dropTempView(name)
        for rows in self._kept.pop(name, []):
            rows.unpersist()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row.asDict() for row in self._session.sql(sql).collect()]

    def write(self, sql: str, order: Sequence[str], file: Path, *, spread: bool) -> list[Path]:
        rows = self._session.sql(sql)
        order = order or rows.columns[:1]
        partitions = int(self._session.conf.get("spark.sql.shuffle.partitions") or PARTITIONS)
        spread_out = rows.repartitionByRange(partitions, order[0]) if spread else rows.coalesce(1)
        return self._written(spread_out.sortWithinPartitions(*order), file)

    def _written(self, rows: DataFrame, file: Path) -> list[Path]:
        """Spark's part files in the order of their partitions, under our names."""
        folder = self._fresh(file.stem)
        rows.write.option("compression", "zstd").parquet(folder.as_uri())
        parts = [part for part in sorted(folder.glob("part-*.parquet")) if pq.read_metadata(part).num_rows]
        parts = parts or sorted(folder.glob("part-*.parquet"))[:1]
        found = []
        for number, part in enumerate(parts, int(file.stem)):
            found.append(file.with_name(f"{number:05d}.parquet"))
            shutil.move(part, found[-1])
        return found

    def _fresh(self, name: str) -> Path:
        self._folders += 1
        return self._scratch.resolve() / f"{self._folders:05d}-{name}"


@contextmanager
def opened(engine: str, *, threads: int | None, memory: str, scratch: Path) -> Iterator[Spark]:
    """A session on the master `engine` ("spark": this machine), or the one that is active in this process, whose
    settings of arithmetic are changed for as long."""
    running = SparkSession.getActiveSession()
    session = running or _session(f"local[{threads or '*'}]" if engine == "spark" else engine, memory)
    former = {name: session.conf.get(name, None) for name in _EXACTLY}
    for name, value in _EXACTLY.items():
        session.conf.set(name, value)
    try:
        yield Spark(session, scratch)
    finally:
        if not running:
            session.stop()
        else:
            for name, before in former.items():
                session.conf.unset(name) if before is None else session.conf.set(name, before)


_EXACTLY = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.writeLegacyFormat": "false",
}


def _session(master: str, memory: str) -> SparkSession:
    builder = (
        SparkSession.builder.master(master)
        .appName("partner-center rating")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", memory.lower().replace("gb", "g").replace("mb", "m"))
        .config("spark.sql.shuffle.partitions", str(PARTITIONS))
    )
    session: SparkSession = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
