"""Packages in the console: who sees them, what is left, buying one, giving one, saying what is in one."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import PackageContent, PackageKind, Renews
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import AssociationType
from partner_center.foundation.jobs import run_due
from partner_center.funds.makers import make_money
from partner_center.identity.makers import as_owner
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.metering.actions import record_consumption
from partner_center.metering.cycles import bucket_id
from partner_center.metering.makers import MAKER, make_package, make_package_product
from partner_center.metering.models import Package, PackageSource, PackageState
from partner_center.partners.makers import make_solution_provider, make_vendor
from tests.pages import as_reader


@pytest.fixture
def partner(db):
    return make_solution_provider()


@pytest.fixture
def lin(partner):
    found = make_customer(partner, name="lin-trading", association_type=AssociationType.REFERRAL)
    make_money(found, "1000.00")
    return found


@pytest.fixture
def server(db):
    return make_product()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_left_is_shown_to_its_customer_its_partner_and_the_operator(partner, lin, server, language):
    package = make_package(lin, make_package_product(server, quantities=("100", "20")))
    hourly = make_package_product(
        server, spec="ri", kind=PackageKind.RESERVED, renews=Renews.HOUR, quantities=("3",)
    )
    make_package(lin, hourly)
    theirs = make_package(make_customer(make_solution_provider()), hourly)
    month = BillMonth.of(clock.now())
    uses = {bucket_id(package.items.first().pk, ""): Decimal("30.5")}
    record_consumption(MAKER, month=month, customer_ids=None, uses=uses)
    left = "69.5 of 100" if language == "en" else "69.5"
    for actor, seen in (
        (as_customer(lin), 2),
        (as_owner(partner.account), 2),
        (as_owner(make_vendor()), 3),
    ):
        with as_reader(actor, language) as reader:
            page = reader.get("packages")
            assert len(page.context["page"].lines) == seen
            assert left in page.content.decode()
            detail = reader.get("package", row=package).content.decode()
            assert left in detail and str(month) in detail and "30.5" in detail
            assert reader.get("package", row=theirs).status_code == (200 if seen == 3 else 404)
            assert reader.get("packages", kind="reserved", state="effective").status_code == 200


def test_a_customer_buys_what_is_on_sale(lin, server):
    product = make_package_product(server, price="60.00")
    make_package_product(make_product("abroad", currency="USD"), spec="not-priced")
    with as_reader(as_customer(lin)) as reader:
        html = reader.get("package-products").content.decode()
        assert "60.00 CNY" in html and "1 Year" in html
        assert "60.00" in reader.get("buy-package", row=product).content.decode()
        answer = reader.post(
            "buy-package", of=product, subscription_num="2", resource_name="hours", pay_now="on"
        )
        assert answer.status_code == 302
        assert reader.get("buy-package", row=server).status_code == 404
    run_due()
    assert [one.name for one in Package.objects.order_by("pk")] == ["hours-0001", "hours-0002"]


def test_the_operator_gives_and_ends_packages(lin, server):
    product = make_package_product(server)
    with as_reader(as_owner(make_vendor())) as reader:
        wrong = reader.post("grant-package", customer="nobody", product="x@y", reason="sorry")
        assert wrong.status_code == 200 and not Package.objects.exists()
        reader.post("grant-package", customer=lin.pk, product=f"{product.spec}@cn-north-1", reason="sorry")
        given = Package.objects.get()
        assert (given.source, given.reason, given.customer_id) == (PackageSource.GRANT, "sorry", lin.pk)
        reader.post("packages", deed="unsubscribe", row=given.pk)
    given.refresh_from_db()
    assert given.state is PackageState.UNSUBSCRIBED
    with as_reader(as_customer(lin)) as reader:
        assert reader.get("grant-package").status_code == 403


def test_the_operator_says_what_is_in_a_package(lin, server):
    product = make_package_product(server)
    make_package(lin, product)
    with as_reader(as_owner(make_vendor())) as reader:
        form = reader.get("package-contents", row=product)
        given = json.loads(form.context["form"]["contents"].value())
        assert given[0]["covers"] == [
            {
                "resource_type": "hws.resource.type.vm",
                "usage_type": "Duration",
                "product": f"{server.spec}@cn-north-1",
            }
        ]
        given[0] |= {"quantity": "250.125", "renews": "month"}
        facts = {"kind": "package", "valid_number": "2", "valid_unit": "year"}
        for wrong in (
            "",
            "{}",
            "[{}]",
            json.dumps([given[0] | {"covers": [{"usage_type": "x"}]}]),
            "[1e400]",
        ):
            assert reader.post("package-contents", of=product, contents=wrong, **facts).status_code == 200
        answer = reader.post("package-contents", of=product, contents=json.dumps(given), **facts)
        assert answer.status_code == 302
        assert "250.125" in reader.get("product", row=product).content.decode()
    (now,) = PackageContent.objects.filter(offer__product=product)
    assert (now.quantity, now.renews, now.offer.months) == (Decimal("250.125"), Renews.MONTH, 24)
    assert Package.objects.get().items.get().quantity == 100, "what has been bought stays"
