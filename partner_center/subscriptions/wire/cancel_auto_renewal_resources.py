"""取消包年/包月资源自动续费: stop a resource from renewing itself."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.subscriptions.actions import cancel_auto_renewal
from partner_center.subscriptions.errors import AutoRenewalNotSet, NotMainResource, ResourceNotFound
from partner_center.subscriptions.queries import resource_for
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    resource_id: str = field(max_length=64)


@operation(
    "DELETE",
    "/v2/orders/subscriptions/resources/autorenew/{resource_id}",
    callers="C",
    status=204,
    items=("billing:subscription:renew",),
    errors=(ResourceNotFound, AutoRenewalNotSet, NotMainResource),
)
def cancel_auto_renewal_resources(actor: Actor, request: Request) -> None:
    """Stop one of the caller's resources, with its children, from renewing itself."""
    cancel_auto_renewal(actor, resource=resource_for(actor, request.resource_id))
