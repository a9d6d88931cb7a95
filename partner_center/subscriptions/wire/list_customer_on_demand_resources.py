"""查询客户按需资源列表: list the pay-per-use resources of a resale customer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partner_center.customers.queries import customer_for, scope_of
from partner_center.foundation.actor import Actor
from partner_center.partners.errors import NoRightOverReseller
from partner_center.subscriptions.errors import ForeignCustomer
from partner_center.subscriptions.models import OfCustomers, OnDemandResource, OnDemandState
from partner_center.subscriptions.naming import product_description
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Paging, WireModel, field


class Request(Paging):
    customer_id: str = field(max_length=64)
    region_code: Maybe[str] = field(None, max_length=64)
    service_type_code: Maybe[str] = field(None, max_length=400)
    resource_ids: Maybe[list[str]] = field(None, max_items=50, max_length=64)
    effective_time_begin: Maybe[Moment] = None
    effective_time_end: Maybe[Moment] = None
    status: Maybe[int] = field(None, one_of=(1, 2, 3, 4, 5, 6))
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class CustomerOnDemandResource(WireModel):
    customer_id: str
    region_code: str
    availability_zone_code: Maybe[str] = None
    service_type_code: str
    resource_type_code: str
    service_type_name: str
    resource_type_name: str
    resource_id: str
    resource_name: Maybe[str] = None
    effective_time: Moment
    expire_time: Maybe[Moment] = None
    status: int
    resource_spec_code: str
    resource_info: Maybe[str] = None
    product_spec_desc: str


class Response(WireModel):
    resources: list[CustomerOnDemandResource]
    total_count: int


@operation(
    "POST",
    "/v2/partners/sub-customers/on-demand-resources/query",
    callers="P",
    items=("BPC_ITEM_SUBCUSTSERV_010105",),
    localised=True,
    errors=(ForeignCustomer, NoRightOverReseller),
)
def list_customer_on_demand_resources(actor: Actor, request: Request) -> Response:
    """List the pay-per-use resources of one of the partner's resale customers."""
    scope = scope_of(actor, request.indirect_partner_id)
    customer = customer_for(actor, request.customer_id, partner_id=scope, refusal=ForeignCustomer)
    if not customer.is_resale:
        raise ForeignCustomer(customer=request.customer_id)
    rows = _narrowed(OnDemandResource.objects.visible_to(actor).filter(customer=customer), request)
    page = request.slice(
        rows.select_related("product__service", "product__resource_type", "product__linear_measure")
    )
    return Response(resources=[_shown(row, actor.language) for row in page], total_count=rows.count())


def _narrowed(rows: OfCustomers[OnDemandResource], request: Request) -> OfCustomers[OnDemandResource]:
    since, until = request.effective_time_begin, request.effective_time_end
    if since and until and since > until:
        raise InvalidParameter(parameter="effective_time_begin", reason=_("it is after the end"))
    if request.region_code:
        rows = rows.filter(region=request.region_code)
    if request.service_type_code:
        rows = rows.filter(cloud_service_type=request.service_type_code)
    if request.resource_ids:
        rows = rows.filter(resource_id__in=request.resource_ids)
    if since:
        rows = rows.filter(opened_at__gte=since)
    if until:
        rows = rows.filter(opened_at__lte=until)
    if request.status is not None:
        rows = rows.filter(state=OnDemandState.from_wire(request.status))
    return rows


def _shown(row: OnDemandResource, language: str) -> CustomerOnDemandResource:
    product = row.product
    return CustomerOnDemandResource(
        customer_id=row.customer_id,
        region_code=row.region,
        availability_zone_code=row.available_zone or None,
        service_type_code=row.cloud_service_type,
        resource_type_code=row.resource_type,
        service_type_name=product.service.name_in(language),
        resource_type_name=product.resource_type.name_in(language),
        resource_id=row.resource_id,
        resource_name=row.name or None,
        effective_time=row.opened_at,
        expire_time=row.ends_at,
        status=row.state.wire,
        resource_spec_code=row.resource_spec,
        resource_info=None if row.size is None else f'{{"specSize":{row.size}.0}}',
        product_spec_desc=product_description(row, language),
    )
