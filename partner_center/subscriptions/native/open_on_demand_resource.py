"""Open a pay-per-use resource."""

from __future__ import annotations

from partner_center.catalogue.errors import ProductNotFound
from partner_center.catalogue.queries import product_for
from partner_center.customers.errors import CustomerFrozen, PurchasesStopped, RealNameRequired
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.subscriptions.actions import open_on_demand
from partner_center.subscriptions.errors import NotSoldPayPerUse, SizeNotSold
from partner_center.wire.native import native
from partner_center.wire.schema import Maybe, Moment, WireModel, field


class Request(WireModel):
    cloud_service_type: str = field(max_length=400)
    resource_type: str = field(max_length=400)
    resource_spec: str = field(max_length=400)
    region: str = field(max_length=64)
    available_zone: Maybe[str] = field(None, max_length=64)
    resource_size: Maybe[int] = field(None, ge=1)
    size_measure_id: Maybe[int] = None
    resource_name: Maybe[str] = field(None, max_length=128)
    project_id: Maybe[str] = field(None, max_length=64)
    enterprise_project_id: Maybe[str] = field(None, max_length=128)


class Response(WireModel):
    resource_id: str
    status: int
    effective_time: Moment


@native(
    "POST",
    "/on-demand-resources",
    callers="C",
    status=201,
    errors=(
        ProductNotFound,
        NotSoldPayPerUse,
        SizeNotSold,
        CustomerFrozen,
        PurchasesStopped,
        RealNameRequired,
    ),
)
def open_on_demand_resource(actor: Actor, request: Request) -> Response:
    """Open a pay-per-use resource for the caller; it is charged from now on."""
    product = product_for(
        request.cloud_service_type,
        request.resource_type,
        request.resource_spec,
        request.region,
        request.available_zone or "",
    )
    if product.is_linear and request.size_measure_id not in (None, product.linear_measure_id):
        raise SizeNotSold(spec=product.spec, size=request.resource_size)
    opened = open_on_demand(
        actor,
        customer=Customer.objects.visible_to(actor).select_related("account").get(pk=actor.account_id),
        product=product,
        size=request.resource_size,
        available_zone=request.available_zone or "",
        name=request.resource_name or "",
        project_id=request.project_id or "",
        enterprise_project_id=request.enterprise_project_id or "",
    )
    return Response(resource_id=opened.resource_id, status=opened.state.wire, effective_time=opened.opened_at)
