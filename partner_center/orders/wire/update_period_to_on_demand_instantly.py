"""设置包年/包月资源即时转按需: change resources to pay-per-use at once."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.orders.actions import convert_instantly
from partner_center.orders.errors import WholeServiceOnly
from partner_center.orders.states import OrderState
from partner_center.subscriptions.errors import (
    AccountFrozen,
    DuplicateResources,
    FrozenByPolice,
    InPendingOrder,
    NotSoldPayPerUse,
    OrderRunning,
    ResourceFrozen,
    ResourceNotFound,
)
from partner_center.subscriptions.queries import resource_for
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field


class Request(WireModel):
    resource_ids: list[str] = field(min_items=1, max_items=10, max_length=64, min_length=1)


class ToOndemandServiceResult(WireModel):
    resource_id: str
    result: str = field(one_of=("SUCCESS", "AUDIT", "FAIL"))
    error_code: Maybe[str] = None
    error_msg: Maybe[str] = None
    order_id: Maybe[str] = None


class Response(WireModel):
    to_ondemand_service_results: list[ToOndemandServiceResult]


@operation(
    "POST",
    "/v2/orders/subscriptions/resources/to-on-demand/instantly",
    callers="C",
    sites=("cn",),
    items=("billing:subscription:renew",),
    errors=(
        AccountFrozen,
        DuplicateResources,
        FrozenByPolice,
        InPendingOrder,
        NotSoldPayPerUse,
        OrderRunning,
        ResourceFrozen,
        ResourceNotFound,
        WholeServiceOnly,
    ),
)
def update_period_to_on_demand_instantly(actor: Actor, request: Request) -> Response:
    """Change up to ten main resources with their children to pay-per-use now; each resource stands alone."""
    for place, resource_id in enumerate(request.resource_ids):
        if resource_id in request.resource_ids[:place]:
            raise DuplicateResources(resource_id=resource_id)
    return Response(to_ondemand_service_results=[_convert(actor, one) for one in request.resource_ids])


def _convert(actor: Actor, resource_id: str) -> ToOndemandServiceResult:
    """AUDIT when the refund is so large that an operator releases it."""
    try:
        order = convert_instantly(actor, resource=resource_for(actor, resource_id))
    except DomainError as refusal:
        return ToOndemandServiceResult(
            resource_id=resource_id, result="FAIL", error_code=refusal.code, error_msg=str(refusal)
        )
    held = order.state is OrderState.REFUNDING
    return ToOndemandServiceResult(
        resource_id=resource_id, result="AUDIT" if held else "SUCCESS", order_id=order.number
    )
