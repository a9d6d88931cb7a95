"""查询云经销商账户余额 — the partner's own balances, or those of a reseller of it."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.funds import chart
from partner_center.funds.queries import balances_of, currency_of
from partner_center.partners.errors import NoRightOverReseller
from partner_center.partners.queries import scope_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan, field

BALANCE, CREDIT, ALLOCATABLE = 1, 2, 8


class Request(WireModel):
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class AccountBalanceV2(WireModel):
    account_id: str
    account_type: int
    amount: Yuan
    currency: str
    designated_amount: Maybe[Yuan] = None
    credit_amount: Maybe[Yuan] = None
    measure_id: int = 1
    memo: Maybe[str] = None


class Response(WireModel):
    account_balances: Maybe[list[AccountBalanceV2]] = None


@operation(
    "GET",
    "/v2/accounts/partner-accounts/balances",
    callers="P",
    sites=("cn",),
    errors=(NoRightOverReseller,),
)
def list_partner_balances(actor: Actor, request: Request) -> Response:
    """The balance, the credit account where one was granted, and what may be allocated."""
    owner, currency = scope_of(actor, request.indirect_partner_id), currency_of(actor)
    has = balances_of(owner)
    answer = [
        AccountBalanceV2(
            account_id=chart.cash(owner),
            account_type=BALANCE,
            amount=has.cash,
            currency=currency,
            designated_amount=has.designated,
        )
    ]
    if has.credit_limit or has.credit_used:
        answer.append(
            AccountBalanceV2(
                account_id=chart.credit(owner),
                account_type=CREDIT,
                amount=has.credit_left,
                currency=currency,
                credit_amount=has.credit_limit,
            )
        )
    answer.append(
        AccountBalanceV2(
            account_id=chart.cash(owner), account_type=ALLOCATABLE, amount=has.allocatable, currency=currency
        )
    )
    return Response(account_balances=answer)
