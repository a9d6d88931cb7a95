"""查询客户预算调整记录: how a customer's budget was set, and when it ended with the association."""

from __future__ import annotations

from typing import Self

from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.models import BudgetRecord, BudgetType
from partner_center.customers.queries import customer_for, scope_of
from partner_center.customers.wire.budgets import BUDGET_TYPES, TYPE_CODES, YUAN
from partner_center.foundation.actor import Actor
from partner_center.identity.models import CURRENCY_OF_SITE
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Paging, WireModel, Yuan, field


class Request(Paging):
    customer_id: str = field(min_length=1, max_length=64)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)
    operation_type: Maybe[str] = field(None, one_of=("SETTING", "DELETE"))
    budget_type: Maybe[str] = field(None, one_of=("MONTHLY", "PACKAGE"))


class BudgetRecordInfo(WireModel):
    budget_amount: Maybe[Yuan] = None
    operation_type: Maybe[str] = field(None, one_of=("SETTING", "DELETE"))
    operation_time: Maybe[Moment] = None
    operator: Maybe[str] = None
    budget_type: Maybe[str] = field(None, one_of=("MONTHLY", "PACKAGE"))
    partner_corp_name: Maybe[str] = None
    partner_account_name: Maybe[str] = None

    @classmethod
    def of(cls, row: BudgetRecord) -> Self:
        return cls(
            budget_amount=row.amount,
            operation_type=row.operation,
            operation_time=row.created_at,
            operator=row.operator[:64] or None,
            budget_type=TYPE_CODES[BudgetType(row.budget_type)],
            partner_corp_name=row.partner.name,
            partner_account_name=row.partner.account.name,
        )


class Response(WireModel):
    total_count: Maybe[int] = None
    measure_id: Maybe[int] = field(None, one_of=(YUAN,))
    currency: Maybe[str] = field(None, one_of=("CNY", "USD"))
    record_list: Maybe[list[BudgetRecordInfo]] = None


@operation(
    "GET",
    "/v2/partners/sub-customers/budget/records",
    callers="P",
    sites=("intl",),
    errors=(NotACustomerOfThePartner, NoRightOverReseller),
)
def list_sub_customer_budget_records(actor: Actor, request: Request) -> Response:
    """The changes that the partner, or the reseller named, made; also of a customer that it has lost since."""
    partner_id = scope_of(actor, request.indirect_partner_id)
    rows = BudgetRecord.objects.visible_to(actor).filter(
        partner_id=partner_id, customer_id=request.customer_id
    )
    if not rows.exists():
        customer_for(actor, request.customer_id, partner_id=partner_id)
    if request.operation_type:
        rows = rows.filter(operation=request.operation_type)
    if request.budget_type:
        rows = rows.filter(budget_type=BUDGET_TYPES[request.budget_type])
    return Response(
        total_count=rows.count(),
        measure_id=YUAN,
        currency=CURRENCY_OF_SITE[actor.site],
        record_list=[
            BudgetRecordInfo.of(row) for row in request.slice(rows.select_related("partner__account"))
        ],
    )
