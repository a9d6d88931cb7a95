"""续订包年/包月资源: renew resources."""

from __future__ import annotations

from partner_center.customers.errors import CustomerFrozen, PurchasesStopped, RealNameRequired
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.orders.actions import pay_order, renew_resource
from partner_center.orders.errors import AutoPaymentFailed, RenewalOutOfRange
from partner_center.orders.queries import order_for
from partner_center.orders.wire.failures import FailResourceInfo
from partner_center.subscriptions.errors import (
    BeingChanged,
    DuplicateResources,
    InUnpaidOrder,
    NotMainResource,
    NotRenewable,
    RenewalTermNotSold,
    ResourceGone,
)
from partner_center.subscriptions.renewals import renewable
from partner_center.subscriptions.rules import Term
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field

UNITS = {2: "month", 3: "year"}
LONGEST = {2: 11, 3: 3}


class Request(WireModel):
    resource_ids: list[str] = field(min_items=1, max_items=10, max_length=64)
    period_type: int = field(one_of=(2, 3))
    period_num: int = field(ge=1, le=11)
    is_auto_pay: int = field(0, one_of=(0, 1))


class Response(WireModel):
    order_ids: list[str]
    fail_resource_infos: Maybe[list[FailResourceInfo]] = None


@operation(
    "POST",
    "/v2/orders/subscriptions/resources/renew",
    callers="C",
    items=("billing:subscription:renew",),
    errors=(
        AutoPaymentFailed,
        BeingChanged,
        CustomerFrozen,
        DuplicateResources,
        InUnpaidOrder,
        NotMainResource,
        NotRenewable,
        PurchasesStopped,
        RealNameRequired,
        RenewalOutOfRange,
        RenewalTermNotSold,
        ResourceGone,
    ),
)
def renewal_resources(actor: Actor, request: Request) -> Response:
    """Renew up to ten main resources with their children, one order each; what fails is told resource by resource."""
    if request.period_num > LONGEST[request.period_type]:
        raise RenewalOutOfRange()
    for place, resource_id in enumerate(request.resource_ids):
        if resource_id in request.resource_ids[:place]:
            raise DuplicateResources(resource_id=resource_id)
    order_ids: list[str] = []
    failures: list[FailResourceInfo] = []
    for resource_id in request.resource_ids:
        try:
            order_ids.append(_renew(actor, resource_id, request))
            if request.is_auto_pay:
                _pay(actor, order_ids[-1])
        except DomainError as refusal:
            failures.append(FailResourceInfo.of(resource_id, refusal))
    return Response(order_ids=order_ids, fail_resource_infos=failures or None)


def _renew(actor: Actor, resource_id: str, request: Request) -> str:
    term = Term(UNITS[request.period_type], request.period_num)  # type: ignore[arg-type]
    resource = renewable(actor, resource_id)
    return renew_resource(actor, resource=resource, term=term, best_offer=bool(request.is_auto_pay)).number


def _pay(actor: Actor, number: str) -> None:
    """Raises AutoPaymentFailed: the order stays and awaits payment."""
    try:
        pay_order(actor, order=order_for(actor, number))
    except DomainError as refusal:
        raise AutoPaymentFailed(number=number, reason=refusal) from refusal
