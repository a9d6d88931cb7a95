"""申请实名认证变更 — an authenticated individual becomes an enterprise."""

from __future__ import annotations

from partner_center.channel.models.real_name import Subject
from partner_center.channel.wire.real_name_shapes import (
    ERRORS_OF_CHANGES,
    ITEM,
    OfEnterprise,
    Reviewed,
    apply_with,
)
from partner_center.foundation.actor import Actor
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import field


class Request(OfEnterprise):
    change_type: int = field(one_of=(1,))


class Response(Reviewed):
    pass


@operation(
    "PUT",
    "/v2/customers/realname-auths/enterprise",
    callers="P",
    items=(ITEM,),
    errors=(InvalidParameter, *ERRORS_OF_CHANGES),
)
def change_enterprise_realname_authentication(actor: Actor, request: Request) -> Response:
    """Change the authentication of one of the partner's customers from individual to enterprise.

    Until it is decided the customer stays authenticated as the individual it is.
    """
    return Response.of(
        apply_with(
            actor,
            customer_id=request.customer_id,
            xaccount_type=request.xaccount_type,
            paths=request.verified_file_url,
            claim=request.claim(Subject.CHANGE),
        )
    )
