"""查询实名认证状态 — a customer's own status."""

from __future__ import annotations

from partner_center.customers.lifecycles import VerifiedStatus
from partner_center.customers.models import CustomerType
from partner_center.customers.queries import own_customer
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel

TYPES = {CustomerType.INDIVIDUAL.value: 0, CustomerType.ENTERPRISE.value: 1}


class Response(WireModel):
    verified_status: Maybe[int] = None
    verified_type: Maybe[int] = None


@operation("GET", "/v2/customers/real-name-auth-status", callers="C", sites=("cn",))
def show_real_name_auth_status(actor: Actor) -> Response:
    """-1 not authenticated (without a type), 0 in review, 1 rejected, 2 authenticated."""
    customer = own_customer(actor)
    known = customer.verified_status is not VerifiedStatus.UNVERIFIED
    return Response(
        verified_status=int(customer.verified_status.wire),
        verified_type=TYPES.get(customer.customer_type) if known else None,
    )
