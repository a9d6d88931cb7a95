"""设置包年/包月资源自动续费: let a resource renew itself."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.subscriptions.actions import set_auto_renewal
from partner_center.subscriptions.errors import ExpiredOrFrozen, NotMainResource, OffShelf, ResourceNotFound
from partner_center.subscriptions.queries import resource_for
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field

UNITS = {"MONTH": "month", "YEAR": "year"}


class Request(WireModel):
    resource_id: str = field(max_length=64)
    auto_renew_times: Maybe[int] = field(None, ge=0, le=99)
    period_type: Maybe[str] = field(None, one_of=tuple(UNITS))


@operation(
    "POST",
    "/v2/orders/subscriptions/resources/autorenew/{resource_id}",
    callers="C",
    status=204,
    items=("billing:subscription:renew",),
    errors=(ResourceNotFound, ExpiredOrFrozen, OffShelf, NotMainResource),
)
def auto_renewal_resources(actor: Actor, request: Request) -> None:
    """Let one of the caller's resources, with its children, renew itself at expiry."""
    set_auto_renewal(
        actor,
        resource=resource_for(actor, request.resource_id),
        times=request.auto_renew_times,
        unit=UNITS[request.period_type] if request.period_type else None,
    )
