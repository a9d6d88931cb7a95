"""Granting, revoking, ending and importing discounts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from partner_center.catalogue import tables
from partner_center.catalogue.actions import set_policy
from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import CloudService
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Customer
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.identity.makers import as_owner
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import make_distributor, make_reseller, make_solution_provider
from partner_center.partners.models import Partner
from partner_center.pricing.actions import (
    EVERYTHING,
    Scope,
    grant_discount,
    import_discounts,
    revoke_discount,
    sign_contract,
)
from partner_center.pricing.errors import (
    DiscountInvalid,
    DiscountNotApplicable,
    DiscountOver,
    NotYourDiscount,
)
from partner_center.pricing.imports import COLUMNS, discount_lines
from partner_center.pricing.jobs import end_discounts, next_end
from partner_center.pricing.makers import MAKER, make_contract, make_discount
from partner_center.pricing.models import Discount, DiscountKind, DiscountState
from partner_center.pricing.queries import offer_for, quote_period
from partner_center.pricing.rules import Terms

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEN_PER_CENT = Terms("ratio", ratio=Decimal("0.9"))


def grant(actor: Any, customer: Customer, kind: str, **more: Any) -> Discount:
    return grant_discount(
        actor, customer=customer, kind=kind, name="A discount", **{"terms": TEN_PER_CENT, **more}
    )


@pytest.fixture
def partner() -> Partner:
    return make_solution_provider("meridian-test", site="intl")


@pytest.fixture
def referral(partner: Partner) -> Customer:
    return make_customer(partner, association_type="referral", email="it@blue-fern.example")


def test_a_partner_sets_a_discount_for_its_referral_customer_abroad(
    partner: Partner, referral: Customer
) -> None:
    discount = grant(as_owner(partner.account), referral, DiscountKind.SET)
    assert (discount.grantor, discount.currency, discount.ratio) == (partner, "USD", 9000)
    assert OutboxMessage.objects.get(template="pricing.discount_granted").about_id == referral.pk
    assert TrailEntry.objects.get(verb="discount.granted").about_id == referral.pk
    for reader, sees in (
        (partner.account, True),
        (referral.account, True),
        (make_customer(None).account, False),
    ):
        assert Discount.objects.visible_to(as_owner(reader)).filter(pk=discount.pk).exists() is sees


def test_who_may_grant_what(partner: Partner, referral: Customer) -> None:
    distributor = make_distributor("southern-test", site="intl")
    reseller = make_reseller(distributor, "coral-test")
    resold = make_customer(reseller)
    stranger = make_customer(make_solution_provider("other-test", site="intl"), association_type="referral")
    home = make_customer(make_solution_provider("home-test"), association_type="referral")
    assert home.partner is not None
    refused = [
        (partner, referral, DiscountKind.COMMERCIAL),
        (partner, stranger, DiscountKind.SET),
        (home.partner, home, DiscountKind.SET),
        (reseller, resold, DiscountKind.GRANTED),
        (distributor, resold, DiscountKind.SET),
    ]
    for grantor, customer, kind in refused:
        with pytest.raises(NotYourDiscount):
            grant(as_owner(grantor.account), customer, kind)
    with pytest.raises(NotYourDiscount):
        grant(as_customer(referral), referral, DiscountKind.COMMERCIAL)
    assert not Discount.objects.exists()
    grant(as_owner(distributor.account), resold, DiscountKind.GRANTED)
    grant(as_owner(home.partner.account), home, DiscountKind.GRANTED)


@pytest.mark.parametrize(
    "terms",
    [
        Terms("ratio"),
        Terms("ratio", ratio=Decimal(0)),
        Terms("ratio", ratio=Decimal("1.01")),
        Terms("ratio", ratio=Decimal("0.12345")),
        Terms("ratio", ratio=Decimal("0.9"), fixed_price=Decimal(1)),
        Terms("ratio", ratio=Decimal("0.9"), threshold=Money.of("1", "CNY")),
        Terms("fixed_price", fixed_price=Decimal(-1)),
        Terms("amount_off", amount_off=Money.of("-1", "CNY")),
        Terms("amount_off", amount_off=Money.of("1", "USD")),
        Terms("gift", ratio=Decimal("0.9")),
    ],
)
def test_terms_nobody_can_have(terms: Terms) -> None:
    with pytest.raises(DiscountInvalid):
        grant(MAKER, make_customer(None), DiscountKind.COMMERCIAL, terms=terms)
    assert not Discount.objects.exists()


def test_scope_and_validity_are_checked() -> None:
    customer, now = make_customer(None), clock.now()
    foreign = make_contract(make_customer(None), begins_at=now)
    for wrong in (
        {"ends_at": now - DAY},
        {"contract": foreign},
        {"scope": Scope(order_kinds=("gift",))},
        {"scope": Scope(charge_mode="barter")},
        {"scope": Scope(charge_mode="on_demand", period_type="month")},
        {"kind": "609"},
    ):
        with pytest.raises(DiscountInvalid):
            grant(MAKER, customer, **{"kind": DiscountKind.COMMERCIAL, **wrong})
    with pytest.raises(DiscountInvalid):
        sign_contract(MAKER, customer=customer, code=foreign.code, begins_at=now)


def test_a_revoked_discount_is_offered_no_more(partner: Partner, referral: Customer) -> None:
    product = make_product(month="100", currency="USD")
    discount = grant(as_owner(partner.account), referral, DiscountKind.SET)
    ask = {"customer_id": referral.pk, "product": product, "period_type": "month", "period_num": 1}
    quote = quote_period(**ask)
    assert offer_for(quote, discount.number).payable == Money.of("90.00", "USD")
    other = make_solution_provider("rival-test", site="intl")
    with pytest.raises(NotYourDiscount):
        revoke_discount(as_owner(other.account), discount=discount)
    revoke_discount(as_owner(partner.account), discount=discount)
    with pytest.raises(DiscountOver):
        revoke_discount(as_owner(partner.account), discount=discount)
    with pytest.raises(DiscountNotApplicable):
        offer_for(quote_period(**ask), discount.number)


def test_a_partners_discount_ends_with_the_association() -> None:
    product = make_product(month="100")
    customer = make_customer(make_solution_provider("first-test"))
    make_discount(customer, kind=DiscountKind.GRANTED)
    ask = {"customer_id": customer.pk, "product": product, "period_type": "month", "period_num": 1}
    assert quote_period(**ask).best is not None
    Customer.objects.filter(pk=customer.pk).update(partner=make_solution_provider("second-test"))
    assert quote_period(**ask).offers == ()


def test_a_distributors_discount_reaches_its_resellers_customers() -> None:
    product = make_product(month="100")
    distributor = make_distributor("beichen-test")
    customer = make_customer(make_reseller(distributor, "qinghe-test"))
    discount = make_discount(customer, kind=DiscountKind.GRANTED, grantor=distributor)
    quote = quote_period(customer_id=customer.pk, product=product, period_type="month", period_num=1)
    assert quote.best is not None
    assert quote.best.discount_id == discount.number


def test_a_policy_closes_a_service_to_partner_discounts() -> None:
    product = make_product(month="100")
    customer = make_customer(make_solution_provider("policy-test"))
    make_discount(customer, kind=DiscountKind.GRANTED)
    commercial = make_discount(customer, ratio="0.95")
    service = CloudService.objects.get(pk=product.service_id)
    month = BillMonth.of(clock.now())
    set_policy(MAKER, service=service, month=month, incentive_class="2", allows_discount=False)
    quote = quote_period(customer_id=customer.pk, product=product, period_type="month", period_num=1)
    assert [offer.discount_id for offer in quote.offers] == [commercial.number]


def test_discounts_are_closed_when_their_time_is_over(referral: Customer) -> None:
    now = clock.now()
    kept = make_discount(referral, ratio="0.9", ends_at=now + 9 * DAY)
    over = make_discount(referral, ratio="0.9", ends_at=now + DAY)
    make_discount(referral, ratio="0.9")
    assert next_end() == over.ends_at
    with clock.at(now + 2 * DAY):
        assert end_discounts() == {"ended": 1}
        assert end_discounts() == {"ended": 0}
    states = dict(Discount.objects.values_list("number", "state"))
    assert (states[over.number], states[kept.number]) == (DiscountState.ENDED, DiscountState.GRANTED)
    assert OutboxMessage.objects.filter(template="pricing.discount_ended", about_id=referral.pk).count() == 1


def a_file(*lines: dict[str, str]) -> bytes:
    return tables.write(COLUMNS, [[line.get(column, "") for column in COLUMNS] for line in lines], "csv")


def test_discounts_from_a_file(referral: Customer, partner: Partner) -> None:
    make_product(month="100", currency="USD")
    name = referral.account.name
    good = {
        "kind": "605",
        "customer": name,
        "mode": "ratio",
        "ratio": "0.85",
        "cloud_service_type": "hws.service.type.ec2",
    }
    fixed = {
        "kind": "607",
        "granted_by": partner.account.name,
        "customer": name,
        "mode": "fixed_price",
        "fixed_price": "80.5",
        "resource_type": "hws.resource.type.vm",
        "resource_spec": "c6.large.2.linux",
        "region": "cn-north-1",
        "charge_mode": "period",
        "order_kinds": "new renewal",
        "ends_at": (clock.now() + DAY).isoformat(),
    }
    report = import_discounts(MAKER, content=a_file(good, fixed), file_name="discounts.csv")
    assert (report.granted, report.rejections) == (2, ())
    rows = Discount.objects.select_related("product__service", "service").order_by("pk")
    again = tables.write(COLUMNS, discount_lines(rows), "xlsx")
    assert import_discounts(MAKER, content=again, file_name="again.xlsx").unchanged == 2
    assert Discount.objects.count() == 2


def test_a_wrong_line_changes_nothing_unless_asked(referral: Customer) -> None:
    good = {"kind": "605", "customer": referral.account.name, "mode": "ratio", "ratio": "0.85"}
    wrong = [
        {**good, "customer": "nobody"},
        {**good, "ratio": "ten"},
        {**good, "ratio": "1.5"},
        {**good, "mode": "gift"},
        {**good, "region": "atlantis"},
        {**good, "begins_at": "tomorrow"},
        {**good, "amount_off": "0.001"},
        {**good, "period_number": "1.5"},
        {**good, "resource_spec": "c6.large.2.linux"},
        {**good, "discount_id": "0" * 32},
    ]
    report = import_discounts(MAKER, content=a_file(good, *wrong), file_name="a.csv")
    assert (report.granted, [one.line for one in report.rejections]) == (0, list(range(3, 3 + len(wrong))))
    assert all(one.reason for one in report.rejections)
    assert not Discount.objects.exists()
    assert not OutboxMessage.objects.filter(template="pricing.discount_granted").exists()
    report = import_discounts(MAKER, content=a_file(good, *wrong), file_name="a.csv", skip_wrong=True)
    assert report.granted == Discount.objects.count() == 1


def test_an_existing_discount_is_not_changed_by_a_file(referral: Customer) -> None:
    make_discount(referral, ratio="0.9")
    (line,) = tables.read(
        tables.write(COLUMNS, discount_lines(Discount.objects.all()), "csv"), "a.csv", COLUMNS
    )
    report = import_discounts(MAKER, content=a_file({**line.values, "ratio": "0.1"}), file_name="a.csv")
    assert [one.line for one in report.rejections] == [2]
    assert Discount.objects.get().ratio == 9000


def test_nothing_given_covers_everything() -> None:
    assert Scope() == EVERYTHING
