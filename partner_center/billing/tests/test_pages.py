"""The pages of bills: who sees which amounts, and that parts add up to the whole on every one of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from partner_center.billing.models import FeeRecord
from partner_center.customers.makers import as_customer, make_customer
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING, BillMonth
from partner_center.partners.makers import as_partner, as_staff, make_solution_provider
from tests.pages import as_reader

PRESENT = BillMonth.of(clock.now())


def charge(customer: Any, consume: int, *, month: BillMonth = PRESENT, **facts: Any) -> FeeRecord:
    """A fee record of so many cents, as charging would write it."""
    discount = facts.pop("discount", 0)
    means = facts.pop("means", {"cash": consume})
    moment = datetime(month.year, month.month, 1, 12, tzinfo=BEIJING)
    facts = {
        "bill_type": 5, "charging_mode": 3, "service_type": "hws.service.type.ec2",
        "resource_type": "hws.resource.type.vm", "region": "cn-north-4", "status": 2 if means.get("debt") else 1,
        **facts,
    }  # fmt: skip
    return FeeRecord.objects.create(
        number=f"{month}-{FeeRecord.objects.count()}", customer=customer, partner_id=customer.partner_id or "",
        association_type=customer.association_type, payer_id=customer.pk, site="cn", currency="CNY",
        month=str(month), cycle=str(month), day=date(month.year, month.month, 1), happened_at=moment,
        official=consume + discount, discount=discount, consume=consume, **means, **facts,
    )  # fmt: skip


@pytest.fixture
def partner(db):
    return make_solution_provider()


@pytest.fixture
def customer(partner):
    return make_customer(partner)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("by", ["month", "service", "region", "customer", "manager", "means", "mode", "resource"])
def test_smoke(partner, customer, language, by):
    charge(customer, 12345, discount=55)
    charge(customer, -345, bill_type=4, charging_mode=1)
    charge(customer, 999, means={"cash": 900, "debt": 99})
    record = FeeRecord.objects.first()
    for actor in (as_customer(customer), as_partner(partner), as_staff()):
        with as_reader(actor, language) as reader:
            for page in ("consumption", "bill", "fee-records", "resource-records", "bill-lines", "focus"):
                answer = reader.get(page, by=by)
                assert answer.status_code == 200, page
            assert reader.get("fee-record", row=record).status_code == 200
            assert reader.get("bill-pdf").status_code == 200
