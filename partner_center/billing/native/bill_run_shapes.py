"""Parts of the answers about bill runs."""

from __future__ import annotations

from typing import Any, Self

from partner_center.billing.models import BillRun, ParkedCustomer
from partner_center.wire.schema import Maybe, Moment, Month, WireModel, Yuan


class CheckMade(WireModel):
    name: str
    ok: bool
    detail: str


class Parked(WireModel):
    customer_id: str
    reason: str
    amount_at_stake: Yuan
    currency: str
    status: str
    decision: str

    @classmethod
    def of(cls, parked: ParkedCustomer) -> Parked:
        return cls(
            customer_id=parked.customer_id,
            reason=parked.reason,
            amount_at_stake=parked.at_stake,
            currency=parked.currency,
            status=parked.state.value,
            decision=parked.decision,
        )


class Run(WireModel):
    id: str
    bill_cycle: Month
    number: int
    status: str
    closes_month: bool
    checks: list[CheckMade]
    parked: list[Parked]
    trouble: str
    create_time: Moment
    posted_time: Maybe[Moment] = None

    @classmethod
    def of(cls, run: BillRun, **more: Any) -> Self:
        """The answer; `more`: what a call answers beside it."""
        return cls(
            id=str(run.pk),
            bill_cycle=run.bill_month,
            number=run.number,
            status=run.state.value,
            closes_month=run.closes,
            checks=[CheckMade(name=one["name"], ok=one["ok"], detail=one["detail"]) for one in run.checks],
            parked=[Parked.of(one) for one in run.parked.all()],
            trouble=run.trouble,
            create_time=run.created_at,
            posted_time=run.posted_at,
            **more,
        )
