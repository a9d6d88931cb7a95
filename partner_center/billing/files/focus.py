"""Bill lines in the columns of FOCUS 1.0 (FinOps Open Cost and Usage Specification), which cost tools read.

One row a bill line. BilledCost is what the line was charged, its share of what its settlement group was cut off
already taken away: the rows of a customer sum to the bill, to the last place. The columns named at the end are those
of earlier drafts, which the validator of the specification still asks for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any

from partner_center.billing.models.fees import PURCHASES, RATED, REFUNDS, BillType, ChargingMode
from partner_center.billing.naming import Named
from partner_center.kernel.period import BillMonth, beijing_day

_EXACT = Context(prec=76)
_PLACES = Decimal("0.000000000001")

CATEGORIES = {
    "ec2": "Compute",
    "baremetal": "Compute",
    "cce": "Compute",
    "functiongraph": "Compute",
    "ebs": "Storage",
    "obs": "Storage",
    "sfs": "Storage",
    "vpc": "Networking",
    "elb": "Networking",
    "natgateway": "Networking",
    "cdn": "Networking",
    "vpn": "Networking",
    "rds": "Databases",
    "dds": "Databases",
    "dcs": "Databases",
    "dms": "Integration",
    "smn": "Integration",
    "waf": "Security",
    "modelarts": "AI and Machine Learning",
    "mrs": "Analytics",
}
"""ServiceCategory by the last part of the vendor's service code; everything else is "Other"."""


@dataclass(frozen=True, slots=True)
class FocusRow:
    """A line with what its file says of every line: who reads it, who sells."""

    line: Named
    billing_account: tuple[str, str]
    sub_account: tuple[str, str] | None
    provider: str
    issuer: str

    def __str__(self) -> str:
        return str(self.line)

    @property
    def kind(self) -> BillType:
        return BillType(self.line.bill_type)

    @property
    def month(self) -> BillMonth:
        return BillMonth.parse(self.line.month)

    @property
    def charge_category(self) -> str:
        match self.kind:
            case BillType.COMPENSATION:
                return "Credit"
            case BillType.DEBIT | BillType.ROUNDING:
                return "Adjustment"
            case kind if kind in (*PURCHASES, *REFUNDS):
                return "Purchase"
        return "Usage"

    @property
    def charge_class(self) -> str | None:
        """Money that an order gives back, and usage that came after its month was closed, correct what was billed."""
        begun = self.line.begins_at
        late = self.kind in RATED and begun is not None and BillMonth.of(begun) < self.month
        return "Correction" if self.kind in REFUNDS or late else None

    @property
    def frequency(self) -> str:
        if self.charge_category == "Usage":
            return "Usage-Based"
        recurs = self.kind in PURCHASES and self.line.charging_mode == ChargingMode.PERIOD
        return "Recurring" if recurs else "One-Time"

    @property
    def pricing_category(self) -> str | None:
        if self.charge_category not in ("Usage", "Purchase"):
            return None
        return "Committed" if self.line.mark else "Standard"

    @property
    def begins_at(self) -> datetime:
        found = self.line.begins_at or self.line.happened_at
        return found or (beijing_day(self.line.day).start if self.line.day else self.month.period.start)

    @property
    def ends_at(self) -> datetime:
        found = self.line.ends_at
        return found if found is not None and found > self.begins_at else self.begins_at + timedelta(hours=1)

    @property
    def contracted(self) -> Decimal:
        """What it costs after discounts, before what is below the smallest unit is cut off."""
        return _EXACT.subtract(self.line.official, self.line.discount)

    @property
    def pricing_quantity(self) -> Decimal | None:
        if self.charge_category == "Usage":
            quantity: Decimal | None = self.line.charged_usage
            return quantity
        return Decimal(1) if self.charge_category == "Purchase" else None

    @property
    def pricing_unit(self) -> str | None:
        if self.charge_category == "Usage":
            return self.line.price_measure or (
                self.line.measure if self.pricing_quantity is not None else None
            )
        return "Count" if self.charge_category == "Purchase" else None

    def unit_price_of(self, cost: Decimal) -> Decimal | None:
        """The price of one unit that makes `cost` of the whole quantity, over all tiers, to twelve places."""
        quantity = self.pricing_quantity
        if not quantity:
            return None
        return (
            _EXACT.divide(cost, quantity)
            .quantize(_PLACES, rounding=ROUND_DOWN, context=_EXACT)
            .normalize(_EXACT)
        )

    @property
    def service_category(self) -> str:
        return CATEGORIES.get(str(self.line.service_type).rpartition(".")[2], "Other")

    @property
    def service(self) -> str:
        return self.line.service or "Other"

    @property
    def description(self) -> str:
        parts = (self.kind.label, self.line.kind, self.line.resource_spec, self.line.factor)
        return " · ".join(str(part) for part in parts if part)

    @property
    def sku(self) -> str:
        return self.line.names.product_number(self.line.product_id) or self.line.service_type or "none"

    @property
    def tags(self) -> str:
        project = self.line.enterprise_project_id
        return json.dumps({"enterprise_project_id": project} if project else {}, ensure_ascii=False)


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(exact: Decimal | None) -> Decimal | None:
    """With a decimal point always: readers that guess a column's type then guess a number with places."""
    if exact is None:
        return None
    tidy = exact.normalize(_EXACT)
    exponent = tidy.as_tuple().exponent
    return tidy.quantize(Decimal("0.1")) if isinstance(exponent, int) and exponent >= 0 else tidy


Told = Callable[[FocusRow], Any]

COLUMNS: tuple[tuple[str, Told], ...] = (
    ("AvailabilityZone", lambda row: None),
    ("BilledCost", lambda row: number(row.line.amount)),
    ("BillingAccountId", lambda row: row.billing_account[0]),
    ("BillingAccountName", lambda row: row.billing_account[1]),
    ("BillingCurrency", lambda row: row.line.currency),
    ("BillingPeriodEnd", lambda row: _moment(row.month.period.end)),
    ("BillingPeriodStart", lambda row: _moment(row.month.period.start)),
    ("ChargeCategory", lambda row: row.charge_category),
    ("ChargeClass", lambda row: row.charge_class),
    ("ChargeDescription", lambda row: row.description),
    ("ChargeFrequency", lambda row: row.frequency),
    ("ChargePeriodEnd", lambda row: _moment(row.ends_at)),
    ("ChargePeriodStart", lambda row: _moment(row.begins_at)),
    ("CommitmentDiscountCategory", lambda row: None),
    ("CommitmentDiscountId", lambda row: None),
    ("CommitmentDiscountName", lambda row: None),
    ("CommitmentDiscountStatus", lambda row: None),
    ("CommitmentDiscountType", lambda row: None),
    ("ConsumedQuantity", lambda row: number(row.line.usage) if row.charge_category == "Usage" else None),
    ("ConsumedUnit", lambda row: row.line.measure if row.charge_category == "Usage" else None),
    ("ContractedCost", lambda row: number(row.contracted)),
    ("ContractedUnitPrice", lambda row: number(row.unit_price_of(row.contracted))),
    ("EffectiveCost", lambda row: number(row.line.amount)),
    ("InvoiceIssuerName", lambda row: row.issuer),
    ("ListCost", lambda row: number(row.line.official)),
    ("ListUnitPrice", lambda row: number(row.unit_price_of(row.line.official))),
    ("PricingCategory", lambda row: row.pricing_category),
    ("PricingQuantity", lambda row: number(row.pricing_quantity)),
    ("PricingUnit", lambda row: row.pricing_unit),
    ("ProviderName", lambda row: row.provider),
    ("PublisherName", lambda row: row.provider),
    ("RegionId", lambda row: row.line.region or None),
    ("RegionName", lambda row: row.line.place),
    ("ResourceId", lambda row: row.line.resource_id or None),
    ("ResourceName", lambda row: row.line.resource),
    ("ResourceType", lambda row: row.line.kind),
    ("ServiceCategory", lambda row: row.service_category),
    ("ServiceName", lambda row: row.service),
    ("SkuId", lambda row: row.sku),
    ("SkuPriceId", lambda row: "/".join(filter(None, (row.sku, row.line.usage_type, row.line.scheme)))),
    ("SubAccountId", lambda row: row.sub_account[0] if row.sub_account else None),
    ("SubAccountName", lambda row: row.sub_account[1] if row.sub_account else None),
    ("Tags", lambda row: row.tags),
    ("x_BillLineId", lambda row: str(row.line.id)),
    ("x_BillType", lambda row: str(row.kind.label)),
    ("x_CutOff", lambda row: number(row.line.cut_off)),
    ("x_OrderNumber", lambda row: row.line.order_number or None),
    ("InvoiceIssuer", lambda row: row.issuer),
    ("Provider", lambda row: row.provider),
    ("Publisher", lambda row: row.provider),
    ("ResourceID", lambda row: row.line.resource_id or None),
    ("ChargeType", lambda row: row.charge_category),
    ("AmortizedCost", lambda row: number(row.line.amount)),
    ("BilledCurrency", lambda row: row.line.currency),
    ("Region", lambda row: row.line.region or None),
)
"""The 43 columns of FOCUS 1.0 in their order, four of our own, and eight names of earlier drafts."""
