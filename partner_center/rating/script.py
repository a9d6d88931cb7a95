"""The steps joined together and compiled: what an engine has to carry out for given features, in order.

Tables are known by name, so the same script serves every range of customers and every run of a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from partner_center.rating.decimals import typed
from partner_center.rating.features import Features
from partner_center.rating.schemas import (
    AMORTISED,
    COVERAGE,
    CUSTOMER_TOTALS,
    GROUPS,
    IN,
    LINE_ORDER,
    LINES,
    PEAKS,
    PRICED,
    UNRATED,
)
from partner_center.rating.steps import (
    amortisation,
    checks,
    cumulation,
    discounts,
    groups,
    lines,
    packages,
    peaks,
    read,
    tariff,
    ties,
)
from partner_center.rating.tables import schema_of, shaped

MONTHS = pa.schema([("cycle", pa.string()), ("days_in_month", pa.int32()), ("first_day", pa.int64())])
"""Beijing months: how many days, and the number of the first."""
BILLED = pa.schema([("month", pa.string()), ("first_day", pa.int64()), ("next_first_day", pa.int64())])
"""The one month that is rated."""
RANK = pa.schema([("number", pa.int32())])
"""The one rank of buckets whose turn it is."""
FILES = pa.schema([("above", pa.string()), ("last", pa.string()), ("name", pa.string())])
"""Files of lines: whose lines each holds, above one customer and up to another."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: "keep" its result under `name`, "forget" that, "write" it as a table, or "ask" for its one row.

    "list" asks for all rows; "ranks" carries out `steps` for each rank of buckets, `rank` being its number. A written
    table can be read as `written_<name>`.
    """

    kind: str
    name: str
    sql: str = ""
    order: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """`opening` once, `rating` for each range of customers, `closing` once; `ranges` counts records by customer."""

    opening: tuple[Step, ...]
    ranges: str
    rating: tuple[Step, ...]
    closing: tuple[Step, ...]


@cache
def script(features: Features, dialect: str, *, for_bills: bool = True) -> Script:
    """Compiling takes a second or two; a process does it once for the same features.

    for_bills: whether lines tell all that a bill says of them, or only prices.
    """
    opening = _Writer(dialect)
    small = _opened(opening, features)
    rating = _Writer(dialect)
    _rated(rating, features, small, for_bills)
    closing = _Writer(dialect)
    _closed(closing)
    return Script(tuple(opening.steps), opening.sql(_counted()), tuple(rating.steps), tuple(closing.steps))


class _Writer:
    """Collects steps, compiling each expression."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.steps: list[Step] = []

    def sql(self, rows: Table) -> str:
        return str(ibis.to_sql(rows, dialect=self.dialect))

    def keep(self, name: str, rows: Table) -> Table:
        self.steps.append(Step("keep", name, self.sql(rows)))
        return ibis.table(rows.schema(), name=name)

    def write(self, name: str, rows: Table, schema: pa.Schema, order: Sequence[str]) -> Table:
        self.steps.append(Step("write", name, self.sql(shaped(rows, schema)), tuple(order)))
        return _written(name, schema)

    def ask(self, rows: Table) -> None:
        self.steps.append(Step("ask", "", self.sql(rows)))

    def list(self, name: str, rows: Table) -> None:
        self.steps.append(Step("list", name, self.sql(rows)))

    def forget(self, *names: str) -> None:
        self.steps.extend(Step("forget", name) for name in names)


def _counted() -> Table:
    """Usage records and fees by customer, ascending."""
    usage, fees = _given("usage"), _given("fees")
    used = usage.group_by("customer_id").aggregate(records=usage.count())
    paid = fees.group_by("customer_id").aggregate(fees=fees.count())
    paid = paid.select("fees", payer_id=paid.customer_id)
    met = used.outer_join(paid, used.customer_id == paid.payer_id)
    return met.select(
        customer_id=ibis.cases((met.customer_id.isnull(), met.payer_id), else_=met.customer_id),
        records=ibis.cases((met.records.isnull(), 0), else_=met.records),
        fees=ibis.cases((met.fees.isnull(), 0), else_=met.fees),
    ).order_by("customer_id")


def _opened(writer: _Writer, features: Features) -> dict[str, Table]:
    """The small tables as the steps want them."""
    prices = _given("prices")
    small = {
        "customers": writer.keep("kept_customers", _given("customers")),
        "goods": writer.keep("kept_goods", read.goods(_given("products"))),
        "usage_types": writer.keep("kept_usage_types", _given("usage_types")),
        "prices": writer.keep("kept_prices", read.topped(prices, _given("tiers"))),
    }
    if features.tiers:
        small["steps"] = writer.keep("kept_steps", tariff.steps(prices, _given("tiers")))
    if features.rebates:
        small["rebates"] = writer.keep("kept_rebates", _given("rebates"))
    if features.ties:
        small["ties"] = writer.keep("kept_ties", ties.numbered(_given("ties")))
    if features.packages:
        small["buckets"] = writer.keep("kept_buckets", _given("buckets"))
    return small


def _rated(writer: _Writer, features: Features, small: dict[str, Table], for_bills: bool) -> None:
    """One range of customers, from its usage to its totals."""
    usage, fees = _named("pass_usage", IN["usage"]), _named("pass_fees", IN["fees"])
    found = read.records(usage, small["customers"], small["goods"], small["usage_types"], small["prices"])
    if features.packages or features.follows or features.peaks:
        found = writer.keep("pass_records", found)
    good = read.ratable(found)
    coverage, covered = _covered(writer, features, small, good)
    cumulated = _cumulated(writer, features, good, covered)
    rows = cumulation.placed(_measured(features, good, covered), cumulated)
    rows = tariff.listed(rows, small.get("steps"), features.blocks)
    rows = _discounted(rows, features, small)
    points = None
    if features.peaks:
        points = writer.keep("pass_peaks", _peaks(good))
        alone = cumulation.placed(packages.uncovered(points, None), None)
        alone = peaks.prorated(
            writer.keep("pass_listed_peaks", tariff.listed(alone, small.get("steps"), features.blocks)),
            "list_exact",
        )
        alone = writer.keep("pass_shared_peaks", alone.mutate(guess=typed(ibis.null(), alone.guess.type())))
        alone = writer.keep("pass_priced_peaks", _discounted(alone, features, small))
        rows = rows.union(alone.select(*rows.columns))
    rows = ties.tied(rows, small.get("ties"))
    made = (lines.lines if for_bills else lines.priced)(rows, small["goods"], small["usage_types"])
    schema = LINES if for_bills else PRICED
    if features.fees:
        made = made.union(shaped(fees, schema))
    written = writer.write("lines", made, schema, LINE_ORDER if for_bills else ())

    digits = dict(features.minor_digits)
    writer.ask((checks.of_lines if for_bills else checks.of_priced)(written))
    if points is not None:
        reported = writer.write("peaks", peaks.report(points), PEAKS, PEAKS.names[:7])
        writer.ask(reported.aggregate(peaks=reported.count(), points=reported.points.sum()))
    lost = writer.write(
        "unrated", read.unrated(found, cumulated), UNRATED, ("customer_id", "batch", "position")
    )
    writer.ask(lost.aggregate(unrated=lost.count()))
    if coverage is not None:
        taken = writer.write("coverage", cumulation.within(coverage, cumulated), COVERAGE, COVERAGE.names[:4])
        if for_bills:
            writer.ask(checks.of_buckets(taken, written, small["buckets"]))
            writer.ask(checks.of_packages(taken, written))
    grouped = writer.write("groups", groups.groups(written, digits), GROUPS, GROUPS.names[:13])
    if for_bills:
        writer.ask(checks.of_groups(written, grouped, digits))
    writer.list("currencies", groups.currencies(grouped))
    totals = groups.customer_totals(written, lost, _named("pass_files", FILES))
    summed = writer.write("customer_totals", totals, CUSTOMER_TOTALS, ("customer_id",))
    writer.ask(summed.aggregate(customers=summed.count()))
    writer.forget(
        "pass_records",
        "pass_coverage",
        "pass_covered",
        "pass_followed",
        "pass_cumulated",
        "pass_peaks",
        "pass_priced_peaks",
    )


def _covered(
    writer: _Writer, features: Features, small: dict[str, Table], good: Table
) -> tuple[Table | None, Table | None]:
    """What buckets take, rank by rank: row by row, and summed by record."""
    if not features.packages:
        return None, None
    left = writer.keep("pass_left", packages.thirsty(good, small["buckets"]))
    coverage = writer.keep("pass_coverage", packages.nothing_taken(left))
    turn = _Writer(writer.dialect)
    rank = _named("rank", RANK)
    taken = turn.keep("pass_taken", packages.taken(left, small["buckets"], _given("bucket_scopes"), rank))
    turn.keep("pass_coverage", coverage.union(taken))
    turn.keep("pass_left", packages.after(left, taken))
    turn.forget("pass_taken")
    writer.steps.append(Step("ranks", "", steps=tuple(turn.steps)))
    writer.forget("pass_left")
    return coverage, writer.keep("pass_covered", packages.covered(coverage))


def _measured(features: Features, good: Table, covered: Table | None) -> Table:
    """The measured sums, with what packages left to charge of them."""
    return packages.uncovered(good.filter(good.method == "sum") if features.peaks else good, covered)


def _cumulated(writer: _Writer, features: Features, good: Table, covered: Table | None) -> Table | None:
    """Where they stand in the tiers; None where nothing depends on it."""
    if not features.follows:
        return None
    sums = _measured(features, good, covered)
    followed = writer.keep("pass_followed", cumulation.followed(sums))
    return writer.keep("pass_cumulated", cumulation.cumulated(sums, followed, _given("carried")))


def _peaks(good: Table) -> Table:
    """The peaks among the points, as records."""
    return peaks.dated(peaks.peaks(good.filter(good.method != "sum")), _named("months", MONTHS))


def _discounted(rows: Table, features: Features, small: dict[str, Table]) -> Table:
    return lines.narrowed(discounts.discounted(rows, small.get("rebates"), features.fixed_prices))


def _closed(writer: _Writer) -> None:
    """What concerns no usage."""
    periods, fees = _given("periods"), _given("fees")
    rows = amortisation.amortised(periods, _named("billed", BILLED))
    written = writer.write("amortised", rows, AMORTISED, ("customer_id", "item_id"))
    writer.ask(checks.of_amortised(written, periods))
    writer.ask(fees.aggregate(expected_fees=fees.count(), expected_payable=fees.payable.sum()))


def _given(name: str) -> Table:
    return _named(name, IN[name])


def _written(name: str, schema: pa.Schema) -> Table:
    return _named(f"written_{name}", schema)


def _named(name: str, schema: pa.Schema) -> Table:
    return ibis.table(schema_of(schema), name=name)
