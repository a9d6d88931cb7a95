"""冻结客户账号: freeze customers, with their resources or without."""

from __future__ import annotations

from partner_center.customers.actions import freeze_customer, freeze_customer_with_resources
from partner_center.customers.errors import FrozenByAnother, NoRightOverCustomer, NotACustomerOfThePartner
from partner_center.customers.wire.each_customer import MOST, CustomerErrorDetail, to_each
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field


class Request(WireModel):
    customer_ids: list[str] = field(min_items=1, max_items=MOST, max_length=64)
    reason: str = field(max_length=256)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)
    freeze_type: str = field("ACCOUNT", one_of=("ACCOUNT", "ACCOUNT_AND_RESOURCE"))


class Response(WireModel):
    error_details: Maybe[list[CustomerErrorDetail]] = None


@operation(
    "POST",
    "/v2/partners/sub-customers/freeze",
    callers="P",
    sites=("intl",),
    items=("BPC_ITEM_SUBCUSTSERV_010115", "BPC_ITEM_SUBCUSTSERV_010501"),
    errors=(NoRightOverReseller, NotACustomerOfThePartner, NoRightOverCustomer, FrozenByAnother, WrongState),
)
def freeze_sub_customers(actor: Actor, request: Request) -> Response:
    """Freeze up to ten resale customers; each stands alone."""
    freeze = (
        freeze_customer_with_resources if request.freeze_type == "ACCOUNT_AND_RESOURCE" else freeze_customer
    )
    failures = to_each(
        actor,
        request.customer_ids,
        request.indirect_partner_id,
        lambda customer: freeze(actor, customer=customer, reason=request.reason),
    )
    return Response(error_details=failures or None)
