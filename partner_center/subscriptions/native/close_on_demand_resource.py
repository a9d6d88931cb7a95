"""Close a pay-per-use resource."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.subscriptions.actions import close_on_demand
from partner_center.subscriptions.errors import ResourceNotFound
from partner_center.subscriptions.queries import on_demand_for
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    resource_id: str = field(max_length=64)


@native(
    "DELETE",
    "/on-demand-resources/{resource_id}",
    callers="C",
    status=204,
    errors=(ResourceNotFound, WrongState),
)
def close_on_demand_resource(actor: Actor, request: Request) -> None:
    """Close one of the caller's pay-per-use resources; it is charged no longer."""
    close_on_demand(actor, resource=on_demand_for(actor, request.resource_id))
