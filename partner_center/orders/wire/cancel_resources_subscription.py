"""退订包年/包月资源: give back resources, or only their renewed periods that have not begun."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.metering.errors import PackageNotReturned
from partner_center.metering.models import Package
from partner_center.orders.actions import unsubscribe
from partner_center.orders.errors import ReturnQuotaRace, WholeServiceOnly
from partner_center.orders.wire.failures import FailResourceInfo
from partner_center.subscriptions.errors import (
    DuplicateResources,
    InPendingOrder,
    NoFuturePeriods,
    OrderRunning,
    ResourceFrozen,
    ResourceNotFound,
)
from partner_center.subscriptions.models import Resource
from partner_center.subscriptions.queries import resource_for
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field


class Request(WireModel):
    resource_ids: list[str] = field(min_items=1, max_items=10, max_length=64)
    unsubscribe_type: int = field(one_of=(1, 2))
    unsubscribe_reason_type: Maybe[int] = field(None, one_of=(1, 2, 3, 4, 5))
    unsubscribe_reason: Maybe[str] = field(None, max_length=1024)


class Response(WireModel):
    order_ids: list[str]
    fail_resource_infos: Maybe[list[FailResourceInfo]] = None


@operation(
    "POST",
    "/v2/orders/subscriptions/resources/unsubscribe",
    callers="C",
    items=("billing:subscription:unsubscribe",),
    errors=(
        ResourceNotFound,
        DuplicateResources,
        WholeServiceOnly,
        ResourceFrozen,
        InPendingOrder,
        OrderRunning,
        NoFuturePeriods,
        ReturnQuotaRace,
        PackageNotReturned,
    ),
)
def cancel_resources_subscription(actor: Actor, request: Request) -> Response:
    """Give back up to ten main resources with their children: one order each, all of them or none."""
    for place, resource_id in enumerate(request.resource_ids):
        if resource_id in request.resource_ids[:place]:
            raise DuplicateResources(resource_id=resource_id)
    orders = unsubscribe(
        actor,
        resources=[_returnable(actor, resource_id) for resource_id in request.resource_ids],
        kind=request.unsubscribe_type,
        reason_type=request.unsubscribe_reason_type,
        reason=request.unsubscribe_reason or "",
    )
    return Response(order_ids=[order.number for order in orders])


def _returnable(actor: Actor, resource_id: str) -> Resource:
    """The resource. Raises ResourceNotFound, and PackageNotReturned for a resource package."""
    try:
        return resource_for(actor, resource_id)
    except ResourceNotFound:
        if Package.objects.visible_to(actor).filter(number=resource_id).exists():
            raise PackageNotReturned(number=resource_id) from None
        raise
