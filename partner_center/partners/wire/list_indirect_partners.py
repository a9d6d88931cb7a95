"""查询云经销商列表 — the resellers of a distributor."""

from __future__ import annotations

from typing import Self

from partner_center.foundation.actor import Actor
from partner_center.partners.models import Partner
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Paging, WireModel, field


class Request(Paging):
    account_name: Maybe[str] = field(None, max_length=64)
    associated_on_begin: Maybe[Moment] = None
    associated_on_end: Maybe[Moment] = None
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class IndirectPartnerInfo(WireModel):
    indirect_partner_id: Maybe[str] = None
    mobile_phone: Maybe[str] = None
    email: Maybe[str] = None
    account_name: Maybe[str] = None
    name: Maybe[str] = None
    associated_on: Maybe[Moment] = None
    account_manager_id: Maybe[str] = None
    account_manager_name: Maybe[str] = None

    @classmethod
    def of(cls, row: Partner) -> Self:
        manager = row.account_manager
        return cls(
            indirect_partner_id=row.pk,
            mobile_phone=row.account.mobile or None,
            email=row.account.email or None,
            account_name=row.account.name,
            name=row.name,
            associated_on=row.associated_at,
            account_manager_id=manager.login if manager else None,
            account_manager_name=manager.name if manager else None,
        )


class Response(WireModel):
    count: int
    indirect_partners: list[IndirectPartnerInfo]


@operation(
    "POST",
    "/v2/partners/indirect-partners/query",
    callers="D",
    items=("BPC_ITEM_SALES_020100",),
    errors=(InvalidParameter,),
)
def list_indirect_partners(actor: Actor, request: Request) -> Response:
    """List the resellers of the distributor; an account name is matched anywhere within it."""
    rows = Partner.objects.visible_to(actor).resellers_of(actor.account_id).order_by("-associated_at", "pk")
    if request.account_name:
        rows = rows.filter(account__name__icontains=request.account_name)
    if request.associated_on_begin:
        rows = rows.filter(associated_at__gte=request.associated_on_begin)
    if request.associated_on_end:
        rows = rows.associated_until(request.associated_on_end)
    if request.indirect_partner_id:
        rows = rows.filter(pk=request.indirect_partner_id)
    page = request.slice(rows.select_related("account", "account_manager"))
    return Response(count=rows.count(), indirect_partners=[IndirectPartnerInfo.of(row) for row in page])
