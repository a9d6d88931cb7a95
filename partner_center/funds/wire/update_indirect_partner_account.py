"""向云经销商账户拨款 — a distributor allocates money to a reseller."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.funds.actions import allocate_to_reseller
from partner_center.funds.errors import AmountOutOfRange
from partner_center.funds.queries import currency_of, reseller_for
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan, field


class Request(WireModel):
    indirect_partner_id: str = field(max_length=64)
    amount: Yuan = field(gt=0)


class Response(WireModel):
    transfer_id: Maybe[str] = None


@operation(
    "POST",
    "/v2/accounts/partner-accounts/indirect-partner-adjust",
    callers="D",
    sites=("cn",),
    items=("BPC_ITEM_SALES_020104",),
    errors=(AmountOutOfRange, NoRightOverReseller, InsufficientBalance),
)
def update_indirect_partner_account(actor: Actor, request: Request) -> Response:
    """Allocate from the distributor's balance to that of its reseller."""
    made = allocate_to_reseller(
        actor,
        reseller=reseller_for(actor, request.indirect_partner_id),
        amount=Money.of(request.amount, currency_of(actor)),
    )
    return Response(transfer_id=made.number)
