"""The engines against the plain reference, on random months that cover every feature at once."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from partner_center.rating import plain, play, run
from partner_center.rating.schemas import OUT, PRICED
from partner_center.rating.tests.months import MINOR, MONTH, Month, comparable, random_month, read_out


@settings(max_examples=10, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32), range_rows=st.sampled_from([40, 1_000_000]))
def test_duckdb_gives_what_the_plain_reference_gives(
    seed: int, range_rows: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(play, "RANGE_ROWS", range_rows)
        assert_agrees(random_month(Random(seed)), tmp_path_factory.mktemp("month"))


def assert_agrees(month: Month, folder: Path) -> None:
    """Every table of the way out has exactly the reference's rows, and the run found nothing wrong with itself."""
    totals = run(month.write(folder / "in"), folder / "out")
    found = read_out(folder / "out")
    expected = plain.rate(month.tables, MONTH, MINOR)
    assert [(row["batch"], row["position"]) for row in found["lines"]] == [
        (row["batch"], row["position"]) for row in expected["lines"]
    ]
    for name in OUT:
        without: tuple[Any, ...] = ("file",) if name == "customer_totals" else ()
        assert comparable(found[name], without=without) == comparable(expected[name]), name
    assert totals.ok, totals.checks


@settings(max_examples=3, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_prices_alone_come_to_the_same(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    month, folder = random_month(Random(seed)), tmp_path_factory.mktemp("prices")
    totals = run(month.write(folder / "in"), folder / "out", for_bills=False)
    found, expected = read_out(folder / "out"), plain.rate(month.tables, MONTH, MINOR)
    known = [{name: row[name] for name in PRICED.names} for row in expected["lines"]]
    assert sorted(comparable(found["lines"])) == sorted(comparable(known))
    for name in sorted(OUT.keys() - {"lines"}):
        without: tuple[Any, ...] = ("file",) if name == "customer_totals" else ()
        assert comparable(found[name], without=without) == comparable(expected[name]), name
    assert totals.ok, totals.checks
