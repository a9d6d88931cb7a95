"""Fee records for tests of what reads them, written as charging would write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from partner_center.billing.models import FeeRecord
from partner_center.identity.models.accounts import CURRENCY_OF_SITE
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING, BillMonth

PRESENT = BillMonth.of(clock.now())


def charge(customer: Any, consume: int, *, month: BillMonth = PRESENT, **facts: Any) -> FeeRecord:
    """A fee record of so many cents. discount, means: beside it; everything else: the record's own columns."""
    discount = facts.pop("discount", 0)
    means = facts.pop("means", {"cash": consume})
    facts = {
        "bill_type": 5, "charging_mode": 3, "service_type": "hws.service.type.ec2", "region": "cn-north-4",
        "status": 2 if means.get("debt") else 1, "resource_type": "hws.resource.type.vm",
        "partner_id": customer.partner_id or "",
        **facts,
    }  # fmt: skip
    site = customer.account.site
    return FeeRecord.objects.create(
        number=f"{month}-{FeeRecord.objects.count()}", customer=customer, payer_id=customer.pk, site=site,
        association_type=customer.association_type, currency=CURRENCY_OF_SITE[site], month=str(month), cycle=str(month),
        day=date(month.year, month.month, 1), happened_at=datetime(month.year, month.month, 1, 12, tzinfo=BEIJING),
        official=consume + discount, discount=discount, consume=consume, **means, **facts,
    )  # fmt: skip
