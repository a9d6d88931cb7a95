"""How the tests of the operations call: signed, with flow control out of the way, and answers read exactly."""

from __future__ import annotations

from decimal import Decimal

from partner_center.kernel.money import Money
from partner_center.wire.throttling import table
from tests.calling import call as signed_call

ALLOCATE = "/v2/accounts/partner-accounts/adjust-amount"
RECLAIM = "/v2/accounts/partner-accounts/reclaim"
TO_RESELLER = "/v2/accounts/partner-accounts/indirect-partner-adjust"
FROM_RESELLER = "/v2/accounts/partner-accounts/indirect-partner-reclaim"
PARTNER_BALANCES = "/v2/accounts/partner-accounts/balances"
CUSTOMER_BALANCES = "/v2/accounts/customer-accounts/balances"
MANY_BALANCES = "/v2/accounts/customer-accounts/balances/batch-query"
ADJUSTMENTS = "/v3/accounts/partner-accounts/adjust-records"
PARTNER_CHANGES = "/v2/accounts/partner-accounts/account-change-records"
CUSTOMER_CHANGES = "/v2/accounts/customer-accounts/account-change-records"


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def call(*who, **parameters):
    """A signed call; flow control is tested elsewhere."""
    table().clear()
    return signed_call(*who, **parameters)


def ok(answer, status: int = 200):
    assert answer.status_code == status, answer.content
    return answer.json(parse_float=Decimal) if answer.content else None


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error_code"]
