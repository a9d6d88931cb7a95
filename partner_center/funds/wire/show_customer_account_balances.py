"""查询账户余额 — a customer asks for its own balances."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.funds import chart
from partner_center.funds.errors import NoMoneyAccount
from partner_center.funds.queries import balances_of, currency_of, require_money_account_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan

BALANCE, CREDIT = 1, 2


class AccountBalanceV3(WireModel):
    account_id: str
    account_type: int
    amount: Yuan
    currency: str
    designated_amount: Maybe[Yuan] = None
    credit_amount: Maybe[Yuan] = None
    measure_id: int = 1


class Response(WireModel):
    account_balances: Maybe[list[AccountBalanceV3]] = None
    debt_amount: Maybe[Yuan] = None
    measure_id: Maybe[int] = 1
    currency: Maybe[str] = None


@operation(
    "GET",
    "/v2/accounts/customer-accounts/balances",
    callers="C",
    items=("billing:balance:view",),
    rate=20,
    errors=(NoMoneyAccount,),
)
def show_customer_account_balances(actor: Actor) -> Response:
    """The balance, the credit account where one was granted, and the arrears."""
    require_money_account_of(actor.account_id)
    has, currency = balances_of(actor.account_id), currency_of(actor)
    answer = [
        AccountBalanceV3(
            account_id=chart.cash(actor.account_id),
            account_type=BALANCE,
            amount=has.cash,
            currency=currency,
            designated_amount=has.designated,
        )
    ]
    if has.credit_limit or has.credit_used:
        answer.append(
            AccountBalanceV3(
                account_id=chart.credit(actor.account_id),
                account_type=CREDIT,
                amount=has.credit_left,
                currency=currency,
                credit_amount=has.credit_limit,
            )
        )
    return Response(account_balances=answer, debt_amount=has.debt, currency=currency)
