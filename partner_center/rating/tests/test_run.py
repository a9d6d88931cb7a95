"""A run as a whole: types, bytes, refusals, and checks that find what is wrong."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_center.kernel.money import Amount
from partner_center.rating import RatingRefused, decimals, play, run
from partner_center.rating.schemas import OUT
from partner_center.rating.tests.months import Month, random_month, read_out


@pytest.fixture
def month() -> Month:
    return random_month(Random(7))


def test_every_table_has_exactly_its_types(month: Month, tmp_path: Path) -> None:
    run(month.write(tmp_path / "in"), tmp_path / "out")
    for name, schema in OUT.items():
        files = sorted((tmp_path / "out" / name).glob("*.parquet"))
        assert files, name
        for file in files:
            found = [(field.name, field.type) for field in pq.read_schema(file)]
            assert found == [(field.name, field.type) for field in schema], name
    described = duckdb.sql(f"describe select * from '{tmp_path}/out/lines/*.parquet'").fetchall()
    types = {name: kind for name, kind, *_ in described}
    assert types["list_exact"] == "DECIMAL(38,22)"
    assert types["quantity"] == "DECIMAL(20,12)"
    assert types["payable"] == "DECIMAL(28,10)"


def test_the_same_snapshot_gives_the_same_bytes(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "RANGE_ROWS", 60)
    given = month.write(tmp_path / "in")
    for turn in ("one", "two"):
        run(given, tmp_path / turn, threads=2)
    one, two = (_digests(tmp_path / turn) for turn in ("one", "two"))
    assert one == two
    assert sum(name.startswith("lines/") for name in one) > 1


def test_customers_are_found_in_the_file_that_their_total_names(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "RANGE_ROWS", 1)
    run(month.write(tmp_path / "in"), tmp_path / "out")
    for row in read_out(tmp_path / "out")["customer_totals"]:
        lines = pq.read_table(tmp_path / "out" / row["file"]).to_pylist() if row["file"] else []
        assert [line["customer_id"] for line in lines] == [row["customer_id"]] * row["lines"]


def test_a_month_without_usage_has_empty_tables(tmp_path: Path) -> None:
    totals = run(Month().write(tmp_path / "in"), tmp_path / "out")
    assert totals.ok and totals.records == totals.lines == 0
    assert all(not rows for rows in read_out(tmp_path / "out").values())


def test_two_prices_in_force_at_once_are_found_out(month: Month, tmp_path: Path) -> None:
    month.tables["prices"] += [
        dict(price, price_id=1000 + price["price_id"]) for price in month.tables["prices"]
    ]
    month.tables["tiers"] += [dict(tier, price_id=1000 + tier["price_id"]) for tier in month.tables["tiers"]]
    totals = run(month.write(tmp_path / "in"), tmp_path / "out")
    assert "every_record_has_its_place" in {check["name"] for check in totals.checks if not check["ok"]}


@pytest.mark.parametrize("damage", ["bytes", "type", "column", "rows", "manifest", "full"])
def test_what_is_damaged_is_refused_before_anything_is_written(
    month: Month, tmp_path: Path, damage: str
) -> None:
    given, out = month.write(tmp_path / "in"), tmp_path / "out"
    file = given / "usage" / "1.parquet"
    usage = pq.read_table(file)
    match damage:
        case "bytes":
            file.write_bytes(file.read_bytes()[:-20])
        case "type":
            size = pa.array(usage["size"].to_pylist(), pa.int32())
            pq.write_table(usage.set_column(usage.schema.get_field_index("size"), "size", size), file)
        case "column":
            pq.write_table(usage.drop_columns(["late"]), file)
        case "rows":
            pq.write_table(usage.slice(1), file)
        case "manifest":
            (given / "manifest.json").write_text("{}")
        case "full":
            out.mkdir()
            (out / "something").touch()
    with pytest.raises(RatingRefused):
        run(given, out)
    assert not out.exists() or [one.name for one in out.iterdir()] == ["something"]


def test_engines_are_not_imported_with_the_package() -> None:
    code = "import sys, partner_center.rating as r; print({'duckdb', 'ibis', 'pyspark', 'django'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


@pytest.mark.parametrize(("digits", "currency"), [(2, "CNY"), (0, "JPY")])
def test_the_expression_truncates_as_settling_does(digits: int, currency: str) -> None:
    ulp, tie = Decimal("0.0000000001"), Decimal(5).scaleb(-digits - 1)
    values = [
        sign * (whole + tie + step * ulp) for sign in (1, -1) for whole in (0, 1, 99) for step in (-1, 0, 1)
    ]
    values += [Decimal(0), ulp, -ulp, 1 - ulp, ulp - 1, Decimal(10**17)]
    cut = _evaluated(values, decimals.AMOUNT, lambda t: decimals.cut(t.value, digits, decimals.AMOUNT))
    assert cut == [Amount(value, currency).settle().money.decimal for value in values]


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(
            st.decimals(min_value=-(10**6), max_value=10**6, places=22),
            st.sampled_from([-2, -1, 0, 1, 2]),
            st.booleans(),
        ),
        min_size=200,
        max_size=400,
    )
)
def test_a_guess_never_changes_what_is_cut(cases: list[tuple[Decimal, int, bool]]) -> None:
    """Also next to whole units of the tenth place, where a binary guess falls on either side."""
    values = [
        value.quantize(Decimal("0.0000000001")) + Decimal(step).scaleb(-22) if near else value
        for value, step, near in cases
    ]
    cut = _evaluated(values, decimals.EXACT, lambda t: decimals.truncated(t.value, t.value.cast("float64")))
    assert cut == [Amount(value, "CNY").truncated(10) for value in values]


def _evaluated(values: list[Decimal], kind: ibis.expr.datatypes.Decimal, expression: object) -> list[Decimal]:
    rows = pa.table({"value": pa.array(values, pa.decimal128(kind.precision, kind.scale))})
    table = ibis.table({"value": kind}, name="rows")
    sql = ibis.to_sql(table.select(result=expression(table)), dialect="duckdb")  # type: ignore[operator]
    assert rows.num_rows == len(values)  # DuckDB reads `rows` by its name
    return [row[0] for row in duckdb.sql(str(sql)).fetchall()]


def _digests(folder: Path) -> dict[str, str]:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
