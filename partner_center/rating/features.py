"""What a month's input asks for: steps that nothing needs are left out of the statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from partner_center.rating.inputs import Inputs


@dataclass(frozen=True, slots=True)
class Features:
    """Read from the small tables. The statements of a run are a function of these, and of nothing else."""

    tiers: bool
    """Some price is graduated or by volume."""
    blocks: bool
    """Some price sells blocks."""
    follows: bool
    """Some price depends on what was used before in the cycle."""
    rebates: bool
    fixed_prices: bool
    """Some rebate is a fixed price."""
    ties: bool
    packages: bool
    """Some customer has a bucket."""
    peaks: bool
    """Some usage type is billed by its 95th percentile."""
    fees: bool
    minor_digits: tuple[tuple[str, int], ...]


def found_in(inputs: Inputs) -> Features:
    """Look what there is to do."""
    schemes = _values(inputs.files["prices"], "scheme")
    modes = _values(inputs.files["rebates"], "mode")
    return Features(
        tiers=bool(schemes & {"graduated", "volume"}),
        blocks="block" in schemes,
        follows=bool(schemes - {"flat"}) or _some_free(inputs.files["prices"]),
        rebates=bool(modes),
        fixed_prices="fixed_price" in modes,
        ties=_any(inputs.files["ties"]),
        packages=_any(inputs.files["buckets"]),
        peaks=bool(_values(inputs.files["usage_types"], "method") - {"sum"}),
        fees=_any(inputs.files["fees"]),
        minor_digits=_sorted(inputs.minor_digits),
    )


def ranks_in(inputs: Inputs) -> list[int]:
    """The ranks of the buckets, in order."""
    return sorted(_values(inputs.files["buckets"], "rank"))


def _values(files: Sequence[Path], column: str) -> set[Any]:
    found: set[Any] = set()
    for file in files:
        found |= set(pc.unique(pq.read_table(file, columns=[column]).column(0)).to_pylist())
    return found


def _some_free(files: Sequence[Path]) -> bool:
    return any(free for free in _values(files, "free"))


def _any(files: Sequence[Path]) -> bool:
    return any(pq.read_metadata(file).num_rows for file in files)


def _sorted(digits: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(digits.items()))
