"""设置或取消包年/包月资源到期转按需: let resources go on pay-per-use at expiry, or not."""

from __future__ import annotations

from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.subscriptions.actions import set_expiry_policy
from partner_center.subscriptions.errors import (
    AccountFrozen,
    DuplicateResources,
    FrozenByPolice,
    NotMainResource,
    NotSoldPayPerUse,
    ResourceNotFound,
)
from partner_center.subscriptions.models import ExpirePolicy
from partner_center.subscriptions.queries import main_resource_for
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    operation: str = field(one_of=("SET_UP", "CANCEL"))
    resource_ids: list[str] = field(max_items=100, max_length=128)


class ErrorDetail(WireModel):
    error_code: str
    error_msg: str
    id: str


class Response(WireModel):
    error_details: list[ErrorDetail]


@operation(
    "POST",
    "/v2/orders/subscriptions/resources/to-on-demand",
    callers="C",
    items=("billing:subscription:update",),
    errors=(
        AccountFrozen,
        DuplicateResources,
        FrozenByPolice,
        NotMainResource,
        NotSoldPayPerUse,
        ResourceNotFound,
    ),
)
def update_period_to_on_demand(actor: Actor, request: Request) -> Response:
    """Set or cancel the change to pay-per-use at expiry; each resource stands alone."""
    if Customer.objects.visible_to(actor).get(pk=actor.account_id).frozen:
        raise AccountFrozen()
    for place, resource_id in enumerate(request.resource_ids):
        if resource_id in request.resource_ids[:place]:
            raise DuplicateResources(resource_id=resource_id)
    details = []
    for resource_id in request.resource_ids:
        try:
            _set(actor, resource_id, set_up=request.operation == "SET_UP")
        except DomainError as refusal:
            details.append(ErrorDetail(error_code=refusal.code, error_msg=str(refusal), id=resource_id))
    return Response(error_details=details)


def _set(actor: Actor, resource_id: str, *, set_up: bool) -> None:
    resource = main_resource_for(actor, resource_id)
    if resource.frozen_by_police:
        raise FrozenByPolice(resource_id=resource_id)
    if set_up:
        set_expiry_policy(actor, resource=resource, policy=ExpirePolicy.TO_ON_DEMAND)
    elif resource.expire_policy == ExpirePolicy.TO_ON_DEMAND:
        set_expiry_policy(actor, resource=resource, policy=ExpirePolicy.GRACE)
