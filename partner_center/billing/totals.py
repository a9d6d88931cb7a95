"""What a rating says of each settlement group, read from its file `groups`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from partner_center.billing.models import GROUP, Rating
from partner_center.billing.models.fees import RATED
from partner_center.billing.rules import Target, group_key, target_of
from partner_center.kernel.money import DEFAULT_MINOR_DIGITS, MINOR_DIGITS
from partner_center.metering.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

SUMS = ("official", "discount", "payable")


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """The sums over the lines of one settlement group, exact to ten places."""

    customer_id: str
    currency: str
    cycle: str
    bill_type: int
    charging_mode: int
    service_type: str
    resource_type: str
    region: str
    enterprise_project_id: str
    partner_id: str
    distributor_id: str
    association_type: str
    manager_id: str
    official: Decimal
    discount: Decimal
    payable: Decimal

    @property
    def key(self) -> str:
        return group_key(self)

    @property
    def target(self) -> Target:
        return target_of(
            official=self.official, discount=self.discount, payable=self.payable, currency=self.currency
        )


def groups_file(rating: Rating) -> Path:
    """The file on this machine."""
    return Store.configured().local(f"{rating.folder}/out/groups.parquet")


def read_totals(path: Path, customer_ids: Sequence[str]) -> dict[str, list[GroupTotal]]:
    """The groups of these customers that the rating decides: fees that only pass through are left out."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rated = [one.value for one in RATED]
    wanted = (pc.field("customer_id").isin(list(customer_ids))) & (pc.field("bill_type").isin(rated))
    table = pq.read_table(path, columns=[*GROUP, *SUMS], filters=wanted)
    found: dict[str, list[GroupTotal]] = {one: [] for one in customer_ids}
    for row in table.to_pylist():
        found[row["customer_id"]].append(GroupTotal(**row))
    return found


class RatedGroups:
    """The rated groups of a whole rating, handed out by customers: each with its digest and what it comes to."""

    def __init__(self, path: Path) -> None:
        import duckdb

        rated = ", ".join(str(one.value) for one in RATED)
        cases = " ".join(f"WHEN '{currency}' THEN {10**digits}" for currency, digits in MINOR_DIGITS.items())
        scale = f"CAST(CASE currency {cases} ELSE {10**DEFAULT_MINOR_DIGITS} END AS DECIMAL(4, 0))"
        self._engine = duckdb.connect()
        self._engine.execute(
            f"CREATE TABLE groups AS SELECT md5(concat_ws(chr(31), {', '.join(GROUP)})) AS key, {', '.join(GROUP)},"
            " official, discount, official - discount - consume AS erase, consume, CAST(cut_off AS VARCHAR) AS cut_off"
            f" FROM (SELECT {', '.join(GROUP)}, CAST(trunc(official * {scale}) AS BIGINT) AS official,"
            f" CAST(trunc(discount * {scale}) AS BIGINT) AS discount, payable_minor AS consume, cut_off"
            f" FROM read_parquet(?) WHERE bill_type IN ({rated})) g ORDER BY customer_id",
            [str(path)],
        )

    def of(self, customer_ids: Sequence[str]) -> pa.Table:
        """The groups of these customers; the ids are in order."""
        import pyarrow as pa

        self._engine.register("asked", pa.table({"customer_id": pa.array(list(customer_ids), pa.string())}))
        found: pa.Table = self._engine.sql(
            "SELECT * FROM groups WHERE customer_id BETWEEN ? AND ?"
            " AND customer_id IN (SELECT customer_id FROM asked)",
            params=[customer_ids[0], customer_ids[-1]],
        ).to_arrow_table()
        return found

    def customers(self) -> list[str]:
        """Whom the rating has groups of, in order."""
        found = self._engine.execute(
            "SELECT DISTINCT customer_id FROM groups ORDER BY customer_id"
        ).fetchall()
        return [one for (one,) in found]

    def close(self) -> None:
        self._engine.close()
