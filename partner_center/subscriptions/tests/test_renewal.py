"""Renewing oneself: who is due when, how often, and what the account has chosen."""

from __future__ import annotations

import pytest

from partner_center.catalogue.actions import PriceEntry, publish_prices
from partner_center.foundation.models import OutboxMessage
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.pricing.models import OrderKind
from partner_center.subscriptions import queries
from partner_center.subscriptions.actions import (
    cancel_auto_renewal,
    clear_unified_day,
    extend_lease,
    freeze_resource,
    hold_for_order,
    record_renewal_attempt,
    set_auto_renewal,
    set_expiry_policy,
    set_renewal_setting,
)
from partner_center.subscriptions.errors import (
    AutoRenewalNotSet,
    BeingChanged,
    ExpiredOrFrozen,
    InUnpaidOrder,
    NotMainResource,
    NotRenewable,
    NotSoldPayPerUse,
    OffShelf,
    RenewalTermNotSold,
    ResourceGone,
    SettingRefused,
)
from partner_center.subscriptions.makers import MAKER, charge, make_lease, renew
from partner_center.subscriptions.models import ExpirePolicy, HeldFor, Resource
from partner_center.subscriptions.renewals import quote_renewal, renewable
from partner_center.subscriptions.rules import Term
from partner_center.subscriptions.tests.living import beijing, live_until

MONTH = Term("month", 1)


def due(moment):
    return queries.due_for_auto_renewal(beijing(moment))


def test_renewal_is_due_from_three_oclock_seven_days_before(lin, server):
    lease = make_lease(lin, server, renews_itself=True)
    make_lease(lin, server)
    assert due("2024-01-25 02:59:59") == []
    assert due("2024-01-25 03:00") == [lease]


@pytest.mark.parametrize(("days", "first"), [(2, "2024-01-30"), (5, "2024-01-27"), (7, "2024-01-25")])
def test_the_account_chooses_its_deduction_day(lin, mallory, server, days, first):
    lease = make_lease(lin, server, renews_itself=True)
    other = make_lease(mallory, server, renews_itself=True)
    set_renewal_setting(MAKER, customer=lin, deduction_days=days)
    assert lease not in due(f"{first} 02:59:59")
    assert lease in due(f"{first} 03:00")
    assert due("2024-01-25 03:00")[-1] == other, "another account keeps its own day"


def test_after_an_attempt_it_is_due_again_at_the_next_three_oclock_until_retention_ends(lin, server):
    lease = make_lease(lin, server, renews_itself=True)
    with clock.at(beijing("2024-01-25 03:00:01")):
        record_renewal_attempt(MAKER, resource=lease, failure="too little money")
    assert due("2024-01-25 12:00") == [] and due("2024-01-26 02:59:59") == []
    assert due("2024-01-26 03:00") == [lease]

    live_until(beijing("2024-02-23 23:59:58"))
    assert due("2024-02-23 03:00") == [Resource.objects.get(pk=lease.pk)]
    live_until(beijing("2024-02-23 23:59:59"))
    assert due("2024-02-24 03:00") == []


def test_it_renews_itself_as_often_as_was_said(lin, server):
    lease = make_lease(lin, server)
    set_auto_renewal(MAKER, resource=lease, times=1)
    renew(Resource.objects.get(pk=lease.pk), automatic=True)
    assert due("2024-02-25 03:00") == []
    set_auto_renewal(MAKER, resource=lease, times=0)
    assert due("2024-02-25 03:00") == [lease]


def test_what_the_police_have_frozen_waits(lin, server):
    lease = make_lease(lin, server, renews_itself=True)
    freeze_resource(MAKER, resource=lease)
    assert due("2024-01-26 03:00") == []


def test_one_with_an_order_in_hand_waits(lin, server):
    lease = make_lease(lin, server, renews_itself=True)
    hold_for_order(MAKER, resource=lease, order_number="CS1", purpose=HeldFor.RENEWAL)
    assert due("2024-01-26 03:00") == []


def test_a_failure_is_told_five_and_two_days_before_and_on_the_day(lin, server):
    lease = make_lease(lin, server, renews_itself=True)
    with clock.at(beijing("2024-01-26 03:00")):
        record_renewal_attempt(MAKER, resource=lease, failure="The balance is not enough")
    live_until(beijing("2024-02-01 23:00"))
    told = OutboxMessage.objects.filter(channel="mail", template="subscriptions.renewal_failed").order_by(
        "due_at"
    )
    assert [one.due_at for one in told] == [
        beijing(f"{day} 10:00") for day in ("2024-01-27", "2024-01-30", "2024-02-01")
    ]
    assert "The balance is not enough" in told[0].body


def test_without_a_failure_nothing_of_the_kind_is_told(lin, server):
    make_lease(lin, server, renews_itself=True)
    live_until(beijing("2024-02-01 23:00"))
    assert not OutboxMessage.objects.filter(template="subscriptions.renewal_failed").exists()


def test_the_unit_follows_the_last_purchase_unless_it_is_chosen(lin, server):
    yearly = make_lease(lin, server, term=Term("year", 2))
    assert set_auto_renewal(MAKER, resource=yearly).unit == "year"
    assert set_auto_renewal(MAKER, resource=yearly, unit="month").unit == "month"
    kept = set_auto_renewal(MAKER, resource=yearly)
    assert (kept.unit, kept.times) == ("month", 0)
    eight_months = make_lease(lin, server, term=Term("month", 8))
    assert set_auto_renewal(MAKER, resource=eight_months).unit == "month"


def test_times_stay_unless_they_are_said_again(lin, server):
    lease = make_lease(lin, server)
    set_auto_renewal(MAKER, resource=lease, times=3)
    assert set_auto_renewal(MAKER, resource=lease, unit="year").times == 3


def test_children_share_the_policy_and_cannot_have_their_own(lin, server, disk):
    main = make_lease(lin, server)
    child = make_lease(lin, disk, size=40, main=main)
    set_auto_renewal(MAKER, resource=main)
    assert Resource.objects.get(pk=child.pk).expire_policy == ExpirePolicy.AUTO_RENEW
    cancel_auto_renewal(MAKER, resource=main)
    assert Resource.objects.get(pk=child.pk).expire_policy == ExpirePolicy.GRACE
    with pytest.raises(NotMainResource):
        set_auto_renewal(MAKER, resource=child)


def test_what_has_expired_or_is_frozen_cannot_be_set(lin, server):
    lease = make_lease(lin, server)
    freeze_resource(MAKER, resource=lease)
    with pytest.raises(ExpiredOrFrozen):
        set_auto_renewal(MAKER, resource=lease)
    live_until(beijing("2024-02-02 00:00"))
    with pytest.raises(ExpiredOrFrozen):
        set_expiry_policy(MAKER, resource=lease, policy=ExpirePolicy.DELETE)


def test_what_is_off_the_shelf_does_not_renew_itself(lin, server):
    lease = make_lease(lin, server)
    off = [
        PriceEntry(server, "period", "CNY", beijing("2024-01-10 00:00"), None, term)
        for term in ("month", "year")
    ]
    publish_prices(MAKER, prices=off)
    with clock.at(beijing("2024-01-11 00:00")), pytest.raises(OffShelf):
        set_auto_renewal(MAKER, resource=lease)
    with clock.at(beijing("2024-01-11 00:00")), pytest.raises(NotRenewable):
        quote_renewal([lease], MONTH)


def test_cancelling_twice_is_refused(lin, server):
    lease = make_lease(lin, server, renews_itself=True)
    cancel_auto_renewal(MAKER, resource=lease)
    with pytest.raises(AutoRenewalNotSet):
        cancel_auto_renewal(MAKER, resource=lease)


def test_only_what_has_a_pay_per_use_price_is_set_to_change_to_it(lin):
    from partner_center.catalogue.makers import make_product

    product = make_product("kept.by.month", hour=None)
    with pytest.raises(NotSoldPayPerUse):
        set_expiry_policy(MAKER, resource=make_lease(lin, product), policy=ExpirePolicy.TO_ON_DEMAND)


@pytest.mark.parametrize(
    "wrong", [{"deduction_days": 1}, {"deduction_days": 8}, {"unified_day": 0}, {"unified_day": 29}]
)
def test_settings_out_of_range_change_nothing(lin, wrong):
    with pytest.raises(SettingRefused):
        set_renewal_setting(MAKER, customer=lin, **wrong)
    assert (
        queries.renewal_setting_of(lin.pk).deduction_days,
        queries.renewal_setting_of(lin.pk).unified_day,
    ) == (7, None)


def test_each_setting_stays_when_the_other_is_changed(lin):
    set_renewal_setting(MAKER, customer=lin, deduction_days=3)
    setting = set_renewal_setting(MAKER, customer=lin, unified_day=-1)
    assert (setting.deduction_days, setting.unified_day) == (3, -1)
    assert clear_unified_day(MAKER, customer=lin).unified_day is None


def test_a_renewal_is_priced_with_its_children(lin, server, disk):
    main = make_lease(lin, server)
    make_lease(lin, disk, size=40, main=main)
    priced = quote_renewal([main], Term("month", 2))
    assert priced.quote.official == Money.of("256.00", "CNY")  # 2 × (100.00 + 40 × 0.70)
    assert priced.payable_of(main) == priced.quote.official
    assert [one.expires_at for one in priced.resources] == [beijing("2024-04-01 23:59:59")] * 2
    assert all(line.question.order_kind == OrderKind.RENEWAL for line in priced.quote.lines)


def test_extra_days_to_the_unified_day_cost_their_share_of_a_month(lin, server, disk):
    main = make_lease(lin, server)
    make_lease(lin, disk, size=40, main=main)
    set_renewal_setting(MAKER, customer=lin, unified_day=20)
    priced = quote_renewal([main], MONTH)
    # until 1 March, then 19 of the 31 days to 1 April: 100.00 × 19/31 = 61.29…, 28.00 × 19/31 = 17.16…
    assert [(one.extra_days, one.of_days) for one in priced.resources] == [(19, 31)] * 2
    assert [str(line.official) for line in priced.quote.lines] == ["161.29 CNY", "45.16 CNY"]
    assert priced.quote.official == Money.of("206.45", "CNY")

    for one, line in zip(priced.resources, priced.quote.lines, strict=True):
        extend_lease(
            MAKER, resource=one.resource, term=MONTH, charge=charge(str(line.official.decimal)),
            order_number="CS7", extra_days=one.extra_days,
        )  # fmt: skip
    renewed = Resource.objects.get(pk=main.pk)
    assert renewed.expires_at == priced.resources[0].expires_at == beijing("2024-03-20 23:59:59")
    assert quote_renewal([renewed], MONTH).resources[0].extra_days == 0, "on the unified day it stays there"


def test_a_discount_holds_for_the_extra_days_too(lin, server):
    from partner_center.pricing.makers import make_discount

    main = make_lease(lin, server)
    set_renewal_setting(MAKER, customer=lin, unified_day=20)
    make_discount(lin, ratio="0.9")
    priced = quote_renewal([main], MONTH)
    assert priced.quote.best is not None
    assert priced.payable_of(main) == Money.of("145.16", "CNY")  # 90.00 + 90.00 × 19/31 = 90.00 + 55.16…
    assert priced.quote.best.reduction == priced.quote.official - priced.quote.best.payable


def test_a_product_sold_by_the_year_pays_extra_days_as_part_of_a_year(lin):
    from partner_center.catalogue.makers import make_product

    main = make_lease(lin, make_product("kept.by.year", month=None, year="365.00"), term=Term("year", 1))
    set_renewal_setting(MAKER, customer=lin, unified_day=11)
    priced = quote_renewal([main], Term("year", 1))
    assert priced.resources[0].extra_days == 10
    assert priced.quote.official == Money.of("375.00", "CNY")
    with pytest.raises(RenewalTermNotSold):
        quote_renewal([main], MONTH)


def test_what_cannot_be_renewed_says_why(lin, mallory, server, disk):
    from partner_center.customers.makers import as_customer

    actor = as_customer(lin)
    main = make_lease(lin, server)
    child = make_lease(lin, disk, size=40, main=main)
    theirs = make_lease(mallory, server)
    for resource_id in ("no-such-id", theirs.resource_id):
        with pytest.raises(ResourceGone):
            renewable(actor, resource_id)
    with pytest.raises(NotMainResource):
        renewable(actor, child.resource_id)
    hold_for_order(MAKER, resource=main, order_number="CS1", purpose=HeldFor.RENEWAL)
    with pytest.raises(InUnpaidOrder):
        renewable(actor, main.resource_id)
    hold_for_order(MAKER, resource=main, order_number="CS1", purpose=HeldFor.CHANGE)
    with pytest.raises(BeingChanged):
        renewable(actor, main.resource_id)


def test_a_price_change_meets_the_renewals_to_come(lin, server, disk):
    main = make_lease(lin, server, renews_itself=True, term=Term("year", 1))
    child = make_lease(lin, disk, size=40, main=main)
    manual = make_lease(lin, server)
    ending = make_lease(lin, server)
    set_expiry_policy(MAKER, resource=ending, policy=ExpirePolicy.DELETE)

    affected = queries.renewals_affected([server.pk, disk.pk], beijing("2024-01-15 00:00"))
    assert [(one.resource, one.expected_at, one.term, one.is_automatic) for one in affected] == [
        (manual, beijing("2024-02-01 23:59:59"), MONTH, False),
        (main, beijing("2024-12-25 03:00"), Term("year", 1), True),
        (child, beijing("2024-12-25 03:00"), Term("year", 1), True),
    ]
    assert queries.renewals_affected([server.pk], beijing("2025-02-01 00:00")) == []
