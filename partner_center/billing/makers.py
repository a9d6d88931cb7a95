"""Ratings for tests and the sample world, as the rating engine leaves them behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from partner_center.billing.models import GROUP, Rating, RatingKind, RatingState
from partner_center.billing.totals import SUMS, GroupTotal, groups_file
from partner_center.customers.models import Customer
from partner_center.kernel import clock
from partner_center.kernel.ids import new_id
from partner_center.kernel.period import BillMonth
from partner_center.rating.schemas import GROUPS


def group_total(customer: Customer, payable: str | Decimal, **more: Any) -> GroupTotal:
    """A settlement group of one customer: a server's usage at list price, unless `more` says otherwise."""
    payable = Decimal(payable)
    facts: dict[str, Any] = {
        "customer_id": customer.pk,
        "currency": customer.account.currency,
        "cycle": str(BillMonth.of(clock.now())),
        "bill_type": 5,
        "charging_mode": 3,
        "service_type": "hws.service.type.ec2",
        "resource_type": "hws.resource.type.vm",
        "region": "cn-north-1",
        "enterprise_project_id": "",
        "partner_id": customer.partner_id or "",
        "distributor_id": (customer.partner.distributor_id or "") if customer.partner else "",
        "association_type": customer.association_type,
        "manager_id": "",
        "official": payable,
        **more,
    }
    return GroupTotal(payable=payable, discount=facts["official"] - payable, **facts)


def make_rating(
    totals: Sequence[GroupTotal],
    *,
    month: str = "",
    kind: str = RatingKind.OPEN,
    rated_at: datetime | None = None,
) -> Rating:
    """A finished rating that wrote these groups, and nothing else."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    moment = rated_at or clock.now()
    rating: Rating = Rating.objects.create(
        month=month or str(BillMonth.of(moment)),
        kind=kind,
        folder=f"runs/made/{new_id()}",
        rated_at=moment,
        state=RatingState.READY,
    )
    path = groups_file(rating)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {name: getattr(one, name) for name in (*GROUP, *SUMS)}
        | {
            "lines": 1,
            "payable_minor": one.target.consume,
            "cut_off": one.target.cut_off.quantize(Decimal("1e-10")),
        }
        for one in sorted(totals, key=lambda one: one.customer_id)
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=GROUPS), path)
    return rating
