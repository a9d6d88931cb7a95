"""查询资源包使用明细: what the caller's resource packages covered, deduction by deduction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from django.utils.translation import gettext as _

from partner_center.billing.reading import Names
from partner_center.billing.reading.coverage import Deduction, deductions_of
from partner_center.catalogue.tariffs import plain
from partner_center.foundation.actor import Actor
from partner_center.metering.models import PackageItem
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Day, Maybe, Moment, MomentText, Paging, WireModel, field

MOST_DAYS = 90


class Request(Paging):
    free_resource_id: Maybe[str] = field(None, max_length=64)
    product_id: Maybe[str] = field(None, max_length=64)
    resource_type_code: Maybe[str] = field(None, max_length=64)
    deduct_time_begin: Day
    deduct_time_end: Day


class FreeResourceRecord(WireModel):
    deduct_time: Moment
    free_resource_id: str
    resource_id: str
    resource_type_code: str
    resource_type_name: Maybe[str] = None
    resource_tag: Maybe[str] = None
    product_id: str
    product_name: str
    usage_type_code: str
    available_amount: str
    remaining_amount: str
    used_amount: str
    measure_id: int
    effective_time: MomentText
    expire_time: MomentText

    @classmethod
    def of(cls, one: Deduction, items: Mapping[int, PackageItem], names: Names) -> Self:
        item = items[one.item_id]
        product = item.package.product
        return cls(
            deduct_time=one.ends_at,
            free_resource_id=item.number,
            resource_id=one.resource_id,
            resource_type_code=one.resource_type,
            resource_type_name=names.resource_type(one.service_type, one.resource_type),
            product_id=product.number,
            product_name=product.name_in(names.language),
            usage_type_code=one.usage_type,
            available_amount=plain(one.available),
            remaining_amount=plain(one.remaining),
            used_amount=plain(one.quantity),
            measure_id=item.measure_id,
            effective_time=one.begins_at,
            expire_time=one.ends_at,
        )


class Response(WireModel):
    free_resource_records: list[FreeResourceRecord]
    total_count: int


@operation("GET", "/v2/bills/customer-bills/free-resources-usage-records", callers="C")
def list_free_resources_usage_records(actor: Actor, request: Request) -> Response:
    """List what packages covered of use that ended within at most 90 days, in order of time."""
    span = request.deduct_time_end - request.deduct_time_begin
    if not 0 <= span.days <= MOST_DAYS:
        raise InvalidParameter(
            parameter="deduct_time_end", reason=_("it is before the beginning, or more than 90 days after it")
        )
    rows = PackageItem.objects.visible_to(actor)
    if request.free_resource_id:
        rows = rows.filter(number=request.free_resource_id)
    if request.product_id:
        rows = rows.filter(package__product__number=request.product_id)
    items = rows.select_related("package__product").in_bulk()
    found = deductions_of(
        actor.account_id,
        request.deduct_time_begin,
        request.deduct_time_end,
        item_ids=items,
        resource_type=request.resource_type_code or "",
        offset=request.offset,
        limit=request.limit,
    )
    names = Names.of(found.deductions, actor.language)
    return Response(
        free_resource_records=[FreeResourceRecord.of(one, items, names) for one in found.deductions],
        total_count=found.total,
    )
