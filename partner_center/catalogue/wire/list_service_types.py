"""查询云服务类型列表."""

from __future__ import annotations

from django.db.models import Q

from partner_center.catalogue.models import CloudService
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Paging, WireModel, field


class Request(Paging):
    service_type_name: Maybe[str] = field(None, min_length=1, max_length=128)


class ServiceTypes(WireModel):
    service_type_name: str
    service_type_code: str
    abbreviation: str


class Response(WireModel):
    total_count: int
    service_types: list[ServiceTypes]


@operation("GET", "/v2/products/service-types", callers="A", localised=True)
def list_service_types(actor: Actor, request: Request) -> Response:
    """List the cloud service types, all or those whose name contains a text in either language."""
    rows = CloudService.objects.visible_to(actor)
    if request.service_type_name:
        part = request.service_type_name
        rows = rows.filter(Q(name__icontains=part) | Q(name_zh__icontains=part))
    return Response(
        total_count=rows.count(),
        service_types=[
            ServiceTypes(
                service_type_name=service.name_in(actor.language),
                service_type_code=service.code,
                abbreviation=service.abbreviation,
            )
            for service in request.slice(rows)
        ],
    )
