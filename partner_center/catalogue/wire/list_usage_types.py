"""查询使用量类型列表: the billing factors."""

from __future__ import annotations

from partner_center.catalogue.models import UsageType
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Paging, WireModel, field


class Request(Paging):
    resource_type_code: Maybe[str] = field(None, empty="filter")


class UsageTypeInfo(WireModel):
    code: str
    name: str
    resource_type_code: str
    service_type_code: str
    resource_type_name: str
    service_type_name: str


class Response(WireModel):
    total_count: int
    usage_types: list[UsageTypeInfo]


@operation("GET", "/v2/products/usage-types", callers="A", localised=True)
def list_usage_types(actor: Actor, request: Request) -> Response:
    """List the billing factors, of one resource type or of all."""
    rows = UsageType.objects.visible_to(actor).select_related("resource_type__service")
    if request.resource_type_code is not None:
        rows = rows.filter(resource_type__code=request.resource_type_code)
    return Response(
        total_count=rows.count(),
        usage_types=[
            UsageTypeInfo(
                code=one.code,
                name=one.name_in(actor.language),
                resource_type_code=one.resource_type.code,
                service_type_code=one.resource_type.service.code,
                resource_type_name=one.resource_type.name_in(actor.language),
                service_type_name=one.resource_type.service.name_in(actor.language),
            )
            for one in request.slice(rows)
        ],
    )
