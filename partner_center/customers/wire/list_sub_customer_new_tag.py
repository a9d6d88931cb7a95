"""查询客户新客标签 — the new-customer mark of the partner's customers."""

from __future__ import annotations

from typing import Self

from partner_center.customers.models import Customer
from partner_center.customers.queries import scope_of
from partner_center.customers.rules import new_customer_tag
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Paging, WireModel, field

SMB = "SMB"


class Request(Paging):
    customer_ids: Maybe[list[str]] = field(None, max_length=64, max_items=100)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class NewCustomerTagItem(WireModel):
    customer_id: Maybe[str] = None
    customer_tag_type: Maybe[str] = None
    new_customer_tag: Maybe[str] = None
    effective_time: Maybe[str] = None
    expire_time: Maybe[str] = None

    @classmethod
    def of(cls, row: Customer, month: str) -> Self:
        tag = new_customer_tag(row, month)
        return cls(
            customer_id=row.pk,
            customer_tag_type=SMB,
            new_customer_tag=tag,
            effective_time=(row.new_tag_from or None) if tag else None,
            expire_time=(row.new_tag_until or None) if tag else None,
        )


class Response(WireModel):
    new_customer_tags: list[NewCustomerTagItem]


@operation(
    "POST",
    "/v2/partners/sub-customers/new-customers-tags/batch-query",
    callers="P",
    sites=("cn",),
    items=("BPC_ITEM_SUBCUSTSERV_010100", "BPC_ITEM_SUBCUSTSERV_010500"),
    errors=(InvalidParameter, NoRightOverReseller),
)
def list_sub_customer_new_tag(actor: Actor, request: Request) -> Response:
    """The new-customer marks; ids that are not the partner's customers are left out without a word."""
    partner_id = scope_of(actor, request.indirect_partner_id)
    rows = Customer.objects.visible_to(actor).of_partner(partner_id).order_by("-associated_at", "pk")
    if request.customer_ids:
        rows = rows.filter(pk__in=request.customer_ids)
    month = str(BillMonth.of(clock.now()))
    return Response(new_customer_tags=[NewCustomerTagItem.of(row, month) for row in request.slice(rows)])
