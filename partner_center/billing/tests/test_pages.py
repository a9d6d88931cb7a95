"""The pages of bills: who sees which amounts, and that parts add up to the whole on every one of them."""

from __future__ import annotations

import pytest

from partner_center.billing.models import FeeRecord
from partner_center.billing.tests.charging import charge
from partner_center.customers.makers import as_customer, make_customer
from partner_center.partners.makers import as_partner, as_staff, make_solution_provider
from tests.pages import as_reader


PAGES = (
    "consumption", "bill", "fee-records", "resource-records", "bill-lines", "focus", "cost-analysis",
    "amortised-costs",
)  # fmt: skip


@pytest.fixture
def partner(db):
    return make_solution_provider()


@pytest.fixture
def customer(partner):
    return make_customer(partner)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("by", ["month", "service", "customer", "means"])
def test_smoke(partner, customer, language, by):
    charge(customer, 12345, discount=55)
    charge(customer, -345, bill_type=4, charging_mode=1)
    charge(customer, 999, means={"cash": 900, "debt": 99})
    record = FeeRecord.objects.first()
    for actor in (as_customer(customer), as_partner(partner), as_staff()):
        with as_reader(actor, language) as reader:
            for page in PAGES:
                answer = reader.get(page, by=by)
                assert answer.status_code == 200, page
            assert reader.get("fee-record", row=record).status_code == 200
            assert reader.get("bill-pdf").status_code == 200
