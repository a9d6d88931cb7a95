"""查询资源包列表: the caller's resource packages with what is left of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from django.db.models import Q

from partner_center.catalogue.tariffs import plain
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.metering.models import Package, PackageItem, PackageSource, PackageState
from partner_center.metering.queries import Left, left_of, packages_shown
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, MomentText, Paging, WireModel, field

ALL_PROJECTS = 0
"""enterprise_project_scope: a package covers the usage of every enterprise project."""
SOURCES = {PackageSource.ORDER: 0, PackageSource.GRANT: 1}
RENEWED, NOT_RENEWED = 1, 2


class Request(Paging):
    region_code: Maybe[str] = field(None, max_length=64)
    order_id: Maybe[str] = field(None, max_length=64)
    product_id: Maybe[str] = field(None, max_length=64)
    product_name: Maybe[str] = field(None, max_length=255)
    enterprise_project_id: Maybe[str] = field(None, max_length=128)
    status: Maybe[int] = field(None, one_of=(0, 1, 2, 3, 4))
    service_type_code_list: Maybe[list[str]] = field(None, max_length=64, max_items=100)


class FreeResourceV3(WireModel):
    free_resource_id: str
    usage_type_name: str
    amount: str
    original_amount: str
    measure_id: int

    @classmethod
    def of(cls, item: PackageItem, left: Left, language: str) -> Self:
        return cls(
            free_resource_id=item.number,
            usage_type_name=item.usage_name_in(language),
            amount=plain(left.remaining),
            original_amount=plain(left.original),
            measure_id=item.measure_id,
        )


class FreeResourcePackageV3(WireModel):
    order_instance_id: str
    order_id: Maybe[str] = None
    product_id: str
    product_name: str
    enterprise_project_id: Maybe[str] = None
    enterprise_project_scope: int
    effective_time: MomentText
    expire_time: MomentText
    status: int
    service_type_code: str
    service_type_name: str
    region_code: str
    source_type: int
    bundle_type: str
    quota_reuse_mode: int
    free_resources: list[FreeResourceV3]

    @classmethod
    def of(cls, package: Package, left: Mapping[int, Left], language: str) -> Self:
        items, product = list(package.items.all()), package.product
        return cls(
            order_instance_id=package.number,
            order_id=package.order_number or None,
            product_id=product.number,
            product_name=product.name_in(language),
            enterprise_project_id=package.enterprise_project_id or None,
            enterprise_project_scope=ALL_PROJECTS,
            effective_time=package.begins_at,
            expire_time=package.ends_at,
            status=package.state.wire,
            service_type_code=product.service.code,
            service_type_name=product.service.name_in(language),
            region_code=product.region.code,
            source_type=SOURCES[PackageSource(package.source)],
            bundle_type="BUNDLE_PKG" if len(items) > 1 else "ATOMIC_PKG",
            quota_reuse_mode=RENEWED if any(item.renews for item in items) else NOT_RENEWED,
            free_resources=[FreeResourceV3.of(item, left[item.pk], language) for item in items],
        )


class Response(WireModel):
    free_resource_packages: list[FreeResourcePackageV3]
    total_count: int


@operation("POST", "/v3/payments/free-resources/query", callers="C", localised=True)
def list_free_resource_infos(actor: Actor, request: Request) -> Response:
    """List the resource packages of the caller, those that expired within the last 18 months included."""
    rows = packages_shown(actor).filter(_asked(request))
    if request.status is not None:
        rows = rows.filter(state=PackageState.from_wire(request.status))
    page = list(
        request.slice(
            rows.select_related("product__service", "product__region").prefetch_related(
                "items__scopes__usage_type"
            )
        )
    )
    left = left_of((item for package in page for item in package.items.all()), clock.now())
    return Response(
        free_resource_packages=[FreeResourcePackageV3.of(one, left, actor.language) for one in page],
        total_count=rows.count(),
    )


def _asked(request: Request) -> Q:
    """What is absent or empty narrows nothing. Codes of services are compared whatever their case."""
    exact = {
        "product__region__code": request.region_code,
        "order_number": request.order_id,
        "product__number": request.product_id,
        "enterprise_project_id": request.enterprise_project_id,
    }
    asked = Q(**{path: value for path, value in exact.items() if value})
    if request.product_name:
        asked &= Q(product__name=request.product_name) | Q(product__name_zh=request.product_name)
    services = Q()
    for code in request.service_type_code_list or ():
        services |= Q(product__service__code__iexact=code)
    return asked & services
