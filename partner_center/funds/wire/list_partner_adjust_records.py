"""查询调账记录 — allocations to and reclaims from customers and resellers."""

from __future__ import annotations

from typing import Self

from partner_center.foundation.actor import Actor
from partner_center.funds.models import Adjustment, Operation
from partner_center.partners.errors import NoRightOverReseller
from partner_center.partners.queries import scope_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Paging, WireModel, YuanText, field


class Request(Paging):
    customer_id: Maybe[str] = field(None, max_length=64)
    operation_type: Maybe[str] = field(None, one_of=tuple(Operation.values))
    operation_time_begin: Maybe[Moment] = None
    operation_time_end: Maybe[Moment] = None
    trans_id: Maybe[str] = field(None, max_length=64)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class AdjustRecordV3(WireModel):
    customer_id: Maybe[str] = None
    customer_name: Maybe[str] = None
    operation_type: Maybe[str] = None
    amount: Maybe[YuanText] = None
    currency: Maybe[str] = None
    apply_scene: Maybe[str] = None
    operation_time: Maybe[Moment] = None
    measure_id: Maybe[int] = 1
    trans_id: Maybe[str] = None
    memo: Maybe[str] = None

    @classmethod
    def of(cls, row: Adjustment) -> Self:
        return cls(
            customer_id=row.target_id,
            customer_name=row.target_name,
            operation_type=row.operation,
            amount=row.amount,
            currency=row.currency,
            apply_scene=row.scene or None,
            operation_time=row.created_at,
            trans_id=row.number,
            memo=row.memo or None,
        )


class Response(WireModel):
    records: Maybe[list[AdjustRecordV3]] = None
    total_count: Maybe[int] = None


@operation(
    "GET",
    "/v3/accounts/partner-accounts/adjust-records",
    callers="P",
    sites=("cn",),
    items=("BPC_ITEM_FINANCE_040100",),
    errors=(NoRightOverReseller,),
)
def list_partner_adjust_records(actor: Actor, request: Request) -> Response:
    """The adjustments that the partner made (or the reseller that a distributor names), newest first."""
    partner_id = scope_of(actor, request.indirect_partner_id)
    rows = Adjustment.objects.visible_to(actor).filter(partner_id=partner_id)
    if request.customer_id:
        rows = rows.filter(target_id=request.customer_id)
    if request.operation_type:
        rows = rows.filter(operation=request.operation_type)
    if request.operation_time_begin:
        rows = rows.filter(created_at__gte=request.operation_time_begin)
    if request.operation_time_end:
        rows = rows.filter(created_at__lte=request.operation_time_end)
    if request.trans_id:
        rows = rows.filter(number=request.trans_id)
    return Response(records=[AdjustRecordV3.of(row) for row in request.slice(rows)], total_count=rows.count())
