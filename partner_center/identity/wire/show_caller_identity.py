"""STS: who the caller is. The SDK asks it where IAM tells no domain."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel


class Response(WireModel):
    account_id: str
    principal_id: str
    principal_urn: str


@operation("GET", "/v5/caller-identity", callers="+", in_contract=False)
def show_caller_identity(actor: Actor) -> Response:
    """Tell the caller's account and user."""
    return Response(
        account_id=actor.account_id,
        principal_id=str(actor.user_id),
        principal_urn=f"iam::{actor.account_id}:user:{actor.name}",
    )
