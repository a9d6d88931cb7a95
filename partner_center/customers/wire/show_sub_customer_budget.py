"""查询客户预算: one customer's budget, and what of it is used."""

from __future__ import annotations

from partner_center.billing.reading.owed import used_of
from partner_center.customers.errors import NoRightOverCustomer, NotACustomerOfThePartner
from partner_center.customers.models import BudgetType
from partner_center.customers.queries import customer_for, scope_of
from partner_center.customers.wire.budgets import TYPE_CODES, YUAN, budgets_of
from partner_center.foundation.actor import Actor
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan, field


class Request(WireModel):
    customer_id: str = field(max_length=64)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class Response(WireModel):
    budget_amount: Maybe[Yuan] = None
    used_amount: Maybe[Yuan] = None
    measure_id: Maybe[int] = field(None, one_of=(YUAN,))
    currency: Maybe[str] = field(None, one_of=("USD",))
    budget_type: Maybe[str] = field(None, one_of=("MONTHLY", "PACKAGE"))


@operation(
    "GET",
    "/v2/partners/sub-customers/budget",
    callers="P",
    sites=("intl",),
    errors=(NotACustomerOfThePartner, NoRightOverCustomer, NoRightOverReseller),
)
def show_sub_customer_budget(actor: Actor, request: Request) -> Response:
    """The budget of a resale customer; without one the answer names no amounts. Used: at list price, with delay."""
    partner_id = scope_of(actor, request.indirect_partner_id)
    customer = customer_for(actor, request.customer_id, partner_id=partner_id)
    if not customer.is_resale:
        raise NoRightOverCustomer(customer=customer.pk)
    currency = customer.account.currency
    for budget in budgets_of(actor, partner_id, [customer.pk]):
        return Response(
            budget_amount=budget.amount,
            used_amount=used_of([budget])[customer.pk],
            measure_id=YUAN,
            currency=currency,
            budget_type=TYPE_CODES[BudgetType(budget.budget_type)],
        )
    return Response(measure_id=YUAN, currency=currency)
