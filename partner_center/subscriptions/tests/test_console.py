"""The pages: who sees what, filters, and what can be done from them."""

from __future__ import annotations

import pytest

from partner_center.console.todos import todos_of
from partner_center.customers.makers import as_customer
from partner_center.identity.makers import as_owner
from partner_center.kernel import clock
from partner_center.partners.makers import make_vendor
from partner_center.subscriptions import queries
from partner_center.subscriptions.actions import record_renewal_attempt
from partner_center.subscriptions.makers import MAKER, make_lease, make_on_demand, renew
from partner_center.subscriptions.models import (
    AutoRenewal,
    ExpirePolicy,
    OnDemandResource,
    OnDemandState,
    Resource,
)
from partner_center.subscriptions.tests.living import beijing, live_until
from tests.pages import as_reader


@pytest.fixture
def as_lin(lin):
    with as_reader(as_customer(lin)) as reader:
        yield reader


def names(answer):
    assert answer.status_code == 200
    return [line.name for line in answer.context["page"].lines]


def test_each_sees_its_own_resources(partner, lin, mallory, server):
    make_lease(lin, server, name="web-1")
    make_lease(mallory, server, name="theirs")
    for actor, seen in (
        (as_customer(lin), ["web-1"]),
        (as_owner(partner.account), ["web-1"]),
        (as_owner(make_vendor()), ["theirs", "web-1"]),
    ):
        with as_reader(actor) as reader:
            assert names(reader.get("resources", sort="name")) == seen
            assert names(reader.get("renewals", sort="name")) == seen


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_detail_shows_periods_attached_resources_and_what_is_not_yours_is_absent(
    lin, mallory, server, disk, language
):
    main = make_lease(lin, server, name="web-1", order_number="CS240101000001", renews_itself=True)
    make_lease(lin, disk, size=40, main=main, name="disk-1")
    theirs = make_lease(mallory, server)
    with as_reader(as_customer(lin), language) as reader:
        html = reader.get("resource", row=main).content.decode()
        assert "CS240101000001" in html and "disk-1" in html and "100.00" in html
        assert reader.get("resource", row=theirs).status_code == 404


def test_the_filters(as_lin, lin, server, disk):
    main = make_lease(lin, server, name="web-1", order_number="CS1")
    make_lease(lin, disk, size=40, main=main, name="disk-1")
    make_lease(lin, server, name="web-2", begins_at=beijing("2024-01-20 10:00"))
    number = renew(Resource.objects.get(name="web-2"))
    with clock.at(beijing("2024-01-25 00:00")):
        assert names(as_lin.get("resources", due="15")) == ["disk-1", "web-1"]
        assert names(as_lin.get("renewals", due="15")) == ["web-1"]
        assert names(as_lin.get("renewals", due="7")) == []
    assert names(as_lin.get("resources", part="children")) == ["disk-1"]
    assert names(as_lin.get("resources", order=number)) == ["web-2"]
    assert names(as_lin.get("resources", order="CS1")) == ["web-1"]
    assert names(as_lin.get("resources", q="disk")) == ["disk-1"]
    assert names(as_lin.get("resources", face="in_use", part="main", sort="name")) == ["web-1", "web-2"]
    assert names(as_lin.get("resources", face="closed")) == []
    live_until(beijing("2024-02-02 00:00"))
    assert names(as_lin.get("renewals", due="expired")) == ["web-1"]


def test_a_customer_lets_resources_renew_themselves_in_a_batch(as_lin, lin, mallory, server):
    one, two, theirs = make_lease(lin, server), make_lease(lin, server), make_lease(mallory, server)
    as_lin.post(
        "renewals",
        batch="auto-renew-all",
        row=[one.pk, two.pk, theirs.pk],
        times="3",
        unit="month",
        confirmed="1",
    )
    assert {renewal.resource_id: renewal.times for renewal in AutoRenewal.objects.all()} == {
        one.pk: 3,
        two.pk: 3,
    }
    assert len(names(as_lin.get("auto-renewals"))) == 2
    with clock.at(beijing("2024-01-26 03:00")):
        record_renewal_attempt(MAKER, resource=one, failure="too little money")
    assert names(as_lin.get("auto-renewals", last="failed")) == [str(AutoRenewal.objects.get(pk=one.pk))]


def test_a_partner_looks_and_does_not_touch(partner, lin, server):
    lease = make_lease(lin, server)
    with as_reader(as_owner(partner.account)) as reader:
        reader.post("renewals", batch="no-renewal", row=[lease.pk], confirmed="1")
        reader.post("resource", of=lease, deed="policy", policy="2", confirmed="1")
    assert Resource.objects.get().expire_policy == ExpirePolicy.GRACE


def test_staff_freeze_and_lift_it(lin, server):
    lease = make_lease(lin, server)
    with as_reader(as_owner(make_vendor())) as reader:
        reader.post("resource", of=lease, deed="freeze", row=lease.pk, reason="court order", confirmed="1")
        assert Resource.objects.get().frozen_by_police
        reader.post("resource", of=lease, deed="unfreeze", row=lease.pk, reason="lifted", confirmed="1")
        assert not Resource.objects.get().frozen_by_police


def test_the_renewal_settings_are_shown_saved_and_cleared(as_lin, lin):
    assert as_lin.get("renewal-settings").status_code == 200
    as_lin.post("renewal-settings", deduction_days="3", unified_day="20")
    setting = queries.renewal_setting_of(lin.pk)
    assert (setting.deduction_days, setting.unified_day) == (3, 20)
    html = as_lin.get("renewal-settings").content.decode()
    assert 'value="20" selected' in html and 'value="3" selected' in html
    as_lin.post("renewal-settings", deduction_days="7", unified_day="keep")
    setting = queries.renewal_setting_of(lin.pk)
    assert (setting.deduction_days, setting.unified_day) == (7, None)
    as_lin.post("renewal-settings", deduction_days="9", unified_day="31")
    assert queries.renewal_setting_of(lin.pk).deduction_days == 7


def test_pay_per_use_resources_are_listed_and_closed(as_lin, lin, mallory, server):
    mine, theirs = make_on_demand(lin, server, name="batch-1"), make_on_demand(mallory, server)
    assert names(as_lin.get("on-demand-resources")) == ["batch-1"]
    assert as_lin.get("on-demand-resource", row=mine).status_code == 200
    assert as_lin.get("on-demand-resource", row=theirs).status_code == 404
    as_lin.post("on-demand-resources", deed="close", row=[mine.pk], confirmed="1")
    as_lin.post("on-demand-resources", deed="close", row=[theirs.pk], confirmed="1")
    states = dict(OnDemandResource.objects.values_list("pk", "state"))
    assert states == {mine.pk: OnDemandState.CLOSING, theirs.pk: OnDemandState.NORMAL}


def test_a_customer_chooses_a_product_and_opens_it(as_lin, lin, disk, server):
    assert names(as_lin.get("on-demand-products", region="cn-north-1", sort="spec")) == [
        str(disk),
        str(server),
    ]
    assert names(as_lin.get("on-demand-products", q="GPSSD")) == [str(disk)]
    assert 'name="size"' not in as_lin.get("open-on-demand", row=server).content.decode()
    as_lin.post("open-on-demand", of=disk, size="45", name="data-1")
    assert not OnDemandResource.objects.exists()
    as_lin.post("open-on-demand", of=disk, size="40", name="data-1", available_zone="cn-north-1a")
    opened = OnDemandResource.objects.get()
    assert (opened.customer_id, opened.size, opened.name, opened.available_zone) == (
        lin.pk,
        40,
        "data-1",
        "cn-north-1a",
    )


def test_the_home_page_says_what_expires(lin, server):
    make_lease(lin, server)
    actor = as_customer(lin)
    assert not [one for one, _count, _address in todos_of(actor) if one.name.startswith("subscriptions.")]
    with clock.at(beijing("2024-01-28 00:00")):
        assert [
            (one.name, count) for one, count, _address in todos_of(actor) if "subscriptions" in one.name
        ] == [("subscriptions.expiring", 1)]
