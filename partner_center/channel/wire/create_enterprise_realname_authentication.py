"""申请企业实名认证 — put a customer forward as an enterprise."""

from __future__ import annotations

from partner_center.channel.models.real_name import Subject
from partner_center.channel.wire.real_name_shapes import ERRORS, ITEM, OfEnterprise, Reviewed, apply_with
from partner_center.foundation.actor import Actor
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation


class Request(OfEnterprise):
    pass


class Response(Reviewed):
    pass


@operation(
    "POST",
    "/v2/customers/realname-auths/enterprise",
    callers="P",
    items=(ITEM,),
    errors=(InvalidParameter, *ERRORS),
)
def create_enterprise_realname_authentication(actor: Actor, request: Request) -> Response:
    """Put one of the partner's customers forward as an enterprise, with its certificate."""
    return Response.of(
        apply_with(
            actor,
            customer_id=request.customer_id,
            xaccount_type=request.xaccount_type,
            paths=request.verified_file_url,
            claim=request.claim(Subject.ENTERPRISE),
        )
    )
