"""设置客户预算: what an international resale customer may spend."""

from __future__ import annotations

from partner_center.customers.actions import set_budget
from partner_center.customers.errors import BudgetOutOfRange, NoRightOverCustomer, NotACustomerOfThePartner
from partner_center.customers.models import WhenUsedUp
from partner_center.customers.queries import customer_for, scope_of
from partner_center.customers.wire.budgets import BUDGET_TYPES
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan, field

WHEN_USED_UP = {0: WhenUsedUp.MANUAL, 1: WhenUsedUp.FREEZE}
"""`frozen_operate_type` on the wire; absent leaves it as it is."""


class Request(WireModel):
    customer_id: str = field(max_length=64)
    budget_amount: Yuan = field(gt=0, le=2147483647)
    cancel_partner_frozen: str = field("0", one_of=("0", "1"))
    indirect_partner_id: Maybe[str] = field(None, max_length=64)
    budget_type: str = field("MONTHLY", one_of=("MONTHLY", "PACKAGE"), empty="rejected")
    frozen_operate_type: Maybe[int] = field(None, one_of=(0, 1))


@operation(
    "POST",
    "/v2/partners/sub-customers/budget",
    callers="P",
    sites=("intl",),
    status=204,
    errors=(BudgetOutOfRange, NotACustomerOfThePartner, NoRightOverCustomer, NoRightOverReseller),
)
def update_sub_customer_budget(actor: Actor, request: Request) -> None:
    """Set or overwrite the budget; it holds at once. A freeze that is not the vendor's can be ended with it."""
    partner_id = scope_of(actor, request.indirect_partner_id)
    customer = customer_for(actor, request.customer_id, partner_id=partner_id)
    when = None if request.frozen_operate_type is None else WHEN_USED_UP[request.frozen_operate_type]
    set_budget(
        actor,
        customer=customer,
        amount=Money.of(request.budget_amount, customer.account.currency),
        budget_type=BUDGET_TYPES[request.budget_type],
        when_used_up=when,
        lift_freeze=request.cancel_partner_frozen == "1",
    )
