"""查询资源类型列表."""

from __future__ import annotations

from partner_center.catalogue.models import ResourceType
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Paging, WireModel


class ResourceTypes(WireModel):
    resource_type_code: str
    resource_type_name: str
    resource_type_desc: str
    service_type_code: str


class Response(WireModel):
    total_count: int
    resource_types: list[ResourceTypes]


@operation("GET", "/v2/products/resource-types", callers="A", localised=True)
def list_resource_types(actor: Actor, request: Paging) -> Response:
    """List the resource types of every cloud service."""
    rows = ResourceType.objects.visible_to(actor).select_related("service")
    return Response(
        total_count=rows.count(),
        resource_types=[
            ResourceTypes(
                resource_type_code=one.code,
                resource_type_name=one.name_in(actor.language),
                resource_type_desc=one.description_in(actor.language),
                service_type_code=one.service.code,
            )
            for one in request.slice(rows)
        ],
    )
