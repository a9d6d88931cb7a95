"""`python -m tests.mutations`: break each step of a rating in many ways and see that the random months notice.

A mutation replaces one piece of a step's source. The step's functions then run the changed code, a script is compiled
anew, and random months are rated and compared with the plain reference until one differs. A mutation that survives
means that the months, or the comparison, are blind to it.
"""

from __future__ import annotations

import sys
import tempfile
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

MONTHS = 12
"""So many random months are tried before a mutation is said to have survived."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """In the step `step`, `old` (which occurs once) becomes `new`."""

    step: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.step}: {self.old.strip()} → {self.new.strip()}"


MUTATIONS = (
    Mutation("read", "met.begin_at >= price.price_begins", "met.begin_at > price.price_begins"),
    Mutation("read", "met.begin_at < price.price_ends", "met.begin_at <= price.price_ends"),
    Mutation("read", '(met.kind_id.isnull(), "no_usage_type")', '(met.kind_id.isnull(), "no_product")'),
    Mutation("packages", "left.begin_at < bucket.ends_at", "left.begin_at <= bucket.ends_at"),
    Mutation("packages", "met.begin_at - met.begin_at % HOUR", "met.begin_at"),
    Mutation(
        "packages", "order_by=[met.begin_at, met.batch, met.position]", "order_by=[met.batch, met.position]"
    ),
    Mutation("packages", "met = met.filter(met.rest > 0)", "met = met.filter(met.rest > 1)"),
    Mutation(
        "packages",
        'met.savings_quantity == met.quantity, "savings_plan"',
        'met.savings_quantity > 0, "savings_plan"',
    ),
    Mutation("peaks", "rows.quantity.desc()", "rows.quantity"),
    Mutation("peaks", "(rows.above * 20 <= rows.points)", "(rows.above * 20 < rows.points)"),
    Mutation("peaks", "for _ in range(6):", "for _ in range(1):"),
    Mutation(
        "cumulation",
        "order_by=[rows.begin_at, rows.batch, rows.position]",
        "order_by=[rows.batch, rows.position]",
    ),
    Mutation("cumulation", "(records.free > 0)", "(records.free > 10)"),
    Mutation("cumulation", "else_=typed(rows.start, WIDE_QUANTITY)", "else_=zero"),
    Mutation("tariff", "low=positive(start - records.free, QUANTITY)", "low=positive(start, QUANTITY)"),
    Mutation("tariff", "(graduated, met.low >= met.u_lower)", "(graduated, met.low > met.u_lower)"),
    Mutation("tariff", "volume & ~rows.late &", "volume &"),
    Mutation("tariff", "high.isnull() | (at <= high)", "high.isnull() | (at < high)"),
    Mutation("tariff", "(hold(near), near), (hold(near + 1)", "(hold(near + 1)"),
    Mutation("tariff", 'typed(rows.amount * rows["size"], EXACT)', "typed(rows.amount, EXACT)"),
    Mutation(
        "discounts", "records.begin_at >= rebate.rebate_begins", "records.begin_at > rebate.rebate_begins"
    ),
    Mutation("discounts", "rows.official > rows.instead", "rows.official >= 0"),
    Mutation("discounts", 'typed(number("1", KEPT) - rebates.kept, KEPT)', "typed(rebates.kept, KEPT)"),
    Mutation("ties", "records.begin_at < side.tie_ends", "records.begin_at <= side.tie_ends"),
    Mutation("ties", "ibis.dense_rank().over(window) + 1", "ibis.literal(1, type='int64')"),
    Mutation(
        "lines",
        "order_by=[rows.begin_at, rows.batch, rows.position]",
        "order_by=[rows.begin_at, rows.position]",
    ),
    Mutation("lines", "rows.charging_mode,", "rows.cycle,"),
    Mutation("lines", '(records.whole == "reserved", RESERVED),', ""),
    Mutation("groups", "cut(rows.payable, digits, AMOUNT)", "cut(rows.payable, 1, AMOUNT)"),
    Mutation("groups", 'rows = lines.filter(lines.source == "usage")', "rows = lines"),
    Mutation("amortisation", "rows.next_first_day - rows.begins_on", "rows.first_day - rows.begins_on"),
    Mutation("amortisation", "(days >= length, length)", "(days > length + 1, length)"),
)


def survivors(mutations: tuple[Mutation, ...], *, say: bool = False) -> list[Mutation]:
    """Those of the mutations that no random month notices."""
    found = []
    for one in mutations:
        with _in_force(one):
            noticed = _noticed()
        if say:
            print(f"{'noticed in month ' + str(noticed) if noticed else 'SURVIVED':<20} {one}", flush=True)
        if not noticed:
            found.append(one)
    return found


@contextmanager
def _in_force(mutation: Mutation) -> Iterator[None]:
    """The step's functions run the changed source inside the block."""
    from partner_center.rating.script import script

    module = import_module(f"partner_center.rating.steps.{mutation.step}")
    source = Path(module.__file__ or "").read_text()
    assert source.count(mutation.old) >= 1, f"{mutation} is not there"
    changed: dict[str, object] = {"__name__": module.__name__}
    exec(compile(source.replace(mutation.old, mutation.new, 1), module.__file__ or "", "exec"), changed)
    before = {}
    for name, value in vars(module).items():
        new = changed.get(name)
        if isinstance(value, types.FunctionType) and isinstance(new, types.FunctionType):
            if value.__module__ == module.__name__:
                before[value], value.__code__ = value.__code__, new.__code__
    script.cache_clear()
    try:
        yield
    finally:
        for function, code in before.items():
            function.__code__ = code
        script.cache_clear()


def _noticed() -> int:
    """The number of the first random month that differs from the reference (or breaks the run); 0 when none does."""
    from partner_center.rating.tests.months import random_month
    from partner_center.rating.tests.test_agreement import assert_agrees

    for number in range(1, MONTHS + 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                assert_agrees(random_month(Random(number)), Path(folder))
            except Exception:
                return number
    return 0


def main() -> int:
    left = survivors(MUTATIONS, say=True)
    print(f"{len(MUTATIONS) - len(left)} of {len(MUTATIONS)} mutations were noticed")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
