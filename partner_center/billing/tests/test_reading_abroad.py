"""What only the international site asks: the partner's month, its quota, its customer's, and invoices."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import huaweicloudsdkbssintl.v2 as sdk
import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.billing.actions import (
    approve_adjustment,
    charge_usage,
    issue_partner_bills,
    propose_adjustment,
)
from partner_center.billing.makers import group_total
from partner_center.billing.reading.owed import expenditure_quota
from partner_center.billing.tests.march import MARCH
from partner_center.billing.tests.running import OPERATOR, beijing
from partner_center.customers.makers import as_customer, make_customer
from partner_center.funds.makers import make_credit
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import as_staff, make_solution_provider
from partner_center.partners.models import Settlement
from tests.calling import Key
from tests.contract.comparison import BY_NAME, CONTRACT
from tests.contract.test_answers import misfits


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def test_a_partner_abroad_and_its_customer_read_what_they_owe_and_may_spend(live_server):
    with clock.at(beijing(2026, 1, 1)):
        partner = make_solution_provider(site="intl", settlement=Settlement.POSTPAID)
        customer, stranger = make_customer(partner, budget="1000"), make_solution_provider(site="intl")
        make_credit(partner, "100")
    with clock.at(beijing(2026, 3, 20)):
        charge(customer, MARCH, "30.00")
        back = propose_adjustment(as_staff(), customer=customer, bill_type=9, amount=usd("5"), reason="slow")
        approve_adjustment(as_staff(), adjustment=back)

    def asked(whose: Any, name: str, **given: Any) -> dict[str, Any]:
        key = Key.of(whose.account)
        builder = sdk.BssintlClient.new_builder().with_credentials(
            GlobalCredentials(key.ak, key.sk, whose.account.pk)
        )
        client = builder.with_endpoints([live_server.url]).build()
        request = getattr(sdk, "".join(part.capitalize() for part in name.split("_")) + "Request")
        raw = getattr(client, name)(request(**given)).raw_content
        contract = BY_NAME[name]["by_site"]["intl"]["response_model"]
        fields = CONTRACT["models"]["intl"][contract]["fields"]
        assert not list(misfits(json.loads(raw), fields, "intl", name))
        answer: dict[str, Any] = json.loads(raw, parse_float=Decimal)
        return answer

    sums = {"consume_amount": Decimal(30), "refunds": 0, "adjustments": -5, "initial_amount_due": Decimal(25)}
    so_far = asked(partner, "list_postpaid_bill_sum", bill_cycle="2026-03")
    assert sums.items() <= so_far.items() and so_far["tax_amount"] == 0 and so_far["currency"] == "USD"
    quota = asked(partner, "show_partner_consumption_quota")
    assert (quota["consumption_quota"], quota["due_amount"], quota["unbilled_amount"]) == (
        "100.00",
        "0.00",
        "30.00",
    )
    with clock.at(beijing(2026, 4, 5, 11)):
        issue_partner_bills(OPERATOR, month=MARCH)
        charge(customer, BillMonth(2026, 4), "12.34")
    final = asked(partner, "list_postpaid_bill_sum", bill_cycle="2026-03")
    assert sums.items() <= final.items()
    quota = asked(partner, "show_partner_consumption_quota")
    used = Decimal(quota["due_amount"]) + Decimal(quota["unbilled_amount"])
    assert Decimal(quota["used_consumption_quota"]) == (
        used - Decimal(quota["amount"]) - Decimal(quota["coupon_amount"])
    )
    assert quota["unbilled_amount"] == "12.34"
    assert asked(stranger, "list_postpaid_bill_sum", bill_cycle="2026-03")["initial_amount_due"] == 0

    span = {
        "start_time": "2026-04-01T00:00:00Z",
        "end_time": "2026-04-30T00:00:00Z",
        "offset": 1,
        "limit": 10,
    }
    (invoice,) = asked(partner, "list_invoices", **span)["invoices"]
    assert (invoice["invoiceAmount"], invoice["invoiceState"], invoice["billCycle"]) == (25, 8, "2026-03")
    assert asked(partner, "list_invoices", **{**span, "offset": 2}) == {"count": 1, "invoices": []}
    assert (
        asked(customer, "list_invoices", **span)["count"]
        == asked(stranger, "list_invoices", **span)["count"]
        == 0
    )

    with clock.at(beijing(2026, 3, 21)):
        spent = expenditure_quota(as_customer(customer))
    assert (spent.granted, spent.used, spent.ratio) == (usd("1000"), usd("25"), Decimal("0.0250"))
    allowed = asked(customer, "show_customer_expenditure_quota")
    assert (allowed["granting_amount"], allowed["granting_amount_used"]) == (1000, 0), "a new month has begun"
    with pytest.raises(ClientRequestException) as refusal:
        asked(customer, "show_partner_consumption_quota")
    assert (refusal.value.status_code, refusal.value.error_code) == (403, "CBC.0151")


def charge(customer: Any, month: BillMonth, payable: str) -> None:
    charge_usage(
        OPERATOR,
        customer_id=customer.pk,
        month=month,
        totals=[group_total(customer, payable)],
        rated_at=clock.now(),
    )
