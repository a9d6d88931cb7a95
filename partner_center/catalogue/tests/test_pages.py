"""The console's pages of the catalogue, the price book, discounts, the calculator and the dictionaries."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partner_center.catalogue import sample, tables
from partner_center.catalogue.actions import PriceEntry, draft_prices, publish_prices
from partner_center.catalogue.imports import COLUMNS
from partner_center.catalogue.makers import MAKER, make_product
from partner_center.catalogue.models import DraftState, PriceDraft, PriceRow, Product, ProductPolicy
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.customers.tests.reading import browser, html
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.partners.makers import make_solution_provider, make_vendor
from partner_center.pricing.makers import make_contract, make_discount
from partner_center.pricing.models import Discount, DiscountKind, DiscountState
from partner_center.reference.models import CalendarDay, CalendarYear
from partner_center.subscriptions.makers import make_lease, make_on_demand

pytestmark = pytest.mark.django_db

STAFF = (
    "services/",
    "resource-types/",
    "products/",
    "price-book/",
    "price-book/import/",
    "price-changes/",
    "price-changes/new/",
    "draft-prices/",
    "policies/",
    "policies/set/",
    "measures/",
    "conversions/",
    "places/",
    "provinces/",
    "cities/",
    "calendar/",
    "calendar/set/",
    "calendar/confirm/",
    "calendar-years/",
    "discounts/",
    "discounts/grant/",
    "discounts/import/",
    "contracts/",
    "contracts/sign/",
    "calculator/",
)
PARTNER = (
    "services/",
    "products/",
    "policies/",
    "measures/",
    "places/",
    "discounts/",
    "discounts/grant/",
    "calculator/",
)
CUSTOMER = ("services/", "products/", "my-discounts/", "contracts/", "calculator/")
HOUSE_ONLY = ("price-book/", "price-changes/", "draft-prices/", "calendar/", "price-book/file/?format=csv")


@pytest.fixture
def vendor() -> Account:
    return make_vendor("yungang-test")


@pytest.fixture
def customer() -> Customer:
    return make_customer(make_solution_provider("qiming-test"), company="Pinewood Carpets")


@pytest.fixture
def staff(vendor: Account) -> Client:
    return browser(vendor)


def in_days(days: int) -> Any:
    return clock.now() + timedelta(days=days)


def a_price(product: Product, price: str | None, days: int) -> PriceEntry:
    exact = None if price is None else Decimal(price)
    return PriceEntry(product, "period", "CNY", in_days(days), exact, "month")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_for_who_may_open_it(vendor: Account, customer: Customer, language: str) -> None:
    sample.load(MAKER, regions=["cn-north-1"])
    draft = sample.propose(MAKER, begins_at=in_days(30))
    discount = make_discount(customer, contract=make_contract(customer, begins_at=clock.now()))
    granted = make_discount(customer, kind=DiscountKind.GRANTED, ratio="0.95")
    product = Product.objects.get(spec="obs.standard")
    assert customer.partner is not None
    details = (
        f"products/{product.number}/",
        f"discounts/{discount.number}/",
        f"contracts/{discount.contract.number}/",
    )
    for address in (*STAFF, *details, f"price-changes/{draft.pk}/"):
        html(browser(vendor, language), address)
    for address in (*PARTNER, details[0], f"discounts/{granted.number}/"):
        html(browser(customer.partner.account, language), address)
    for address in (*CUSTOMER, *details):
        html(browser(customer.account, language), address)


def test_pages_of_the_house_are_closed_to_others(customer: Customer) -> None:
    assert customer.partner is not None
    for who in (customer.account, customer.partner.account):
        for address in HOUSE_ONLY:
            assert browser(who).get(f"/console/{address}").status_code == 403, address


def test_a_stranger_sees_no_discount_of_others(customer: Customer) -> None:
    discount = make_discount(customer, name="Pinewood ten")
    rival = make_solution_provider("rival-test")
    assert "Pinewood" not in html(browser(rival.account), "discounts/")
    for who in (rival.account, make_customer(None).account):
        assert browser(who).get(f"/console/discounts/{discount.number}/").status_code == 404


def test_the_price_book_says_what_holds_and_what_comes(staff: Client) -> None:
    product = make_product(month="100.00")
    publish_prices(MAKER, prices=[a_price(product, "90.00", 10), a_price(product, None, 20)])
    coming = html(staff, "price-book/", when="coming")
    assert "90.00 CNY" in coming
    assert "off sale" in coming
    assert "90.00 CNY" not in html(staff, "price-book/", when="now")


def test_a_coming_price_is_taken_back(staff: Client) -> None:
    product = make_product(month="100.00")
    (row,) = publish_prices(MAKER, prices=[a_price(product, "90.00", 10)])
    staff.post("/console/price-book/", {"deed": "withdraw", "row": [row.pk]})
    assert not PriceRow.objects.filter(pk=row.pk).exists()
    begun = PriceRow.objects.filter(product=product).first()
    assert begun is not None
    staff.post("/console/price-book/", {"deed": "withdraw", "row": [begun.pk]})
    assert PriceRow.objects.filter(pk=begun.pk).exists()


def test_before_publishing_the_operator_sees_whom_it_meets_by_how_much_and_when(
    staff: Client, customer: Customer
) -> None:
    """A month at 100.00, with 0.9: the renewal costs 90.00; at 120.00 it costs 108.00, 18.00 more."""
    product = make_product(month="100.00")
    make_discount(customer, ratio="0.9")
    make_lease(customer, product)
    make_on_demand(customer, product)
    usage = PriceRow.objects.get(product=product, charge_mode="on_demand").usage_type
    hourly = PriceEntry(product, "on_demand", "CNY", in_days(1), Decimal("0.30"), usage_type=usage)
    draft = draft_prices(MAKER, name="Dearer", prices=[a_price(product, "120.00", 1), hourly])
    page = html(staff, f"price-changes/{draft.pk}/")
    assert "1 expected renewal changes by 18.00 CNY." in page
    for words in (
        "Pinewood Carpets",
        "90.00",
        "108.00",
        "+18.00",
        "100.00 CNY",
        "120.00 CNY",
        "Pay-per-use resources",
    ):
        assert words in page, words
    staff.post(f"/console/price-changes/{draft.pk}/", {"deed": "publish", "row": [draft.pk]})
    draft.refresh_from_db()
    assert draft.state is DraftState.PUBLISHED
    assert PriceRow.objects.filter(draft=draft).count() == 2


def test_a_product_going_off_sale_says_who_can_no_longer_renew(staff: Client, customer: Customer) -> None:
    product = make_product(month="100.00")
    make_lease(customer, product)
    draft = draft_prices(MAKER, name="Gone", prices=[a_price(product, None, 1)])
    assert "1 could no longer be renewed as they are." in html(staff, f"price-changes/{draft.pk}/")


def test_a_change_that_meets_nobody_says_so(staff: Client) -> None:
    draft = draft_prices(MAKER, name="Quiet", prices=[a_price(make_product(), "90", 1)])
    assert "No subscription that exists today is affected." in html(staff, f"price-changes/{draft.pk}/")


def test_prices_are_drafted_by_form_and_added_to(staff: Client) -> None:
    make_product(month="100.00")
    data = {
        "name": "By hand",
        "product": "c6.large.2.linux@cn-north-1",
        "charge_mode": "period",
        "period_type": "month",
        "in_currency": "CNY",
        "begins_at": in_days(3).isoformat(),
        "price": "90",
        "scheme": "flat",
    }
    staff.post("/console/price-changes/new/", data)
    draft = PriceDraft.objects.get(name="By hand")
    steps = '{"steps": [{"upto": "10", "price": "0.5"}, {"upto": null, "price": "0.4"}]}'
    tiered = {
        "charge_mode": "on_demand",
        "period_type": "",
        "usage_factor": "duration",
        "scheme": "graduated",
        "tiers": steps,
    }
    staff.post(f"/console/price-changes/{draft.pk}/add/", {**data, **tiered, "price": "0.5"})
    assert draft.prices.count() == 2
    for wrong in (
        {"product": "c6.large.2.linux"},
        {"begins_at": "soon"},
        {"begins_at": "2020-01-01"},
        {"price": "much"},
        {"price": "-1"},
        {"usage_factor": "upflow"},
        {"tiers": "[]"},
        {"period_type": ""},
    ):
        assert staff.post(f"/console/price-changes/{draft.pk}/add/", {**data, **wrong}).status_code == 200, (
            wrong
        )
    assert draft.prices.count() == 2
    line = draft.prices.first()
    assert line is not None
    staff.post("/console/draft-prices/", {"deed": "remove", "row": [line.pk]})
    assert draft.prices.count() == 1


def test_the_price_book_goes_out_and_comes_in_as_a_file(staff: Client) -> None:
    make_product(month="100.00")
    content = staff.get("/console/price-book/file/?format=csv").content
    lines = tables.read(content, "a.csv", COLUMNS)
    assert len(lines) == PriceRow.objects.count()
    assert staff.get("/console/price-book/file/").content[:2] == b"PK"
    assert staff.get("/console/price-book/file/?format=pdf").status_code == 404
    cheaper = [{**line.values, "price": "1", "begins_at": in_days(5).isoformat()} for line in lines]
    wrong = {**cheaper[0], "resource_spec": "none"}
    page = _upload(staff, "price-book/import/", COLUMNS, [*cheaper, wrong])
    assert "Nothing was imported" in page
    assert "there is no such product" in page
    assert not PriceDraft.objects.exists()
    page = _upload(staff, "price-book/import/", COLUMNS, [*cheaper, wrong], skip_wrong="on")
    assert "Some lines were left out" in page
    assert PriceDraft.objects.get().prices.count() == len(lines)


def test_discounts_are_granted_revoked_and_filed(staff: Client, customer: Customer) -> None:
    assert customer.partner is not None
    partner = browser(customer.partner.account)
    data = {"customer": customer.pk, "kind": "606", "name": "Ten off", "mode": "ratio", "ratio": "0.9"}
    partner.post("/console/discounts/grant/", data)
    discount = Discount.objects.get(name="Ten off")
    assert discount.grantor == customer.partner
    partner.post("/console/discounts/grant/", {**data, "kind": "605", "name": "Not mine to give"})
    partner.post("/console/discounts/grant/", {**data, "ratio": "1.5", "name": "Dearer"})
    partner.post("/console/discounts/grant/", {**data, "customer": make_customer(None).pk, "name": "Foreign"})
    assert Discount.objects.count() == 1
    amount = {
        "mode": "amount_off",
        "ratio": "",
        "amount_off": "10.00",
        "threshold": "100.00",
        "kind": "605",
        "name": "Ten",
    }
    staff.post("/console/discounts/grant/", {**data, **amount, "ends_on": "2099-12-31"})
    assert Discount.objects.count() == 2
    assert "×0.9" in html(browser(customer.account), "my-discounts/")
    out = staff.get("/console/discounts/file/?format=csv").content
    assert out.count(b"\n") == 3
    partner.post(f"/console/discounts/{discount.number}/", {"deed": "revoke", "row": [discount.pk]})
    discount.refresh_from_db()
    assert discount.state is DiscountState.REVOKED


def test_the_calculator_shows_the_price_and_the_best_offer(customer: Customer) -> None:
    make_product(
        "GPSSD",
        month="0.70",
        hour="0.001",
        measure=17,
        sizes=(10, 1000, 1),
        service="hws.service.type.ebs",
        resource_type="hws.resource.type.volume",
    )
    make_discount(customer, ratio="0.9", name="Framework ten")
    ask = {
        "service": "hws.service.type.ebs",
        "region": "cn-north-1",
        "spec": "GPSSD",
        "size": "30",
        "number": "5",
    }
    reader = browser(customer.account)
    page = html(reader, "calculator/", **ask, term="month")
    for words in ("105.00 CNY", "94.50 CNY", "Framework ten", "Best offer"):
        assert words in page, words
    page = html(reader, "calculator/", **ask, term="usage:Duration")
    assert "0.135 CNY" in page
    assert "From 10 to 1000" in html(reader, "calculator/", **{**ask, "size": "5"}, term="month")
    assert "are numbers" in html(reader, "calculator/", **{**ask, "size": "many"}, term="month")
    assert customer.partner is not None
    partner = browser(customer.partner.account)
    assert "94.50 CNY" in html(partner, "calculator/", **ask, term="month", customer=customer.pk)
    assert "105.00 CNY" in html(partner, "calculator/", **ask, term="month")
    stranger = browser(make_solution_provider("rival-test").account)
    assert "94.50 CNY" not in html(stranger, "calculator/", **ask, term="month", customer=customer.pk)


def test_policies_and_the_calendar_are_set(staff: Client) -> None:
    product = make_product()
    data = {"service": product.service_id, "month": "2027-01", "incentive_class": "2"}
    staff.post("/console/policies/set/", data)
    assert ProductPolicy.objects.get().allows_discount is False
    staff.post("/console/calendar/set/", {"day": "2027-02-06", "note": "Spring Festival"})
    assert CalendarDay.objects.get().works is False
    staff.post("/console/calendar/confirm/", {"year": "2027"})
    assert CalendarYear.objects.filter(year=2027).exists()


def _upload(client: Client, address: str, columns: Any, lines: list[dict[str, str]], **more: str) -> str:
    content = tables.write(columns, [[line.get(column, "") for column in columns] for line in lines], "csv")
    answer = client.post(f"/console/{address}", {"file": SimpleUploadedFile("prices.csv", content), **more})
    return answer.content.decode()
