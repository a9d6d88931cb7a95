"""查询云服务类型资源规格: the specs of a resource type that are sold in a region."""

from __future__ import annotations

from typing import Literal

from partner_center.catalogue.models import ChargeMode, Product
from partner_center.catalogue.queries import currency_of
from partner_center.catalogue.wire.marker import page
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field

CHARGE_MODES = {"1": ChargeMode.PERIOD, "3": ChargeMode.ON_DEMAND}


class ResourceSpecsFilter(WireModel):
    key: Literal["RESOURCE_SPEC"]
    value: str = field(max_length=400)


class Request(WireModel):
    cloud_service_type: str = field(max_length=64)
    resource_type: str = field(max_length=64)
    region_code: str = field(max_length=64)
    charge_mode: str = field(one_of=("1", "3"))
    filters: Maybe[list[ResourceSpecsFilter]] = field(None, max_items=1)
    marker: Maybe[str] = field(None, max_length=64)
    limit: int = field(100, ge=1, le=100)


class PageInfo(WireModel):
    next_marker: Maybe[str] = None


class CloudServiceBasic(WireModel):
    cloud_service_type: str
    cloud_service_type_name: str
    resource_type: str
    resource_type_name: str
    resource_spec: str
    resource_spec_name: str
    charge_mode: str
    region_code: str


class Response(WireModel):
    page_info: PageInfo
    cloud_service_basics: list[CloudServiceBasic]


@operation("POST", "/v2/products/resource-specs-query", callers="A", localised=True)
def list_resource_specs(actor: Actor, request: Request) -> Response:
    """List the specs of one resource type and region that are sold in a charging mode, page by page."""
    rows = (
        Product.objects.visible_to(actor)
        .detailed()
        .on_sale(currency_of(actor), CHARGE_MODES[request.charge_mode])
        .filter(
            service__code=request.cloud_service_type,
            resource_type__code=request.resource_type,
            region__code=request.region_code,
        )
    )
    for one in request.filters or ():
        rows = rows.filter(spec=one.value)
    products, marker = page(rows, request.marker, request.limit)
    return Response(
        page_info=PageInfo(next_marker=marker),
        cloud_service_basics=[
            CloudServiceBasic(
                cloud_service_type=product.service.code,
                cloud_service_type_name=product.service.name_in(actor.language),
                resource_type=product.resource_type.code,
                resource_type_name=product.resource_type.name_in(actor.language),
                resource_spec=product.spec,
                resource_spec_name=product.name_in(actor.language),
                charge_mode=request.charge_mode,
                region_code=product.region.code,
            )
            for product in products
        ],
    )
