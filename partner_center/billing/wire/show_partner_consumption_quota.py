"""查询消费配额: an international partner's post-paid limit and what of it is used."""

from __future__ import annotations

from partner_center.billing.reading.owed import consumption_quota
from partner_center.billing.wire.shapes import YUAN
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel, YuanText


class Response(WireModel):
    consumption_quota: YuanText
    amount: YuanText
    coupon_amount: YuanText
    due_amount: YuanText
    unbilled_amount: YuanText
    used_consumption_quota: YuanText
    measure_id: int = YUAN
    currency: str


@operation(
    "GET",
    "/v2/partners/credit/consumption-quota",
    callers="P",
    sites=("intl",),
    items=("BPC_ITEM_ACCOUNT_010500",),
)
def show_partner_consumption_quota(actor: Actor) -> Response:
    """used = due + not billed yet - balance - coupons."""
    quota = consumption_quota(actor)
    return Response(
        consumption_quota=quota.total,
        amount=quota.balance,
        coupon_amount=quota.coupons,
        due_amount=quota.due,
        unbilled_amount=quota.unbilled,
        used_consumption_quota=quota.used,
        currency=quota.total.currency,
    )
