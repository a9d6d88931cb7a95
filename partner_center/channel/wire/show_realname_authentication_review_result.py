"""查询实名认证审核结果 — what became of the latest application."""

from __future__ import annotations

from partner_center.channel.models.real_name import RealNameState
from partner_center.channel.queries.real_name import latest_application
from partner_center.channel.wire.real_name_shapes import ITEM
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.queries import customer_for
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field


class Request(WireModel):
    customer_id: str = field(max_length=64)


class Response(WireModel):
    review_result: Maybe[int] = None
    opinion: Maybe[str] = None


@operation(
    "GET",
    "/v2/customers/realname-auths/result",
    callers="P",
    items=(ITEM,),
    errors=(NotACustomerOfThePartner,),
)
def show_realname_authentication_review_result(actor: Actor, request: Request) -> Response:
    """0 in review, 1 rejected (with the opinion), 2 passed; nothing where nobody ever applied."""
    customer = customer_for(actor, request.customer_id, partner_id=actor.account_id)
    latest = latest_application(customer.pk)
    if latest is None:
        return Response()
    refused = latest.state in (RealNameState.REJECTED, RealNameState.FAILED, RealNameState.ENDED)
    return Response(review_result=latest.state.wire, opinion=latest.opinion if refused else None)
