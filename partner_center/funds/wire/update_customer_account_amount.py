"""向客户账户拨款 — allocate money to a resale customer."""

from __future__ import annotations

from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import allocate_to_customer
from partner_center.funds.errors import AmountOutOfRange, OnlyResaleCustomers
from partner_center.funds.queries import currency_of, customer_in_scope
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan, field


class Request(WireModel):
    customer_id: str = field(max_length=64)
    amount: Yuan = field(gt=0)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class Response(WireModel):
    transfer_id: Maybe[str] = None


@operation(
    "POST",
    "/v2/accounts/partner-accounts/adjust-amount",
    callers="P",
    sites=("cn",),
    errors=(
        AmountOutOfRange,
        NotACustomerOfThePartner,
        OnlyResaleCustomers,
        NoRightOverReseller,
        InsufficientBalance,
    ),
)
def update_customer_account_amount(actor: Actor, request: Request) -> Response:
    """Allocate from the partner's balance; from a reseller's when a distributor names one."""
    made = allocate_to_customer(
        actor,
        customer=customer_in_scope(actor, request.customer_id, request.indirect_partner_id),
        amount=Money.of(request.amount, currency_of(actor)),
    )
    return Response(transfer_id=made.number)
