"""What a rating says of each settlement group, read from its file `groups`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partner_center.billing.models import GROUP, Rating
from partner_center.billing.models.fees import RATED
from partner_center.billing.rules import Target, group_key, target_of
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
    for row in _rows(table):
        found[row["customer_id"]].append(GroupTotal(**row))
    return found


def customers_in(path: Path) -> list[str]:
    """Whom the rating has groups of, in order."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["customer_id", "bill_type"])
    rated = table.filter(pc.is_in(table["bill_type"], _codes(table)))
    return sorted(pc.unique(rated["customer_id"]).to_pylist())


def _codes(table: pa.Table) -> Any:
    import pyarrow as pa

    return pa.array([one.value for one in RATED], table.schema.field("bill_type").type)


def _rows(table: pa.Table) -> Iterable[dict[str, Any]]:
    return table.to_pylist()
