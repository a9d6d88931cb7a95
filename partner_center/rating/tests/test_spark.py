"""Spark, as a cluster of two executors on this machine, against DuckDB and the plain reference."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from partner_center.rating import run
from partner_center.rating.schemas import OUT
from partner_center.rating.tests.months import comparable, random_month, read_out

MASTER = "local-cluster[2,1,512]"


@pytest.fixture
def cluster() -> Iterator[None]:
    """A master and two executors of one core each. Small data is interpreted faster than code is generated for it."""
    if not shutil.which("java"):
        pytest.skip("Java is not installed")
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    builder = sql.SparkSession.builder.master(MASTER).config("spark.ui.enabled", "false")
    for name, value in {
        "spark.executor.memory": "512m",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield
    session.stop()


@pytest.mark.slow
def test_a_cluster_gives_the_lines_and_totals_that_duckdb_gives(cluster: None, tmp_path: Path) -> None:
    given = random_month(Random(20260301)).write(tmp_path / "in")
    alone = run(given, tmp_path / "alone")
    together = run(given, tmp_path / "together", engine=MASTER)

    assert together == alone
    found, expected = read_out(tmp_path / "together"), read_out(tmp_path / "alone")
    assert found["lines"] == expected["lines"]
    for name in OUT:
        without = ("file",) if name == "customer_totals" else ()
        assert comparable(found[name], without=without) == comparable(expected[name], without=without), name
