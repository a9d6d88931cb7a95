"""根据云服务类型查询资源类型列表."""

from __future__ import annotations

from partner_center.catalogue.models import ResourceType
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Paging, WireModel, field


class Request(Paging):
    service_type_code: str
    limit: int = field(10, ge=1, le=100, empty="rejected")


class ResourceBasicInfo(WireModel):
    resource_type_code: str
    product_owner_service: str
    name: str
    description: str


class ServiceResourceInfo(WireModel):
    basic_info: ResourceBasicInfo


class Response(WireModel):
    total_count: int
    infos: list[ServiceResourceInfo]


@operation("GET", "/v2/products/service-resources", callers="A", localised=True)
def list_service_resources(actor: Actor, request: Request) -> Response:
    """List the resource types of one cloud service; none for a service that does not exist."""
    rows = ResourceType.objects.visible_to(actor).filter(service__code=request.service_type_code)
    return Response(
        total_count=rows.count(),
        infos=[
            ServiceResourceInfo(
                basic_info=ResourceBasicInfo(
                    resource_type_code=one.code,
                    product_owner_service=one.service.code,
                    name=one.name_in(actor.language),
                    description=one.description_in(actor.language),
                )
            )
            for one in request.slice(rows.select_related("service"))
        ],
    )
