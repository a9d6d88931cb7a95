"""查询客户账户余额 — balances of resale customers, many at once."""

from __future__ import annotations

from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import balances_of_many, currency_of
from partner_center.partners.errors import NoRightOverReseller
from partner_center.partners.queries import scope_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, Yuan, field


class CustomerInfoV2(WireModel):
    customer_id: str = field(max_length=64)


class Request(WireModel):
    customer_infos: list[CustomerInfoV2] = field(min_items=1, max_items=100)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class CustomerBalancesV2(WireModel):
    customer_id: str
    debt_amount: Maybe[Yuan] = None
    amount: Maybe[Yuan] = None
    currency: Maybe[str] = None
    measure_id: Maybe[int] = 1


class Response(WireModel):
    customer_balances: Maybe[list[CustomerBalancesV2]] = None


@operation(
    "POST",
    "/v2/accounts/customer-accounts/balances/batch-query",
    callers="P",
    sites=("cn",),
    rate=20,
    errors=(NoRightOverReseller,),
)
def list_customers_balances_detail(actor: Actor, request: Request) -> Response:
    """Those asked for that are no resale customers of the partner are left out without a word."""
    asked = list(dict.fromkeys(info.customer_id for info in request.customer_infos))
    own = Customer.objects.visible_to(actor).of_partner(scope_of(actor, request.indirect_partner_id))
    found = set(
        own.filter(pk__in=asked, association_type=AssociationType.RESALE).values_list("pk", flat=True)
    )
    currency = currency_of(actor)
    balances = balances_of_many(found, currency)
    return Response(
        customer_balances=[
            CustomerBalancesV2(
                customer_id=one,
                debt_amount=balances[one].debt,
                amount=balances[one].spendable,
                currency=currency,
            )
            for one in asked
            if one in found
        ]
    )
