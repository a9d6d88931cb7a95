"""Project specialists: persons, invited, tied to one partner at a time, reviewed by the vendor."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_center.channel.actions.specialists import (
    apply_specialist,
    approve_specialist,
    ask_to_cancel_specialist,
    bind_specialist,
    cancel_specialist,
    describe_specialist,
    invite_specialist,
    refuse_specialist,
    resend_specialist,
    unbind_specialist,
    withdraw_cancelling,
)
from partner_center.channel.errors.people import (
    NotAPersonalAccount,
    NotAuthenticatedPerson,
    OnlyThePartnerItself,
    SentJustNow,
    SpecialistInvited,
    SpecialistLinkExpired,
    SpecialistUnknown,
    TiedToAnother,
    TooManyPartners,
    TooManySpecialists,
)
from partner_center.channel.jobs.people import expire_specialists
from partner_center.channel.makers.resellers import latest_link_token
from partner_center.channel.models import ProjectSpecialist, SpecialistState
from partner_center.channel.queries.people import specialist_by_token
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Customer
from partner_center.customers.tests.conftest import Channel, build_channel
from partner_center.customers.tests.reading import browser, html
from partner_center.customers.tests.test_races import race
from partner_center.foundation.errors import WrongState
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.errors import AttachmentKind
from partner_center.identity.models import Attachment
from partner_center.kernel import clock
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.makers import as_partner, as_staff, make_solution_provider

PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def channel(db: None) -> Channel:
    return build_channel()


def make_person(name: str = "anna-birch", **more: object) -> Customer:
    return make_customer(None, name=name, customer_type="individual", **more)  # type: ignore[arg-type]


def bound(channel: Channel, person: Customer, partner: object = None) -> ProjectSpecialist:
    asking = as_partner(partner or channel.provider)  # type: ignore[arg-type]
    invited = invite_specialist(asking, target=person.account.name)
    bind_specialist(as_customer(person), specialist=invited)
    return invited


def test_a_person_is_invited_tied_reviewed_cancelled_and_unbound(
    channel: Channel, settings, tmp_path
) -> None:
    settings.PARTNER_CENTER_STORE = str(tmp_path)
    boss, vendor = as_partner(channel.provider), as_staff(channel.vendor)
    person = make_person(email="anna@birch.example")
    invited = invite_specialist(boss, target="anna-birch")
    token = latest_link_token("channel.specialist_invited", person.pk)
    reading = browser(person.account)
    html(browser(channel.provider.account), "project-specialists/new/")
    html(reading, f"project-specialists/{token}/")
    assert reading.post(f"/console/project-specialists/{token}/", {"accepted": "on"}).status_code == 302
    invited.refresh_from_db()
    assert (invited.state, invited.account) == (SpecialistState.BOUND, person.account)

    describe_specialist(boss, specialist=invited, employment="Since 2024", certificates="HCIP")
    with pytest.raises(AttachmentKind):
        apply_specialist(
            boss, specialist=invited, path="software", file_name="x.pdf", content=b"MZ not a document"
        )
    invited.refresh_from_db()
    assert invited.state is SpecialistState.BOUND
    apply_specialist(boss, specialist=invited, path="software", file_name="x.pdf", content=PDF)
    assert Attachment.objects.get(purpose="project_specialist").account == channel.provider.account
    with pytest.raises(OnlyTheVendor):
        approve_specialist(boss, specialist=invited)
    refuse_specialist(vendor, specialist=invited, opinion="unreadable")
    apply_specialist(boss, specialist=invited, path="service")
    approve_specialist(vendor, specialist=invited)
    with pytest.raises(WrongState):
        unbind_specialist(boss, specialist=invited)
    ask_to_cancel_specialist(boss, specialist=invited, reason="leaves")
    withdraw_cancelling(boss, specialist=invited)
    ask_to_cancel_specialist(boss, specialist=invited, reason="leaves after all")
    cancel_specialist(vendor, specialist=invited)
    unbind_specialist(boss, specialist=invited)

    invited.refresh_from_db()
    assert invited.state is SpecialistState.UNBOUND and invited.ended_at is not None
    decided = OutboxMessage.objects.filter(template="channel.specialist_decided", about_id=person.pk)
    assert decided.count() == 3


def test_inviting_says_nothing_about_who_exists(channel: Channel) -> None:
    boss = as_partner(channel.provider)
    make_person()
    invite_specialist(boss, target="anna-birch")
    known = html(browser(channel.provider.account), "project-specialists/", q="anna-birch")
    with clock.at(clock.now() + timedelta(days=1)):
        invite_specialist(boss, target="anna-oaken")
        unknown = html(browser(channel.provider.account), "project-specialists/", q="anna-oaken")
    assert known.count("pc-masked") == unknown.count("pc-masked") == 1
    by_mail = invite_specialist(boss, target="carl@alder.example")
    sent = OutboxMessage.objects.filter(template="channel.specialist_invited")
    assert [(one.recipient, one.channel) for one in sent] == [("carl@alder.example", "mail")]
    with pytest.raises(SpecialistInvited):
        invite_specialist(boss, target=by_mail.target)
    assert not ProjectSpecialist.objects.visible_to(as_partner(channel.stranger)).exists()
    assert not ProjectSpecialist.objects.visible_to(as_customer(make_person("ben-oak"))).exists()


def test_who_may_be_tied(channel: Channel) -> None:
    boss = as_partner(channel.provider)
    open_to_all = invite_specialist(boss, target="13800002222")
    enterprise = make_customer(None)
    unknown = make_person("dora-ash", verified=False)
    for actor, refusal in (
        (as_customer(enterprise), NotAPersonalAccount),
        (as_partner(channel.stranger), NotAPersonalAccount),
        (as_customer(unknown), NotAuthenticatedPerson),
    ):
        with pytest.raises(refusal):
            bind_specialist(actor, specialist=open_to_all)
    named = invite_specialist(boss, target=make_person().account.name)
    other = make_person("ben-oak")
    with pytest.raises(SpecialistUnknown):
        bind_specialist(as_customer(other), specialist=named)
    with pytest.raises(SpecialistUnknown):
        specialist_by_token(as_customer(other), "x" * 43)
    bound(channel, other, channel.stranger)
    with pytest.raises(TiedToAnother):
        bind_specialist(as_customer(other), specialist=open_to_all)
    assert not ProjectSpecialist.objects.filter(
        partner=channel.provider, state=SpecialistState.BOUND
    ).exists()


def test_a_person_is_tied_to_three_partners_within_a_year_at_most(channel: Channel) -> None:
    person, now = make_person(), clock.now()
    for number in range(3):
        partner = make_solution_provider()
        with clock.at(now + timedelta(days=number)):
            unbind_specialist(as_partner(partner), specialist=bound(channel, person, partner))
    with pytest.raises(TooManyPartners):
        bound(channel, person)
    with clock.at(now + timedelta(days=367)):
        resend_specialist(
            as_partner(channel.provider), specialist=ProjectSpecialist.objects.get(state="invited")
        )
        bind_specialist(as_customer(person), specialist=ProjectSpecialist.objects.get(state="invited"))


def test_links_run_out_after_seven_days_and_are_not_sent_in_a_row(channel: Channel) -> None:
    boss, person = as_partner(channel.provider), make_person()
    invited = invite_specialist(boss, target="anna-birch")
    with pytest.raises(SentJustNow):
        resend_specialist(boss, specialist=invited)
    with clock.at(invited.expires_at):
        with pytest.raises(SpecialistLinkExpired):
            bind_specialist(as_customer(person), specialist=invited)
        assert expire_specialists() == {"expired": 1}
        invited.refresh_from_db()
        resend_specialist(boss, specialist=invited)
        bind_specialist(as_customer(person), specialist=invited)
    for deed in (
        lambda: unbind_specialist(as_partner(channel.stranger), specialist=invited),
        lambda: invite_specialist(as_customer(person), target="x"),
    ):
        with pytest.raises(OnlyThePartnerItself):
            deed()


def test_a_hundred_invitations_a_beijing_day(channel: Channel) -> None:
    now = clock.now()
    ProjectSpecialist.objects.bulk_create(
        ProjectSpecialist(
            partner=channel.provider, target=str(n), token_digest=str(n), sent_at=now, expires_at=now
        )
        for n in range(100)
    )
    with pytest.raises(TooManySpecialists):
        invite_specialist(as_partner(channel.provider), target="one-more")
    invite_specialist(as_partner(channel.stranger), target="one-more")
    with clock.at(now + timedelta(days=1)):
        invite_specialist(as_partner(channel.provider), target="one-more")


def test_of_two_partners_at_once_one_ties_the_person(real_db: None) -> None:
    channel = build_channel()
    person = make_person()
    rows = [
        invite_specialist(as_partner(one), target="anna-birch").pk
        for one in (channel.provider, channel.stranger)
    ]

    def accept(number: int) -> None:
        row = ProjectSpecialist.objects.select_related("partner__account", "account").get(pk=rows[number % 2])
        bind_specialist(as_customer(person), specialist=row)

    ends = race(accept)

    assert ends.pop("done") == 1 and set(ends) <= {"TiedToAnother", "WrongState"}
    assert ProjectSpecialist.objects.filter(state=SpecialistState.BOUND).count() == 1
