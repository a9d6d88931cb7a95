"""The steps joined together for one range of customers, leaving out what this month's input has no need of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq
from ibis.expr.types import Table

from partner_center.rating.decimals import typed
from partner_center.rating.engines import Engine
from partner_center.rating.schemas import COVERAGE, CUSTOMER_TOTALS, GROUPS, LINE_ORDER, LINES, PEAKS, UNRATED
from partner_center.rating.steps import (
    checks,
    cumulation,
    discounts,
    groups,
    packages,
    peaks,
    read,
    tariff,
    ties,
)
from partner_center.rating.steps import lines as line_steps
from partner_center.rating.tables import shaped


@dataclass(frozen=True, slots=True)
class Prepared:
    """The small tables of a run, ready for the steps, and what its input asks for. None: there are none."""

    usage: Table
    fees: Table
    customers: Table
    goods: Table
    usage_types: Table
    prices: Table
    carried: Table
    steps: Table | None
    rebates: Table | None
    ties: Table | None
    buckets: Table | None
    scopes: Table
    ranks: tuple[int, ...]
    blocks: bool
    follows: bool
    fixed_prices: bool
    peaks: bool
    fee_rows: int
    minor_digits: dict[str, int] = field(default_factory=dict)


def prepare(engine: Engine, tables: dict[str, Table], minor_digits: dict[str, int]) -> Prepared:
    """Keep the small tables as the steps want them, and look what there is to do."""
    prices, rebates, buckets = tables["prices"], tables["rebates"], tables["buckets"]
    schemes = {row["scheme"] for row in engine.rows(prices.select("scheme").distinct())}
    frees = _count(engine, prices.filter(prices.free > 0))
    modes = {row["mode"] for row in engine.rows(rebates.select("mode").distinct())}
    ranks = sorted(row["rank"] for row in engine.rows(buckets.select("rank").distinct()))
    methods = {row["method"] for row in engine.rows(tables["usage_types"].select("method").distinct())}
    some_ties = _count(engine, tables["ties"])
    fee_rows = _count(engine, tables["fees"])
    tiered = bool(schemes & {"graduated", "volume"})
    return Prepared(
        usage=tables["usage"],
        fees=tables["fees"],
        customers=engine.keep("kept_customers", tables["customers"]),
        goods=engine.keep("kept_goods", read.goods(tables["products"])),
        usage_types=engine.keep("kept_usage_types", tables["usage_types"]),
        prices=engine.keep("kept_prices", prices),
        carried=tables["carried"],
        steps=engine.keep("kept_steps", tariff.steps(prices, tables["tiers"])) if tiered else None,
        rebates=engine.keep("kept_rebates", rebates) if modes else None,
        ties=engine.keep("kept_ties", ties.numbered(tables["ties"])) if some_ties else None,
        buckets=engine.keep("kept_buckets", buckets) if ranks else None,
        scopes=tables["bucket_scopes"],
        ranks=tuple(ranks),
        blocks="block" in schemes,
        follows=bool(schemes - {"flat"}) or frees > 0,
        fixed_prices="fixed_price" in modes,
        peaks=bool(methods - {"sum"}),
        fee_rows=fee_rows,
        minor_digits=minor_digits,
    )


def rate(
    engine: Engine, given: Prepared, out: Path, part: int, after: str | None, upto: str | None, records: int
) -> dict[str, Any]:
    """Rate one range of customers into the files numbered `part`. Returns counts of rows, sums and violations."""
    usage = read.customers_of(given.usage, after, upto)
    found = read.records(usage, given.customers, given.goods, given.usage_types, given.prices)
    if given.buckets is not None or given.follows or given.peaks:
        found = engine.keep("pass_records", found)
    good = read.ratable(found)

    covered, coverage = _packages(engine, given, good)
    rows, points = _summed(engine, given, good, covered)
    rows = tariff.listed(rows, given.steps, given.blocks)
    if given.peaks:
        rows = peaks.prorated(rows, "list_exact")
        unknown = typed(ibis.null(), rows.guess.type())
        rows = rows.mutate(guess=ibis.cases((rows.points.isnull(), rows.guess), else_=unknown))
    rows = discounts.discounted(rows, given.rebates, given.fixed_prices, given.peaks)
    rows = ties.tied(rows, given.ties)
    made = line_steps.lines(rows, given.goods, given.usage_types)
    if given.fee_rows:
        fees = read.customers_of(given.fees, after, upto)
        made = made.union(shaped(fees, LINES))

    name = f"{part:05d}.parquet"
    files = engine.write(made, LINES, LINE_ORDER, out / "lines" / name, spread=True)
    lines = engine.source("written_lines", files, LINES)
    result = engine.rows(checks.of_lines(lines))[0]
    result = {name: value or 0 for name, value in result.items()}
    result |= _written(
        engine, given, out, name, lines, files, found, points, coverage, records, result["lines"]
    )
    for kept in (
        "pass_records",
        "pass_peaks",
        "pass_cumulated",
        "pass_followed",
        "pass_left",
        "pass_coverage",
    ):
        engine.forget(kept)
    return result


def _packages(engine: Engine, given: Prepared, good: Table) -> tuple[Table | None, Table | None]:
    """What buckets take, pass by pass: per record, and the coverage row by row."""
    if given.buckets is None:
        return None, None
    left = engine.keep("pass_left_0", packages.thirsty(good, given.buckets))
    took: list[Table] = []
    for turn, rank in enumerate(given.ranks):
        took.append(
            engine.keep(f"pass_taken_{turn}", packages.taken(left, given.buckets, given.scopes, rank))
        )
        left = engine.keep(f"pass_left_{turn + 1}", packages.after(left, took[-1]))
    coverage = engine.keep("pass_coverage", ibis.union(*took) if len(took) > 1 else took[0])
    for turn in range(len(given.ranks)):
        engine.forget(f"pass_taken_{turn}")
        engine.forget(f"pass_left_{turn}")
    engine.forget(f"pass_left_{len(given.ranks)}")
    return engine.keep("pass_covered", packages.covered(coverage)), coverage


def _summed(
    engine: Engine, given: Prepared, good: Table, covered: Table | None
) -> tuple[Table, Table | None]:
    """The records that become lines, with what is left to charge and where it stands in the tiers; and the peaks."""
    rows = packages.uncovered(good.filter(good.method == "sum") if given.peaks else good, covered)
    cumulated = None
    if given.follows:
        followed = engine.keep("pass_followed", cumulation.followed(rows))
        cumulated = cumulation.cumulated(rows, followed, given.carried)
        cumulated = engine.keep("pass_cumulated", cumulated)
    rows = cumulation.placed(rows, cumulated)
    if not given.peaks:
        return rows, None
    points = peaks.peaks(good.filter(good.method != "sum"))
    points = engine.keep("pass_points", points)
    cycles = [row["cycle"] for row in engine.rows(points.select("cycle").distinct())]
    points = engine.keep("pass_peaks", peaks.dated(points, cycles))
    alone = packages.uncovered(points, None)
    alone = cumulation.placed(alone, None)
    rows = rows.mutate(
        points=typed(ibis.null(), alone.points.type()),
        days_in_month=typed(ibis.null(), alone.days_in_month.type()),
    )
    return rows.union(alone.select(*rows.columns)), points


def _written(
    engine: Engine,
    given: Prepared,
    out: Path,
    name: str,
    lines: Table,
    files: list[Path],
    found: Table,
    points: Table | None,
    coverage: Table | None,
    records: int,
    made: int,
) -> dict[str, Any]:
    """The tables beside the lines, and what checking them says."""
    said: dict[str, Any] = {}
    counted, peak_lines = 0, 0
    if points is not None:
        file = engine.write(shaped(peaks.report(points), PEAKS), PEAKS, PEAKS.names[:7], out / "peaks" / name)
        found_peaks = engine.source("written_peaks", file, PEAKS)
        sums = engine.rows(found_peaks.aggregate(n=found_peaks.count(), points=found_peaks.points.sum()))[0]
        peak_lines, counted = sums["n"], sums["points"] or 0
    lost = read.unrated(found) if made - peak_lines + counted != records else None
    if lost is not None:
        file = engine.write(lost, UNRATED, ("customer_id", "batch", "position"), out / "unrated" / name)
        lost = engine.source("written_unrated", file, UNRATED)
        said["unrated"] = _count(engine, lost)
    said["accounted"] = made - peak_lines + counted + said.get("unrated", 0)
    if coverage is not None:
        file = engine.write(shaped(coverage, COVERAGE), COVERAGE, COVERAGE.names[:4], out / "coverage" / name)
        cover = engine.source("written_coverage", file, COVERAGE)
        assert given.buckets is not None
        said |= engine.rows(checks.of_buckets(cover, lines, given.buckets))[0]
        said |= engine.rows(checks.of_packages(cover, lines))[0]
    file = engine.write(
        groups.groups(lines, given.minor_digits), GROUPS, GROUPS.names[:13], out / "groups" / name
    )
    grouped = engine.source("written_groups", file, GROUPS)
    said |= engine.rows(checks.of_groups(lines, grouped, given.minor_digits))[0]
    totals = grouped.group_by("currency").aggregate(
        lines=grouped.lines.sum(),
        **{
            column: grouped[column].sum()
            for column in ("official", "discount", "payable", "payable_minor", "cut_off")
        },
    )
    said["currencies"] = engine.rows(totals)
    per = groups.customer_totals(lines, lost, _last_customers(files, out))
    file = engine.write(per, CUSTOMER_TOTALS, ("customer_id",), out / "customer_totals" / name)
    said["customers"] = sum(pq.read_metadata(one).num_rows for one in file)
    return said


def _count(engine: Engine, rows: Table) -> int:
    return int(engine.rows(rows.aggregate(n=rows.count()))[0]["n"])


def _last_customers(files: list[Path], out: Path) -> list[tuple[str, str]]:
    """Of each file of lines: the greatest customer it holds, and its name within `out`."""
    found = []
    for file in files:
        footer = pq.ParquetFile(file).metadata
        groups = [footer.row_group(index).column(0).statistics for index in range(footer.num_row_groups)]
        found.append((max((group.max for group in groups if group), default=""), str(file.relative_to(out))))
    return found
