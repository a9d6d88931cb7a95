"""Links and QR codes: the three kinds, a hundred a day and never more, what they count, and who sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_center.channel.actions.leads_links import (
    count_visit,
    end_activity,
    hold_activity,
    make_activity_link,
    make_custom_link,
    make_general_link,
    revoke_link,
)
from partner_center.channel.errors.leads import (
    ActivityOver,
    LinkDead,
    LinkNotFound,
    NotYourActivity,
    TooManyLinks,
)
from partner_center.channel.jobs.leads import end_links, next_activity_end
from partner_center.channel.models import Activity, InviteLink, LinkState
from partner_center.channel.queries.leads import address_of
from partner_center.channel.queries.leads_links import origin_of, qr_code
from partner_center.channel.rules.leads import MOST_CUSTOM_LINKS
from partner_center.channel.tests.leads_racing import AT_ONCE, race
from partner_center.channel.tests.leads_scene import partner_with_addresses
from partner_center.customers.errors import NotAMember
from partner_center.customers.tests.reading import browser
from partner_center.foundation.actor import Actor
from partner_center.identity.door import actor_of
from partner_center.identity.makers import owner_of
from partner_center.kernel import clock
from partner_center.partners.makers import as_partner, as_staff, make_account_manager, make_vendor
from partner_center.partners.models import Partner

SYSTEM = Actor.system("tests")
FEW = 5
"""Instead of a hundred, where only the last place matters."""


def custom(partner: Partner, label: str = "Fair", **more: object) -> InviteLink:
    return make_custom_link(as_partner(partner), association_type="referral", label=label, **more)  # type: ignore[arg-type]


def test_a_hundred_custom_links_in_any_twenty_four_hours(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_CUSTOM_LINKS == 100
    monkeypatch.setattr("partner_center.channel.actions.leads_links.MOST_CUSTOM_LINKS", FEW)
    partner, start = partner_with_addresses(), clock.now()
    for number in range(FEW):
        with clock.at(start + timedelta(minutes=number)):
            custom(partner)

    with clock.at(start + timedelta(hours=23, minutes=59)), pytest.raises(TooManyLinks) as refusal:
        custom(partner)
    assert refusal.value.facts["again"] == (start + timedelta(hours=24)).strftime("%Y-%m-%d %H:%M")
    with clock.at(start + timedelta(hours=24)):
        custom(partner)
        with pytest.raises(TooManyLinks):
            custom(partner)
        make_general_link(as_partner(partner), association_type="resale")
        custom(partner_with_addresses())


def test_of_eight_for_the_last_link_of_the_day_one_is_generated(
    real_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partner_center.channel.actions.leads_links.MOST_CUSTOM_LINKS", FEW)
    partner = partner_with_addresses()
    for _ in range(FEW - 1):
        custom(partner)

    ends = race(lambda number: custom(partner, f"Fair {number}"))

    assert ends == {"done": 1, "TooManyLinks": AT_ONCE - 1}
    assert InviteLink.objects.count() == FEW


def test_the_general_link_of_a_type_is_one_and_carries_its_generators_name(db: None) -> None:
    partner = partner_with_addresses()
    one = make_general_link(as_partner(partner), association_type="resale")

    assert make_general_link(as_partner(partner), association_type="resale") == one
    assert make_general_link(as_partner(partner), association_type="referral") != one
    assert one.label == owner_of(partner.account).login
    revoke_link(as_partner(partner), link=one)
    with pytest.raises(LinkDead):
        origin_of(one.code)
    assert make_general_link(as_partner(partner), association_type="resale") != one


def test_an_activitys_links_end_with_it(db: None) -> None:
    partner, now = partner_with_addresses(), clock.now()
    actor = as_partner(partner)
    fair = hold_activity(actor, name="Spring fair", begins_at=now, ends_at=now + timedelta(days=3))
    held = hold_activity(as_staff(), name="Summit", begins_at=now, ends_at=now + timedelta(days=1), site="cn")
    link = make_activity_link(actor, association_type="resale", activity=fair)
    other = make_activity_link(actor, association_type="resale", activity=held)

    assert next_activity_end() == held.ends_at
    with clock.at(held.ends_at):
        with pytest.raises(LinkDead):
            origin_of(other.code)
        with pytest.raises(ActivityOver):
            make_activity_link(actor, association_type="resale", activity=held)
        assert end_links() == {"ended": 1}
        assert origin_of(link.code).link == link
        with pytest.raises(NotYourActivity):
            end_activity(as_partner(partner_with_addresses()), activity=fair)
        end_activity(actor, activity=fair)
    assert {one.state for one in InviteLink.objects.all()} == {LinkState.ENDED}
    abroad = partner_with_addresses(site="intl")
    assert not Activity.objects.visible_to(as_partner(abroad)).exists()


def test_the_qr_code_is_a_picture_of_the_whole_address(db: None) -> None:
    partner = partner_with_addresses()
    link = custom(partner)

    png, svg = qr_code(link, "png"), qr_code(link, "svg")
    assert png.startswith(b"\x89PNG") and b"<svg" in svg and b"script" not in svg
    assert qr_code(custom(partner), "png") != png
    client = browser(partner.account)
    html = client.get(f"/console/invite-links/{link.pk}/").content.decode()
    assert f'data-copy="{address_of(link.code)}"' in html
    for form, kind in (("png", "image/png"), ("svg", "image/svg+xml")):
        answer = client.get(f"/console/invite-links/{link.pk}/qr/{form}/?download=1")
        assert answer["Content-Type"] == kind and "attachment" in answer["Content-Disposition"]
    stranger = browser(partner_with_addresses().account)
    assert stranger.get(f"/console/invite-links/{link.pk}/qr/png/").status_code == 404
    assert stranger.get(f"/console/invite-links/{link.pk}/").status_code == 404


def test_an_account_managers_links_are_its_own_and_only_it_sees_them(db: None) -> None:
    partner = partner_with_addresses()
    one, two = make_account_manager(partner), make_account_manager(partner)
    link = make_custom_link(actor_of(one), association_type="referral", label="Fair")

    assert link.account_manager == one and link.owner == one
    assert list(InviteLink.objects.visible_to(actor_of(one))) == [link]
    assert not InviteLink.objects.visible_to(actor_of(two)).exists()
    with pytest.raises(LinkNotFound):
        revoke_link(actor_of(two), link=link)
    with pytest.raises(NotAMember):
        make_custom_link(actor_of(one), association_type="referral", label="Fair", account_manager=two)
    assert custom(partner, account_manager=two).account_manager == two
    with pytest.raises(NotAMember):
        custom(partner_with_addresses(), account_manager=two)


def test_visits_are_counted_and_staff_cannot_make_links(db: None) -> None:
    partner = partner_with_addresses()
    link = custom(partner)
    for _ in range(3):
        count_visit(SYSTEM, link=link)
    link.refresh_from_db()
    assert link.visits == 3

    staff = browser(make_vendor())
    assert staff.get("/console/invite-links/").status_code == 200
    assert staff.get("/console/invite-links/custom/").status_code == 403
