"""The message centre: who finds what, what has been read, how an account wants to be told; announcements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.actions import (
    publish_announcement,
    read_all_messages,
    read_message,
    set_message_language,
    set_message_wishes,
    withdraw_announcement,
    write_announcement,
)
from partner_center.identity.errors import AnnouncementPeriod, NotAUserOfTheAccount, OnlyStaff
from partner_center.identity.makers import as_owner, make_account, make_user, owner_of
from partner_center.identity.models import Account, Announcement, InboxMessage, InboxRead, Role, User
from partner_center.identity.notices import tell, tell_user
from partner_center.kernel import clock
from partner_center.ledger.tests.acting import inside
from tests.pages import as_reader

MOMENT = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)

TEMPLATE = "subscriptions.released"
FACTS = {"resource": "web", "resource_id": "r-1", "product": "s6", "days": 0, "reason": "", "moment": MOMENT}


def told(account: Account, user: User | None = None) -> InboxMessage:
    with inside():
        if user is None:
            tell(account, TEMPLATE, **FACTS)
        else:
            tell_user(user, TEMPLATE, **FACTS)
    latest = InboxMessage.objects.filter(account=account).first()
    assert latest is not None
    return latest


def sent() -> list[tuple[str, str, str, str]]:
    """Channel, recipient, language and the moment as it was said."""
    rows = OutboxMessage.objects.filter(template=TEMPLATE).order_by("pk")
    said = rows.values_list("channel", "recipient", "language", "body")
    return [
        (channel, to, language, body[body.index("2026") :].partition(")")[0])
        for channel, to, language, body in said
    ]


def unread(actor: Actor) -> int:
    return InboxMessage.objects.visible_to(actor).unread_by(actor.user_id).count()


@pytest.fixture
def account(db: None) -> Account:
    return make_account("solution_provider", email="house@example.com", mobile="13900000001")


def test_what_an_account_is_told_is_read_by_each_of_its_people_for_itself(account):
    other = make_user(account, roles=[Role.objects.get(preset="finance")])
    stranger = make_account("solution_provider")
    owner = as_owner(account)
    colleague = replace(owner, user_id=other.pk)
    first, second = told(account), told(account)
    assert (unread(owner), unread(colleague), unread(as_owner(stranger))) == (2, 2, 0)
    for _twice in range(2):
        read_message(owner, message=first)
    assert (unread(owner), unread(colleague)) == (1, 2)
    read_all_messages(owner, user=owner_of(account))
    third = told(account)
    assert (unread(owner), unread(colleague)) == (1, 2 + 1)
    assert not InboxRead.objects.filter(user=owner_of(account)).exists(), (
        "the mark stands for what is below it"
    )
    assert first.pk < second.pk < third.pk


def test_an_account_manager_finds_only_what_is_for_itself(account):
    manager = make_user(account)
    limited = replace(as_owner(account), user_id=manager.pk, customers=frozenset())
    told(account)
    personal = told(account, manager)
    assert list(InboxMessage.objects.visible_to(limited)) == [personal]
    assert InboxMessage.objects.visible_to(as_owner(account)).count() == 1, "personal ones are nobody else's"
    acting = replace(as_owner(account), kind="customer", acting_partner_id="somebody")
    assert not InboxMessage.objects.visible_to(acting).exists()


def test_mail_and_sms_go_as_the_account_wishes_and_the_message_centre_always(account):
    owner, clerk = owner_of(account), make_user(account, email="clerk@example.com", language="en")
    told(account)
    beijing = "2026-03-01 12:00:00 (UTC+8"
    assert sent() == [
        ("mail", "house@example.com", "zh-hans", beijing),
        ("sms", "13900000001", "zh-hans", beijing),
    ]
    set_message_language(as_owner(account), account=account, language="en", zone="Europe/Berlin")
    set_message_wishes(as_owner(account), account=account, kind="subscriptions", mail=True, sms=False)
    set_message_wishes(as_owner(account), account=account, kind="funds", mail=False, sms=False)
    told(account)
    assert sent()[2:] == [("mail", "house@example.com", "en", "2026-03-01 05:00:00 (UTC+1")]
    set_message_wishes(
        as_owner(account), account=account, kind="subscriptions", mail=True, sms=True, recipients=[clerk]
    )
    told(account)
    assert [(channel, to) for channel, to, *_rest in sent()[3:]] == [("mail", "clerk@example.com")]
    set_message_wishes(as_owner(account), account=account, kind="subscriptions", mail=False, sms=False)
    told(account)
    assert len(sent()) == 4 and InboxMessage.objects.filter(account=account).count() == 4
    with pytest.raises(NotAUserOfTheAccount):
        set_message_wishes(
            as_owner(account),
            account=account,
            kind="subscriptions",
            mail=True,
            sms=True,
            recipients=[owner_of(make_account())],
        )
    account.refresh_from_db()
    assert account.notices["kinds"].keys() == {"subscriptions", "funds"} and owner.pk != clerk.pk


def test_the_head_counts_and_the_pages_read(account, django_assert_max_num_queries):
    one, two = told(account), told(account)
    with as_reader(as_owner(account)) as reader:
        page = reader.get("messages").content.decode()
        assert 'class="pc-unread">2<' in page and "web has been released" in page
        assert "2026-03-01 12:00:00 (UTC+8)" in reader.get("message", row=one).content.decode()
        assert 'class="pc-unread">1<' in reader.get("home").content.decode()
        read = reader.get("messages", unread="0").content.decode()
        assert PAGES["message"].url_for(one) in read and PAGES["message"].url_for(two) not in read
        assert reader.post("read-all-messages").status_code == 302
        assert "pc-unread" not in reader.get("home").content.decode()
        for _more in range(5):
            told(account)
        with django_assert_max_num_queries(8):
            reader.get("messages")
        assert reader.get("message-settings").status_code == 200
        answer = reader.post("/console/message-settings/orders/", mail="on", recipients=owner_of(account).pk)
        assert answer.status_code == 302
        assert reader.get("/console/message-settings/weather/").status_code == 404
        assert reader.post("message-language", language="en", zone="Mars/Olympus").status_code == 200
    account.refresh_from_db()
    assert account.notices == {
        "kinds": {"orders": {"mail": True, "sms": False, "recipients": [owner_of(account).pk]}}
    }
    with as_reader(as_owner(make_account())) as reader:
        assert reader.get("message", row=one).status_code == 404


def test_an_announcement_is_seen_by_whom_it_is_for_while_it_is_valid(account):
    staff = as_owner(make_account("vendor"))
    now = clock.now()
    words = {"title_en": "Maintenance", "title_zh": "维护", "body_en": "On Sunday.", "body_zh": "周日。"}
    audience = {"kinds": ["solution_provider"], "sites": ["cn"]}
    with pytest.raises(OnlyStaff):
        write_announcement(as_owner(account), valid_from=now, **audience, **words)
    with pytest.raises(AnnouncementPeriod):
        write_announcement(staff, valid_from=now, valid_until=now, **audience, **words)
    one = write_announcement(staff, valid_from=now, valid_until=now + timedelta(days=2), **audience, **words)
    abroad = make_account("solution_provider", site="intl")

    def sees(whose: Account) -> bool:
        return Announcement.objects.visible_to(as_owner(whose)).exists()

    assert not sees(account), "a draft"
    publish_announcement(staff, announcement=one)
    assert (sees(account), sees(abroad), sees(make_account())) == (True, False, False)
    with clock.at(now + timedelta(days=2)):
        assert not sees(account)
    with as_reader(as_owner(account), "zh-hans") as reader:
        assert "维护" in reader.get("announcements-card", htmx=True).content.decode()
        assert "周日。" in reader.get("announcement", row=one).content.decode()
    withdraw_announcement(staff, announcement=one)
    assert not sees(account)


def test_an_account_of_the_other_site_is_told_so_until_it_has_had_enough(account, settings):
    settings.SITE_ADDRESSES = {"cn": "https://cn.example", "intl": "http://testserver"}
    with as_reader(as_owner(account)) as reader:
        assert "https://cn.example" in reader.get("home").content.decode()
        assert reader.post("site-banner", next="/console/messages/").url == "/console/messages/"
        assert "https://cn.example" not in reader.get("home").content.decode()
        assert reader.post("site-banner", next="https://elsewhere.example/").url == "/console/"
    with as_reader(as_owner(make_account("solution_provider", site="intl"))) as reader:
        assert "pc-banner" not in reader.get("home").content.decode()
