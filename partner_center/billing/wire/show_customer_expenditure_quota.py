"""查询消费配额(客户): what an international customer may spend, and what of it is used."""

from __future__ import annotations

from partner_center.billing.reading.owed import expenditure_quota
from partner_center.billing.wire.shapes import YUAN
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Number, WireModel, Yuan


class Response(WireModel):
    granting_amount: Yuan
    granting_amount_used: Yuan
    percentage_granting_amount_used: Number
    measure_id: int = YUAN
    currency: str


@operation("GET", "/v2/accounts/customer-accounts/expenditure-quota", callers="C", sites=("intl",))
def show_customer_expenditure_quota(actor: Actor) -> Response:
    """The partner's budget for the caller; zeros where there is none."""
    quota = expenditure_quota(actor)
    return Response(
        granting_amount=quota.granted,
        granting_amount_used=quota.used,
        percentage_granting_amount_used=quota.ratio,
        currency=quota.granted.currency,
    )
