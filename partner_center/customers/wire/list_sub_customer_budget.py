"""批量查询客户预算: the budgets of up to a hundred customers, and what of them is used."""

from __future__ import annotations

from partner_center.billing.reading.owed import used_of
from partner_center.customers.models import BudgetType
from partner_center.customers.queries import scope_of
from partner_center.customers.wire.budgets import TYPE_CODES, YUAN, budgets_of
from partner_center.foundation.actor import Actor
from partner_center.identity.models import CURRENCY_OF_SITE
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan, field


class Request(WireModel):
    customer_ids: list[str] = field(min_items=1, max_items=100, max_length=64)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class BudgetInfo(WireModel):
    customer_id: Maybe[str] = None
    budget_amount: Maybe[Yuan] = None
    used_amount: Maybe[Yuan] = None
    budget_type: Maybe[str] = None


class Response(WireModel):
    measure_id: Maybe[int] = None
    currency: Maybe[str] = field(None, one_of=("CNY", "USD"))
    budget_infos: Maybe[list[BudgetInfo]] = None


@operation(
    "POST",
    "/v2/partners/sub-customers/budget/query",
    callers="P",
    sites=("intl",),
    errors=(NoRightOverReseller,),
)
def list_sub_customer_budget(actor: Actor, request: Request) -> Response:
    """One entry for each resale customer of the caller that has a budget; other ids are left out without a word."""
    budgets = budgets_of(actor, scope_of(actor, request.indirect_partner_id), request.customer_ids)
    used = used_of(budgets)
    return Response(
        measure_id=YUAN,
        currency=CURRENCY_OF_SITE[actor.site],
        budget_infos=[
            BudgetInfo(
                customer_id=one.customer_id,
                budget_amount=one.amount,
                used_amount=used[one.customer_id],
                budget_type=TYPE_CODES[BudgetType(one.budget_type)],
            )
            for one in budgets
        ],
    )
