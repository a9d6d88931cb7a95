"""查询客户包年/包月资源列表: list yearly/monthly resources. The name is the SDK's."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from partner_center.customers.queries import customer_for
from partner_center.foundation.actor import Actor
from partner_center.subscriptions.errors import ForeignCustomer
from partner_center.subscriptions.models import Resource, ResourceQuerySet, ResourceState
from partner_center.subscriptions.naming import product_description
from partner_center.wire.errors import InvalidParameter, MissingParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Number, Paging, WireModel, field


class Request(Paging):
    resource_ids: Maybe[list[str]] = field(None, max_items=50, max_length=64)
    order_id: Maybe[str] = field(None, max_length=64)
    only_main_resource: int = field(0, one_of=(0, 1))
    status_list: Maybe[list[int]] = field(None, one_of=(2, 3, 4, 5), max_items=10)
    expire_time_begin: Maybe[Moment] = None
    expire_time_end: Maybe[Moment] = None
    service_type_code: Maybe[str] = field(None, empty="rejected", max_length=400)
    customer_id: Maybe[str] = field(None, max_length=64)


class EnterpriseProject(WireModel):
    id: Maybe[str] = None
    name: Maybe[str] = None


class OrderInstanceV2(WireModel):
    id: str
    resource_id: str
    resource_name: Maybe[str] = None
    region_code: str
    service_type_code: str
    resource_type_code: str
    resource_type_name: str
    service_type_name: str
    resource_spec_code: str
    project_id: Maybe[str] = None
    product_id: str
    parent_resource_id: Maybe[str] = None
    is_main_resource: int
    status: int
    effective_time: Moment
    expire_time: Moment
    expire_policy: int
    product_spec_desc: str
    spec_size: Maybe[Number] = None
    spec_size_measure_id: Maybe[int] = None
    update_time: Moment
    enterprise_project: Maybe[EnterpriseProject] = None


class Response(WireModel):
    data: list[OrderInstanceV2]
    total_count: int


@operation(
    "POST",
    "/v2/orders/suscriptions/resources/query",
    callers="A",
    items=("BPC_ITEM_SUBCUSTSERV_010105", "billing:subscription:view"),
    errors=(ForeignCustomer,),
)
def list_pay_per_use_customer_resources(actor: Actor, request: Request) -> Response:
    """List yearly/monthly resources of the caller, or of the partner's customer."""
    rows = _narrowed(_owned(actor, request.customer_id), request)
    page = request.slice(rows.select_related(*_NEEDED))
    return Response(data=[_shown(row, actor.language) for row in page], total_count=rows.count())


_NEEDED = (
    "product__service",
    "product__resource_type",
    "product__linear_measure",
    "main_resource",
    "customer",
)


def _owned(actor: Actor, customer_id: str | None) -> ResourceQuerySet:
    """A partner names one of its customers; a customer has its own, whatever it sends."""
    if actor.kind != "partner":
        return Resource.objects.visible_to(actor)
    if not customer_id:
        raise MissingParameter(parameter="customer_id")
    customer = customer_for(actor, customer_id, refusal=ForeignCustomer)
    return Resource.objects.visible_to(actor).filter(customer=customer)


def _narrowed(rows: ResourceQuerySet, request: Request) -> ResourceQuerySet:
    since, until = request.expire_time_begin, request.expire_time_end
    if since and until and since > until:
        raise InvalidParameter(parameter="expire_time_begin", reason=_("it is after the end"))
    if request.resource_ids:
        named = Q(resource_id__in=request.resource_ids)
        if not request.only_main_resource:
            named |= Q(main_resource__resource_id__in=request.resource_ids)
        rows = rows.filter(named)
    elif request.only_main_resource:
        rows = rows.main()
    if request.order_id:
        rows = rows.of_order(request.order_id)
    if request.status_list:
        rows = rows.with_face(*(ResourceState.from_wire(code) for code in request.status_list))
    if since:
        rows = rows.filter(expires_at__gte=since)
    if until:
        rows = rows.filter(expires_at__lte=until)
    if request.service_type_code:
        rows = rows.filter(cloud_service_type=request.service_type_code)
    return rows


def _shown(row: Resource, language: str) -> OrderInstanceV2:
    product = row.product
    return OrderInstanceV2(
        id=str(row.pk),
        resource_id=row.resource_id,
        resource_name=row.name or None,
        region_code=row.region,
        service_type_code=row.cloud_service_type,
        resource_type_code=row.resource_type,
        resource_type_name=product.resource_type.name_in(language),
        service_type_name=product.service.name_in(language),
        resource_spec_code=row.resource_spec,
        project_id=row.project_id or None,
        product_id=product.number,
        parent_resource_id=row.main_resource.resource_id if row.main_resource else None,
        is_main_resource=int(row.is_main),
        status=row.face.wire,
        effective_time=row.begins_at,
        expire_time=row.expires_at,
        expire_policy=row.expire_policy,
        product_spec_desc=product_description(row, language),
        spec_size=row.size,
        spec_size_measure_id=row.size_measure_id,
        update_time=row.updated_at,
        enterprise_project=EnterpriseProject(id=row.enterprise_project_id)
        if row.enterprise_project_id
        else None,
    )
