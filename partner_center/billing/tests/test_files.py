"""Bills as files: the PDF really shows its Chinese characters, and FOCUS is what its validator calls FOCUS."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partner_center.billing.files import bill as bills
from partner_center.billing.files.focus import COLUMNS, FocusRow
from partner_center.billing.files.pdf import pdf_of
from partner_center.billing.models import MEANS, FeeRecord
from partner_center.billing.naming import named
from partner_center.billing.reading import Line
from partner_center.billing.tests.charging import PRESENT, charge
from partner_center.catalogue.makers import make_product
from partner_center.console.exports import write_csv
from partner_center.customers.makers import make_customer
from partner_center.partners.makers import make_solution_provider
from tests.focus_validator import breaches_of_focus

NOON = datetime(2026, 10, 5, 4, tzinfo=UTC)


def text_of(pdf: bytes) -> str:
    pypdf = pytest.importorskip("pypdf")
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture
def customer(db):
    return make_customer(make_solution_provider(company="北京云端科技"))


def set_bill(records: Any, customer: Any, language: str, **more: Any) -> str:
    document = bills.document_of(
        records, account=customer.partner.account, is_partner=True, month=PRESENT, currency="CNY",
        final_at=NOON, now=NOON - timedelta(days=1), language=language, **more,
    )  # fmt: skip
    pdf = pdf_of(document, moment=NOON)
    assert pdf == pdf_of(document, moment=NOON), "the same bill gives the same bytes"
    return text_of(pdf)


def test_a_bill_is_set_in_both_languages(customer):
    service = make_product().service
    type(service).objects.update(name="Elastic Cloud Server", name_zh="弹性云服务器")
    charge(customer, 123450, discount=6550)
    charge(customer, -300, bill_type=4, charging_mode=1)
    chinese = set_bill(FeeRecord.objects.all(), customer, "zh-hans")
    for words in ("伙伴账单", "北京云端科技", "弹性云服务器", "1,234.50", "−3.00", "1,231.50", "初步"):
        assert words in chinese, words
    english = set_bill(FeeRecord.objects.all(), customer, "en")
    for words in ("Partner bill", "Elastic Cloud Server", "1,231.50", "Preliminary"):
        assert words in english, words


def test_what_a_customer_calls_itself_is_never_markup(customer):
    customer.name = '#panic("x") *bold* $1$ \\ //'
    customer.save(update_fields=["name"])
    charge(customer, 100)
    assert '#panic("x") *bold* $1$' in set_bill(FeeRecord.objects.all(), customer, "en")


def test_a_section_that_is_too_long_adds_up_its_rest(customer, monkeypatch):
    monkeypatch.setattr(bills, "LONGEST", 2)
    for place, consume in enumerate((500, 400, 30, 3)):
        charge(customer, consume, service_type=f"service-{place}")
    document = bills.document_of(
        FeeRecord.objects.all(), account=customer.account, is_partner=False, month=PRESENT, currency="CNY",
        final_at=NOON, now=NOON, language="en",
    )  # fmt: skip
    services = document.sections[0]
    assert [row[-1] for row in services.rows] == ["5.00", "4.00", "0.33"]
    assert services.rows[-1][0] == "2 others" and services.total[-1] == "9.33"


def line(**facts: Any) -> Line:
    """A usage line of a hundredth of a cent."""
    means = dict.fromkeys(MEANS, Decimal(0)) | {"cash": Decimal("0.00012345")}
    return Line(**{
        "id": None, "month": "2026-10", "day": date(2026, 10, 5), "customer_id": "", "bill_type": 5,
        "charging_mode": 3, "service_type": "hws.service.type.ec2", "resource_type": "hws.resource.type.vm",
        "region": "cn-north-4", "resource_spec": "s6.small.1", "resource_id": "r1", "enterprise_project_id": "",
        "currency": "CNY", "official": Decimal("0.00012346"), "discount": Decimal(0),
        "cut_off": Decimal("0.00000001"), "amount": Decimal("0.00012345"), "means": means,
        "usage": Decimal("3600"), "charged_usage": Decimal("1"), "begins_at": NOON,
        "ends_at": NOON + timedelta(hours=1), **facts,
    })  # fmt: skip


def test_the_focus_export_is_what_its_validator_calls_focus(customer, tmp_path):
    product = make_product()
    usage = line(customer_id=customer.pk, product_id=product.pk)
    refund = line(
        customer_id=customer.pk, bill_type=4, charging_mode=1, official=Decimal("-100"), amount=Decimal("-99.5"),
        discount=Decimal("-0.5"), cut_off=Decimal(0), usage=None, charged_usage=None, happened_at=NOON, begins_at=None,
        ends_at=None, order_number="CS1", partner_id=customer.partner_id,
    )  # fmt: skip
    compensation = line(customer_id=customer.pk, bill_type=9, region="", service_type="", resource_type="")
    late = line(
        customer_id=customer.pk, begins_at=NOON - timedelta(days=30), ends_at=NOON - timedelta(days=30)
    )
    rows = [
        FocusRow(one, ("p" * 32, "Partner"), (customer.pk, str(customer)), "Vendor", "Vendor")
        for one in named([usage, refund, compensation, late], "en")
    ]
    path = tmp_path / "focus.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write_csv(
            file, [name for name, _told in COLUMNS], [[told(row) for _name, told in COLUMNS] for row in rows]
        )
    told = list(csv.DictReader(path.open(encoding="utf-8")))
    assert sum(Decimal(row["BilledCost"]) for row in told) == sum(one.line.line.amount for one in rows)
    assert [row["ChargeCategory"] for row in told] == ["Usage", "Purchase", "Credit", "Usage"]
    assert [row["ChargeClass"] for row in told] == ["", "Correction", "", "Correction"]
    assert told[0]["ChargePeriodStart"] == "2026-10-05T04:00:00Z"
    assert told[0]["BillingPeriodStart"] == "2026-09-30T16:00:00Z", "months are those of Beijing"
    assert told[1]["BilledCost"] == "-99.5" and told[1]["ListCost"] == "-100.0"
    assert breaches_of_focus(path) == []
