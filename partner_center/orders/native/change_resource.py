"""变更产品规格: change the specification or the size of a yearly/monthly resource."""

from __future__ import annotations

from partner_center.catalogue.errors import NotSoldThisWay, ProductNotFound
from partner_center.customers.errors import CustomerFrozen, PurchasesStopped
from partner_center.foundation.actor import Actor
from partner_center.orders import actions
from partner_center.orders.errors import MayNotOrderFor, NotChangeable, NothingToChange, NumberNotUsable
from partner_center.orders.native.place_order import paid_if_possible
from partner_center.orders.native.shapes import OrderAnswer
from partner_center.pricing.errors import SizeMissing, SizeNotSold
from partner_center.subscriptions.errors import InPendingOrder, ResourceNotFound
from partner_center.subscriptions.queries import resource_for
from partner_center.wire.native import native
from partner_center.wire.schema import Maybe, WireModel, field


class Request(WireModel):
    resource_id: str = field(max_length=64)
    order_id: Maybe[str] = field(None, max_length=64)
    customer_id: Maybe[str] = field(None, max_length=64)
    resource_spec: Maybe[str] = field(None, max_length=255)
    resource_size: Maybe[int] = field(None, ge=1, le=10**9)
    is_auto_pay: int = field(one_of=(0, 1))


@native(
    "POST",
    "/resources/{resource_id}/change",
    callers="A",
    status=201,
    errors=(
        CustomerFrozen,
        InPendingOrder,
        MayNotOrderFor,
        NotChangeable,
        NotSoldThisWay,
        NothingToChange,
        NumberNotUsable,
        ProductNotFound,
        PurchasesStopped,
        ResourceNotFound,
        SizeMissing,
        SizeNotSold,
    ),
)
def change_resource(actor: Actor, request: Request) -> OrderAnswer:
    """Change a resource (order type 3): an upgrade charges the difference, a downgrade refunds it."""
    resource = resource_for(actor, request.resource_id)
    if request.customer_id and request.customer_id != resource.customer_id:
        raise ResourceNotFound(resource_id=request.resource_id)
    order = actions.change_resource(
        actor,
        resource=resource,
        resource_spec=request.resource_spec or "",
        size=request.resource_size,
        best_offer=bool(request.is_auto_pay),
        number=request.order_id or "",
    )
    return OrderAnswer.of(paid_if_possible(actor, order) if request.is_auto_pay else order)
